// SPDX-License-Identifier: Apache-2.0
/* The arena: blocks in a list, bump allocation, deferred calls. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_STEP = 256 * 1024 };

struct block {
    struct block *next;
    size_t used, room;
    alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *arg;
};

struct arena {
    struct block *block; /* the newest first */
    struct deferred *deferred;
    size_t used, limit;
    bool failed;
};

struct arena *arena_new(size_t limit) {
    struct arena *a = calloc(1, sizeof *a);
    if (a)
        a->limit = limit;
    return a;
}

void arena_free(struct arena *a) {
    if (!a)
        return;
    for (struct deferred *d = a->deferred; d; d = d->next)
        d->fn(d->arg);
    for (struct block *b = a->block, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void arena_free_at(struct arena **a) {
    arena_free(*a);
}

static struct block *block_add(struct arena *a, size_t n) {
    size_t step = a->block ? a->block->room * 2 : FIRST_BLOCK;
    if (step > LARGEST_STEP)
        step = LARGEST_STEP;
    size_t room = n > step ? n : step;
    if (room > SIZE_MAX - sizeof(struct block))
        return NULL;
    struct block *b = malloc(sizeof *b + room);
    if (!b)
        return NULL;
    *b = (struct block){.next = a->block, .room = room};
    a->block = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t n) {
    if (!a || a->failed)
        return NULL;
    size_t align = alignof(max_align_t), rounded;
    if (__builtin_add_overflow(n, align - 1, &rounded) ||
        (a->limit && (rounded > a->limit || a->used > a->limit - rounded))) {
        a->failed = true;
        return NULL;
    }
    rounded &= ~(align - 1);
    struct block *b = a->block;
    if (!b || b->room - b->used < rounded)
        b = block_add(a, rounded);
    if (!b) {
        a->failed = true;
        return NULL;
    }
    void *p = b->bytes + b->used;
    b->used += rounded;
    a->used += rounded;
    return memset(p, 0, rounded);
}

void *arena_array(struct arena *a, size_t n, size_t size) {
    size_t all;
    if (__builtin_mul_overflow(n, size, &all)) {
        arena_set_failed(a);
        return NULL;
    }
    return arena_alloc(a, all);
}

struct str arena_str(struct arena *a, struct str s) {
    if (s.n == SIZE_MAX)
        return STR_NONE;
    char *p = arena_alloc(a, s.n + 1);
    if (!p)
        return STR_NONE;
    if (s.n)
        memcpy(p, s.p, s.n);
    return str_part(p, s.n);
}

struct str arena_buf(struct arena *a, const struct buf *b) {
    if (buf_failed(b))
        arena_set_failed(a);
    return arena_str(a, buf_str(b));
}

const char *arena_z(struct arena *a, struct str s) {
    struct str copy = arena_str(a, s);
    return copy.p ? copy.p : "";
}

struct str arena_join(struct arena *a, const struct str *parts, size_t n) {
    size_t all = 1;
    for (size_t i = 0; i < n; i++)
        if (__builtin_add_overflow(all, parts[i].n, &all)) {
            arena_set_failed(a);
            return STR_NONE;
        }
    char *p = arena_alloc(a, all), *to = p;
    for (size_t i = 0; p && i < n; i++) {
        if (parts[i].n)
            memcpy(to, parts[i].p, parts[i].n);
        to += parts[i].n;
    }
    return p ? str_part(p, all - 1) : STR_NONE;
}

struct str arena_int(struct arena *a, int64_t i) {
    BUF_LOCAL(b);
    buf_add_int(&b, i);
    return arena_buf(a, &b);
}

struct str arena_printf(struct arena *a, const char *format, ...) {
    BUF_LOCAL(b);
    va_list args;
    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    return arena_buf(a, &b);
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg) {
    struct deferred *d = arena_alloc(a, sizeof *d);
    if (!d) {
        fn(arg);
        return;
    }
    *d = (struct deferred){a->deferred, fn, arg};
    a->deferred = d;
}

bool arena_failed(const struct arena *a) {
    return !a || a->failed;
}

void arena_set_failed(struct arena *a) {
    if (a)
        a->failed = true;
}

size_t arena_used(const struct arena *a) {
    return a ? a->used : 0;
}
