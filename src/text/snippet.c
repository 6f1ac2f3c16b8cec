// SPDX-License-Identifier: Apache-2.0
/* Snippets: where a query hits a text, and the stretch around the best hits. */
#include "text/escape.h"
#include "text/tokens.h"
#include "text/tokens_walk.h"
#include "text/utf8.h"

#include <string.h>

enum { HITS_MOST = 64 };

struct hit {
    size_t begin, end, term;
};

struct hits {
    size_t n;
    struct hit hit[HITS_MOST];
};

static bool token_fits(const struct token_walk *w, struct str wanted, bool prefix) {
    return prefix ? w->n >= wanted.n && memcmp(w->token, wanted.p, wanted.n) == 0
                  : str_eq(str_part(w->token, w->n), wanted);
}

/* Whether the term's tokens follow each other from the walker's present token on. */
static bool term_fits(struct token_walk w, const struct query_term *t, size_t *ret_end) {
    struct str rest = t->tokens, wanted;
    (void)str_cut(&rest, ' ', &wanted); /* a term has at least one token */
    for (;;) {
        bool last = !rest.n, prefix = last && t->prefix;
        if (!token_fits(&w, wanted, prefix))
            return false;
        if (last) {
            *ret_end = prefix && w.unspaced && utf8_count(wanted) == 1 ? w.first_end : w.end;
            return true;
        }
        if (!str_cut(&rest, ' ', &wanted) || !token_walk_next(&w))
            return false;
    }
}

static void find_hits(struct str text, const struct search_query *q, struct hits *ret) {
    struct token_walk w = token_walk_init(text);
    while (ret->n < HITS_MOST && token_walk_next(&w))
        for (size_t i = 0; i < q->n && ret->n < HITS_MOST; i++) {
            size_t end;
            if (term_fits(w, &q->term[i], &end))
                ret->hit[ret->n++] = (struct hit){w.begin, end, i};
        }
}

/* The first hit of the window that shows most different terms. */
static size_t best_hit(struct str text, const struct hits *hits, size_t most) {
    size_t best = 0;
    int best_terms = 0;
    for (size_t i = 0; i < hits->n; i++) {
        struct str window = utf8_first(str_from(text, hits->hit[i].begin), most);
        uint32_t seen = 0;
        for (size_t k = i; k < hits->n && hits->hit[k].begin < hits->hit[i].begin + window.n; k++)
            seen |= UINT32_C(1) << hits->hit[k].term;
        int terms = __builtin_popcount(seen);
        if (terms > best_terms) {
            best_terms = terms;
            best = i;
        }
    }
    return best;
}

/* Goes back at most `most` characters from `at`, to the beginning of a word. */
static size_t step_back(struct str text, size_t at, size_t most) {
    size_t begin = at, word = at;
    while (begin > 0 && most) {
        begin--;
        if (((unsigned char)text.p[begin] & 0xc0) == 0x80)
            continue;
        most--;
        struct str here = str_from(text, begin);
        uint32_t c = utf8_next(&here);
        if (c == ' ' || c == '\n')
            word = begin + 1;
        else if (utf8_is_unspaced(c) || begin == 0)
            word = begin;
    }
    return word;
}

static void add_flat(struct buf *ret, struct str s) {
    struct str line;
    for (bool first = true; str_cut(&s, '\n', &line); first = false) {
        if (!first)
            buf_add_char(ret, ' ');
        escape_html(ret, line);
    }
}

static void add_marked(struct buf *ret, struct str text, size_t begin, size_t end, const struct hits *hits) {
    size_t at = begin;
    for (size_t i = 0; i < hits->n; i++) {
        size_t from = hits->hit[i].begin, to = hits->hit[i].end;
        while (i + 1 < hits->n && hits->hit[i + 1].begin <= to) { /* pairs overlap: one mark for all */
            i++;
            if (hits->hit[i].end > to)
                to = hits->hit[i].end;
        }
        if (from < at || to > end)
            continue;
        add_flat(ret, str_part(text.p + at, from - at));
        buf_add_z(ret, "<mark>");
        add_flat(ret, str_part(text.p + from, to - from));
        buf_add_z(ret, "</mark>");
        at = to;
    }
    add_flat(ret, str_part(text.p + at, end - at));
}

void snippet_add(struct buf *ret, struct str text, const struct search_query *q, size_t most) {
    struct hits hits = {0};
    find_hits(text, q, &hits);
    size_t begin = hits.n ? step_back(text, hits.hit[best_hit(text, &hits, most)].begin, most / 4) : 0;
    size_t end = begin + utf8_first(str_from(text, begin), most).n;
    if (end < text.n) { /* rather end at a space than within a word */
        size_t back = end;
        while (back > begin && end - back < 24 && text.p[back] != ' ' && text.p[back] != '\n')
            back--;
        if (text.p[back] == ' ' || text.p[back] == '\n')
            end = back;
    }
    if (begin)
        buf_add_z(ret, "…");
    add_marked(ret, text, begin, end, &hits);
    if (end < text.n)
        buf_add_z(ret, "…");
}
