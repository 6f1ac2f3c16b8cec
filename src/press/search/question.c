// SPDX-License-Identifier: Apache-2.0
/* Asking the index. Language and time are a span of numbers (place.h), and nothing is read but the words' lists. Where
 * that does not say enough (on SQLite a column is asked for, or texts have no place yet) the words are asked for with
 * search_doc's rows beside them: a walk along a facet costs more, and is taken where too many rows are not wanted. */
#include "press/search/question.h"

#include "press/ask.h"
#include "press/search/facets.h"
#include "press/search/place.h"
#include "press/search/walk.h"
#include "queries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN_SHARE = 4 }; /* rows looked at for one that is wanted, before the facets are asked */

int question_text(struct tx *tx, const struct search_query *query, struct question *q, struct buf *room,
                  struct err *reterr) {
    q->query = query;
    if (!ask_on_sqlite(tx))
        return 0;
    search_query_add_fts5(room, query);
    q->guarded = false;
    for (size_t i = 0; i < query->n; i++)
        q->guarded |= search_facets_may_be(query->term[i].tokens);
    q->match = buf_str(room);
    return buf_failed(room) ? ask_no_memory(reterr) : 0;
}

/* --- SQLite --- */

static void add_match(struct buf *match, const struct question *q, bool fields) {
    if (q->head)
        buf_add_z(match, "{title keywords} : ");
    else if (fields)
        buf_add_z(match, "{title keywords summary body} : ");
    buf_add_char(match, '(');
    buf_add(match, q->match);
    buf_add_char(match, ')');
}

static void add_plain_match(struct buf *match, const struct question *q) {
    if (q->head)
        buf_add(match, q->match);
    else
        add_match(match, q, q->guarded);
}

static bool wanted(const struct question *q, const struct rows *r) {
    int64_t us = rows_int(r, 2);
    return us >= q->from_us && us < q->until_us && (!q->column_id || rows_int(r, 4) == q->column_id) &&
           str_is(rows_text(r, 3), q->language);
}

static struct hit hit_of(const struct rows *r) {
    return (struct hit){.row = rows_int(r, 0), .id = rows_int(r, 1), .published_us = rows_int(r, 2)};
}

static const struct search_span loose = {0, PLACE_FIRST - 1};

static bool is_loose(struct search_span span) {
    return span.last < PLACE_FIRST;
}

static const struct query *plain_query(const struct question *q, struct search_span span) {
    if (is_loose(span))
        return q->head ? &Q_search_loose_plain_head_sqlite : &Q_search_loose_plain_sqlite;
    return q->head ? &Q_search_plain_head_sqlite : &Q_search_plain_sqlite;
}

/* *ret_whole: nothing can be missing. */
static int ask_plain(struct tx *tx, const struct question *q, struct search_span span, struct hit *room, size_t *ret_n,
                     bool *ret_whole, struct err *reterr) {
    BUF_LOCAL(match);
    ROWS_LOCAL(r);
    add_plain_match(&match, q);
    if (buf_failed(&match))
        return ask_no_memory(reterr);
    size_t n = 0, seen = 0, most = PLAIN_SHARE * q->most;
    int rc =
        tx_rows(tx, plain_query(q, span),
                CELLS(cell_text(buf_str(&match)), cell_int(span.first), cell_int(span.last), cell_int((int64_t)most)),
                &r, reterr);
    while (rc == 0 && n < q->most && (rc = rows_next(r, reterr)) > 0) {
        seen++;
        if (wanted(q, r))
            room[n++] = hit_of(r);
        rc = 0;
    }
    *ret_n = n;
    *ret_whole = n == q->most || seen < most;
    return rc;
}

static int take_all(const struct question *q, struct rows *r, struct hit *room, size_t *ret_n, struct err *reterr) {
    int rc = 0;
    size_t n = 0;
    while (n < q->most && (rc = rows_next(r, reterr)) > 0) {
        room[n++] = hit_of(r);
        rc = 0;
    }
    *ret_n = n;
    return rc;
}

/* What search_doc says of each is compared. */
static int ask_with_rows(struct tx *tx, const struct question *q, struct search_span span, struct hit *room,
                         size_t *ret_n, struct err *reterr) {
    bool whole = false;
    int rc = ask_plain(tx, q, span, room, ret_n, &whole, reterr);
    if (rc < 0 || whole)
        return rc;
    BUF_LOCAL(match);
    ROWS_LOCAL(r);
    search_facets_add_match(&match, q->language, q->column_id, q->from_us, q->until_us);
    buf_add_z(&match, " AND ");
    add_match(&match, q, true);
    if (buf_failed(&match))
        return ask_no_memory(reterr);
    rc = tx_rows(tx, is_loose(span) ? &Q_search_loose_run_sqlite : &Q_search_run_sqlite,
                 CELLS(cell_text(buf_str(&match)), cell_int(span.first), cell_int(span.last), cell_int(q->from_us),
                       cell_int(q->until_us), cell_int((int64_t)q->most)),
                 &r, reterr);
    return rc < 0 ? rc : take_all(q, r, room, ret_n, reterr);
}

