// SPDX-License-Identifier: Apache-2.0
/* Dates as people write them. The text is first made into plain characters (full-width forms, odd spaces and capitals
 * folded), each with its place in the text; then every place is tried against a handful of small grammars. */
#include "press/import/when.h"

#include "text/datetime.h"
#include "text/utf8.h"

enum { YEAR_LEAST = 1900, YEAR_MOST = 2199 };

struct ch {
    uint32_t c;
    size_t at;
};
struct cursor {
    const struct ch *ch; /* ch[n] is a NUL at the text's end */
    size_t n, i;
};
struct civil {
    int year, month, day, hour, minute, second;
    int offset; /* minutes east, when has_offset */
    bool has_clock, has_offset, ambiguous;
};

static uint32_t plain(uint32_t c) {
    if (c >= 0xff01 && c <= 0xff5e) /* full-width forms */
        c -= 0xfee0;
    if (c == 0x3000 || c == 0xa0 || c == '\t' || c == '\n' || c == 0x2009 || c == 0x202f)
        return ' ';
    if (c == 0x2013 || c == 0x2010 || c == 0x2011 || c == 0x2212)
        return '-';
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static size_t decode(struct str text, struct ch *ch) {
    size_t n = 0, all = text.n;
    while (text.n && n < WHEN_LOOK) {
        size_t at = all - text.n;
        ch[n++] = (struct ch){plain(utf8_next(&text)), at};
    }
    ch[n] = (struct ch){0, all - text.n};
    return n;
}

static uint32_t peek(const struct cursor *k, size_t ahead) {
    return k->i + ahead < k->n ? k->ch[k->i + ahead].c : 0;
}

static bool is_digit(uint32_t c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c) {
    return c >= 'a' && c <= 'z';
}

static void skip_spaces(struct cursor *k) {
    while (peek(k, 0) == ' ')
        k->i++;
}

static bool take(struct cursor *k, uint32_t c) {
    if (peek(k, 0) != c)
        return false;
    k->i++;
    return true;
}

static bool take_text(struct cursor *k, const char *z) {
    size_t i = 0;
    for (struct str s = str_of(z); s.n; i++)
        if (peek(k, i) != utf8_next(&s))
            return false;
    k->i += i;
    return true;
}

/* A whole word: no letter may follow it. */
static bool take_word(struct cursor *k, const char *z) {
    struct cursor was = *k;
    if (take_text(k, z) && !is_letter(peek(k, 0)))
        return true;
    *k = was;
    return false;
}

/* The index of the list's first text that stands here, or -1. Lists end with NULL. */
static int take_any(struct cursor *k, const char *const *list) {
    for (int i = 0; list[i]; i++)
        if (take_text(k, list[i]))
            return i;
    return -1;
}

static bool take_digits(struct cursor *k, size_t least, size_t most, int *ret) {
    size_t n = 0;
    int value = 0;
    while (n < most && is_digit(peek(k, n)))
        value = value * 10 + (int)(peek(k, n++) - '0');
    if (n < least || is_digit(peek(k, n)))
        return false;
    k->i += n;
    *ret = value;
    return true;
}

static int han_digit(uint32_t c) {
    static const uint32_t digits[] = {0x3007, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d};
    if (c == 0x96f6 || c == 0x25cb || c == 0x25ef) /* 零 and the circles typed for 〇 */
        return 0;
    for (int i = 0; i < 10; i++)
        if (digits[i] == c)
            return i;
    return -1;
}

/* 一 … 九十九, the way days, months and hours are written: 十六, 二十, 三十一; or digit by digit. */
static bool take_han_number(struct cursor *k, int *ret) {
    const uint32_t ten = 0x5341;
    int tens = han_digit(peek(k, 0)), value;
    size_t n = 0;
    if (peek(k, 0) == ten) {
        value = 10;
        n = 1;
    } else if (tens < 0) {
        return false;
    } else if (peek(k, 1) == ten) {
        value = tens * 10;
        n = 2;
    } else {
        *ret = tens;
        k->i++;
        return true;
    }
    int ones = han_digit(peek(k, n));
    if (ones > 0) {
        value += ones;
        n++;
    }
    *ret = value;
    k->i += n;
    return true;
}

static bool take_number(struct cursor *k, int *ret) {
    return take_digits(k, 1, 2, ret) || take_han_number(k, ret);
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool day_exists(const struct civil *d) {
    return d->year >= YEAR_LEAST && d->year <= YEAR_MOST && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
           d->day <= days_in(d->year, d->month);
}

/* --- days --- */

static bool take_han_year(struct cursor *k, int *ret) {
    int value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = han_digit(peek(k, i));
        if (digit < 0)
            return false;
        value = value * 10 + digit;
    }
    k->i += 4;
    *ret = value;
    return true;
}

static bool take_republic_year(struct cursor *k, int *ret) { /* 民國113年 is 2024 */
    if (!take_text(k, "民國") && !take_text(k, "民国"))
        return false;
    skip_spaces(k);
    if (!take_digits(k, 1, 3, ret))
        return false;
    *ret += 1911;
    return true;
}

/* 2024年3月16日, 二〇二四年三月十六日, 民國113年3月16日. */
static bool day_chinese(struct cursor *k, struct civil *d) {
    if (!take_republic_year(k, &d->year) && !take_digits(k, 4, 4, &d->year) && !take_han_year(k, &d->year))
        return false;
    skip_spaces(k);
    if (!take_text(k, "年"))
        return false;
    skip_spaces(k);
    if (!take_number(k, &d->month))
        return false;
    skip_spaces(k);
    if (!take_text(k, "月"))
        return false;
    skip_spaces(k);
    if (!take_number(k, &d->day))
        return false;
    skip_spaces(k);
    static const char *const ends[] = {"日", "号", "號", NULL};
    return take_any(k, ends) >= 0 && day_exists(d);
}

static bool take_separator(struct cursor *k, uint32_t *ret) {
    struct cursor was = *k;
    skip_spaces(k);
    uint32_t c = peek(k, 0);
    if (c != '-' && c != '/' && c != '.') {
        *k = was;
        return false;
    }
    k->i++;
    skip_spaces(k);
    *ret = c;
    return true;
}

/* 2024-03-16, 2024/3/16, 2024.03.16. */
static bool day_year_first(struct cursor *k, struct civil *d) {
    uint32_t first, second;
    return take_digits(k, 4, 4, &d->year) && take_separator(k, &first) && take_digits(k, 1, 2, &d->month) &&
           take_separator(k, &second) && first == second && take_digits(k, 1, 2, &d->day) && day_exists(d);
}

/* 16.03.2024 is day first wherever it is used; with / or - only the numbers can tell. */
static bool day_year_last(struct cursor *k, struct civil *d) {
    uint32_t first, second;
    int a, b;
    if (!take_digits(k, 1, 2, &a) || !take_separator(k, &first) || !take_digits(k, 1, 2, &b) ||
        !take_separator(k, &second) || first != second || !take_digits(k, 4, 4, &d->year))
        return false;
    bool day_first = first == '.' || a > 12;
    d->day = day_first ? a : b;
    d->month = day_first ? b : a;
    d->ambiguous = first != '.' && a <= 12 && b <= 12 && a != b;
    return day_exists(d);
}

static bool take_month(struct cursor *k, int *ret) {
    static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december"};
    static const char *const brief[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
    for (int i = 0; i < 12; i++)
        if (take_word(k, months[i]) || take_word(k, brief[i]) || (i == 8 && take_word(k, "sept"))) {
            (void)take(k, '.'); /* "Mar." */
            *ret = i + 1;
            return true;
        }
    return false;
}

static bool take_day_number(struct cursor *k, int *ret) {
    if (!take_digits(k, 1, 2, ret))
        return false;
    static const char *const ends[] = {"st", "nd", "rd", "th", NULL};
    struct cursor was = *k;
    if (take_any(k, ends) >= 0 && is_letter(peek(k, 0)))
        *k = was;
    return true;
}

static void skip_between(struct cursor *k) { /* between the words of a date */
    while (peek(k, 0) == ' ' || peek(k, 0) == ',' || peek(k, 0) == '-')
        k->i++;
}

/* March 16, 2024. */
static bool day_month_name_first(struct cursor *k, struct civil *d) {
    if (!take_month(k, &d->month))
        return false;
    skip_between(k);
    if (!take_day_number(k, &d->day))
        return false;
    skip_between(k);
    return take_digits(k, 4, 4, &d->year) && day_exists(d);
}

/* 16 March 2024, 16th of March, 2024, 16-Mar-2024. */
static bool day_month_name_second(struct cursor *k, struct civil *d) {
    if (!take_day_number(k, &d->day))
        return false;
    skip_between(k);
    if (take_word(k, "of"))
        skip_spaces(k);
    if (!take_month(k, &d->month))
        return false;
    skip_between(k);
    return take_digits(k, 4, 4, &d->year) && day_exists(d);
}

/* 2024 March 16, 2024-Mar-16. */
static bool day_year_month_name(struct cursor *k, struct civil *d) {
    if (!take_digits(k, 4, 4, &d->year))
        return false;
    skip_between(k);
    if (!take_month(k, &d->month))
        return false;
    skip_between(k);
    return take_day_number(k, &d->day) && day_exists(d);
}

static bool take_weekday(struct cursor *k) {
    static const char *const full[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    static const char *const brief[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    static const char *const chinese[] = {"星期", "周", "週", "礼拜", "禮拜", NULL};
    for (size_t i = 0; i < 7; i++)
        if (take_word(k, full[i]) || take_word(k, brief[i])) {
            (void)take(k, '.');
            return true;
        }
    if (take_word(k, "tues") || take_word(k, "thur") || take_word(k, "thurs"))
        return true;
    struct cursor was = *k;
    if (take_any(k, chinese) >= 0) {
        uint32_t c = peek(k, 0);
        int digit = han_digit(c);
        if ((digit >= 1 && digit <= 6) || c == 0x65e5 || c == 0x5929) { /* 日 天 */
            k->i++;
            return true;
        }
    }
    *k = was;
    return false;
}

/* --- times of day --- */

enum half { HALF_NONE, HALF_BEFORE_NOON, HALF_NOON, HALF_AFTER_NOON };

static enum half take_half_before(struct cursor *k) {
    static const char *const morning[] = {"上午", "凌晨", "早上", "早晨", "清晨", NULL};
    static const char *const evening[] = {"下午", "晚上", "傍晚", "夜间", "夜間", "晚间", "晚間", NULL};
    static const char *const noon[] = {"中午", NULL};
    enum half half = HALF_NONE;
    if (take_any(k, morning) >= 0 || take_word(k, "am"))
        half = HALF_BEFORE_NOON;
    else if (take_any(k, evening) >= 0 || take_word(k, "pm"))
        half = HALF_AFTER_NOON;
    else if (take_any(k, noon) >= 0)
        half = HALF_NOON;
    skip_spaces(k);
    return half;
}

static enum half take_half_after(struct cursor *k) {
    struct cursor was = *k;
    skip_spaces(k);
    if (take_text(k, "a.m.") || take_word(k, "a.m") || take_word(k, "am"))
        return HALF_BEFORE_NOON;
    if (take_text(k, "p.m.") || take_word(k, "p.m") || take_word(k, "pm"))
        return HALF_AFTER_NOON;
    if (take_word(k, "noon"))
        return HALF_NOON;
    *k = was;
    return HALF_NONE;
}

static bool hour_of(struct civil *d, enum half half) {
    if (half == HALF_BEFORE_NOON && d->hour == 12)
        d->hour = 0;
    if (half == HALF_AFTER_NOON && d->hour < 12)
        d->hour += 12;
    if (half == HALF_NOON && d->hour < 4)
        d->hour += 12;
    return d->hour <= 23 || (d->hour == 24 && d->minute == 0 && d->second == 0);
}

static void take_fraction(struct cursor *k) {
    if ((peek(k, 0) == '.' || peek(k, 0) == ',') && is_digit(peek(k, 1)))
        for (k->i++; is_digit(peek(k, 0));)
            k->i++;
}

/* 17时48分05秒, 17点半, 五点十分 */
static bool clock_in_words(struct cursor *k, struct civil *d) {
    static const char *const hours[] = {"时", "時", "点", "點", NULL};
    skip_spaces(k);
    if (take_any(k, hours) < 0)
        return false;
    if (take_text(k, "钟") || take_text(k, "鐘") || take_text(k, "整"))
        return true;
    if (take_text(k, "半")) {
        d->minute = 30;
        return true;
    }
    struct cursor was = *k;
    skip_spaces(k);
    if (!take_number(k, &d->minute)) {
        *k = was;
        return true;
    }
    (void)take_text(k, "分");
    was = *k;
    skip_spaces(k);
    if (!take_number(k, &d->second) || !take_text(k, "秒")) {
        d->second = 0;
        *k = was;
    }
    return true;
}

/* 17:48, 17:48:05.123, and 5.48 when "pm" follows. */
static bool clock_in_digits(struct cursor *k, struct civil *d, bool *ret_dotted) {
    struct cursor was = *k;
    skip_spaces(k);
    bool colon = take(k, ':') || take(k, 0x2236);
    if (colon)
        skip_spaces(k);
    *ret_dotted = !colon && take(k, '.');
    if ((!colon && !*ret_dotted) || !take_digits(k, 2, 2, &d->minute)) {
        *k = was;
        return false;
    }
    was = *k;
    if (colon && (!take(k, ':') || !take_digits(k, 2, 2, &d->second))) {
        d->second = 0;
        *k = was;
        return true;
    }
    take_fraction(k);
    return true;
}

static bool take_clock(struct cursor *k, struct civil *d) {
    struct cursor was = *k;
    struct civil time = *d;
    bool dotted = false;
    enum half half = take_half_before(k);
    bool good = take_number(k, &time.hour);
    bool minutes = good && (clock_in_digits(k, &time, &dotted) || clock_in_words(k, &time));
    if (good && half == HALF_NONE) {
        half = take_half_after(k);
        good = half != HALF_NONE || (minutes && !dotted);
    }
    if (!good || time.minute > 59 || time.second > 60 || !hour_of(&time, half)) {
        *k = was;
        return false;
    }
    if (time.second == 60)
        time.second = 59; /* a leap second has no place in the count */
    time.has_clock = true;
    *d = time;
    return true;
}

/* --- zones --- */

static bool take_offset(struct cursor *k, struct civil *d, bool brief) {
    struct cursor was = *k;
    uint32_t sign = peek(k, 0);
    int hours = 0, minutes = 0;
    if (sign != '+' && sign != '-')
        return false;
    k->i++;
    bool good = take_digits(k, 4, 4, &hours);
    if (good) {
        minutes = hours % 100;
        hours /= 100;
    } else {
        good = take_digits(k, brief ? 1 : 2, 2, &hours);
        bool colon = good && take(k, ':');
        good = good && (colon ? take_digits(k, 2, 2, &minutes) : brief);
    }
    if (!good || hours > 14 || minutes > 59) {
        *k = was;
        return false;
    }
    d->offset = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
    d->has_offset = true;
    return true;
}

static const struct {
    const char *name;
    int offset;
} zone_names[] = {
    /* RFC 822, and what British, Central European and East Asian pages write. CST means two places: the site's zone. */
    {"est", -300}, {"edt", -240},         {"cdt", -300},     {"mst", -420},     {"mdt", -360}, {"pst", -480},
    {"pdt", -420}, {"bst", 60},           {"cet", 60},       {"cest", 120},     {"hkt", 480},  {"jst", 540},
    {"kst", 540},  {"beijing time", 480}, {"北京时间", 480}, {"北京時間", 480},
};

static bool take_zone_name(struct cursor *k, struct civil *d) {
    if (take_word(k, "gmt") || take_word(k, "utc") || take_word(k, "z")) {
        d->has_offset = true;
        d->offset = 0;
        (void)take_offset(k, d, true); /* "GMT+8" */
        return true;
    }
    for (size_t i = 0; i < sizeof zone_names / sizeof *zone_names; i++)
        if (take_word(k, zone_names[i].name)) {
            d->has_offset = true;
            d->offset = zone_names[i].offset;
            return true;
        }
    return take_word(k, "cst") || take_word(k, "local time");
}

static void take_zone(struct cursor *k, struct civil *d) {
    struct cursor was = *k;
    if (take_offset(k, d, true))
        return;
    skip_spaces(k);
    bool bracket = take(k, '(');
    if (take_zone_name(k, d) || take_offset(k, d, false)) {
        if (!bracket || take(k, ')'))
            return;
        d->has_offset = false; /* the bracket goes on: it is about something else */
        d->offset = 0;
    }
    *k = was;
}

/* --- together --- */

/* What may stand between a day and its time of day: "at", T, commas, bars, the day of the week. */
static void skip_to_clock(struct cursor *k) {
    if (peek(k, 0) == 't' && is_digit(peek(k, 1))) {
        k->i++;
        return;
    }
    for (;;) {
        skip_spaces(k);
        struct cursor was = *k;
        bool bracket = take(k, '(');
        if (take_weekday(k)) {
            skip_spaces(k);
            if (!bracket || take(k, ')'))
                continue;
        }
        *k = was;
        uint32_t c = peek(k, 0);
        if (c == ',' || c == '|' || c == 0xb7 || (c == '-' && peek(k, 1) == ' '))
            k->i++;
        else if (!take_word(k, "at"))
            return;
    }
}

/* "Sat Mar 16 17:48:00 2024", "Sat Mar 16 17:48:00 CST 2024": asctime and its kin. */
static bool moment_asctime(struct cursor *k, struct civil *d) {
    if (!take_month(k, &d->month))
        return false;
    skip_spaces(k);
    if (!take_digits(k, 1, 2, &d->day))
        return false;
    skip_spaces(k);
    if (!take_clock(k, d))
        return false;
    take_zone(k, d);
    skip_spaces(k);
    return take_digits(k, 4, 4, &d->year) && day_exists(d);
}

typedef bool day_form(struct cursor *k, struct civil *d);

static bool take_day(struct cursor *k, struct civil *d) {
    static day_form *const forms[] = {day_chinese,           day_year_first,      day_year_last, day_month_name_first,
                                      day_month_name_second, day_year_month_name, moment_asctime};
    struct cursor was = *k;
    if (take_weekday(k))
        skip_between(k);
    struct cursor start = *k;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct civil try = {0};
        *k = start;
        if (forms[i](k, &try)) {
            *d = try;
            return true;
        }
    }
    *k = was;
    return false;
}

static bool take_moment(struct cursor *k, struct civil *d) {
    struct cursor was = *k;
    *d = (struct civil){0};
    struct civil clock = {0};
    if (take_clock(k, &clock)) { /* "5:48 p.m. on 16 March 2024" */
        take_zone(k, &clock);
        skip_between(k);
        if (take_word(k, "on"))
            skip_spaces(k);
        if (take_day(k, d) && !d->has_clock) {
            clock.year = d->year, clock.month = d->month, clock.day = d->day, clock.ambiguous = d->ambiguous;
            *d = clock;
            return true;
        }
        *k = was;
    }
    if (!take_day(k, d))
        return false;
    if (d->has_clock)
        return true;
    struct cursor day_end = *k;
    skip_to_clock(k);
    if (take_clock(k, d))
        take_zone(k, d);
    else
        *k = day_end;
    return true;
}

static bool to_us(const struct civil *d, const char *zone, int64_t *ret) {
    int hour = d->hour == 24 ? 0 : d->hour;
    if (!datetime_from_civil(d->year, d->month, d->day, hour, d->minute, d->second, d->has_offset ? "UTC" : zone, ret))
        return false;
    *ret += (d->hour == 24 ? INT64_C(86400) : 0) * 1000000;
    *ret -= (int64_t)d->offset * 60 * 1000000;
    return true;
}

static bool finish(const struct cursor *k, size_t from, const struct civil *d, const char *zone, struct when *ret) {
    struct when w = {.has_clock = d->has_clock, .ambiguous = d->ambiguous, .at = k->ch[from].at};
    w.n = k->ch[k->i].at - w.at;
    if (!d->ambiguous && !to_us(d, zone, &w.us))
        return false;
    *ret = w;
    return true;
}

/* A number that goes on before or behind (a version, a telephone, a file number) is no date. */
static bool may_start(const struct cursor *k) {
    uint32_t c = peek(k, 0), before = k->i ? k->ch[k->i - 1].c : 0;
    if (is_digit(c)) {
        bool joined = before == '.' || before == '-' || before == '/' || before == ':';
        return !is_digit(before) && !is_letter(before) && !(joined && k->i >= 2 && is_digit(k->ch[k->i - 2].c));
    }
    return is_letter(c) ? !is_letter(before) && !is_digit(before) : c >= 0x3007 || c == 0x25cb;
}

static bool ends_well(const struct cursor *k) {
    uint32_t c = peek(k, 0);
    if (is_digit(c))
        return false;
    return !((c == '-' || c == '/' || c == '.') && is_digit(peek(k, 1)));
}

bool when_find(struct str text, const char *zone, struct when *ret) {
    struct ch ch[WHEN_LOOK + 1];
    struct cursor k = {.ch = ch, .n = decode(text, ch)};
    for (size_t i = 0; i < k.n; i++) {
        struct civil d;
        k.i = i;
        if (may_start(&k) && take_moment(&k, &d) && ends_well(&k) && finish(&k, i, &d, zone, ret))
            return true;
    }
    return false;
}

bool when_starts(struct str text, const char *zone, struct when *ret) {
    struct ch ch[WHEN_LOOK + 1];
    struct cursor k = {.ch = ch, .n = decode(str_first(text, 256), ch)};
    struct civil d;
    skip_spaces(&k);
    size_t from = k.i;
    return from < k.n && may_start(&k) && take_moment(&k, &d) && ends_well(&k) && finish(&k, from, &d, zone, ret);
}

/* 20240316, 202403161748, 20240316174805, each with T between or a zone behind. */
static bool moment_compact(struct cursor *k, struct civil *d) {
    int digits[14];
    size_t n = 0;
    while (n < 14) {
        if (n == 8 && peek(k, 0) == 't')
            k->i++;
        if (!is_digit(peek(k, 0)))
            break;
        digits[n++] = (int)(peek(k, 0) - '0');
        k->i++;
    }
    if (n != 8 && n != 12 && n != 14)
        return false;
    d->year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    d->month = digits[4] * 10 + digits[5];
    d->day = digits[6] * 10 + digits[7];
    d->has_clock = n > 8;
    if (n > 8)
        d->hour = digits[8] * 10 + digits[9], d->minute = digits[10] * 10 + digits[11];
    if (n > 12)
        d->second = digits[12] * 10 + digits[13];
    take_zone(k, d);
    return day_exists(d) && d->hour <= 23 && d->minute <= 59 && d->second <= 59;
}

bool when_read(struct str text, const char *zone, struct when *ret) {
    struct ch ch[WHEN_LOOK + 1];
    text = str_trim(text);
    struct cursor k = {.ch = ch, .n = decode(text, ch)};
    if (!k.n)
        return false;
    struct civil d = {0};
    if (take_moment(&k, &d) && k.i == k.n && finish(&k, 0, &d, zone, ret))
        return true;
    k.i = 0;
    d = (struct civil){0};
    return moment_compact(&k, &d) && k.i == k.n && finish(&k, 0, &d, zone, ret);
}
