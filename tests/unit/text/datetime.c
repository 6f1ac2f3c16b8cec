// SPDX-License-Identifier: Apache-2.0
#include "text/datetime.h"

#include "base/clock.h"

#include "../unit.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum { SECOND = CLOCK_SECOND_US };

static void zones_are_known_by_their_iana_names(void **state) {
    (void)state;
    static const char *const good[] = {"Asia/Shanghai", "Europe/Berlin", "Etc/UTC", "UTC", "America/Argentina/Ushuaia"};
    static const char *const bad[] = {
        "",
        "Mars/Olympus",
        "Etc/Unknown",
        "+08:00",
        "GMT+08:00x",
        "北京",
        "a zone name that is longer than any that there will ever be in this world, ever"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(zone_exists(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (zone_exists(bad[i]))
            fail_msg("\"%s\" was taken for a zone", bad[i]);
}

static void expect(void (*add)(struct buf *, int64_t, const char *), int64_t us, const char *zone, const char *wanted) {
    BUF_LOCAL(b);
    add(&b, us, zone);
    assert_string_equal(b.p, wanted);
}

static void moments_are_shown_in_their_zone(void **state) {
    (void)state;
    const int64_t us = INT64_C(1795077600) * SECOND + 999999; /* 2026-11-19 08:40 UTC */
    expect(datetime_add_minute, us, "Asia/Shanghai", "2026-11-19 16:40");
    expect(datetime_add_day, us, "Asia/Shanghai", "2026-11-19");
    expect(datetime_add_rfc3339, us, "Asia/Shanghai", "2026-11-19T16:40:00+08:00");
    expect(datetime_add_rfc3339, us, "America/St_Johns", "2026-11-19T05:10:00-03:30");
    expect(datetime_add_rfc3339, us, "Etc/UTC", "2026-11-19T08:40:00+00:00");
    expect(datetime_add_minute, us, "Pacific/Kiritimati", "2026-11-19 22:40");
    expect(datetime_add_day, us, "Pacific/Apia", "2026-11-19");
}

static void time_before_1970_is_rounded_down(void **state) {
    (void)state;
    expect(datetime_add_rfc3339, -1, "Etc/UTC", "1969-12-31T23:59:59+00:00");
    expect(datetime_add_rfc3339, -SECOND, "Etc/UTC", "1969-12-31T23:59:59+00:00");
    expect(datetime_add_rfc3339, -SECOND - 1, "Etc/UTC", "1969-12-31T23:59:58+00:00");
    BUF_LOCAL(http);
    datetime_add_http(&http, -1);
    assert_string_equal(http.p, "Wed, 31 Dec 1969 23:59:59 GMT");
    BUF_LOCAL(day);
    datetime_add_long_day(&day, -1, "Etc/UTC", "zh-CN");
    assert_string_equal(day.p, "1969年12月31日");
}

static void moments_in_utc_are_told_to_the_microsecond(void **state) {
    (void)state;
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {{0, "1970-01-01T00:00:00.000000Z"},
                 {-1, "1969-12-31T23:59:59.999999Z"},
                 {INT64_C(1710582480000000), "2024-03-16T09:48:00.000000Z"},
                 {INT64_C(1710582480000042), "2024-03-16T09:48:00.000042Z"},
                 {INT64_C(-62135596800000000), "0001-01-01T00:00:00.000000Z"},
                 {INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_LOCAL(b);
        datetime_add_utc(&b, cases[i].us);
        assert_string_equal(b.p, cases[i].text);
    }
    BUF_LOCAL(any);
    datetime_add_utc(&any, INT64_MIN);
    datetime_add_utc(&any, INT64_MAX);
    assert_false(buf_failed(&any));
}

static void http_dates_are_in_english_and_gmt(void **state) {
    (void)state;
    static const struct {
        int64_t second;
        const char *wanted;
    } cases[] = {{0, "Thu, 01 Jan 1970 00:00:00 GMT"},
                 {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* RFC 9110's own example */
                 {1795077600, "Thu, 19 Nov 2026 08:40:00 GMT"},
                 {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_LOCAL(b);
        datetime_add_http(&b, cases[i].second * SECOND);
        assert_string_equal(b.p, cases[i].wanted);
    }
}

static void a_long_day_is_in_the_readers_language(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"en", "19 November 2026"},      {"en-GB", "19 November 2026"},
                                           {"en-US", "November 19, 2026"},  {"zh-CN", "2026年11月19日"},
                                           {"de", "19. November 2026"},     {"ja", "2026年11月19日"},
                                           {"ru", "19 ноября 2026\u202fг."}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_LOCAL(b);
        datetime_add_long_day(&b, INT64_C(1795077600) * SECOND, "Asia/Shanghai", cases[i][0]);
        assert_string_equal(b.p, cases[i][1]);
    }
    for (int i = 0; i < 6; i++) { /* the day that was shown last, and another one */
        BUF_LOCAL(b);
        datetime_add_long_day(&b, (INT64_C(1795077600) + i / 2 * INT64_C(86400)) * SECOND, "Asia/Shanghai", "en");
        assert_string_equal(b.p, i < 2 ? "19 November 2026" : i < 4 ? "20 November 2026" : "21 November 2026");
    }
    BUF_LOCAL(east);
    datetime_add_long_day(&east, INT64_C(1795104000) * SECOND, "Asia/Shanghai", "zh-CN"); /* 16:00 UTC */
    assert_string_equal(east.p, "2026年11月20日");
}

/* --- reading --- */

static const char *read_back(const char *text, const char *zone, struct buf *ret) {
    int64_t us = 7;
    buf_reset(ret);
    if (!datetime_parse(str_of(text), zone, &us)) {
        assert_int_equal(us, 7);
        return "none";
    }
    datetime_add_rfc3339(ret, us, zone);
    return ret->p;
}

static void the_usual_forms_are_read(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"2024-03-16 17:48", "2024-03-16T17:48:00+08:00"},
        {"2024-03-16 17:48:09", "2024-03-16T17:48:09+08:00"},
        {"2024-03-16", "2024-03-16T00:00:00+08:00"},
        {" 2024-03-16 \n", "2024-03-16T00:00:00+08:00"},
        {"2024-03-16T17:48:00+08:00", "2024-03-16T17:48:00+08:00"},
        {"2024-03-16T09:48:00Z", "2024-03-16T17:48:00+08:00"},
        {"2024-03-16t09:48:00.123456789z", "2024-03-16T17:48:00+08:00"},
        {"2024-03-16T09:48Z", "2024-03-16T17:48:00+08:00"},
        {"2024-03-16T04:18:00-0530", "2024-03-16T17:48:00+08:00"},
        {"2024-03-16T10:48:00+01", "2024-03-16T17:48:00+08:00"},
        {"2024-12-31T23:30:00-08:00", "2025-01-01T15:30:00+08:00"},
        {"2024-02-29", "2024-02-29T00:00:00+08:00"},
        {"2000-02-29", "2000-02-29T00:00:00+08:00"},
        {"9999-12-31T23:59:59+08:00", "9999-12-31T23:59:59+08:00"},
    };
    BUF_LOCAL(b);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(read_back(cases[i][0], "Asia/Shanghai", &b), cases[i][1]);
}

static void what_is_no_moment_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"",
                                        "2024",
                                        "2024-3-16",
                                        "24-03-16",
                                        "2024-03",
                                        "2024-03-",
                                        "2024-13-01",
                                        "2024-00-10",
                                        "2024-02-30",
                                        "2023-02-29",
                                        "1900-02-29",
                                        "2024-04-31",
                                        "2024-03-00",
                                        "0000-01-01",
                                        "2024-03-16 24:00",
                                        "2024-03-16 17:60",
                                        "2024-03-16 17",
                                        "2024-03-16 17:4",
                                        "2024-03-16 17:48:",
                                        "2024-03-16 17:48:61",
                                        "2024-03-16 17:48:0",
                                        "2024-03-16T17:48:00.",
                                        "2024-03-16T17:48:00.Z",
                                        "2024-03-16T17:48:00+",
                                        "2024-03-16T17:48:00+8",
                                        "2024-03-16T17:48:00+08:",
                                        "2024-03-16T17:48:00+08:6",
                                        "2024-03-16T17:48:00+08:60",
                                        "2024-03-16T17:48:00+24:00",
                                        "2024-03-16T17:48:00Zx",
                                        "2024-03-16T",
                                        "2024-03-16x",
                                        "2024-03-16 17:48 and more",
                                        "-024-03-16",
                                        "２０２４-03-16",
                                        "2024/03/16",
                                        "+2024-03-16"};
    BUF_LOCAL(b);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (!str_is(str_of(read_back(wrong[i], "Etc/UTC", &b)), "none"))
            fail_msg("\"%s\" was read as %s", wrong[i], b.p);
    int64_t us;
    assert_false(datetime_parse(str_part("2024-03-16\0", 11), "Etc/UTC", &us));
    assert_false(datetime_parse(str_part("2024-03-16 17:48:00\0", 20), "Etc/UTC", &us));
}

