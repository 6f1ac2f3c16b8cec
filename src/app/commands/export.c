// SPDX-License-Identifier: Apache-2.0
/* `daylight export`: the public site as files. Begins at the home pages and goes where their links lead, on all
 * processors; lists first, so that it is soon known how much there is. */
#include "app/acts.h"
#include "app/commands.h"
#include "app/commands/export_proofs.h"
#include "app/folder.h"
#include "app/interrupt.h"
#include "app/outdir.h"
#include "app/output.h"
#include "app/progress.h"
#include "base/clock.h"
#include "base/file.h"
#include "press/column.h"
#include "press/content.h"
#include "press/search.h"
#include "web/copy.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MOST = 16, FAILED_MOST = 50, PAGE_MEMORY_MOST = 64 * 1024 * 1024, DRAW_US = 100000 };

/* One file to be made. */
struct task {
    struct task *next;
    size_t address_n, from_n;
    char bytes[]; /* address, from */
};
struct queue {
    struct task *first, **last;
};

struct counts {
    size_t put[3]; /* by enum outdir_put */
    size_t failed;
    uint64_t bytes;
};

struct export {
    struct folder folder;
    struct office *office;
    struct views *views;
    struct search_sharing *sharing;
    struct outdir *outdir;
    struct proofs proofs; /* of entries, as far as earlier ones hold */
    const char *to;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t more, told;
    struct queue lists, others; /* further pages of lists come first */
    struct str checkpoint;      /* of the ledger, as it was at the beginning: put last */
    size_t found, done, busy, workers;
    size_t near; /* tasks that wait for the worker that found them */
    bool given_up;
    struct counts counts;
    struct err first;
};

struct worker {
    struct export *x;
    struct copier *copier;
    struct queue near; /* pages below the one just made, or above it, which read what it read: for this worker, next */
    struct arena *arena; /* of one page */
    unsigned number;
    pthread_t thread;
};

/* --- what is to be made --- */

static struct task *task_new(struct str address, struct str from) {
    struct task *t = malloc(sizeof *t + address.n + from.n);
    if (!t)
        return NULL;
    *t = (struct task){.address_n = address.n, .from_n = from.n};
    memcpy(t->bytes, address.p, address.n);
    if (from.n)
        memcpy(t->bytes + address.n, from.p, from.n);
    return t;
}

static void queue_add(struct queue *q, struct task *t) {
    if (!q->first)
        q->last = &q->first;
    *q->last = t;
    q->last = &t->next;
}

static struct task *queue_take(struct queue *q) {
    struct task *t = q->first;
    if (t)
        q->first = t->next;
    return t;
}

static void queue_clear(struct queue *q) {
    for (struct task *t; (t = queue_take(q));)
        free(t);
}

/* With the lock. The first one is told at the end, the others are counted. */
static void fail(struct export *x, const struct err *e) {
    if (x->counts.failed == 0)
        x->first = *e;
    if (++x->counts.failed == FAILED_MOST)
        x->given_up = true; /* the rest would say the same */
}

/* "/news/12/proof" of "/news/12", and "/news/12/proof.json" of that */
static bool is_below(struct str address, struct str from) {
    return from.n > 1 && address.n > from.n && from.p[from.n - 1] != '/' &&
           (address.p[from.n] == '/' || address.p[from.n] == '.') && str_eq(str_first(address, from.n), from);
}

static void add_task(struct worker *w, struct str address, struct str from) {
    struct export *x = w->x;
    bool list = str_find_char(address, '?', 0) != SIZE_MAX,
         near = !list && (is_below(address, from) || is_below(from, address));
    struct task *t = task_new(address, list ? from : STR_NONE);
    (void)pthread_mutex_lock(&x->lock);
    x->found++;
    if (!t) {
        fail(x,
             &(struct err){-ERR_NO_MEMORY, "there is not enough memory for all that is to be copied", NULL, NULL, 0});
    } else {
        x->near += near;
        queue_add(list ? &x->lists : near ? &w->near : &x->others, t);
    }
    (void)pthread_cond_signal(&x->more);
    (void)pthread_mutex_unlock(&x->lock);
}

