// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/reader. */
#include "web/reader.h"

#include "unit.h"

static void words_are_known_in_any_order_and_others_are_passed_over(void **state) {
    (void)state;
    struct reader r = reader_parse(STR("a=b; reader=easy.nonsense.dark.large; c=d"));
    assert_int_equal(r.typeface, TYPEFACE_LARGE);
    assert_int_equal(r.colour, COLOUR_DARK);
    assert_true(r.easy);
}

static void without_a_cookie_the_reader_has_the_default(void **state) {
    (void)state;
    static const char *const none[] = {"", "xreader=large", "reader", "reader=", "session=reader.large", ";;=;"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct reader r = reader_parse(str_of(none[i]));
        assert_int_equal(r.typeface, TYPEFACE_MEDIUM);
        assert_int_equal(r.colour, COLOUR_WHITE);
        assert_false(r.easy);
    }
}

static void every_combination_comes_back_from_its_cookie_and_has_a_number_of_its_own(void **state) {
    (void)state;
    bool seen[READER_FORMS] = {false};
    for (int t = 0; t < TYPEFACES; t++)
        for (int c = 0; c < COLOURS; c++)
            for (int easy = 0; easy < 2; easy++) {
                struct reader r = {(enum typeface)t, (enum colour)c, easy};
                BUF_LOCAL(cookie);
                buf_add_z(&cookie, "reader=");
                reader_add(&cookie, &r);
                struct reader back = reader_parse(buf_str(&cookie));
                assert_int_equal(reader_form(&back), reader_form(&r));
                assert_true(reader_form(&r) < READER_FORMS);
                assert_false(seen[reader_form(&r)]);
                seen[reader_form(&r)] = true;
            }
}

static void the_default_takes_the_cookie_away(void **state) {
    (void)state;
    BUF_LOCAL(b);
    reader_add_cookie(&b, &(struct reader){TYPEFACE_MEDIUM, COLOUR_WHITE, false}, true);
    assert_string_equal(b.p, "reader=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly; Secure");
    buf_reset(&b);
    reader_add_cookie(&b, &(struct reader){TYPEFACE_LARGE, COLOUR_GREEN, true}, false);
    assert_string_equal(b.p, "reader=large.green.easy; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_known_in_any_order_and_others_are_passed_over),
        cmocka_unit_test(without_a_cookie_the_reader_has_the_default),
        cmocka_unit_test(every_combination_comes_back_from_its_cookie_and_has_a_number_of_its_own),
        cmocka_unit_test(the_default_takes_the_cookie_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
