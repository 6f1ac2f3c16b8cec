// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/params. */
#include "web/params.h"

#include "unit.h"

#include <string.h>

static bool fits(enum param_kind kind, size_t most, const char *choices, const char *text) {
    int64_t number;
    return param_check(&(struct param){"x", kind, most, choices}, str_of(text), &number);
}

static void texts_are_utf8_without_controls_and_bounded(void **state) {
    (void)state;
    assert_true(fits(PARAM_TEXT, 5, NULL, "12345"));
    assert_false(fits(PARAM_TEXT, 5, NULL, "123456"));
    assert_true(fits(PARAM_TEXT, 0, NULL, "line\r\nand\tline 中"));
    assert_false(fits(PARAM_TEXT, 0, NULL, "bell\a"));
    assert_false(fits(PARAM_TEXT, 0, NULL, "\x7f"));
    assert_false(fits(PARAM_TEXT, 0, NULL, "\xff"));
    assert_false(fits(PARAM_TEXT, 0, NULL, ""));
}

static void numbers_are_written_in_one_way(void **state) {
    (void)state;
    int64_t number = 0;
    assert_true(param_check(&(struct param){"x", PARAM_INT, 50, NULL}, STR("50"), &number));
    assert_int_equal(number, 50);
    static const char *const bad[] = {"51", "-1", "+1", "01", " 1", "1 ", "1.0", "x", "", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fits(PARAM_INT, 50, NULL, bad[i]));
    assert_true(fits(PARAM_INT, 50, NULL, "0"));
}

static void days_are_days_of_the_calendar(void **state) {
    (void)state;
    static const char *const good[] = {"2024-02-29", "2000-02-29", "2026-12-31", "1999-01-01"};
    static const char *const bad[] = {"2023-02-29", "1900-02-29", "2026-13-01", "2026-00-01",  "2026-04-31", "2026-1-1",
                                      "2026-01-00", "2026/01/01", "20260101",   "2026-01-01T", "abcd-ef-gh"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(fits(PARAM_DAY, 0, NULL, good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fits(PARAM_DAY, 0, NULL, bad[i]));
}

static void a_choice_is_one_of_its_words(void **state) {
    (void)state;
    assert_true(fits(PARAM_CHOICE, 0, "small|medium|large", "medium"));
    assert_false(fits(PARAM_CHOICE, 0, "small|medium|large", "medium|large"));
    assert_false(fits(PARAM_CHOICE, 0, "small|medium|large", "mediu"));
    assert_false(fits(PARAM_CHOICE, 0, "small|medium|large", "Medium"));
}

static void a_slug_is_lower_case_digits_and_hyphens(void **state) {
    (void)state;
    assert_true(fits(PARAM_SLUG, 7, NULL, "news-24"));
    assert_false(fits(PARAM_SLUG, 6, NULL, "news-24"));
    static const char *const bad[] = {"", "News", "news_", "a.b", "a b", "æ°", "a/b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fits(PARAM_SLUG, 0, NULL, bad[i]));
}

static void a_path_stays_on_this_site(void **state) {
    (void)state;
    assert_true(fits(PARAM_PATH, 0, NULL, "/"));
    assert_true(fits(PARAM_PATH, 0, NULL, "/news/12?x=//y"));
    static const char *const bad[] = {
        "", "news", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "javascript:1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fits(PARAM_PATH, 0, NULL, bad[i]));
}

static const struct param declared[] = {{.name = "q", .kind = PARAM_TEXT, .most = 20},
                                        {.name = "n", .kind = PARAM_INT, .most = 99},
                                        {.name = "id", .kind = PARAM_INT, .most = 99},
                                        {0}};

static int collect(const char *query, struct arena *a, struct param_value **ret, size_t *ret_n, struct err *reterr) {
    static const struct param_value caught[] = {{"id", STR("7"), 7}};
    struct incoming in = {0};
    incoming_query(&in, str_of(query));
    return params_collect(declared, caught, 1, in.args, in.args_n, a, ret, ret_n, reterr);
}

static void only_declared_ones_arrive_in_the_order_of_their_declaration(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct param_value *v;
    size_t n;
    assert_int_equal(collect("n=5&x=%zz&%71=a%2Bb+c&y=1&y=2", a, &v, &n, NULL), 0);
    assert_int_equal(n, 3);
    assert_string_equal(v[0].name, "q");
    assert_true(str_is(v[0].text, "a+b c"));
    assert_int_equal(v[1].number, 5);
    assert_int_equal(v[2].number, 7);
    assert_int_equal(collect("q=&n=", a, &v, &n, NULL), 0);
    assert_int_equal(n, 1);
}

static void what_is_given_twice_or_does_not_fit_is_named(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    static const struct {
        const char *query, *name;
    } bad[] = {{"q=1&q=1", "\"q\""},
               {"q=1&%71=2", "\"q\""},
               {"n=x", "\"n\""},
               {"n=100", "\"n\""},
               {"id=7", "\"id\""},
               {"q=%0g", "\"q\""},
               {"q=%00", "\"q\""},
               {"q=%ff", "\"q\""},
               {"q=&q=1", "\"q\""},
               {"n=-1", "\"n\""},
               {"q=123456789012345678901", "\"q\""}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct param_value *v;
        size_t n;
        struct err err = {0};
        assert_int_equal(collect(bad[i].query, a, &v, &n, &err), -ERR_INVALID);
        assert_non_null(strstr(err.text, bad[i].name));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_utf8_without_controls_and_bounded),
        cmocka_unit_test(numbers_are_written_in_one_way),
        cmocka_unit_test(days_are_days_of_the_calendar),
        cmocka_unit_test(a_choice_is_one_of_its_words),
        cmocka_unit_test(a_slug_is_lower_case_digits_and_hyphens),
        cmocka_unit_test(a_path_stays_on_this_site),
        cmocka_unit_test(only_declared_ones_arrive_in_the_order_of_their_declaration),
        cmocka_unit_test(what_is_given_twice_or_does_not_fit_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
