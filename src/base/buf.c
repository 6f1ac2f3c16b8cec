// SPDX-License-Identifier: Apache-2.0
/* Growing strings with one sticky error. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char buf_empty[1];

void buf_clear(struct buf *b) {
    if (b->room)
        free(b->p);
    *b = (struct buf){.p = buf_empty, .limit = b->limit};
}

void buf_reset(struct buf *b) {
    b->n = 0;
    b->failed = false;
    if (b->room) /* else p is the one empty string, which all threads share */
        b->p[0] = 0;
}

void buf_reserve(struct buf *b, size_t more) {
    size_t need;
    if (b->failed)
        return;
    if (__builtin_add_overflow(b->n, more, &need) || need == SIZE_MAX || (b->limit && need > b->limit)) {
        b->failed = true;
        return;
    }
    need++;
    if (need <= b->room)
        return;
    size_t room = b->room < SIZE_MAX / 2 && b->room * 2 > need ? b->room * 2 : need;
    if (room < 64)
        room = 64;
    char *p = realloc(b->room ? b->p : NULL, room);
    if (!p) {
        b->failed = true;
        return;
    }
    p[b->n] = 0;
    b->p = p;
    b->room = room;
}

void buf_add(struct buf *b, struct str s) {
    if (s.n == 0)
        return;
    buf_reserve(b, s.n);
    if (b->failed)
        return;
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
    b->p[b->n] = 0;
}

void buf_add_z(struct buf *b, const char *z) {
    buf_add(b, str_of(z));
}

void buf_add_char(struct buf *b, char c) {
    if (b->failed || b->n + 1 >= b->room || (b->limit && b->n >= b->limit)) {
        buf_add(b, str_part(&c, 1));
        return;
    }
    b->p[b->n++] = c;
    b->p[b->n] = 0;
}

void buf_add_int(struct buf *b, int64_t i) {
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (i < 0)
        *--at = '-';
    buf_add(b, str_part(at, (size_t)(digits + sizeof digits - at)));
}

void buf_vprintf(struct buf *b, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    char small[256];
    int n = vsnprintf(small, sizeof small, format, args);
    if (n < 0) {
        b->failed = true;
    } else if ((size_t)n < sizeof small) {
        buf_add(b, str_part(small, (size_t)n));
    } else {
        buf_reserve(b, (size_t)n);
        if (!b->failed) {
            (void)vsnprintf(b->p + b->n, (size_t)n + 1, format, again); /* n is known to fit */
            b->n += (size_t)n;
        }
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

void buf_cut(struct buf *b, size_t n) {
    if (n >= b->n)
        return;
    b->n = n;
    b->p[n] = 0;
}

bool buf_failed(const struct buf *b) {
    return b->failed;
}

struct str buf_str(const struct buf *b) {
    return (struct str){b->p, b->n};
}

char *buf_take(struct buf *b) {
    if (!b->failed)
        buf_reserve(b, 0);
    if (b->failed) {
        buf_clear(b);
        return NULL;
    }
    char *p = b->p;
    *b = (struct buf){.p = buf_empty, .limit = b->limit};
    return p;
}
