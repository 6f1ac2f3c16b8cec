// SPDX-License-Identifier: Apache-2.0
/* Looking at strings without owning them. */
#include "base/str.h"

#include <string.h>

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

struct str str_of(const char *z) {
    return z ? (struct str){z, strlen(z)} : STR_NONE;
}

bool str_eq(struct str a, struct str b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Asked of every name in a template's view: most differ in the first byte. */
bool str_is(struct str a, const char *z) {
    size_t i = 0;
    for (; i < a.n; i++)
        if (!z || !z[i] || z[i] != a.p[i])
            return false;
    return !z || !z[i];
}

static bool same_nocase(const char *a, const char *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

bool str_eq_nocase(struct str a, struct str b) {
    return a.n == b.n && same_nocase(a.p, b.p, a.n);
}

bool str_is_nocase(struct str a, const char *z) {
    size_t i = 0;
    for (; i < a.n; i++)
        if (!z || !z[i] || lower(z[i]) != lower(a.p[i]))
            return false;
    return !z || !z[i];
}

int str_compare(struct str a, struct str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, const char *prefix) {
    size_t n = strlen(prefix);
    return s.n >= n && str_eq(str_first(s, n), str_part(prefix, n));
}

bool str_starts_nocase(struct str s, const char *prefix) {
    size_t n = strlen(prefix);
    return s.n >= n && same_nocase(s.p, prefix, n);
}

bool str_ends(struct str s, const char *suffix) {
    size_t n = strlen(suffix);
    return s.n >= n && str_eq(str_from(s, s.n - n), str_part(suffix, n));
}

size_t str_find(struct str s, struct str needle, size_t from) {
    if (from > s.n || needle.n > s.n - from)
        return SIZE_MAX;
    if (needle.n == 0)
        return from;
    const char *hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t str_find_nocase(struct str s, struct str needle, size_t from) {
    for (size_t i = from; i <= s.n && needle.n <= s.n - i; i++)
        if (same_nocase(s.p + i, needle.p, needle.n))
            return i;
    return SIZE_MAX;
}

size_t str_find_char(struct str s, char c, size_t from) {
    if (from >= s.n)
        return SIZE_MAX;
    const char *hit = memchr(s.p + from, c, s.n - from);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s) {
    while (s.n && is_space(s.p[0]))
        s = str_from(s, 1);
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_cut(struct str *rest, char sep, struct str *ret_part) {
    if (!rest->p)
        return false;
    size_t at = str_find_char(*rest, sep, 0);
    if (at == SIZE_MAX) {
        if (rest->n == 0)
            return false;
        *ret_part = *rest;
        *rest = STR_NONE;
        return true;
    }
    *ret_part = str_first(*rest, at);
    *rest = (struct str){rest->p + at + 1, rest->n - at - 1};
    return true;
}

uint64_t str_hash(struct str s) {
    uint64_t h = 14695981039346656037U;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211U;
    return h ^ (h >> 29);
}

bool str_to_int(struct str s, int64_t *ret) {
    bool minus = s.n && s.p[0] == '-';
    if (minus)
        s = str_from(s, 1);
    if (s.n == 0)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, s.p[i] - '0', &value))
            return false;
    }
    if (!minus && __builtin_sub_overflow(0, value, &value))
        return false;
    *ret = value;
    return true;
}
