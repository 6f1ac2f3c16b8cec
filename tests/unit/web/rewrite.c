// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/rewrite. */
#include "web/rewrite.h"

#include "../base/alloc_faults.h"
#include "../unit.h"

#include <stdio.h>

/* Notes "name=value" of each link, and replaces those that begin with '/' by "(value)". */
static bool note(void *arg, struct rewrite_link *link, struct buf *ret) {
    struct buf *seen = arg;
    buf_printf(seen, "%s%.*s=%.*s", seen->n ? " | " : "", STR_FMT(link->name), STR_FMT(link->value));
    link->own = str_starts(link->value, "/own");
    if (!str_starts(link->value, "/"))
        return false;
    buf_printf(ret, "(%.*s)", STR_FMT(link->value));
    return true;
}

static void expect(bool css, const char *in, const char *out, const char *links) {
    BUF_LOCAL(seen);
    BUF_LOCAL(got);
    (css ? rewrite_css : rewrite_html)(str_of(in), note, &seen, &got);
    assert_string_equal(got.p, out);
    assert_string_equal(seen.p, links);
}

static void links_of_every_kind_are_told_and_replaced(void **state) {
    (void)state;
    expect(false, "<a href=\"/news/\">News</a>", "<a href=\"(/news/)\">News</a>", "href=/news/");
    expect(false, "<A HREF='/a' id=x><img src=/b alt=\"href=/c\">",
           "<A HREF=\"(/a)\" id=x><img src=\"(/b)\" alt=\"href=/c\">", "HREF=/a | src=/b");
    expect(false, "<link rel=stylesheet href = \"/s.css\" />", "<link rel=stylesheet href = \"(/s.css)\" />",
           "href=/s.css");
    expect(false, "<form action=\"/search\"><video poster=\"/p\" src=\"/v\"></video>",
           "<form action=\"(/search)\"><video poster=\"(/p)\" src=\"(/v)\"></video>",
           "action=/search | poster=/p | src=/v");
    expect(false, "<section data-shown=\"/n/1\" data-opening=\"/n/1.json\" data-ledger=\"/ledger/\">",
           "<section data-shown=\"(/n/1)\" data-opening=\"(/n/1.json)\" data-ledger=\"(/ledger/)\">",
           "data-shown=/n/1 | data-opening=/n/1.json | data-ledger=/ledger/");
}

static void what_is_not_replaced_keeps_its_bytes(void **state) {
    (void)state;
    static const char *const same[] = {"",
                                       "no tag at all & nothing",
                                       "<p title=\"x > y\">a < b</p>",
                                       "<a href='https://example.org/?a=1&amp;b=2'>x</a>",
                                       "<a href=#main>x</a><a href=\"\">y</a><a href>z</a>",
                                       "<!doctype html><!-- <a href=\"/c\"> --><p>",
                                       "<script>if (a < b) x = '<a href=\"/c\">';</script>",
                                       "<title><a href=\"/c\"></title><textarea><a href=\"/c\"></TEXTAREA >",
                                       "<style>a { background: url(/x) }</style>",
                                       "</a href=\"/c\">",
                                       "<a href=\"/cut",
                                       "<a href=",
                                       "<a",
                                       "<",
                                       "</",
                                       "<!",
                                       "<?xml href=\"/c\"?>"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        BUF_LOCAL(seen);
        BUF_LOCAL(got);
        rewrite_html(str_of(same[i]), note, &seen, &got);
        assert_string_equal(got.p, same[i]);
    }
}

static void character_references_are_read_and_written_anew(void **state) {
    (void)state;
    expect(false, "<a href=\"/s?q=a&amp;b=&#39;&#x2F;&lt;&copy;&\">",
           "<a href=\"(/s?q=a&amp;b=&#39;/&lt;&amp;copy;&amp;)\">", "href=/s?q=a&b='/<&copy;&");
    expect(false, "<a href=\" /a\n\">", "<a href=\"(/a)\">", "href=/a");
    expect(false, "<a href='&#47;&#0;&#9999999999;&#x;'>", "<a href=\"(/&amp;#0;&amp;#9999999999;&amp;#x;)\">",
           "href=/&#0;&#9999999999;&#x;");
}

static void pictures_to_choose_from_are_links_each(void **state) {
    (void)state;
    expect(false, "<img srcset=\"/a.png 1x, b.png 2x,/c.png\">", "<img srcset=\"(/a.png) 1x, b.png 2x, (/c.png)\">",
           "srcset=/a.png | srcset=b.png | srcset=/c.png");
    expect(false, "<img srcset=\"/a.png, /b.png 100w\">", "<img srcset=\"(/a.png), (/b.png) 100w\">",
           "srcset=/a.png | srcset=/b.png");
    expect(false, "<img srcset=\",/a.png 1x , ,/b.png 2x\t,,\">", "<img srcset=\"(/a.png) 1x, (/b.png) 2x\">",
           "srcset=/a.png | srcset=/b.png");
    expect(false, "<img srcset=\"a.png 1x\">", "<img srcset=\"a.png 1x\">", "srcset=a.png");
}

static void comments_and_raw_text_end_where_browsers_end_them(void **state) {
    (void)state;
    expect(false, "<!--><a href=\"/a\">-->", "<!--><a href=\"(/a)\">-->", "href=/a");
    expect(false, "<script>'</scripty>'</script><a href=\"/a\">", "<script>'</scripty>'</script><a href=\"(/a)\">",
           "href=/a");
    expect(false, "<!bogus><a href=\"/a\"></ x><a href=\"/b\">", "<!bogus><a href=\"(/a)\"></ x><a href=\"(/b)\">",
           "href=/a | href=/b");
    expect(false, "1 < 2 <a/href=\"/a\"/>", "1 < 2 <a/href=\"(/a)\"/>", "href=/a");
}