/* The numbers alone. */
static int ask_numbers(struct tx *tx, const struct question *q, struct search_span span, struct hit *room,
                       size_t *ret_n, struct err *reterr) {
    BUF_LOCAL(match);
    ROWS_LOCAL(r);
    add_plain_match(&match, q);
    if (buf_failed(&match))
        return ask_no_memory(reterr);
    size_t n = 0;
    int rc = tx_rows(
        tx, q->head ? &Q_search_placed_head_sqlite : &Q_search_placed_sqlite,
        CELLS(cell_text(buf_str(&match)), cell_int(span.first), cell_int(span.last), cell_int((int64_t)q->most)), &r,
        reterr);
    while (rc == 0 && n < q->most && (rc = rows_next(r, reterr)) > 0) {
        room[n++] = (struct hit){.row = rows_int(r, 0)};
        rc = 0;
    }
    *ret_n = n;
    return rc;
}

/* --- PostgreSQL --- */

static int by_time(const void *x, const void *y) {
    const struct hit *a = x, *b = y;
    if (a->published_us != b->published_us)
        return a->published_us > b->published_us ? -1 : 1;
    return a->id > b->id ? -1 : a->id < b->id;
}

static int ask_lists(struct tx *tx, const struct question *q, struct search_span span, struct hit *room, size_t *ret_n,
                     struct err *reterr) {
    struct walk walk = {.head = q->head, .column_id = q->column_id, .span = span, .dead = q->where.dead};
    struct walk_question one = {.query = q->query, .most = q->most, .docid = calloc(q->most, sizeof *one.docid)};
    if (!one.docid)
        return ask_no_memory(reterr);
    int rc = walk_ask(tx, &walk, &one, 1, reterr);
    for (size_t i = 0; i < one.n; i++)
        room[i] = (struct hit){.row = one.docid[i]};
    *ret_n = one.n;
    free(one.docid);
    return rc < 0 || !q->with_ids ? rc : question_take_ids(tx, room, one.n, reterr);
}

/* What search_doc says of n numbers, in any order; dead ones are in no row. */
static int read_docs(struct tx *tx, const struct hit *hit, size_t n, struct rows **ret, struct err *reterr) {
    BUF_LOCAL(numbers);
    for (size_t i = 0; i < n; i++)
        if (hit[i].row && !hit[i].id)
            buf_printf(&numbers, numbers.n ? " %" PRId64 : "%" PRId64, hit[i].row);
    return buf_failed(&numbers)
               ? ask_no_memory(reterr)
               : tx_rows(tx, &Q_search_docs_postgres, CELLS(cell_text(buf_str(&numbers))), ret, reterr);
}

/* All that have no place, which are few. */
static int ask_loose_lists(struct tx *tx, const struct question *q, struct search_span span, struct hit *room,
                           size_t *ret_n, struct err *reterr) {
    ROWS_LOCAL(r);
    int64_t most = 0;
    struct question all = *q;
    all.with_ids = false;
    int rc = ask_int(tx, &Q_search_loose_count, CELLS(cell_int(PLACE_FIRST)), 0, &most, reterr);
    all.most = (size_t)most;
    struct hit *hit = calloc(all.most + 1, sizeof *hit);
    size_t n = 0, taken = 0;
    if (!hit)
        return ask_no_memory(reterr);
    rc = rc < 0 || !most ? rc : ask_lists(tx, &all, span, hit, &n, reterr);
    rc = rc < 0 ? rc : read_docs(tx, hit, n, &r, reterr);
    while (rc == 0 && taken < n && (rc = rows_next(r, reterr)) > 0) {
        if (wanted(q, r))
            hit[taken++] = hit_of(r);
        rc = 0;
    }
    if (taken)
        qsort(hit, taken, sizeof *hit, by_time);
    *ret_n = taken < q->most ? taken : q->most;
    for (size_t i = 0; i < *ret_n; i++)
        room[i] = hit[i];
    free(hit);
    return rc;
}

/* --- both --- */

static int find_where(struct tx *tx, struct question *q, struct err *reterr) {
    int rc = q->where_known ? 0 : search_place_where(tx, q->language, q->from_us, q->until_us, &q->where, reterr);
    q->where_known = rc == 0;
    return rc;
}

static int ask_placed(struct tx *tx, const struct question *q, struct hit *room, size_t *ret_n, struct err *reterr) {
    struct search_span span = q->where.span;
    *ret_n = 0;
    if (span.first > span.last)
        return 0;
    if (!ask_on_sqlite(tx))
        return ask_lists(tx, q, span, room, ret_n, reterr);
    return q->column_id || q->with_ids ? ask_with_rows(tx, q, span, room, ret_n, reterr)
                                       : ask_numbers(tx, q, span, room, ret_n, reterr);
}

