// SPDX-License-Identifier: Apache-2.0
#include "press/import/plain.h"

#include "../unit.h"

#include <string.h>

static const struct import_options options = {.zone = "UTC"};

static void check(const char *text, const char *title, const char *html) {
    ARENA_LOCAL(a, 0);
    struct draft dr;
    struct err e = {0};
    draft_init(&dr, a, &options, "text");
    if (plain_read(&dr, str_of(text), &e))
        fail_msg("%s", e.text);
    if (!str_is(dr.d.title, title))
        fail_msg("title \"%.*s\", not \"%s\"", STR_FMT(dr.d.title), title);
    if (!str_is(str_trim(dr.d.body_html), html))
        fail_msg("body\n%.*s\nnot\n%s", STR_FMT(dr.d.body_html), html);
}

static void the_first_line_is_the_title_and_each_line_a_paragraph(void **state) {
    (void)state;
    check("A title\nOne.\nTwo.", "A title", "<p>One.</p>\n<p>Two.</p>");
    check("\n\n  A title  \n\n\nOne & <two>.\n", "A title", "<p>One &amp; &lt;two&gt;.</p>");
    check("标题\n　　第一段。\n　　第二段。", "标题", "<p>第一段。</p>\n<p>第二段。</p>");
}

static void a_lone_paragraph_is_no_title(void **state) {
    (void)state;
    check("Nobody is hurt. The gates stay shut.", "Nobody is hurt.", "<p>Nobody is hurt. The gates stay shut.</p>");
}

static void wrapped_lines_are_joined(void **state) {
    (void)state;
    check("A title\n\n"
          "The gates close at half past six and open again on Friday at five.\n"
          "Quay Street stays open to people on foot; cars go by Mill Road, and\n"
          "whoever needs help with moving things upstairs can come to the east\n"
          "office.\n\n"
          "That is all.",
          "A title",
          "<p>The gates close at half past six and open again on Friday at five. Quay Street stays open to people on "
          "foot; "
          "cars go by Mill Road, and whoever needs help with moving things upstairs can come to the east "
          "office.</p>\n<p>That is all.</p>");
    check("标题\n\n"
          "港务处表示，闸门将于周四傍晚关闭，请市民提前做好各项准备，注\n"
          "意安全，不要在码头停留，需要帮助的居民可以随时前往办事点，办\n"
          "事点开放至午夜。",
          "标题",
          "<p>"
          "港务处表示，闸门将于周四傍晚关闭，请市民提前做好各项准备，注意安全，不要在码头停留，需要帮助的居民可以随时前"
          "往办事点，办事点开放至午夜。</p>");
}

static void short_lines_are_not_joined(void **state) {
    (void)state;
    check("A title\nHarbour Division\nNet Loft Square\nAlder Quay", "A title",
          "<p>Harbour Division</p>\n<p>Net Loft Square</p>\n<p>Alder Quay</p>");
}

static void bullets_and_growing_numbers_are_lists(void **state) {
    (void)state;
    check("A title\nBring:\n- a lamp\n- a friend\nThen:\n3. knock\n4. wait\n9. leave", "A title",
          "<p>Bring:</p>\n<ul>\n<li>a lamp</li>\n<li>a friend</li>\n</ul>\n<p>Then:</p>\n<ol "
          "start=\"3\">\n<li>knock</li>\n"
          "<li>wait</li>\n</ol>\n<p>9. leave</p>");
    check("A title\nA text.\n- one dash only", "A title", "<p>A text.</p>\n<p>- one dash only</p>");
}

static void more_lines_or_bytes_than_an_article_has_are_refused(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(b);
    struct draft dr;
    struct err e = {0};
    draft_init(&dr, a, &options, "text");
    for (int i = 0; i <= PLAIN_LINES_MOST; i++)
        buf_add_char(&b, '\n');
    assert_int_equal(plain_read(&dr, buf_str(&b), &e), -ERR_TOO_LARGE);
    while (b.n <= PLAIN_BYTES_MOST)
        buf_add_z(&b, "words and words and words and words ");
    assert_int_equal(plain_read(&dr, buf_str(&b), &e), -ERR_TOO_LARGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_is_the_title_and_each_line_a_paragraph),
        cmocka_unit_test(a_lone_paragraph_is_no_title),
        cmocka_unit_test(wrapped_lines_are_joined),
        cmocka_unit_test(short_lines_are_not_joined),
        cmocka_unit_test(bullets_and_growing_numbers_are_lists),
        cmocka_unit_test(more_lines_or_bytes_than_an_article_has_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
