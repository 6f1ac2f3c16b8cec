// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The only door to a database. Two engines stand behind it: sqlite/ (embedded) and postgres/ (a cluster).
 *
 * Every query is one text that runs on both engines, in sql/queries/SUBJECT.sql as "-- name: article_insert"; the build
 * turns it into the constant Q_article_insert (declared in "queries.h"). Placeholders are $1, $2, …; values are bound,
 * never formatted into SQL. Times are BIGINT microseconds, ids BIGINT, truth values BIGINT 0/1, text TEXT (UTF-8, no
 * NUL).
 *
 * Reading: store_read() runs fn on a snapshot of a read-only connection.
 * Writing: store_write() runs fn inside a transaction and returns 0 only when what it wrote is on disk. On SQLite all
 * waiting writers share one commit (each in a savepoint, synchronous=FULL); on PostgreSQL each commits for itself and
 * serialization failures are retried. Therefore fn may run more than once: it writes to the database and to *arg only,
 * and starts *arg afresh each time. It may run on another thread than the caller's, and must not call store_write()
 * itself. A negative return of fn undoes all its writes and is what store_write() returns.
 * A statement that failed fails its whole transaction, whatever fn returns; to try and see, ask first or use
 * ON CONFLICT. (tx_int() finding nothing is no failure.)
 *
 * Threads: struct store is for any thread at once; a struct tx and its rows belong to the thread that runs fn.
 * Errors: STORE_AWAY (unreachable; nothing was stored), STORE_UNSURE (lost while it committed: perhaps stored), FULL,
 * IO (the disk refused a read, write or sync of the embedded store), CONFLICT (a constraint), NO_MEMORY, STORE_NEWER,
 * INTERNAL. */
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct tx;
struct rows;

struct query {
    const char *name; /* "article_insert" */
    const char *text;
    const char *only; /* NULL: both engines; else "sqlite" or "postgres" (full-text search, nothing else) */
};

struct cell {
    enum { CELL_NULL, CELL_INT, CELL_TEXT } kind;
    int64_t i;
    struct str s;
};
struct cell cell_int(int64_t i);
struct cell cell_text(struct str s);
struct cell cell_z(const char *z);
struct cell cell_null(void);
/* The empty string becomes NULL. */
struct cell cell_text_or_null(struct str s);
/* 0 becomes NULL. */
struct cell cell_int_or_null(int64_t i);
#define CELLS(...) (const struct cell[]){__VA_ARGS__}, sizeof((const struct cell[]){__VA_ARGS__}) / sizeof(struct cell)
#define CELLS_NONE NULL, 0

typedef int tx_fn(struct tx *tx, void *arg, struct err *reterr);

/* url: "sqlite:PATH" or "postgresql://…" (as libpq takes it). Opens; does not migrate. *ret is closed by store_close().
 */
int store_open(const char *url, struct store **ret, struct err *reterr);
/* Finishes what is queued, then closes. NULL is fine. */
void store_close(struct store *s);
/* "sqlite" or "postgres". */
const char *store_engine(const struct store *s);
/* Brings the schema to this binary's version, in one transaction; -ERR_STORE_NEWER when it is beyond it. */
int store_migrate(struct store *s, struct err *reterr);
/* How long to wait for another process's write, or for a free connection, before -ERR_STORE_AWAY; 10 s unless set.
 * Any thread, any time. */
void store_set_patience(struct store *s, int ms);
/* Many writes come one after another (an import, a rebuild): while it is on, a SQLite store's writer keeps 128 MB of
 * the file in memory instead of 16, and its log grows to 256 MB instead of 4 before it is folded back, so that a page
 * which many writes touch goes to its place once; as long as a gigabyte is free there. Each write is as lasting as
 * ever. Any thread, any time; off unless set. */
void store_set_bulk(struct store *s, bool on);
/* 0 when the store answers a trivial query now. */
int store_ping(struct store *s, struct err *reterr);

/* Runs one statement by itself, on a connection of its own: for those that no transaction may hold (VACUUM). It takes
 * as long as it takes; others' writes may wait meanwhile. *ret (may be NULL): the first column of its first row, else
 * 0. */
int store_alone(struct store *s, const struct query *q, int64_t *ret, struct err *reterr);

int store_read(struct store *s, tx_fn *fn, void *arg, struct err *reterr);
int store_write(struct store *s, tx_fn *fn, void *arg, struct err *reterr);
/* The same without waiting for the disk, for what can be made again from what is on it: everybody sees it when this
 * returns 0; a power cut before the next store_write() may undo it as a whole, and never anything that came before. */
int store_write_soon(struct store *s, tx_fn *fn, void *arg, struct err *reterr);

/* Goes along with others' writes: fn runs in each commit that store_write() makes, behind all writes that share it, and
 * fails without them; then done() is told what became of it (0: on the disk), before they are. Both must be quick, and
 * neither may call store_write(). SQLite only: where every write commits for itself, nothing goes along. */
struct store_rider {
    tx_fn *fn;
    void (*done)(void *arg, int rc, const struct err *e);
    void *arg;
};
/* One at most; NULL: none any more, and neither function runs once this has returned. Not from within a write. */
void store_set_rider(struct store *s, const struct store_rider *r);

/* Who is told of changes that concern other processes: tell() runs on the thread that called store_write() or
 * store_write_soon(), after the commit and before that returns, when tx_tell() was called in a write (at times also
 * when that came to nothing). Set before the first write; NULL: nobody. */
void store_set_herald(struct store *s, void (*tell)(void *arg), void *arg);
/* Within a write: the herald is to be told of it. */
void tx_tell(struct tx *tx);
bool tx_told(const struct tx *tx); /* whether tx_tell() was called in this write */

/* A read that lasts as long as a request: same snapshot rules. End it on the thread that began it. */
int store_begin_read(struct store *s, struct tx **ret, struct err *reterr);
void store_end_read(struct tx *tx);

/* Of the store that tx belongs to: "sqlite" or "postgres". For the queries that are only for one. */
const char *tx_engine(const struct tx *tx);

/* Runs a statement to its end; the number of changed rows (>= 0), or a negative code. */
int64_t tx_run(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *reterr);
/* Starts a query; on 0 *ret is to be closed with rows_close() (ROWS_LOCAL does). At most 8 open at once per tx. */
int tx_rows(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct rows **ret,
            struct err *reterr);
/* The first column of the first row as an integer; -ERR_NOT_FOUND when there is none or it is NULL. */
int tx_int(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, int64_t *ret, struct err *reterr);
/* The next number (from 1) of a named counter, within a write: "article", "revision" …; negative code on failure. */
int64_t tx_next_id(struct tx *tx, const char *counter, struct err *reterr);

/* 1: there is a row; 0: no more; negative: failed. */
int rows_next(struct rows *r, struct err *reterr);
/* Columns from 0, of the row that rows_next() gave. Text is valid until the next rows_next() or rows_close().
 * NULL reads as 0, and as the empty string. */
int64_t rows_int(const struct rows *r, int column);
struct str rows_text(const struct rows *r, int column);
bool rows_null(const struct rows *r, int column);
void rows_close(struct rows *r); /* NULL is fine */
void rows_close_at(struct rows **r);
#define ROWS_LOCAL(name) __attribute__((cleanup(rows_close_at))) struct rows *name = NULL
