// SPDX-License-Identifier: Apache-2.0
/* Opening a SQLite file the way this store wants it, and running statements on it. */
#include "store/sqlite/connection.h"

#include "store/sqlite/failure.h"
#include "store/sqlite/statement.h"
#include "store/sqlite/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static const struct query begin_read = {"begin", "BEGIN", NULL}, begin_write = {"begin", "BEGIN IMMEDIATE", NULL},
                          commit = {"commit", "COMMIT", NULL}, rollback = {"rollback", "ROLLBACK", NULL},
                          save = {"savepoint", "SAVEPOINT one", NULL}, release = {"release", "RELEASE one", NULL},
                          undo = {"rollback to", "ROLLBACK TO one", NULL};

/* Of a writer; the log is folded back after so many pages of 4 KB, and its file cut back to 64 MB after a burst. */
static const char usual_pace[] = "PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 1000; "
                                 "PRAGMA journal_size_limit = 67108864",
                  bulk_pace[] = "PRAGMA cache_size = -128000; PRAGMA wal_autocheckpoint = 64000; "
                                "PRAGMA journal_size_limit = -1";

/* --- opening --- */

/* SQLite would make the file with the process's umask; its WAL and index take over the file's mode. One that is there
 * is not opened here: closing it would take away the locks that another connection of this process has on it. */
static int make_file(const char *path, struct err *reterr) {
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST && faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) != 0)
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600); /* a link to a file that is still to be made */
    bool usable = fd >= 0 || (errno == EEXIST && faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0);
    if (!usable)
        return err_set(reterr, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_STORE_AWAY,
                       "The store %s cannot be opened: %s.", path, strerrordesc_np(errno));
    if (fd >= 0)
        (void)close(fd); /* nothing was written */
    return 0;
}

static int pragma(sqlite3 *db, const char *constant, struct err *reterr) {
    return sqlite3_exec(db, constant, NULL, NULL, NULL) == SQLITE_OK ? 0 : failure_of(db, constant, reterr);
}

/* A file system without shared memory (some network mounts) cannot do WAL, and then two writers could lose data. */
static int set_wal(sqlite3 *db, struct err *reterr) {
    sqlite3_stmt *s = NULL;
    bool is_wal = false;
    if (sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW) {
        const char *mode = (const char *)sqlite3_column_text(s, 0);
        is_wal = mode && strcmp(mode, "wal") == 0;
        if (!is_wal) {
            (void)sqlite3_finalize(s); /* read only */
            return err_set(reterr, ERR_STORE_AWAY,
                           "The store's file system has no shared memory for SQLite's WAL; put "
                           "the data folder on a local disk, or use PostgreSQL.");
        }
    }
    if (sqlite3_finalize(s) != SQLITE_OK || !is_wal)
        return failure_of(db, "journal_mode", reterr);
    return 0;
}

static int configure(sqlite3 *db, bool writes, struct err *reterr) {
    (void)sqlite3_extended_result_codes(db, 1);
    /* No schema, however it came into the file, may run functions of ours or touch shadow tables. */
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    int rc = pragma(db, "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON", reterr);
    if (rc < 0)
        return rc;
    /* Nothing mapped: what a reader had once looked at would count as the server's memory, for each of its readers. */
    if (!writes)
        return pragma(db, "PRAGMA query_only = ON; PRAGMA cache_size = -4000; PRAGMA mmap_size = 0", reterr);
    rc = set_wal(db, reterr);
    if (rc < 0)
        return rc;
    /* FULL: a commit is on disk, not only in the kernel. */
    /* Every cell of a page that is read is looked at, before anything is written beside it. */
    rc = pragma(db, "PRAGMA cell_size_check = ON; PRAGMA synchronous = FULL", reterr);
    return rc < 0 ? rc : pragma(db, usual_pace, reterr);
}

static int prepare_own(struct connection *c, bool writes, struct err *reterr) {
    int rc = statement_prepare(c->db, writes ? &begin_write : &begin_read, &c->begin, reterr);
    if (rc == 0)
        rc = statement_prepare(c->db, &commit, &c->commit, reterr);
    if (rc == 0)
        rc = statement_prepare(c->db, &rollback, &c->rollback, reterr);
    if (rc == 0)
        rc = statement_prepare(c->db, &save, &c->save, reterr);
    if (rc == 0)
        rc = statement_prepare(c->db, &release, &c->release, reterr);
    if (rc == 0)
        rc = statement_prepare(c->db, &undo, &c->undo, reterr);
    return rc;
}

/* SQLite's own (sqlite3_busy_timeout) asks ever more rarely, in the end ten times a second: whose turn it is would let
 * the lock lie idle for so long each time. */
