// SPDX-License-Identifier: Apache-2.0
/* The cluster engine: a pool of connections; each read a snapshot, each write a serializable transaction that is run
 * again when the server asks for it. */
#include "store/postgres/connection.h"

#include "base/random.h"
#include "store/fault.h"
#include "store/pool.h"
#include "store/postgres/failure.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIES_MOST = 6, TRIES_BESIDE_OTHERS = 2 };

/* Any numbers, as long as nobody else takes them in the same database. */
static const char take_share[] = "SELECT pg_advisory_lock_shared(4951236706)",
                  take_turn[] = "SELECT pg_advisory_lock(4951236706)", let_go[] = "SELECT pg_advisory_unlock_all()",
                  without_end[] = "SET statement_timeout = 0; SET lock_timeout = '10min'",
                  take_schema[] = "SET statement_timeout = '10min'; SELECT pg_advisory_lock(4951236707)";

struct postgres_store {
    struct store head;
    struct pool pool;
    char url[];
};

static struct postgres_store *store_of(struct store *s) {
    return (struct postgres_store *)s;
}

static void close_idle(void *connection) {
    pg_close(connection);
}

/* --- connections --- */

static void give_back(struct postgres_store *s, struct pg_connection *c) {
    bool idle = c->ends || PQtransactionStatus(c->db) == PQTRANS_IDLE;
    if (c->stale || PQstatus(c->db) != CONNECTION_OK || !idle) {
        pg_close(c);
        c = NULL;
    }
    pool_give(&s->pool, c);
}

/* A connection that has run `first` (and is in a transaction when `first` began one). One that died while it lay idle
 * is replaced by a new one: nothing was done on it yet. */
static int take(struct postgres_store *s, int (*first)(struct pg_connection *c, struct err *reterr),
                struct pg_connection **ret, struct err *reterr) {
    void *idle;
    int rc = pool_take(&s->pool, atomic_load(&s->head.patience_ms), &idle, reterr);
    if (rc < 0)
        return rc;
    struct pg_connection *c = idle;
    if (c) {
        c->lost = false;
        rc = first(c, reterr);
        if (rc < 0 && c->lost) {
            pg_close(c);
            c = NULL;
        }
    }
    if (!c) {
        rc = pg_open(&s->head, s->url, &c, reterr);
        if (rc < 0) {
            pool_give(&s->pool, NULL);
            return rc;
        }
        rc = first(c, reterr);
    }
    if (rc < 0) {
        give_back(s, c);
        return rc;
    }
    *ret = c;
    return 0;
}

static int first_nothing(struct pg_connection *c, struct err *reterr) {
    (void)c;
    (void)reterr;
    return 0;
}

static int first_read(struct pg_connection *c, struct err *reterr) {
    return pg_begin(c, false, reterr);
}

/* The lock is taken before the transaction begins: within it the snapshot would be older than the lock. */
static int lock_and_write(struct pg_connection *c, const char *lock, struct err *reterr) {
    int rc = pg_command(c, lock, "turn", reterr);
    if (rc < 0)
        return rc;
    rc = pg_begin(c, true, reterr);
    c->stale = c->stale || rc < 0; /* closing it lets go */
    return rc;
}

static int first_write(struct pg_connection *c, struct err *reterr) {
    return lock_and_write(c, take_share, reterr);
}

/* Those that were turned away before go one after the other, and nobody beside them: however many come anew, each of
 * them is done. */
static int first_turn_and_write(struct pg_connection *c, struct err *reterr) {
    return lock_and_write(c, take_turn, reterr);
}

/* Its time-out is not the usual one, so it is not kept; and closing it gives the lock back. */
static int first_lock_schema(struct pg_connection *c, struct err *reterr) {
    c->stale = true;
    return pg_command(c, take_schema, "schema lock", reterr);
}

/* Not kept either. */
static int first_alone(struct pg_connection *c, struct err *reterr) {
    c->stale = true;
    return pg_command(c, without_end, "time-out", reterr);
}

/* --- opening --- */

static int open_postgres(const char *url, struct store **ret, struct err *reterr) {
    struct postgres_store *s = calloc(1, sizeof *s + strlen(url) + 1);
    if (!s)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    memcpy(s->url, url, strlen(url) + 1);
    s->head.engine = &engine_postgres;
    atomic_init(&s->head.patience_ms, STORE_PATIENCE_MS);
    int rc = pool_init(&s->pool, STORE_POSTGRES_CONNECTIONS, reterr);
    if (rc < 0) {
        free(s);
        return rc;
    }
    struct pg_connection *c;
    rc = take(s, first_nothing, &c, reterr); /* a wrong address is told at once */
    if (rc < 0) {
        pool_clear(&s->pool, close_idle);
        free(s);
        return rc;
    }
    give_back(s, c);
    *ret = &s->head;
    return 0;
}

