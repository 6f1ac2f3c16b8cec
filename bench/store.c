// SPDX-License-Identifier: Apache-2.0
/* How many small durable writes a second: bench-store [FOLDER]
 *
 * The same row in four ways, in turn, five times, each time in a new file; what counts is the median.
 *   64 writers   store_write() from 64 threads: whoever waits shares the next commit
 *   1 writer     store_write() from one thread: a commit for each row
 *   raw, 64      plain SQLite with the same settings, 64 rows a commit, one thread: what the disk and SQLite allow
 *   raw, 1       the same with one row a commit
 * Measure on a quiet machine. On a busy one a single thread waits for its turn after each sync, and 64 threads get more
 * turns than one: the rates then tell of the scheduler, and only the processor's time a row stands.
 * FOLDER (default /var/tmp) must lie on a disk: in memory nothing is durable. Prints a table, then one JSON line a way.
 */
#include "store/store.h"
#include "base/clock.h"
#include "base/file.h"

#include <linux/magic.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>

enum { RUNS = 5, WRITERS = 64, BATCH = 64, SPAN_MS = 2000 };

#define WORD "A notice of the town: the bridge is closed on Monday from eight until noon, for repairs to its railing."
#define MAKE "CREATE TABLE notice (id BIGINT PRIMARY KEY, at_us BIGINT NOT NULL, word TEXT NOT NULL)"
#define ADD "INSERT INTO notice (id, at_us, word) VALUES ($1, $2, $3)"

static const struct query make = {"make", MAKE, NULL}, add = {"add", ADD, NULL};

struct rate {
    double rows, cpu_us; /* a second; for each row, user and system */
};

static double cpu_us(void) {
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u); /* cannot fail */
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void must(bool ok, const char *what) {
    if (ok)
        return;
    fprintf(stderr, "bench-store: %s\n", what);
    exit(1);
}

/* --- through the store --- */

struct bench {
    struct store *store;
    atomic_int_fast64_t next_id, done;
    int64_t until_us;
};

static int make_table(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &make, CELLS_NONE, reterr);
}

static int add_row(struct tx *tx, void *arg, struct err *reterr) {
    const int64_t *id = arg;
    int64_t rc = tx_run(tx, &add, CELLS(cell_int(*id), cell_int(clock_now_us()), cell_z(WORD)), reterr);
    return rc < 0 ? (int)rc : 0;
}

static void *write_rows(void *arg) {
    struct bench *b = arg;
    struct err e = {0};
    while (clock_ticks_us() < b->until_us) {
        int64_t id = atomic_fetch_add(&b->next_id, 1);
        must(store_write(b->store, add_row, &id, &e) == 0, e.text);
        atomic_fetch_add(&b->done, 1);
    }
    return NULL;
}

static struct rate store_rate(const char *path, int writers) {
    char url[600];
    struct err e = {0};
    struct bench b = {0};
    pthread_t thread[WRITERS];
    (void)snprintf(url, sizeof url, "sqlite:%s", path);
    must(store_open(url, &b.store, &e) == 0, e.text);
    must(store_write(b.store, make_table, NULL, &e) == 0, e.text);
    int64_t began = clock_ticks_us();
    double cpu = cpu_us();
    b.until_us = began + SPAN_MS * 1000;
    for (int i = 0; i < writers; i++)
        must(pthread_create(&thread[i], NULL, write_rows, &b) == 0, "no thread");
    for (int i = 0; i < writers; i++)
        must(pthread_join(thread[i], NULL) == 0, "no thread");
    double seconds = (double)(clock_ticks_us() - began) / 1e6;
    cpu = cpu_us() - cpu;
    store_close(b.store);
    double done = (double)atomic_load(&b.done);
    return (struct rate){done / seconds, cpu / done};
}

static struct rate through_64_writers(const char *path) {
    return store_rate(path, WRITERS);
}

static struct rate through_1_writer(const char *path) {
    return store_rate(path, 1);
}

/* --- without it --- */

static void run_raw(sqlite3 *db, const char *sql) {
    must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
}

static void add_raw(sqlite3_stmt *s, int64_t id) {
    sqlite3_bind_int64(s, 1, id);
    sqlite3_bind_int64(s, 2, clock_now_us());
    sqlite3_bind_text(s, 3, WORD, sizeof WORD - 1, SQLITE_STATIC);
    must(sqlite3_step(s) == SQLITE_DONE, "a row was refused");
    sqlite3_reset(s);
}

