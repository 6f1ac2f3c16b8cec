// SPDX-License-Identifier: Apache-2.0
#include "press/import/thin.h"

#include "../unit.h"

#include <string.h>

static void check(const char *html, const char *expected) {
    BUF_LOCAL(b);
    struct err e = {0};
    if (thin(str_of(html), &b, &e))
        fail_msg("%s", e.text);
    if (strcmp(b.p, expected) != 0)
        fail_msg("\"%s\" becomes \"%s\", not \"%s\"", html, b.p, expected);
}

static void what_means_nothing_is_left_out(void **state) {
    (void)state;
    check("a<!-- x <p> -->b", "ab");
    check("<style>p{}</style><p class=x onclick=y>t</p>", "<p>t</p>");
    check("<script>var a='</p>';</script>t", "t");
    check("<svg><title>t</title></svg>u", "u");
    check("<font size=5>big</font> <u>x</u>", "big x");
    check("<script type='application/ld+json'>{}</script>", "<script type=\"application/ld+json\">{}</script>");
}

static void attributes_are_written_once_and_quoted(void **state) {
    (void)state;
    check("<a HREF=x href=y title='\"'>t</a>", "<a href=\"x\" title=\"&quot;\">t</a>");
    check("<img src=\"a>b\" width=1>", "<img src=\"a>b\" width=\"1\">");
    check("<meta name=PubDate content='2024-03-16 17:48'/>", "<meta content=\"2024-03-16 17:48\" name=\"PubDate\">");
}

static void hidden_things_and_controls_keep_their_words(void **state) {
    (void)state;
    check("<div style='Display : none'>h</div>", "<div hidden>h</div>");
    check("<button type=submit>Send</button>", "<label hidden>Send</label>");
    check("<input type=submit value='Send it'>", "<label hidden>Send it</label>");
    check("<textarea><b>t</textarea>", "<label hidden>&lt;b>t</label>");
    check("<span hidden>x</span><span>y</span>", "<label hidden>x</label>y");
}

static void a_mere_less_than_sign_stays_one(void **state) {
    (void)state;
    check("5 < 6", "5 &lt; 6");
    check("<p>a<", "<p>a&lt;");
    check("a <b", "a ");
}

static size_t open_at_most(struct str s) {
    size_t open = 0, most = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '<') {
            open += i + 1 < s.n && s.p[i + 1] == '/' ? (size_t)-1 : 1;
            most = open > most ? open : most;
        }
    return most;
}

static void nesting_ends_at_a_depth(void **state) {
    (void)state;
    static const char *const pieces[] = {"<div>", "<blockquote><p>", "<b><i>", "<div><span hidden>"};
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        BUF_LOCAL(in);
        BUF_LOCAL(out);
        struct err e = {0};
        for (int i = 0; i < 20000; i++)
            buf_add_z(&in, pieces[k]);
        buf_add_z(&in, "words");
        assert_int_equal(thin(buf_str(&in), &out, &e), 0);
        assert_true(open_at_most(buf_str(&out)) <= 20000 + THIN_DEPTH * 2);
        assert_true(k == 1 || open_at_most(buf_str(&out)) <= THIN_DEPTH * 2);
        assert_true(str_ends(buf_str(&out), "words"));
    }
}

static void too_many_tags_or_bytes_are_refused(void **state) {
    (void)state;
    BUF_LOCAL(in);
    BUF_LOCAL(out);
    struct err e = {0};
    for (int i = 0; i <= THIN_TAGS_MOST; i++)
        buf_add_z(&in, "<p>");
    assert_int_equal(thin(buf_str(&in), &out, &e), -ERR_TOO_LARGE);
    buf_reset(&in);
    buf_reset(&out);
    while (in.n <= THIN_BYTES_MOST)
        buf_add_z(&in, "words and words and words and words ");
    assert_int_equal(thin(buf_str(&in), &out, &e), -ERR_TOO_LARGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_means_nothing_is_left_out),
        cmocka_unit_test(attributes_are_written_once_and_quoted),
        cmocka_unit_test(hidden_things_and_controls_keep_their_words),
        cmocka_unit_test(a_mere_less_than_sign_stays_one),
        cmocka_unit_test(nesting_ends_at_a_depth),
        cmocka_unit_test(too_many_tags_or_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
