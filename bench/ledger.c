// SPDX-License-Identifier: Apache-2.0
/* How many acts a second the ledger takes: bench-ledger [FOLDER] [URL]
 *
 * An act is one store_write() that leaves an entry, and ledger_settle(): it is over when its entry has an index, a
 * checkpoint that covers it was signed by the signer's process (whose state is on the disk), and that checkpoint stands
 * in the store (on the disk). Clients are threads that act one act after the other.
 *   floor fdatasync   4 KB over an old place of a file, and fdatasync()
 *   floor sqlite      plain SQLite, the ledger's settings: 256 rows a commit, then 1 row a commit, one thread
 *   256 clients, 1 client
 *   proofs            of any entry in a log of 10,000,000, its tiles in files, made anew for each proof; the first one
 *                     after opening folds the right edge
 * In one run, in turn, RUNS times; what counts is the median. FOLDER (default /var/tmp) must lie on a disk: in memory
 * nothing is durable. URL: another store than an own SQLite file, e.g. postgresql:///bench (an empty database; one
 * turn). Prints a table, then one JSON line a row. */
#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "ledger/sequencer.h"
#include "ledger/signer.h"
#include "queries.h"
#include "store/store.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5, CLIENTS = 256, SPAN_MS = 3000, ACTS_MOST = 200000, PROOFS = 2000 };
static const uint64_t big = 10000000;

static void must(bool ok, const char *what) {
    if (ok)
        return;
    fprintf(stderr, "bench-ledger: %s\n", what);
    exit(1);
}

static int by_number(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return a < b ? -1 : a > b;
}

static double at_share(double *v, size_t n, double share) {
    if (n == 0)
        return 0;
    qsort(v, n, sizeof *v, by_number);
    size_t i = (size_t)(share * (double)n);
    return v[i < n ? i : n - 1];
}

/* --- a place --- */

struct place {
    char folder[512], url[600];
    bool own; /* a SQLite file in the folder */
    struct store *store;
    struct ledger *ledger;
};

static void open_place(struct place *p, const char *parent, const char *url, bool with_ledger) {
    struct err e = {0};
    char keys[600];
    (void)snprintf(p->folder, sizeof p->folder, "%s/bench-ledger.XXXXXX", parent);
    must(mkdtemp(p->folder) != NULL, "no folder can be made there");
    (void)snprintf(keys, sizeof keys, "%s/keys", p->folder);
    p->own = url == NULL;
    if (url)
        (void)snprintf(p->url, sizeof p->url, "%s", url);
    else
        (void)snprintf(p->url, sizeof p->url, "sqlite:%s/daylight.db", p->folder);
    must(store_open(p->url, &p->store, &e) == 0, e.text);
    must(store_migrate(p->store, &e) == 0, e.text);
    must(file_make_folder(keys, &e) == 0, e.text);
    p->ledger = NULL;
    if (with_ledger) {
        must(ledger_found(p->store, str_of(p->folder), STR("bench.example/ledger"), &e) == 0, e.text);
        must(ledger_open(p->store, str_of(p->folder), "/proc/self/exe", &p->ledger, &e) == 0, e.text);
        must(ledger_why(p->ledger, &e) == 0, e.text);
    }
}

static void close_place(struct place *p) {
    struct err e = {0};
    ledger_close(p->ledger);
    store_close(p->store);
    must(file_remove_all(p->folder, &e) == 0, e.text);
}

/* --- acts --- */

struct bench {
    struct place *place;
    atomic_size_t acts;
    int64_t until_us;
    double *ms; /* of each act */
};

static int leave(struct tx *tx, void *arg, struct err *reterr) {
    struct entry e = {.type = ENTRY_PUBLISH, .day = clock_now_us() / CLOCK_DAY_US, .ref = -1, .committed = true};
    random_bytes(e.commit.b, sizeof e.commit.b);
    return ledger_append(tx, &e, NULL, arg, reterr);
}

static void *be_client(void *arg) {
    struct bench *b = arg;
    struct err e = {0};
    for (int64_t began = clock_ticks_us(); began < b->until_us; began = clock_ticks_us()) {
        char ticket[LEDGER_TICKET];
        int64_t index;
        must(store_write(b->place->store, leave, ticket, &e) == 0, e.text);
        must(ledger_settle(b->place->ledger, ticket, 60000, &index, &e) == 0, e.text);
        size_t i = atomic_fetch_add(&b->acts, 1);
        if (i < ACTS_MOST)
            b->ms[i] = (double)(clock_ticks_us() - began) / 1000;
    }
    return NULL;
}

struct acts {
    double rate, p50, p99, batch_ms, batch_n;
    struct ledger_figures figures;
};