/* A page leads there. */
static void lead(void *arg, struct str address, struct str file, struct str from) {
    struct worker *w = arg;
    struct export *x = w->x;
    bool first = false;
    struct err e = {0};
    if (x->checkpoint.n && str_is(address, COPY_CHECKPOINT))
        return;
    int bad = outdir_claim(x->outdir, file, &first, &e);
    if (first)
        add_task(w, address, from);
    if (bad) {
        (void)pthread_mutex_lock(&x->lock);
        fail(x, &e);
        (void)pthread_mutex_unlock(&x->lock);
    }
}

/* NULL: all is done, or shall end. */
static struct task *next_task(struct worker *w) {
    struct export *x = w->x;
    (void)pthread_mutex_lock(&x->lock);
    struct task *t = NULL;
    for (;;) {
        bool end = interrupt_came() || x->given_up;
        if (!end && (t = queue_take(&w->near)))
            x->near--;
        else if (!end && !(t = queue_take(&x->lists)))
            t = queue_take(&x->others);
        if (t || end || (x->busy == 0 && x->near == 0))
            break;
        copier_rest(w->copier);
        (void)pthread_cond_wait(&x->more, &x->lock);
    }
    if (t)
        x->busy++;
    else
        (void)pthread_cond_broadcast(&x->more); /* for the others, too */
    (void)pthread_mutex_unlock(&x->lock);
    return t;
}

/* --- one file --- */

static int make(struct worker *w, struct str address, struct str from, enum outdir_put *ret, uint64_t *ret_bytes,
                struct err *reterr) {
    struct copied made;
    struct str file;
    int bad = copy_name(w->copier, w->arena, address, &file, reterr);
    if (!bad && proofs_hold(&w->x->proofs, w->x->outdir, file)) {
        *ret = OUTDIR_SAME;
        return 0;
    }
    if (!bad)
        bad = copy_make(w->copier, w->arena, address, from, &made, reterr);
    if (bad)
        return bad;
    const struct outdir_file f = {made.file, made.bytes, made.at, made.n, made.fd, made.fd_n};
    bad = outdir_put(w->x->outdir, w->number, &f, ret, reterr);
    *ret_bytes = made.fd >= 0 ? made.fd_n : made.bytes.n;
    if (made.fd >= 0)
        (void)close(made.fd); /* it was read only */
    return bad;
}

static void run_task(struct worker *w, struct task *t) {
    struct export *x = w->x;
    struct err e = {0};
    enum outdir_put put = OUTDIR_SAME;
    uint64_t bytes = 0;
    w->arena = arena_new(PAGE_MEMORY_MOST);
    int bad = !w->arena ? err_set(&e, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY))
                        : make(w, str_part(t->bytes, t->address_n), str_part(t->bytes + t->address_n, t->from_n), &put,
                               &bytes, &e);
    arena_free(w->arena);
    free(t);
    (void)pthread_mutex_lock(&x->lock);
    if (bad)
        fail(x, &e);
    else
        x->counts.put[put]++;
    x->counts.bytes += bytes;
    x->done++;
    if (--x->busy == 0 && !x->near && !x->lists.first && !x->others.first)
        (void)pthread_cond_broadcast(&x->more);
    (void)pthread_mutex_unlock(&x->lock);
}

static void *work(void *arg) {
    struct worker *w = arg;
    struct export *x = w->x;
    for (struct task *t; (t = next_task(w));)
        run_task(w, t);
    copier_rest(w->copier);
    (void)pthread_mutex_lock(&x->lock);
    x->workers--;
    (void)pthread_cond_signal(&x->told);
    (void)pthread_mutex_unlock(&x->lock);
    return NULL;
}

/* --- all of them --- */

static void watch(struct export *x) {
    struct progress progress = progress_start(0, "files");
    (void)pthread_mutex_lock(&x->lock);
    while (x->workers) {
        int64_t us = clock_now_us() + DRAW_US;
        struct timespec until = {us / CLOCK_SECOND_US, (us % CLOCK_SECOND_US) * 1000};
        (void)pthread_cond_timedwait(&x->told, &x->lock, &until);
        if (interrupt_came())
            (void)pthread_cond_broadcast(&x->more);
        progress.total = x->found;
        size_t done = x->done;
        (void)pthread_mutex_unlock(&x->lock);
        progress_at(&progress, done);
        (void)pthread_mutex_lock(&x->lock);
    }
    (void)pthread_mutex_unlock(&x->lock);
    progress_clear(&progress);
}

