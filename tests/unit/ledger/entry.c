// SPDX-License-Identifier: Apache-2.0
#include "ledger/entry.h"

#include "unit.h"

#include <string.h>

static const char sample[] = "daylight/v1\n"
                             "correct\n"
                             "2024-03-16\n"
                             "unit water-works\n"
                             "ref 41\n"
                             "commit AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
                             "code -\n";

static void written_is(const struct entry *e, const char *expected) {
    BUF_LOCAL(text);
    struct err err = {0};
    if (entry_write(e, &text, &err))
        fail_msg("%s", err.text);
    assert_string_equal(text.p, expected);
}

static void an_entry_is_seven_lines_that_come_back_as_they_were(void **state) {
    (void)state;
    struct entry e;
    struct err err = {0};
    if (entry_read(str_of(sample), &e, &err))
        fail_msg("%s", err.text);
    assert_int_equal(e.type, ENTRY_CORRECT);
    assert_int_equal(e.day, 19798);
    assert_string_equal(e.unit, "water-works");
    assert_int_equal(e.ref, 41);
    assert_true(e.committed);
    for (uint8_t i = 0; i < 32; i++)
        assert_int_equal(e.commit.b[i], i);
    assert_int_equal(e.code, ENTRY_CODE_NONE);
    written_is(&e, sample);
}

static void an_entry_without_unit_ref_and_commitment_has_dashes(void **state) {
    (void)state;
    struct entry e = {.type = ENTRY_INCIDENT, .ref = -1, .code = ENTRY_CODE_OUTAGE};
    written_is(&e, "daylight/v1\nincident\n1970-01-01\nunit -\nref -\ncommit -\ncode outage\n");
}

static void the_longest_entry_has_256_bytes_at_most(void **state) {
    (void)state;
    struct entry e = {.day = 2932896, .ref = INT64_MAX, .committed = true};
    memset(e.unit, 'x', ENTRY_UNIT_MOST);
    for (int t = 0; t < ENTRY_TYPE_COUNT; t++)
        for (int c = 0; c < ENTRY_CODE_COUNT; c++) {
            BUF_LOCAL(text);
            struct entry back;
            struct err err = {0};
            e.type = (enum entry_type)t;
            e.code = (enum entry_code)c;
            bool may = entry_allows(e.type, e.code);
            assert_int_equal(entry_write(&e, &text, &err), may ? 0 : -ERR_INVALID);
            if (!may)
                continue;
            assert_true(text.n <= ENTRY_MOST);
            assert_int_equal(entry_read(buf_str(&text), &back, &err), 0);
            assert_int_equal(back.type, t);
            assert_int_equal(back.code, c);
        }
}

static void every_day_of_eight_thousand_years_comes_back(void **state) {
    (void)state;
    for (int64_t day = 0; day <= 2932896; day += day < 60000 ? 1 : 97) {
        BUF_LOCAL(text);
        struct entry e = {.type = ENTRY_POLICY, .day = day, .ref = -1}, back;
        struct err err = {0};
        assert_int_equal(entry_write(&e, &text, &err), 0);
        assert_int_equal(entry_read(buf_str(&text), &back, &err), 0);
        assert_int_equal(back.day, day);
    }
}

static void days_are_those_of_the_calendar(void **state) {
    (void)state;
    static const struct {
        int64_t day;
        const char *text;
    } days[] = {{0, "1970-01-01"},      {364, "1970-12-31"},    {365, "1971-01-01"},   {789, "1972-02-29"},
                {11016, "2000-02-29"},  {20783, "2026-11-26"},  {47540, "2100-02-28"}, {47541, "2100-03-01"},
                {376199, "2999-12-31"}, {2932896, "9999-12-31"}};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        BUF_LOCAL(text);
        struct entry e = {.type = ENTRY_POLICY, .day = days[i].day, .ref = -1};
        assert_int_equal(entry_write(&e, &text, NULL), 0);
        assert_non_null(strstr(text.p, days[i].text));
    }
}

