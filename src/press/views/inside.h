// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What views.c (counting) and views/fold.c (the store) share. */
#include "press/views/file.h"

#include <pthread.h>

/* A block of slots moved since it was last folded, or is being folded now. */
enum { BLOCK_SLOTS = 64, BLOCKS = VIEWS_ARTICLES_MOST / BLOCK_SLOTS };
enum { BLOCK_CLEAN, BLOCK_MOVED, BLOCK_FOLDING };

struct views {
    struct views_file file;
    struct store *store;
    char folder[17]; /* the name, in hex */
    pthread_mutex_t growing, folding;
    _Atomic int64_t lost;
    _Atomic unsigned char *block; /* BLOCKS of them */
};

/* Marks the block of a slot whose count has just moved. The order is what the fold relies on: count, then mark. */
void views_mark(struct views *v, int64_t id);
/* Grows the file, any thread. */
int views_grow(struct views *v, int64_t id, struct err *reterr);
int64_t views_slot_sum(const struct views_slot *s);
/* When opened: raises the file to what the store knows and it does not, and takes in the other folders' counts. */
int views_catch_up(struct views *v, struct err *reterr);
