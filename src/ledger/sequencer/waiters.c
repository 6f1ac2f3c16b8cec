// SPDX-License-Identifier: Apache-2.0
/* A table of waiting threads by ticket, and one of the tickets that were covered last. A batch often settles before its
 * acts' threads come to wait for it: the second table is what they find. */
#include "ledger/sequencer/waiters.h"

#include "base/clock.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BUCKETS = 1024, RECENT = 16384 /* 16 full batches, 640 KB */ };

struct waiter { /* lives on the waiting thread's stack */
    struct waiter *next;
    const char *ticket;
    int64_t index; /* -1: not yet */
    sem_t wake;
};

struct covered {
    char ticket[LEDGER_TICKET - 1];
    int64_t index;
};

struct waiters {
    pthread_mutex_t mutex;
    struct waiter *bucket[BUCKETS];
    struct covered recent[RECENT];
};

int waiters_new(struct waiters **ret, struct err *reterr) {
    struct waiters *w = calloc(1, sizeof *w);
    if (!w || pthread_mutex_init(&w->mutex, NULL)) {
        free(w);
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    }
    *ret = w;
    return 0;
}

void waiters_free(struct waiters *w) {
    if (!w)
        return;
    (void)pthread_mutex_destroy(&w->mutex);
    free(w);
}

/* Of the ticket's last digits, which are chance; a ticket that is none gets some place too. */
static size_t place_of(const char *ticket) {
    size_t place = 0;
    for (const char *p = ticket; *p; p++)
        place = place * 16 + (size_t)(*p >= 'a' ? *p - 'a' + 10 : *p - '0');
    return place;
}

void waiters_settle(struct waiters *w, const char *ticket, int64_t index) {
    size_t place = place_of(ticket);
    pthread_mutex_lock(&w->mutex);
    struct covered *c = &w->recent[place % RECENT];
    memcpy(c->ticket, ticket, sizeof c->ticket);
    c->index = index;
    for (struct waiter *x = w->bucket[place % BUCKETS]; x; x = x->next)
        if (strcmp(x->ticket, ticket) == 0) {
            x->index = index;
            (void)sem_post(&x->wake); /* cannot overflow: few posts, then it is gone */
        }
    pthread_mutex_unlock(&w->mutex);
}

void waiters_wake(struct waiters *w) {
    pthread_mutex_lock(&w->mutex);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct waiter *x = w->bucket[i]; x; x = x->next)
            (void)sem_post(&x->wake); /* as above */
    pthread_mutex_unlock(&w->mutex);
}

/* True when it is covered already; else x is in the table. */
static bool enter(struct waiters *w, struct waiter *x, size_t place) {
    pthread_mutex_lock(&w->mutex);
    const struct covered *c = &w->recent[place % RECENT];
    bool known = strncmp(c->ticket, x->ticket, sizeof c->ticket) == 0 && strlen(x->ticket) == sizeof c->ticket;
    if (known) {
        x->index = c->index;
    } else {
        x->next = w->bucket[place % BUCKETS];
        w->bucket[place % BUCKETS] = x;
    }
    pthread_mutex_unlock(&w->mutex);
    return known;
}

static void leave(struct waiters *w, struct waiter *x, size_t place) {
    pthread_mutex_lock(&w->mutex);
    struct waiter **at = &w->bucket[place % BUCKETS];
    while (*at != x)
        at = &(*at)->next;
    *at = x->next;
    pthread_mutex_unlock(&w->mutex);
}

static void wait_for(sem_t *s, int ms) {
    int64_t until_us = clock_ticks_us() + ms * INT64_C(1000);
    struct timespec until = {until_us / CLOCK_SECOND_US, until_us % CLOCK_SECOND_US * 1000};
    (void)sem_clockwait(s, CLOCK_MONOTONIC, &until); /* woken early is as good */
}

bool waiters_wait(struct waiters *w, const char *ticket, int ms, int64_t *ret_index) {
    struct waiter x = {.ticket = ticket, .index = -1};
    size_t place = place_of(ticket);
    (void)sem_init(&x.wake, 0, 0); /* cannot fail with 0 */
    if (!enter(w, &x, place)) {
        wait_for(&x.wake, ms);
        leave(w, &x, place);
    }
    (void)sem_destroy(&x.wake);
    if (x.index < 0)
        return false;
    *ret_index = x.index;
    return true;
}
