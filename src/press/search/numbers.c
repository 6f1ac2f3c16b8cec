// SPDX-License-Identifier: Apache-2.0
/* What is asked and told of one text in a statement, of many in a few: rows as lines. */
#include "press/search/numbers.h"

#include "press/ask.h"
#include "press/search/place.h"
#include "queries.h"

#include <stdlib.h>
#include <string.h>

struct columns { /* values of many rows, a line each */
    struct buf docid, id, language, column_id, published_us;
    size_t n;
};

static void columns_clear(struct columns *c) {
    buf_clear(&c->docid);
    buf_clear(&c->id);
    buf_clear(&c->language);
    buf_clear(&c->column_id);
    buf_clear(&c->published_us);
}

static void add_line(struct buf *b, bool first, int64_t n) {
    if (!first)
        buf_add_char(b, '\n');
    buf_add_int(b, n);
}

static void columns_add(struct columns *c, int64_t docid, const struct search_text *t) {
    bool first = c->n++ == 0;
    add_line(&c->docid, first, docid);
    add_line(&c->id, first, t->id);
    if (!first)
        buf_add_char(&c->language, '\n');
    buf_add_z(&c->language, t->language);
    add_line(&c->column_id, first, t->column_id);
    add_line(&c->published_us, first, t->published_us);
}

static int columns_check(const struct columns *c, struct err *reterr) {
    return buf_failed(&c->docid) || buf_failed(&c->id) || buf_failed(&c->language) || buf_failed(&c->column_id) ||
                   buf_failed(&c->published_us)
               ? ask_no_memory(reterr)
               : 0;
}

static int remove_many(struct tx *tx, const struct lists_text *rows, size_t n, struct err *reterr) {
    __attribute__((cleanup(columns_clear))) struct columns c = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, 0};
    for (size_t i = 0; i < n; i++)
        columns_add(&c, 0, rows[i].text);
    int rc = columns_check(&c, reterr);
    return rc < 0 ? rc
                  : ask_run(tx, &Q_search_remove_many_postgres,
                            CELLS(cell_text(buf_str(&c.id)), cell_text(buf_str(&c.language))), reterr);
}

static int insert_many(struct tx *tx, const struct lists_text *rows, size_t n, struct err *reterr) {
    __attribute__((cleanup(columns_clear))) struct columns c = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, 0};
    for (size_t i = 0; i < n; i++)
        columns_add(&c, rows[i].docid, rows[i].text);
    int rc = columns_check(&c, reterr);
    return rc < 0 || !n
               ? rc
               : ask_run(tx, &Q_search_docs_insert_postgres,
                         CELLS(cell_text(buf_str(&c.docid)), cell_text(buf_str(&c.id)), cell_text(buf_str(&c.language)),
                               cell_text(buf_str(&c.column_id)), cell_text(buf_str(&c.published_us))),
                         reterr);
}

/* Of one language, in order of time. */
static int number_language(struct tx *tx, struct lists_text *rows, size_t n, struct err *reterr) {
    struct search_places *places = NULL;
    const char *language = rows[0].text->language;
    size_t inserted = 0;
    int rc = n > 1 ? search_places_read(tx, language, rows[0].text->published_us, rows[n - 1].text->published_us,
                                        &places, reterr)
                   : 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct search_text *t = rows[i].text;
        bool outside = !places;
        rc = places ? search_places_find(tx, places, t->id, t->published_us, &rows[i].docid, &outside, reterr)
                    : search_place_find(tx, language, t->id, t->published_us, &rows[i].docid, reterr);
        if (rc == 0 && (outside || i + 1 == n)) {
            rc = insert_many(tx, rows + inserted, i + 1 - inserted, reterr);
            inserted = i + 1;
        }
        if (outside) {
            search_places_free(places);
            places = NULL;
        }
    }
    search_places_free(places);
    return rc;
}

int numbers_give(struct tx *tx, struct lists_text *rows, size_t n, struct err *reterr) {
    int rc = n ? remove_many(tx, rows, n, reterr) : 0;
    for (size_t i = 0, next; rc == 0 && i < n; i = next) {
        for (next = i + 1; next < n && strcmp(rows[next].text->language, rows[i].text->language) == 0;)
            next++;
        rc = number_language(tx, rows + i, next - i, reterr);
    }
    return rc;
}

/* --- what waits --- */

int numbers_note_waiting(struct tx *tx, const struct search_text *text, size_t n, struct err *reterr) {
    __attribute__((cleanup(columns_clear))) struct columns c = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, 0};
    for (size_t i = 0; i < n; i++)
        columns_add(&c, 0, &text[i]);
    int rc = columns_check(&c, reterr);
    return rc < 0 || !n ? rc
                        : ask_run(tx, &Q_search_later_add_postgres,
                                  CELLS(cell_text(buf_str(&c.id)), cell_text(buf_str(&c.language)),
                                        cell_text(buf_str(&c.published_us))),
                                  reterr);
}

struct waited {
    int64_t id;
    char language[LANGUAGE_MOST];
};

static int by_text(const void *x, const void *y) {
    const struct waited *a = x, *b = y;
    return a->id != b->id ? (a->id < b->id ? -1 : 1) : strcmp(a->language, b->language);
}

static struct waited waited_of(int64_t id, struct str language) {
    struct waited w = {.id = id};
    struct str tag = str_first(language, LANGUAGE_MOST - 1);
    if (tag.n)
        memcpy(w.language, tag.p, tag.n);
    return w;
}

static int take_waited(struct tx *tx, const struct columns *c, struct waited *ret, size_t *ret_n, struct err *reterr) {
    ROWS_LOCAL(r);
    size_t most = *ret_n, n = 0;
    int rc = tx_rows(tx, &Q_search_later_remove_many_postgres,
                     CELLS(cell_text(buf_str(&c->id)), cell_text(buf_str(&c->language))), &r, reterr);
    while (rc == 0 && n < most && (rc = rows_next(r, reterr)) > 0) {
        ret[n++] = waited_of(rows_int(r, 0), rows_text(r, 1));
        rc = 0;
    }
    *ret_n = n;
    return rc;
}

int numbers_take_waiting(struct tx *tx, const struct search_text *text, size_t n, bool *ret, struct err *reterr) {
    __attribute__((cleanup(columns_clear))) struct columns c = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, 0};
    struct waited *waited = calloc(n + 1, sizeof *waited);
    size_t waited_n = n;
    for (size_t i = 0; i < n; i++)
        columns_add(&c, 0, &text[i]);
    int rc = waited ? columns_check(&c, reterr) : ask_no_memory(reterr);
    if (rc == 0 && n)
        rc = take_waited(tx, &c, waited, &waited_n, reterr);
    if (rc == 0 && n)
        qsort(waited, waited_n, sizeof *waited, by_text);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct waited key = waited_of(text[i].id, str_of(text[i].language));
        ret[i] = waited_n && bsearch(&key, waited, waited_n, sizeof *waited, by_text);
    }
    free(waited);
    return rc;
}
