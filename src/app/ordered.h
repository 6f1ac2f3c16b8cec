// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Many pieces of work on several threads, their results in order: what is read at once is stored one after another.
 *
 * Pieces are begun in order, as soon as a thread is free, but never too far ahead: not more than `window` pieces beyond
 * what was released, and not while what was made and not yet released weighs more than `weight` (the first unreleased
 * piece is always begun, so that one that is heavier than all of it comes through alone).
 * Threads: one thread calls these functions; work() runs on the others. */
#include "base/err.h"

#include <stddef.h>

struct ordered;

struct ordered_plan {
    size_t threads, pieces, window, weight;
    size_t slot; /* bytes of one result */
    /* Makes the result of piece `number` in a zeroed slot, and says what it weighs (bytes it keeps). */
    size_t (*work)(void *arg, size_t number, void *slot);
    void *arg;
};

/* -ERR_NO_MEMORY: not even one thread can be had. */
int ordered_start(const struct ordered_plan *plan, struct ordered **ret, struct err *reterr);
/* The slot of a piece that is not released yet; waits until it is made. NULL: it will not be begun before others are
 * released. */
void *ordered_get(struct ordered *o, size_t number);
/* All pieces before this one are done with: their slots are used anew. */
void ordered_release(struct ordered *o, size_t until);
/* No further piece is begun; waits for those under way. Slots stay readable. */
void ordered_halt(struct ordered *o);
void ordered_free(struct ordered *o); /* halts first; NULL is fine */
