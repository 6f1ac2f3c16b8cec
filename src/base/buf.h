// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A string to build: grows, is always terminated, never NULL.
 *
 * The error is sticky: after a failed allocation (or growth past `limit`) every further call does nothing and
 * buf_failed() is true; ask once, at the end. `struct buf b = BUF_INIT;` needs no memory yet.
 * Owned by who declares it; free with buf_clear() or declare it as `BUF_LOCAL(b);`.
 * Not thread-safe: one thread at a time. */
#include "base/str.h"

#include <stdarg.h>

struct buf {
    char *p; /* always terminated; not to be freed by the user */
    size_t n;
    size_t room;  /* 0: p is the static empty string */
    size_t limit; /* 0: none */
    bool failed;
};

extern char buf_empty[1];
#define BUF_INIT ((struct buf){.p = buf_empty})
#define BUF_LOCAL(name) __attribute__((cleanup(buf_clear))) struct buf name = BUF_INIT

void buf_clear(struct buf *b);
/* Empty again, memory and limit kept, error forgotten. */
void buf_reset(struct buf *b);
/* Makes room for `more` bytes beyond n. */
void buf_reserve(struct buf *b, size_t more);

void buf_add(struct buf *b, struct str s);
void buf_add_z(struct buf *b, const char *z);
void buf_add_char(struct buf *b, char c);
void buf_add_int(struct buf *b, int64_t i);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args);
/* Cuts to the first n bytes; n beyond the end changes nothing. */
void buf_cut(struct buf *b, size_t n);

bool buf_failed(const struct buf *b);
/* Valid until the next change of b. */
struct str buf_str(const struct buf *b);
/* Hands the bytes over (free() them); NULL where b failed. b is empty afterwards. */
char *buf_take(struct buf *b);
