// SPDX-License-Identifier: Apache-2.0
/* Snippets: where a query hits a text, and the stretch around the best hits. */
#include "text/snippet.h"

#include "text/escape.h"
#include "text/flat.h"
#include "text/tokens_walk.h"
#include "text/utf8.h"

#include <string.h>

static struct str part(struct str text, size_t from, size_t to) {
    return str_first(str_from(text, from), to - from);
}

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

/* Where a hit stands; place is counted in characters. */
struct hit {
    bool is;
    size_t place, begin, end;
};

/* How many terms have their last hit within `most` characters before hit `now`; *ret is the stretch from the first of
 * these to the end of `now`. */
static size_t stretch_back(const struct hit *last, size_t n, const struct hit *now, size_t most, struct hit *ret) {
    size_t terms = 0;
    *ret = *now;
    for (size_t i = 0; i < n; i++) {
        if (!last[i].is || last[i].place + most < now->place)
            continue;
        terms++;
        if (last[i].begin < ret->begin)
            ret->begin = last[i].begin;
    }
    return terms;
}

/* The first stretch of at most `most` characters with hits of most different terms. */
static struct hit best_stretch(struct str text, const struct search_query *q, size_t most) {
    struct hit last[QUERY_TERMS_MOST] = {{0}}, best = {0};
    struct token_walk w = token_walk_init(text);
    size_t best_terms = 0, place = 0, counted = 0;
    while (best_terms < q->n && token_walk_next(&w)) {
        for (size_t i = 0; i < q->n; i++) {
            size_t end;
            if (!term_fits(w, &q->term[i], &end))
                continue;
            place += utf8_count(part(text, counted, w.begin));
            counted = w.begin;
            last[i] = (struct hit){true, place, w.begin, end};
            struct hit here;
            size_t terms = stretch_back(last, q->n, &last[i], most, &here);
            if (terms > best_terms) {
                best_terms = terms;
                best = here;
            }
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
        if (begin == 0 || utf8_is_unspaced(c))
            word = begin;
        else if (c == ' ' || c == '\n' || c == '\t')
            word = begin + 1;
    }
    return word;
}

static void add_flat(struct buf *ret, struct str text, size_t from, size_t to) {
    for (size_t at = from; at < to; at++)
        if (text.p[at] == '\n' || text.p[at] == '\t') {
            escape_html(ret, part(text, from, at));
            buf_add(ret, flat_between(text, at));
            from = at + 1;
        }
    escape_html(ret, part(text, from, to));
}

/* The text from `at`, with a mark around from … to; gives the place behind it. */
static size_t add_mark(struct buf *ret, struct str text, size_t at, size_t from, size_t to) {
    add_flat(ret, text, at, from);
    buf_add_z(ret, "<mark>");
    add_flat(ret, text, from, to);
    buf_add_z(ret, "</mark>");
    return to;
}

/* The end of the longest term that begins with the walker's present token; 0 for none. */
static size_t longest_hit(const struct token_walk *w, const struct search_query *q) {
    size_t longest = 0, end;
    for (size_t i = 0; i < q->n; i++)
        if (term_fits(*w, &q->term[i], &end) && end > longest)
            longest = end;
    return longest;
}

static void add_marked(struct buf *ret, struct str text, size_t begin, size_t end, const struct search_query *q) {
    struct token_walk w = token_walk_init(text);
    size_t at = begin, from = begin, to = 0; /* to: 0 while no mark is open */
    w.at = begin;
    while (token_walk_next(&w) && w.begin < end) {
        size_t hit_end = longest_hit(&w, q);
        if (!hit_end)
            continue;
        if (hit_end > end)
            hit_end = end;
        if (!to || w.begin > to) { /* pairs overlap: one mark for all */
            if (to)
                at = add_mark(ret, text, at, from, to);
            from = w.begin;
            to = hit_end;
        } else if (hit_end > to) {
            to = hit_end;
        }
    }
    if (to)
        at = add_mark(ret, text, at, from, to);
    add_flat(ret, text, at, end);
}

/* Rather a space than the midst of a word, but nothing of the hits. */
static size_t step_to_space(struct str text, size_t end, size_t least) {
    for (size_t back = end; back >= least && back > 0 && end - back < 24; back--)
        if (text.p[back] == ' ' || text.p[back] == '\n' || text.p[back] == '\t')
            return back;
    return end;
}

void snippet_add(struct buf *ret, struct str text, const struct search_query *q, size_t most) {
    size_t before = most / 4;
    struct hit best = best_stretch(text, q, most - before);
    size_t begin = best.is ? step_back(text, best.begin, before) : 0;
    size_t end = begin + utf8_first(str_from(text, begin), most).n;
    if (end < text.n)
        end = step_to_space(text, end, best.end > begin ? best.end : begin + 1);
    if (begin)
        buf_add_z(ret, "…");
    add_marked(ret, text, begin, end, q);
    if (end < text.n)
        buf_add_z(ret, "…");
}
