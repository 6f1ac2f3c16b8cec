// SPDX-License-Identifier: Apache-2.0
/* Counting. A view is one atomic add into the article's own cache line, one into the sum, and a mark on its block when
 * it has none; nothing else happens while a page is served. */
#include "press/views.h"

#include "base/log.h"
#include "press/views/inside.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCAN_SLOTS = 4096 };
#define COUNT_MOST (INT64_C(1) << 52) /* no count of readings is greater: something else wrote here */

int64_t views_slot_sum(const struct views_slot *s) {
    int64_t sum = 0;
    for (int k = 0; k < VIEW_KINDS; k++)
        sum += atomic_load(&s->own[k]);
    return sum;
}

void views_mark(struct views *v, int64_t id) {
    _Atomic unsigned char *b = &v->block[id / BLOCK_SLOTS];
    if (atomic_load(b) != BLOCK_MOVED)
        atomic_store(b, BLOCK_MOVED);
}

static int64_t shown(const struct views_slot *s) {
    return atomic_load(&s->own[VIEW_PERSON]) + atomic_load(&s->others);
}

int views_grow(struct views *v, int64_t id, struct err *reterr) {
    (void)pthread_mutex_lock(&v->growing);
    int rc = views_file_grow(&v->file, id, reterr);
    (void)pthread_mutex_unlock(&v->growing);
    return rc;
}

/* False, and noted, where there is no slot to be had. Logged once: the next thousand would say the same. */
static bool has_slot(struct views *v, int64_t id) {
    if (id > 0 && id < atomic_load(&v->file.head->capacity))
        return true;
    struct err e = {0};
    if (id > 0 && views_grow(v, id, &e) == 0)
        return true;
    if (atomic_fetch_add(&v->lost, 1) == 0)
        LOG(LOG_ERROR, "view_lost", LOG_NUMBER("article", id), LOG_TEXT("why", str_of(e.text)));
    return false;
}

int64_t views_add(struct views *v, int64_t article_id, enum view_kind kind) {
    if ((unsigned)kind >= VIEW_KINDS)
        BUG("a view of no kind");
    if (!has_slot(v, article_id))
        return 0;
    struct views_slot *s = &v->file.slots[article_id];
    atomic_fetch_add(&s->own[kind], 1);
    atomic_fetch_add(&v->file.head->total[kind], 1);
    views_mark(v, article_id);
    return shown(s);
}

int64_t views_get(const struct views *v, int64_t article_id) {
    if (article_id <= 0 || article_id >= atomic_load(&v->file.head->capacity))
        return 0;
    return shown(&v->file.slots[article_id]);
}

void views_totals(const struct views *v, int64_t ret[VIEW_KINDS]) {
    for (int k = 0; k < VIEW_KINDS; k++)
        ret[k] = atomic_load(&v->file.head->total[k]) + atomic_load(&v->file.head->others_total[k]);
}

int64_t views_lost(const struct views *v) {
    return atomic_load(&v->lost);
}

/* --- opening --- */

/* Adds up some slots and marks those that the store does not know yet. */
static int scan_slots(struct views *v, const struct views_slot *s, int64_t first, size_t n, int64_t total[VIEW_KINDS]) {
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < VIEW_KINDS; k++) {
            int64_t own = atomic_load(&s[i].own[k]);
            if (own < 0 || own > COUNT_MOST)
                return -ERR_FORMAT;
            total[k] += own;
        }
        if (views_slot_sum(&s[i]) != atomic_load(&s[i].folded))
            views_mark(v, first + (int64_t)i);
    }
    return 0;
}

/* After anything but an orderly close: sums and marks are made anew. Read, and not touched through the mapping, so that
 * a million articles do not become resident for it. */
static int scan(struct views *v, const char *path, struct err *reterr) {
    int64_t total[VIEW_KINDS] = {0}, capacity = atomic_load(&v->file.head->capacity);
    struct views_slot *some = malloc(SCAN_SLOTS * sizeof *some);
    int rc = some ? 0 : err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(-ERR_NO_MEMORY));
    for (int64_t at = 0; rc == 0 && at < capacity;) {
        size_t n = capacity - at < SCAN_SLOTS ? (size_t)(capacity - at) : SCAN_SLOTS;
        off_t from = (off_t)(VIEWS_HEAD_SIZE + (size_t)at * sizeof *some);
        ssize_t got = pread(v->file.fd, some, n * sizeof *some, from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < (ssize_t)sizeof *some) {
            rc = err_errno(reterr, "%s: cannot be read", path);
            break;
        }
        n = (size_t)got / sizeof *some;
        rc = scan_slots(v, some, at, n, total);
        if (rc < 0)
            rc = err_set(reterr, ERR_FORMAT,
                         "%s: The counters are damaged. The file was left as it is; move it away and start again: what "
                         "the store remembers comes back.",
                         path);
        at += (int64_t)n;
    }
    free(some);
    for (int k = 0; rc == 0 && k < VIEW_KINDS; k++)
        atomic_store(&v->file.head->total[k], total[k]);
    return rc;
}

static void give_up(struct views *v) {
    views_file_close(&v->file);
    (void)pthread_mutex_destroy(&v->growing);
    (void)pthread_mutex_destroy(&v->folding);
    free((void *)v->block);
    free(v);
}

int views_open(const char *path, struct store *store, struct views **ret, struct err *reterr) {
    struct views *v = calloc(1, sizeof *v);
    _Atomic unsigned char *block = calloc(BLOCKS, 1);
    struct views_file file;
    int rc = v && block ? 0 : err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(-ERR_NO_MEMORY));
    if (rc == 0)
        rc = views_file_open(path, &file, reterr);
    if (rc < 0) {
        free((void *)block);
        free(v);
        return rc;
    }
    v->file = file;
    v->block = block;
    v->store = store;
    (void)snprintf(v->folder, sizeof v->folder, "%016" PRIx64, file.head->folder);
    (void)pthread_mutex_init(&v->growing, NULL); /* cannot fail with these attributes */
    (void)pthread_mutex_init(&v->folding, NULL);
    if (!file.was_clean && !file.fresh)
        rc = scan(v, path, reterr);
    if (rc == 0)
        rc = views_catch_up(v, reterr);
    if (rc < 0) {
        give_up(v);
        return rc;
    }
    *ret = v;
    return 0;
}

static bool is_all_folded(const struct views *v) {
    int64_t blocks = atomic_load(&v->file.head->capacity) / BLOCK_SLOTS;
    for (int64_t b = 0; b < blocks; b++)
        if (atomic_load(&v->block[b]) != BLOCK_CLEAN)
            return false;
    return true;
}

void views_close(struct views *v) {
    if (!v)
        return;
    struct err e = {0};
    int rc = views_fold(v, &e);
    if (rc == 0 && is_all_folded(v))
        rc = views_file_sync(&v->file, true, &e);
    if (rc == 0 && is_all_folded(v)) {
        atomic_store(&v->file.head->clean, 1);
        rc = views_file_sync(&v->file, false, &e);
    }
    if (rc < 0) /* nothing is lost: the file is read through when it is opened again */
        LOG(LOG_WARN, "views_not_folded", LOG_TEXT("why", str_of(e.text)));
    give_up(v);
}
