// SPDX-License-Identifier: Apache-2.0
/* Days as they are written: a small grammar for each form. */
#include "press/import/when_parts.h"

enum { YEAR_LEAST = 1900, YEAR_MOST = 2199 };

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool when_day_exists(const struct civil *d) {
    return d->year >= YEAR_LEAST && d->year <= YEAR_MOST && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
           d->day <= days_in(d->year, d->month);
}

static bool take_han_year(struct cursor *k, int *ret) {
    int value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = when_han_digit(peek(k, i));
        if (digit < 0)
            return false;
        value = value * 10 + digit;
    }
    k->i += 4;
    *ret = value;
    return true;
}

static bool take_republic_year(struct cursor *k, int *ret) { /* 民國113年 is 2024 */
    if (!when_take_text(k, "民國") && !when_take_text(k, "民国"))
        return false;
    skip_spaces(k);
    if (!when_take_digits(k, 1, 3, ret))
        return false;
    *ret += 1911;
    return true;
}

/* 2024年3月16日, 二〇二四年三月十六日, 民國113年3月16日. */
static bool day_chinese(struct cursor *k, struct civil *d) {
    if (!take_republic_year(k, &d->year) && !when_take_digits(k, 4, 4, &d->year) && !take_han_year(k, &d->year))
        return false;
    skip_spaces(k);
    if (!when_take_text(k, "年"))
        return false;
    skip_spaces(k);
    if (!when_take_number(k, &d->month))
        return false;
    skip_spaces(k);
    if (!when_take_text(k, "月"))
        return false;
    skip_spaces(k);
    if (!when_take_number(k, &d->day))
        return false;
    skip_spaces(k);
    static const char *const ends[] = {"日", "号", "號", NULL};
    return when_take_any(k, ends) >= 0 && when_day_exists(d);
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
    return when_take_digits(k, 4, 4, &d->year) && take_separator(k, &first) && when_take_digits(k, 1, 2, &d->month) &&
           take_separator(k, &second) && first == second && when_take_digits(k, 1, 2, &d->day) && when_day_exists(d);
}

/* 16.03.2024 is day first wherever it is used; with / or - only the numbers can tell. */
static bool day_year_last(struct cursor *k, struct civil *d) {
    uint32_t first, second;
    int a, b;
    if (!when_take_digits(k, 1, 2, &a) || !take_separator(k, &first) || !when_take_digits(k, 1, 2, &b) ||
        !take_separator(k, &second) || first != second || !when_take_digits(k, 4, 4, &d->year))
        return false;
    bool day_first = first == '.' || a > 12;
    d->day = day_first ? a : b;
    d->month = day_first ? b : a;
    d->ambiguous = first != '.' && a <= 12 && b <= 12 && a != b;
    return when_day_exists(d);
}

static bool take_month(struct cursor *k, int *ret) {
    static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december"};
    static const char *const brief[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
    for (int i = 0; i < 12; i++)
        if (when_take_word(k, months[i]) || when_take_word(k, brief[i]) || (i == 8 && when_take_word(k, "sept"))) {
            (void)take(k, '.'); /* "Mar." */
            *ret = i + 1;
            return true;
        }
    return false;
}

static bool take_day_number(struct cursor *k, int *ret) {
    if (!when_take_digits(k, 1, 2, ret))
        return false;
    static const char *const ends[] = {"st", "nd", "rd", "th", NULL};
    struct cursor was = *k;
    if (when_take_any(k, ends) >= 0 && is_letter(peek(k, 0)))
        *k = was;
    return true;
}

/* March 16, 2024. */
static bool day_month_name_first(struct cursor *k, struct civil *d) {
    if (!take_month(k, &d->month))
        return false;
    when_skip_between(k);
    if (!take_day_number(k, &d->day))
        return false;
    when_skip_between(k);
    return when_take_digits(k, 4, 4, &d->year) && when_day_exists(d);
}

/* 16 March 2024, 16th of March, 2024, 16-Mar-2024. */
static bool day_month_name_second(struct cursor *k, struct civil *d) {
    if (!take_day_number(k, &d->day))
        return false;
    when_skip_between(k);
    if (when_take_word(k, "of"))
        skip_spaces(k);
    if (!take_month(k, &d->month))
        return false;
    when_skip_between(k);
    return when_take_digits(k, 4, 4, &d->year) && when_day_exists(d);
}

/* 2024 March 16, 2024-Mar-16. */
static bool day_year_month_name(struct cursor *k, struct civil *d) {
    if (!when_take_digits(k, 4, 4, &d->year))
        return false;
    when_skip_between(k);
    if (!take_month(k, &d->month))
        return false;
    when_skip_between(k);
    return take_day_number(k, &d->day) && when_day_exists(d);
}

bool when_take_weekday(struct cursor *k) {
    static const char *const full[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    static const char *const brief[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    static const char *const chinese[] = {"星期", "周", "週", "礼拜", "禮拜", NULL};
    for (size_t i = 0; i < 7; i++)
        if (when_take_word(k, full[i]) || when_take_word(k, brief[i])) {
            (void)take(k, '.');
            return true;
        }
    if (when_take_word(k, "tues") || when_take_word(k, "thur") || when_take_word(k, "thurs"))
        return true;
    struct cursor was = *k;
    if (when_take_any(k, chinese) >= 0) {
        uint32_t c = peek(k, 0);
        int digit = when_han_digit(c);
        if ((digit >= 1 && digit <= 6) || c == 0x65e5 || c == 0x5929) { /* 日 天 */
            k->i++;
            return true;
        }
    }
    *k = was;
    return false;
}

/* "Sat Mar 16 17:48:00 2024", "Sat Mar 16 17:48:00 CST 2024": asctime and its kin. */
static bool moment_asctime(struct cursor *k, struct civil *d) {
    if (!take_month(k, &d->month))
        return false;
    skip_spaces(k);
    if (!when_take_digits(k, 1, 2, &d->day))
        return false;
    skip_spaces(k);
    if (!when_take_clock(k, d))
        return false;
    when_take_zone(k, d);
    skip_spaces(k);
    return when_take_digits(k, 4, 4, &d->year) && when_day_exists(d);
}

typedef bool day_form(struct cursor *k, struct civil *d);

bool when_take_day(struct cursor *k, struct civil *d) {
    static day_form *const forms[] = {day_chinese,           day_year_first,      day_year_last, day_month_name_first,
                                      day_month_name_second, day_year_month_name, moment_asctime};
    struct cursor was = *k;
    if (when_take_weekday(k))
        when_skip_between(k);
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
