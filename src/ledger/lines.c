// SPDX-License-Identifier: Apache-2.0
/* Small and strict. libsodium's base64 decoder refuses padding bits that are not zero; encoding again holds the rest.
 */
#include "ledger/lines.h"

#include <inttypes.h>
#include <sodium.h>

bool lines_next(struct str *rest, struct str *ret_line) {
    size_t end = str_find_char(*rest, '\n', 0);
    if (end == SIZE_MAX)
        return false;
    *ret_line = str_first(*rest, end);
    *rest = str_from(*rest, end + 1);
    return true;
}

bool lines_word(struct str line, const char *word, struct str *ret) {
    struct str rest = str_from(line, str_of(word).n);
    if (!str_starts(line, word) || !str_starts(rest, " "))
        return false;
    *ret = str_from(rest, 1);
    return true;
}

bool lines_decimal(struct str s, uint64_t most, uint64_t *ret) {
    if (s.n == 0 || (s.p[0] == '0' && s.n > 1))
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9 || value > (most - digit) / 10 || digit > most)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

void lines_add_decimal(struct buf *to, uint64_t n) {
    buf_printf(to, "%" PRIu64, n);
}

/* libsodium refuses wrong padding and padding bits that are not zero, but takes some bytes above 127. */
static bool is_ascii(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] > 127)
            return false;
    return true;
}

size_t lines_base64_most(struct str s, void *ret, size_t most) {
    size_t n = 0;
    if (s.n % 4 || s.n / 4 * 3 > most + 2 || !is_ascii(s) ||
        sodium_base642bin(ret, most, s.p, s.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return SIZE_MAX;
    return n;
}

bool lines_base64(struct str s, void *ret, size_t n) {
    return s.n == (n + 2) / 3 * 4 && lines_base64_most(s, ret, n) == n;
}

void lines_add_base64(struct buf *to, const void *bytes, size_t n) {
    size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL); /* with its terminator */
    buf_reserve(to, room);
    if (buf_failed(to))
        return;
    (void)sodium_bin2base64(to->p + to->n, room, bytes, n, sodium_base64_VARIANT_ORIGINAL);
    to->n += room - 1;
}

bool lines_is_base64(struct str s) {
    size_t n = s.n;
    for (int i = 0; i < 2 && n && s.p[n - 1] == '='; i++)
        n--;
    for (size_t i = 0; i < n; i++) {
        char c = s.p[i], letter = (char)(c | 0x20);
        if (!((letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
            return false;
    }
    return s.n && s.n % 4 == 0;
}

/* Length of the sequence at p, 0 where it is none. Only the second byte's bounds depend on the first. */
static size_t utf8_sequence(const unsigned char *p, size_t n) {
    unsigned char first = p[0], least = 0x80, most = 0xBF;
    size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (first == 0xE0)
        least = 0xA0; /* below it a shorter form would do */
    else if (first == 0xED)
        most = 0x9F; /* beyond it stand the surrogates */
    else if (first == 0xF0)
        least = 0x90;
    else if (first == 0xF4)
        most = 0x8F; /* U+10FFFF */
    if (length > n || (length > 1 && (p[1] < least || p[1] > most)))
        return 0;
    for (size_t i = 2; i < length; i++)
        if (p[i] < 0x80 || p[i] > 0xBF)
            return 0;
    return length;
}

bool lines_is_utf8(struct str s) {
    for (size_t i = 0; i < s.n;) {
        size_t n = utf8_sequence((const unsigned char *)s.p + i, s.n - i);
        if (!n)
            return false;
        i += n;
    }
    return true;
}
