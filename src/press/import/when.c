// SPDX-License-Identifier: Apache-2.0
/* Dates as people write them. The text is first made into plain characters (full-width forms, odd spaces and capitals
 * folded), each with its place in the text; then every place is tried against a handful of small grammars. */
#include "press/import/when.h"

#include "press/import/when_parts.h"
#include "text/datetime.h"

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
        if (when_take_weekday(k)) {
            skip_spaces(k);
            if (!bracket || take(k, ')'))
                continue;
        }
        *k = was;
        uint32_t c = peek(k, 0);
        if (c == ',' || c == '|' || c == 0xb7 || (c == '-' && peek(k, 1) == ' '))
            k->i++;
        else if (!when_take_word(k, "at"))
            return;
    }
}

static bool take_moment(struct cursor *k, struct civil *d) {
    struct cursor was = *k;
    *d = (struct civil){0};
    struct civil clock = {0};
    if (when_take_clock(k, &clock)) { /* "5:48 p.m. on 16 March 2024" */
        when_take_zone(k, &clock);
        when_skip_between(k);
        if (when_take_word(k, "on"))
            skip_spaces(k);
        if (when_take_day(k, d) && !d->has_clock) {
            clock.year = d->year, clock.month = d->month, clock.day = d->day, clock.ambiguous = d->ambiguous;
            *d = clock;
            return true;
        }
        *k = was;
    }
    if (!when_take_day(k, d))
        return false;
    if (d->has_clock)
        return true;
    struct cursor day_end = *k;
    skip_to_clock(k);
    if (when_take_clock(k, d))
        when_take_zone(k, d);
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
    struct cursor k = {.ch = ch, .n = when_decode(text, ch)};
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
    struct cursor k = {.ch = ch, .n = when_decode(str_first(text, 256), ch)};
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
    when_take_zone(k, d);
    return when_day_exists(d) && d->hour <= 23 && d->minute <= 59 && d->second <= 59;
}

bool when_read(struct str text, const char *zone, struct when *ret) {
    struct ch ch[WHEN_LOOK + 1];
    text = str_trim(text);
    struct cursor k = {.ch = ch, .n = when_decode(text, ch)};
    if (!k.n)
        return false;
    struct civil d = {0};
    if (take_moment(&k, &d) && k.i == k.n && finish(&k, 0, &d, zone, ret))
        return true;
    k.i = 0;
    d = (struct civil){0};
    return moment_compact(&k, &d) && k.i == k.n && finish(&k, 0, &d, zone, ret);
}
