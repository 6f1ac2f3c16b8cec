// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A string to look at: pointer and length, not owned, not terminated.
 *
 * A struct str never owns memory: it points into something that must outlive it (a literal, an arena,
 * a struct buf). Bytes are UTF-8 unless a function says otherwise, and may contain NUL.
 * The empty string is any with n == 0; p may then be NULL. Print one with "%.*s", STR_FMT(s).
 * To build strings, see buf.h; to keep a copy, arena.h. Thread-safe: nothing here has state. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((struct str){0})
#define STR_FMT(s) (int)(s).n, (s).n ? (s).p : ""

/* z may be NULL, which is the empty string. */
struct str str_of(const char *z);
static inline struct str str_part(const char *p, size_t n) {
    return (struct str){p, n};
}

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *z);
/* ASCII letters only are folded. */
bool str_eq_nocase(struct str a, struct str b);
bool str_is_nocase(struct str a, const char *z);
/* Byte order, shorter first: <0, 0, >0. */
int str_compare(struct str a, struct str b);
bool str_starts(struct str s, const char *prefix);
bool str_starts_nocase(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);

/* FNV-1a, 64 bits, its high bits mixed into the low ones. For tables and checks of our own; whoever knows the input can
 * make it collide. */
uint64_t str_hash(struct str s);

/* Offset of the first hit at or after `from`, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle, size_t from);
size_t str_find_nocase(struct str s, struct str needle, size_t from);
size_t str_find_char(struct str s, char c, size_t from);

/* From byte `from` (clamped) to the end; the first n bytes (clamped). */
static inline struct str str_from(struct str s, size_t from) {
    if (from > s.n)
        from = s.n;
    return from ? (struct str){s.p + from, s.n - from} : s;
}
static inline struct str str_first(struct str s, size_t n) {
    return (struct str){s.p, n < s.n ? n : s.n};
}
/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);

/* Takes the part before the next `sep` off *rest and moves *rest behind it; false when *rest was used up.
 * "a,,b" gives "a", "", "b"; the empty string gives nothing. */
bool str_cut(struct str *rest, char sep, struct str *ret_part);

/* Decimal, whole string, optional leading '-'; false (and *ret untouched) on anything else or overflow. */
bool str_to_int(struct str s, int64_t *ret);
