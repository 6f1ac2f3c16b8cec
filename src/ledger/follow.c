// SPDX-License-Identifier: Apache-2.0
/* A crew of threads goes through the log level by level: entries and the hashes over them first, then each level of
 * tiles above. Work is handed out in ascending order, so that the lowest wrong place is always among those found. */
#include "ledger/follow.h"

#include "base/clock.h"
#include "base/size.h"
#include "ledger/follow_judge.h"
#include "ledger/tile.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LEVELS = 6, HASH = 32, THREADS_MOST = 16, BUNDLE_MOST = TILE_WIDTH * (2 + 65535), ASK_MS = 100 };

struct crew {
    const struct follow *want;
    uint64_t size;
    struct hash *hash[LEVELS]; /* hash[l]: of the full subtrees of 256^l entries; l >= 1 */
    struct hash now_tail[TILE_WIDTH], before_tail[TILE_WIDTH]; /* entries behind the last full subtree, of each tree */
    bool ours;                                                 /* entry 0 is Daylight's, so all have to be */

    int level; /* being gone through: TILE_ENTRIES does entries and level 0 */
    uint64_t end;
    atomic_uint_fast64_t next, done;
    atomic_bool stop;

    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t ended;
    unsigned working;
    struct follow_found found;
    int bad; /* of the lowest place */
    uint64_t bad_at;
    struct err err;
};

/* One thread's own. */
struct hand {
    struct crew *crew;
    struct buf bundle, tile;
    size_t entry_at[TILE_WIDTH];
    struct hash leaf[TILE_WIDTH];
    struct follow_found found;
};

/* --- tiles --- */

static void name_tile(const struct tile *t, char ret[TILE_PATH_MOST + 8]) {
    char path[TILE_PATH_MOST];
    tile_write(t, path);
    (void)snprintf(ret, TILE_PATH_MOST + 8, "tile/%s", path); /* fits */
}

/* How many bytes the first `width` entries of a bundle take; *ret_n < width where it is cut short. */
static size_t measure(struct str bundle, unsigned width, unsigned *ret_n) {
    size_t at = 0;
    struct str entry;
    for (*ret_n = 0; *ret_n < width && bundle_next(bundle, &at, &entry, NULL) == 1; ++*ret_n)
        ;
    return at;
}

static int check_length(const char *name, const struct tile *t, bool cut, size_t from, struct buf *to,
                        struct err *reterr) {
    size_t got = to->n - from, right = t->width * HASH;
    unsigned entries = t->width;
    if (t->level == TILE_ENTRIES)
        right = measure(str_from(buf_str(to), from), t->width, &entries);
    if (entries < t->width)
        return err_set(reterr, ERR_FORBIDDEN, "%s: is cut short at byte %zu, after %u of %u entries", name, got,
                       entries, t->width);
    if (got < right || (got > right && !cut))
        return err_set(reterr, ERR_FORBIDDEN, "%s: has %zu bytes where %zu belong", name, got, right);
    buf_cut(to, from + right);
    return 0;
}

int follow_tile(struct fetch *from, int level, uint64_t index, uint64_t size, struct buf *to, struct err *reterr) {
    struct tile t = {level, index, tile_width(level, index, size)}, full = {level, index, TILE_WIDTH};
    char name[TILE_PATH_MOST + 8], whole[TILE_PATH_MOST + 8];
    size_t before = to->n, most = level == TILE_ENTRIES ? BUNDLE_MOST : 2 * TILE_WIDTH * HASH;
    if (!t.width)
        return err_set(reterr, ERR_RANGE, "a log of %llu entries has no such tile", (unsigned long long)size);
    name_tile(&t, name);
    struct err err = {0};
    bool cut = false;
    int bad = fetch_get(from, name, 0, most, to, &err);
    if (bad == -ERR_NOT_FOUND && t.width < TILE_WIDTH) {
        name_tile(&full, whole);
        cut = !fetch_get(from, whole, 0, most, to, NULL);
        bad = cut ? 0 : bad; /* that the partial one is missing says enough */
    }
    if (bad && reterr)
        *reterr = err;
    if (bad == -ERR_TOO_LARGE)
        return err_set(reterr, ERR_FORBIDDEN, "%s: is larger than %s, so that it is no tile", name, size_text(most).z);
    if (!bad)
        bad = check_length(name, &t, cut, before, to, reterr);
    if (bad)
        buf_cut(to, before);
    return bad;
}