static void what_is_out_of_bounds_is_not_written(void **state) {
    (void)state;
    const struct entry bad[] = {
        {.type = ENTRY_POLICY, .day = -1, .ref = -1},
        {.type = ENTRY_POLICY, .day = 2932897, .ref = -1},
        {.type = ENTRY_POLICY, .ref = -2},
        {.type = ENTRY_POLICY, .ref = -1, .unit = "Water"},
        {.type = ENTRY_POLICY, .ref = -1, .unit = "a b"},
        {.type = ENTRY_POLICY, .ref = -1, .unit = "-"},
        {.type = ENTRY_TYPE_COUNT, .ref = -1},
        {.type = ENTRY_POLICY, .ref = -1, .code = ENTRY_CODE_COUNT},
        {.type = ENTRY_PUBLISH, .ref = -1, .code = ENTRY_CODE_FORK},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        BUF_LOCAL(text);
        struct err e = {0};
        assert_int_equal(entry_write(&bad[i], &text, &e), -ERR_INVALID);
        assert_true(e.text[0]);
        assert_int_equal(text.n, 0);
    }
}

/* Any one byte of an entry put to any other value: refused, or another entry that is written so. */
static void no_two_texts_are_one_entry(void **state) {
    (void)state;
    for (size_t at = 0; at < sizeof sample - 1; at++)
        for (int c = 0; c < 256; c++) {
            char text[sizeof sample];
            struct entry e;
            BUF_LOCAL(back);
            memcpy(text, sample, sizeof sample);
            text[at] = (char)c;
            if (entry_read(str_part(text, sizeof sample - 1), &e, NULL))
                continue;
            assert_int_equal(entry_write(&e, &back, NULL), 0);
            assert_memory_equal(back.p, text, sizeof sample - 1);
        }
}

static void other_spellings_are_refused_with_the_rule_that_they_break(void **state) {
    (void)state;
    static const struct {
        const char *text, *rule;
    } bad[] = {
        {"", "seven lines"},
        {"daylight/v1\npolicy\n2024-03-16\nunit -\nref -\ncommit -\ncode -", "seven lines"},
        {"daylight/v1\npolicy\n2024-03-16\nunit -\nref -\ncommit -\ncode -\n\n", "behind its seventh"},
        {"daylight/v2\npolicy\n2024-03-16\nunit -\nref -\ncommit -\ncode -\n", "daylight/v1"},
        {"daylight/v1\nparty\n2024-03-16\nunit -\nref -\ncommit -\ncode -\n", "type of the list"},
        {"daylight/v1\npolicy\n2023-02-29\nunit -\nref -\ncommit -\ncode -\n", "a day"},
        {"daylight/v1\npolicy\n24-03-16\nunit -\nref -\ncommit -\ncode -\n", "a day"},
        {"daylight/v1\npolicy\n2024-03-16\nunit \nref -\ncommit -\ncode -\n", "department"},
        {"daylight/v1\npolicy\n2024-03-16\nunit A\nref -\ncommit -\ncode -\n", "department"},
        {"daylight/v1\npolicy\n2024-03-16\nunit -\nref 01\ncommit -\ncode -\n", "ref"},
        {"daylight/v1\npolicy\n2024-03-16\nunit -\nref -1\ncommit -\ncode -\n", "ref"},
        {"daylight/v1\npolicy\n2024-03-16\nunit -\nref -\ncommit AAAA\ncode -\n", "commit"},
        {"daylight/v1\npolicy\n2024-03-16\nunit -\nref -\ncommit -\ncode why\n", "code"},
        {"daylight/v1\npolicy\n2024-03-16\nunit -\nref -\ncommit -\ncode fork\n", "may bear"},
        {"daylight/v1\r\npolicy\n2024-03-16\nunit -\nref -\ncommit -\ncode -\n", "daylight/v1"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct entry e;
        struct err err = {0};
        if (entry_read(str_of(bad[i].text), &e, &err) != -ERR_INVALID)
            fail_msg("taken: %s", bad[i].text);
        if (!strstr(err.text, bad[i].rule))
            fail_msg("%s: %s", bad[i].text, err.text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_seven_lines_that_come_back_as_they_were),
        cmocka_unit_test(an_entry_without_unit_ref_and_commitment_has_dashes),
        cmocka_unit_test(the_longest_entry_has_256_bytes_at_most),
        cmocka_unit_test(every_day_of_eight_thousand_years_comes_back),
        cmocka_unit_test(days_are_those_of_the_calendar),
        cmocka_unit_test(what_is_out_of_bounds_is_not_written),
        cmocka_unit_test(no_two_texts_are_one_entry),
        cmocka_unit_test(other_spellings_are_refused_with_the_rule_that_they_break),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
