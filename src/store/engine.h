// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What store.h asks of an engine: one struct of functions, filled by sqlite/ and by postgres/. Only src/store includes
 * this.
 *
 * An engine puts the structs below first in its own. store.c checks the cells, keeps a transaction's first failure and
 * counts what is open; an engine talks to its database and turns its errors into codes and sentences.
 * Rows that fn left open are closed by the engine when the transaction ends. */
#include "store/store.h"

#include <stdatomic.h>

enum {
    STORE_ROWS_MOST = 8,        /* open at once in one transaction */
    STORE_PARAMETERS_MOST = 64, /* $1 … $64 */
    STORE_PATIENCE_MS = 10000,  /* the usual wait for another's write, or for a free connection */
    STORE_SQLITE_READERS = 64,  /* connections at most */
    STORE_POSTGRES_CONNECTIONS = 24,
    STORE_BULK_ROOM = 1024 * 1024 * 1024, /* bytes free: with less, store_set_bulk() changes nothing on SQLite */
};

struct engine {
    const char *name;
    int (*open)(const char *url, struct store **ret, struct err *reterr);
    void (*close)(struct store *s);
    int (*begin_read)(struct store *s, struct tx **ret, struct err *reterr);
    void (*end_read)(struct tx *tx);
    /* soon: as store_write_soon(). */
    int (*write)(struct store *s, tx_fn *fn, void *arg, bool soon, struct err *reterr);
    void (*set_rider)(struct store *s, const struct store_rider *r); /* NULL: it takes none */
    int (*alone)(struct store *s, const struct query *q, int64_t *ret, struct err *reterr);

    int64_t (*run)(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *reterr);
    int (*rows)(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct rows **ret,
                struct err *reterr);
    /* Prepares, and does not run. */
    int (*prepare)(struct tx *tx, const struct query *q, struct err *reterr);
    /* Several statements without parameters, of a schema file. */
    int (*script)(struct tx *tx, struct str sql, struct err *reterr);

    int (*next)(struct rows *r, struct err *reterr);
    int64_t (*get_int)(const struct rows *r, int column);
    struct str (*get_text)(const struct rows *r, int column);
    bool (*get_null)(const struct rows *r, int column);
    void (*close_rows)(struct rows *r);

    /* Keeps other processes from migrating at the same time, until unlock; NULL where a write already does. */
    int (*lock_schema)(struct store *s, void **ret, struct err *reterr);
    void (*unlock_schema)(struct store *s, void *lock);
};

struct store {
    const struct engine *engine;
    atomic_int patience_ms;
    atomic_bool bulk;          /* store_set_bulk() */
    void (*herald)(void *arg); /* NULL: none */
    void *herald_arg;
};
struct tx {
    const struct engine *engine;
    bool writes;
    bool tell; /* tx_tell() was called */
    int open;  /* rows */
    /* The first thing that failed. What follows in this transaction fails the same way, on both engines alike. */
    struct err failure;
};
struct rows {
    struct tx *tx;
};

extern const struct engine engine_sqlite;
#ifdef WITH_POSTGRES
extern const struct engine engine_postgres;
#endif

/* A transaction's whole inside: runs fn, closes nothing. 0, or a negative code with its sentence in *reterr. */
int tx_call(struct tx *tx, tx_fn *fn, void *arg, struct err *reterr);
/* Would this query run on this engine with this schema? Runs nothing. */
int tx_prepare(struct tx *tx, const struct query *q, struct err *reterr);
/* Notes a failure that has no other way to be told (memory while a row is read). */
void tx_fail(struct tx *tx, const struct err *e);
