// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One connection to a SQLite file, with its prepared statements, its one transaction and the rows open in it.
 * One thread at a time. Every failure leaves a code and a sentence. */
#include "store/engine.h"

#include <sqlite3.h>

struct statement; /* prepared, and kept for the next time */

struct sqlite_rows {
    struct rows head;
    struct statement *statement; /* NULL: this place is free */
    enum { ROWS_FIRST, ROWS_MORE, ROWS_END } state;
};

enum { CONNECTION_BUCKETS = 256 };

struct connection {
    struct tx tx;
    struct store *store;
    sqlite3 *db;
    struct sqlite_rows rows[STORE_ROWS_MOST];
    struct statement *bucket[CONNECTION_BUCKETS];
    int patience_ms; /* how long to wait for a lock */
    int turn;        /* turn.h; a reader has none */
    bool soon;       /* commits do not wait for the disk */
    bool bulk;       /* store_set_bulk() */
    /* What the engine itself says. */
    struct statement *begin, *commit, *rollback, *save, *release, *undo;
};

/* writes: makes the file (0600) when it is missing, and sets it to WAL. */
int connection_open(struct store *store, const char *path, bool writes, struct connection **ret, struct err *reterr);
void connection_close(struct connection *c);
/* One for a statement that goes through the whole file: what it sorts or copies goes to a temporary file and not to
 * memory. */
int connection_open_alone(struct store *store, const char *path, struct connection **ret, struct err *reterr);
/* A connection's own transaction statements: one of the six above. */
int connection_say(struct connection *c, struct statement *s, struct err *reterr);
/* Begins one that writes, once no other process writes or waits in front; -ERR_STORE_AWAY after the patience. */
int connection_begin_write(struct connection *c, struct err *reterr);
/* Closes what fn left open. */
void connection_close_rows(struct connection *c);
/* Has the transaction ended by itself? SQLite does so on some failures. */
bool connection_idle(const struct connection *c);
void connection_set_patience(struct connection *c, int ms);
/* Do commits wait for the disk? They do unless told otherwise. Between transactions. */
int connection_set_soon(struct connection *c, bool soon, struct err *reterr);
int connection_set_bulk(struct connection *c, bool bulk, struct err *reterr);

int64_t connection_run(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *reterr);
int connection_rows(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct rows **ret,
                    struct err *reterr);
int connection_prepare(struct tx *tx, const struct query *q, struct err *reterr);
int connection_script(struct tx *tx, struct str sql, struct err *reterr);
int connection_next(struct rows *r, struct err *reterr);
int64_t connection_get_int(const struct rows *r, int column);
struct str connection_get_text(const struct rows *r, int column);
bool connection_get_null(const struct rows *r, int column);
void connection_rows_end(struct rows *r);