int follow_entry(struct fetch *from, uint64_t index, uint64_t size, struct buf *to, struct err *reterr) {
    BUF_LOCAL(bundle);
    struct str text = STR_NONE;
    size_t at = 0;
    int bad = follow_tile(from, TILE_ENTRIES, index / TILE_WIDTH, size, &bundle, reterr);
    if (!bad && index >= size)
        bad = err_set(reterr, ERR_RANGE, "a log of %llu entries has no such entry", (unsigned long long)size);
    for (uint64_t i = 0; !bad && i <= index % TILE_WIDTH; i++)
        if (bundle_next(buf_str(&bundle), &at, &text, reterr) != 1)
            BUG("a bundle whose length was checked ends early");
    if (!bad)
        buf_add(to, text);
    return !bad && buf_failed(to) ? err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to read the entry")
                                  : bad;
}

int follow_source(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    const struct follow_at *at = arg;
    BUF_LOCAL(tile);
    uint64_t first = index << level % 8;
    int bad = follow_tile(at->from, (int)(level / 8), first / TILE_WIDTH, at->size, &tile, reterr);
    if (bad)
        return bad;
    unsigned in = (unsigned)(first % TILE_WIDTH);
    if ((in + (1u << level % 8)) * HASH > tile.n)
        return err_set(reterr, ERR_RANGE, "a log of %llu entries has no such hash", (unsigned long long)at->size);
    *ret = tile_fold((const struct hash *)tile.p, in, level % 8); /* bytes: no alignment is asked of them */
    return 0;
}

/* --- the work --- */

static int keep(const struct crew *c, int level, uint64_t index, const struct buf *bytes, struct err *reterr) {
    struct tile t = {level, index, tile_width(level, index, c->size)};
    char name[TILE_PATH_MOST + 8];
    if (!c->want->keep)
        return 0;
    name_tile(&t, name);
    return c->want->keep(c->want->arg, name, buf_str(bytes), reterr);
}

/* Compares a tile with our own hashes at its place. */
static int compare(struct hand *h, int level, uint64_t index, const struct hash *ours, struct err *reterr) {
    struct crew *c = h->crew;
    unsigned width = tile_width(level, index, c->size);
    buf_reset(&h->tile);
    int bad = follow_tile(c->want->from, level, index, c->size, &h->tile, reterr);
    if (bad)
        return bad;
    h->found.tiles++;
    h->found.bytes += h->tile.n;
    const struct hash *theirs = (const struct hash *)h->tile.p;
    if (memcmp(theirs, ours, width * HASH) == 0)
        return keep(c, level, index, &h->tile, reterr);
    struct dispute d = {.from = c->want->from, .checkpoint = &c->want->checkpoint, .level = level, .tile = index};
    while (hash_same(&theirs[d.at], &ours[d.at]))
        d.at++;
    d.ours = ours[d.at];
    d.tile_says = theirs[d.at];
    d.entry_at = level ? 0 : h->entry_at[d.at];
    return follow_judge(&d, reterr);
}

/* More than there can be are not counted: they are not those that the log names. */
static void note_keys(struct crew *c, uint64_t index, const struct hash *commit) {
    pthread_mutex_lock(&c->lock);
    (void)succession_add(c->want->keys, index, commit, NULL);
    pthread_mutex_unlock(&c->lock);
}

static int look_at_entry(struct hand *h, uint64_t index, struct str text, struct err *reterr) {
    struct entry e;
    int bad = entry_read(text, &e, reterr);
    if (bad == 0 && e.ref >= 0 && (uint64_t)e.ref >= index)
        bad = err_set(reterr, ERR_INVALID, "it refers to entry %lld, which is not an earlier one", (long long)e.ref);
    if (bad)
        return bad;
    h->found.of_type[e.type]++;
    if (e.type == ENTRY_KEY && e.committed && h->crew->want->keys)
        note_keys(h->crew, index, &e.commit);
    if (e.type == ENTRY_KEY && e.committed && (int64_t)index > h->found.key_index) {
        h->found.key_index = (int64_t)index;
        h->found.key_commit = e.commit;
    }
    if (e.day < h->found.first_day)
        h->found.first_day = e.day;
    if (e.day > h->found.last_day)
        h->found.last_day = e.day;
    return 0;
}

