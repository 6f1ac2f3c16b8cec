// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One connection to a PostgreSQL server, with its prepared statements, its one transaction and the rows open in it.
 * One thread at a time. Every failure leaves a code and a sentence. */
#include "store/engine.h"

#include <libpq-fe.h>

struct pg_rows {
    struct rows head;
    PGresult *result; /* NULL: this place is free */
    int at;           /* the row being looked at; -1 before the first */
};

struct pg_statement; /* prepared, and kept for the next time */

enum { PG_BUCKETS = 256 };

struct pg_connection {
    struct tx tx;
    struct store *store;
    PGconn *db;
    struct pg_rows rows[STORE_ROWS_MOST];
    struct pg_statement *bucket[PG_BUCKETS];
    unsigned statements;
    bool begins; /* a read's: its first statement begins it */
    bool ends;   /* its end is on the way to the server, and not answered yet */
    bool again;  /* the server asks to run this transaction once more */
    bool lost;   /* the connection broke in this transaction */
    bool stale;  /* to be closed, not kept */
    char url[];
};

int pg_open(struct store *store, const char *url, struct pg_connection **ret, struct err *reterr);
void pg_close(struct pg_connection *c);
/* The same with a new connection, after it broke: nothing prepared, no transaction. */
int pg_reopen(struct pg_connection *c, struct err *reterr);
/* Runs a constant command; what names it in sentences. */
int pg_command(struct pg_connection *c, const char *constant, const char *what, struct err *reterr);
/* Begins a transaction on a connection that has none. A read's begins together with its first statement, so that
 * neither is waited for alone; if the connection broke while it lay idle, that is run on a new one. */
int pg_begin(struct pg_connection *c, bool writes, struct err *reterr);
extern const char pg_begin_read[]; /* the name of what begins it, prepared */
/* Ends one without a change; a read's end is not waited for. */
void pg_roll_back(struct pg_connection *c);
/* Closes what fn left open. */
void pg_close_rows(struct pg_connection *c);

int64_t pg_run(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *reterr);
int pg_rows(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct rows **ret,
            struct err *reterr);
int pg_prepare(struct tx *tx, const struct query *q, struct err *reterr);
int pg_script(struct tx *tx, struct str sql, struct err *reterr);
int pg_next(struct rows *r, struct err *reterr);
int64_t pg_get_int(const struct rows *r, int column);
struct str pg_get_text(const struct rows *r, int column);
bool pg_get_null(const struct rows *r, int column);
void pg_rows_end(struct rows *r);
