// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One pool of memory for one piece of work (a request, one imported file), freed at once.
 *
 * Nothing taken from an arena is freed alone. The error is sticky: when memory or the limit runs out,
 * allocations return NULL (strings: the empty string) and arena_failed() stays true; ask once, before the result
 * is used for anything that lasts. Files, statements and the like hang on it through arena_defer().
 * One thread at a time. */
#include "base/buf.h"
#include "base/str.h"

struct arena;

/* limit: bytes in all, 0 for none. NULL when there is no memory. */
struct arena *arena_new(size_t limit);
/* Runs the deferred calls, last first, then frees all. NULL is fine. */
void arena_free(struct arena *a);
void arena_free_at(struct arena **a); /* for __attribute__((cleanup)) */
#define ARENA_LOCAL(name, limit) __attribute__((cleanup(arena_free_at))) struct arena *name = arena_new(limit)

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, alloc_size(2)));
/* n * size zeroed bytes, overflow checked. */
void *arena_array(struct arena *a, size_t n, size_t size) __attribute__((malloc, alloc_size(2, 3)));
/* Copies are terminated: p[n] == 0. */
struct str arena_str(struct arena *a, struct str s);
struct str arena_buf(struct arena *a, const struct buf *b); /* a failed buf makes the arena failed */
const char *arena_z(struct arena *a, struct str s);         /* "" on failure */
/* One behind the other, for what a page does dozens of times: printf takes ten times as long. */
struct str arena_join(struct arena *a, const struct str *parts, size_t n);
#define ARENA_JOIN(a, ...)                                                                                             \
    arena_join(a, (const struct str[]){__VA_ARGS__}, sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
struct str arena_int(struct arena *a, int64_t i); /* decimal */
struct str arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Calls fn(arg) when the arena is freed; at once when it can't be noted (then also failed). */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);
bool arena_failed(const struct arena *a);
/* For a builder that found no memory elsewhere on the arena's behalf. */
void arena_set_failed(struct arena *a);
size_t arena_used(const struct arena *a);
