// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Notices that the site's content changed: by another process (`daylight article publish`), by this one, or because the
 * time has come for an article that waited for it. Also folds the views into the store. One thread of its own.
 *
 * The store keeps a number that every write of the press raises (press/content.h); it is asked for every few hundred
 * milliseconds, and at once after a write of this process. */
#include "base/err.h"
#include "press/views.h"
#include "store/store.h"

#include <stdbool.h>

struct watch;

/* changed(arg): from any thread that finds it. views may be NULL. */
int watch_start(struct store *store, struct views *views, unsigned every_ms, void (*changed)(void *arg), void *arg,
                struct watch **ret, struct err *reterr);
void watch_stop(struct watch *w); /* NULL is fine */
/* Looks now; when it returns, changed() was called for whatever was committed before. Any thread. */
void watch_look(struct watch *w);
/* Did the store answer the last time? */
bool watch_store_answers(const struct watch *w);
