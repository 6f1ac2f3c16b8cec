// SPDX-License-Identifier: Apache-2.0
/* A table with one place a key; whoever comes later takes it. */
#include "web/front.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_MOST = 192 };

struct slot {
    struct sheet *sheet; /* kept; NULL: empty */
    uint64_t generation; /* of the cache, when it was looked up */
    size_t key_n;
    char key[KEY_MOST];
};

struct front {
    struct cache *cache;
    struct sheet *lent; /* kept until the next call: it has no slot */
    struct slot slot[FRONT_SLOTS];
};

struct front *front_new(struct cache *c) {
    struct front *f = calloc(1, sizeof *f);
    if (f)
        f->cache = c;
    return f;
}

void front_free(void *arg) {
    struct front *f = arg;
    if (!f)
        return;
    sheet_release(f->lent);
    for (size_t i = 0; i < FRONT_SLOTS; i++)
        sheet_release(f->slot[i].sheet);
    free(f);
}

/* Keys may collide: then they take each other's place, and are looked up in the cache, whose hash has a secret. */
static struct slot *slot_of(struct front *f, struct str key) {
    uint64_t hash = key.n, word;
    size_t at = 0;
    for (; at + sizeof word <= key.n; at += sizeof word) {
        memcpy(&word, key.p + at, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    for (word = 0; at < key.n; at++)
        word = word << 8 | (unsigned char)key.p[at];
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return &f->slot[hash >> 58];
}
_Static_assert(FRONT_SLOTS == 1 << 6, "slot_of() gives six bits");

static bool is_good(const struct front *f, const struct slot *s, struct str key) {
    return s->sheet && s->key_n == key.n && memcmp(s->key, key.p, key.n) == 0 &&
           s->generation == cache_generation(f->cache) && !atomic_load(&s->sheet->gone);
}

/* generation: from before the cache was asked, so that a sheet of before a change is never taken for one of after it.
 */
static void slot_fill(struct slot *s, struct str key, struct sheet *sheet, uint64_t generation) {
    sheet_release(s->sheet);
    s->sheet = sheet;
    s->generation = generation;
    s->key_n = key.n;
    memcpy(s->key, key.p, key.n);
}

struct sheet *front_find(struct front *f, struct str key) {
    struct slot *slot = slot_of(f, key);
    if (is_good(f, slot, key)) {
        if (!atomic_load_explicit(&slot->sheet->used, memory_order_relaxed))
            atomic_store_explicit(&slot->sheet->used, true, memory_order_relaxed);
        return slot->sheet;
    }
    uint64_t generation = cache_generation(f->cache);
    sheet_release(f->lent);
    f->lent = NULL;
    struct sheet *sheet = cache_get(f->cache, key);
    if (sheet && key.n <= KEY_MOST && atomic_load(&sheet->bytes) <= FRONT_BYTES)
        slot_fill(slot, key, sheet, generation);
    else
        f->lent = sheet;
    return sheet;
}