static int ask_again(void *connection, int times) {
    static const struct timespec pause = {.tv_nsec = 1000000};
    const struct connection *c = connection;
    (void)nanosleep(&pause, NULL); /* a signal shortens it: fine */
    return times < c->patience_ms;
}

static int open_and_configure(struct connection *c, const char *path, bool writes, struct err *reterr) {
    /* NOMUTEX: the pool and the writer see to it that one thread uses a connection at a time. */
    int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(path, &c->db, flags, NULL) != SQLITE_OK)
        return failure_of(c->db, path, reterr);
    if (writes)
        c->turn = turn_open(sqlite3_db_filename(c->db, "main"));
    connection_set_patience(c, atomic_load(&c->store->patience_ms));
    (void)sqlite3_busy_handler(c->db, ask_again, c); /* always SQLITE_OK */
    int rc = configure(c->db, writes, reterr);
    return rc < 0 ? rc : prepare_own(c, writes, reterr);
}

int connection_open(struct store *store, const char *path, bool writes, struct connection **ret, struct err *reterr) {
    int rc = writes ? make_file(path, reterr) : 0;
    if (rc < 0)
        return rc;
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    c->tx.engine = &engine_sqlite;
    c->tx.writes = writes;
    c->store = store;
    c->turn = -1;
    rc = open_and_configure(c, path, writes, reterr);
    if (rc < 0) {
        connection_close(c);
        return rc;
    }
    *ret = c;
    return 0;
}

int connection_open_alone(struct store *store, const char *path, struct connection **ret, struct err *reterr) {
    struct connection *c;
    int rc = connection_open(store, path, true, &c, reterr);
    if (rc < 0)
        return rc;
    rc = pragma(c->db, "PRAGMA temp_store = FILE", reterr);
    if (rc < 0)
        connection_close(c);
    else
        *ret = c;
    return rc;
}

void connection_close(struct connection *c) {
    if (!c)
        return;
    for (size_t i = 0; i < CONNECTION_BUCKETS; i++)
        while (c->bucket[i]) {
            struct statement *s = c->bucket[i];
            c->bucket[i] = s->next;
            statement_free(s);
        }
    struct statement *own[] = {c->begin, c->commit, c->rollback, c->save, c->release, c->undo};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        statement_free(own[i]);
    if (sqlite3_close(c->db) != SQLITE_OK)
        BUG("a SQLite connection was closed with statements left");
    if (c->turn >= 0)
        (void)close(c->turn); /* nothing was written */
    free(c);
}

void connection_set_patience(struct connection *c, int ms) {
    c->patience_ms = ms;
}

