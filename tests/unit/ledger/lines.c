// SPDX-License-Identifier: Apache-2.0
#include "ledger/lines.h"

#include "unit.h"

static void a_line_ends_in_a_line_feed_or_is_none(void **state) {
    (void)state;
    struct str rest = STR("one\n\ntwo"), line = STR_NONE;
    assert_true(lines_next(&rest, &line));
    assert_true(str_is(line, "one"));
    assert_true(lines_next(&rest, &line));
    assert_int_equal(line.n, 0);
    assert_false(lines_next(&rest, &line));
    assert_true(str_is(rest, "two"));
}

static void a_word_is_followed_by_one_space(void **state) {
    (void)state;
    struct str rest = STR_NONE;
    assert_true(lines_word(STR("index 7"), "index", &rest));
    assert_true(str_is(rest, "7"));
    assert_false(lines_word(STR("index"), "index", &rest));
    assert_false(lines_word(STR("indexes 7"), "index", &rest));
    assert_false(lines_word(STR("ind"), "index", &rest));
}

static void a_decimal_has_one_spelling(void **state) {
    (void)state;
    uint64_t n = 99;
    assert_true(lines_decimal(STR("0"), 9, &n));
    assert_int_equal(n, 0);
    assert_true(lines_decimal(STR("18446744073709551615"), UINT64_MAX, &n));
    assert_true(n == UINT64_MAX);
    const char *none[] = {"", "00", "01", "-1", "+1", " 1", "1 ", "1a", "18446744073709551616", "99999999999999999999"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (lines_decimal(str_of(none[i]), UINT64_MAX, &n))
            fail_msg("\"%s\" is taken", none[i]);
}

static void a_decimal_beyond_the_most_is_refused(void **state) {
    (void)state;
    uint64_t n = 0;
    for (unsigned most = 0; most < 300; most++)
        for (unsigned value = 0; value < 300; value++) {
            BUF_LOCAL(text);
            lines_add_decimal(&text, value);
            assert_int_equal(lines_decimal(buf_str(&text), most, &n), value <= most);
        }
}

static void base64_has_one_spelling(void **state) {
    (void)state;
    uint8_t bytes[8];
    assert_true(lines_base64(STR("Zm9vYg=="), bytes, 4));
    assert_memory_equal(bytes, "foob", 4);
    assert_true(lines_base64(STR("Zm9v"), bytes, 3));
    const char *none[] = {"",         "Zm9vYg",   "Zm9vYg=",  "Zm9vYh==", "Zm9vYg==\n",  " Zm9vYg=",
                          "Zm9v Yg=", "Zm9vYg-=", "Zm9vYmE=", "Zm9vYmFy", "Zm9vYg==Zm9v"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (lines_base64(str_of(none[i]), bytes, 4))
            fail_msg("\"%s\" is taken", none[i]);
}

static void no_other_byte_is_taken_in_base64(void **state) {
    (void)state;
    for (size_t at = 0; at < 8; at++)
        for (int c = 0; c < 256; c++) {
            char text[] = "Zm9vYmE=";
            uint8_t bytes[5];
            BUF_LOCAL(back);
            text[at] = (char)c;
            if (!lines_base64(str_part(text, 8), bytes, 5))
                continue;
            lines_add_base64(&back, bytes, 5);
            assert_memory_equal(back.p, text, 8);
        }
}

static void base64_of_any_length_comes_back(void **state) {
    (void)state;
    uint8_t bytes[100], back[100];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        BUF_LOCAL(text);
        lines_add_base64(&text, bytes, n);
        assert_int_equal(text.n, (n + 2) / 3 * 4);
        assert_int_equal(lines_base64_most(buf_str(&text), back, sizeof back), n);
        assert_memory_equal(back, bytes, n);
        if (n)
            assert_true(lines_base64_most(buf_str(&text), back, n - 1) == SIZE_MAX);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_ends_in_a_line_feed_or_is_none),
        cmocka_unit_test(a_word_is_followed_by_one_space),
        cmocka_unit_test(a_decimal_has_one_spelling),
        cmocka_unit_test(a_decimal_beyond_the_most_is_refused),
        cmocka_unit_test(no_other_byte_is_taken_in_base64),
        cmocka_unit_test(base64_has_one_spelling),
        cmocka_unit_test(base64_of_any_length_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
