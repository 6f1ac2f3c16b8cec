// SPDX-License-Identifier: Apache-2.0
/* Single words need no more rows than texts are wanted, and are read at once. Else there are rounds: in each the rows
 * of a span of numbers are read, as far as the hits so far say that it takes. */
#include "press/search/walk.h"

#include "base/array.h"
#include "press/ask.h"
#include "press/search/lists.h"
#include "press/search/walk/walking.h"
#include "queries.h"
#include "text/utf8.h"

#include <stdlib.h>

enum {
    FIRST_TEXTS = 4000,       /* of the first round … */
    FIRST_TEXTS_HEAD = 40000, /* … in titles and keywords */
    FARTHER_MOST = 256,       /* a round has at most so many times as many as those before … */
    FARTHER_PLACES = 16,      /* … which are read with their places */
    FIRST_ROWS = 4,           /* of a word that is asked for alone … */
    TEXTS_A_ROW = 256,        /* … and one more for so many texts that are wanted; most often they are enough */
};

static void walking_clear(struct walking *w) {
    for (size_t i = 0; i < w->tokens; i++)
        postings_clear(&w->token[i].texts);
    buf_clear(&w->part.first);
    buf_clear(&w->part.last);
    buf_clear(&w->part.each);
    buf_clear(&w->part.near);
    free(w->block);
    free(w->here.item);
    free(w->next.item);
    arena_free(w->rows);
    arena_free(w->arena);
}

/* --- what is asked --- */

static size_t token_of(struct walking *w, struct str word, bool prefix) {
    for (size_t i = 0; i < w->tokens; i++)
        if (w->token[i].prefix == prefix && str_eq(w->token[i].word, word))
            return i;
    w->token[w->tokens] = (struct token){.word = word, .prefix = prefix};
    w->prefixed |= prefix;
    return w->tokens++;
}

static size_t count_tokens(struct str tokens) {
    size_t n = 0;
    struct str token;
    while (str_cut(&tokens, ' ', &token))
        n += token.n > 0;
    return n;
}

/* Asked for alone it is a word of its own: *ret. */
static bool is_character(struct walking *w, struct str token, struct str *ret) {
    BUF_LOCAL(word);
    if (utf8_count(token) != 1 || !lists_character_word(&word, token))
        return false;
    *ret = arena_buf(w->arena, &word);
    return true;
}

static struct term make_term(struct walking *w, const struct query_term *from) {
    size_t n = count_tokens(from->tokens), at = 0;
    size_t *list = arena_array(w->arena, n ? n : 1, sizeof *list);
    struct str rest = from->tokens, token;
    while (list && str_cut(&rest, ' ', &token))
        if (token.n) {
            bool prefix = from->prefix && at + 1 == n;
            list[at++] = prefix && n == 1 && is_character(w, token, &token) ? token_of(w, token, false)
                                                                            : token_of(w, token, prefix);
        }
    return (struct term){list, at};
}

static void add_asked(struct walking *w, struct walk_question *one, struct str column) {
    struct asked *a = &w->asked[w->n++];
    const struct search_query *q = one->query;
    one->n = 0;
    one->done = !one->most || !q->n;
    *a = (struct asked){.question = one, .term = arena_array(w->arena, q->n + 1, sizeof *a->term)};
    for (size_t i = 0; a->term && i < q->n; i++)
        a->term[a->n++] = make_term(w, &q->term[i]);
    for (size_t i = 0; i < a->n; i++)
        w->with_places |= a->term[i].n > 1;
    if (a->term && column.n)
        a->term[a->n++] = make_term(w, &(struct query_term){.tokens = column});
    w->single &= a->n == 1 && a->term[0].n == 1 && !w->token[a->term[0].token[0]].prefix;
}

static int begin(struct walking *w, struct walk_question *one, size_t n, struct err *reterr) {
    BUF_LOCAL(column);
    size_t most = n; /* a column each */
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < one[i].query->n; k++)
            most += count_tokens(one[i].query->term[k].tokens);
    if (w->walk->column_id)
        lists_column_word(&column, w->walk->column_id);
    if (!w->arena || buf_failed(&column) || !(w->token = arena_array(w->arena, most, sizeof *w->token)))
        return ask_no_memory(reterr);
    struct str kept = arena_buf(w->arena, &column);
    for (size_t i = 0; i < n; i++)
        add_asked(w, &one[i], kept);
    return arena_failed(w->arena) ? ask_no_memory(reterr) : 0;
}

static int read_blocks(struct walking *w, struct err *reterr) {
    ROWS_LOCAL(r);
    size_t room = 0;
    int rc = tx_rows(w->tx, &Q_search_blocks_postgres,
                     CELLS(cell_int(lists_block(w->walk->span.first, w->walk->head)),
                           cell_int(lists_block(w->walk->span.last, w->walk->head))),
                     &r, reterr);
    for (; rc == 0 && (rc = rows_next(r, reterr)) > 0; rc = 0) {
        struct block *more = array_grow(w->block, w->blocks, &room, sizeof *more);
        if (!more)
            return ask_no_memory(reterr);
        w->block = more;
        w->block[w->blocks++] = (struct block){rows_int(r, 0), rows_int(r, 1), rows_int(r, 2), rows_int(r, 3)};
    }
    return rc;
}

