// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Memory for Gumbo: bounded, reused, and freed at once.
 *
 * Gumbo checks no allocation and frees its tree by recursion, one stack frame a level. With this pool it can do neither
 * harm: past the limit html_pool_get() jumps to `full` (set it with setjmp() before Gumbo is called), and
 * html_pool_clear() frees everything without walking the tree. One thread at a time. */
#include <setjmp.h>
#include <stddef.h>

enum { HTML_POOL_STEP = 16, HTML_POOL_SMALL = 512 };

struct html_pool {
    jmp_buf full;
    size_t limit, used;
    struct html_pool_block *blocks; /* small pieces are cut from the newest */
    struct html_pool_large *large;
    void *unused[HTML_POOL_SMALL / HTML_POOL_STEP + 1]; /* lists of small pieces given back, by size */
};

/* For GumboOptions: userdata is the pool. */
void *html_pool_get(void *pool, size_t n);
void html_pool_put(void *pool, void *p);
void html_pool_clear(struct html_pool *pool);
