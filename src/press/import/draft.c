// SPDX-License-Identifier: Apache-2.0
/* The document while it is being read: who offers first wins, and what loses is kept in left_out. */
#include "press/import/draft.h"

#include "text/datetime.h"
#include "text/utf8.h"

#include <string.h>

enum { WARNINGS_MOST = 32 };

void draft_init(struct draft *dr, struct arena *a, const struct import_options *o, const char *format) {
    *dr = (struct draft){.a = a, .o = o, .d = {.format = format}};
}

static bool is_zero_width(uint32_t c) {
    return (c >= 0x200b && c <= 0x200f) || c == 0xfeff || c == 0x2060 || c == 0xad;
}

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= 9 && c <= 13) || c == 0xa0 || c == 0x3000 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
           c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f;
}

static void fold_into(struct buf *b, struct str text) {
    bool gap = false;
    while (text.n) {
        uint32_t c = utf8_next(&text);
        if (is_zero_width(c) || (c < 32 && !is_space(c)))
            continue;
        if (is_space(c)) {
            gap = b->n > 0;
            continue;
        }
        if (gap)
            buf_add_char(b, ' ');
        gap = false;
        utf8_add(b, c);
    }
}

struct str draft_fold(struct draft *dr, struct str text) {
    BUF_LOCAL(b);
    fold_into(&b, text);
    return arena_buf(dr->a, &b);
}

bool draft_is_blank(struct str text) {
    while (text.n) {
        uint32_t c = utf8_next(&text);
        if (!is_space(c) && !is_zero_width(c) && c >= 32)
            return false;
    }
    return true;
}

bool draft_is_void(struct str value) {
    value = str_trim(value);
    return draft_is_blank(value) || str_is_nocase(value, "null") || str_is_nocase(value, "undefined") ||
           str_is_nocase(value, "nil") || str_starts(value, "${") || str_starts(value, "{{");
}

static uint64_t hash(struct str s) { /* FNV-1a */
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
    return h ^ h >> 29;
}

/* The slot of a text: its own, or the free one where it belongs. */
static uint32_t *slot_of(struct draft *dr, struct str text) {
    for (size_t i = (size_t)hash(text) & (dr->seen_room - 1);; i = (i + 1) & (dr->seen_room - 1))
        if (!dr->seen[i] || str_eq(dr->d.left_out[dr->seen[i] - 1], text))
            return &dr->seen[i];
}

static bool grow(struct draft *dr) {
    if (dr->d.left_out_n < dr->left_out_room)
        return true;
    size_t room = dr->left_out_room ? dr->left_out_room * 2 : 32;
    struct str *list = arena_array(dr->a, room, sizeof *list);
    uint32_t *seen = arena_array(dr->a, room * 4, sizeof *seen);
    if (!list || !seen)
        return false;
    if (dr->d.left_out_n)
        memcpy(list, dr->d.left_out, dr->d.left_out_n * sizeof *list);
    dr->d.left_out = list;
    dr->left_out_room = room;
    dr->seen = seen;
    dr->seen_room = room * 4;
    for (size_t i = 0; i < dr->d.left_out_n; i++)
        *slot_of(dr, list[i]) = (uint32_t)i + 1;
    return true;
}

void draft_left_out(struct draft *dr, struct str text) {
    BUF_LOCAL(b);
    fold_into(&b, text);
    if (buf_failed(&b))
        arena_set_failed(dr->a);
    if (!b.n || !grow(dr))
        return;
    uint32_t *slot = slot_of(dr, buf_str(&b));
    if (*slot)
        return;
    dr->d.left_out[dr->d.left_out_n++] = arena_buf(dr->a, &b);
    *slot = (uint32_t)dr->d.left_out_n;
}

void draft_warn(struct draft *dr, const char *format, ...) {
    BUF_LOCAL(b);
    va_list args;
    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    if (!dr->d.warnings)
        dr->d.warnings = arena_array(dr->a, WARNINGS_MOST, sizeof *dr->d.warnings);
    if (!dr->d.warnings || dr->d.warnings_n == WARNINGS_MOST)
        return;
    for (size_t i = 0; i < dr->d.warnings_n; i++)
        if (str_eq(dr->d.warnings[i], buf_str(&b)))
            return;
    dr->d.warnings[dr->d.warnings_n++] = arena_buf(dr->a, &b);
}

bool draft_offer(struct draft *dr, struct str *field, struct str value) {
    if (draft_is_void(value))
        return false;
    struct str folded = draft_fold(dr, value);
    if (!field->n)
        *field = folded;
    return str_eq(*field, folded);
}

bool draft_offer_time(struct draft *dr, const struct when *w, struct str as_written) {
    if (w->ambiguous) {
        if (!dr->d.has_time)
            draft_warn(dr, "The date \"%.*s\" can be read in two ways (day or month first); it was not taken.",
                       STR_FMT(str_trim(as_written)));
        return false;
    }
    if (dr->d.has_time) {
        /* The same moment, or the day (or the minute) of the moment that is already known. */
        int64_t apart = dr->d.published_us - w->us;
        return apart == 0 || (apart > 0 && apart < (w->has_clock ? INT64_C(60) : INT64_C(86400)) * 1000000);
    }
    BUF_LOCAL(b);
    datetime_add_rfc3339(&b, w->us, dr->o->zone);
    if (buf_failed(&b) || b.n >= sizeof dr->d.published)
        return false;
    memcpy(dr->d.published, b.p, b.n + 1);
    dr->d.has_time = true;
    dr->d.published_us = w->us;
    if (!w->has_clock)
        draft_warn(dr, "Only a day is given, no time of day: \"%.*s\".", STR_FMT(str_trim(as_written)));
    return true;
}
