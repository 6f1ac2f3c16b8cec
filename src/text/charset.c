// SPDX-License-Identifier: Apache-2.0
/* Which encoding, and the conversion itself, which is ICU's. A claim is believed when the bytes fit it: pages are saved
 * and sent on by tools that change the bytes and leave the label. */
#include "text/charset.h"

#include "text/charset_label.h"
#include "text/utf8.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

enum {
    SAMPLE_MOST = 64 * 1024, /* of lines with other than ASCII bytes, for the detection */
    MERE_CHANCE = 10,        /* what the detector gives ten characters and less */
    SURELY_UTF8 = 6,         /* so many valid sequences are no chance; one of three bytes or more counts as three */
    SURELY_OTHER = 80,       /* of the detector: not what is claimed, but this … */
    HARDLY_CLAIMED = 50,     /* … where it gives the claim no more */
    LOOK_MOST = 512,         /* of the sample, to doubt a claim: enough characters; the detector takes its time */
    GUESSES_MOST = 32,
};

struct quality {
    size_t characters; /* other than ASCII */
    size_t unlikely;   /* of these: what hardly stands there in any language; see count_unit() */
    size_t broken;     /* sequences that the encoding does not allow */
    size_t unknown;    /* sequences that mean nothing in it, or not here */
    size_t broken_at;  /* where the first of the broken begins */
    const char *start;
    UChar32 last, before_last;
};

/* ---- conversion ---- */

/* ICU calls this for each sequence that it cannot read; U+FFFD takes its place. */
static void on_bad(const void *context, UConverterToUnicodeArgs *args, const char *bytes, int32_t n,
                   UConverterCallbackReason reason, UErrorCode *status) {
    if (reason > UCNV_IRREGULAR)
        return;
    struct quality *q = (struct quality *)(uintptr_t)context; /* ICU hands it back as const */
    size_t end = (size_t)(args->source - q->start), length = n > 0 ? (size_t)n : 0;
    if (reason == UCNV_UNASSIGNED)
        q->unknown++;
    else if (q->broken++ == 0)
        q->broken_at = end > length ? end - length : 0;
    UCNV_TO_U_CALLBACK_SUBSTITUTE(NULL, args, bytes, n, reason, status);
}

/* Words of one letter that carry an accent: French, Italian, Portuguese, Polish. */
static bool is_short_word(UChar32 c) {
    c = u_tolower(c);
    return c == 0xE0 || c == 0xE8 || c == 0xE9 || c == 0xF3;
}

/* Any bytes make some text in an encoding of one byte a character. In a true one a letter stands beside letters, no
 * capital follows a small one, and accents do not stand alone. Judges the character before the last. */
static void count_unit(struct quality *q, UChar32 c) {
    UChar32 at = q->last;
    if (at >= 0x80) {
        bool alone = !u_isalpha(q->before_last) && !u_isalpha(c) && !is_short_word(at);
        bool risen = u_isupper(at) && u_islower(q->before_last);
        bool accent = (U_GET_GC_MASK(at) & (U_GC_SK_MASK | U_GC_C_MASK)) != 0;
        q->characters++;
        q->unlikely += u_isalpha(at) ? alone || risen : accent;
    }
    q->before_last = at;
    q->last = c;
}

