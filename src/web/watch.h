// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Notices that the site's content changed: by another process (`daylight article publish`), by this one, or because the
 * time has come for an article that waited for it. Also folds the views into the store, puts older titles into the
 * index that is theirs (search_fill_step()), and into the search what an import of many left waiting
 * (search_later_step()). One thread of its own.
 *
 * The store keeps a number that every write of the press raises (press/content.h). It is asked for when the bell has
 * rung (base/bell.h: whoever changed it on this machine, in this data folder, rings before it is acknowledged), after a
 * write of this process, and every few hundred milliseconds in any case. */
#include "base/bell.h"
#include "base/err.h"
#include "press/views.h"
#include "store/store.h"

#include <stdbool.h>

struct watch;

/* changed(arg): from any thread that finds it. views and bell may be NULL; the bell is the watch's to tend. */
int watch_start(struct store *store, struct views *views, struct bell *bell, unsigned every_ms,
                void (*changed)(void *arg), void *arg, struct watch **ret, struct err *reterr);
void watch_stop(struct watch *w); /* NULL is fine */
/* Looks now; when it returns, changed() was called for whatever was committed before. Any thread. */
void watch_look(struct watch *w);
/* False: the bell rang, and nobody has looked since. Two loads, for each page. */
bool watch_is_current(const struct watch *w);
/* Looks where nobody has looked since the bell rang; when it returns, changed() was called for whatever was rung for
 * before. While the store is away it is looked for once a ring; the clock does the rest. Any thread. */
void watch_catch_up(struct watch *w);
/* Did the store answer the last time? */
bool watch_store_answers(const struct watch *w);
