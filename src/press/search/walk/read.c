// SPDX-License-Identifier: Apache-2.0
/* The rows of all words that are wanted now, in one statement for words and one for beginnings of words. Where one word
 * of a question has far fewer texts than the others, its rows are read first, and of theirs only those around its
 * texts. */
#include "base/array.h"
#include "press/ask.h"
#include "press/search/list_rows.h"
#include "press/search/lists.h"
#include "press/search/walk/walking.h"
#include "queries.h"

enum { FEWER = 3 /* times less to read: that word is read first */ };

/* --- reading rows --- */

static int add_row(struct walking *w, struct token *t, const struct rows *r, struct err *reterr) {
    struct postings_row row = {t->word, rows_text(r, 3), STR_NONE, rows_int(r, 1), rows_int(r, 2)};
    if (w->with_places)
        row.places = arena_str(w->rows, rows_text(r, 4));
    t->rows++;
    t->bytes += row.texts.n;
    t->begins = row.first_docid > t->begins ? row.first_docid : t->begins;
    const struct postings_wanted wanted = {w->with_places, w->round.span.first, w->round.span.last, w->around};
    return postings_take(&t->texts, &row, &wanted, reterr);
}

static int ask_rows(struct walking *w, bool prefix, struct str words, struct rows **ret, struct err *reterr) {
    const struct part *p = &w->part;
    if (buf_failed(&p->first) || buf_failed(&p->last) || buf_failed(&p->each) || buf_failed(&p->near))
        return ask_no_memory(reterr);
    struct cell first = cell_int(w->round.span.first), last = cell_int(w->round.span.last),
                near = cell_text(buf_str(&p->near)), places = cell_int(w->with_places);
    return prefix
               ? tx_rows(w->tx, &Q_search_list_beginnings_postgres,
                         CELLS(cell_text(buf_str(&p->each)), cell_text(words), first, last, near, places), ret, reterr)
               : tx_rows(w->tx, &Q_search_list_rows_postgres,
                         CELLS(cell_text(buf_str(&p->first)), cell_text(buf_str(&p->last)), cell_text(words), first,
                               last, cell_int(w->rows_most), near, places),
                         ret, reterr);
}

/* The rows of all wanted tokens that are prefixes, or are not, in w->part. */
static int read_tokens(struct walking *w, bool prefix, struct err *reterr) {
    BUF_LOCAL(words);
    ROWS_LOCAL(r);
    size_t n = 0, *which = arena_array(w->rows, w->tokens + 1, sizeof *which);
    for (size_t i = 0; which && i < w->tokens; i++)
        if (w->token[i].wanted && w->token[i].prefix == prefix) {
            if (n)
                buf_add_char(&words, ' ');
            buf_add(&words, w->token[i].word);
            which[n++] = i;
        }
    if (which && !n)
        return 0;
    if (!which || buf_failed(&words))
        return ask_no_memory(reterr);
    int rc = ask_rows(w, prefix, buf_str(&words), &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0)
        rc = add_row(w, &w->token[which[rows_int(r, 0) - 1]], r, reterr);
    if (rc == 0 && arena_failed(w->rows))
        rc = ask_no_memory(reterr);
    return rc;
}

static int read_wanted(struct walking *w, struct err *reterr) {
    int rc = read_tokens(w, false, reterr);
    if (rc == 0)
        rc = read_tokens(w, true, reterr);
    for (size_t i = 0; rc == 0 && i < w->tokens; i++) {
        rc = postings_sort(&w->token[i].texts, reterr);
        w->token[i].wanted = false;
    }
    return rc;
}

/* --- which rows --- */

static void add_to_list(struct buf *list, int64_t n) {
    if (list->n)
        buf_add_char(list, ' ');
    buf_add_int(list, n);
}

static void begin_part(struct walking *w) {
    buf_reset(&w->part.first);
    buf_reset(&w->part.last);
    buf_reset(&w->part.each);
    buf_reset(&w->part.near);
}

static void add_span(struct walking *w, int64_t first, int64_t last) {
    add_to_list(&w->part.first, first);
    add_to_list(&w->part.last, last);
}

