// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The page cache: key → sheet, bounded in bytes, exact.
 *
 * Exact: nothing that was rendered before cache_clear() was called is served after it returned; what began to be
 * rendered before is not stored. One render for simultaneous misses: the first to come renders, the others wait without
 * holding a thread. Eviction by the clock algorithm. Threads: any; locks are short and never held across I/O. */
#include "web/sheet.h"

struct cache;
struct flight;

struct waiter { /* one request that waits for another's render; part of whatever the carrier keeps */
    struct waiter *next;
};

struct cache *cache_new(size_t bytes_most); /* NULL: no memory */
void cache_free(struct cache *c);           /* NULL is fine; no flight may be left */

/* Longer keys are not cached. */
enum { CACHE_KEY_MOST = 1024 };

/* The sheet, kept for the caller, or NULL. */
struct sheet *cache_get(struct cache *c, struct str key);

enum cache_turn {
    CACHE_HIT,   /* *ret_sheet is kept for the caller */
    CACHE_WAIT,  /* the waiter is given to whoever renders; don't touch it any more */
    CACHE_RENDER /* render it, then call cache_leave(); *ret_flight. Always, on every path. */
};
/* generation: what cache_generation() gave before whoever renders looked at anything. not_before_us: a sheet made
 * earlier does not count as a hit. */
enum cache_turn cache_enter(struct cache *c, struct str key, uint64_t generation, int64_t not_before_us,
                            struct waiter *w, struct sheet **ret_sheet, struct flight **ret_flight);
/* The middle turn alone: true where somebody renders this very page now, and the waiter is given to them. */
bool cache_join(struct cache *c, struct str key, uint64_t generation, struct waiter *w);
/* Stores the sheet (NULL: nothing to store) unless the cache was cleared meanwhile, and gives those who waited. */
struct waiter *cache_leave(struct cache *c, struct flight *f, struct sheet *sheet);

/* For what is not rendered in turns: stores unless the cache was cleared since cache_generation() gave `generation`. */
uint64_t cache_generation(const struct cache *c);
void cache_put(struct cache *c, struct str key, struct sheet *sheet, uint64_t generation);
/* Puts `now` where `was` still is. */
void cache_replace(struct cache *c, struct str key, const struct sheet *was, struct sheet *now);
/* A sheet's encodings grew. */
void cache_weigh(struct cache *c, struct str key);
void cache_clear(struct cache *c);

struct cache_figures {
    size_t bytes, entries;
    uint64_t evicted, cleared;
};
void cache_figures(struct cache *c, struct cache_figures *ret);
