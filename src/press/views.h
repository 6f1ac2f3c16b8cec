// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Views: how often an article was read by a person, counted live and never lost.
 *
 * Counters are totals, in a memory-mapped file of the data folder (DIR/views): an atomic add survives `kill -9`. Every
 * few seconds views_fold() writes the totals that moved into the store, under this folder's own name (a random word in
 * the file's head), so that writing a batch twice changes nothing, and a store shared by several folders sums them. A
 * lost or older file is raised to what the store remembers when it is opened, and so is one that a power failure may
 * have torn. Kinds are counted apart: people are what a page shows; the others are shown on /about/views.
 *
 * The file: a head of 64 KB, then 64 bytes an article, at the place of its id; made of whole pages that the disk has
 * given (posix_fallocate), so that a full disk is a refused growth and never a crash. One process at a time: the file
 * is locked. It belongs to one machine and is not to be copied to a second one that uses the same store.
 * Threads: any, without locks; views_fold() one at a time (it sees to that). */
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
enum { VIEWS_ARTICLES_MOST = 1 << 24 }; /* ids below are counted; no other are */

struct views;

/* path: DIR/views, made when missing. Reads what the store remembers (only what the file does not know yet, unless the
 * machine was started anew since). -ERR_FORMAT when the file is not one of ours or cut short (it is left as it is),
 * -ERR_CONFLICT when another process has it open, -ERR_FULL. */
int views_open(const char *path, struct store *store, struct views **ret, struct err *reterr);
/* Folds once more, then closes. NULL is fine. Not while others still count. */
void views_close(struct views *v);
/* Counts one; ids beyond the file grow it. Returns the article's new total of people's views (all folders). An id that
 * is not an article's is the caller's to keep out; where the file cannot grow the view is not counted (views_lost()).
 */
int64_t views_add(struct views *v, int64_t article_id, enum view_kind kind);
/* This moment's total of people's views of one article, all folders. */
int64_t views_get(const struct views *v, int64_t article_id);
/* Sums over all articles, all folders, by kind. */
void views_totals(const struct views *v, int64_t ret[VIEW_KINDS]);
/* Views that were not counted since the file was opened: the disk was full, or the id out of bounds. */
int64_t views_lost(const struct views *v);
/* Writes what moved since the last fold, and takes in what other folders wrote; 0 also when nothing did. Grows the file
 * ahead of the articles. After a failure everything is still there, for the next fold. */
int views_fold(struct views *v, struct err *reterr);
