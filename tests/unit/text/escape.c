// SPDX-License-Identifier: Apache-2.0
#include "text/escape.h"

#include "text/utf8.h"

#include "../unit.h"

static void expect_html(struct str in, const char *wanted) {
    BUF_LOCAL(b);
    escape_html(&b, in);
    assert_string_equal(b.p, wanted);
    assert_true(utf8_valid(buf_str(&b)));
}

static void html_escapes_the_five_and_nothing_else(void **state) {
    (void)state;
    expect_html(STR("&<>\"'"), "&amp;&lt;&gt;&quot;&#39;");
    expect_html(STR("a&b 中文 é 😀 &amp;"), "a&amp;b 中文 é 😀 &amp;amp;");
    expect_html(STR(""), "");
    expect_html(STR_NONE, "");
    expect_html(STR("a\tb\nc\rd"), "a\tb\nc\rd");
}

static void html_is_always_utf8(void **state) {
    (void)state;
    expect_html(STR("<\xff>"), "&lt;\xef\xbf\xbd&gt;");
    expect_html(STR("\xc0\xbcscript"), "\xef\xbf\xbd\xef\xbf\xbdscript"); /* an overlong < stays harmless */
    expect_html(STR("\xe4\xb8"), "\xef\xbf\xbd\xef\xbf\xbd");
}

static void html_and_xml_know_no_control_characters(void **state) {
    (void)state;
    expect_html(str_part("a\0b\x01\x1b\x1f<", 7), "ab&lt;");
    expect_html(str_part("a\x01\xff", 3), "a\xef\xbf\xbd");
}

static void expect_json(struct str in, bool in_html, const char *wanted) {
    BUF_LOCAL(b);
    escape_json(&b, in, in_html);
    assert_string_equal(b.p, wanted);
}

static void json_escapes_what_would_end_the_string(void **state) {
    (void)state;
    expect_json(str_part("a\"\\\b\f\n\r\t\0\x1f\x7f/中<", 16), false, "a\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001F\x7f/中<");
    expect_json(STR("<b>"), true, "\\u003cb>");
    expect_json(STR("\xff<"), true, "\xef\xbf\xbd\\u003c");
    expect_json(STR_NONE, true, "");
}

static void a_url_keeps_only_the_unreserved(void **state) {
    (void)state;
    BUF_LOCAL(b);
    escape_url(&b, str_part("AZaz09-._~ /?#&=+%中\0", 22));
    assert_string_equal(b.p, "AZaz09-._~%20%2F%3F%23%26%3D%2B%25%E4%B8%AD%00");
    buf_reset(&b);
    escape_url(&b, STR("\xff"));
    assert_string_equal(b.p, "%FF");
}

static void a_path_keeps_its_slashes(void **state) {
    (void)state;
    BUF_LOCAL(b);
    escape_url_path(&b, STR("/"));
    buf_add_char(&b, ' ');
    escape_url_path(&b, STR("/zh-CN/a b"));
    buf_add_char(&b, ' ');
    escape_url_path(&b, STR("/中/?/"));
    assert_string_equal(b.p, "/ /zh-CN/a%20b /%E4%B8%AD/%3F/");
}

static void expect_unescaped(struct str in, bool form, const char *wanted) {
    BUF_LOCAL(b);
    buf_add_z(&b, "before:");
    bool ok = unescape_url(&b, in, form);
    assert_int_equal(ok, wanted != NULL);
    assert_true(str_starts(buf_str(&b), "before:"));
    assert_string_equal(b.p + 7, wanted ? wanted : ""); /* half a component is no component */
}

static void percent_and_plus_are_read_back(void **state) {
    (void)state;
    expect_unescaped(STR("a%20b+c"), true, "a b c");
    expect_unescaped(STR("a%20b+c"), false, "a b+c");
    expect_unescaped(STR("%e4%B8%ad"), false, "中");
    expect_unescaped(STR("%41"), false, "A");
    expect_unescaped(STR("%2541"), false, "%41"); /* once only */
    expect_unescaped(STR("中"), false, "中");
    expect_unescaped(STR(""), false, "");
    expect_unescaped(STR_NONE, true, "");
}

static void a_wrong_escape_is_refused_and_leaves_nothing(void **state) {
    (void)state;
    static const char *const wrong[] = {"%",    "a%",   "a%4",       "%4g",        "%g4",         "% 41",   "%-1",
                                        "%%41", "%00",  "a%00b",     "%ff",        "ok%c3",       "%c0%af", "%ed%a0%80",
                                        "\xff", "%u4e", "%e4%b8%2f", "%E4%B8%AD%", "%f4%90%80%80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect_unescaped(str_of(wrong[i]), true, NULL);
    expect_unescaped(str_part("a\0b", 3), false, NULL);
}

static void every_byte_that_makes_text_comes_back(void **state) {
    (void)state;
    BUF_LOCAL(text);
    for (uint32_t c = 1; c < 0x3000; c += c < 0x100 ? 1 : 7)
        utf8_add(&text, c);
    BUF_LOCAL(escaped);
    BUF_LOCAL(back);
    escape_url(&escaped, buf_str(&text));
    assert_true(unescape_url(&back, buf_str(&escaped), true));
    assert_true(str_eq(buf_str(&back), buf_str(&text)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_escapes_the_five_and_nothing_else),
        cmocka_unit_test(html_is_always_utf8),
        cmocka_unit_test(html_and_xml_know_no_control_characters),
        cmocka_unit_test(json_escapes_what_would_end_the_string),
        cmocka_unit_test(a_url_keeps_only_the_unreserved),
        cmocka_unit_test(a_path_keeps_its_slashes),
        cmocka_unit_test(percent_and_plus_are_read_back),
        cmocka_unit_test(a_wrong_escape_is_refused_and_leaves_nothing),
        cmocka_unit_test(every_byte_that_makes_text_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
