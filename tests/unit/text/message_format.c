// SPDX-License-Identifier: Apache-2.0
/* What messages.c (whose test has the patterns and their texts) asks of one pattern. */
#include "text/message_format.h"

#include "../unit.h"

#include <string.h>

static void checking_tells_whether_there_are_arguments(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        bool plain;
    } cases[] = {{"", true},
                 {"no '{'braces'}' #", true},
                 {"it''s", true},
                 {"{x}", false},
                 {"{x, select, other {}}", false},
                 {"{x, plural, other {#}}", false},
                 {"a {x, number} b", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool plain = !cases[i].plain;
        assert_int_equal(message_check(str_of(cases[i].pattern), &plain, NULL), 0);
        assert_int_equal(plain, cases[i].plain);
    }
}

static void a_wrong_pattern_has_a_reason(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"{x", "is not closed"},
                                           {"x}", "closes nothing"},
                                           {"{}", "has no name"},
                                           {"{a b}", "no argument's name"},
                                           {"{x, date}", "not understood"},
                                           {"{x, plural, one {y}}", "no branch \"other\""},
                                           {"{x, plural, other}", "written word {text}"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool plain;
        struct err err = {0};
        assert_int_equal(message_check(str_of(cases[i][0]), &plain, &err), -ERR_INVALID);
        assert_non_null(strstr(err.text, cases[i][1]));
        assert_int_equal(message_check(str_of(cases[i][0]), &plain, NULL), -ERR_INVALID);
    }
}

static void a_wrong_pattern_is_written_as_far_as_it_goes(void **state) {
    (void)state;
    BUF_LOCAL(out);
    message_format(&out, STR("before {x"), &(struct message_language){0}, NULL, 0);
    assert_string_equal(out.p, "before ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checking_tells_whether_there_are_arguments),
        cmocka_unit_test(a_wrong_pattern_has_a_reason),
        cmocka_unit_test(a_wrong_pattern_is_written_as_far_as_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
