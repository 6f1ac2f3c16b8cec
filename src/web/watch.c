// SPDX-License-Identifier: Apache-2.0
/* One thread that asks the store whether something changed, and folds the views. */
#include "web/watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "press/content.h"
#include "press/search.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { FOLD_EVERY_US = 5 * CLOCK_SECOND_US, QUIET_US = 10 * CLOCK_SECOND_US, AGAIN_US = 10 * CLOCK_SECOND_US };

struct watch {
    struct store *store;
    struct views *views;
    struct bell *bell;
    bool bell_lost;         /* the watch's own thread knows */
    _Atomic uint64_t heard; /* the bell's word before the last look */
    unsigned every_ms;
    void (*changed)(void *arg);
    void *arg;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;           /* under `lock` */
    pthread_mutex_t looking; /* one look at a time; over the next two lines */
    bool known;
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

/* With the looks' mutex. */
static bool note_look(struct watch *w, const struct look *look) {
    bool came = w->next_due_us && w->next_due_us <= clock_now_us();
    bool changed = w->known && (look->version != w->version || came);
    w->version = look->version;
    w->next_due_us = look->next_due_us;
    w->known = true;
    return changed;
}

/* With the looks' mutex, to the end: a second look that finds nothing new must not return before the first one has told
 * what it found. */
static void look_now(struct watch *w) {
    struct look look = {0};
    struct err err = {0};
    uint64_t word = w->bell ? bell_word(w->bell) : 0; /* first: who rings after this is for the next look */
    bool answers = store_read(w->store, read_content, &look, &err) == 0;
    if (answers != atomic_exchange(&w->answers, answers)) {
        if (answers)
            LOG(LOG_INFO, "store_back", LOG_TEXT("engine", str_of(store_engine(w->store))));
        else
            LOG(LOG_ERROR, "store_away", LOG_TEXT("error", str_of(err.text)));
    }
    if (answers && note_look(w, &look))
        w->changed(w->arg);
    atomic_store_explicit(&w->heard, word, memory_order_release); /* last: until now it was not current */
}

void watch_look(struct watch *w) {
    pthread_mutex_lock(&w->looking);
    look_now(w);
    pthread_mutex_unlock(&w->looking);
}

bool watch_is_current(const struct watch *w) {
    return !w->bell || bell_word(w->bell) == atomic_load_explicit(&w->heard, memory_order_acquire);
}

void watch_catch_up(struct watch *w) {
    if (watch_is_current(w))
        return;
    pthread_mutex_lock(&w->looking);
    if (!watch_is_current(w)) /* one look for all that came meanwhile */
        look_now(w);
    pthread_mutex_unlock(&w->looking);
}

bool watch_store_answers(const struct watch *w) {
    return atomic_load(&w->answers);
}

static void fold(struct watch *w) {
    struct err err = {0};
    if (w->views && views_fold(w->views, &err) != 0 && atomic_load(&w->answers))
        LOG(LOG_ERROR, "views_not_folded", LOG_TEXT("error", str_of(err.text)));
}

static void tend_bell(struct watch *w) {
    struct err err = {0};
    bool lost = w->bell && bell_tend(w->bell, &err) != 0;
    if (lost != w->bell_lost) {
        if (lost)
            LOG(LOG_WARN, "bell_lost", LOG_TEXT("why", str_of(err.text)),
                LOG_TEXT("so", STR("changes by other processes are seen when the store is next asked")));
        else
            LOG(LOG_INFO, "bell_back");
    }
    w->bell_lost = lost;
}

/* --- an office from before there was an index of titles --- */

static int read_left(struct tx *tx, void *arg, struct err *reterr) {
    return search_fill_left(tx, arg, reterr);
}

static int fill_step(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return search_fill_step(tx, reterr);
}

struct filling {
    bool begun, over;
    int64_t again_us; /* not before this: a step failed */
    struct search_merge merge;
};

static int fill_some(struct watch *w, struct filling *f, struct err *reterr) {
    int64_t left = 0;
    int failed = store_read(w->store, read_left, &left, reterr);
    if (failed)
        return failed;
    if (left && !f->begun)
        LOG(LOG_INFO, "search_titles_begun", LOG_NUMBER("texts", left));
    f->begun |= left != 0;
    if (left)
        return store_write(w->store, fill_step, NULL, reterr);
    failed = f->begun && !f->merge.done ? search_merge_step(w->store, &f->merge, reterr) : 0;
    if (failed || (f->begun && !f->merge.done))
        return failed;
    f->over = true;
    if (!f->begun)
        return 0;
    LOG(LOG_INFO, "search_titles_done");
    pthread_mutex_lock(&w->looking);
    w->changed(w->arg); /* what is related */
    pthread_mutex_unlock(&w->looking);
    return 0;
}

/* A step. What fails is tried again. */
static void fill(struct watch *w, struct filling *f) {
    struct err err = {0};
    if (f->over || clock_ticks_us() < f->again_us || fill_some(w, f, &err) == 0)
        return;
    f->again_us = clock_ticks_us() + AGAIN_US;
    if (atomic_load(&w->answers))
        LOG(LOG_WARN, "search_titles_later", LOG_TEXT("error", str_of(err.text)));
}

/* --- what an import of many left for later --- */

struct waiting {
    bool begun;
    int64_t again_us;          /* not before this: a step failed */
    int64_t version, since_us; /* of the content, and since when it is that */
    struct search_merge merge;
};

static int read_waiting(struct tx *tx, void *arg, struct err *reterr) {
    return search_later_any(tx, arg, reterr);
}

static int count_waiting(struct tx *tx, void *arg, struct err *reterr) {
    return search_later_count(tx, INT64_MAX, arg, reterr);
}

static int index_step(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return search_later_step(tx, reterr);
}

/* Nobody changes anything: whoever stores many thousands puts them in himself, and faster. */
static bool is_quiet(struct watch *w, struct waiting *i) {
    pthread_mutex_lock(&w->looking);
    bool same = i->since_us && w->version == i->version;
    i->version = w->version;
    pthread_mutex_unlock(&w->looking);
    if (!same)
        i->since_us = clock_ticks_us();
    return clock_ticks_us() - i->since_us >= QUIET_US;
}

static int index_some(struct watch *w, struct waiting *i, struct err *reterr) {
    bool any = false;
    int failed = store_read(w->store, read_waiting, &any, reterr);
    if (failed || (!any && !i->begun) || (any && !is_quiet(w, i)))
        return failed;
    if (any && !i->begun) {
        failed = store_read(w->store, count_waiting, &i->merge.came, reterr);
        if (failed)
            return failed;
        LOG(LOG_INFO, "search_later_begun", LOG_NUMBER("texts", i->merge.came));
    }
    i->begun = true;
    if (any)
        return store_write_soon(w->store, index_step, NULL, reterr);
    if (!i->merge.done)
        return search_merge_step(w->store, &i->merge, reterr);
    *i = (struct waiting){0};
    LOG(LOG_INFO, "search_later_done");
    pthread_mutex_lock(&w->looking);
    w->changed(w->arg); /* what is found and what is related */
    pthread_mutex_unlock(&w->looking);
    return 0;
}

/* A step. What fails is tried again. */
static void index_waiting(struct watch *w, struct waiting *i) {
    struct err err = {0};
    if (clock_ticks_us() < i->again_us || index_some(w, i, &err) == 0)
        return;
    i->again_us = clock_ticks_us() + AGAIN_US;
    if (atomic_load(&w->answers))
        LOG(LOG_WARN, "search_later_failed", LOG_TEXT("error", str_of(err.text)));
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
    struct filling filling = {0};
    struct waiting waiting = {0};
    do {
        tend_bell(w);
        watch_look(w);
        fill(w, &filling);
        index_waiting(w, &waiting);
        if (clock_ticks_us() - folded_us >= FOLD_EVERY_US) {
            fold(w);
            folded_us = clock_ticks_us();
        }
    } while (!rest(w));
    return NULL;
}

int watch_start(struct store *store, struct views *views, struct bell *bell, unsigned every_ms,
                void (*changed)(void *arg), void *arg, struct watch **ret, struct err *reterr) {
    struct watch *w = calloc(1, sizeof *w);
    if (!w)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    *w = (struct watch){
        .store = store, .views = views, .bell = bell, .every_ms = every_ms, .changed = changed, .arg = arg};
    atomic_init(&w->answers, true);
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr); /* these cannot fail on Linux */
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&w->wake, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_mutex_init(&w->looking, NULL);
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
    pthread_mutex_destroy(&w->looking);
    free(w);
}
