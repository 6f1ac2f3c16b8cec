// SPDX-License-Identifier: Apache-2.0
/* Opening a connection the way this store wants it, and running statements on it. */
#include "store/postgres/connection.h"

#include "base/buf.h"
#include "store/postgres/failure.h"
#include "store/postgres/statement.h"

#include <stdlib.h>
#include <string.h>

enum { OID_BOOL = 16 }; /* fixed in PostgreSQL's pg_type.dat */

/* --- opening --- */

/* A commit is told when it is on disk. A server set to wait for its standbys too is left so.
 * Statements are short, and many at once: none is compiled, or given to workers, because the planner takes it for long.
 * Nor does one walk along a table that has an index for it: a plan that was made while the table was empty would go on
 * doing so with a million rows in it. */
static const char session[] =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', "
    "'local');"
    "SET statement_timeout = '30s';"
    "SET idle_in_transaction_session_timeout = '120s';"
    "SET jit = off;"
    "SET enable_seqscan = off;"
    "SET max_parallel_workers_per_gather = 0;"
    "SET timezone = 'UTC'";

/* "The relation exists already" and the like: nobody waits for them on standard error. */
static void hush(void *arg, const PGresult *r) {
    (void)arg;
    (void)r;
}

static PGconn *connect_to(const char *url) {
    /* What stands before dbname can be set otherwise in the URL; what stands behind it cannot. */
    const char *const keys[] = {"fallback_application_name",
                                "connect_timeout",
                                "keepalives_idle",
                                "tcp_user_timeout",
                                "dbname",
                                "client_encoding",
                                NULL};
    const char *const values[] = {"daylight", "5", "30", "20000", url, "UTF8", NULL};
    return PQconnectdbParams(keys, values, 1);
}

const char pg_begin_read[] = "begin_read";