static struct acts act(struct place *p, int clients) {
    static double ms[ACTS_MOST];
    static pthread_t thread[CLIENTS];
    struct bench b = {.place = p, .ms = ms};
    struct ledger_figures before;
    pthread_attr_t small;
    (void)pthread_attr_init(&small);
    (void)pthread_attr_setstacksize(&small, 512 * 1024);
    ledger_figures(p->ledger, &before);
    int64_t began = clock_ticks_us();
    b.until_us = began + SPAN_MS * INT64_C(1000);
    for (int i = 0; i < clients; i++)
        must(pthread_create(&thread[i], &small, be_client, &b) == 0, "a thread cannot be started");
    for (int i = 0; i < clients; i++)
        (void)pthread_join(thread[i], NULL);
    size_t n = atomic_load(&b.acts);
    struct acts a = {.rate = (double)n * 1e6 / (double)(clock_ticks_us() - began)};
    n = n < ACTS_MOST ? n : ACTS_MOST;
    a.p50 = at_share(ms, n, 0.5);
    a.p99 = at_share(ms, n, 0.99);
    ledger_figures(p->ledger, &a.figures);
    struct ledger_figures *f = &a.figures;
    f->batches -= before.batches;
    f->entries -= before.entries;
    f->batches_us -= before.batches_us;
    for (int i = 0; i < LEDGER_BATCH_SIZES; i++)
        f->batches_upto[i] -= before.batches_upto[i];
    a.batch_ms = f->batches ? (double)f->batches_us / 1000 / (double)f->batches : 0;
    a.batch_n = f->batches ? (double)f->entries / (double)f->batches : 0;
    return a;
}

/* --- floors --- */

static double syncs(const struct place *p) {
    char path[600], block[4096] = "";
    (void)snprintf(path, sizeof path, "%s/floor", p->folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), n = 0;
    must(fd >= 0 && pwrite(fd, block, sizeof block, 0) == sizeof block && fsync(fd) == 0, "a file cannot be written");
    int64_t began = clock_ticks_us(), until = began + SPAN_MS * INT64_C(200);
    for (; clock_ticks_us() < until; n++)
        must(pwrite(fd, block, sizeof block, 0) == sizeof block && fdatasync(fd) == 0, "a file cannot be synced");
    double rate = n * 1e6 / (double)(clock_ticks_us() - began);
    (void)close(fd);
    (void)unlink(path);
    return rate;
}

/* Rows a second, with the same table and settings. */
static double raw_sqlite(const struct place *p, int rows) {
    char path[600], ticket[64], text[160];
    sqlite3 *db;
    sqlite3_stmt *add;
    int64_t n = 0;
    (void)snprintf(path, sizeof path, "%s/raw.db", p->folder);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    must(sqlite3_open(path, &db) == SQLITE_OK &&
             sqlite3_exec(db,
                          "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS pending "
                          "(ticket TEXT PRIMARY KEY, text TEXT NOT NULL, hash TEXT NOT NULL)",
                          NULL, NULL, NULL) == SQLITE_OK &&
             sqlite3_prepare_v2(db, "INSERT INTO pending VALUES (?1, ?2, '44 characters of base64, more or less ....')",
                                -1, &add, NULL) == SQLITE_OK,
         "SQLite does not take it");
    int64_t began = clock_ticks_us(), until = began + SPAN_MS * INT64_C(300);
    while (clock_ticks_us() < until) {
        must(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK, "SQLite does not begin");
        for (int i = 0; i < rows; i++, n++) {
            (void)snprintf(ticket, sizeof ticket, "%016llx%016llx", (unsigned long long)clock_ticks_us(),
                           (unsigned long long)n);
            (void)sqlite3_bind_text(add, 1, ticket, -1, SQLITE_STATIC);
            (void)sqlite3_bind_text(add, 2, text, -1, SQLITE_STATIC);
            must(sqlite3_step(add) == SQLITE_DONE, "SQLite does not insert");
            (void)sqlite3_reset(add);
        }
        must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "SQLite does not commit");
    }
    double rate = (double)n * 1e6 / (double)(clock_ticks_us() - began);
    (void)sqlite3_finalize(add);
    (void)sqlite3_close(db);
    (void)unlink(path);
    return rate;
}

/* --- proofs in a large log --- */

static struct hash leaf_of(uint64_t index) {
    char text[64];
    int n = snprintf(text, sizeof text, "entry %llu\n", (unsigned long long)index);
    return merkle_leaf(text, (size_t)n);
}