static void a_leap_second_is_the_second_before_and_only_where_there_can_be_one(void **state) {
    (void)state;
    BUF_LOCAL(b);
    assert_string_equal(read_back("2016-12-31T23:59:60Z", "Etc/UTC", &b), "2016-12-31T23:59:59+00:00");
    assert_string_equal(read_back("2017-01-01T07:59:60+08:00", "Etc/UTC", &b), "2016-12-31T23:59:59+00:00");
    assert_string_equal(read_back("2017-01-01 07:59:60", "Asia/Shanghai", &b), "2017-01-01T07:59:59+08:00");
    assert_string_equal(read_back("2016-12-31T12:00:60Z", "Etc/UTC", &b), "none");
    assert_string_equal(read_back("2016-12-31T23:58:60Z", "Etc/UTC", &b), "none");
}

static void the_clocks_skip_forward_and_repeat(void **state) {
    (void)state;
    BUF_LOCAL(b);
    const char *berlin = "Europe/Berlin";
    assert_string_equal(read_back("2026-03-29 01:59:59", berlin, &b), "2026-03-29T01:59:59+01:00");
    assert_string_equal(read_back("2026-03-29 02:30", berlin, &b), "2026-03-29T03:30:00+02:00"); /* skipped */
    assert_string_equal(read_back("2026-03-29 03:00", berlin, &b), "2026-03-29T03:00:00+02:00");
    assert_string_equal(read_back("2026-10-25 01:59", berlin, &b), "2026-10-25T01:59:00+02:00");
    assert_string_equal(read_back("2026-10-25 02:30", berlin, &b),
                        "2026-10-25T02:30:00+01:00"); /* the later of the two */
    assert_string_equal(read_back("2026-10-25T02:30:00+02:00", berlin, &b), "2026-10-25T02:30:00+02:00");
    assert_string_equal(read_back("2011-12-30 12:00", "Pacific/Apia", &b), "2011-12-31T12:00:00+14:00"); /* a day */
    assert_string_equal(read_back("1986-07-01 12:00", "Asia/Shanghai", &b), "1986-07-01T12:00:00+09:00");
}

