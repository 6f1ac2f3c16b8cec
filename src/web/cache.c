// SPDX-License-Identifier: Apache-2.0
/* Shards of a hash table with chains; each has its lock, its ring for the clock hand, and its renders under way. */
#include "web/cache.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SHARDS_MOST = 16, SHARD_LEAST = 4 * 1024 * 1024, BUCKETS = 1024 };

struct entry {
    struct entry *chain;
    struct entry *before, *after; /* the ring */
    uint64_t hash;
    size_t weight;
    struct sheet *sheet;
    size_t key_n;
    char key[];
};

struct flight {
    struct flight *next;
    uint64_t generation;
    struct shard *shard;
    struct waiter *waiters, **waiters_end;
    uint64_t hash;
    size_t key_n;
    char key[];
};

struct shard {
    pthread_mutex_t lock;
    struct entry *bucket[BUCKETS];
    struct entry *hand;
    struct flight *flights;
    size_t bytes, bytes_most, entries;
    uint64_t evicted;
};

struct cache {
    _Atomic uint64_t generation;
    unsigned char hash_key[crypto_shorthash_KEYBYTES]; /* nobody outside can make keys collide */
    size_t shards;
    struct shard shard[];
};

struct cache *cache_new(size_t bytes_most) {
    size_t shards = bytes_most / SHARD_LEAST;
    shards = shards < 1 ? 1 : shards > SHARDS_MOST ? SHARDS_MOST : shards;
    struct cache *c = calloc(1, sizeof *c + shards * sizeof(struct shard));
    if (!c)
        return NULL;
    c->shards = shards;
    crypto_shorthash_keygen(c->hash_key);
    for (size_t i = 0; i < shards; i++) {
        (void)pthread_mutex_init(&c->shard[i].lock, NULL); /* cannot fail on Linux */
        c->shard[i].bytes_most = bytes_most / shards;
    }
    return c;
}

static uint64_t hash_of(const struct cache *c, struct str key) {
    uint64_t hash;
    (void)crypto_shorthash((unsigned char *)&hash, (const unsigned char *)key.p, key.n, c->hash_key); /* gives 0 */
    return hash;
}

static struct shard *shard_lock(struct cache *c, uint64_t hash) {
    struct shard *s = &c->shard[(hash >> 32) % c->shards];
    pthread_mutex_lock(&s->lock);
    return s;
}

static struct entry **place_of(struct shard *s, uint64_t hash, struct str key) {
    struct entry **at = &s->bucket[hash % BUCKETS];
    while (*at && ((*at)->hash != hash || !str_eq(str_part((*at)->key, (*at)->key_n), key)))
        at = &(*at)->chain;
    return at;
}

static void entry_remove(struct shard *s, struct entry **at) {
    struct entry *e = *at;
    *at = e->chain;
    if (e->after == e) {
        s->hand = NULL;
    } else {
        e->before->after = e->after;
        e->after->before = e->before;
        if (s->hand == e)
            s->hand = e->after;
    }
    s->bytes -= e->weight;
    s->entries--;
    atomic_store(&e->sheet->gone, true);
    sheet_release(e->sheet);
    free(e);
}

static size_t weight_of(const struct entry *e) {
    return sizeof *e + e->key_n + atomic_load(&e->sheet->bytes);
}

/* The hand goes round: who was used since is spared once. */
static void shard_shrink(struct shard *s) {
    while (s->bytes > s->bytes_most && s->hand) {
        struct entry *e = s->hand;
        s->hand = e->after;
        if (atomic_exchange_explicit(&e->sheet->used, false, memory_order_relaxed))
            continue;
        entry_remove(s, place_of(s, e->hash, str_part(e->key, e->key_n)));
        s->evicted++;
    }
}

static void entry_put(struct shard *s, uint64_t hash, struct str key, struct sheet *sheet) {
    struct entry **at = place_of(s, hash, key);
    if (*at)
        entry_remove(s, at);
    struct entry *e = calloc(1, sizeof *e + key.n);
    if (!e)
        return;
    *e = (struct entry){.hash = hash, .sheet = sheet_keep(sheet), .key_n = key.n};
    memcpy(e->key, key.p, key.n);
    e->weight = weight_of(e);
    if (s->hand) {
        e->after = s->hand;
        e->before = s->hand->before;
        e->before->after = e;
        e->after->before = e;
    } else {
        s->hand = e->before = e->after = e;
    }
    at = &s->bucket[hash % BUCKETS];
    e->chain = *at;
    *at = e;
    s->bytes += e->weight;
    s->entries++;
    shard_shrink(s);
}

struct sheet *cache_get(struct cache *c, struct str key) {
    if (key.n > CACHE_KEY_MOST)
        return NULL;
    uint64_t hash = hash_of(c, key);
    struct shard *s = shard_lock(c, hash);
    struct entry *e = *place_of(s, hash, key);
    struct sheet *sheet = NULL;
    if (e) {
        atomic_store_explicit(&e->sheet->used, true, memory_order_relaxed);
        sheet = sheet_keep(e->sheet);
    }
    pthread_mutex_unlock(&s->lock);
    return sheet;
}

static struct flight *flight_find(struct shard *s, uint64_t generation, uint64_t hash, struct str key) {
    struct flight *f = s->flights;
    while (f && (f->generation != generation || f->hash != hash || !str_eq(str_part(f->key, f->key_n), key)))
        f = f->next;
    return f;
}

