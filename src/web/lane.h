// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Worker threads and the bounded queue of calls before them. */
#include "base/err.h"
#include "web/serve.h"

struct lane;

int lane_start(unsigned workers, unsigned queue_most, struct lane **ret, struct err *reterr);
/* False when the queue is full or the lane was stopped (nothing happens to the call then). Any thread. */
bool lane_push(struct lane *l, struct call *c);
/* Where the queue is full: puts the call behind one of its kin in it (struct call), to be served right after that,
 * whose page is in the cache by then, where there is such a page. False: there is none of its kin, or the lane was
 * stopped. Any thread. */
bool lane_follow(struct lane *l, struct call *c);
/* Serves what is queued, then ends the threads. Not twice at once. NULL is fine. */
void lane_stop(struct lane *l);
/* Stops it first, where it was not. Nobody may push any more. NULL is fine. */
void lane_free(struct lane *l);
void lane_figures(struct lane *l, unsigned *ret_waiting, unsigned *ret_busy);
