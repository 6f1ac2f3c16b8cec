// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The file under views.c: its shape, its lock, its growth. For views.c and views/fold.c.
 *
 * All numbers are the machine's own: the file stays on the machine that made it. Whoever maps it touches slots below
 * the capacity only: they are on disk. */
#include "base/err.h"
#include "press/views.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VIEWS_HEAD_SIZE = 65536, VIEWS_BOOT_SIZE = 40 };

struct views_slot { /* one cache line an article */
    _Atomic int64_t own[VIEW_KINDS];
    _Atomic int64_t others; /* people's, of the other folders */
    _Atomic int64_t folded; /* sum of `own` as the store last got it */
    int64_t spare;
};

struct views_head {
    char magic[8];
    uint32_t version, slot_size;
    uint64_t folder, check;                /* this folder's random name; check tells a torn head */
    _Atomic int64_t capacity;              /* slots */
    _Atomic int64_t folded, others_folded; /* numbers of the last fold of ours, and of the last seen of others */
    _Atomic uint32_t clean;                /* closed in order: totals and `folded` can be trusted */
    char boot[VIEWS_BOOT_SIZE];            /* start of the machine in which it was last open */
    _Atomic int64_t others_total[VIEW_KINDS];
    _Alignas(64) _Atomic int64_t total[VIEW_KINDS]; /* sums over slots */
};

struct views_file {
    int fd;
    struct views_head *head;
    struct views_slot *slots; /* valid below head->capacity */
    bool fresh;               /* made just now */
    bool was_clean, same_boot;
};

/* Opens and locks, makes where missing, maps. -ERR_FORMAT, -ERR_CONFLICT, -ERR_FULL, -ERR_IO, with a sentence. */
int views_file_open(const char *path, struct views_file *ret, struct err *reterr);
/* Makes sure of slots up to and with `id` (and some more). One caller at a time. */
int views_file_grow(struct views_file *f, int64_t id, struct err *reterr);
/* On disk, all of it or the head alone. */
int views_file_sync(struct views_file *f, bool all, struct err *reterr);
void views_file_close(struct views_file *f);