/* ret NULL: only judges. */
static bool convert(const struct charset *charset, struct str bytes, struct buf *ret, struct quality *q) {
    UErrorCode status = U_ZERO_ERROR;
    *q = (struct quality){.start = bytes.p};
    UConverter *from = ucnv_open(charset->converter, &status);
    if (!from)
        return false;
    ucnv_setToUCallBack(from, on_bad, q, NULL, NULL, &status);
    const char *in = bytes.p, *end = bytes.p + bytes.n;
    uint32_t high = 0;
    do {
        UChar units[2048], *out = units;
        status = U_ZERO_ERROR;
        ucnv_toUnicode(from, &out, units + sizeof units / sizeof *units, &in, end, NULL, true, &status);
        for (const UChar *p = units; p < out; p++) {
            uint32_t c = *p;
            count_unit(q, *p);
            if (!ret)
                continue;
            if (U16_IS_LEAD(c)) {
                high = c;
                continue;
            }
            utf8_add(ret, U16_IS_TRAIL(c) ? (high ? (uint32_t)U16_GET_SUPPLEMENTARY(high, c) : 0xFFFD) : c);
            high = 0;
        }
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    count_unit(q, 0);
    ucnv_close(from);
    return U_SUCCESS(status);
}

/* Whether the bytes are meant to be in it: one in fifty characters may be bad, and in all but the shortest text one,
 * which is then the last, cut off. It is recognised so, not accepted: see add_decoded(). */
static bool fits(const struct charset *charset, struct str bytes) {
    struct quality q;
    return charset && convert(charset, bytes, NULL, &q) &&
           q.broken + q.unknown <= q.characters / 50 + (q.characters >= 10);
}

static bool is_of_one_byte(const struct charset *charset) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter *c = ucnv_open(charset->converter, &status);
    bool one = c && ucnv_getMaxCharSize(c) == 1;
    ucnv_close(c);
    return one;
}

/* What nobody named must also read like a text: a few bytes are a few characters in any encoding of East Asia. */
static bool explains(const struct charset *charset, int32_t confidence, struct str bytes) {
    struct quality q;
    if (!is_of_one_byte(charset))
        return confidence > MERE_CHANCE && fits(charset, bytes);
    return convert(charset, bytes, NULL, &q) && (q.broken + q.unknown + q.unlikely) * 5 <= q.characters;
}

/* ---- recognition ---- */

static const struct charset *named(const char *name) {
    return charset_of_label(str_of(name));
}

static const struct charset *from_mark(struct str *bytes) {
    static const struct {
        const char *mark;
        size_t n;
        const char *name;
    } marks[] = {{"\xEF\xBB\xBF", 3, "UTF-8"}, {"\xFF\xFE", 2, "UTF-16LE"}, {"\xFE\xFF", 2, "UTF-16BE"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_eq(str_first(*bytes, marks[i].n), str_part(marks[i].mark, marks[i].n))) {
            *bytes = str_from(*bytes, marks[i].n);
            return named(marks[i].name);
        }
    return NULL;
}

static size_t count_sequences(struct str s, size_t most) {
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < most; i++) {
        unsigned char c = (unsigned char)s.p[i];
        n += c >= 0xE0 ? 3 : c >= 0xC0;
    }
    return n;
}

/* Two bytes that follow a leading one as UTF-8 has it, for each place where it is broken: a few characters of it were
 * damaged. Chinese in GB18030 or Big5 has some such pairs by chance, and several times as many that are none. */
static bool is_damaged_utf8(struct str s) {
    size_t good = 0, bad = 0;
    while (s.n) {
        size_t before = s.n;
        bool damaged = (unsigned char)s.p[0] >= 0x80 && utf8_bad_at(utf8_first(s, 1)) != SIZE_MAX;
        (void)utf8_next(&s); /* only its length matters */
        bad += damaged;
        good += before - s.n - 1;
    }
    return bad && good >= 2 * bad;
}

static bool is_usual(uint32_t c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7F) || (c >= 0xA0 && c < 0x250) ||
           (c >= 0x2010 && c <= 0x2027) || (c >= 0x3000 && c < 0x3100) || (c >= 0x4E00 && c < 0xA000) ||
           (c >= 0xFF00 && c < 0xFFE6);
}

/* UTF-16 without a mark shows by its NUL bytes, and by reading as text in one byte order only. */
static const struct charset *from_nul_bytes(struct str bytes) {
    if (bytes.n < 4 || bytes.n % 2 || str_find_char(bytes, 0, 0) == SIZE_MAX)
        return NULL;
    size_t usual[2] = {0}, n = bytes.n / 2;
    for (size_t i = 0; i + 1 < bytes.n; i += 2) {
        uint32_t a = (unsigned char)bytes.p[i], b = (unsigned char)bytes.p[i + 1];
        usual[0] += is_usual(a | b << 8);
        usual[1] += is_usual(a << 8 | b);
    }
    size_t big = usual[1] > usual[0];
    return usual[big] * 10 >= n * 9 ? named(big ? "UTF-16BE" : "UTF-16LE") : NULL;
}