/* NULL without memory: then each renders for itself, and nothing is stored. */
static struct flight *flight_new(struct shard *s, uint64_t generation, uint64_t hash, struct str key) {
    struct flight *f = calloc(1, sizeof *f + key.n);
    if (!f)
        return NULL;
    *f = (struct flight){.next = s->flights, .generation = generation, .shard = s, .hash = hash, .key_n = key.n};
    f->waiters_end = &f->waiters;
    memcpy(f->key, key.p, key.n);
    s->flights = f;
    return f;
}

static void flight_add(struct flight *f, struct waiter *w) {
    w->next = NULL;
    *f->waiters_end = w;
    f->waiters_end = &w->next;
}

bool cache_join(struct cache *c, struct str key, uint64_t generation, struct waiter *w) {
    uint64_t hash = hash_of(c, key);
    struct shard *s = shard_lock(c, hash);
    struct flight *f = flight_find(s, generation, hash, key);
    if (f)
        flight_add(f, w);
    pthread_mutex_unlock(&s->lock);
    return f != NULL;
}

enum cache_turn cache_enter(struct cache *c, struct str key, uint64_t generation, int64_t not_before_us,
                            struct waiter *w, struct sheet **ret_sheet, struct flight **ret_flight) {
    enum cache_turn turn = CACHE_RENDER;
    *ret_flight = NULL;
    if (key.n > CACHE_KEY_MOST)
        return turn;
    uint64_t hash = hash_of(c, key);
    struct shard *s = shard_lock(c, hash);
    struct entry *e = *place_of(s, hash, key);
    struct flight *f = flight_find(s, generation, hash, key);
    if (e && e->sheet->made_us >= not_before_us) {
        atomic_store_explicit(&e->sheet->used, true, memory_order_relaxed);
        *ret_sheet = sheet_keep(e->sheet);
        turn = CACHE_HIT;
    } else if (f) {
        flight_add(f, w);
        turn = CACHE_WAIT;
    } else {
        *ret_flight = flight_new(s, generation, hash, key);
    }
    pthread_mutex_unlock(&s->lock);
    return turn;
}

struct waiter *cache_leave(struct cache *c, struct flight *f, struct sheet *sheet) {
    if (!f)
        return NULL;
    struct shard *s = f->shard;
    pthread_mutex_lock(&s->lock);
    struct flight **at = &s->flights;
    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    /* cache_clear() counts up before it takes any lock: whoever stores after that sees it here */
    if (sheet && f->generation == atomic_load(&c->generation))
        entry_put(s, f->hash, str_part(f->key, f->key_n), sheet);
    pthread_mutex_unlock(&s->lock);
    struct waiter *waiters = f->waiters;
    free(f);
    return waiters;
}

uint64_t cache_generation(const struct cache *c) {
    return atomic_load(&c->generation);
}

void cache_put(struct cache *c, struct str key, struct sheet *sheet, uint64_t generation) {
    uint64_t hash = hash_of(c, key);
    struct shard *s = shard_lock(c, hash);
    if (generation == atomic_load(&c->generation))
        entry_put(s, hash, key, sheet);
    pthread_mutex_unlock(&s->lock);
}

void cache_replace(struct cache *c, struct str key, const struct sheet *was, struct sheet *now) {
    uint64_t hash = hash_of(c, key);
    struct shard *s = shard_lock(c, hash);
    struct entry *e = *place_of(s, hash, key);
    if (e && e->sheet == was)
        entry_put(s, hash, key, now);
    pthread_mutex_unlock(&s->lock);
}

void cache_weigh(struct cache *c, struct str key) {
    if (key.n > CACHE_KEY_MOST)
        return;
    uint64_t hash = hash_of(c, key);
    struct shard *s = shard_lock(c, hash);
    struct entry *e = *place_of(s, hash, key);
    if (e) {
        size_t weight = weight_of(e);
        s->bytes += weight - e->weight;
        e->weight = weight;
        atomic_store_explicit(&e->sheet->used, true, memory_order_relaxed);
        shard_shrink(s);
    }
    pthread_mutex_unlock(&s->lock);
}

void cache_clear(struct cache *c) {
    atomic_fetch_add(&c->generation, 1);
    for (size_t i = 0; i < c->shards; i++) {
        struct shard *s = &c->shard[i];
        pthread_mutex_lock(&s->lock);
        for (size_t b = 0; b < BUCKETS; b++)
            while (s->bucket[b])
                entry_remove(s, &s->bucket[b]);
        pthread_mutex_unlock(&s->lock);
    }
}

void cache_free(struct cache *c) {
    if (!c)
        return;
    cache_clear(c);
    for (size_t i = 0; i < c->shards; i++)
        pthread_mutex_destroy(&c->shard[i].lock);
    free(c);
}

void cache_figures(struct cache *c, struct cache_figures *ret) {
    *ret = (struct cache_figures){.cleared = atomic_load(&c->generation)};
    for (size_t i = 0; i < c->shards; i++) {
        struct shard *s = &c->shard[i];
        pthread_mutex_lock(&s->lock);
        ret->bytes += s->bytes;
        ret->entries += s->entries;
        ret->evicted += s->evicted;
        pthread_mutex_unlock(&s->lock);
    }
}