static void write_tile(const struct place *p, int level, uint64_t index, const struct hash *hash) {
    char name[TILE_PATH_MOST], path[700];
    tile_write(&(struct tile){level, index, TILE_WIDTH}, name);
    (void)snprintf(path, sizeof path, "%s/ledger/tile/%s", p->folder, name);
    char *slash = strrchr(path, '/');
    if (index % 1000 == 0) {
        *slash = 0;
        must(file_make_folder(path, NULL) == 0, "a folder cannot be made");
        *slash = '/';
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, hash, TILE_WIDTH * sizeof *hash) == TILE_WIDTH * sizeof *hash,
         "a tile cannot be written");
    (void)close(fd);
}

static int add_rest(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    int64_t rc = 0;
    for (uint64_t i = big - big % TILE_WIDTH; rc >= 0 && i < big; i++) {
        char text[64], ticket[32];
        (void)snprintf(text, sizeof text, "entry %llu\n", (unsigned long long)i);
        (void)snprintf(ticket, sizeof ticket, "%llu", (unsigned long long)i);
        rc = tx_run(tx, &Q_ledger_entry_add, CELLS(cell_int((int64_t)i), cell_z(ticket), cell_z(text)), reterr);
    }
    return rc < 0 ? (int)rc : 0;
}

/* Full tiles as files, as the sequencer leaves them; of the entries only those that no full tile has. Gives the root.
 */
static struct hash make_big(struct place *p) {
    static struct hash level[8][TILE_WIDTH];
    unsigned n[8] = {0};
    struct merkle_edge edge = {0};
    struct err e = {0};
    for (uint64_t i = 0; i < big; i++) {
        struct hash h = leaf_of(i);
        merkle_edge_add(&edge, &h);
        for (int l = 0; l < 8; l++) {
            level[l][n[l]++] = h;
            if (n[l] < TILE_WIDTH)
                break;
            n[l] = 0;
            write_tile(p, l, (edge.size >> (8 * (l + 1))) - 1, level[l]);
            h = tile_fold(level[l], 0, 8);
        }
    }
    must(store_write(p->store, add_rest, NULL, &e) == 0, e.text);
    return merkle_edge_root(&edge);
}

struct proofs {
    double first_ms, p50, p99, most;
    double cpu_p50, cpu_p99;               /* ms of processor time: what a machine with nothing else to do would take */
    int slow, slow_preempted, slow_waited; /* over 1 ms: others had the processor; the disk had to be asked */
};