/* Without the sync of each commit. What a later commit with one syncs is the whole log, what came before included. */
int connection_set_soon(struct connection *c, bool soon, struct err *reterr) {
    if (c->soon == soon)
        return 0;
    int rc = pragma(c->db, soon ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", reterr);
    if (rc == 0)
        c->soon = soon;
    return rc;
}

/* The log that grows must not be what fills the disk. */
static bool has_room(const struct connection *c) {
    struct statvfs disk;
    const char *path = sqlite3_db_filename(c->db, "main");
    return path && statvfs(path, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize >= STORE_BULK_ROOM;
}

int connection_set_bulk(struct connection *c, bool bulk, struct err *reterr) {
    bulk = bulk && has_room(c);
    if (c->bulk == bulk)
        return 0;
    int rc = pragma(c->db, bulk ? bulk_pace : usual_pace, reterr);
    if (rc == 0)
        c->bulk = bulk;
    return rc;
}

/* --- transactions --- */

int connection_say(struct connection *c, struct statement *s, struct err *reterr) {
    errno = 0; /* for failure_of() */
    int step = sqlite3_step(s->stmt);
    int rc = step == SQLITE_DONE ? 0 : failure_of(c->db, s->query->name, reterr);
    (void)sqlite3_reset(s->stmt); /* repeats what the step said */
    return rc;
}

int connection_begin_write(struct connection *c, struct err *reterr) {
    int patience = c->patience_ms;
    c->patience_ms = turn_begin(c->turn, patience);
    int rc = connection_say(c, c->begin, reterr);
    turn_end(c->turn);
    c->patience_ms = patience;
    return rc;
}

bool connection_idle(const struct connection *c) {
    return sqlite3_get_autocommit(c->db) != 0;
}

void connection_close_rows(struct connection *c) {
    for (size_t i = 0; i < STORE_ROWS_MOST; i++)
        if (c->rows[i].statement)
            rows_close(&c->rows[i].head);
}

/* --- statements --- */

int64_t connection_run(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *reterr) {
    struct connection *c = (struct connection *)tx;
    struct statement *s = NULL;
    int64_t rc = statement_get(c, q, cells, n, false, &s, reterr);
    if (rc < 0)
        return rc;
    /* sqlite3_changes64() alone would tell of an earlier statement after one that changes no rows by nature. */
    int64_t before = sqlite3_total_changes64(c->db);
    errno = 0; /* for failure_of() */
    int step;
    while ((step = sqlite3_step(s->stmt)) == SQLITE_ROW)
        ;
    if (step != SQLITE_DONE)
        rc = failure_of(c->db, q->name, reterr);
    else if (sqlite3_total_changes64(c->db) != before)
        rc = sqlite3_changes64(c->db);
    statement_end(s);
    return rc;
}

static struct sqlite_rows *free_place(struct connection *c) {
    for (size_t i = 0; i < STORE_ROWS_MOST; i++)
        if (!c->rows[i].statement)
            return &c->rows[i];
    BUG("store.c let a ninth query open");
}

/* Steps once, so that an INSERT … RETURNING has happened when this returns, as it has on PostgreSQL. */
int connection_rows(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct rows **ret,
                    struct err *reterr) {
    struct connection *c = (struct connection *)tx;
    struct statement *s = NULL;
    int rc = statement_get(c, q, cells, n, true, &s, reterr);
    if (rc < 0)
        return rc;
    errno = 0; /* for failure_of() */
    int step = sqlite3_step(s->stmt);
    if (step != SQLITE_ROW && step != SQLITE_DONE) {
        rc = failure_of(c->db, q->name, reterr);
        statement_end(s);
        return rc;
    }
    struct sqlite_rows *rows = free_place(c);
    *rows = (struct sqlite_rows){{tx}, s, step == SQLITE_ROW ? ROWS_FIRST : ROWS_END};
    *ret = &rows->head;
    return 0;
}

int connection_prepare(struct tx *tx, const struct query *q, struct err *reterr) {
    struct statement *s = NULL;
    int rc = statement_prepare(((struct connection *)tx)->db, q, &s, reterr);
    if (rc == 0)
        statement_free(s);
    return rc;
}

int connection_script(struct tx *tx, struct str sql, struct err *reterr) {
    struct connection *c = (struct connection *)tx;
    while (str_trim(sql).n) {
        sqlite3_stmt *stmt = NULL;
        const char *rest = NULL;
        if (sql.n > INT_MAX || sqlite3_prepare_v2(c->db, sql.p, (int)sql.n, &stmt, &rest) != SQLITE_OK)
            return failure_of(c->db, "schema", reterr);
        sql = str_from(sql, (size_t)(rest - sql.p));
        if (!stmt) /* only a comment */
            continue;
        int step;
        while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
            ;
        int rc = step == SQLITE_DONE ? 0 : failure_of(c->db, "schema", reterr);
        (void)sqlite3_finalize(stmt); /* repeats what the last step said */
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* --- rows --- */

static struct sqlite_rows *rows_of(const struct rows *r) {
    return (struct sqlite_rows *)(uintptr_t)r;
}

int connection_next(struct rows *r, struct err *reterr) {
    struct sqlite_rows *rows = rows_of(r);
    if (rows->state == ROWS_END)
        return 0; /* another step would begin anew */
    if (rows->state == ROWS_FIRST) {
        rows->state = ROWS_MORE;
        return 1;
    }
    errno = 0; /* for failure_of() */
    int step = sqlite3_step(rows->statement->stmt);
    if (step == SQLITE_ROW)
        return 1;
    rows->state = ROWS_END;
    if (step == SQLITE_DONE)
        return 0;
    return failure_of(((struct connection *)r->tx)->db, rows->statement->query->name, reterr);
}

int64_t connection_get_int(const struct rows *r, int column) {
    return sqlite3_column_int64(rows_of(r)->statement->stmt, column);
}

struct str connection_get_text(const struct rows *r, int column) {
    sqlite3_stmt *stmt = rows_of(r)->statement->stmt;
    const char *p = (const char *)sqlite3_column_text(stmt, column);
    if (p)
        return str_part(p, (size_t)sqlite3_column_bytes(stmt, column));
    if (sqlite3_errcode(((struct connection *)r->tx)->db) == SQLITE_NOMEM) {
        struct err e;
        (void)err_set(&e, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)); /* kept in the transaction */
        tx_fail(r->tx, &e);
    }
    return STR_NONE;
}

bool connection_get_null(const struct rows *r, int column) {
    return sqlite3_column_type(rows_of(r)->statement->stmt, column) == SQLITE_NULL;
}

void connection_rows_end(struct rows *r) {
    struct sqlite_rows *rows = rows_of(r);
    statement_end(rows->statement);
    rows->statement = NULL;
}
