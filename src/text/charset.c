// SPDX-License-Identifier: Apache-2.0
/* Which encoding, and the conversion itself, which is ICU's. A claim is believed when the bytes fit it: pages are saved
 * and sent on by tools that change the bytes and leave the label. */
#include "text/charset.h"

#include "text/charset_label.h"
#include "text/utf8.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

enum {
    SAMPLE_MOST = 64 * 1024, /* of lines with other than ASCII bytes, for the detection */
    SURELY_UTF8 = 6,         /* so many sequences that happen to be valid are no chance */
};

struct quality {
    size_t characters; /* other than ASCII */
    size_t bad;        /* bytes or sequences that mean nothing in the encoding */
};

/* ---- conversion ---- */

/* ICU calls this for each sequence that it cannot read; U+FFFD takes its place. */
static void on_bad(const void *context, UConverterToUnicodeArgs *args, const char *bytes, int32_t n,
                   UConverterCallbackReason reason, UErrorCode *status) {
    if (reason > UCNV_IRREGULAR)
        return;
    struct quality *q = (struct quality *)(uintptr_t)context; /* ICU hands it back as const */
    q->bad++;
    UCNV_TO_U_CALLBACK_SUBSTITUTE(NULL, args, bytes, n, reason, status);
}

static void count_units(struct quality *q, const UChar *p, const UChar *end) {
    for (; p < end; p++)
        q->characters += *p >= 0x80;
}

/* ret NULL: only judges. */
static bool convert(const struct charset *charset, struct str bytes, struct buf *ret, struct quality *q) {
    UErrorCode status = U_ZERO_ERROR;
    *q = (struct quality){0};
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
        count_units(q, units, out);
        for (const UChar *p = units; ret && p < out; p++) {
            uint32_t c = *p;
            if (U16_IS_LEAD(c)) {
                high = c;
                continue;
            }
            utf8_add(ret, U16_IS_TRAIL(c) ? (high ? (uint32_t)U16_GET_SUPPLEMENTARY(high, c) : 0xFFFD) : c);
            high = 0;
        }
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    ucnv_close(from);
    return U_SUCCESS(status);
}

/* One in fifty characters may be broken, and in all but the shortest text one, which is then the last, cut off. */
static bool fits(const struct charset *charset, struct str bytes) {
    struct quality q;
    return charset && convert(charset, bytes, NULL, &q) && q.bad <= q.characters / 50 + (q.characters >= 10);
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
    for (size_t i = 0; i < s.n && n < most; i++)
        n += (unsigned char)s.p[i] >= 0xC0;
    return n;
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
static void add_sample(struct buf *ret, struct str bytes) {
    struct str line;
    while (ret->n < SAMPLE_MOST && str_cut(&bytes, '\n', &line)) {
        size_t i = 0;
        while (i < line.n && (unsigned char)line.p[i] < 0x80)
            i++;
        if (i == line.n)
            continue;
        buf_add(ret, str_first(str_from(line, i), SAMPLE_MOST - ret->n));
        buf_add_char(ret, '\n');
    }
}

static const struct charset *detect_with(UCharsetDetector *detector, struct str sample, struct str bytes) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    ucsdet_setText(detector, sample.p, (int32_t)sample.n, &status);
    const UCharsetMatch **found = ucsdet_detectAll(detector, &n, &status);
    for (int32_t i = 0; U_SUCCESS(status) && i < n; i++) {
        const char *name = ucsdet_getName(found[i], &status);
        const struct charset *charset = U_SUCCESS(status) ? named(name) : NULL;
        if (charset && !str_starts(str_of(charset->name), "UTF-16") && fits(charset, bytes))
            return charset; /* nearly all bytes make some kind of UTF-16: from_nul_bytes() knows it better */
    }
    return NULL;
}

static const struct charset *detect(struct str bytes) {
    BUF_LOCAL(sample);
    add_sample(&sample, bytes);
    UErrorCode status = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&status);
    const struct charset *found = NULL;
    if (U_SUCCESS(status) && !buf_failed(&sample))
        found = detect_with(detector, buf_str(&sample), bytes);
    ucsdet_close(detector);
    return found;
}

/* Moves *bytes behind a byte order mark. */
static const struct charset *recognise(struct str *bytes, const char *declared) {
    const struct charset *found = from_mark(bytes), *utf8 = named("UTF-8");
    if (found)
        return found;
    bool valid = utf8_valid(*bytes);
    if (declared && fits(found = charset_of_label(str_of(declared)), *bytes))
        return found;
    if (valid && count_sequences(*bytes, SURELY_UTF8) == SURELY_UTF8)
        return utf8; /* whatever a <meta> says that was left in it */
    found = charset_of_label(charset_declared_inside(*bytes));
    if (found && !str_starts(str_of(found->name), "UTF-16") && fits(found, *bytes))
        return found; /* a <meta> that can be read is not in UTF-16 */
    found = from_nul_bytes(*bytes);
    return found ? found : valid ? utf8 : detect(*bytes);
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

static int add_decoded(struct str bytes, const struct charset *charset, struct buf *ret, struct err *reterr) {
    BUF_LOCAL(decoded);
    struct quality q;
    if (str_is(str_of(charset->name), "UTF-8"))
        buf_add(&decoded, bytes);
    else
        (void)convert(charset, bytes, &decoded, &q); /* it was judged before, or a mark vouches for it */
    fix_line_ends(&decoded);
    if (!is_text(buf_str(&decoded)))
        return err_set(reterr, ERR_FORMAT, "This is not text.");
    utf8_add_repaired(ret, buf_str(&decoded));
    if (buf_failed(&decoded) || buf_failed(ret))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the text.");
    return 0;
}

int charset_decode(struct str bytes, const char *declared, struct buf *ret, const char **ret_name, struct err *reterr) {
    const struct charset *charset = recognise(&bytes, declared);
    if (!charset)
        return err_set(reterr, ERR_FORMAT, "This is not text in an encoding that is known here.");
    int r = add_decoded(bytes, charset, ret, reterr);
    if (r == 0 && ret_name)
        *ret_name = charset->name;
    return r;
}
