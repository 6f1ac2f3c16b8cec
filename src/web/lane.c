// SPDX-License-Identifier: Apache-2.0
/* A list of calls behind one lock; workers take the oldest. */
#include "web/lane.h"

#include <pthread.h>
#include <stdlib.h>

struct lane {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct call *first, **end;
    unsigned waiting, waiting_most, busy, workers;
    bool stopping;
    pthread_t thread[];
};

static struct call *lane_take(struct lane *l) {
    while (!l->first && !l->stopping)
        pthread_cond_wait(&l->work, &l->lock);
    struct call *c = l->first;
    if (c) {
        l->first = c->next;
        if (!l->first)
            l->end = &l->first;
        l->waiting--;
        l->busy++;
    }
    return c;
}

/* A call is gone when it is served. */
static void serve_all(struct call *c) {
    struct call *follower = c->followers;
    web_serve(c);
    while (follower) {
        struct call *next = follower->next;
        web_serve(follower);
        follower = next;
    }
}

static void *lane_run(void *arg) {
    struct lane *l = arg;
    pthread_mutex_lock(&l->lock);
    for (struct call *c; (c = lane_take(l)) != NULL;) {
        pthread_mutex_unlock(&l->lock);
        serve_all(c);
        pthread_mutex_lock(&l->lock);
        l->busy--;
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

bool lane_push(struct lane *l, struct call *c) {
    pthread_mutex_lock(&l->lock);
    bool room = l->waiting < l->waiting_most && !l->stopping;
    c->followers = NULL;
    if (room) {
        c->next = NULL;
        *l->end = c;
        l->end = &c->next;
        l->waiting++;
        pthread_cond_signal(&l->work);
    }
    pthread_mutex_unlock(&l->lock);
    return room;
}

bool lane_follow(struct lane *l, struct call *c) {
    pthread_mutex_lock(&l->lock);
    struct call *leader = c->kin && !l->stopping ? l->first : NULL;
    while (leader && leader->kin != c->kin)
        leader = leader->next;
    if (leader) {
        c->followers = NULL;
        c->next = leader->followers;
        leader->followers = c;
    }
    pthread_mutex_unlock(&l->lock);
    return leader != NULL;
}

void lane_stop(struct lane *l) {
    if (!l)
        return;
    pthread_mutex_lock(&l->lock);
    l->stopping = true;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    for (; l->workers; l->workers--)
        pthread_join(l->thread[l->workers - 1], NULL);
}

void lane_free(struct lane *l) {
    if (!l)
        return;
    lane_stop(l);
    pthread_cond_destroy(&l->work);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

int lane_start(unsigned workers, unsigned queue_most, struct lane **ret, struct err *reterr) {
    struct lane *l = calloc(1, sizeof *l + workers * sizeof *l->thread);
    if (!l)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    l->end = &l->first;
    l->waiting_most = queue_most;
    (void)pthread_mutex_init(&l->lock, NULL); /* cannot fail on Linux */
    (void)pthread_cond_init(&l->work, NULL);
    while (l->workers < workers && pthread_create(&l->thread[l->workers], NULL, lane_run, l) == 0)
        l->workers++;
    if (l->workers < workers) {
        unsigned started = l->workers;
        lane_free(l);
        return err_set(reterr, ERR_NO_MEMORY, "only %u of %u worker threads could be started", started, workers);
    }
    *ret = l;
    return 0;
}

void lane_figures(struct lane *l, unsigned *ret_waiting, unsigned *ret_busy) {
    pthread_mutex_lock(&l->lock);
    *ret_waiting = l->waiting;
    *ret_busy = l->busy;
    pthread_mutex_unlock(&l->lock);
}
