// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Puts the pieces of the search index together where it is worth it, with a progress bar (press/search.h,
 * search_merge_step()). A part of `daylight import` and `daylight rebuild`. */
#include "store/store.h"

/* came: as there. Ctrl-C (app/interrupt.h) ends it early: what was merged stays. */
int merge_index(struct store *store, int64_t came, struct err *reterr);
