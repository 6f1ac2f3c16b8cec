// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A thread's own few pages before the page cache (cache.h): what many ask for at once is found without a lock, without
 * a count of keepers and without a write to memory that other threads read.
 *
 * As exact as the cache: a page is given only while the cache holds that very sheet. A front keeps at most FRONT_SLOTS
 * sheets of at most FRONT_BYTES each. It belongs to one thread. */
#include "web/cache.h"

struct front;

enum { FRONT_SLOTS = 64, FRONT_BYTES = 256 * 1024 };

struct front *front_new(struct cache *c); /* NULL: no memory */
void front_free(void *f);                 /* NULL is fine; fits pthread_key_create() */
/* The sheet in the cache under this key, or NULL. It is lent until the next call. */
struct sheet *front_find(struct front *f, struct str key);