static int read_bundle(struct hand *h, uint64_t bundle, unsigned width, struct err *reterr) {
    struct crew *c = h->crew;
    size_t at = 0;
    for (unsigned i = 0; i < width; i++) {
        struct str text;
        h->entry_at[i] = at + 2;
        if (bundle_next(buf_str(&h->bundle), &at, &text, reterr) != 1)
            BUG("a bundle whose length was checked ends early");
        h->leaf[i] = merkle_leaf(text.p, text.n);
        int bad = c->ours ? look_at_entry(h, bundle * TILE_WIDTH + i, text, reterr) : 0;
        if (bad) {
            struct tile t = {TILE_ENTRIES, bundle, width};
            char name[TILE_PATH_MOST + 8];
            name_tile(&t, name);
            err_prefix(reterr, "entry %llu (%s, from byte %zu) is none of the ledger's",
                       (unsigned long long)(bundle * TILE_WIDTH + i), name, h->entry_at[i]);
            return bad == -ERR_INVALID ? -ERR_FORBIDDEN : bad;
        }
    }
    return 0;
}

/* Entries behind the last full subtree of a tree of `size`. */
static void take_tail(const struct hand *h, uint64_t bundle, uint64_t size, struct hash tail[TILE_WIDTH]) {
    if (size / TILE_WIDTH == bundle)
        memcpy(tail, h->leaf, size % TILE_WIDTH * HASH);
}

static int do_bundle(struct hand *h, uint64_t bundle, struct err *reterr) {
    struct crew *c = h->crew;
    unsigned width = tile_width(TILE_ENTRIES, bundle, c->size);
    buf_reset(&h->bundle);
    int bad = follow_tile(c->want->from, TILE_ENTRIES, bundle, c->size, &h->bundle, reterr);
    if (bad)
        return bad;
    h->found.bytes += h->bundle.n;
    h->found.entries += width;
    struct err words = {0};
    int form = read_bundle(h, bundle, width, &words);
    bad = compare(h, 0, bundle, h->leaf, reterr); /* says more than the form does where an entry was changed */
    if (!bad && form) {
        words.code = form;
        if (reterr)
            *reterr = words;
        return form;
    }
    if (bad)
        return bad;
    if (width == TILE_WIDTH)
        c->hash[1][bundle] = tile_fold(h->leaf, 0, 8);
    take_tail(h, bundle, c->size, c->now_tail);
    if (c->want->before)
        take_tail(h, bundle, c->want->before->size, c->before_tail);
    return keep(c, TILE_ENTRIES, bundle, &h->bundle, reterr);
}

static int do_tile(struct hand *h, int level, uint64_t index, struct err *reterr) {
    struct crew *c = h->crew;
    const struct hash *ours = c->hash[level] + index * TILE_WIDTH;
    int bad = compare(h, level, index, ours, reterr);
    if (!bad && tile_width(level, index, c->size) == TILE_WIDTH)
        c->hash[level + 1][index] = tile_fold(ours, 0, 8);
    return bad;
}

/* --- the crew --- */

/* A refutation counts more than what could not be told, and a lower place more than a higher one. */
static void note_bad(struct crew *c, int bad, uint64_t at, const struct err *err) {
    pthread_mutex_lock(&c->lock);
    bool first = !c->bad, refutes = bad == -ERR_FORBIDDEN && c->bad != -ERR_FORBIDDEN;
    bool lower = (bad == -ERR_FORBIDDEN) == (c->bad == -ERR_FORBIDDEN) && at < c->bad_at;
    if (first || refutes || lower) {
        c->bad = bad;
        c->bad_at = at;
        c->err = *err;
    }
    pthread_mutex_unlock(&c->lock);
    atomic_store(&c->stop, true);
}

static void add_found(struct follow_found *to, const struct follow_found *f) {
    to->entries += f->entries;
    to->tiles += f->tiles;
    to->bytes += f->bytes;
    if (f->key_index > to->key_index) {
        to->key_index = f->key_index;
        to->key_commit = f->key_commit;
    }
    for (size_t i = 0; i < ENTRY_TYPE_COUNT; i++)
        to->of_type[i] += f->of_type[i];
    to->first_day = f->first_day < to->first_day ? f->first_day : to->first_day;
    to->last_day = f->last_day > to->last_day ? f->last_day : to->last_day;
}