static size_t threads(void) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > THREADS_MOST ? THREADS_MOST : (size_t)processors;
}

/* Behind all that it covers, and over no more than was there at the beginning, whatever came in since: the folder's
 * ledger is whole at every moment. */
static void put_checkpoint(struct export *x) {
    struct outdir_file f = {.name = STR(COPY_CHECKPOINT), .bytes = x->checkpoint, .fd = -1};
    enum outdir_put put = OUTDIR_SAME;
    bool first;
    struct err e = {0};
    f.name = str_from(f.name, 1);
    x->found++;
    int bad = outdir_claim(x->outdir, f.name, &first, &e);
    if (!bad)
        bad = outdir_put(x->outdir, 0, &f, &put, &e);
    x->done++;
    x->counts.bytes += f.bytes.n;
    if (bad)
        fail(x, &e);
    else
        x->counts.put[put]++;
}

static int run_workers(struct export *x, struct worker *w, size_t n, struct err *reterr) {
    size_t begun = 0;
    (void)pthread_mutex_lock(&x->lock);
    for (; begun < n && pthread_create(&w[begun].thread, NULL, work, &w[begun]) == 0; begun++)
        x->workers++;
    (void)pthread_mutex_unlock(&x->lock);
    watch(x);
    for (size_t i = 0; i < begun; i++)
        (void)pthread_join(w[i].thread, NULL);
    if (begun && !interrupt_came() && !x->counts.failed && x->checkpoint.n)
        put_checkpoint(x);
    return begun ? 0 : err_set(reterr, ERR_NO_MEMORY, "there is no memory for a thread; nothing was written");
}

static int copy_all(struct export *x, struct arena *arena, struct err *reterr) {
    size_t n = threads(), made = 0;
    struct worker *w = arena_array(arena, n, sizeof *w);
    for (; w && made < n; made++) {
        w[made].x = x;
        w[made].number = (unsigned)made;
        if (!(w[made].copier = copier_new(x->office, lead, &w[made])))
            break;
    }
    int bad = made ? copy_begin(w[0].copier, arena, &x->checkpoint, reterr)
                   : err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    if (!bad)
        bad = run_workers(x, w, made, reterr);
    for (size_t i = 0; i < made; i++) {
        copier_free(w[i].copier);
        queue_clear(&w[i].near);
    }
    queue_clear(&x->lists);
    queue_clear(&x->others);
    return bad;
}

/* --- the office --- */

/* Counts as the store has them, which a server that is running brings up to date every few seconds. Its own file is its
 * own, so this one is empty, and gone again at the end. */
static int open_views(struct export *x, struct err *reterr) {
    BUF_LOCAL(path);
    file_join(&path, x->to, ".daylight-copy.views");
    int bad = file_remove_all(path.p, reterr);
    if (!bad)
        bad = views_open(path.p, x->folder.store, &x->views, reterr);
    (void)unlink(path.p); /* the counters stay open; without them there is nothing to remove */
    return bad;
}

static bool has_own_host(struct str origin) {
    size_t at = str_find(origin, STR("://"), 0);
    struct str host = at == SIZE_MAX ? origin : str_from(origin, at + 3);
    return !str_starts(host, "localhost") && !str_starts(host, "127.") && !str_starts(host, "[::1]");
}

struct reading {
    struct office *office;
    struct arena *arena;
};

static int read_columns(struct tx *tx, void *arg, struct err *reterr) {
    const struct reading *r = arg;
    int bad = 0;
    for (size_t i = 0; !bad && i < r->office->site.languages; i++) {
        struct column *all;
        bad = column_list(tx, r->arena, r->office->site.words[i].language, &all, &r->office->columns_n, reterr);
        r->office->columns[i] = bad || !r->office->columns_n ? NULL : all;
    }
    return bad;
}

