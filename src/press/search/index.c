// SPDX-License-Identifier: Apache-2.0
/* Writing the index: a text's tokens, cut here so that no engine cuts words of its own, into FTS5's fields or into
 * PostgreSQL's lists (lists.h). */
#include "press/search.h"

#include "base/array.h"
#include "press/ask.h"
#include "press/search/facets.h"
#include "press/search/lists.h"
#include "press/search/numbers.h"
#include "press/search/place.h"
#include "queries.h"
#include "text/html.h"

#include <stdlib.h>
#include <string.h>

enum {
    TOKENS_MOST = 512 * 1024, /* bytes of one text's */
};

/* Cuts to n bytes, between two tokens. */
static void cut_tokens(struct buf *tokens, size_t n) {
    if (tokens->n <= n)
        return;
    while (n && tokens->p[n] != ' ')
        n--;
    buf_cut(tokens, n);
}

int search_cut(struct arena *a, const struct article_text *text, struct search_words *ret, struct err *reterr) {
    BUF_LOCAL(words);
    BUF_LOCAL(title);
    BUF_LOCAL(keywords);
    BUF_LOCAL(summary);
    BUF_LOCAL(body);
    html_text(text->body_html, &words);
    tokens_add(&title, text->title);
    tokens_add(&keywords, text->keywords);
    tokens_add(&summary, text->summary);
    tokens_add(&body, buf_str(&words));
    if (buf_failed(&words))
        arena_set_failed(a);
    cut_tokens(&body, TOKENS_MOST - title.n - keywords.n - summary.n);
    *ret = (struct search_words){arena_buf(a, &title), arena_buf(a, &keywords), arena_buf(a, &summary),
                                 arena_buf(a, &body)};
    return arena_failed(a) ? ask_no_memory(reterr) : 0;
}

/* --- SQLite --- */

static int put_row(struct tx *tx, int64_t docid, const struct search_text *t, struct err *reterr) {
    BUF_LOCAL(facets);
    search_facets_add(&facets, t->language, t->column_id, t->published_us);
    if (buf_failed(&facets))
        return ask_no_memory(reterr);
    int rc =
        ask_run(tx, &Q_search_index_insert_sqlite,
                CELLS(cell_int(docid), cell_text(buf_str(&facets)), cell_text(t->words.title),
                      cell_text(t->words.keywords), cell_text(lists_own_summary(&t->words)), cell_text(t->words.body)),
                reterr);
    return rc < 0 ? rc
                  : ask_run(tx, &Q_search_head_insert_sqlite,
                            CELLS(cell_int(docid), cell_text(t->words.title), cell_text(t->words.keywords)), reterr);
}

/* A number, kept in search_doc. */
static int number_text(struct tx *tx, const struct search_text *t, int64_t *ret_docid, struct err *reterr) {
    int rc = search_remove(tx, t->id, t->language, reterr);
    if (rc == 0)
        rc = search_place_find(tx, t->language, t->id, t->published_us, ret_docid, reterr);
    return rc < 0 ? rc
                  : ask_run(tx, &Q_search_doc_insert,
                            CELLS(cell_int(*ret_docid), cell_int(t->id), cell_z(t->language), cell_int(t->column_id),
                                  cell_int(t->published_us)),
                            reterr);
}

static int find_place(struct tx *tx, int64_t id, int64_t *ret_column_id, int64_t *ret_published_us,
                      struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_search_where_it_stands, CELLS(cell_int(id)), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(reterr, ERR_NOT_FOUND, "%s", err_sentence(-ERR_NOT_FOUND));
    *ret_column_id = rows_int(r, 0);
    *ret_published_us = rows_int(r, 1);
    return 0;
}

/* --- many --- */

/* A language after the other. */
static int by_time(const void *x, const void *y) {
    const struct search_text *a = ((const struct lists_text *)x)->text, *b = ((const struct lists_text *)y)->text;
    int order = strcmp(a->language, b->language);
    if (order)
        return order;
    if (a->published_us != b->published_us)
        return a->published_us < b->published_us ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static int by_docid(const void *x, const void *y) {
    const struct lists_text *a = x, *b = y;
    return a->docid < b->docid ? -1 : a->docid > b->docid;
}

static int put_rows(struct tx *tx, const struct lists_text *rows, size_t n, struct err *reterr) {
    int rc = 0;
    if (!ask_on_sqlite(tx))
        return lists_put(tx, rows, n, reterr);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = put_row(tx, rows[i].docid, rows[i].text, reterr);
    return rc;
}

/* Numbers in order of time, so that neighbours leave each other room; rows in order of numbers. */
int search_put_many(struct tx *tx, const struct search_text *text, size_t n, struct err *reterr) {
    int rc = 0;
    struct lists_text *rows = calloc(n + 1, sizeof *rows);
    if (!rows)
        return ask_no_memory(reterr);
    for (size_t i = 0; i < n; i++)
        rows[i].text = &text[i];
    qsort(rows, n, sizeof *rows, by_time);
    if (!ask_on_sqlite(tx)) {
        rc = numbers_give(tx, rows, n, reterr);
    } else {
        for (size_t i = 0; rc == 0 && i < n; i++)
            rc = number_text(tx, rows[i].text, &rows[i].docid, reterr);
    }
    qsort(rows, n, sizeof *rows, by_docid);
    if (rc == 0)
        rc = put_rows(tx, rows, n, reterr);
    free(rows);
    return rc;
}

int search_wait(struct search_waiting *w, const struct search_text *text, struct err *reterr) {
    struct search_text *more = array_grow(w->text, w->n, &w->room, sizeof *more);
    if (!more)
        return ask_no_memory(reterr);
    w->text = more;
    w->text[w->n++] = *text;
    return 0;
}

static int note_waiting(struct tx *tx, const struct search_waiting *w, struct err *reterr) {
    if (!ask_on_sqlite(tx))
        return numbers_note_waiting(tx, w->text, w->n, reterr);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < w->n; i++)
        rc = ask_run(tx, &Q_search_later_add_sqlite, CELLS(cell_int(w->text[i].id), cell_z(w->text[i].language)),
                     reterr);
    return rc;
}

int search_put_waiting(struct tx *tx, struct search_waiting *w, struct err *reterr) {
    int rc = w->later ? note_waiting(tx, w, reterr) : search_put_many(tx, w->text, w->n, reterr);
    if (rc == 0)
        w->n = 0;
    return rc;
}

void search_waiting_clear(struct search_waiting *w) {
    free(w->text);
    *w = (struct search_waiting){0};
}

/* --- one --- */

int search_put(struct tx *tx, int64_t id, const struct article_text *text, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    if (!a)
        return ask_no_memory(reterr);
    struct search_text one = {.id = id};
    int rc = find_place(tx, id, &one.column_id, &one.published_us, reterr);
    if (rc == 0)
        rc = search_cut(a, text, &one.words, reterr);
    memcpy(one.language, text->language, sizeof one.language);
    return rc < 0 ? rc : search_put_many(tx, &one, 1, reterr);
}

int search_remove(struct tx *tx, int64_t id, const char *language, struct err *reterr) {
    /* SQLite looks up in search_doc what has no place; the lists are asked for their numbers alone. */
    int64_t dies_from = ask_on_sqlite(tx) ? PLACE_FIRST : 0;
    int rc = ask_run(tx, &Q_search_later_remove, CELLS(cell_int(id), cell_z(language)), reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_search_bury, CELLS(cell_int(id), cell_z(language), cell_int(dies_from)), reterr);
    return rc < 0 ? rc : ask_run(tx, &Q_search_remove, CELLS(cell_int(id), cell_z(language)), reterr);
}