static void work(struct crew *c) {
    struct hand h = {.crew = c,
                     .bundle = BUF_INIT,
                     .tile = BUF_INIT,
                     .found = {.key_index = -1, .first_day = INT64_MAX, .last_day = INT64_MIN}};
    while (!atomic_load(&c->stop)) {
        uint64_t at = atomic_fetch_add(&c->next, 1);
        if (at >= c->end)
            break;
        struct err err = {0};
        int bad = c->level == TILE_ENTRIES ? do_bundle(&h, at, &err) : do_tile(&h, c->level, at, &err);
        if (bad)
            note_bad(c, bad, at, &err);
        atomic_fetch_add(&c->done, 1);
    }
    buf_clear(&h.bundle);
    buf_clear(&h.tile);
    pthread_mutex_lock(&c->lock);
    add_found(&c->found, &h.found);
    pthread_mutex_unlock(&c->lock);
}

static void *work_thread(void *arg) {
    struct crew *c = arg;
    work(c);
    pthread_mutex_lock(&c->lock);
    c->working--;
    (void)pthread_cond_signal(&c->ended); /* cannot fail */
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static void tell(const struct crew *c) {
    if (!c->want->progress)
        return;
    uint64_t all = c->size, done = c->level == TILE_ENTRIES ? atomic_load(&c->done) * TILE_WIDTH : all;
    c->want->progress(c->want->arg, done < all ? done : all, all);
}

static void wait_for_all(struct crew *c) {
    pthread_mutex_lock(&c->lock);
    while (c->working) {
        int64_t until_us = clock_ticks_us() + ASK_MS * 1000;
        struct timespec until = {.tv_sec = until_us / CLOCK_SECOND_US, .tv_nsec = until_us % CLOCK_SECOND_US * 1000};
        (void)pthread_cond_timedwait(&c->ended, &c->lock, &until); /* either way: look again */
        pthread_mutex_unlock(&c->lock);
        tell(c);
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
}

static unsigned threads_for(const struct crew *c, uint64_t jobs) {
    unsigned n = c->want->threads;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (!n)
        n = !fetch_is_folder(c->want->from) ? THREADS_MOST : cores > 0 ? (unsigned)cores : 1;
    n = n > THREADS_MOST ? THREADS_MOST : n;
    return jobs < n ? (unsigned)jobs : n;
}

/* Jobs [from, end) of a level. */
static int run(struct crew *c, int level, uint64_t from, uint64_t end) {
    pthread_t thread[THREADS_MOST];
    unsigned n = from < end ? threads_for(c, end - from) : 0, started = 0;
    c->level = level;
    c->end = end;
    atomic_store(&c->next, from);
    atomic_store(&c->done, from);
    c->working = n;
    for (; started < n; started++)
        if (pthread_create(&thread[started], NULL, work_thread, c))
            break;
    if (started < n) {
        pthread_mutex_lock(&c->lock);
        c->working -= n - started;
        pthread_mutex_unlock(&c->lock);
        work(c); /* slower with fewer hands, and right all the same */
    }
    wait_for_all(c);
    for (unsigned i = 0; i < started; i++)
        (void)pthread_join(thread[i], NULL); /* each has ended */
    tell(c);
    return c->bad;
}

/* --- the whole --- */

struct side { /* arg of our_hashes(): one of the two trees */
    const struct crew *crew;
    const struct hash *tail;
};

static int our_hashes(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)reterr;
    const struct side *s = arg;
    uint64_t first = index << level % 8;
    const struct hash *row = level < 8 ? s->tail : s->crew->hash[level / 8] + first / TILE_WIDTH * TILE_WIDTH;
    *ret = tile_fold(row, (unsigned)(first % TILE_WIDTH), level % 8);
    return 0;
}

static int make_rows(struct crew *c, struct err *reterr) {
    for (int l = 1; l < LEVELS; l++) {
        c->hash[l] = calloc((c->size >> (8 * l)) + 1, sizeof(struct hash));
        if (!c->hash[l])
            return err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to follow %llu entries",
                           (unsigned long long)c->size);
    }
    return 0;
}

/* The rows over what is known already: level 1 from the folder, the others folded from it. */
static int take_known(struct crew *c, struct err *reterr) {
    uint64_t known = c->want->known_size >> 8;
    BUF_LOCAL(tile);
    for (uint64_t i = 0; i * TILE_WIDTH < known; i++) {
        buf_reset(&tile);
        int bad = follow_tile(c->want->known, 1, i, c->want->known_size, &tile, reterr);
        if (bad)
            return bad;
        memcpy(c->hash[1] + i * TILE_WIDTH, tile.p, tile.n);
    }
    for (int l = 1; l + 1 < LEVELS; l++)
        for (uint64_t i = 0; i < c->want->known_size >> (8 * (l + 1)); i++)
            c->hash[l + 1][i] = tile_fold(c->hash[l] + i * TILE_WIDTH, 0, 8);
    return 0;
}