static struct rate raw_rate(const char *path, int batch) {
    sqlite3 *db;
    sqlite3_stmt *s;
    must(sqlite3_open(path, &db) == SQLITE_OK, "no file");
    run_raw(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; " MAKE);
    must(sqlite3_prepare_v2(db, ADD, -1, &s, NULL) == SQLITE_OK, sqlite3_errmsg(db));
    double cpu = cpu_us();
    int64_t began = clock_ticks_us(), until = began + SPAN_MS * 1000, done = 0;
    while (clock_ticks_us() < until) {
        run_raw(db, "BEGIN IMMEDIATE");
        for (int i = 0; i < batch; i++)
            add_raw(s, done++);
        run_raw(db, "COMMIT");
    }
    double seconds = (double)(clock_ticks_us() - began) / 1e6;
    cpu = cpu_us() - cpu;
    sqlite3_finalize(s);
    sqlite3_close(db);
    return (struct rate){(double)done / seconds, cpu / (double)done};
}

static struct rate raw_64(const char *path) {
    return raw_rate(path, BATCH);
}

static struct rate raw_1(const char *path) {
    return raw_rate(path, 1);
}

/* --- the table --- */

static struct way {
    const char *key, *name;
    struct rate (*run)(const char *path);
    double rates[RUNS], cpu_us[RUNS];
} ways[] = {{"store_64_writers", "store_write(), 64 writers waiting", through_64_writers, {0}, {0}},
            {"store_1_writer", "store_write(), one commit a row", through_1_writer, {0}, {0}},
            {"sqlite_batch_64", "raw SQLite, 64 rows a commit", raw_64, {0}, {0}},
            {"sqlite_batch_1", "raw SQLite, one row a commit", raw_1, {0}, {0}}};
enum { WAYS = sizeof ways / sizeof ways[0] };

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run_once(struct way *w, int run, const char *folder) {
    char inner[400], path[500];
    struct err e = {0};
    (void)snprintf(inner, sizeof inner, "%s/bench-store.XXXXXX", folder);
    must(mkdtemp(inner) != NULL, "the folder cannot be written to");
    (void)snprintf(path, sizeof path, "%s/daylight.db", inner);
    struct rate r = w->run(path);
    w->rates[run] = r.rows;
    w->cpu_us[run] = r.cpu_us;
    must(file_remove_all(inner, &e) == 0, e.text);
}

static void print_all(double load) {
    printf("durable rows a second, median of %d; load of the machine at the start %.1f\n\n", RUNS, load);
    if (load > 1)
        printf("The machine is busy: only the processor's time can be compared.\n\n");
    printf("%-36s %10s %10s %10s %12s\n", "", "median", "least", "most", "CPU us/row");
    for (int i = 0; i < WAYS; i++) {
        struct way *w = &ways[i];
        qsort(w->rates, RUNS, sizeof w->rates[0], by_size);
        qsort(w->cpu_us, RUNS, sizeof w->cpu_us[0], by_size);
        printf("%-36s %10.0f %10.0f %10.0f %12.1f\n", w->name, w->rates[RUNS / 2], w->rates[0], w->rates[RUNS - 1],
               w->cpu_us[RUNS / 2]);
    }
    for (int i = 0; i < WAYS; i++)
        printf("{\"bench\":\"store\",\"way\":\"%s\",\"rows_per_second\":%.0f,\"least\":%.0f,\"most\":%.0f,"
               "\"cpu_us_per_row\":%.1f,\"runs\":%d,\"load\":%.1f,\"sqlite\":\"%s\"}\n",
               ways[i].key, ways[i].rates[RUNS / 2], ways[i].rates[0], ways[i].rates[RUNS - 1],
               ways[i].cpu_us[RUNS / 2], RUNS, load, sqlite3_libversion());
}

int main(int argc, char **argv) {
    const char *folder = argc > 1 ? argv[1] : "/var/tmp";
    struct statfs fs;
    must(statfs(folder, &fs) == 0, "the folder is not there");
    must(fs.f_type != TMPFS_MAGIC && fs.f_type != RAMFS_MAGIC, "the folder is in memory; name one on a disk");
    double load = 0;
    (void)getloadavg(&load, 1); /* 0 where it is not known */
    for (int run = 0; run < RUNS; run++)
        for (int i = 0; i < WAYS; i++)
            run_once(&ways[i], run, folder);
    print_all(load);
    return 0;
}