static void close_postgres(struct store *store) {
    struct postgres_store *s = store_of(store);
    pool_clear(&s->pool, close_idle);
    free(s);
}

/* --- reading --- */

static int begin_read(struct store *store, struct tx **ret, struct err *reterr) {
    struct pg_connection *c;
    int rc = take(store_of(store), first_read, &c, reterr);
    if (rc == 0)
        *ret = &c->tx;
    return rc;
}

static void end_read(struct tx *tx) {
    struct pg_connection *c = (struct pg_connection *)tx;
    pg_close_rows(c);
    pg_roll_back(c);
    give_back(store_of(c->store), c);
}

/* --- writing --- */

static int commit(struct pg_connection *c, struct err *reterr) {
    if (store_fault_now())
        return err_set(reterr, ERR_STORE_AWAY, "The store failed on purpose, for a test; nothing was stored.");
    PGresult *r = PQexec(c->db, "COMMIT");
    int rc = 0;
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        rc = pg_failure(c, r, "commit", reterr);
    else if (strcmp(PQcmdStatus(r), "COMMIT") != 0) /* what a transaction gets that had failed */
        rc = err_set(reterr, ERR_INTERNAL, "%s", err_sentence(ERR_INTERNAL));
    PQclear(r);
    if (!c->lost)
        return rc;
    /* The server may have committed before the connection broke. To run it again could do it twice. */
    c->lost = false;
    return err_set(reterr, ERR_STORE_UNSURE,
                   "The connection to the store broke while it was storing this: it may or may not be stored. Look "
                   "before you do it again.");
}

/* Again is in c->again or c->lost. */
static int write_once(struct pg_connection *c, tx_fn *fn, void *arg, bool soon, struct err *reterr) {
    int rc = soon ? pg_command(c, "SET LOCAL synchronous_commit = off", "soon", reterr) : 0;
    if (rc == 0)
        rc = tx_call(&c->tx, fn, arg, reterr);
    pg_close_rows(c);
    if (rc == 0)
        rc = commit(c, reterr);
    pg_roll_back(c);
    return rc;
}

static void pause_before(int try) {
    struct timespec t = {0, (long)(1 + random_below(2U << try)) * 1000000L};
    (void)nanosleep(&t, NULL); /* woken early is as good */
}

static int write_postgres(struct store *store, tx_fn *fn, void *arg, bool soon, struct err *reterr) {
    struct postgres_store *s = store_of(store);
    struct err e;
    bool reconnected = false, more = true;
    int rc = 0;
    for (int try = 1; more; try++) {
        bool turn = try > TRIES_BESIDE_OTHERS;
        struct pg_connection *c;
        rc = take(s, turn ? first_turn_and_write : first_write, &c, &e);
        if (rc < 0)
            break;
        rc = write_once(c, fn, arg, soon, &e);
        more = rc < 0 && try < TRIES_MOST && (c->again || (c->lost && !reconnected));
        reconnected = reconnected || c->lost;
        struct err ignored;
        if (pg_command(c, let_go, "turn", &ignored) < 0)
            c->stale = true; /* closing it lets go */
        give_back(s, c);
        if (more && !turn)
            pause_before(try);
    }
    if (rc < 0 && reterr)
        *reterr = e;
    return rc;
}

static int alone_postgres(struct store *store, const struct query *q, int64_t *ret, struct err *reterr) {
    struct pg_connection *c;
    int rc = take(store_of(store), first_alone, &c, reterr);
    if (rc < 0)
        return rc;
    PGresult *r = PQexec(c->db, q->text); /* a constant */
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        rc = pg_failure(c, r, q->name, reterr);
    else if (PQntuples(r) > 0 && !str_to_int(str_of(PQgetvalue(r, 0, 0)), ret))
        *ret = 0;
    PQclear(r);
    give_back(store_of(store), c);
    return rc;
}

/* --- the schema --- */

static int lock_schema(struct store *store, void **ret, struct err *reterr) {
    struct pg_connection *c;
    int rc = take(store_of(store), first_lock_schema, &c, reterr);
    if (rc == 0)
        *ret = c;
    return rc;
}

static void unlock_schema(struct store *store, void *lock) {
    give_back(store_of(store), lock);
}

const struct engine engine_postgres = {
    .name = "postgres",
    .open = open_postgres,
    .close = close_postgres,
    .begin_read = begin_read,
    .end_read = end_read,
    .write = write_postgres,
    .alone = alone_postgres,
    .run = pg_run,
    .rows = pg_rows,
    .prepare = pg_prepare,
    .script = pg_script,
    .next = pg_next,
    .get_int = pg_get_int,
    .get_text = pg_get_text,
    .get_null = pg_get_null,
    .close_rows = pg_rows_end,
    .lock_schema = lock_schema,
    .unlock_schema = unlock_schema,
};
