// SPDX-License-Identifier: Apache-2.0
#include "text/utf8.h"

#include "../unit.h"

#include <stdlib.h>
#include <string.h>

/* What a strict decoder must say of each of these (RFC 3629, and table 3-7 of the Unicode standard). */
static const struct {
    const char *bytes;
    bool valid;
    size_t count; /* one U+FFFD for each bad byte */
} sequences[] = {
    {"", true, 0},
    {"plain", true, 5},
    {"\xc2\x80", true, 1},
    {"\xdf\xbf", true, 1},
    {"\xe0\xa0\x80", true, 1},
    {"\xed\x9f\xbf", true, 1},
    {"\xee\x80\x80", true, 1},
    {"\xef\xbf\xbf", true, 1},
    {"\xf0\x90\x80\x80", true, 1},
    {"\xf4\x8f\xbf\xbf", true, 1},
    {"\x80", false, 1},
    {"\xbf\xbf", false, 2},
    {"\xc0\x80", false, 2},         /* NUL, overlong */
    {"\xc1\xbf", false, 2},         /* DEL, overlong */
    {"\xe0\x80\xaf", false, 3},     /* '/', overlong */
    {"\xe0\x9f\xbf", false, 3},     /* U+07FF, overlong */
    {"\xf0\x80\x80\xaf", false, 4}, /* '/', overlong */
    {"\xf0\x8f\xbf\xbf", false, 4}, /* U+FFFF, overlong */
    {"\xed\xa0\x80", false, 3},     /* the first surrogate */
    {"\xed\xbf\xbf", false, 3},     /* the last one */
    {"\xf4\x90\x80\x80", false, 4}, /* U+110000 */
    {"\xf5\x80\x80\x80", false, 4},
    {"\xf8\x88\x80\x80\x80", false, 5},
    {"\xff", false, 1},
    {"\xc3", false, 1},
    {"\xe4\xb8", false, 2},
    {"\xf0\x9f\x98", false, 3},
    {"\xc3(", false, 2},
    {"\xe4\xb8(", false, 3},
    {"a\xf0\x9f\x98z", false, 5},
};

static void only_well_formed_sequences_are_valid(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        struct str s = str_of(sequences[i].bytes);
        assert_int_equal(utf8_valid(s), sequences[i].valid);
        assert_int_equal(utf8_count(s), sequences[i].count);
    }
}

static void a_sequence_cut_by_the_end_is_not_read_beyond_it(void **state) {
    (void)state;
    static const char whole[] = "\xf0\x9f\x98\x80";
    for (size_t n = 1; n < 4; n++) {
        char *exact = malloc(n); /* the sanitizer watches its end */
        memcpy(exact, whole, n);
        struct str rest = str_part(exact, n);
        assert_false(utf8_valid(rest));
        assert_int_equal(utf8_next(&rest), 0xfffd);
        assert_int_equal(rest.n, n - 1);
        free(exact);
    }
}

static void every_code_point_survives_writing_and_reading(void **state) {
    (void)state;
    BUF_LOCAL(b);
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        if (c == 0xd800)
            c = 0xe000;
        buf_reset(&b);
        utf8_add(&b, c);
        struct str rest = buf_str(&b);
        if (!utf8_valid(rest) || utf8_next(&rest) != c || rest.n)
            fail_msg("U+%04X", c);
    }
}

static void what_is_no_code_point_is_written_as_the_replacement_character(void **state) {
    (void)state;
    static const uint32_t none[] = {0xd800, 0xdfff, 0x110000, UINT32_MAX};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        BUF_LOCAL(b);
        utf8_add(&b, none[i]);
        assert_string_equal(b.p, "\xef\xbf\xbd");
    }
}

static void a_bad_byte_becomes_the_replacement_character_and_controls_go(void **state) {
    (void)state;
    BUF_LOCAL(b);
    utf8_add_repaired(&b, str_part("a\xff\xe4\xb8\xad\0\x1b\r\t\n\xc3", 11));
    assert_string_equal(b.p, "a\xef\xbf\xbd中\t\n\xef\xbf\xbd");
    assert_true(utf8_valid(buf_str(&b)));
}

static void nul_is_a_code_point_and_not_the_end(void **state) {
    (void)state;
    struct str rest = str_part("\0a", 2);
    assert_int_equal(utf8_next(&rest), 0);
    assert_int_equal(rest.n, 1);
    assert_int_equal(utf8_next(&rest), 'a');
    assert_int_equal(utf8_next(&rest), 0);
    assert_int_equal(rest.n, 0);
}

static void the_first_code_points_are_never_half_a_character(void **state) {
    (void)state;
    struct str s = STR("a中😀é");
    assert_true(str_eq(utf8_first(s, 0), STR("")));
    assert_true(str_eq(utf8_first(s, 2), STR("a中")));
    assert_true(str_eq(utf8_first(s, 3), STR("a中😀")));
    assert_true(str_eq(utf8_first(s, SIZE_MAX), s));
    assert_int_equal(utf8_first(STR_NONE, 3).n, 0);
}

static void the_last_code_point_is_taken_off_whole(void **state) {
    (void)state;
    struct str s = STR("a中😀");
    assert_int_equal(utf8_take_last(&s), 0x1f600);
    assert_int_equal(utf8_take_last(&s), 0x4e2d);
    assert_true(str_eq(s, STR("a")));
    assert_int_equal(utf8_take_last(&s), 'a');
    assert_int_equal(utf8_take_last(&s), 0);
    struct str bad = STR("\x80\x80"); /* no beginning: all of it goes */
    assert_int_equal(utf8_take_last(&bad), 0xfffd);
    assert_int_equal(bad.n, 0);
}

static void scripts_without_spaces_are_known(void **state) {
    (void)state;
    static const char with_none[] = "中㐀𠀀々〇ひカー한ㄅกກကក豈";
    static const char with_spaces[] = "aé1я عאहαᠠ。，、「😀";
    for (struct str rest = str_of(with_none); rest.n;)
        assert_true(utf8_is_unspaced(utf8_next(&rest)));
    for (struct str rest = str_of(with_spaces); rest.n;)
        assert_false(utf8_is_unspaced(utf8_next(&rest)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_well_formed_sequences_are_valid),
        cmocka_unit_test(a_sequence_cut_by_the_end_is_not_read_beyond_it),
        cmocka_unit_test(every_code_point_survives_writing_and_reading),
        cmocka_unit_test(what_is_no_code_point_is_written_as_the_replacement_character),
        cmocka_unit_test(a_bad_byte_becomes_the_replacement_character_and_controls_go),
        cmocka_unit_test(nul_is_a_code_point_and_not_the_end),
        cmocka_unit_test(the_first_code_points_are_never_half_a_character),
        cmocka_unit_test(the_last_code_point_is_taken_off_whole),
        cmocka_unit_test(scripts_without_spaces_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