/* --- rounds --- */

/* How many texts the next round should have: as many as the rest should need, and a quarter more. */
static double texts_wanted(const struct walking *w) {
    double times = 1, most = w->with_places ? FARTHER_PLACES : FARTHER_MOST;
    for (size_t i = 0; i < w->n; i++) {
        const struct walk_question *q = w->asked[i].question;
        double more = q->n ? 1.25 * (double)(q->most - q->n) / (double)q->n : most;
        if (!q->done && more > times)
            times = more;
    }
    double first = w->walk->head && !w->prefixed ? FIRST_TEXTS_HEAD : FIRST_TEXTS;
    return w->texts < 1 ? first : w->texts * (times > most ? most : times);
}

/* Adds what the round takes of a block, whose texts are taken to stand at even distances. A last quarter is not left
 * for a round of its own. */
static void add_to_round(struct round *r, const struct block *b, double wanted) {
    int64_t first = r->span.first > b->first ? r->span.first : b->first;
    double numbers = (double)(b->last - first) + 1,
           texts = numbers > 0 ? (double)b->texts * numbers / ((double)(b->last - b->first) + 1) : 0;
    double rest = wanted - r->texts;
    bool whole = texts <= 1.25 * rest;
    r->texts += whole ? texts : rest;
    r->span.last = whole ? b->last : first + (int64_t)(numbers * rest / texts);
    r->end++;
}

/* Begins where the last one ended. */
static void next_round(struct walking *w) {
    struct round *r = &w->round;
    double wanted = texts_wanted(w);
    const struct block *b = w->block;
    r->texts = 0;
    r->span.first = r->end ? r->span.last + 1 : w->walk->span.first;
    r->begin = r->end && r->span.last < b[r->end - 1].last ? r->end - 1 : r->end;
    r->end = r->begin;
    do
        add_to_round(r, &b[r->end], wanted);
    while (r->end < w->blocks && r->span.last == b[r->end - 1].last && r->texts < wanted);
    if (r->span.last > w->walk->span.last)
        r->span.last = w->walk->span.last;
}

static bool is_at_the_end(const struct walking *w) {
    const struct round *r = &w->round;
    return !w->blocks || (r->end == w->blocks &&
                          (r->span.last >= w->block[w->blocks - 1].last || r->span.last >= w->walk->span.last));
}

static bool is_over(struct walking *w) {
    bool over = true;
    for (size_t i = 0; i < w->n; i++) {
        struct walk_question *q = w->asked[i].question;
        q->done |= q->n >= q->most;
        over &= q->done;
    }
    return over;
}

/* The first rows of each word. Rows may lie over each other, so that a text counts as found only where those that begin
 * behind the last one cannot hold one before it; what is not answered so is as if it had not been asked. */
static int ask_first(struct walking *w, int64_t most, struct err *reterr) {
    w->round.span = w->walk->span;
    int rc = walking_read_first(w, most, reterr);
    if (rc == 0)
        rc = walking_match(w, reterr);
    for (size_t i = 0; rc == 0 && i < w->n; i++) {
        struct walk_question *q = w->asked[i].question;
        if (q->done)
            continue;
        const struct token *t = &w->token[w->asked[i].term->token[0]];
        q->done = (int64_t)t->rows < most || (q->n >= q->most && q->docid[q->most - 1] <= t->begins);
        q->n = q->done ? q->n : 0;
    }
    return rc;
}

/* As many rows as texts are wanted are enough, unless there are dead ones among them, or too late ones. */
static int ask_single(struct walking *w, struct err *reterr) {
    size_t most = 0, first;
    for (size_t i = 0; i < w->n; i++)
        most = w->asked[i].question->most > most ? w->asked[i].question->most : most;
    first = FIRST_ROWS + most / TEXTS_A_ROW;
    int rc = ask_first(w, (int64_t)first, reterr);
    if (rc == 0 && most > first && !is_over(w))
        rc = ask_first(w, (int64_t)most, reterr);
    w->rows_most = WALKING_ROWS_ALL;
    w->round = (struct round){0};
    return rc;
}

static int ask_round(struct walking *w, struct err *reterr) {
    next_round(w);
    int rc = walking_read_round(w, reterr);
    if (rc == 0)
        rc = walking_match(w, reterr);
    w->texts += w->round.texts;
    return rc;
}

static int ask_rounds(struct walking *w, struct err *reterr) {
    int rc = read_blocks(w, reterr);
    while (rc == 0 && !is_over(w) && !is_at_the_end(w))
        rc = ask_round(w, reterr);
    return rc;
}

int walk_ask(struct tx *tx, const struct walk *walk, struct walk_question *one, size_t n, struct err *reterr) {
    if (n > QUERY_TERMS_MOST)
        BUG("more questions than a query has terms");
    __attribute__((cleanup(walking_clear))) struct walking w = {.tx = tx,
                                                                .walk = walk,
                                                                .arena = arena_new(0),
                                                                .single = true,
                                                                .rows_most = WALKING_ROWS_ALL,
                                                                .part = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT}};
    int rc = begin(&w, one, n, reterr);
    if (rc == 0 && w.single)
        rc = ask_single(&w, reterr);
    return rc < 0 || is_over(&w) ? rc : ask_rounds(&w, reterr);
}
