// SPDX-License-Identifier: Apache-2.0
#include "text/snippet.h"

#include "text/utf8.h"

#include "../unit.h"

#include <string.h>

static void make(struct buf *ret, struct str text, const char *typed, size_t most) {
    ARENA_LOCAL(a, 0);
    struct search_query q;
    search_query_parse(a, str_of(typed), &q);
    buf_reset(ret);
    snippet_add(ret, text, &q, most);
    assert_false(buf_failed(ret));
    assert_true(utf8_valid(buf_str(ret)));
}

static void expect(const char *text, const char *typed, size_t most, const char *wanted) {
    BUF_LOCAL(b);
    make(&b, str_of(text), typed, most);
    assert_string_equal(b.p, wanted);
}

static void what_was_found_is_marked(void **state) {
    (void)state;
    expect("The flood gates close.", "flood", 100, "The <mark>flood</mark> gates close.");
    expect("The flood gates close.", "FLOOD close", 100, "The <mark>flood</mark> gates <mark>close</mark>.");
    expect("The flood gates close.", "\"flood gates\"", 100, "The <mark>flood gates</mark> close.");
    expect("The flood gates close.", "gate", 100, "The flood gates close.");
    expect("The flood gates close.", "gat*", 100, "The flood <mark>gates</mark> close.");
    expect("Crème brûlée", "creme", 100, "<mark>Crème</mark> brûlée");
    expect("省公安厅召开发布会", "公安厅", 100, "省<mark>公安厅</mark>召开发布会");
    expect("省公安厅召开发布会", "会 省", 100, "<mark>省</mark>公安厅召开发布<mark>会</mark>");
    expect("", "x", 100, "");
    expect("nothing here", "", 100, "nothing here");
}

static void cells_and_lines_do_not_run_together(void **state) {
    (void)state;
    expect("Front Desk\t555-0142\nHarbour\tmoorings\t555-0160\nTraffic", "moorings", 100,
           "…Desk · 555-0142 · Harbour · <mark>moorings</mark> · 555-0160 · Traffic");
    expect("Gates\nThey close.\nCars go by Mill Road.", "close", 100,
           "Gates · They <mark>close</mark>. Cars go by Mill Road.");
    expect("a\tb & c", "\"a b\"", 100, "<mark>a · b</mark> &amp; c");
    expect("综合窗口\t接待\n港务处\t闸门", "闸门", 100, "综合窗口 · 接待 · 港务处 · <mark>闸门</mark>");
    expect("闸门关闭。\n车辆绕行。", "车辆", 100, "闸门关闭。<mark>车辆</mark>绕行。");
}

static void hits_at_both_ends_are_marked(void **state) {
    (void)state;
    expect("a middle b", "a b", 100, "<mark>a</mark> middle <mark>b</mark>");
    expect("市", "市", 100, "<mark>市</mark>");
    expect("公安", "公安", 100, "<mark>公安</mark>");
    expect("x", "x", 1, "<mark>x</mark>");
}

static void overlapping_hits_get_one_mark(void **state) {
    (void)state;
    expect("公安厅", "公安 安厅", 100, "<mark>公安厅</mark>");
    expect("人人人人", "人人", 100, "<mark>人人人人</mark>");
    expect("公安厅长", "公安厅长 安厅", 100, "<mark>公安厅长</mark>");
    expect("one two three", "\"one two\" \"two three\"", 100, "<mark>one two three</mark>");
}

static void html_in_the_text_stays_text(void **state) {
    (void)state;
    expect("<b>a</b> & \"c\"", "a c", 100, "&lt;b&gt;<mark>a</mark>&lt;/b&gt; &amp; &quot;<mark>c</mark>&quot;");
    expect("<mark>x</mark>", "x", 100, "&lt;mark&gt;<mark>x</mark>&lt;/mark&gt;");
}

static void line_feeds_are_gone_wherever_they_were(void **state) {
    (void)state;
    expect("one\ntwo\nthree\n", "two", 100, "one · <mark>two</mark> · three");
    expect("one\ntwo", "\"one two\"", 100, "<mark>one · two</mark>");
    expect("\n\na\n\n", "a", 100, "<mark>a</mark>");
}

