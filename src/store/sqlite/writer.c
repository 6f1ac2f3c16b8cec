// SPDX-License-Identifier: Apache-2.0
/* Group commit.
 *
 *   store_write() ─┐                 ┌ SAVEPOINT fn RELEASE ┐
 *   store_write() ─┼─ queue ─ BEGIN ─┼ SAVEPOINT fn ROLLBACK┼─ (rider) ─ COMMIT (one fsync) ─ wake all
 *   store_write() ─┘                 └ SAVEPOINT fn RELEASE ┘
 *
 * While one group is being synced the next one gathers, so that the disk, not the number of writers, sets the pace. A
 * write that finds nobody at work is done by its own thread, which spares it two changes of threads; whoever comes
 * meanwhile is the writer thread's. */
#include "store/sqlite/writer.h"

#include "store/fault.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

/* So that a long queue does not keep its first member waiting for its last. */
enum { GROUP_MOST = 256 };

struct job { /* lives on the waiting thread's stack */
    struct job *next;
    tx_fn *fn;
    void *arg;
    bool soon;
    int rc;
    struct err err;
    sem_t done;
};

struct writer {
    struct connection *c;
    pthread_t thread;
    pthread_mutex_t mutex; /* over what follows */
    pthread_cond_t filled, idle;
    struct job *first, **last;
    bool busy, stopping;
    pthread_t at_work;        /* while busy: who has the connection */
    struct store_rider rider; /* fn is NULL: none. Read by who is at work */
};

/* --- a group --- */

/* Those that had gone well, or were yet to run. */
static void fail_all(struct job *first, const struct err *e) {
    for (struct job *job = first; job; job = job->next)
        if (job->rc == 0) {
            job->rc = e->code;
            job->err = *e;
        }
}

static void roll_back(struct connection *c) {
    struct err ignored;
    if (!connection_idle(c))
        (void)connection_say(c, c->rollback, &ignored); /* the cause is already told */
}

/* One member. A failed one leaves nothing behind. False, with the reason, when the whole group is lost. */
static bool run_member(struct connection *c, struct job *job, struct err *ret_why) {
    if (connection_say(c, c->save, ret_why) < 0)
        return false;
    job->rc = tx_call(&c->tx, job->fn, job->arg, &job->err);
    connection_close_rows(c);
    if (connection_idle(c)) { /* a full disk or an I/O error in the middle: SQLite rolled everything back */
        if (c->tx.failure.code)
            *ret_why = c->tx.failure;
        else
            (void)err_set(ret_why, ERR_INTERNAL, "%s", err_sentence(ERR_INTERNAL)); /* copied by the caller */
        return false;
    }
    if (job->rc < 0 && connection_say(c, c->undo, ret_why) < 0)
        return false;
    return connection_say(c, c->release, ret_why) == 0;
}

static int commit(struct connection *c, struct err *reterr) {
    if (store_fault_now())
        return err_set(reterr, ERR_STORE_AWAY, "The store failed on purpose, for a test; nothing was stored.");
    return connection_say(c, c->commit, reterr);
}

static bool all_soon(const struct job *first) {
    while (first && first->soon)
        first = first->next;
    return !first;
}

/* All members' rc are 0 when it begins. */
static void run_group(struct connection *c, struct job *first, const struct store_rider *r) {
    struct err why;
    bool soon = all_soon(first), any = false;
    struct job rider = {.fn = soon ? NULL : r->fn, .arg = r->arg};
    connection_set_patience(c, atomic_load(&c->store->patience_ms));
    bool lost = connection_set_soon(c, soon, &why) < 0 ||
                connection_set_bulk(c, atomic_load(&c->store->bulk), &why) < 0 || connection_begin_write(c, &why) < 0;
    for (struct job *job = first; job && !lost; job = job->next) {
        lost = !run_member(c, job, &why);
        any = any || job->rc == 0;
    }
    bool rides = !lost && any && rider.fn;
    if (rides)
        lost = !run_member(c, &rider, &why);
    if (!lost && any)
        lost = commit(c, &why) < 0;
    if (lost) {
        fail_all(first, &why);
        fail_all(&rider, &why);
    }
    roll_back(c); /* where there is still something to roll back */
    if (rides)
        r->done(r->arg, rider.rc, &rider.err);
}

