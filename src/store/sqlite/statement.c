// SPDX-License-Identifier: Apache-2.0
/* Preparing, finding again and binding statements. */
#include "store/sqlite/statement.h"

#include "store/sqlite/failure.h"

#include <stdio.h>
#include <stdlib.h>

/* Where SQLite put each $n. */
static int map_parameters(struct statement *s, struct err *reterr) {
    s->parameters = sqlite3_bind_parameter_count(s->stmt);
    int found = 0;
    for (int i = 1; i <= STORE_PARAMETERS_MOST && found < s->parameters; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "$%d", i); /* two digits fit */
        int index = sqlite3_bind_parameter_index(s->stmt, name);
        s->index[i] = (unsigned char)index;
        found += index > 0;
    }
    if (found != s->parameters || s->parameters > STORE_PARAMETERS_MOST)
        return err_set(reterr, ERR_INTERNAL, "The query %s has placeholders other than $1 … $%d.", s->query->name,
                       STORE_PARAMETERS_MOST);
    return 0;
}

int statement_prepare(sqlite3 *db, const struct query *q, struct statement **ret, struct err *reterr) {
    struct statement *s = calloc(1, sizeof *s);
    if (!s)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    s->query = q;
    s->text = q->text;
    int rc = 0;
    if (sqlite3_prepare_v3(db, q->text, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL) != SQLITE_OK)
        rc = failure_of(db, q->name, reterr);
    else if (!s->stmt)
        rc = err_set(reterr, ERR_INTERNAL, "The query %s is empty.", q->name);
    else
        rc = map_parameters(s, reterr);
    if (rc < 0) {
        statement_free(s);
        return rc;
    }
    *ret = s;
    return 0;
}

void statement_free(struct statement *s) {
    if (!s)
        return;
    (void)sqlite3_finalize(s->stmt); /* repeats what the last step said */
    free(s);
}

static struct statement **bucket_of(struct connection *c, const struct query *q) {
    return &c->bucket[((uintptr_t)q >> 4) % CONNECTION_BUCKETS];
}

static int bind_one(struct statement *s, int index, const struct cell *cell, bool copy) {
    switch (cell->kind) {
    case CELL_INT:
        return sqlite3_bind_int64(s->stmt, index, cell->i);
    case CELL_TEXT:
        return sqlite3_bind_text64(s->stmt, index, cell->s.n ? cell->s.p : "", cell->s.n,
                                   copy ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
    case CELL_NULL:
        break;
    }
    return sqlite3_bind_null(s->stmt, index);
}

static int bind(sqlite3 *db, struct statement *s, const struct cell *cells, size_t n, bool copy, struct err *reterr) {
    if ((size_t)s->parameters != n)
        return err_set(reterr, ERR_INTERNAL, "The query %s has %d placeholders, and %zu values came.", s->query->name,
                       s->parameters, n);
    for (size_t i = 0; i < n; i++) {
        if (!s->index[i + 1])
            return err_set(reterr, ERR_INTERNAL, "The query %s has no $%zu.", s->query->name, i + 1);
        if (bind_one(s, s->index[i + 1], &cells[i], copy) != SQLITE_OK)
            return failure_of(db, s->query->name, reterr);
    }
    return 0;
}

int statement_get(struct connection *c, const struct query *q, const struct cell *cells, size_t n, bool copy,
                  struct statement **ret, struct err *reterr) {
    struct statement **bucket = bucket_of(c, q), *s = *bucket;
    /* One that is in use (the same query within itself) is passed over; then another is prepared beside it. */
    while (s && (s->query != q || s->text != q->text || s->busy))
        s = s->next;
    if (!s) {
        int rc = statement_prepare(c->db, q, &s, reterr);
        if (rc < 0)
            return rc;
        s->next = *bucket;
        *bucket = s;
    }
    int rc = bind(c->db, s, cells, n, copy, reterr);
    if (rc < 0)
        return rc;
    s->busy = true;
    *ret = s;
    return 0;
}

void statement_end(struct statement *s) {
    (void)sqlite3_reset(s->stmt);          /* repeats what the last step said */
    (void)sqlite3_clear_bindings(s->stmt); /* frees the copies */
    s->busy = false;
}
