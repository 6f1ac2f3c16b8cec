// SPDX-License-Identifier: Apache-2.0
#include "press/field.h"

#include "unit.h"

#include <string.h>

static int check(const char *name, struct str text, size_t most, unsigned rules, struct err *why) {
    const struct field fields[] = {{"first", STR("fine"), 10, FIELD_NEEDED | FIELD_ONE_LINE},
                                   {name, text, most, rules}};
    return fields_check(fields, 2, why);
}

static void lengths_are_counted_in_characters(void **state) {
    (void)state;
    struct err why = {0};
    assert_int_equal(check("title", STR("潮汐表"), 3, 0, &why), 0);
    assert_int_equal(check("title", STR("潮汐表x"), 3, 0, &why), -ERR_INVALID);
    assert_string_equal(why.text, "The title is longer than 3 characters; nothing was stored.");
}

static void what_is_needed_is_more_than_white_space(void **state) {
    (void)state;
    struct err why = {0};
    assert_int_equal(check("title", STR_NONE, 9, 0, &why), 0);
    assert_int_equal(check("title", STR(" \t\n"), 9, FIELD_NEEDED, &why), -ERR_INVALID);
    assert_string_equal(why.text, "The title is empty; nothing was stored.");
}

static void line_breaks_are_for_texts_of_several_lines_and_other_controls_for_none(void **state) {
    (void)state;
    assert_int_equal(check("note", STR("a\r\nb\tc"), 9, 0, NULL), 0);
    assert_int_equal(check("note", STR("a\tb"), 9, FIELD_ONE_LINE, NULL), 0);
    assert_int_equal(check("note", STR("a\nb"), 9, FIELD_ONE_LINE, NULL), -ERR_INVALID);
    assert_int_equal(check("note", STR("a\rb"), 9, FIELD_ONE_LINE, NULL), -ERR_INVALID);
    static const char bad[] = {0, 1, 7, 8, 11, 12, 14, 27, 31, 127};
    for (size_t i = 0; i < sizeof bad; i++)
        assert_int_equal(check("note", str_part(&bad[i], 1), 9, 0, NULL), -ERR_INVALID);
}

static void bytes_that_are_not_utf8_are_refused(void **state) {
    (void)state;
    struct err why = {0};
    assert_int_equal(check("body", STR("\xc0\xaf"), 9, 0, &why), -ERR_INVALID);
    assert_string_equal(why.text, "The body is not UTF-8 text; nothing was stored.");
}

static void a_language_is_brought_into_its_canonical_form(void **state) {
    (void)state;
    char tag[LANGUAGE_MOST];
    struct err why = {0};
    assert_int_equal(field_language("ZH-cn", tag, &why), 0);
    assert_string_equal(tag, "zh-CN");
    assert_int_equal(field_language("", tag, &why), -ERR_INVALID);
    assert_int_equal(field_language(NULL, tag, &why), -ERR_INVALID);
    assert_int_equal(field_language("a language of the sea", tag, &why), -ERR_INVALID);
    assert_non_null(strstr(why.text, "\"a language of the se\""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_counted_in_characters),
        cmocka_unit_test(what_is_needed_is_more_than_white_space),
        cmocka_unit_test(line_breaks_are_for_texts_of_several_lines_and_other_controls_for_none),
        cmocka_unit_test(bytes_that_are_not_utf8_are_refused),
        cmocka_unit_test(a_language_is_brought_into_its_canonical_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
