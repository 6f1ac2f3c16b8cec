// SPDX-License-Identifier: Apache-2.0
/* Asking the index. SQLite is asked for the words alone first: a walk along the language's facet beside them costs more
 * than all else, and most words are of one language. Where too many rows are others' it is asked again, with facets. */
#include "press/search/question.h"

#include "press/ask.h"
#include "press/search/blocks.h"
#include "press/search/facets.h"
#include "press/search/spans.h"
#include "queries.h"

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

int question_text(struct tx *tx, const struct search_query *query, struct question *q, struct buf *room,
                  struct err *reterr) {
    size_t n = 0;
    if (on_sqlite(tx)) {
        search_query_add_fts5(room, query);
    } else {
        add_tsquery_head(room, query);
        n = room->n;
        search_query_add_tsquery(room, query);
    }
    q->guarded = false;
    for (size_t i = 0; i < query->n; i++)
        q->guarded |= search_facets_may_be(query->term[i].tokens);
    q->match_head = str_first(buf_str(room), n ? n : room->n);
    q->match = str_from(buf_str(room), n);
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

static bool wanted(const struct question *q, const struct rows *r) {
    int64_t us = rows_int(r, 1);
    return us >= q->from_us && us < q->until_us && (!q->column_id || rows_int(r, 3) == q->column_id) &&
           str_is(rows_text(r, 2), q->language);
}

/* *ret_whole: nothing can be missing. */
static int ask_plain(struct tx *tx, const struct question *q, struct hit *room, size_t *ret_n, bool *ret_whole,
                     struct err *reterr) {
    BUF_LOCAL(match);
    ROWS_LOCAL(r);
    if (q->head)
        buf_add(&match, q->match);
    else
        add_match(&match, q, q->guarded);
    if (buf_failed(&match))
        return ask_no_memory(reterr);
    size_t n = 0, seen = 0, most = PLAIN_SHARE * q->most;
    int rc = tx_rows(tx, q->head ? &Q_search_plain_head_sqlite : &Q_search_plain_sqlite,
                     CELLS(cell_text(buf_str(&match)), cell_int((int64_t)most)), &r, reterr);
    while (rc == 0 && n < q->most && (rc = rows_next(r, reterr)) > 0) {
        seen++;
        if (wanted(q, r))
            room[n++] = (struct hit){.id = rows_int(r, 0), .published_us = rows_int(r, 1)};
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
        room[n++] = (struct hit){.id = rows_int(r, 0), .published_us = rows_int(r, 1)};
        rc = 0;
    }
    *ret_n = n;
    return rc;
}

static int ask_sqlite(struct tx *tx, const struct question *q, struct hit *room, size_t *ret_n, struct err *reterr) {
    bool whole = false;
    int rc = ask_plain(tx, q, room, ret_n, &whole, reterr);
    if (rc < 0 || whole)
        return rc;
    BUF_LOCAL(match);
    ROWS_LOCAL(r);
    search_facets_add_match(&match, q->language, q->column_id, q->from_us, q->until_us);
    buf_add_z(&match, " AND ");
    add_match(&match, q, true);
    if (buf_failed(&match))
        return ask_no_memory(reterr);
    rc = tx_rows(
        tx, &Q_search_run_sqlite,
        CELLS(cell_text(buf_str(&match)), cell_int(q->from_us), cell_int(q->until_us), cell_int((int64_t)q->most)), &r,
        reterr);
    return rc < 0 ? rc : take_all(q, r, room, ret_n, reterr);
}

/* --- both --- */

int question_ask(struct tx *tx, const struct question *q, struct hit *room, size_t *ret_n, struct err *reterr) {
    if (on_sqlite(tx))
        return ask_sqlite(tx, q, room, ret_n, reterr);
    struct spans_one one = {.match = q->head ? q->match_head : q->match, .room = room};
    int rc = spans_ask(tx, q, &one, 1, reterr);
    *ret_n = one.n;
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