static void an_unknown_zone_is_refused_in_reading_and_utc_in_showing(void **state) {
    (void)state;
    int64_t us = 7;
    assert_false(datetime_parse(STR("2024-03-16 17:48"), "Mars/Olympus", &us));
    assert_false(datetime_from_civil(2024, 3, 16, 17, 48, 0, "Mars/Olympus", &us));
    assert_false(datetime_parse(STR("2024-03-16 17:48"), "", &us));
    assert_int_equal(us, 7);
    assert_true(datetime_parse(STR("2024-03-16T17:48Z"), "Mars/Olympus", &us)); /* it is not asked */
    expect(datetime_add_minute, us, "Mars/Olympus", "2024-03-16 17:48");
    expect(datetime_add_rfc3339, us, "", "2024-03-16T17:48:00+00:00");
}

static void the_first_and_the_last_years_hold(void **state) {
    (void)state;
    int64_t us;
    assert_true(datetime_from_civil(1, 1, 1, 0, 0, 0, "Etc/UTC", &us));
    assert_int_equal(us, INT64_C(-62135596800) * SECOND);
    expect(datetime_add_rfc3339, us, "Etc/UTC", "0001-01-01T00:00:00+00:00");
    assert_true(datetime_from_civil(9999, 12, 31, 23, 59, 59, "Etc/UTC", &us));
    assert_int_equal(us, INT64_C(253402300799) * SECOND);
    expect(datetime_add_rfc3339, us, "Etc/UTC", "9999-12-31T23:59:59+00:00");
    assert_true(datetime_from_civil(1582, 10, 10, 0, 0, 0, "Etc/UTC", &us)); /* a day that one old calendar lacks */
    expect(datetime_add_day, us, "Etc/UTC", "1582-10-10");
    assert_true(datetime_from_civil(1500, 3, 1, 0, 0, 0, "Etc/UTC", &us));
    BUF_LOCAL(http);
    datetime_add_http(&http, us);
    assert_string_equal(http.p, "Thu, 01 Mar 1500 00:00:00 GMT");
    BUF_LOCAL(any);
    datetime_add_rfc3339(&any, INT64_MIN, "Asia/Shanghai");
    datetime_add_rfc3339(&any, INT64_MAX, "Asia/Shanghai");
    datetime_add_http(&any, INT64_MIN);
    datetime_add_long_day(&any, INT64_MAX, "Asia/Shanghai", "en");
    assert_false(buf_failed(&any));
}