/* --- who is at work --- */

/* With the mutex. */
static void begin_work(struct writer *w) {
    w->busy = true;
    w->at_work = pthread_self();
}

static void end_work(struct writer *w) {
    pthread_mutex_lock(&w->mutex);
    w->busy = false;
    if (w->first)
        pthread_cond_signal(&w->filled);
    pthread_cond_broadcast(&w->idle);
    pthread_mutex_unlock(&w->mutex);
}

/* --- the thread --- */

/* NULL: it is time to end, and nothing is left. */
static struct job *take_group(struct writer *w) {
    pthread_mutex_lock(&w->mutex);
    while (w->busy || (!w->first && !w->stopping))
        pthread_cond_wait(&w->filled, &w->mutex);
    struct job *first = w->first, **end = &w->first;
    for (int i = 0; i < GROUP_MOST && *end; i++)
        end = &(*end)->next;
    w->first = *end;
    if (!w->first)
        w->last = &w->first;
    if (first) {
        *end = NULL;
        begin_work(w);
    }
    pthread_mutex_unlock(&w->mutex);
    return first;
}

static void *run(void *arg) {
    struct writer *w = arg;
    struct job *job;
    while ((job = take_group(w))) {
        run_group(w->c, job, &w->rider);
        end_work(w);
        while (job) {
            struct job *next = job->next; /* job is gone once its thread wakes */
            (void)sem_post(&job->done);   /* cannot overflow: posted once */
            job = next;
        }
    }
    return NULL;
}

int writer_start(struct connection *c, struct writer **ret, struct err *reterr) {
    struct writer *w = calloc(1, sizeof *w);
    if (!w) {
        connection_close(c);
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    }
    w->c = c;
    w->last = &w->first;
    int failed = pthread_mutex_init(&w->mutex, NULL);
    if (!failed)
        failed = pthread_cond_init(&w->filled, NULL);
    if (!failed)
        failed = pthread_cond_init(&w->idle, NULL);
    if (!failed)
        failed = pthread_create(&w->thread, NULL, run, w);
    if (failed) {
        errno = failed;
        int rc = err_errno(reterr, "The store's writer cannot be started");
        connection_close(c);
        free(w);
        return rc;
    }
    *ret = w;
    return 0;
}

void writer_stop(struct writer *w) {
    if (!w)
        return;
    pthread_mutex_lock(&w->mutex);
    w->stopping = true;
    pthread_cond_signal(&w->filled);
    pthread_mutex_unlock(&w->mutex);
    (void)pthread_join(w->thread, NULL); /* ours, joined once */
    (void)pthread_cond_destroy(&w->filled);
    (void)pthread_cond_destroy(&w->idle);
    (void)pthread_mutex_destroy(&w->mutex);
    connection_close(w->c);
    free(w);
}

void writer_set_rider(struct writer *w, const struct store_rider *r) {
    pthread_mutex_lock(&w->mutex);
    while (w->busy)
        pthread_cond_wait(&w->idle, &w->mutex);
    w->rider = r ? *r : (struct store_rider){0};
    pthread_mutex_unlock(&w->mutex);
}

/* --- a write --- */

/* True: its thread is to do it itself. Else it is in the queue. */
static bool enter(struct writer *w, struct job *job) {
    pthread_mutex_lock(&w->mutex);
    if (w->busy && pthread_equal(pthread_self(), w->at_work))
        BUG("store_write() was called from within a write");
    bool alone = !w->busy && !w->first;
    if (alone) {
        begin_work(w);
    } else {
        *w->last = job; /* whoever is at work wakes the thread in the end */
        w->last = &job->next;
    }
    pthread_mutex_unlock(&w->mutex);
    return alone;
}

int writer_run(struct writer *w, tx_fn *fn, void *arg, bool soon, struct err *reterr) {
    struct job job = {.fn = fn, .arg = arg, .soon = soon};
    (void)sem_init(&job.done, 0, 0); /* cannot fail with 0 */
    if (enter(w, &job)) {
        run_group(w->c, &job, &w->rider);
        end_work(w);
    } else {
        while (sem_wait(&job.done) != 0)
            ; /* a signal came in between */
    }
    (void)sem_destroy(&job.done);
    if (job.rc < 0 && reterr)
        *reterr = job.err;
    return job.rc;
}
