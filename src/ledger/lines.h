// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The pieces that all texts of a log are made of: lines that end in one line feed, canonical decimals, strict base64,
 * so that one value has one spelling. Pure; thread-safe. */
#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

/* Takes the next line off *rest, without its \n; false (and nothing changed) where there is none, or it lacks its \n.
 */
bool lines_next(struct str *rest, struct str *ret_line);
/* "word rest": true when the line begins with the word and one space; *ret is what follows. */
bool lines_word(struct str line, const char *word, struct str *ret);

/* Digits without a leading zero ("0" itself is one), at most `most`. */
bool lines_decimal(struct str s, uint64_t most, uint64_t *ret);
void lines_add_decimal(struct buf *to, uint64_t n);

enum { LINES_BASE64_HASH = 44 }; /* characters of 32 bytes */
/* Standard base64 with padding, of exactly n bytes, and the only spelling of them. */
bool lines_base64(struct str s, void *ret, size_t n);
/* The same of any length up to `most`; SIZE_MAX: it is none. */
size_t lines_base64_most(struct str s, void *ret, size_t most);
void lines_add_base64(struct buf *to, const void *bytes, size_t n);
/* Base64 with padding of any length, whose bytes nobody here needs. */
bool lines_is_base64(struct str s);

/* Well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing beyond U+10FFFF. */
bool lines_is_utf8(struct str s);
