// SPDX-License-Identifier: Apache-2.0
#include "base/str.h"

#include "../unit.h"

static void the_empty_string_may_have_no_pointer(void **state) {
    (void)state;
    assert_true(str_eq(STR_NONE, STR("")));
    assert_true(str_eq(str_of(NULL), STR_NONE));
    assert_int_equal(str_compare(STR_NONE, STR("")), 0);
    assert_true(str_starts(STR_NONE, ""));
    assert_int_equal(str_trim(STR_NONE).n, 0);
}

static void strings_are_equal_byte_by_byte(void **state) {
    (void)state;
    assert_true(str_eq(str_part("a\0b", 3), str_part("a\0b", 3)));
    assert_false(str_eq(str_part("a\0b", 3), str_part("a\0c", 3)));
    assert_false(str_eq(STR("ab"), STR("abc")));
    assert_true(str_is(STR("news"), "news"));
    assert_false(str_is(STR("News"), "news"));
}

static void only_ascii_letters_are_folded(void **state) {
    (void)state;
    assert_true(str_is_nocase(STR("Content-TYPE"), "content-type"));
    assert_false(str_is_nocase(STR("content[type"), "content{type"));
    assert_false(str_is_nocase(STR("\xc3\x84"), "\xc3\xa4")); /* Ä, ä */
    assert_true(str_starts_nocase(STR("HTTPS://x"), "https:"));
    assert_false(str_starts_nocase(STR("http"), "https:"));
}

static void shorter_comes_first_among_equal_starts(void **state) {
    (void)state;
    assert_true(str_compare(STR("ab"), STR("abc")) < 0);
    assert_true(str_compare(STR("b"), STR("abc")) > 0);
    assert_true(str_compare(STR("\xff"), STR("a")) > 0);
    assert_int_equal(str_compare(STR("x"), STR("x")), 0);
}

static void a_string_starts_and_ends_with_its_parts(void **state) {
    (void)state;
    assert_true(str_starts(STR("/news/12"), "/news"));
    assert_false(str_starts(STR("/new"), "/news"));
    assert_true(str_ends(STR("page.html"), ".html"));
    assert_false(str_ends(STR("html"), ".html"));
    assert_true(str_ends(STR("x"), ""));
}

static void finding_gives_the_first_hit_or_size_max(void **state) {
    (void)state;
    struct str s = STR("banana");
    assert_int_equal(str_find(s, STR("ana"), 0), 1);
    assert_int_equal(str_find(s, STR("ana"), 2), 3);
    assert_int_equal(str_find(s, STR("ana"), 4), SIZE_MAX);
    assert_int_equal(str_find(s, STR(""), 6), 6);
    assert_int_equal(str_find(s, STR(""), 7), SIZE_MAX);
    assert_int_equal(str_find_nocase(s, STR("NAN"), 0), 2);
    assert_int_equal(str_find_nocase(s, STR("x"), 0), SIZE_MAX);
    assert_int_equal(str_find_nocase(s, STR("bananas"), 0), SIZE_MAX);
    assert_int_equal(str_find_char(s, 'n', 3), 4);
    assert_int_equal(str_find_char(s, 'n', 99), SIZE_MAX);
    assert_int_equal(str_find_char(STR_NONE, 'n', 0), SIZE_MAX);
}

static void parts_are_clamped(void **state) {
    (void)state;
    assert_true(str_is(str_from(STR("abc"), 1), "bc"));
    assert_int_equal(str_from(STR("abc"), 9).n, 0);
    assert_true(str_is(str_first(STR("abc"), 2), "ab"));
    assert_true(str_is(str_first(STR("abc"), 9), "abc"));
    assert_true(str_is(str_trim(STR(" \t\r\n x y \v\f")), "x y"));
    assert_int_equal(str_trim(STR(" \n ")).n, 0);
}

static void cutting_gives_every_part_once(void **state) {
    (void)state;
    struct str rest = STR("a,,b"), part;
    assert_true(str_cut(&rest, ',', &part) && str_is(part, "a"));
    assert_true(str_cut(&rest, ',', &part) && str_is(part, ""));
    assert_true(str_cut(&rest, ',', &part) && str_is(part, "b"));
    assert_false(str_cut(&rest, ',', &part));
    rest = STR_NONE;
    assert_false(str_cut(&rest, ',', &part));
    rest = STR("");
    assert_false(str_cut(&rest, ',', &part));
}

static void whole_decimal_numbers_are_read(void **state) {
    (void)state;
    int64_t i = 7;
    assert_true(str_to_int(STR("0"), &i) && i == 0);
    assert_true(str_to_int(STR("-12"), &i) && i == -12);
    assert_true(str_to_int(STR("9223372036854775807"), &i) && i == INT64_MAX);
    assert_true(str_to_int(STR("-9223372036854775808"), &i) && i == INT64_MIN);
}

static void anything_else_is_no_number_and_changes_nothing(void **state) {
    (void)state;
    static const char *const bad[] = {
        "", "-", " 1", "1 ", "+1", "0x1", "1.0", "--1", "9223372036854775808", "-9223372036854775809"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t value = 42;
        assert_false(str_to_int(str_of(bad[i]), &value));
        assert_int_equal(value, 42);
    }
}

static void hashes_are_those_of_fnv(void **state) {
    (void)state;
    /* the published values of FNV-1a, with their high bits mixed in */
    const uint64_t empty = UINT64_C(0xcbf29ce484222325), a = UINT64_C(0xaf63dc4c8601ec8c),
                   foobar = UINT64_C(0x85944171f73967e8);
    assert_true(str_hash(STR_NONE) == (empty ^ (empty >> 29)));
    assert_true(str_hash(STR("a")) == (a ^ (a >> 29)));
    assert_true(str_hash(STR("foobar")) == (foobar ^ (foobar >> 29)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_empty_string_may_have_no_pointer),
        cmocka_unit_test(strings_are_equal_byte_by_byte),
        cmocka_unit_test(only_ascii_letters_are_folded),
        cmocka_unit_test(shorter_comes_first_among_equal_starts),
        cmocka_unit_test(a_string_starts_and_ends_with_its_parts),
        cmocka_unit_test(finding_gives_the_first_hit_or_size_max),
        cmocka_unit_test(parts_are_clamped),
        cmocka_unit_test(cutting_gives_every_part_once),
        cmocka_unit_test(whole_decimal_numbers_are_read),
        cmocka_unit_test(anything_else_is_no_number_and_changes_nothing),
        cmocka_unit_test(hashes_are_those_of_fnv),
    };
    return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