static void addresses_of_stylesheets_are_links(void **state) {
    (void)state;
    expect(true, "@import url(\"/a.css\"); b { background: URL( /x.png ) }",
           "@import url(\"\\(/a.css\\)\"); b { background: URL( \\(/x.png\\)) }", "url=/a.css | url=/x.png");
    expect(true, "/* url(/c) */ a { src: url('d') } url(", "/* url(/c) */ a { src: url('d') } url(", "url=d");
    expect(true, "url(\"/cut", "url(\"/cut", "");
    expect(true, "url(/a b) url(/\\62) url(/\"c)", "url(/a b) url(/\\62) url(/\"c)", "");
}

/* What the page becomes; *ret_asked: the links that were asked for. */
static void make(struct rewrite_memory *m, const char *kin, const char *in, struct buf *ret, struct buf *ret_asked) {
    buf_reset(ret);
    buf_reset(ret_asked);
    rewrite_html_alike(m, str_of(kin), str_of(in), note, ret_asked, ret);
}

static void lines_that_came_twice_are_not_asked_for_again(void **state) {
    (void)state;
    struct rewrite_memory *m = rewrite_memory_new();
    BUF_LOCAL(out);
    BUF_LOCAL(asked);
    static const char page[] = "<p>\n<a href=\"/menu\">x</a>\n<b>no link</b>\n<a href=\"/own\">y</a>\n</p>";
    static const char made[] = "<p>\n<a href=\"(/menu)\">x</a>\n<b>no link</b>\n<a href=\"(/own)\">y</a>\n</p>";
    for (int i = 0; i < 4; i++) {
        make(m, "a", page, &out, &asked);
        assert_string_equal(out.p, made);
        assert_string_equal(asked.p, i < 2 ? "href=/menu | href=/own" : "href=/own");
    }
    make(m, "b", page, &out, &asked);
    assert_string_equal(out.p, made);
    assert_string_equal(asked.p, "href=/menu | href=/own");
    rewrite_memory_free(m);
}

static void only_what_begins_and_ends_between_tags_is_remembered(void **state) {
    (void)state;
    static const char *const pages[] = {
        "<a\nhref=\"/a\">x</a>\n",
        "<a href=\"/a\">\n<!--\n<a href=\"/a\">\n-->\n<a href=\"/a\">\n",
        "<script>\n<a href=\"/a\">\n</script><a href=\"/b\">\n",
        "<script>\n",
        "<p title=\"\n<a href=\"/a\">\n",
        "<p title=\"\n<a href='/a'>\n\"><a href='/a'>\n",
        "<title>\n",
        "<a href=\"/a\">\n",
        "<textarea>\n<a href=\"/a\">\n</textarea>\n<a href=\"/a\">\n",
        "<a href=\"/a\">",
        "<a href\n=\"/a\">\n",
    };
    struct rewrite_memory *m = rewrite_memory_new();
    BUF_LOCAL(out);
    BUF_LOCAL(asked);
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
            BUF_LOCAL(alone);
            buf_reset(&asked);
            rewrite_html(str_of(pages[i]), note, &asked, &alone);
            make(m, "", pages[i], &out, &asked);
            assert_string_equal(out.p, alone.p);
        }
    rewrite_memory_free(m);
}

static void more_lines_than_there_is_room_for_stay_right(void **state) {
    (void)state;
    struct rewrite_memory *m = rewrite_memory_new();
    BUF_LOCAL(out);
    BUF_LOCAL(asked);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 20000; i++) {
            BUF_LOCAL(in);
            BUF_LOCAL(wanted);
            buf_printf(&in, "<a href=\"/%d\">\n<i>\n.", i);
            buf_printf(&wanted, "<a href=\"(/%d)\">\n<i>\n.", i);
            make(m, "", in.p, &out, &asked);
            assert_string_equal(out.p, wanted.p);
        }
    rewrite_memory_free(m);
}

/* Every buffer that a link passes through has to grow; the second line is remembered. */
static bool make_long_links(struct buf *ret) {
    char page[2000];
    BUF_LOCAL(asked);
    struct rewrite_memory *m = rewrite_memory_new();
    for (int round = 0; m && round < 3; round++) {
        (void)snprintf(page, sizeof page, "<a href=\"/%0100d\">\n<img srcset='/%0300d 1x, b'>\n", round, 7);
        rewrite_html_alike(m, STR("x"), str_of(page), note, &asked, ret);
    }
    rewrite_memory_free(m);
    (void)snprintf(page, sizeof page, "url(/%0600d)", 7);
    rewrite_css(str_of(page), note, &asked, ret);
    return m && !buf_failed(&asked) && !buf_failed(ret);
}

static void no_memory_leaves_no_page_that_looks_whole(void **state) {
    (void)state;
    alloc_faults_sweep(make_long_links);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_of_every_kind_are_told_and_replaced),
        cmocka_unit_test(what_is_not_replaced_keeps_its_bytes),
        cmocka_unit_test(character_references_are_read_and_written_anew),
        cmocka_unit_test(pictures_to_choose_from_are_links_each),
        cmocka_unit_test(comments_and_raw_text_end_where_browsers_end_them),
        cmocka_unit_test(addresses_of_stylesheets_are_links),
        cmocka_unit_test(lines_that_came_twice_are_not_asked_for_again),
        cmocka_unit_test(only_what_begins_and_ends_between_tags_is_remembered),
        cmocka_unit_test(more_lines_than_there_is_room_for_stay_right),
        cmocka_unit_test(no_memory_leaves_no_page_that_looks_whole),
    };
    return cmocka_run_group_tests_name("web/rewrite", tests, NULL, NULL);
}
