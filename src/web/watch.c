// SPDX-License-Identifier: Apache-2.0
/* One thread that asks the store whether something changed, and folds the views. */
#include "web/watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "press/content.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { FOLD_EVERY_US = 5 * CLOCK_SECOND_US };

struct watch {
    struct store *store;
    struct views *views;
    unsigned every_ms;
    void (*changed)(void *arg);
    void *arg;
    pthread_t thread;
    pthread_mutex_t lock; /* of the fields down to `next_due_us` */
    pthread_cond_t wake;
    bool stopping, known;
    int64_t version, next_due_us; /* next_due_us 0: nothing waits */
    atomic_bool answers;
};

struct look {
    int64_t version, next_due_us;
};

static int read_content(struct tx *tx, void *arg, struct err *reterr) {
    struct look *look = arg;
    int failed = content_version(tx, &look->version, reterr);
    return failed ? failed : content_next_due(tx, clock_now_us(), &look->next_due_us, reterr);
}

/* Two looks at once may finish in the other order: an older one changes nothing. */
static bool note_look(struct watch *w, const struct look *look) {
    pthread_mutex_lock(&w->lock);
    bool older = w->known && look->version < w->version;
    bool came = w->known && w->next_due_us && w->next_due_us <= clock_now_us();
    bool changed = w->known && !older && (look->version != w->version || came);
    if (!older) {
        w->version = look->version;
        w->next_due_us = look->next_due_us;
        w->known = true;
    }
    pthread_mutex_unlock(&w->lock);
    return changed;
}

void watch_look(struct watch *w) {
    struct look look = {0};
    struct err err = {0};
    bool answers = store_read(w->store, read_content, &look, &err) == 0;
    if (answers != atomic_exchange(&w->answers, answers)) {
        if (answers)
            LOG(LOG_INFO, "store_back", LOG_TEXT("engine", str_of(store_engine(w->store))));
        else
            LOG(LOG_ERROR, "store_away", LOG_TEXT("error", str_of(err.text)));
    }
    if (answers && note_look(w, &look))
        w->changed(w->arg);
}

bool watch_store_answers(const struct watch *w) {
    return atomic_load(&w->answers);
}

static void fold(struct watch *w) {
    struct err err = {0};
    if (w->views && views_fold(w->views, &err) != 0 && atomic_load(&w->answers))
        LOG(LOG_ERROR, "views_not_folded", LOG_TEXT("error", str_of(err.text)));
}

/* True: time to end. */
static bool rest(struct watch *w) {
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail */
    int64_t ns = until.tv_nsec + (int64_t)w->every_ms * 1000000;
    until.tv_sec += (time_t)(ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_mutex_lock(&w->lock);
    int waited = 0;
    while (!w->stopping && waited == 0)
        waited = pthread_cond_timedwait(&w->wake, &w->lock, &until);
    bool stopping = w->stopping;
    pthread_mutex_unlock(&w->lock);
    return stopping;
}

static void *watch_run(void *arg) {
    struct watch *w = arg;
    int64_t folded_us = clock_ticks_us();
    do {
        watch_look(w);
        if (clock_ticks_us() - folded_us >= FOLD_EVERY_US) {
            fold(w);
            folded_us = clock_ticks_us();
        }
    } while (!rest(w));
    return NULL;
}

int watch_start(struct store *store, struct views *views, unsigned every_ms, void (*changed)(void *arg), void *arg,
                struct watch **ret, struct err *reterr) {
    struct watch *w = calloc(1, sizeof *w);
    if (!w)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    *w = (struct watch){.store = store, .views = views, .every_ms = every_ms, .changed = changed, .arg = arg};
    atomic_init(&w->answers, true);
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr); /* these cannot fail on Linux */
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&w->wake, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)pthread_mutex_init(&w->lock, NULL);
    watch_look(w); /* so that a change from now on is one */
    if (pthread_create(&w->thread, NULL, watch_run, w) != 0) {
        free(w);
        return err_set(reterr, ERR_NO_MEMORY, "no thread could be started to watch the store");
    }
    *ret = w;
    return 0;
}

void watch_stop(struct watch *w) {
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
