// SPDX-License-Identifier: Apache-2.0
/* From text to folded tokens, one by one. */
#include "text/tokens_walk.h"

#include "text/utf8.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

struct token_walk token_walk_init(struct str text) {
    return (struct token_walk){.text = text};
}

/* Letters that fold to themselves: most of a Chinese text. */
static bool is_plain_ideograph(uint32_t c) {
    return c >= 0x4e00 && c <= 0x9fff;
}

/* Some of what cannot be seen is a letter to Unicode (the Korean fillers). */
static bool is_unseen(uint32_t c) {
    bool ideograph = c >= 0x3400 && c <= 0x9fff; /* most of a Chinese text, and none of them is */
    return c >= 0xad && !ideograph && u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

static bool is_word(uint32_t c) {
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_plain_ideograph(c))
        return true;
    if (c == 0xfffd || is_unseen(c))
        return false;
    return (U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0;
}

/* Whether `next` makes one character with what stands before it (first of all `base`): what cannot be seen (but a
 * zero-width space, which parts words), the sound marks of kana, and the parts of a Korean syllable (as some systems
 * write them, decomposed). A sound mark hangs on letters only: behind white space it begins a word, in a query too. */
static bool hangs_on(uint32_t base, uint32_t before, uint32_t next) {
    if (next < 0xad || (next >= 0x3400 && next <= 0x9fff) || next == 0x200b)
        return false;
    if (next == 0x3099 || next == 0x309a || next == 0xff9e || next == 0xff9f)
        return is_word(base);
    bool first = before >= 0x1100 && before <= 0x115e, second = before >= 0x1161 && before <= 0x11a7;
    if ((first && next >= 0x1161 && next <= 0x11a7) || (second && next >= 0x11a8 && next <= 0x11ff))
        return true;
    return is_unseen(next);
}

/* The code point at `at`; *ret_next is behind it and all that hangs on it. */
static uint32_t peek(const struct token_walk *w, size_t at, size_t *ret_next) {
    struct str rest = str_from(w->text, at);
    uint32_t c = utf8_next(&rest), last = c;
    while (rest.n && (unsigned char)rest.p[0] >= 0x80) {
        struct str after = rest;
        uint32_t next = utf8_next(&after);
        if (!hangs_on(c, last, next))
            break;
        last = next;
        rest = after;
    }
    *ret_next = w->text.n - rest.n;
    return c;
}

/* Keeps whole code points that are word characters, up to TOKEN_MOST bytes. */
static void keep(struct token_walk *w, struct str folded) {
    struct str rest = folded;
    w->n = 0;
    while (rest.n) {
        const char *p = rest.p;
        uint32_t c = utf8_next(&rest);
        size_t k = (size_t)(rest.p - p);
        if (!is_word(c))
            continue;
        if (w->n + k > TOKEN_MOST)
            break;
        memcpy(w->token + w->n, p, k);
        w->n += k;
    }
    w->token[w->n] = 0;
}

/* Takes the marks off Latin letters: "é" is found by "e", but "й" stays apart from "и". */
static int32_t drop_latin_marks(UChar *s, int32_t n) {
    int32_t out = 0;
    bool latin = false;
    for (int32_t i = 0; i < n; i++) {
        if (s[i] >= 0x300 && s[i] <= 0x36f && latin)
            continue;
        UErrorCode bad = U_ZERO_ERROR;
        if (!(s[i] >= 0x300 && s[i] <= 0x36f))
            latin = uscript_getScript(s[i], &bad) == USCRIPT_LATIN;
        s[out++] = s[i];
    }
    return out;
}

static void fold(struct token_walk *w, struct str raw) {
    enum { CHARACTERS = TOKEN_MOST * 2, GROWTH = 18, UNITS = CHARACTERS * GROWTH }; /* ﷺ folds to 18 */
    UChar in[UNITS], folded[UNITS], apart[UNITS];
    char out[UNITS * 3];
    int32_t n = 0, bytes = 0;
    UErrorCode bad = U_ZERO_ERROR;
    const UNormalizer2 *nfkc_cf = unorm2_getNFKCCasefoldInstance(&bad);
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&bad), *nfc = unorm2_getNFCInstance(&bad);
    raw = utf8_first(raw, CHARACTERS); /* longer runs are cut in any case */
    u_strFromUTF8(in, UNITS, &n, raw.p, (int32_t)raw.n, &bad);
    n = unorm2_normalize(nfkc_cf, in, n, folded, UNITS, &bad);
    n = unorm2_normalize(nfd, folded, n, apart, UNITS, &bad);
    if (U_SUCCESS(bad))
        n = drop_latin_marks(apart, n);
    n = unorm2_normalize(nfc, apart, n, folded, UNITS, &bad);
    u_strToUTF8(out, sizeof out, &bytes, folded, n, &bad);
    keep(w, U_SUCCESS(bad) ? str_part(out, (size_t)bytes) : STR_NONE);
}

/* What consists of them alone needs no folding: a pair of Chinese characters, nearly always. */
static bool keep_ideographs(struct token_walk *w, struct str raw) {
    struct str rest = raw;
    if (raw.n > TOKEN_MOST)
        return false;
    while (rest.n)
        if (!is_plain_ideograph(utf8_next(&rest)))
            return false;
    memcpy(w->token, raw.p, raw.n);
    w->n = raw.n;
    w->token[w->n] = 0;
    return true;
}

static void fold_any(struct token_walk *w, struct str raw) {
    size_t n = 0;
    for (; n < raw.n && n < TOKEN_MOST && (unsigned char)raw.p[n] < 0x80; n++)
        w->token[n] = (char)(raw.p[n] >= 'A' && raw.p[n] <= 'Z' ? raw.p[n] + 32 : raw.p[n]);
    if (n < raw.n && n < TOKEN_MOST) {
        if (!keep_ideographs(w, raw))
            fold(w, raw);
        return;
    }
    w->n = n;
    w->token[n] = 0;
}

/* A pair of neighbours, or the last of its run. */
static bool take_unspaced(struct token_walk *w, size_t begin, size_t next) {
    size_t after = next;
    uint32_t neighbour = next < w->text.n ? peek(w, next, &after) : 0;
    bool pair = utf8_is_unspaced(neighbour) && is_word(neighbour);
    w->ran_on = w->unspaced && w->end == next;
    w->unspaced = true;
    w->alone = !pair;
    w->begin = begin;
    w->first_end = next;
    w->end = pair ? after : next;
    w->at = next;
    fold_any(w, str_part(w->text.p + begin, w->end - begin));
    return w->n > 0;
}

static bool take_word(struct token_walk *w, size_t begin, size_t next) {
    w->first_end = next;
    w->begin = begin;
    w->end = next;
    w->unspaced = w->alone = w->ran_on = false;
    while (w->end < w->text.n) {
        uint32_t c = peek(w, w->end, &next);
        if (!is_word(c) || utf8_is_unspaced(c))
            break;
        w->end = next;
    }
    w->at = w->end;
    fold_any(w, str_part(w->text.p + begin, w->end - begin));
    return w->n > 0;
}

bool token_walk_next(struct token_walk *w) {
    while (w->at < w->text.n) {
        size_t begin = w->at, next;
        uint32_t c = peek(w, begin, &next);
        w->at = next;
        if (utf8_is_unspaced(c) && is_word(c)) {
            if (take_unspaced(w, begin, next))
                return true;
        } else if (is_word(c)) {
            if (take_word(w, begin, next))
                return true;
        }
    }
    return false;
}