/* Blocks [from, to) of w->block. */
static void add_blocks(struct walking *w, size_t from, size_t to) {
    add_span(w, w->block[from].block, w->block[to - 1].block);
    for (size_t i = from; i < to; i++)
        add_to_list(&w->part.each, w->block[i].block);
}

/* Blocks in which a token has texts in this round; and around those, where they are fewer than the rows that would be
 * read otherwise. */
static void add_texts(struct walking *w, const struct postings *t) {
    double rows = w->rows_a_text * w->round.texts;
    size_t begin = w->round.begin, end = begin; /* blocks to be added */
    for (size_t i = 0, at = begin; i < t->n; i++) {
        int64_t block = lists_block(t->item[i].docid, w->walk->head);
        while (at + 1 < w->round.end && w->block[at].block < block)
            at++;
        if (i && t->item[i].docid == t->item[i - 1].docid)
            continue;
        if ((double)t->n < rows)
            add_to_list(&w->part.near, t->item[i].docid);
        if (begin < end && at > end)
            add_blocks(w, begin, end);
        if (begin == end || at > end)
            begin = at;
        end = at + 1;
    }
    if (begin < end)
        add_blocks(w, begin, end);
}

static bool is_asked(const struct walking *w, size_t token) {
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; !w->asked[i].question->done && k < w->asked[i].n; k++)
            for (size_t j = 0; j < w->asked[i].term[k].n; j++)
                if (w->asked[i].term[k].token[j] == token)
                    return true;
    return false;
}

/* Chooses the one token that is to be read before the others, if there is one. Those are not read whole from then on:
 * once chosen, it stays. */
static void choose_rare(struct walking *w) {
    if (w->rare || w->n != 1 || w->tokens < 2 || w->texts < 1)
        return;
    struct token *rare = &w->token[0];
    size_t most = 0;
    for (size_t i = 0; i < w->tokens; i++) {
        rare = w->token[i].bytes < rare->bytes ? &w->token[i] : rare;
        most = w->token[i].bytes > most ? w->token[i].bytes : most;
    }
    if (rare->bytes * FEWER > most)
        return;
    w->rare = rare;
    w->rows_a_text = (double)most / LIST_ROWS_TEXTS / w->texts;
}

/* Nothing of the round has been read yet. */
static int begin_round(struct walking *w, struct err *reterr) {
    arena_free(w->rows);
    w->rows = arena_new(0);
    for (size_t i = 0; i < w->tokens; i++) {
        postings_reset(&w->token[i].texts);
        w->token[i].at = w->token[i].rows = 0;
        w->token[i].begins = 0;
    }
    begin_part(w);
    return w->rows ? 0 : ask_no_memory(reterr);
}

int walking_read_first(struct walking *w, int64_t most, struct err *reterr) {
    int rc = begin_round(w, reterr);
    w->rows_most = most;
    add_span(w, lists_block(w->round.span.first, w->walk->head), lists_block(w->round.span.last, w->walk->head));
    for (size_t i = 0; i < w->tokens; i++)
        w->token[i].wanted = is_asked(w, i);
    return rc < 0 ? rc : read_wanted(w, reterr);
}

int walking_read_round(struct walking *w, struct err *reterr) {
    int rc = begin_round(w, reterr);
    if (rc < 0)
        return rc;
    choose_rare(w);
    struct token *rare = w->rare;
    add_blocks(w, w->round.begin, w->round.end);
    for (size_t i = 0; i < w->tokens; i++)
        w->token[i].wanted = rare ? &w->token[i] == rare : is_asked(w, i);
    rc = read_wanted(w, reterr);
    if (rc < 0 || !rare || !rare->texts.n)
        return rc;
    begin_part(w);
    add_texts(w, &rare->texts);
    for (size_t i = 0; i < w->tokens; i++)
        w->token[i].wanted = &w->token[i] != rare;
    w->around = &rare->texts;
    rc = read_wanted(w, reterr);
    w->around = NULL;
    return rc;
}
