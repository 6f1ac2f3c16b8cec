// SPDX-License-Identifier: Apache-2.0
#include "text/page_parts.h"

#include "../unit.h"
#include "text/html.h"

#include <stdio.h>
#include <string.h>

struct read {
    struct arena *arena;
    struct page_part *part;
    size_t n;
};

static struct read read_page(const char *html) {
    struct read r = {.arena = arena_new(0)};
    assert_int_equal(page_parts(str_of(html), r.arena, &r.part, &r.n, NULL), 0);
    return r;
}

#define SAYS(s, z)                                                                                                     \
    do {                                                                                                               \
        struct str s_ = (s);                                                                                           \
        if (!str_is(s_, z))                                                                                            \
            fail_msg("\"%.*s\" is not \"%s\"", STR_FMT(s_), z);                                                        \
    } while (0)

static void an_article_s_parts_are_found(void **state) {
    (void)state;
    struct read r = read_page(
        "<!doctype html><html lang=en><head><title>x</title></head><body><main><article><header>"
        "<h1 data-part=\"title\">Steps &amp; stairs\n  closed</h1><p class=facts><span>Published "
        "<time data-part=\"published\" datetime=\"2026-11-19T16:40:00+08:00\">2026-11-19 "
        "16:40</time></span></p></header>"
        "<div class=\"prose\" data-part=\"body\" lang=\"en\" dir=\"ltr\">\n<figure class=picture data-part=\"picture\">"
        "<img src=\"/media/a.jpg\" alt=\"The &quot;steps&quot;\"></figure>\n<p class=lead data-part=summary>In "
        "short</p>\n"
        "<p>Call <span class=\"one\">0555-1234</span>.</p><div class=\"scroll\" "
        "role=\"group\"><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
        "</div>\n</div><ul class=chips data-part=keywords><li><a "
        "href=/x>ferry</a></li>\n<li>quay</li></ul></article></main>");
    static const char *const names[] = {"title", "published", "body", "picture", "summary", "keywords"};
    assert_int_equal(r.n, 6);
    for (size_t i = 0; i < 6; i++)
        SAYS(r.part[i].name, names[i]);
    SAYS(r.part[0].text, "Steps & stairs closed");
    SAYS(r.part[1].text, "2026-11-19 16:40");
    SAYS(r.part[1].datetime, "2026-11-19T16:40:00+08:00");
    SAYS(r.part[2].lang, "en");
    BUF_LOCAL(body);
    assert_int_equal(html_clean(r.part[2].html, &body, NULL), 0);
    if (!strstr(body.p, "<p>Call 0555-1234.</p>\n<table>"))
        fail_msg("%s", body.p);
    assert_null(strstr(body.p, "In short"));
    assert_null(strstr(body.p, "img"));
    SAYS(r.part[3].src, "/media/a.jpg");
    SAYS(r.part[3].alt, "The \"steps\"");
    SAYS(r.part[4].text, "In short");
    SAYS(r.part[5].items, "ferry, quay");
    arena_free(r.arena);
}

static void a_page_without_parts_has_none(void **state) {
    (void)state;
    static const char *const pages[] = {"", "<p>hello", "data-part=title", "<!-- <p data-part=title> -->"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct read r = read_page(pages[i]);
        assert_int_equal(r.n, 0);
        arena_free(r.arena);
    }
}

static void broken_pages_do_no_harm(void **state) {
    (void)state;
    static const char *const pages[] = {"<p data-part=a><p data-part=b><div data-part=c><b data-part=d></p></div>x",
                                        "<table data-part=a><p data-part=b>x<tr>",
                                        "<div data-part=a><a><div data-part=b></a>y</div>", "<p data-part=a",
                                        "<p data-part=a>\xff\xfe</p>"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct read r = read_page(pages[i]);
        for (size_t j = 0; j < r.n; j++)
            assert_true(r.part[j].html.n <= strlen(pages[i]));
        arena_free(r.arena);
    }
    ARENA_LOCAL(arena, 0);
    BUF_LOCAL(many);
    struct page_part *part;
    size_t n;
    for (size_t i = 0; i < 100000; i++)
        buf_add_z(&many, "<div data-part=a>");
    assert_int_equal(page_parts(buf_str(&many), arena, &part, &n, NULL), -ERR_TOO_LARGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_article_s_parts_are_found),
        cmocka_unit_test(a_page_without_parts_has_none),
        cmocka_unit_test(broken_pages_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
