// SPDX-License-Identifier: Apache-2.0
#include "text/markdown.h"

#include "../unit.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check(const char *markdown, const char *expected) {
    BUF_LOCAL(out);
    struct err e = {0};
    if (markdown_to_html(str_of(markdown), &out, &e))
        fail_msg("%s", e.text);
    assert_string_equal(out.p, expected);
}

static void blocks_and_emphasis_become_clean_html(void **state) {
    (void)state;
    check("", "");
    check("# Title\n\nOne *two* **three** `four`.\n\n- a\n- b\n\n3. c\n\n> quote\n\n***\n",
          "<h2>Title</h2>\n<p>One <em>two</em> <strong>three</strong> <code>four</code>.</p>\n"
          "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\">\n<li>c</li>\n</ol>\n"
          "<blockquote>\n<p>quote</p>\n</blockquote>\n<hr>");
    check("```c\nif (a)\n    b();\n```\n", "<pre><code>if (a)\n    b();</code></pre>");
}

static void a_table_gets_header_cells(void **state) {
    (void)state;
    check("| a | b |\n| --- | --- |\n| c | d |\n",
          "<table>\n<thead>\n<tr>\n<th scope=\"col\">a</th>\n<th scope=\"col\">b</th>\n</tr>\n</thead>\n"
          "<tbody>\n<tr>\n<td>c</td>\n<td>d</td>\n</tr>\n</tbody>\n</table>");
}

static void raw_html_is_text(void **state) {
    (void)state;
    check("a <b>c</b> <script>alert(1)</script>\n",
          "<p>a &lt;b&gt;c&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>");
    check("<div onclick=x>\n", "<p>&lt;div onclick=x&gt;</p>");
}

static void bad_addresses_go_and_good_ones_stay(void **state) {
    (void)state;
    check("[a](javascript:x) [b](/y) <https://example.org/> ![p](/q.png)\n",
          "<p>a <a href=\"/y\">b</a> <a href=\"https://example.org/\">https://example.org/</a> "
          "<img src=\"/q.png\" alt=\"p\"></p>");
}

static void wrapped_chinese_lines_join_without_a_space(void **state) {
    (void)state;
    check("第一行\n第二行\n", "<p>第一行第二行</p>");
}

static void strikethrough_is_off(void **state) {
    (void)state;
    check("~~a~~\n", "<p>~~a~~</p>");
}

static void more_than_four_mebibytes_are_refused_in_words(void **state) {
    (void)state;
    BUF_LOCAL(in);
    BUF_LOCAL(out);
    struct err e = {0};
    while (in.n <= 4 * 1024 * 1024)
        buf_add_z(&in, "A line of some forty characters, or so.\n\n");
    assert_int_equal(markdown_to_html(buf_str(&in), &out, &e), -ERR_TOO_LARGE);
    assert_string_equal(e.text, "The Markdown text is larger than 4 MB.");
}

static void deep_nesting_is_read_or_refused(void **state) {
    (void)state;
    static const char *const bits[] = {"> ", "- ", "[", "*a ", "![", "`", "<", "1. ", "(", "|", "_x"};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        BUF_LOCAL(in);
        BUF_LOCAL(out);
        struct err e = {0};
        for (int k = 0; k < 5000; k++)
            buf_add_z(&in, bits[i]);
        int r = markdown_to_html(buf_str(&in), &out, &e);
        assert_true(r == 0 || r == -ERR_TOO_LARGE);
    }
}

/* The text ends where readable memory ends: one byte further, and this test dies. */
static void a_text_without_a_last_line_end_is_read_within_its_bounds(void **state) {
    (void)state;
    static const char *const texts[] = {"[](", "a | b\n--- | ---\n`c | [d](", "![a](<b", "[a]: "};
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(map, MAP_FAILED);
    assert_int_equal(mprotect(map + page, page, PROT_NONE), 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t n = strlen(texts[i]);
        memcpy(map + page - n, texts[i], n);
        BUF_LOCAL(out);
        struct err e = {0};
        assert_int_equal(markdown_to_html(str_part(map + page - n, n), &out, &e), 0);
    }
    assert_int_equal(munmap(map, 2 * page), 0);
}

static void front_matter_is_split_off(void **state) {
    (void)state;
    struct front_matter f;
    struct err e = {0};
    const char *text =
        "---\nkey: a-b\ntitle: \"On: the road\"\r\n# a remark\n\nempty:\nsource:  'It''s' \n---\n\n# Body\n";
    assert_int_equal(front_matter_split(str_of(text), &f, &e), 0);
    assert_int_equal(f.n, 4);
    assert_true(str_is(front_matter_get(&f, "key"), "a-b"));
    assert_true(str_is(front_matter_get(&f, "title"), "On: the road"));
    assert_true(str_is(front_matter_get(&f, "source"), "It''s"));
    assert_true(str_is(front_matter_get(&f, "empty"), ""));
    assert_true(front_matter_get(&f, "none").n == 0);
    assert_true(str_is(f.body, "\n# Body\n"));
}

static void a_text_without_front_matter_is_all_body(void **state) {
    (void)state;
    struct front_matter f;
    const char *texts[] = {"", "# a\n---\n", "----\nkey: a\n---\n", " ---\nkey: a\n---\n", "key: a\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(front_matter_split(str_of(texts[i]), &f, NULL), 0);
        assert_int_equal(f.n, 0);
        assert_true(str_is(f.body, texts[i]));
    }
}

static void bad_front_matter_is_refused_with_its_line(void **state) {
    (void)state;
    struct front_matter f;
    struct err e = {0};
    assert_int_equal(front_matter_split(STR("---\nkey: a\nno colon\n---\n"), &f, &e), -ERR_INVALID);
    assert_string_equal(e.text, "Line 3 of the front matter is not \"key: value\".");
    assert_int_equal(front_matter_split(STR("---\n: a\n---\n"), &f, &e), -ERR_INVALID);
    assert_int_equal(front_matter_split(STR("---\nkey: a\n"), &f, &e), -ERR_INVALID);
    assert_non_null(strstr(e.text, "has no end"));
    BUF_LOCAL(many);
    buf_add_z(&many, "---\n");
    for (int i = 0; i < 33; i++)
        buf_printf(&many, "k%d: v\n", i);
    buf_add_z(&many, "---\n");
    assert_int_equal(front_matter_split(buf_str(&many), &f, &e), -ERR_INVALID);
    assert_non_null(strstr(e.text, "Line 34"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_emphasis_become_clean_html),
        cmocka_unit_test(a_table_gets_header_cells),
        cmocka_unit_test(raw_html_is_text),
        cmocka_unit_test(bad_addresses_go_and_good_ones_stay),
        cmocka_unit_test(wrapped_chinese_lines_join_without_a_space),
        cmocka_unit_test(strikethrough_is_off),
        cmocka_unit_test(more_than_four_mebibytes_are_refused_in_words),
        cmocka_unit_test(deep_nesting_is_read_or_refused),
        cmocka_unit_test(a_text_without_a_last_line_end_is_read_within_its_bounds),
        cmocka_unit_test(front_matter_is_split_off),
        cmocka_unit_test(a_text_without_front_matter_is_all_body),
        cmocka_unit_test(bad_front_matter_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
