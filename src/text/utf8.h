// SPDX-License-Identifier: Apache-2.0
#pragma once
/* UTF-8 (RFC 3629): checking, walking, repairing. Thread-safe. */
#include "base/buf.h"

bool utf8_valid(struct str s);
size_t utf8_bad_at(struct str s);          /* where the first sequence begins that is not UTF-8; SIZE_MAX: nowhere */
uint32_t utf8_next_long(struct str *rest); /* of utf8_next(): anything but ASCII */
/* Takes the next code point off *rest; U+FFFD for a bad byte (one byte is taken); 0 only at the end (and for NUL). */
static inline uint32_t utf8_next(struct str *rest) {
    if (!rest->n || (unsigned char)rest->p[0] >= 0x80)
        return utf8_next_long(rest);
    rest->n--;
    return (unsigned char)*rest->p++;
}
void utf8_add(struct buf *b, uint32_t code_point);
/* Appends s with every bad byte as U+FFFD and C0 controls other than tab and line feed left out. */
void utf8_add_repaired(struct buf *b, struct str s);
size_t utf8_count(struct str s);           /* code points */
uint32_t utf8_take_last(struct str *rest); /* the last code point, taken off it; 0: there is none */
/* The first `most` code points. */
struct str utf8_first(struct str s, size_t most);
/* CJK ideographs, kana, hangul, bopomofo, and Thai, Lao, Khmer, Myanmar: scripts written without spaces. */
bool utf8_is_unspaced(uint32_t c);
