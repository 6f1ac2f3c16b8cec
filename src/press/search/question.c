// SPDX-License-Identifier: Apache-2.0
/* Asking the index. On SQLite language and time are a span of numbers (place.h), and nothing is read but the words'
 * lists. Where that does not say enough (a column is asked for, or texts have no place yet) the words are asked for
 * with search_doc's rows beside them: a walk along a facet costs more, and is taken where too many rows are not wanted.
 */
#include "press/search/question.h"

#include "press/ask.h"
#include "press/search/blocks.h"
#include "press/search/facets.h"
#include "press/search/place.h"
#include "press/search/spans.h"
#include "queries.h"

#include <stdlib.h>
#include <string.h>

enum { PLAIN_SHARE = 4 }; /* rows looked at for one that is wanted, before the facets are asked */

static bool on_sqlite(const struct tx *tx) {
    return strcmp(tx_engine(tx), "sqlite") == 0;
}

int question_begin(struct tx *tx, struct question *q, struct err *reterr) {
    if (on_sqlite(tx))
        return 0;
    int rc = ask_run(tx, &Q_search_plan_postgres, CELLS_NONE, reterr);
    return rc < 0 ? rc : spans_begin(tx, q, reterr);
}

/* With short beginnings as words of their own. */
static void add_tsquery_head(struct buf *ret, const struct search_query *query) {
    for (size_t i = 0; i < query->n; i++) {
        const struct search_query one = {.n = 1, .term = {query->term[i]}};
        if (i)
            buf_add_z(ret, " & ");
        if (!query->term[i].prefix || !blocks_add_beginning_query(ret, query->term[i].tokens))
            search_query_add_tsquery(ret, &one);
    }
}

/* Each word of each phrase for itself; nothing where there is no phrase. */
static void add_apart(struct buf *ret, const struct search_query *query) {
    bool phrase = false;
    for (size_t i = 0; i < query->n; i++)
        phrase |= str_find_char(query->term[i].tokens, ' ', 0) != SIZE_MAX;
    for (size_t i = 0; phrase && i < query->n; i++) {
        struct str rest = query->term[i].tokens, token;
        while (str_cut(&rest, ' ', &token))
            buf_printf(ret, "%s'%.*s'%s", ret->n ? " & " : "", STR_FMT(token),
                       query->term[i].prefix && !rest.n ? ":*" : "");
    }
}

int question_text(struct tx *tx, const struct search_query *query, struct question *q, struct buf *room,
                  struct err *reterr) {
    size_t apart = 0, head = 0;
    if (on_sqlite(tx)) {
        search_query_add_fts5(room, query);
    } else {
        add_apart(room, query);
        apart = room->n;
        add_tsquery_head(room, query);
        head = room->n;
        search_query_add_tsquery(room, query);
    }
    q->guarded = false;
    for (size_t i = 0; i < query->n; i++)
        q->guarded |= search_facets_may_be(query->term[i].tokens);
    q->apart = str_first(buf_str(room), apart);
    q->match_head = str_from(str_first(buf_str(room), head), apart);
    q->match = str_from(buf_str(room), head);
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

static int ask_placed(struct tx *tx, const struct question *q, struct hit *room, size_t *ret_n, struct err *reterr) {
    int64_t language = 0;
    struct search_span span;
    *ret_n = 0;
    int rc = search_place_language(tx, q->language, &language, reterr);
    if (rc == 0 && language)
        rc = search_place_span(tx, language, q->from_us, q->until_us, &span, reterr);
    if (rc < 0 || !language || span.first > span.last)
        return rc;
    return q->column_id || q->with_ids ? ask_with_rows(tx, q, span, room, ret_n, reterr)
                                       : ask_numbers(tx, q, span, room, ret_n, reterr);
}

static int by_time(const void *x, const void *y) {
    const struct hit *a = x, *b = y;
    if (a->published_us != b->published_us)
        return a->published_us > b->published_us ? -1 : 1;
    return a->id > b->id ? -1 : a->id < b->id;
}

/* Loose ones to n hits with a place; behind them where ids were asked for, else by time among them. */
static int add_loose(struct tx *tx, const struct question *q, struct hit *room, size_t *n, struct err *reterr) {
    struct question rest = *q;
    size_t loose_n = 0;
    if (q->with_ids)
        rest.most -= *n;
    struct hit *all = calloc(*n + rest.most, sizeof *all);
    if (!all)
        return ask_no_memory(reterr);
    int rc = rest.most ? ask_with_rows(tx, &rest, loose, all + *n, &loose_n, reterr) : 0;
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

static int ask_sqlite(struct tx *tx, const struct question *q, struct hit *room, size_t *ret_n, struct err *reterr) {
    int64_t any = 0;
    int rc = ask_placed(tx, q, room, ret_n, reterr);
    if (rc == 0)
        rc = ask_int(tx, &Q_search_loose_any_sqlite, CELLS(cell_int(PLACE_FIRST)), 0, &any, reterr);
    return rc < 0 || !any ? rc : add_loose(tx, q, room, ret_n, reterr);
}

/* --- both --- */

int question_ask(struct tx *tx, struct question *q, struct hit *room, size_t *ret_n, struct err *reterr) {
    if (on_sqlite(tx))
        return ask_sqlite(tx, q, room, ret_n, reterr);
    struct spans_one one = {.match = q->head ? q->match_head : q->match, .room = room};
    int rc = spans_ask(tx, q, &one, 1, reterr);
    *ret_n = one.n;
    q->cut |= one.cut;
    return rc;
}

static int ask_each_postgres(struct tx *tx, struct question *q, const struct str *word, size_t n, struct hit *room,
                             size_t *n_hits, struct err *reterr) {
    struct spans_one one[QUERY_TERMS_MOST];
    BUF_LOCAL(quoted);
    for (size_t i = 0; i < n; i++)
        buf_printf(&quoted, "'%.*s'", STR_FMT(word[i]));
    if (buf_failed(&quoted))
        return ask_no_memory(reterr);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        one[i] = (struct spans_one){.match = str_part(quoted.p + at, word[i].n + 2), .room = room + i * q->most};
        at += word[i].n + 2;
    }
    int rc = spans_ask(tx, q, one, n, reterr);
    for (size_t i = 0; i < n; i++)
        n_hits[i] = one[i].n;
    return rc;
}

int question_ask_each(struct tx *tx, struct question *q, const struct str *word, size_t n, struct hit *room,
                      size_t *n_hits, struct err *reterr) {
    q->head = true;
    if (!on_sqlite(tx))
        return ask_each_postgres(tx, q, word, n, room, n_hits, reterr);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct search_query one = {.n = 1, .term = {{.tokens = word[i]}}};
        BUF_LOCAL(match);
        rc = question_text(tx, &one, q, &match, reterr);
        if (rc == 0)
            rc = question_ask(tx, q, room + i * q->most, &n_hits[i], reterr);
    }
    return rc;
}

int question_take_ids(struct tx *tx, struct hit *hit, size_t n, struct err *reterr) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (hit[i].id)
            continue;
        ROWS_LOCAL(r);
        rc = tx_rows(tx, &Q_search_row_sqlite, CELLS(cell_int(hit[i].row)), &r, reterr);
        if (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
            hit[i].id = rows_int(r, 0);
            hit[i].published_us = rows_int(r, 1);
            rc = 0;
        }
    }
    return rc;
}
