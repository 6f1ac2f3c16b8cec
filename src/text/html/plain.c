// SPDX-License-Identifier: Apache-2.0
/* Most bodies are nothing but paragraphs of words, which have one clean form that can be told without a parser.
 * Anything else, down to a tab or a no-break space, is refused and goes the long way; a test and a fuzz target compare
 * the two. */
#include "text/html/line.h"

#include "text/utf8.h"

enum { PLAIN_MOST = 256 * 1024 /* so that the bounds of the long way cannot be met */ };

struct writer {
    struct str rest;
    struct buf *ret;
    uint32_t last;       /* character of the paragraph; 0: none yet */
    bool space, newline; /* before the next one */
};

static bool is_word_byte(char c) {
    return c > ' ' && c < 0x7F && c != '<' && c != '>' && c != '&';
}

static void write_space(struct writer *w, uint32_t next) {
    if (w->space && w->last && !(w->newline && html_line_joins(w->last, next)))
        buf_add_char(w->ret, ' ');
    w->space = w->newline = false;
}

static void add(struct writer *w, size_t n, uint32_t first, uint32_t last) {
    write_space(w, first);
    buf_add(w->ret, str_first(w->rest, n));
    w->rest = str_from(w->rest, n);
    w->last = last;
}

static void word(struct writer *w) {
    size_t n = 1;
    while (n < w->rest.n && is_word_byte(w->rest.p[n]))
        n++;
    add(w, n, (unsigned char)w->rest.p[0], (unsigned char)w->rest.p[n - 1]);
}

static bool beyond_ascii(struct writer *w) {
    struct str behind = w->rest, before = w->rest;
    uint32_t c = utf8_next(&behind), first = c, last = 0;
    while (c >= 0x80 && c != 0xFFFD && !html_is_space(c) && !html_is_junk(c)) {
        last = c;
        before = behind;
        c = utf8_next(&behind);
    }
    if (last)
        add(w, w->rest.n - before.n, first, last);
    return last != 0;
}

static bool reference(struct writer *w) {
    static const struct {
        struct str name;
        char c;
        bool stays;
    } known[] = {
        {{"&amp;", 5}, '&', true}, {{"&lt;", 4}, '<', true}, {{"&gt;", 4}, '>', true}, {{"&quot;", 6}, '"', false}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!str_starts(w->rest, known[i].name.p))
            continue;
        uint32_t c = (unsigned char)known[i].c;
        add(w, known[i].stays ? known[i].name.n : 0, c, c);
        if (known[i].stays)
            return true;
        buf_add_char(w->ret, known[i].c);
        w->rest = str_from(w->rest, known[i].name.n);
        return true;
    }
    return false;
}

/* From behind <p> to the next tag. */
static bool text(struct writer *w) {
    w->last = 0;
    w->space = w->newline = false;
    while (w->rest.n && w->rest.p[0] != '<') {
        char c = w->rest.p[0];
        if (c == ' ' || c == '\n') {
            w->space = true;
            w->newline |= c == '\n';
            w->rest = str_from(w->rest, 1);
        } else if (is_word_byte(c)) {
            word(w);
        } else if (!(c == '&' ? reference(w) : (unsigned char)c >= 0x80 && beyond_ascii(w))) {
            return false;
        }
    }
    return w->last != 0; /* an empty paragraph would go */
}

static bool take(struct writer *w, struct str tag) {
    if (!str_starts(w->rest, tag.p))
        return false;
    w->rest = str_from(w->rest, tag.n);
    return true;
}

bool html_write_plain(struct str html, struct buf *ret) {
    static const struct str open = {"<p>", 3}, close = {"</p>", 4};
    struct writer w = {.rest = str_trim(html), .ret = ret};
    size_t from = ret->n;
    bool plain = html.n <= PLAIN_MOST && w.rest.n > 0;
    while (plain && w.rest.n) {
        plain = take(&w, open);
        if (plain) {
            buf_add(ret, ret->n > from ? STR("\n<p>") : open);
            plain = text(&w) && take(&w, close);
            buf_add(ret, close);
        }
        while (w.rest.n && (w.rest.p[0] == ' ' || w.rest.p[0] == '\n'))
            w.rest = str_from(w.rest, 1);
    }
    if (!plain)
        buf_cut(ret, from);
    return plain;
}