/* Is the log Daylight's? Its first entry says so. */
static int look_at_first(struct crew *c, struct err *reterr) {
    BUF_LOCAL(bundle);
    struct fetch *from = c->want->known_size ? c->want->known : c->want->from;
    uint64_t size = c->want->known_size ? c->want->known_size : c->size;
    int bad = follow_tile(from, TILE_ENTRIES, 0, size, &bundle, reterr);
    size_t at = 0;
    struct str entry;
    c->ours = !bad && bundle_next(buf_str(&bundle), &at, &entry, NULL) == 1 && str_starts(entry, "daylight/");
    c->found.foreign = !c->ours;
    return bad;
}

static int check_roots(struct crew *c, struct err *reterr) {
    const struct checkpoint *now = &c->want->checkpoint, *before = c->want->before;
    struct hash root;
    struct side side = {c, c->now_tail};
    int bad = merkle_root(now->size, our_hashes, &side, &root, reterr);
    if (!bad && !hash_same(&root, &now->root))
        bad = err_set(reterr, ERR_FORBIDDEN, "checkpoint, line 3: the signed root is not that of the %llu entries",
                      (unsigned long long)now->size);
    if (bad || !before)
        return bad;
    side.tail = c->before_tail;
    bad = merkle_root(before->size, our_hashes, &side, &root, reterr);
    if (!bad && !hash_same(&root, &before->root)) {
        c->found.forked = true;
        bad = err_set(reterr, ERR_FORBIDDEN,
                      "the log was forked: its first %llu entries are not those that it had when it signed the earlier "
                      "checkpoint of that size",
                      (unsigned long long)before->size);
    }
    return bad;
}

static int go_through(struct crew *c, struct err *reterr) {
    const struct checkpoint *before = c->want->before;
    if (c->size > FOLLOW_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "the log says that it has %llu entries, more than are followed",
                       (unsigned long long)c->size);
    if (before && before->size > c->size)
        return err_set(reterr, ERR_FORBIDDEN,
                       "the log was rolled back: it shows %llu entries, and had signed %llu before",
                       (unsigned long long)c->size, (unsigned long long)before->size);
    int bad = make_rows(c, reterr);
    if (!bad && c->size)
        bad = look_at_first(c, reterr);
    if (!bad && c->want->known_size)
        bad = take_known(c, reterr);
    uint64_t first = c->want->known_size >> 8;
    if (before && before->size >> 8 < first)
        first = before->size >> 8; /* its last entries are needed */
    c->found.first = first << 8;
    if (!bad && run(c, TILE_ENTRIES, first, (c->size + TILE_WIDTH - 1) / TILE_WIDTH))
        bad = c->bad;
    for (int l = 1; !bad && l < LEVELS && c->size >> (8 * l); l++)
        bad = run(c, l, first >> (8 * l), ((c->size >> (8 * l)) + TILE_WIDTH - 1) / TILE_WIDTH);
    if (c->bad && reterr)
        *reterr = c->err;
    return bad ? bad : check_roots(c, reterr);
}

/* Its waits count on the monotonic clock. */
static bool start_crew(struct crew *c) {
    pthread_condattr_t monotonic;
    if (pthread_mutex_init(&c->lock, NULL) || pthread_condattr_init(&monotonic))
        return false;
    bool ok = !pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) && !pthread_cond_init(&c->ended, &monotonic);
    (void)pthread_condattr_destroy(&monotonic); /* only its values were wanted */
    return ok;
}

int follow(const struct follow *want, struct follow_found *ret, struct err *reterr) {
    struct crew *c = calloc(1, sizeof *c);
    if (!c || !start_crew(c)) {
        free(c);
        return err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to follow the log");
    }
    c->want = want;
    c->size = want->checkpoint.size;
    c->found.key_index = -1;
    c->found.first_day = INT64_MAX;
    c->found.last_day = INT64_MIN;
    int bad = go_through(c, reterr);
    *ret = c->found;
    for (int l = 1; l < LEVELS; l++)
        free(c->hash[l]);
    (void)pthread_cond_destroy(&c->ended); /* nobody waits */
    (void)pthread_mutex_destroy(&c->lock);
    free(c);
    return bad;
}
