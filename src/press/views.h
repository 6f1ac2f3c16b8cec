// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Views: how often an article was read by a person, counted live and never lost.
 *
 * Counters are totals, in a memory-mapped file of the data folder (DIR/views): an atomic add survives `kill -9`. Every
 * few seconds views_fold() writes the totals that moved into the store, under this folder's own name (a random word in
 * the file's head), so that writing a batch twice changes nothing, and a store shared by several folders sums them. A
 * lost or older file is raised to what the store remembers when it is opened. Kinds are counted apart: people are what
 * a page shows; the others are shown on /about/views. Threads: any, without locks; views_fold() one at a time. */
#include "base/err.h"
#include "store/store.h"

#define VIEW_KIND_LIST(X)                                                                                              \
    X(PERSON, "people") X(ROBOT, "robots") X(PREFETCH, "prefetches") X(HEAD, "head requests") X(STAFF, "staff")
enum view_kind {
#define X(name, word) VIEW_##name,
    VIEW_KIND_LIST(X)
#undef X
        VIEW_KINDS
};

struct views;

/* path: DIR/views, made when missing. Reads what the store remembers. -ERR_FORMAT when the file is not one of ours. */
int views_open(const char *path, struct store *store, struct views **ret, struct err *reterr);
/* Folds once more, then closes. NULL is fine. */
void views_close(struct views *v);
/* Counts one; ids beyond the file grow it. Returns the article's new total of people's views (all folders). */
int64_t views_add(struct views *v, int64_t article_id, enum view_kind kind);
/* This moment's total of people's views of one article, all folders. */
int64_t views_get(const struct views *v, int64_t article_id);
/* Sums over all articles, all folders, by kind. */
void views_totals(const struct views *v, int64_t ret[VIEW_KINDS]);
/* Writes what moved since the last fold; 0 also when nothing did. */
int views_fold(struct views *v, struct err *reterr);