static int set_up(struct pg_connection *c, struct err *reterr) {
    if (!c->db)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    if (PQstatus(c->db) != CONNECTION_OK)
        return pg_failure_away(c->db, reterr);
    PQsetNoticeReceiver(c->db, hush, NULL);
    const char *encoding = PQparameterStatus(c->db, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return err_set(reterr, ERR_STORE_AWAY,
                       "The PostgreSQL database is encoded in %s; make one with ENCODING 'UTF8'. Nothing was stored.",
                       encoding ? encoding : "something unknown");
    int rc = pg_command(c, session, "session", reterr);
    if (rc < 0)
        return rc;
    PGresult *r = PQprepare(c->db, pg_begin_read, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0, NULL);
    rc = PQresultStatus(r) == PGRES_COMMAND_OK ? 0 : pg_failure(c, r, "begin", reterr);
    PQclear(r);
    return rc;
}

int pg_open(struct store *store, const char *url, struct pg_connection **ret, struct err *reterr) {
    struct pg_connection *c = calloc(1, sizeof *c + strlen(url) + 1);
    if (!c)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    c->tx.engine = &engine_postgres;
    c->store = store;
    memcpy(c->url, url, strlen(url) + 1);
    c->db = connect_to(url);
    int rc = set_up(c, reterr);
    if (rc < 0) {
        pg_close(c);
        return rc;
    }
    *ret = c;
    return 0;
}

void pg_close(struct pg_connection *c) {
    if (!c)
        return;
    pg_statements_free(c);
    PQfinish(c->db);
    free(c);
}

int pg_reopen(struct pg_connection *c, struct err *reterr) {
    pg_statements_free(c);
    PQfinish(c->db);
    c->begins = c->ends = c->again = c->lost = c->stale = false;
    c->db = connect_to(c->url);
    int rc = set_up(c, reterr);
    c->stale = rc < 0;
    return rc;
}

/* --- transactions --- */

/* Takes the answer to what ended the last transaction. */
static void take_end(struct pg_connection *c) {
    PGresult *r;
    while (c->ends && (r = PQgetResult(c->db)))
        PQclear(r);
    c->ends = false;
}

int pg_command(struct pg_connection *c, const char *constant, const char *what, struct err *reterr) {
    take_end(c);
    PGresult *r = PQexec(c->db, constant);
    ExecStatusType status = PQresultStatus(r);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    int rc = done ? 0 : pg_failure(c, r, what, reterr);
    PQclear(r);
    return rc;
}

int pg_begin(struct pg_connection *c, bool writes, struct err *reterr) {
    c->tx.writes = writes;
    c->tx.failure.code = 0;
    c->again = false;
    c->lost = false;
    take_end(c);
    c->begins = !writes;
    /* Serializable, because what is written against SQLite may count on one writer at a time. */
    return writes ? pg_command(c, "BEGIN ISOLATION LEVEL SERIALIZABLE", "begin", reterr) : 0;
}

void pg_roll_back(struct pg_connection *c) {
    struct err ignored;
    bool any = !c->begins && PQtransactionStatus(c->db) != PQTRANS_IDLE;
    c->begins = false;
    if (any && c->tx.writes)
        (void)pg_command(c, "ROLLBACK", "rollback", &ignored); /* a connection still in a transaction is not kept */
    else if (any)
        c->ends = PQsendQuery(c->db, "ROLLBACK");
}

void pg_close_rows(struct pg_connection *c) {
    for (size_t i = 0; i < STORE_ROWS_MOST; i++)
        if (c->rows[i].result)
            rows_close(&c->rows[i].head);
}

/* --- statements --- */

int64_t pg_run(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *reterr) {
    PGresult *r;
    int rc = pg_statement_run((struct pg_connection *)tx, q, cells, n, &r, reterr);
    if (rc < 0)
        return rc;
    /* A SELECT's tag counts rows too; it changed none. */
    bool changed = strncmp(PQcmdStatus(r), "SELECT", 6) != 0;
    int64_t n_changed = changed ? strtoll(PQcmdTuples(r), NULL, 10) : 0;
    PQclear(r);
    return n_changed;
}

static struct pg_rows *free_place(struct pg_connection *c) {
    for (size_t i = 0; i < STORE_ROWS_MOST; i++)
        if (!c->rows[i].result)
            return &c->rows[i];
    BUG("store.c let a ninth query open");
}

int pg_rows(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct rows **ret,
            struct err *reterr) {
    struct pg_connection *c = (struct pg_connection *)tx;
    PGresult *r;
    int rc = pg_statement_run(c, q, cells, n, &r, reterr);
    if (rc < 0)
        return rc;
    struct pg_rows *rows = free_place(c);
    *rows = (struct pg_rows){{tx}, r, -1};
    *ret = &rows->head;
    return 0;
}

int pg_prepare(struct tx *tx, const struct query *q, struct err *reterr) {
    struct pg_connection *c = (struct pg_connection *)tx;
    PGresult *r = PQprepare(c->db, "", q->text, 0, NULL);
    int rc = PQresultStatus(r) == PGRES_COMMAND_OK ? 0 : pg_failure(c, r, q->name, reterr);
    PQclear(r);
    return rc;
}

int pg_script(struct tx *tx, struct str sql, struct err *reterr) {
    struct pg_connection *c = (struct pg_connection *)tx;
    BUF_LOCAL(z);
    buf_add(&z, sql); /* terminated */
    if (buf_failed(&z))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int rc = pg_command(c, "SET LOCAL statement_timeout = 0", "schema", reterr);
    return rc < 0 ? rc : pg_command(c, z.p, "schema", reterr);
}

/* --- rows --- */

static const struct pg_rows *rows_of(const struct rows *r) {
    return (const struct pg_rows *)r;
}

int pg_next(struct rows *r, struct err *reterr) {
    (void)reterr; /* all rows are here already */
    struct pg_rows *rows = (struct pg_rows *)r;
    if (rows->at + 1 >= PQntuples(rows->result)) {
        rows->at = PQntuples(rows->result);
        return 0;
    }
    rows->at++;
    return 1;
}

bool pg_get_null(const struct rows *r, int column) {
    const struct pg_rows *rows = rows_of(r);
    bool there = rows->at >= 0 && rows->at < PQntuples(rows->result) && column >= 0 && column < PQnfields(rows->result);
    return !there || PQgetisnull(rows->result, rows->at, column);
}

struct str pg_get_text(const struct rows *r, int column) {
    if (pg_get_null(r, column))
        return STR_NONE;
    const struct pg_rows *rows = rows_of(r);
    const char *p = PQgetvalue(rows->result, rows->at, column);
    if (PQftype(rows->result, column) == OID_BOOL) /* as SQLite says it */
        return *p == 't' ? STR("1") : STR("0");
    return str_part(p, (size_t)PQgetlength(rows->result, rows->at, column));
}

int64_t pg_get_int(const struct rows *r, int column) {
    struct str s = pg_get_text(r, column);
    return s.n ? strtoll(s.p, NULL, 10) : 0; /* libpq terminates its values */
}

void pg_rows_end(struct rows *r) {
    struct pg_rows *rows = (struct pg_rows *)r;
    PQclear(rows->result);
    rows->result = NULL;
}
