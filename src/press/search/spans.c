// SPDX-License-Identifier: Apache-2.0
/* A question is asked of some of the newest texts first. How many hits these have says how far back the rest
 * is, or that there are so few that all of them may come at once. */
#include "press/search/spans.h"

#include "press/ask.h"
#include "press/search/blocks.h"
#include "queries.h"

#include <math.h>

enum {
    FIRST_SHARE = 2,   /* texts in the first span for each hit that is wanted … */
    FIRST_LEAST = 400, /* … and at least */
    FEW = 300,         /* hits that may come at once without a span, beside twice those that are wanted */
    MET = 8,           /* hits that say how far back the rest is … */
    FARTHER_MOST = 64, /* … a span is at most so much longer than what is behind it */
    FARTHER = 16,      /* … and with fewer hits */
};

int spans_begin(struct tx *tx, struct question *q, struct err *reterr) {
    ROWS_LOCAL(r);
    int64_t first = FIRST_SHARE * (int64_t)q->most;
    first = first > FIRST_LEAST ? first : FIRST_LEAST;
    const struct cell cells[] = {cell_z(q->language), cell_int(q->until_us), cell_int(first), cell_int(q->column_id)};
    int rc = tx_rows(tx, q->column_id ? &Q_search_bounds_column_postgres : &Q_search_bounds_postgres, cells,
                     q->column_id ? 4 : 3, &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc < 0)
        return rc;
    q->newest_us = rows_int(r, 0);
    q->first_us = rows_null(r, 1) ? INT64_MIN : rows_int(r, 1);
    q->oldest_us = rows_int(r, 2);
    return 0;
}

/* --- one round: each question that is not done, in its span --- */

struct round {
    struct buf match, from, until; /* a line a question */
    size_t asked;
};

static void round_clear(struct round *r) {
    buf_clear(&r->match);
    buf_clear(&r->from);
    buf_clear(&r->until);
}

static void add_number(struct buf *lines, bool first, int64_t n) {
    if (!first)
        buf_add_char(lines, '\n');
    buf_add_int(lines, n);
}

/* Column and span, the latter from where its first block begins. */
static void add_place(struct buf *match, const struct question *q, int64_t *from_us, int64_t until_us) {
    if (q->column_id) {
        buf_add_z(match, " & '@c");
        buf_add_int(match, q->column_id);
        buf_add_char(match, '\'');
    }
    size_t before = match->n;
    buf_add_z(match, " & ");
    if (*from_us == INT64_MIN || !blocks_add_span_query(match, from_us, until_us))
        buf_cut(match, before);
}

static void add_question(struct round *r, const struct question *q, struct spans_one *one) {
    buf_add_z(&r->match, r->asked ? "\n(" : "(");
    buf_add(&r->match, one->match);
    buf_add_char(&r->match, ')');
    int64_t from_us = one->from_us;
    add_place(&r->match, q, &from_us, one->until_us);
    one->from_us = from_us > q->from_us ? from_us : q->from_us;
    add_number(&r->from, !r->asked, one->from_us);
    add_number(&r->until, !r->asked, one->until_us);
    r->asked++;
}

static int run(struct tx *tx, const struct question *q, const struct round *round, struct spans_one **asked,
               struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, q->head ? &Q_search_run_head_postgres : &Q_search_run_postgres,
                     CELLS(cell_text(buf_str(&round->match)), cell_text(buf_str(&round->from)),
                           cell_text(buf_str(&round->until)), cell_z(q->language), cell_int((int64_t)q->most)),
                     &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        struct spans_one *one = asked[rows_int(r, 0) - 1];
        int64_t id = rows_int(r, 1);
        if (one->n < q->most)
            one->room[one->n++] = (struct hit){.row = id, .id = id, .published_us = rows_int(r, 2)};
        rc = 0;
    }
    return rc;
}

/* --- from span to span --- */

/* As much further back as the rest should need and a quarter more, at least as much again; to the end where few are
 * left to find. Of a word that was not met yet there may still be two in the next as long a span. */
