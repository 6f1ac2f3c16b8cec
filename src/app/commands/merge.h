// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Puts the pieces of the search index together, with a progress bar (press/search.h, search_merge_step()). A part of
 * `daylight import` and `daylight rebuild`. */
#include "store/store.h"

/* Ctrl-C (app/interrupt.h) ends it early: what was merged stays. */
int merge_index(struct store *store, struct err *reterr);
