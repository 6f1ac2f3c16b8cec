// SPDX-License-Identifier: Apache-2.0
/* Moments: civil time in a zone through ICU's calendars, machine forms by hand. */
#include "text/datetime.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ustring.h>

enum { ZONE_MOST = 64 };

struct civil {
    int year, month, day, hour, minute, second;
    int offset_minutes; /* east of UTC */
};

static bool zone_to_utf16(const char *zone, UChar ret[ZONE_MOST]) {
    UErrorCode bad = U_ZERO_ERROR;
    int32_t n = 0;
    u_strFromUTF8(ret, ZONE_MOST, &n, zone, -1, &bad);
    return U_SUCCESS(bad) && n > 0 && n < ZONE_MOST;
}

bool zone_exists(const char *zone) {
    UChar id[ZONE_MOST], canonical[ZONE_MOST];
    UBool is_system = false;
    UErrorCode bad = U_ZERO_ERROR;
    if (!zone_to_utf16(zone, id))
        return false;
    (void)ucal_getCanonicalTimeZoneID(id, -1, canonical, ZONE_MOST, &is_system, &bad); /* the two flags matter */
    return U_SUCCESS(bad) && is_system;
}

/* A proleptic Gregorian calendar in the zone; NULL when there is no such zone (or no memory). */
static UCalendar *calendar_open(const char *zone) {
    UChar id[ZONE_MOST];
    UErrorCode bad = U_ZERO_ERROR;
    if (!zone_to_utf16(zone, id))
        return NULL;
    UCalendar *c = ucal_open(id, -1, "en", UCAL_GREGORIAN, &bad);
    if (U_SUCCESS(bad))
        ucal_setGregorianChange(c, -1e17, &bad);
    if (U_SUCCESS(bad))
        return c;
    ucal_close(c);
    return NULL;
}

static void calendar_close(UCalendar **c) {
    ucal_close(*c);
}
#define CALENDAR_LOCAL(name, zone) __attribute__((cleanup(calendar_close))) UCalendar *name = calendar_open(zone)

static struct civil civil_from(int64_t us, const char *zone) {
    struct civil c = {.year = 1970, .month = 1, .day = 1};
    CALENDAR_LOCAL(calendar, zone);
    UErrorCode bad = U_ZERO_ERROR;
    if (!calendar)
        return c;
    int64_t ms = us / 1000 - (us % 1000 < 0);
    ucal_setMillis(calendar, (UDate)ms, &bad);
    c.year = ucal_get(calendar, UCAL_EXTENDED_YEAR, &bad);
    c.month = ucal_get(calendar, UCAL_MONTH, &bad) + 1;
    c.day = ucal_get(calendar, UCAL_DATE, &bad);
    c.hour = ucal_get(calendar, UCAL_HOUR_OF_DAY, &bad);
    c.minute = ucal_get(calendar, UCAL_MINUTE, &bad);
    c.second = ucal_get(calendar, UCAL_SECOND, &bad);
    c.offset_minutes = (ucal_get(calendar, UCAL_ZONE_OFFSET, &bad) + ucal_get(calendar, UCAL_DST_OFFSET, &bad)) / 60000;
    return c;
}

