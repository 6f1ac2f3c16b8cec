// SPDX-License-Identifier: Apache-2.0
#include "press/import/when.h"

#include "../unit.h"
#include "text/datetime.h"

#include <string.h>

static const char zone[] = "Asia/Shanghai";

/* The moment in UTC, or "none", or "ambiguous". */
static void check(bool (*read)(struct str, const char *, struct when *), const char *text, const char *expected) {
    struct when w;
    BUF_LOCAL(b);
    if (!read(str_of(text), zone, &w))
        buf_add_z(&b, "none");
    else if (w.ambiguous)
        buf_add_z(&b, "ambiguous");
    else
        datetime_add_rfc3339(&b, w.us, zone);
    if (strcmp(b.p, expected) != 0)
        fail_msg("\"%s\" gives %s, not %s", text, b.p, expected);
}

static const struct {
    const char *text, *expected;
} found[] = {
    {"2024-03-16 17:48", "2024-03-16T17:48:00+08:00"},
    {"2024-03-16 17:48:05", "2024-03-16T17:48:05+08:00"},
    {"2024/3/16", "2024-03-16T00:00:00+08:00"},
    {"2024.03.16", "2024-03-16T00:00:00+08:00"},
    {"2024年3月16日 17:48", "2024-03-16T17:48:00+08:00"},
    {"2024年3月16日17时48分", "2024-03-16T17:48:00+08:00"},
    {"2024年3月16日17时48分05秒", "2024-03-16T17:48:05+08:00"},
    {"2024年3月16日 下午5:48", "2024-03-16T17:48:00+08:00"},
    {"2024年3月16日上午10點30分", "2024-03-16T10:30:00+08:00"},
    {"2024年3月16日下午5点半", "2024-03-16T17:30:00+08:00"},
    {"2024年3月16日凌晨12:05", "2024-03-16T00:05:00+08:00"},
    {"2024年3月16日中午12时", "2024-03-16T12:00:00+08:00"},
    {"2024年3月16日（星期六）17:48", "2024-03-16T17:48:00+08:00"},
    {"2024 年 3 月 16 日", "2024-03-16T00:00:00+08:00"},
    {"２０２４年３月１６日　１７：４８", "2024-03-16T17:48:00+08:00"},
    {"二〇二四年三月十六日", "2024-03-16T00:00:00+08:00"},
    {"二○二四年十二月三十一日", "2024-12-31T00:00:00+08:00"},
    {"二零二四年十月二十日", "2024-10-20T00:00:00+08:00"},
    {"中華民國113年3月16日", "2024-03-16T00:00:00+08:00"},
    {"March 16, 2024 5:48 p.m.", "2024-03-16T17:48:00+08:00"},
    {"March 16, 2024, at 5:48 PM", "2024-03-16T17:48:00+08:00"},
    {"5:48 p.m. on 16 March 2024", "2024-03-16T17:48:00+08:00"},
    {"17:48, 16 March 2024", "2024-03-16T17:48:00+08:00"},
    {"16 March 2024", "2024-03-16T00:00:00+08:00"},
    {"16th of March, 2024", "2024-03-16T00:00:00+08:00"},
    {"16 Mar 2024 17:48", "2024-03-16T17:48:00+08:00"},
    {"16-Mar-2024", "2024-03-16T00:00:00+08:00"},
    {"Mar. 16, 2024", "2024-03-16T00:00:00+08:00"},
    {"Sept 1, 2024", "2024-09-01T00:00:00+08:00"},
    {"2024 March 16", "2024-03-16T00:00:00+08:00"},
    {"Saturday, 16 March 2024 at 5.48pm", "2024-03-16T17:48:00+08:00"},
    {"Sat, 16 Mar 2024 17:48:00 +0800", "2024-03-16T17:48:00+08:00"},
    {"Sat, 16 Mar 2024 09:48:00 GMT", "2024-03-16T17:48:00+08:00"},
    {"Sat Mar 16 17:48:00 CST 2024", "2024-03-16T17:48:00+08:00"},
    {"Sat Mar 16 17:48:00 2024", "2024-03-16T17:48:00+08:00"},
    {"2024-03-16T17:48:00+08:00", "2024-03-16T17:48:00+08:00"},
    {"2024-03-16T09:48:00Z", "2024-03-16T17:48:00+08:00"},
    {"2024-03-16T09:48:00.123Z", "2024-03-16T17:48:00+08:00"},
    {"2024-03-16T04:48-05:00", "2024-03-16T17:48:00+08:00"},
    {"2024-03-16 10:48 (GMT+1)", "2024-03-16T17:48:00+08:00"},
    {"2024-03-16 10:48 (GMT+1 or so)", "2024-03-16T10:48:00+08:00"},
    {"2024-03-16 17:48 Beijing time", "2024-03-16T17:48:00+08:00"},
    {"3/16/2024", "2024-03-16T00:00:00+08:00"},
    {"16/3/2024 17:48", "2024-03-16T17:48:00+08:00"},
    {"16.03.2024", "2024-03-16T00:00:00+08:00"},
    {"3.4.2024", "2024-04-03T00:00:00+08:00"},
    {"5/5/2024", "2024-05-05T00:00:00+08:00"},
    {"3/4/2024", "ambiguous"},
    {"03-04-2024 10:00", "ambiguous"},
    {"2024-03-16 24:00", "2024-03-17T00:00:00+08:00"},
    {"2023-02-29", "none"},
    {"2024-02-29", "2024-02-29T00:00:00+08:00"},
    {"2024-13-01", "none"},
    {"2024年3月", "none"},
    {"the year 2024", "none"},
    {"Call 2024-03-1600", "none"},
    {"version 1.2024.3.16", "none"},
    {"March 2024", "none"},
    {"", "none"},
    {"Published: 2024-03-16 17:48 News source", "2024-03-16T17:48:00+08:00"},
    {"发布时间：2024-03-16 17:48 来源", "2024-03-16T17:48:00+08:00"},
};

