// SPDX-License-Identifier: Apache-2.0
/* A table of things, and what is done to it again and again. */
#include "thing.h"

#include <stdlib.h>
#include <string.h>

const struct query thing_insert = {"thing_insert", "INSERT INTO thing (id, word, number) VALUES ($1, $2, $3)", NULL},
                   thing_all = {"thing_all", "SELECT id, word, number FROM thing ORDER BY id", NULL},
                   thing_one = {"thing_one", "SELECT id, word, number FROM thing WHERE id = $1", NULL},
                   thing_count = {"thing_count", "SELECT COUNT(*) FROM thing", NULL};
static const struct query
    make_table = {"make_table",
                  "CREATE TABLE thing (id BIGINT PRIMARY KEY, word TEXT, number BIGINT, CHECK (number <> 13))", NULL},
    make_child = {"make_child",
                  "CREATE TABLE child (id BIGINT PRIMARY KEY, thing_id BIGINT NOT NULL REFERENCES thing (id))", NULL};

void must(int64_t rc, const struct err *e) {
    if (rc < 0)
        print_error("%s: %s\n", err_name((int)rc), e->text);
    assert_true(rc >= 0);
}

static int make_tables(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    int64_t rc = tx_run(tx, &make_table, CELLS_NONE, reterr);
    return rc < 0 ? (int)rc : (int)tx_run(tx, &make_child, CELLS_NONE, reterr);
}

struct store *with_tables(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(store_write(f->store, make_tables, NULL, &e), &e);
    return f->store;
}

int add_thing(struct tx *tx, void *arg, struct err *reterr) {
    const struct thing *t = arg;
    int64_t rc = tx_run(tx, &thing_insert, CELLS(cell_int(t->id), cell_z(t->word), cell_int(t->number)), reterr);
    return rc < 0 ? (int)rc : 0;
}

void add_must(struct store *s, int64_t id, const char *word, int64_t number) {
    struct err e = {0};
    must(store_write(s, add_thing, &(struct thing){id, word, number}, &e), &e);
}

int count_things(struct tx *tx, void *arg, struct err *reterr) {
    return tx_int(tx, &thing_count, CELLS_NONE, arg, reterr);
}

int64_t how_many(struct store *s) {
    struct err e = {0};
    int64_t n = -1;
    must(store_read(s, count_things, &n, &e), &e);
    return n;
}

int get_thing(struct tx *tx, void *arg, struct err *reterr) {
    struct thing *t = arg;
    ROWS_LOCAL(rows);
    int rc = tx_rows(tx, &thing_one, CELLS(cell_int(t->id)), &rows, reterr);
    if (rc < 0)
        return rc;
    rc = rows_next(rows, reterr);
    if (rc <= 0)
        return rc < 0 ? rc : -ERR_NOT_FOUND;
    struct str word = rows_text(rows, 1);
    free((char *)(uintptr_t)t->word);
    t->word = rows_null(rows, 1) ? NULL : strndup(word.n ? word.p : "", word.n);
    t->number = rows_int(rows, 2);
    return 0;
}

void word_is(struct store *s, int64_t id, const char *word) {
    struct err e = {0};
    struct thing t = {.id = id};
    must(store_read(s, get_thing, &t, &e), &e);
    if (word)
        assert_string_equal(t.word, word);
    else
        assert_null(t.word);
    free((char *)(uintptr_t)t.word);
}
