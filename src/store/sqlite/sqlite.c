// SPDX-License-Identifier: Apache-2.0
/* The embedded engine: one writer, and a pool of read-only connections, each read a snapshot of its own (WAL). */
#include "store/sqlite/connection.h"

#include "store/pool.h"
#include "store/sqlite/turn.h"
#include "store/sqlite/writer.h"

#include <stdlib.h>
#include <string.h>

struct sqlite_store {
    struct store head;
    struct writer *writer;
    struct pool readers;
    char path[];
};

static struct sqlite_store *store_of(struct store *s) {
    return (struct sqlite_store *)s;
}

static void close_reader(void *connection) {
    connection_close(connection);
}

/* Settings of the whole library, before its first use: without counting memory, threads do not share a lock for it. */
static void set_up(void) {
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* refused when another part of the process was first: fine */
}

/* A path that SQLite would take for a URI or for a store in memory is a file's name all the same. */
static const char *prefix_of(const char *path) {
    return *path == ':' || strncmp(path, "file:", 5) == 0 ? "./" : "";
}

static int start(struct sqlite_store *s, struct err *reterr) {
    struct connection *c;
    int rc = connection_open(&s->head, s->path, true, &c, reterr);
    return rc < 0 ? rc : writer_start(c, &s->writer, reterr);
}

static int open_sqlite(const char *url, struct store **ret, struct err *reterr) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, set_up); /* cannot fail */
    const char *path = url + strlen("sqlite:"), *prefix = prefix_of(path);
    if (!*path)
        return err_set(reterr, ERR_INVALID, "A SQLite store needs a file's path after sqlite:.");
    struct sqlite_store *s = calloc(1, sizeof *s + strlen(prefix) + strlen(path) + 1);
    if (!s)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    memcpy(s->path, prefix, strlen(prefix));
    memcpy(s->path + strlen(prefix), path, strlen(path) + 1);
    s->head.engine = &engine_sqlite;
    atomic_init(&s->head.patience_ms, STORE_PATIENCE_MS);
    int rc = pool_init(&s->readers, STORE_SQLITE_READERS, reterr);
    if (rc == 0) {
        rc = start(s, reterr);
        if (rc < 0)
            pool_clear(&s->readers, close_reader);
    }
    if (rc < 0) {
        free(s);
        return rc;
    }
    *ret = &s->head;
    return 0;
}

static void close_sqlite(struct store *store) {
    struct sqlite_store *s = store_of(store);
    /* The writer last: the last connection to close folds the WAL back, and a read-only one cannot. */
    pool_clear(&s->readers, close_reader);
    writer_stop(s->writer);
    free(s);
}

static int begin_read(struct store *store, struct tx **ret, struct err *reterr) {
    struct sqlite_store *s = store_of(store);
    void *idle;
    int patience = atomic_load(&store->patience_ms), rc = pool_take(&s->readers, patience, &idle, reterr);
    if (rc < 0)
        return rc;
    struct connection *c = idle;
    if (!c)
        rc = connection_open(store, s->path, false, &c, reterr);
    if (rc == 0) {
        c->tx.failure.code = 0;
        rc = connection_say(c, c->begin, reterr);
        if (rc < 0)
            connection_close(c);
    }
    if (rc < 0) {
        pool_give(&s->readers, NULL);
        return rc;
    }
    *ret = &c->tx;
    return 0;
}

static void end_read(struct tx *tx) {
    struct connection *c = (struct connection *)tx;
    struct pool *readers = &store_of(c->store)->readers;
    struct err ignored;
    connection_close_rows(c);
    if (!connection_idle(c) && connection_say(c, c->rollback, &ignored) < 0) {
        connection_close(c);
        c = NULL;
    }
    pool_give(readers, c);
}

static int write_sqlite(struct store *s, tx_fn *fn, void *arg, bool soon, struct err *reterr) {
    return writer_run(store_of(s)->writer, fn, arg, soon, reterr);
}

static void set_rider(struct store *s, const struct store_rider *r) {
    writer_set_rider(store_of(s)->writer, r);
}

static int alone_sqlite(struct store *store, const struct query *q, int64_t *ret, struct err *reterr) {
    struct connection *c;
    struct rows *rows = NULL;
    int rc = connection_open_alone(store, store_of(store)->path, &c, reterr);
    if (rc < 0)
        return rc;
    c->patience_ms = turn_begin(c->turn, c->patience_ms); /* closing it gives it back */
    rc = connection_rows(&c->tx, q, CELLS_NONE, &rows, reterr);
    if (rc == 0)
        rc = connection_next(rows, reterr);
    if (rc > 0)
        *ret = connection_get_int(rows, 0);
    connection_close_rows(c);
    connection_close(c);
    return rc < 0 ? rc : 0;
}

const struct engine engine_sqlite = {
    .name = "sqlite",
    .open = open_sqlite,
    .close = close_sqlite,
    .begin_read = begin_read,
    .end_read = end_read,
    .write = write_sqlite,
    .set_rider = set_rider,
    .alone = alone_sqlite,
    .run = connection_run,
    .rows = connection_rows,
    .prepare = connection_prepare,
    .script = connection_script,
    .next = connection_next,
    .get_int = connection_get_int,
    .get_text = connection_get_text,
    .get_null = connection_get_null,
    .close_rows = connection_rows_end,
};