static void dates_as_people_write_them_are_found(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        check(when_find, found[i].text, found[i].expected);
}

static void metadata_may_write_a_date_without_any_marks(void **state) {
    (void)state;
    check(when_read, "20240316", "2024-03-16T00:00:00+08:00");
    check(when_read, "202403161748", "2024-03-16T17:48:00+08:00");
    check(when_read, " 20240316174805 ", "2024-03-16T17:48:05+08:00");
    check(when_read, "20240316T094805Z", "2024-03-16T17:48:05+08:00");
    check(when_read, "2024-03-16 17:48", "2024-03-16T17:48:00+08:00");
    check(when_read, "20241316", "none");
    check(when_read, "2024-03-16 and more", "none");
    check(when_find, "20240316", "none"); /* in a text it may be any number */
}

static void the_place_of_a_date_in_its_text_is_told_in_bytes(void **state) {
    (void)state;
    const char *text = "发布：2024年3月16日 17:48 省厅";
    struct when w;
    assert_true(when_find(str_of(text), zone, &w));
    assert_true(str_is(str_part(text + w.at, w.n), "2024年3月16日 17:48"));
    assert_true(w.has_clock);
    assert_true(when_find(STR("on 16 March 2024"), zone, &w));
    assert_false(w.has_clock);
    assert_int_equal(w.at, 3);
    assert_int_equal(w.n, 13);
}

static void a_start_is_a_start(void **state) {
    (void)state;
    struct when w;
    assert_true(when_starts(STR("  2024-03-16 more"), zone, &w));
    assert_false(when_starts(STR("on 2024-03-16"), zone, &w));
}

static void broken_bytes_and_long_texts_are_only_not_found(void **state) {
    (void)state;
    static char text[100000];
    struct when w;
    memset(text, 0xe5, sizeof text);
    assert_false(when_find(str_part(text, sizeof text), zone, &w));
    memset(text, '1', sizeof text);
    assert_false(when_find(str_part(text, sizeof text), zone, &w));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_as_people_write_them_are_found),
        cmocka_unit_test(metadata_may_write_a_date_without_any_marks),
        cmocka_unit_test(the_place_of_a_date_in_its_text_is_told_in_bytes),
        cmocka_unit_test(a_start_is_a_start),
        cmocka_unit_test(broken_bytes_and_long_texts_are_only_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