/* The detector looks at the first 8 KB only, which in a page may be all script: show it the lines that matter. No
 * encoding that it is asked about uses a line feed as part of another character. */
static void add_sample(struct buf *ret, struct str bytes, size_t most) {
    struct str line;
    while (ret->n < most && str_cut(&bytes, '\n', &line)) {
        size_t i = 0;
        while (i < line.n && (unsigned char)line.p[i] < 0x80)
            i++;
        if (i == line.n)
            continue;
        buf_add(ret, str_first(str_from(line, i), most - ret->n));
        buf_add_char(ret, '\n');
    }
}

struct guess {
    const struct charset *charset;
    int32_t confidence; /* of 100 */
};

/* What the detector holds possible, the likeliest first. Not UTF-16: nearly all bytes make some kind of it, and
 * from_nul_bytes() knows it better. */
static size_t guess(struct str bytes, size_t look, struct guess ret[GUESSES_MOST]) {
    BUF_LOCAL(sample);
    add_sample(&sample, bytes, look);
    UErrorCode status = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&status);
    int32_t found_n = 0;
    size_t n = 0;
    ucsdet_setText(detector, sample.p, (int32_t)sample.n, &status);
    const UCharsetMatch **found = ucsdet_detectAll(detector, &found_n, &status);
    for (int32_t i = 0; U_SUCCESS(status) && !buf_failed(&sample) && i < found_n && n < GUESSES_MOST; i++) {
        const char *name = ucsdet_getName(found[i], &status);
        const struct charset *charset = U_SUCCESS(status) ? named(name) : NULL;
        if (charset && !str_starts(str_of(charset->name), "UTF-16"))
            ret[n++] = (struct guess){charset, ucsdet_getConfidence(found[i], &status)};
    }
    ucsdet_close(detector);
    return n;
}

static const struct charset *detect(struct str bytes) {
    struct guess all[GUESSES_MOST];
    size_t n = guess(bytes, SAMPLE_MOST, all);
    for (size_t i = 0; i < n; i++)
        if (explains(all[i].charset, all[i].confidence, bytes))
            return all[i].charset;
    return NULL;
}

/* Any bytes fit an encoding of one byte a character, and most of what East Asia writes fits GB18030. So a claim that
 * fits is checked once more: the detector, which knows frequent characters, may be sure of another encoding of East
 * Asia. NULL where the claim can be true. */
static const struct charset *find_other(const struct charset *claim, struct str bytes) {
    struct guess all[GUESSES_MOST];
    size_t n = guess(bytes, LOOK_MOST, all);
    const struct charset *other = NULL;
    for (size_t i = 0; i < n; i++) {
        if (all[i].charset == claim && all[i].confidence > HARDLY_CLAIMED)
            return NULL;
        if (!other && all[i].confidence >= SURELY_OTHER && !is_of_one_byte(all[i].charset) &&
            fits(all[i].charset, bytes))
            other = all[i].charset;
    }
    return other;
}

static bool is_utf8(const struct charset *charset) {
    return charset && str_is(str_of(charset->name), "UTF-8");
}