static void move_on(const struct question *q, struct spans_one *one) {
    one->done = one->n >= q->most || one->from_us <= q->from_us || one->cut;
    if (one->done)
        return;
    double past = (double)(q->newest_us - one->from_us) + 1, left = (double)(one->from_us - q->oldest_us),
           n = (double)one->n, most = (double)q->most;
    one->until_us = one->from_us;
    double times = n > 0 ? 1.25 * (most - n) / n : FARTHER, times_most = n < MET ? FARTHER : FARTHER_MOST;
    double next = past * (times < 1 ? 1 : times > times_most ? times_most : times);
    bool few = (n + 2) * left <= (2 * most + FEW) * past;
    one->from_us = few || next >= left ? q->from_us : one->until_us - (int64_t)next;
}

/* Of a phrase's words the index does not know whether they follow each other: each text that has them is read, some 8
 * µs. How many these were in the span that was asked last says how far back the next may go. */
static int bound(struct tx *tx, const struct question *q, int64_t from_us, int64_t until_us, struct spans_one *one,
                 struct err *reterr) {
    BUF_LOCAL(match);
    buf_add(&match, q->apart);
    add_place(&match, q, &from_us, until_us);
    if (buf_failed(&match))
        return ask_no_memory(reterr);
    int64_t n = 0;
    int rc = ask_int(tx, q->head ? &Q_search_candidates_head_postgres : &Q_search_candidates_postgres,
                     CELLS(cell_text(buf_str(&match))), 0, &n, reterr);
    double most = (double)q->phrases_most, long_us = (double)(until_us - from_us);
    double farther = n ? long_us * most / (double)n : INFINITY;
    int64_t last_us = one->from_us > q->oldest_us ? one->from_us : q->oldest_us;
    if (rc == 0 && (double)(from_us - last_us) > farther) {
        one->from_us = from_us - (int64_t)farther;
        one->cut = true;
    }
    return rc;
}

static void start(const struct question *q, struct spans_one *one) {
    one->n = 0;
    one->done = one->cut = false;
    one->until_us = q->until_us;
    one->from_us = q->first_us > q->from_us ? q->first_us : q->from_us;
}

static int ask_round(struct tx *tx, const struct question *q, struct spans_one *one, size_t n, bool *ret_done,
                     struct err *reterr) {
    __attribute__((cleanup(round_clear))) struct round round = {BUF_INIT, BUF_INIT, BUF_INIT, 0};
    struct spans_one *asked[QUERY_TERMS_MOST];
    for (size_t i = 0; i < n; i++)
        if (!one[i].done) {
            asked[round.asked] = &one[i];
            add_question(&round, q, &one[i]);
        }
    *ret_done = round.asked == 0;
    if (*ret_done)
        return 0;
    if (buf_failed(&round.match) || buf_failed(&round.from) || buf_failed(&round.until))
        return ask_no_memory(reterr);
    int rc = run(tx, q, &round, asked, reterr);
    for (size_t i = 0; rc == 0 && i < round.asked; i++) {
        int64_t from_us = asked[i]->from_us, until_us = asked[i]->until_us;
        move_on(q, asked[i]);
        if (!asked[i]->done && q->apart.n && q->phrases_most)
            rc = bound(tx, q, from_us, until_us < q->newest_us ? until_us : q->newest_us + 1, asked[i], reterr);
    }
    return rc;
}

int spans_ask(struct tx *tx, const struct question *q, struct spans_one *one, size_t n, struct err *reterr) {
    if (n > QUERY_TERMS_MOST)
        BUG("more questions than a query has terms");
    for (size_t i = 0; i < n; i++)
        start(q, &one[i]);
    bool done = false;
    int rc = 0;
    while (rc == 0 && !done)
        rc = ask_round(tx, q, one, n, &done, reterr);
    for (size_t i = 0; i < n; i++)
        one[i].cut &= one[i].n < q->most;
    return rc;
}
