// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The parts of press/import/when: a text as plain characters, each with its place, a cursor that goes over them, and
 * what can stand at it. What takes nothing leaves the cursor where it is. */
#include "base/str.h"

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

/* --- characters and numbers (when_text.c) --- */

static inline uint32_t peek(const struct cursor *k, size_t ahead) {
    return k->i + ahead < k->n ? k->ch[k->i + ahead].c : 0;
}

static inline bool is_digit(uint32_t c) {
    return c >= '0' && c <= '9';
}

static inline bool is_letter(uint32_t c) {
    return c >= 'a' && c <= 'z';
}

static inline void skip_spaces(struct cursor *k) {
    while (peek(k, 0) == ' ')
        k->i++;
}

static inline bool take(struct cursor *k, uint32_t c) {
    if (peek(k, 0) != c)
        return false;
    k->i++;
    return true;
}

/* Full-width forms, odd spaces and capitals folded; ch has room for WHEN_LOOK and the NUL. Gives how many there are. */
size_t when_decode(struct str text, struct ch *ch);
bool when_take_text(struct cursor *k, const char *z);
/* A whole word: no letter may follow it. */
bool when_take_word(struct cursor *k, const char *z);
/* The index of the list's first text that stands here, or -1. Lists end with NULL. */
int when_take_any(struct cursor *k, const char *const *list);
/* least to most digits, and no more of them behind. */
bool when_take_digits(struct cursor *k, size_t least, size_t most, int *ret);
/* 〇 … 九, or -1. */
int when_han_digit(uint32_t c);
/* One or two digits, or 一 … 九十九. */
bool when_take_number(struct cursor *k, int *ret);
/* What stands between the words of a date: spaces, commas, hyphens. */
void when_skip_between(struct cursor *k);

/* --- days (when_day.c) --- */

/* Of a year in 1900 … 2199. */
bool when_day_exists(const struct civil *d);
bool when_take_weekday(struct cursor *k);
/* In any of the forms that when.h names; also a whole moment as asctime() writes it. */
bool when_take_day(struct cursor *k, struct civil *d);

/* --- times of day and zones (when_clock.c) --- */

bool when_take_clock(struct cursor *k, struct civil *d);
void when_take_zone(struct cursor *k, struct civil *d);
