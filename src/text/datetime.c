// SPDX-License-Identifier: Apache-2.0
/* Moments: civil time in a zone through ICU's calendars, machine forms by hand. */
#include "text/datetime.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/ustring.h>

enum { ZONE_MOST = 64, TAG_MOST = 48, LONG_DAYS = 4, LONG_DAY_MOST = 400 };

struct civil {
    int year, month, day, hour, minute, second;
    int offset_minutes; /* east of UTC */
};

static int64_t floor_div(int64_t a, int64_t by) {
    return a / by - (a % by < 0);
}

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

/* --- one calendar a thread, and a few forms of days --- */

/* A calendar costs some 7 µs to open and showing a moment by it takes half of one, so each thread keeps the one it used
 * last, until it ends. A form of long days costs ten times that; pages in two languages want two. */
struct long_day {
    UDateFormat *format;
    char zone[ZONE_MOST], language[TAG_MOST];
    int64_t us; /* what it showed last; text_n 0: nothing */
    char text[LONG_DAY_MOST];
    int32_t text_n;
};
struct kept {
    UCalendar *calendar;
    char zone[ZONE_MOST];
    struct long_day long_day[LONG_DAYS];
    size_t next_long_day; /* makes room for another one */
};
static pthread_key_t kept_key;
static bool kept_key_made;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static void kept_free(void *p) {
    struct kept *k = p;
    ucal_close(k->calendar);
    for (size_t i = 0; i < LONG_DAYS; i++)
        udat_close(k->long_day[i].format);
    free(k);
}

static void kept_init(void) {
    kept_key_made = pthread_key_create(&kept_key, kept_free) == 0;
}

static struct kept *kept_get(void) {
    (void)pthread_once(&kept_once, kept_init); /* it knows no error */
    struct kept *k = kept_key_made ? pthread_getspecific(kept_key) : NULL;
    if (k || !kept_key_made)
        return k;
    k = calloc(1, sizeof *k);
    if (k && pthread_setspecific(kept_key, k) != 0) {
        free(k);
        return NULL;
    }
    return k;
}

/* A proleptic Gregorian calendar in a zone that exists; NULL when there is no memory. */
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

/* This thread's calendar in the zone, lent; *ret NULL when there is no memory. False when there is no such zone (ICU by
 * itself takes any name, and means UTC). */
static bool calendar_in(const char *zone, UCalendar **ret) {
    struct kept *k = kept_get();
    *ret = NULL;
    if (!k)
        return true;
    if (!k->calendar || strcmp(k->zone, zone) != 0) {
        if (!zone_exists(zone))
            return false;
        ucal_close(k->calendar);
        k->calendar = calendar_open(zone);
        memcpy(k->zone, zone, strlen(zone) + 1); /* shorter than ZONE_MOST, as it exists */
    }
    *ret = k->calendar;
    return true;
}

/* Minutes east of UTC; UTC's where there is no such zone. False when there is no memory. */
static bool offset_at(int64_t second, const char *zone, int *ret_minutes) {
    UCalendar *calendar;
    UErrorCode bad = U_ZERO_ERROR;
    *ret_minutes = 0;
    if (strcmp(zone, "UTC") == 0)
        return true;
    if (!calendar_in(zone, &calendar))
        return true;
    if (!calendar)
        return false;
    ucal_setMillis(calendar, (UDate)second * 1000, &bad);
    int32_t ms = ucal_get(calendar, UCAL_ZONE_OFFSET, &bad) + ucal_get(calendar, UCAL_DST_OFFSET, &bad);
    if (U_FAILURE(bad))
        return false;
    *ret_minutes = (int)floor_div(ms, 60000); /* the sun's time of old days had seconds, which no form can show */
    return true;
}

/* Makes ret failed where there is no memory. */
static struct civil civil_from(struct buf *ret, int64_t us, const char *zone) {
    int64_t second = floor_div(us, CLOCK_SECOND_US);
    int offset;
    if (!offset_at(second, zone, &offset))
        ret->failed = true;
    time_t local = (time_t)(second + offset * INT64_C(60));
    struct tm t = {.tm_mday = 1};
    (void)gmtime_r(&local, &t); /* no moment of an int64_t in µs is beyond its years */
    return (struct civil){t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, offset};
}

