// SPDX-License-Identifier: Apache-2.0
/* A ring of slots under one lock: pieces take a hundred microseconds and more, so nobody waits for it. */
#include "app/ordered.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    bool made;
    size_t weight;
};

struct ordered {
    struct ordered_plan plan;
    pthread_mutex_t lock;
    pthread_cond_t made, released;
    size_t next, first; /* to be begun; not released yet */
    size_t weight;      /* of what is made and not released */
    bool halted;
    struct slot *slot;
    char *result;
    size_t threads;
    pthread_t thread[];
};

static void *result_of(struct ordered *o, size_t number) {
    return o->result + number % o->plan.window * o->plan.slot;
}

static struct slot *slot_of(struct ordered *o, size_t number) {
    return &o->slot[number % o->plan.window];
}

static bool may_begin(const struct ordered *o) {
    return o->next == o->first || (o->next < o->first + o->plan.window && o->weight <= o->plan.weight);
}

static void *run(void *arg) {
    struct ordered *o = arg;
    (void)pthread_mutex_lock(&o->lock);
    for (;;) {
        while (!o->halted && o->next < o->plan.pieces && !may_begin(o))
            (void)pthread_cond_wait(&o->released, &o->lock);
        if (o->halted || o->next == o->plan.pieces)
            break;
        size_t number = o->next++;
        memset(result_of(o, number), 0, o->plan.slot);
        (void)pthread_mutex_unlock(&o->lock);
        size_t weight = o->plan.work(o->plan.arg, number, result_of(o, number));
        (void)pthread_mutex_lock(&o->lock);
        *slot_of(o, number) = (struct slot){true, weight};
        o->weight += weight;
        (void)pthread_cond_broadcast(&o->made);
    }
    (void)pthread_mutex_unlock(&o->lock);
    return NULL;
}

int ordered_start(const struct ordered_plan *plan, struct ordered **ret, struct err *reterr) {
    struct ordered *o = calloc(1, sizeof *o + plan->threads * sizeof *o->thread);
    if (o) {
        o->plan = *plan;
        o->slot = calloc(plan->window, sizeof *o->slot);
        o->result = calloc(plan->window, plan->slot);
        (void)pthread_mutex_init(&o->lock, NULL); /* these three cannot fail on Linux */
        (void)pthread_cond_init(&o->made, NULL);
        (void)pthread_cond_init(&o->released, NULL);
    }
    while (o && o->slot && o->result && o->threads < plan->threads &&
           pthread_create(&o->thread[o->threads], NULL, run, o) == 0)
        o->threads++;
    if (!o || !o->threads) {
        ordered_free(o);
        return err_set(reterr, ERR_NO_MEMORY, "There is no memory for a thread; nothing was begun.");
    }
    *ret = o;
    return 0;
}

void *ordered_get(struct ordered *o, size_t number) {
    (void)pthread_mutex_lock(&o->lock);
    void *result = result_of(o, number);
    while (result && !(number < o->next && slot_of(o, number)->made)) {
        if (number >= o->next && (o->halted || !may_begin(o)))
            result = NULL;
        else
            (void)pthread_cond_wait(&o->made, &o->lock);
    }
    (void)pthread_mutex_unlock(&o->lock);
    return result;
}

void ordered_release(struct ordered *o, size_t until) {
    (void)pthread_mutex_lock(&o->lock);
    for (; o->first < until; o->first++) {
        o->weight -= slot_of(o, o->first)->weight;
        *slot_of(o, o->first) = (struct slot){0};
    }
    (void)pthread_cond_broadcast(&o->released);
    (void)pthread_mutex_unlock(&o->lock);
}

void ordered_halt(struct ordered *o) {
    (void)pthread_mutex_lock(&o->lock);
    o->halted = true;
    (void)pthread_cond_broadcast(&o->released);
    (void)pthread_mutex_unlock(&o->lock);
    for (; o->threads; o->threads--)
        (void)pthread_join(o->thread[o->threads - 1], NULL);
}

void ordered_free(struct ordered *o) {
    if (!o)
        return;
    ordered_halt(o);
    free(o->slot);
    free(o->result);
    free(o);
}
