// SPDX-License-Identifier: Apache-2.0
/* Connections at rest, and the wait for one when all are in use. The wait ends: threads that each hold one connection
 * and want a second must not stand still for ever. */
#include "store/pool.h"

#include <errno.h>
#include <time.h>

int pool_init(struct pool *p, size_t most, struct err *reterr) {
    *p = (struct pool){.most = most};
    pthread_condattr_t monotonic;
    if (pthread_condattr_init(&monotonic) != 0)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int failed = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    if (!failed)
        failed = pthread_cond_init(&p->freed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic); /* frees nothing on Linux */
    if (!failed)
        failed = pthread_mutex_init(&p->mutex, NULL);
    return failed ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

static struct timespec from_now(int ms) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000L;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000L;
    }
    return t;
}

int pool_take(struct pool *p, int patience_ms, void **ret, struct err *reterr) {
    struct timespec until = from_now(patience_ms);
    int rc = 0;
    pthread_mutex_lock(&p->mutex);
    while (p->taken >= p->most && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&p->freed, &p->mutex, &until);
    bool free_now = p->taken < p->most;
    if (free_now) {
        p->taken++;
        *ret = p->idle_n ? p->idle[--p->idle_n] : NULL;
    }
    pthread_mutex_unlock(&p->mutex);
    if (free_now)
        return 0;
    return err_set(reterr, ERR_STORE_AWAY,
                   "The store is busy: all %zu connections are in use. Nothing was stored. Try again in a moment.",
                   p->most);
}

void pool_give(struct pool *p, void *connection) {
    pthread_mutex_lock(&p->mutex);
    p->taken--;
    if (connection)
        p->idle[p->idle_n++] = connection;
    pthread_cond_signal(&p->freed);
    pthread_mutex_unlock(&p->mutex);
}

void pool_clear(struct pool *p, void (*close)(void *connection)) {
    if (p->taken)
        BUG("a store was closed while somebody still read from it");
    while (p->idle_n)
        close(p->idle[--p->idle_n]);
    (void)pthread_cond_destroy(&p->freed); /* nobody waits any more */
    (void)pthread_mutex_destroy(&p->mutex);
}