void datetime_add_minute(struct buf *ret, int64_t us, const char *zone) {
    struct civil c = civil_from(us, zone);
    buf_printf(ret, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

void datetime_add_day(struct buf *ret, int64_t us, const char *zone) {
    struct civil c = civil_from(us, zone);
    buf_printf(ret, "%04d-%02d-%02d", c.year, c.month, c.day);
}

void datetime_add_rfc3339(struct buf *ret, int64_t us, const char *zone) {
    struct civil c = civil_from(us, zone);
    int off = c.offset_minutes < 0 ? -c.offset_minutes : c.offset_minutes;
    buf_printf(ret, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second,
               c.offset_minutes < 0 ? '-' : '+', off / 60, off % 60);
}

void datetime_add_http(struct buf *ret, int64_t us) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(us / CLOCK_SECOND_US);
    struct tm t;
    if (!gmtime_r(&seconds, &t))
        return;
    buf_printf(ret, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday, months[t.tm_mon],
               t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

void datetime_add_long_day(struct buf *ret, int64_t us, const char *zone, const char *language) {
    UChar id[ZONE_MOST], text[128];
    char utf8[400];
    int32_t bytes = 0;
    UErrorCode bad = U_ZERO_ERROR;
    if (!zone_to_utf16(zone, id))
        return;
    UDateFormat *f = udat_open(UDAT_NONE, UDAT_LONG, language, id, -1, NULL, 0, &bad);
    int32_t n = U_SUCCESS(bad) ? udat_format(f, (UDate)(us / 1000), text, 128, NULL, &bad) : 0;
    udat_close(f);
    u_strToUTF8(utf8, sizeof utf8, &bytes, text, n, &bad);
    if (U_SUCCESS(bad) && bytes < (int32_t)sizeof utf8)
        buf_add(ret, str_part(utf8, (size_t)bytes));
    else
        datetime_add_day(ret, us, zone);
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool civil_ok(const struct civil *c) {
    return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= days_in(c->year, c->month) && c->hour >= 0 && c->hour <= 23 && c->minute >= 0 && c->minute <= 59 &&
           c->second >= 0 && c->second <= 59;
}

bool datetime_from_civil(int year, int month, int day, int hour, int minute, int second, const char *zone,
                         int64_t *ret_us) {
    struct civil c = {year, month, day, hour, minute, second, 0};
    if (!civil_ok(&c))
        return false;
    CALENDAR_LOCAL(calendar, zone);
    UErrorCode bad = U_ZERO_ERROR;
    if (!calendar)
        return false;
    ucal_clear(calendar);
    ucal_setDateTime(calendar, year, month - 1, day, hour, minute, second, &bad);
    double ms = ucal_getMillis(calendar, &bad);
    if (U_FAILURE(bad))
        return false;
    *ret_us = (int64_t)ms * 1000;
    return true;
}

/* --- reading --- */

/* Takes exactly n digits off *s. */
static bool take_digits(struct str *s, size_t n, int *ret) {
    int value = 0;
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        value = value * 10 + (s->p[i] - '0');
    }
    *s = str_from(*s, n);
    *ret = value;
    return true;
}

static bool take_char(struct str *s, const char *any_of) {
    if (!s->n || !s->p[0] || !strchr(any_of, s->p[0]))
        return false;
    *s = str_from(*s, 1);
    return true;
}

/* Seconds and their fraction, both optional; the fraction is dropped. */
static bool take_seconds(struct str *s, struct civil *c) {
    if (!take_char(s, ":"))
        return true;
    if (!take_digits(s, 2, &c->second))
        return false;
    if (c->second == 60) /* a leap second is shown as the second before */
        c->second = 59;
    if (!take_char(s, ".,"))
        return true;
    int digit, n = 0;
    while (take_digits(s, 1, &digit))
        n++;
    return n > 0;
}

/* Z, +08:00, +0800, +08 or nothing. *ret_has tells whether there was one. */
static bool take_offset(struct str *s, struct civil *c, bool *ret_has) {
    *ret_has = s->n > 0;
    if (!s->n)
        return true;
    if (take_char(s, "Zz"))
        return s->n == 0;
    bool minus = s->p[0] == '-';
    int hours, minutes = 0;
    if (!take_char(s, "+-") || !take_digits(s, 2, &hours) || hours > 23)
        return false;
    (void)take_char(s, ":"); /* optional */
    if (s->n && (!take_digits(s, 2, &minutes) || minutes > 59))
        return false;
    c->offset_minutes = (hours * 60 + minutes) * (minus ? -1 : 1);
    return s->n == 0;
}

bool datetime_parse(struct str s, const char *zone, int64_t *ret_us) {
    struct civil c = {0};
    bool has_offset = false;
    s = str_trim(s);
    if (!take_digits(&s, 4, &c.year) || !take_char(&s, "-") || !take_digits(&s, 2, &c.month) || !take_char(&s, "-") ||
        !take_digits(&s, 2, &c.day))
        return false;
    if (s.n && (!take_char(&s, "Tt ") || !take_digits(&s, 2, &c.hour) || !take_char(&s, ":") ||
                !take_digits(&s, 2, &c.minute) || !take_seconds(&s, &c) || !take_offset(&s, &c, &has_offset)))
        return false;
    int64_t us;
    if (!datetime_from_civil(c.year, c.month, c.day, c.hour, c.minute, c.second, has_offset ? "Etc/UTC" : zone, &us))
        return false;
    *ret_us = us - c.offset_minutes * INT64_C(60) * CLOCK_SECOND_US;
    return true;
}