static double cpu_ms(void) {
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* always 0 */
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static double prove(struct tiles *t, struct store *s, uint64_t index, const struct hash *root) {
    struct err e = {0};
    struct merkle_proof proof;
    int64_t began = clock_ticks_us();
    struct tiles_at at = {.tiles = t, .size = big, .arena = arena_new(0)};
    must(store_begin_read(s, &at.tx, &e) == 0, e.text);
    must(merkle_prove_inclusion(index, big, tiles_source, &at, &proof, &e) == 0, e.text);
    store_end_read(at.tx);
    arena_free(at.arena);
    double ms = (double)(clock_ticks_us() - began) / 1000;
    struct hash leaf = leaf_of(index);
    must(merkle_check_inclusion(index, big, &leaf, proof.hash, proof.n, root), "a proof does not hold");
    return ms;
}

static struct proofs prove_in(struct place *p, const struct hash *root) {
    static double ms[PROOFS], cpu[PROOFS];
    struct tiles *t;
    struct err e = {0};
    must(tiles_open(p->store, str_of(p->folder), &t, &e) == 0, e.text);
    struct proofs r = {.first_ms = prove(t, p->store, big / 3, root)};
    for (int i = 0; i < PROOFS; i++) {
        struct rusage before, after;
        (void)getrusage(RUSAGE_THREAD, &before); /* always 0, as below */
        double began = cpu_ms();
        ms[i] = prove(t, p->store, random_below(big), root);
        cpu[i] = cpu_ms() - began;
        (void)getrusage(RUSAGE_THREAD, &after);
        r.slow += ms[i] > 1;
        r.slow_preempted += ms[i] > 1 && after.ru_nivcsw > before.ru_nivcsw;
        r.slow_waited += ms[i] > 1 && after.ru_inblock > before.ru_inblock;
    }
    r.cpu_p50 = at_share(cpu, PROOFS, 0.5);
    r.cpu_p99 = at_share(cpu, PROOFS, 0.99);
    r.p50 = at_share(ms, PROOFS, 0.5);
    r.p99 = at_share(ms, PROOFS, 0.99);
    r.most = ms[PROOFS - 1];
    tiles_close(t);
    return r;
}

/* --- all of it --- */

static double median_of(const struct acts *a, int n, size_t field) {
    double v[RUNS];
    for (int i = 0; i < n; i++)
        memcpy(&v[i], (const char *)&a[i] + field, sizeof v[i]);
    qsort(v, (size_t)n, sizeof *v, by_number);
    return v[n / 2];
}
#define MEDIAN(a, n, field) median_of(a, n, offsetof(struct acts, field))

static void print_acts(const char *what, const struct acts *a, int n) {
    printf(
        "%-12s %8.0f acts/s   p50 %7.2f ms   p99 %7.2f ms   a batch: %6.1f entries, %6.2f ms   (%.0f to %.0f acts/s)\n",
        what, MEDIAN(a, n, rate), MEDIAN(a, n, p50), MEDIAN(a, n, p99), MEDIAN(a, n, batch_n), MEDIAN(a, n, batch_ms),
        a[0].rate, a[n - 1].rate);
    printf("             batches of up to");
    for (int i = 0; i < LEDGER_BATCH_SIZES; i++)
        if (a[0].figures.batches_upto[i])
            printf("  %d: %llu", 1 << i, (unsigned long long)a[0].figures.batches_upto[i]);
    printf("\n");
}

static void json_acts(const char *what, const struct acts *a, int n) {
    printf("{\"bench\": \"ledger\", \"what\": \"%s\", \"rate\": %.0f, \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"batch\": "
           "%.1f, "
           "\"batch_ms\": %.2f}\n",
           what, MEDIAN(a, n, rate), MEDIAN(a, n, p50), MEDIAN(a, n, p99), MEDIAN(a, n, batch_n),
           MEDIAN(a, n, batch_ms));
}

static void refuse_memory(const char *folder) {
    struct statfs fs;
    must(statfs(folder, &fs) == 0, "that folder is not there");
    must(fs.f_type != TMPFS_MAGIC, "that folder lies in memory: name one on a disk");
}

static int by_rate(const void *x, const void *y) {
    return by_number(&((const struct acts *)x)->rate, &((const struct acts *)y)->rate);
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "signer") == 0)
        return signer_main(str_of(argv[2]), 3);
    const char *parent = argc > 1 ? argv[1] : "/var/tmp", *url = argc > 2 ? argv[2] : NULL;
    struct acts many[RUNS], one[RUNS];
    double sync[RUNS], raw_many[RUNS], raw_one[RUNS];
    int runs = url ? 1 : RUNS;
    refuse_memory(parent);
    for (int i = 0; i < runs; i++) {
        struct place p;
        open_place(&p, parent, url, true);
        sync[i] = syncs(&p);
        raw_many[i] = raw_sqlite(&p, CLIENTS);
        raw_one[i] = raw_sqlite(&p, 1);
        many[i] = act(&p, CLIENTS);
        one[i] = act(&p, 1);
        close_place(&p);
    }
    qsort(many, (size_t)runs, sizeof *many, by_rate);
    qsort(one, (size_t)runs, sizeof *one, by_rate);
    double fsyncs = at_share(sync, (size_t)runs, 0.5), many_floor = at_share(raw_many, (size_t)runs, 0.5),
           one_floor = at_share(raw_one, (size_t)runs, 0.5);
    printf("floors       %8.0f fdatasync/s, SQLite %.0f rows/s by %d, %.0f rows/s one by one\n", fsyncs, many_floor,
           CLIENTS, one_floor);
    print_acts("256 clients", many, runs);
    print_acts("1 client", one, runs);
    struct place p;
    open_place(&p, parent, NULL, false);
    struct hash root = make_big(&p);
    struct proofs proofs = prove_in(&p, &root);
    close_place(&p);
    printf("proofs       of %llu entries: first %.1f ms, then p50 %.3f ms, p99 %.3f ms, most %.3f ms\n",
           (unsigned long long)big, proofs.first_ms, proofs.p50, proofs.p99, proofs.most);
    printf("             processor time p50 %.3f ms, p99 %.3f ms; %d of %d took over 1 ms: %d were preempted, %d "
           "waited for "
           "the disk\n",
           proofs.cpu_p50, proofs.cpu_p99, proofs.slow, PROOFS, proofs.slow_preempted, proofs.slow_waited);
    printf("{\"bench\": \"ledger\", \"what\": \"floors\", \"fdatasync\": %.0f, \"sqlite_256\": %.0f, \"sqlite_1\": "
           "%.0f}\n",
           fsyncs, many_floor, one_floor);
    json_acts("256 clients", many, runs);
    json_acts("1 client", one, runs);
    printf("{\"bench\": \"ledger\", \"what\": \"proofs\", \"entries\": %llu, \"first_ms\": %.1f, \"p50_ms\": %.3f, "
           "\"p99_ms\": %.3f, \"most_ms\": %.3f, \"cpu_p99_ms\": %.3f}\n",
           (unsigned long long)big, proofs.first_ms, proofs.p50, proofs.p99, proofs.most, proofs.cpu_p99);
    return 0;
}
