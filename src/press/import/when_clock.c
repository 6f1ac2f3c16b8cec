// SPDX-License-Identifier: Apache-2.0
/* Times of day and time zones as they are written. */
#include "press/import/when_parts.h"

enum half { HALF_NONE, HALF_BEFORE_NOON, HALF_NOON, HALF_AFTER_NOON };

static enum half take_half_before(struct cursor *k) {
    static const char *const morning[] = {"上午", "凌晨", "早上", "早晨", "清晨", NULL};
    static const char *const evening[] = {"下午", "晚上", "傍晚", "夜间", "夜間", "晚间", "晚間", NULL};
    static const char *const noon[] = {"中午", NULL};
    enum half half = HALF_NONE;
    if (when_take_any(k, morning) >= 0 || when_take_word(k, "am"))
        half = HALF_BEFORE_NOON;
    else if (when_take_any(k, evening) >= 0 || when_take_word(k, "pm"))
        half = HALF_AFTER_NOON;
    else if (when_take_any(k, noon) >= 0)
        half = HALF_NOON;
    skip_spaces(k);
    return half;
}

static enum half take_half_after(struct cursor *k) {
    struct cursor was = *k;
    skip_spaces(k);
    if (when_take_text(k, "a.m.") || when_take_word(k, "a.m") || when_take_word(k, "am"))
        return HALF_BEFORE_NOON;
    if (when_take_text(k, "p.m.") || when_take_word(k, "p.m") || when_take_word(k, "pm"))
        return HALF_AFTER_NOON;
    if (when_take_word(k, "noon"))
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
    if (when_take_any(k, hours) < 0)
        return false;
    if (when_take_text(k, "钟") || when_take_text(k, "鐘") || when_take_text(k, "整"))
        return true;
    if (when_take_text(k, "半")) {
        d->minute = 30;
        return true;
    }
    struct cursor was = *k;
    skip_spaces(k);
    if (!when_take_number(k, &d->minute)) {
        *k = was;
        return true;
    }
    (void)when_take_text(k, "分");
    was = *k;
    skip_spaces(k);
    if (!when_take_number(k, &d->second) || !when_take_text(k, "秒")) {
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
    if ((!colon && !*ret_dotted) || !when_take_digits(k, 2, 2, &d->minute)) {
        *k = was;
        return false;
    }
    was = *k;
    if (colon && (!take(k, ':') || !when_take_digits(k, 2, 2, &d->second))) {
        d->second = 0;
        *k = was;
        return true;
    }
    take_fraction(k);
    return true;
}

bool when_take_clock(struct cursor *k, struct civil *d) {
    struct cursor was = *k;
    struct civil time = *d;
    bool dotted = false;
    enum half half = take_half_before(k);
    bool good = when_take_number(k, &time.hour);
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
    bool good = when_take_digits(k, 4, 4, &hours);
    if (good) {
        minutes = hours % 100;
        hours /= 100;
    } else {
        good = when_take_digits(k, brief ? 1 : 2, 2, &hours);
        bool colon = good && take(k, ':');
        good = good && (colon ? when_take_digits(k, 2, 2, &minutes) : brief);
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
    if (when_take_word(k, "gmt") || when_take_word(k, "utc") || when_take_word(k, "z")) {
        d->has_offset = true;
        d->offset = 0;
        (void)take_offset(k, d, true); /* "GMT+8" */
        return true;
    }
    for (size_t i = 0; i < sizeof zone_names / sizeof *zone_names; i++)
        if (when_take_word(k, zone_names[i].name)) {
            d->has_offset = true;
            d->offset = zone_names[i].offset;
            return true;
        }
    return when_take_word(k, "cst") || when_take_word(k, "local time");
}

void when_take_zone(struct cursor *k, struct civil *d) {
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