/* Moves *bytes behind a byte order mark. What is UTF-8, but damaged, is found as UTF-8. */
static const struct charset *recognise(struct str *bytes, const char *declared) {
    const struct charset *found = from_mark(bytes), *utf8 = named("UTF-8");
    if (found)
        return found;
    bool valid = utf8_valid(*bytes);
    const struct charset *claim = declared ? charset_of_label(str_of(declared)) : NULL;
    if (claim && fits(claim, *bytes))
        return claim;
    if (valid && count_sequences(*bytes, SURELY_UTF8) >= SURELY_UTF8)
        return utf8; /* whatever a <meta> says that was left in it */
    found = charset_of_label(charset_declared_inside(*bytes));
    if (found && !str_starts(str_of(found->name), "UTF-16") && fits(found, *bytes)) {
        const struct charset *other = is_utf8(found) ? NULL : find_other(found, *bytes);
        return other ? other : found; /* a <meta> that can be read is not in UTF-16 */
    }
    bool says_utf8 = is_utf8(claim) || is_utf8(found);
    found = from_nul_bytes(*bytes);
    if (found || valid || is_damaged_utf8(*bytes))
        return found ? found : utf8;
    found = detect(*bytes);
    return !found && says_utf8 ? utf8 : found;
}

/* ---- the whole ---- */

/* A control character, or one that could not be read. */
static bool is_odd(struct str s) {
    unsigned char a = (unsigned char)s.p[0], b = s.n > 1 ? (unsigned char)s.p[1] : 0;
    bool control = (a < 0x20 && a != '\t' && a != '\n' && a != '\r' && a != '\f') || a == 0x7F;
    return control || (a == 0xC2 && b < 0xA0) || (a == 0xEF && str_starts(s, "\uFFFD"));
}

/* Hardly anything odd: at most one byte in fifty. */
static bool is_text(struct str s) {
    size_t odd = 0;
    for (size_t i = 0; i < s.n; i++)
        odd += is_odd(str_from(s, i));
    return odd * 50 <= s.n;
}

/* \r\n and \r become \n, in place. */
static void fix_line_ends(struct buf *b) {
    size_t to = 0;
    for (size_t i = 0; i < b->n; i++) {
        bool lone = b->p[i] == '\r' && (i + 1 == b->n || b->p[i + 1] != '\n');
        if (b->p[i] != '\r' || lone)
            b->p[to++] = lone ? '\n' : b->p[i];
    }
    buf_cut(b, to);
}

/* skipped: bytes of the file before these. */
static int broken(const struct charset *charset, size_t at, size_t skipped, struct err *reterr) {
    return err_set(
        reterr, ERR_FORMAT,
        "Its encoding is broken: what begins at byte %zu is not %s. Nothing of it was taken; get the file anew, "
        "or convert it to UTF-8.",
        skipped + at + 1, charset->name);
}

static int add_decoded(struct str bytes, const struct charset *charset, size_t skipped, struct buf *ret,
                       struct err *reterr) {
    BUF_LOCAL(decoded);
    struct quality q = {0};
    size_t bad_at = is_utf8(charset) ? utf8_bad_at(bytes) : SIZE_MAX;
    if (is_utf8(charset))
        buf_add(&decoded, bytes);
    else
        (void)convert(charset, bytes, &decoded, &q); /* it was judged before, or a mark vouches for it */
    fix_line_ends(&decoded);
    if (bad_at != SIZE_MAX || q.broken)
        return broken(charset, q.broken ? q.broken_at : bad_at, skipped, reterr);
    if (!is_text(buf_str(&decoded)))
        return err_set(reterr, ERR_FORMAT, "This is not text.");
    utf8_add_repaired(ret, buf_str(&decoded));
    if (buf_failed(&decoded) || buf_failed(ret))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the text.");
    return 0;
}

int charset_decode(struct str bytes, const char *declared, struct buf *ret, const char **ret_name, struct err *reterr) {
    size_t n = bytes.n;
    const struct charset *charset = recognise(&bytes, declared);
    if (!charset)
        return err_set(reterr, ERR_FORMAT,
                       "This is not text in an encoding that is known here; at byte %zu it is no longer UTF-8. Nothing "
                       "of it was taken; "
                       "convert it to UTF-8.",
                       utf8_bad_at(bytes) + 1);
    int r = add_decoded(bytes, charset, n - bytes.n, ret, reterr);
    if (r == 0 && ret_name)
        *ret_name = charset->name;
    return r;
}
