// SPDX-License-Identifier: Apache-2.0
/* UTF-8: one strict decoder, and what is built on it. */
#include "text/utf8.h"

/* Length of the well-formed sequence at p (RFC 3629: no overlong form, no surrogate), 0 for none. */
static size_t sequence(const unsigned char *p, size_t n, uint32_t *ret) {
    static const unsigned char least_second[] = {0xa0, 0x90}; /* after E0 and F0 */
    unsigned char a = p[0];
    if (a < 0x80) {
        *ret = a;
        return 1;
    }
    size_t length = a >= 0xc2 && a <= 0xdf ? 2 : a >= 0xe0 && a <= 0xef ? 3 : a >= 0xf0 && a <= 0xf4 ? 4 : 0;
    if (!length || n < length)
        return 0;
    unsigned char least = a == 0xe0 ? least_second[0] : a == 0xf0 ? least_second[1] : 0x80;
    unsigned char most = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < least || p[1] > most)
        return 0;
    uint32_t c = a & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fu);
    }
    *ret = c;
    return length;
}

size_t utf8_bad_at(struct str s) {
    uint32_t c;
    for (size_t i = 0, k; i < s.n; i += k) {
        k = 1;
        if ((unsigned char)s.p[i] < 0x80)
            continue;
        k = sequence((const unsigned char *)s.p + i, s.n - i, &c);
        if (!k)
            return i;
    }
    return SIZE_MAX;
}

bool utf8_valid(struct str s) {
    return utf8_bad_at(s) == SIZE_MAX;
}

uint32_t utf8_next_long(struct str *rest) {
    uint32_t c;
    if (!rest->n)
        return 0;
    size_t k = sequence((const unsigned char *)rest->p, rest->n, &c);
    *rest = str_from(*rest, k ? k : 1);
    return k ? c : 0xfffd;
}

void utf8_add(struct buf *b, uint32_t c) {
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = 0xfffd;
    if (c < 0x80) {
        buf_add_char(b, (char)c);
        return;
    }
    char bytes[4];
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    bytes[0] = (char)(lead[n] | c);
    buf_add(b, str_part(bytes, n));
}

void utf8_add_repaired(struct buf *b, struct str s) {
    while (s.n) {
        uint32_t c = utf8_next(&s);
        if (c >= 0x20 || c == '\t' || c == '\n')
            utf8_add(b, c);
    }
}

size_t utf8_count(struct str s) {
    size_t n = 0;
    for (; s.n; n++)
        (void)utf8_next(&s); /* only its length matters */
    return n;
}

uint32_t utf8_take_last(struct str *rest) {
    size_t from = rest->n;
    while (from && ((unsigned char)rest->p[from - 1] & 0xc0) == 0x80)
        from--;
    from -= from > 0;
    struct str last = str_from(*rest, from);
    rest->n = from;
    return last.n ? utf8_next(&last) : 0;
}

struct str utf8_first(struct str s, size_t most) {
    struct str rest = s;
    while (most-- && rest.n)
        (void)utf8_next(&rest); /* only its length matters */
    return str_first(s, s.n - rest.n);
}

bool utf8_is_unspaced(uint32_t c) {
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        {0x0e00, 0x0eff}, {0x1000, 0x109f}, {0x1100, 0x11ff}, {0x1780, 0x17ff}, {0x2e80, 0x2fdf}, {0x3005, 0x3007},
        {0x3021, 0x3029}, {0x3031, 0x3035}, {0x3041, 0x30ff}, {0x3105, 0x318f}, {0x31a0, 0x31ff}, {0x3400, 0x4dbf},
        {0x4e00, 0x9fff}, {0xa960, 0xa97f}, {0xac00, 0xd7ff}, {0xf900, 0xfaff}, {0xff66, 0xff9f}, {0x20000, 0x3ffff},
    };
    if (c < ranges[0].from || (c >= 0x4e00 && c <= 0x9fff)) /* most of all there is */
        return c >= 0x4e00;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}