static int open_office(struct export *x, const char *dir, struct arena *arena, struct err *reterr) {
    int bad = folder_open(dir, NULL, arena, &x->folder, reterr);
    if (!bad)
        bad = outdir_open(x->to, &x->outdir, reterr);
    if (!bad)
        bad = acts_open(&x->folder, reterr); /* one that is stopped is no reason not to copy what it holds */
    if (!bad && ledger_why(x->folder.ledger, NULL) == 0)
        bad = acts_end(&x->folder, reterr);
    if (!bad)
        bad = open_views(x, reterr);
    if (!bad)
        bad = search_sharing_gather(x->folder.store, &x->sharing, reterr);
    if (!bad)
        bad = office_load(dir, &x->folder.config.site, NULL, x->folder.store, x->views, &x->office, reterr);
    if (!bad)
        bad = store_read(x->folder.store, read_columns, &(struct reading){x->office, arena}, reterr);
    if (bad)
        return bad;
    x->office->ledger = x->folder.ledger;
    x->office->witness = x->folder.config.witness;
    x->office->witnesses = x->folder.config.witnesses;
    x->office->quorum = x->folder.config.quorum;
    x->office->sharing = x->sharing;
    x->office->copied_us = clock_now_us();
    x->office->lives = has_own_host(x->folder.config.site.origin);
    return 0;
}

static int read_version(struct tx *tx, void *arg, struct err *reterr) {
    return content_version(tx, arg, reterr);
}

/* --- what came of it --- */

static int tell(const struct export *x, bool json, size_t removed, int64_t us, bool moved, struct err *reterr) {
    const size_t *put = x->counts.put;
    size_t all = put[OUTDIR_NEW] + put[OUTDIR_CHANGED] + put[OUTDIR_SAME];
    if (moved)
        fputs("daylight export: the office changed meanwhile; the same command brings in what is new\n", stderr);
    if (json)
        return output_json(json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:b}", "to", x->to, "files",
                                     (json_int_t)all, "new", (json_int_t)put[OUTDIR_NEW], "changed",
                                     (json_int_t)put[OUTDIR_CHANGED], "same", (json_int_t)put[OUTDIR_SAME], "removed",
                                     (json_int_t)removed, "bytes", (json_int_t)x->counts.bytes, "seconds",
                                     (double)us / (double)CLOCK_SECOND_US, "changed_meanwhile", moved),
                           reterr);
    printf("%s: %zu files; %zu new, %zu changed, %zu as they were, %zu removed\n", x->to, all, put[OUTDIR_NEW],
           put[OUTDIR_CHANGED], put[OUTDIR_SAME], removed);
    return 0;
}

static int finish(struct export *x, size_t *ret_removed, struct err *reterr) {
    const struct counts *c = &x->counts;
    if (c->failed)
        return err_set(reterr, (enum err_code) - x->first.code,
                       "%s. %zu of %zu files failed; the others are there, and nothing was removed. The same command "
                       "goes on",
                       x->first.text, c->failed, x->found);
    if (interrupt_came())
        return err_set(reterr, ERR_CONFLICT,
                       "stopped after %zu files, which are whole; nothing was removed. The same command goes on",
                       x->done);
    return outdir_finish(x->outdir, ret_removed, reterr);
}

static int run(struct export *x, const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    int64_t began_us = clock_ticks_us(), before = 0, after = 0;
    size_t removed = 0;
    int bad = open_office(x, arguments_operand(arguments, 0), arena, reterr);
    if (!bad)
        bad = store_read(x->folder.store, read_version, &before, reterr);
    if (!bad)
        bad = proofs_begin(&x->proofs, x->outdir, x->folder.store, x->folder.ledger, reterr);
    if (bad)
        return bad;
    interrupt_listen();
    bad = copy_all(x, arena, reterr);
    if (!bad)
        bad = finish(x, &removed, reterr);
    if (!bad)
        bad = store_read(x->folder.store, read_version, &after, reterr);
    return bad ? bad
               : tell(x, arguments_flag(arguments, "json"), removed, clock_ticks_us() - began_us, after != before,
                      reterr);
}

int export_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    struct export *x = arena_alloc(arena, sizeof *x);
    if (!x)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    x->to = arguments_value(arguments, "to");
    if (!x->to) {
        (void)err_set(reterr, ERR_INVALID, "--to is missing: the folder for the copy"); /* told as wrong use */
        return COMMAND_WRONG;
    }
    (void)pthread_mutex_init(&x->lock, NULL); /* these cannot fail on Linux */
    (void)pthread_cond_init(&x->more, NULL);
    (void)pthread_cond_init(&x->told, NULL);
    int bad = run(x, arguments, arena, reterr);
    office_release(x->office);
    search_sharing_free(x->sharing);
    views_close(x->views);
    outdir_close(x->outdir);
    folder_close(&x->folder);
    return bad;
}
