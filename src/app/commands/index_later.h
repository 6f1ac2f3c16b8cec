// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Puts into the search index what waits for it (press/search.h, search_later_put()), with a progress bar: read and cut
 * on all processors, put in on one, in writes of less than half a second. A part of `daylight import`. */
#include "store/store.h"

/* Ctrl-C (app/interrupt.h) ends it early: what was put in stays, the rest waits. *ret_left: how many do. */
int index_later(struct store *store, int64_t *ret_left, struct err *reterr);
