// SPDX-License-Identifier: Apache-2.0
/* Small pieces come from blocks and go back to a list of their size; large ones are malloc'd and linked. */
#include "text/html/pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

enum { BLOCK_ROOM = 64 * 1024 };

struct html_pool_block {
    struct html_pool_block *next;
    size_t used;
    alignas(max_align_t) unsigned char bytes[BLOCK_ROOM];
};

/* Before every piece: its size in steps, or 0 for a large one. */
struct head {
    alignas(max_align_t) size_t steps;
};

struct html_pool_large {
    struct html_pool_large *next, *prev;
    size_t n;
    struct head head;
};

static void count(struct html_pool *pool, size_t n) {
    if (n > pool->limit - pool->used)
        longjmp(pool->full, 1);
    pool->used += n;
}

static void *get_large(struct html_pool *pool, size_t n) {
    if (n > SIZE_MAX / 2)
        longjmp(pool->full, 1);
    count(pool, n + sizeof(struct html_pool_large));
    struct html_pool_large *l = malloc(sizeof *l + n);
    if (!l)
        longjmp(pool->full, 1);
    *l = (struct html_pool_large){.next = pool->large, .n = n + sizeof *l};
    if (pool->large)
        pool->large->prev = l;
    pool->large = l;
    return l + 1;
}

static void *cut(struct html_pool *pool, size_t n) {
    struct html_pool_block *b = pool->blocks;
    if (!b || BLOCK_ROOM - b->used < n) {
        count(pool, sizeof *b);
        b = malloc(sizeof *b);
        if (!b)
            longjmp(pool->full, 1);
        b->next = pool->blocks;
        b->used = 0;
        pool->blocks = b;
    }
    void *p = b->bytes + b->used;
    b->used += n;
    return p;
}

void *html_pool_get(void *userdata, size_t n) {
    struct html_pool *pool = userdata;
    if (n > HTML_POOL_SMALL)
        return get_large(pool, n);
    size_t steps = n ? (n + HTML_POOL_STEP - 1) / HTML_POOL_STEP : 1;
    void *p = pool->unused[steps];
    if (p) {
        pool->unused[steps] = *(void **)p;
        return p;
    }
    struct head *h = cut(pool, sizeof *h + steps * HTML_POOL_STEP);
    h->steps = steps;
    return h + 1;
}

void html_pool_put(void *userdata, void *p) {
    struct html_pool *pool = userdata;
    if (!p)
        return;
    struct head *h = (struct head *)p - 1;
    if (h->steps) {
        *(void **)p = pool->unused[h->steps];
        pool->unused[h->steps] = p;
        return;
    }
    struct html_pool_large *l = (struct html_pool_large *)p - 1;
    if (l->prev)
        l->prev->next = l->next;
    else
        pool->large = l->next;
    if (l->next)
        l->next->prev = l->prev;
    pool->used -= l->n;
    free(l);
}

void html_pool_clear(struct html_pool *pool) {
    for (struct html_pool_block *b = pool->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    for (struct html_pool_large *l = pool->large, *next; l; l = next) {
        next = l->next;
        free(l);
    }
    *pool = (struct html_pool){.limit = pool->limit};
}
