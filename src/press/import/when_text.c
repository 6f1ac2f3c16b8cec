// SPDX-License-Identifier: Apache-2.0
/* A text as plain characters, and the numbers in it: digits of any width, and those of Chinese. */
#include "press/import/when_parts.h"

#include "press/import/when.h"
#include "text/utf8.h"

static uint32_t plain(uint32_t c) {
    if (c >= 0xff01 && c <= 0xff5e) /* full-width forms */
        c -= 0xfee0;
    if (c == 0x3000 || c == 0xa0 || c == '\t' || c == '\n' || c == 0x2009 || c == 0x202f)
        return ' ';
    if (c == 0x2013 || c == 0x2010 || c == 0x2011 || c == 0x2212)
        return '-';
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

size_t when_decode(struct str text, struct ch *ch) {
    size_t n = 0, all = text.n;
    while (text.n && n < WHEN_LOOK) {
        size_t at = all - text.n;
        ch[n++] = (struct ch){plain(utf8_next(&text)), at};
    }
    ch[n] = (struct ch){0, all - text.n};
    return n;
}

bool when_take_text(struct cursor *k, const char *z) {
    size_t i = 0;
    for (struct str s = str_of(z); s.n; i++)
        if (peek(k, i) != utf8_next(&s))
            return false;
    k->i += i;
    return true;
}

bool when_take_word(struct cursor *k, const char *z) {
    struct cursor was = *k;
    if (when_take_text(k, z) && !is_letter(peek(k, 0)))
        return true;
    *k = was;
    return false;
}

int when_take_any(struct cursor *k, const char *const *list) {
    for (int i = 0; list[i]; i++)
        if (when_take_text(k, list[i]))
            return i;
    return -1;
}

bool when_take_digits(struct cursor *k, size_t least, size_t most, int *ret) {
    size_t n = 0;
    int value = 0;
    while (n < most && is_digit(peek(k, n)))
        value = value * 10 + (int)(peek(k, n++) - '0');
    if (n < least || is_digit(peek(k, n)))
        return false;
    k->i += n;
    *ret = value;
    return true;
}

int when_han_digit(uint32_t c) {
    static const uint32_t digits[] = {0x3007, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d};
    if (c == 0x96f6 || c == 0x25cb || c == 0x25ef) /* 零 and the circles typed for 〇 */
        return 0;
    for (int i = 0; i < 10; i++)
        if (digits[i] == c)
            return i;
    return -1;
}

/* 一 … 九十九, the way days, months and hours are written: 十六, 二十, 三十一; or digit by digit. */
static bool take_han_number(struct cursor *k, int *ret) {
    const uint32_t ten = 0x5341;
    int tens = when_han_digit(peek(k, 0)), value;
    size_t n = 0;
    if (peek(k, 0) == ten) {
        value = 10;
        n = 1;
    } else if (tens < 0) {
        return false;
    } else if (peek(k, 1) == ten) {
        value = tens * 10;
        n = 2;
    } else {
        *ret = tens;
        k->i++;
        return true;
    }
    int ones = when_han_digit(peek(k, n));
    if (ones > 0) {
        value += ones;
        n++;
    }
    *ret = value;
    k->i += n;
    return true;
}

bool when_take_number(struct cursor *k, int *ret) {
    return when_take_digits(k, 1, 2, ret) || take_han_number(k, ret);
}

void when_skip_between(struct cursor *k) {
    while (peek(k, 0) == ' ' || peek(k, 0) == ',' || peek(k, 0) == '-')
        k->i++;
}
