// SPDX-License-Identifier: Apache-2.0
/* Tokens: one walker over a text, used for indexing, for queries and for snippets alike. */
#include "text/tokens.h"

#include "text/tokens_walk.h"

#include "text/utf8.h"

void tokens_add(struct buf *ret, struct str text) {
    struct token_walk w = token_walk_init(text);
    bool first = true;
    while (token_walk_next(&w)) {
        if (!first)
            buf_add_char(ret, ' ');
        first = false;
        buf_add(ret, str_part(w.token, w.n));
    }
}

/* --- queries --- */

/* The text of one term into tokens. At its end a run without spaces may go on in the document, so its last character
 * alone is left out (the pair before it says more), or is a prefix where there is no pair. */
static void add_term(struct arena *a, struct str text, bool prefix, struct search_query *q) {
    if (q->n == QUERY_TERMS_MOST)
        return;
    BUF_LOCAL(b);
    struct token_walk w = token_walk_init(text);
    size_t before_last = 0;
    bool last_alone = false, ran_on = false;
    while (token_walk_next(&w)) {
        before_last = b.n;
        last_alone = w.alone;
        ran_on = w.ran_on;
        if (b.n)
            buf_add_char(&b, ' ');
        buf_add(&b, str_part(w.token, w.n));
    }
    if (buf_failed(&b))
        arena_set_failed(a);
    if (!b.n || buf_failed(&b))
        return;
    if (last_alone && ran_on)
        buf_cut(&b, before_last);
    else if (last_alone)
        prefix = true;
    struct str tokens = arena_buf(a, &b);
    if (tokens.n)
        q->term[q->n++] = (struct query_term){tokens, prefix};
}

/* The closing mark of an opening quotation mark, or 0. */
static uint32_t closing_quote(uint32_t c) {
    static const uint32_t pairs[][2] = {{'"', '"'}, {0x201c, 0x201d}, {0x300c, 0x300d}, {0xff02, 0xff02}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0] == c)
            return pairs[i][1];
    return 0;
}

static bool is_white(uint32_t c) {
    return c == ' ' || (c >= 9 && c <= 13) || c == 0xa0 || c == 0x3000;
}

/* Takes code points up to one that `ends` (or is white, where it is 0) off *rest, together with that one. */
static struct str take_until(struct str *rest, uint32_t ends) {
    const char *begin = rest->p;
    size_t n = 0;
    while (rest->n) {
        n = (size_t)(rest->p - begin);
        struct str here = *rest;
        uint32_t c = utf8_next(rest);
        if (ends ? c == ends : is_white(c))
            return str_part(begin, n);
        if (!ends && closing_quote(c)) {
            *rest = here;
            return str_part(begin, n);
        }
        n = (size_t)(rest->p - begin);
    }
    return str_part(begin, n);
}

void search_query_parse(struct arena *a, struct str typed, struct search_query *ret) {
    *ret = (struct search_query){0};
    while (typed.n) {
        struct str rest = typed;
        uint32_t c = utf8_next(&rest);
        uint32_t closes = closing_quote(c);
        if (is_white(c) || closes)
            typed = rest;
        if (is_white(c))
            continue;
        struct str word = take_until(&typed, closes);
        bool prefix = str_ends(word, "*");
        if (closes && typed.n && typed.p[0] == '*') {
            prefix = true;
            typed = str_from(typed, 1);
        }
        add_term(a, word, prefix, ret);
    }
}

void search_query_add_fts5(struct buf *ret, const struct search_query *q) {
    for (size_t i = 0; i < q->n; i++) {
        buf_add_z(ret, i ? " AND \"" : "\"");
        buf_add(ret, q->term[i].tokens);
        buf_add_z(ret, q->term[i].prefix ? "\" *" : "\"");
    }
}
