// SPDX-License-Identifier: Apache-2.0
#include "ledger/lines.h"

#include "unit.h"

#include <string.h>

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

static void base64_is_told_by_its_letters_and_padding(void **state) {
    (void)state;
    const char *good[] = {"AAAA", "Zm9vYg==", "Zm9vYh==", "Zm9vYmE=", "+/9z"};
    const char *bad[] = {
        "", "A", "AAA", "AAAAA", "=", "====", "A===", "AA=A", "AAAA====", "AA==AAAA", "AA-_", "AA A", "AAA\xC3"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!lines_is_base64(str_of(good[i])))
            fail_msg("\"%s\" is refused", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (lines_is_base64(str_of(bad[i])))
            fail_msg("\"%s\" is taken", bad[i]);
    for (int c = 0; c < 256; c++) {
        char text[] = "AAAA";
        text[1] = (char)c;
        assert_int_equal(lines_is_base64(str_part(text, 4)),
                         c && memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789+/",
                                     c, 64) != NULL);
    }
}

/* Every sequence of one, two or three bytes, and the bounds of four, beside a decoder written the long way. */
static bool is_utf8_the_long_way(const unsigned char *p, size_t n) {
    static const uint32_t first_of[] = {0, 0, 0x80, 0x800, 0x10000};
    for (size_t i = 0, length; i < n; i += length) {
        length = p[i] < 0x80             ? 1
                 : (p[i] & 0xE0) == 0xC0 ? 2
                 : (p[i] & 0xF0) == 0xE0 ? 3
                 : (p[i] & 0xF8) == 0xF0 ? 4
                                         : 0;
        if (!length || i + length > n)
            return false;
        uint32_t c = length == 1 ? p[i] : p[i] & (0x7Fu >> length);
        for (size_t k = 1; k < length; k++) {
            if ((p[i + k] & 0xC0) != 0x80)
                return false;
            c = c << 6 | (p[i + k] & 0x3Fu);
        }
        if (c < first_of[length] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
            return false;
    }
    return true;
}

static void utf8_is_well_formed_or_is_none(void **state) {
    (void)state;
    unsigned char p[4] = {0};
    for (uint32_t i = 0; i < 1u << 24; i += i < 1u << 16 ? 1 : 7) {
        p[0] = (unsigned char)i, p[1] = (unsigned char)(i >> 8), p[2] = (unsigned char)(i >> 16);
        for (size_t n = 1; n <= 3; n++)
            if (lines_is_utf8(str_part((const char *)p, n)) != is_utf8_the_long_way(p, n))
                fail_msg("%zu bytes of %02x %02x %02x", n, p[0], p[1], p[2]);
    }
    for (unsigned first = 0xEF; first < 0x100; first++)
        for (unsigned second = 0x70; second < 0xD0; second++)
            for (unsigned last = 0x7E; last < 0xC2; last++) {
                p[0] = (unsigned char)first, p[1] = (unsigned char)second, p[2] = 0x80, p[3] = (unsigned char)last;
                if (lines_is_utf8(str_part((const char *)p, 4)) != is_utf8_the_long_way(p, 4))
                    fail_msg("%02x %02x 80 %02x", first, second, last);
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
        cmocka_unit_test(base64_is_told_by_its_letters_and_padding),
        cmocka_unit_test(utf8_is_well_formed_or_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