static void an_offset_of_odd_seconds_still_names_the_same_moment(void **state) {
    (void)state;
    int64_t us = INT64_C(-2500000000) * SECOND, again; /* 1890: Shanghai kept the sun's time, +08:05:43 */
    BUF_LOCAL(b);
    datetime_add_rfc3339(&b, us, "Asia/Shanghai");
    assert_string_equal(b.p, "1890-10-12T03:38:20+08:05");
    assert_true(datetime_parse(buf_str(&b), "Etc/UTC", &again));
    assert_int_equal(again, us);
}

static void every_moment_comes_back_in_every_zone(void **state) {
    (void)state;
    static const char *const zones[] = {"Asia/Shanghai", "Europe/Berlin",     "America/New_York", "Australia/Lord_Howe",
                                        "Asia/Kolkata",  "Africa/Casablanca", "Etc/UTC",          "America/Sao_Paulo"};
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        for (int64_t second = -3000000000; second < 5000000000; second += 9876543) {
            BUF_LOCAL(b);
            int64_t us;
            datetime_add_rfc3339(&b, second * SECOND + 5, zones[z]);
            assert_true(datetime_parse(buf_str(&b), "Etc/UTC", &us));
            assert_int_equal(us, second * SECOND);
        }
    }
}

/* --- many threads, many zones --- */

static void *show_many(void *arg) {
    const char *zone = arg;
    for (int i = 0; i < 2000; i++) {
        BUF_LOCAL(b);
        datetime_add_rfc3339(&b, INT64_C(1795077600) * SECOND, i % 50 ? zone : "Etc/UTC");
        const char *wanted = i % 50 == 0                          ? "2026-11-19T08:40:00+00:00"
                             : strcmp(zone, "Asia/Shanghai") == 0 ? "2026-11-19T16:40:00+08:00"
                                                                  : "2026-11-19T09:40:00+01:00";
        if (strcmp(b.p, wanted) != 0)
            return arg;
    }
    return NULL;
}

static void threads_do_not_mix_their_zones(void **state) {
    (void)state;
    static char zones[][16] = {"Asia/Shanghai", "Europe/Berlin"};
    pthread_t thread[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, show_many, zones[i % 2]), 0);
    for (size_t i = 0; i < 4; i++) {
        void *wrong;
        assert_int_equal(pthread_join(thread[i], &wrong), 0);
        assert_null(wrong);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_are_known_by_their_iana_names),
        cmocka_unit_test(moments_are_shown_in_their_zone),
        cmocka_unit_test(time_before_1970_is_rounded_down),
        cmocka_unit_test(moments_in_utc_are_told_to_the_microsecond),
        cmocka_unit_test(http_dates_are_in_english_and_gmt),
        cmocka_unit_test(a_long_day_is_in_the_readers_language),
        cmocka_unit_test(the_usual_forms_are_read),
        cmocka_unit_test(what_is_no_moment_is_refused),
        cmocka_unit_test(a_leap_second_is_the_second_before_and_only_where_there_can_be_one),
        cmocka_unit_test(the_clocks_skip_forward_and_repeat),
        cmocka_unit_test(an_unknown_zone_is_refused_in_reading_and_utc_in_showing),
        cmocka_unit_test(the_first_and_the_last_years_hold),
        cmocka_unit_test(an_offset_of_odd_seconds_still_names_the_same_moment),
        cmocka_unit_test(every_moment_comes_back_in_every_zone),
        cmocka_unit_test(threads_do_not_mix_their_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