void datetime_add_minute(struct buf *ret, int64_t us, const char *zone) {
    struct civil c = civil_from(ret, us, zone);
    buf_printf(ret, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

void datetime_add_day(struct buf *ret, int64_t us, const char *zone) {
    struct civil c = civil_from(ret, us, zone);
    buf_printf(ret, "%04d-%02d-%02d", c.year, c.month, c.day);
}

void datetime_add_rfc3339(struct buf *ret, int64_t us, const char *zone) {
    struct civil c = civil_from(ret, us, zone);
    int off = c.offset_minutes < 0 ? -c.offset_minutes : c.offset_minutes;
    buf_printf(ret, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second,
               c.offset_minutes < 0 ? '-' : '+', off / 60, off % 60);
}

void datetime_add_utc(struct buf *ret, int64_t us) {
    time_t second = (time_t)floor_div(us, CLOCK_SECOND_US);
    int part = (int)(us % CLOCK_SECOND_US);
    struct tm t = {.tm_mday = 1};
    (void)gmtime_r(&second, &t); /* no moment of an int64_t in µs is beyond its years */
    buf_printf(ret, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
               t.tm_min, t.tm_sec, part < 0 ? part + (int)CLOCK_SECOND_US : part);
}

void datetime_add_http(struct buf *ret, int64_t us) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t second = (time_t)floor_div(us, CLOCK_SECOND_US);
    struct tm t = {.tm_mday = 1};
    (void)gmtime_r(&second, &t); /* no moment of an int64_t in µs is beyond its years */
    buf_printf(ret, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday, months[t.tm_mon],
               t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static UDateFormat *long_day_open(const char *zone, const char *language) {
    UChar id[ZONE_MOST];
    UErrorCode bad = U_ZERO_ERROR;
    if (strcmp(language, "en") == 0) /* ICU takes plain English for that of the United States */
        language = "en-001";
    if (!zone_to_utf16(zone, id))
        u_strcpy(id, u"Etc/UTC");
    UDateFormat *f = udat_open(UDAT_NONE, UDAT_LONG, language, id, -1, NULL, 0, &bad);
    if (U_SUCCESS(bad))
        return f;
    udat_close(f);
    return NULL;
}

/* This thread's, lent; NULL: none can be had. */
static struct long_day *long_day_in(const char *zone, const char *language) {
    struct kept *k = kept_get();
    if (!k || strlen(zone) >= ZONE_MOST || strlen(language) >= TAG_MOST)
        return NULL;
    for (size_t i = 0; i < LONG_DAYS; i++) {
        struct long_day *d = &k->long_day[i];
        if (d->format && strcmp(d->zone, zone) == 0 && strcmp(d->language, language) == 0)
            return d;
    }
    struct long_day *d = &k->long_day[k->next_long_day++ % LONG_DAYS];
    udat_close(d->format);
    d->format = long_day_open(zone, language);
    d->text_n = 0;
    memcpy(d->zone, zone, strlen(zone) + 1);
    memcpy(d->language, language, strlen(language) + 1);
    return d->format ? d : NULL;
}

/* False: it cannot be shown so. */
static bool long_day_show(struct long_day *d, int64_t us) {
    UChar text[128];
    int32_t bytes = 0;
    UErrorCode bad = U_ZERO_ERROR;
    int32_t n = udat_format(d->format, (UDate)floor_div(us, 1000), text, 128, NULL, &bad);
    u_strToUTF8(d->text, sizeof d->text, &bytes, text, n, &bad);
    d->text_n = U_SUCCESS(bad) && bytes < (int32_t)sizeof d->text ? bytes : 0;
    d->us = us;
    return d->text_n > 0;
}

/* Lists show the same day many times over. */
void datetime_add_long_day(struct buf *ret, int64_t us, const char *zone, const char *language) {
    struct long_day *d = long_day_in(zone, language);
    if (d && ((d->text_n && d->us == us) || long_day_show(d, us)))
        buf_add(ret, str_part(d->text, (size_t)d->text_n));
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
    UCalendar *calendar;
    UErrorCode bad = U_ZERO_ERROR;
    if (!calendar_in(zone, &calendar) || !calendar)
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
    bool colon = take_char(s, ":");
    if ((s->n || colon) && (!take_digits(s, 2, &minutes) || minutes > 59))
        return false;
    c->offset_minutes = (hours * 60 + minutes) * (minus ? -1 : 1);
    return s->n == 0;
}

/* Of fields that are in order, by their own offset. */
static int64_t utc_from(const struct civil *c) {
    struct tm t = {.tm_year = c->year - 1900,
                   .tm_mon = c->month - 1,
                   .tm_mday = c->day,
                   .tm_hour = c->hour,
                   .tm_min = c->minute,
                   .tm_sec = c->second};
    return ((int64_t)timegm(&t) - c->offset_minutes * INT64_C(60)) * CLOCK_SECOND_US;
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
    bool leap = c.second == 60; /* is the second before, to us */
    c.second -= leap;
    int64_t us;
    if (!has_offset) {
        if (!datetime_from_civil(c.year, c.month, c.day, c.hour, c.minute, c.second, zone, &us))
            return false;
    } else if (!civil_ok(&c)) {
        return false;
    } else {
        us = utc_from(&c);
    }
    if (leap && (us < 0 || us / CLOCK_SECOND_US % 86400 != 86399)) /* they end a day of UTC */
        return false;
    *ret_us = us;
    return true;
}