/* Loose ones to n hits with a place; behind them where ids were asked for, else by time among them. */
static int add_loose(struct tx *tx, const struct question *q, struct hit *room, size_t *n, struct err *reterr) {
    struct question rest = *q;
    size_t loose_n = 0;
    int (*ask_loose)(struct tx *, const struct question *, struct search_span, struct hit *, size_t *, struct err *) =
        ask_on_sqlite(tx) ? ask_with_rows : ask_loose_lists;
    if (q->with_ids)
        rest.most -= *n;
    struct hit *all = calloc(*n + rest.most, sizeof *all);
    if (!all)
        return ask_no_memory(reterr);
    int rc = rest.most ? ask_loose(tx, &rest, loose, all + *n, &loose_n, reterr) : 0;
    if (rc == 0 && loose_n && !q->with_ids)
        rc = question_take_ids(tx, room, *n, reterr);
    if (rc == 0 && loose_n) {
        if (*n)
            memcpy(all, room, *n * sizeof *room);
        *n += loose_n;
        if (!q->with_ids)
            qsort(all, *n, sizeof *all, by_time);
        *n = *n < q->most ? *n : q->most;
        memcpy(room, all, *n * sizeof *room);
    }
    free(all);
    return rc;
}

int question_ask(struct tx *tx, struct question *q, struct hit *room, size_t *ret_n, struct err *reterr) {
    int rc = find_where(tx, q, reterr);
    if (rc == 0)
        rc = ask_placed(tx, q, room, ret_n, reterr);
    return rc < 0 || !q->where.loose ? rc : add_loose(tx, q, room, ret_n, reterr);
}

/* One walk for all words. */
static int ask_each_lists(struct tx *tx, const struct question *q, const struct str *word, size_t n, struct hit *room,
                          size_t *n_hits, struct err *reterr) {
    struct walk walk = {.head = true, .span = q->where.span, .dead = q->where.dead};
    struct search_query query[QUERY_TERMS_MOST] = {0};
    struct walk_question one[QUERY_TERMS_MOST];
    int64_t *numbers = calloc(n * q->most, sizeof *numbers);
    if (!numbers)
        return ask_no_memory(reterr);
    for (size_t i = 0; i < n; i++) {
        query[i] = (struct search_query){.n = 1, .term = {{.tokens = word[i]}}};
        one[i] = (struct walk_question){.query = &query[i], .most = q->most, .docid = numbers + i * q->most};
    }
    int rc = 0;
    if (walk.span.first <= walk.span.last)
        rc = walk_ask(tx, &walk, one, n, reterr);
    for (size_t i = 0; i < n; i++) {
        n_hits[i] = one[i].n;
        for (size_t k = 0; k < q->most; k++)
            room[i * q->most + k] = (struct hit){.row = one[i].docid[k]};
    }
    free(numbers);
    return rc < 0 ? rc : question_take_ids(tx, room, n * q->most, reterr);
}

int question_ask_each(struct tx *tx, struct question *q, const struct str *word, size_t n, struct hit *room,
                      size_t *n_hits, struct err *reterr) {
    q->head = true;
    int rc = ask_on_sqlite(tx) ? 0 : find_where(tx, q, reterr);
    if (rc < 0 || (!ask_on_sqlite(tx) && !q->where.loose))
        return rc < 0 ? rc : ask_each_lists(tx, q, word, n, room, n_hits, reterr);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct search_query one = {.n = 1, .term = {{.tokens = word[i]}}};
        BUF_LOCAL(match);
        rc = question_text(tx, &one, q, &match, reterr);
        if (rc == 0)
            rc = question_ask(tx, q, room + i * q->most, &n_hits[i], reterr);
    }
    return rc;
}

static int take_id(struct tx *tx, struct hit *hit, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_search_row_sqlite, CELLS(cell_int(hit->row)), &r, reterr);
    if (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        hit->id = rows_int(r, 0);
        hit->published_us = rows_int(r, 1);
    }
    return rc < 0 ? rc : 0;
}

/* Here each question has its way to go, and all go at once. */
static int take_ids_postgres(struct tx *tx, struct hit *hit, size_t n, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = read_docs(tx, hit, n, &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        const struct hit found = hit_of(r);
        for (size_t i = 0; i < n; i++)
            if (hit[i].row == found.row)
                hit[i] = found;
        rc = 0;
    }
    return rc;
}

int question_take_ids(struct tx *tx, struct hit *hit, size_t n, struct err *reterr) {
    int rc = 0;
    if (!ask_on_sqlite(tx))
        return n ? take_ids_postgres(tx, hit, n, reterr) : 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (!hit[i].id)
            rc = take_id(tx, &hit[i], reterr);
    return rc;
}