static void a_long_text_is_cut_around_the_hit_and_at_words(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(b);
    for (int i = 0; i < 100; i++)
        buf_printf(&text, "word%d ", i);
    make(&b, buf_str(&text), "word50", 60);
    assert_true(str_starts(buf_str(&b), "…word"));
    assert_true(str_ends(buf_str(&b), "…"));
    assert_non_null(strstr(b.p, " <mark>word50</mark> word51 "));
    assert_null(strstr(b.p, " …"));
    assert_true(utf8_count(buf_str(&b)) <= 60 + 13 + 2);
    make(&b, buf_str(&text), "word99", 60);
    assert_true(str_ends(buf_str(&b), "<mark>word99</mark> "));
    make(&b, buf_str(&text), "absent", 60);
    assert_true(str_starts(buf_str(&b), "word0 word1 "));
    assert_true(str_ends(buf_str(&b), "…"));
}

static void chinese_is_cut_between_characters(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(b);
    for (int i = 0; i < 200; i++)
        buf_add_z(&text, i == 120 ? "公安厅" : "的一是在");
    for (size_t most = 4; most < 60; most++) {
        make(&b, buf_str(&text), "公安厅", most);
        assert_non_null(strstr(b.p, "<mark>公安厅</mark>"));
        assert_null(strstr(b.p, "\xef\xbf\xbd"));
    }
}

static void the_window_shows_as_many_different_words_as_it_can(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(b);
    for (int i = 0; i < 30; i++)
        buf_add_z(&text, "flood and some more of it, ");
    buf_add_z(&text, "then the flood gates close at noon, ");
    for (int i = 0; i < 30; i++)
        buf_add_z(&text, "gates of all kinds, ");
    make(&b, buf_str(&text), "flood gates close", 80);
    assert_non_null(strstr(b.p, "<mark>flood</mark> <mark>gates</mark> <mark>close</mark>"));
}

static void a_hit_that_is_longer_than_the_window_is_marked_as_far_as_it_shows(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(b);
    for (int i = 0; i < 300; i++)
        buf_add_z(&text, "人");
    make(&b, buf_str(&text), "人", 20); /* every character is a hit, and one run */
    assert_non_null(strstr(b.p, "<mark>人人人人"));
    assert_true(str_ends(buf_str(&b), "</mark>…"));
    make(&b, buf_str(&text), "人人人人人人人人人人人人人人人人人人人人人人人人人人人人人人", 10);
    assert_non_null(strstr(b.p, "<mark>人人人人"));
}

static void every_hit_is_looked_at_in_a_text_of_many(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(b);
    for (int i = 0; i < 5000; i++)
        buf_add_z(&text, "the gate ");
    buf_add_z(&text, "rare");
    make(&b, buf_str(&text), "the gate rare", 100);
    assert_non_null(strstr(b.p, "<mark>rare</mark>"));
}

static void bad_bytes_never_reach_the_page(void **state) {
    (void)state;
    BUF_LOCAL(b);
    make(&b, STR("a\xff hit \xe4\xb8"), "hit", 100);
    assert_string_equal(b.p, "a\xef\xbf\xbd <mark>hit</mark> \xef\xbf\xbd\xef\xbf\xbd");
    make(&b, STR("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80 hit"), "hit", 8);
    assert_non_null(strstr(b.p, "<mark>hit</mark>"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_found_is_marked),
        cmocka_unit_test(cells_and_lines_do_not_run_together),
        cmocka_unit_test(hits_at_both_ends_are_marked),
        cmocka_unit_test(overlapping_hits_get_one_mark),
        cmocka_unit_test(html_in_the_text_stays_text),
        cmocka_unit_test(line_feeds_are_gone_wherever_they_were),
        cmocka_unit_test(a_long_text_is_cut_around_the_hit_and_at_words),
        cmocka_unit_test(chinese_is_cut_between_characters),
        cmocka_unit_test(the_window_shows_as_many_different_words_as_it_can),
        cmocka_unit_test(a_hit_that_is_longer_than_the_window_is_marked_as_far_as_it_shows),
        cmocka_unit_test(every_hit_is_looked_at_in_a_text_of_many),
        cmocka_unit_test(bad_bytes_never_reach_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
