// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Tiles of the office's own log. Full ones are files, DIR/ledger/tile/…, laid out as they are served (so the folder is
 * a mirror), written once by rename and never changed; they are derived: what is missing is made from the entries in
 * the store. Partial ones are prefixes of the growing right edge and never files; of that edge one tile a level is kept
 * in memory, 8 KB each.
 *
 * Threads: any. Errors: -ERR_NOT_FOUND (no such tile in a tree of this size), -ERR_LEDGER (a file that is not what the
 * entries say), IO, FULL. */
#include "base/arena.h"
#include "base/buf.h"
#include "ledger/tile.h"
#include "store/store.h"

struct tiles;
/* folder: the data folder. The store is borrowed. */
int tiles_open(struct store *s, struct str folder, struct tiles **ret, struct err *reterr);
void tiles_close(struct tiles *t); /* NULL is fine */

/* The bytes of a tile or bundle, appended. Its width is at most what a tree of `size` has: partial ones of earlier
 * sizes are prefixes. Within a read transaction whose snapshot has that size. Never writes. */
int tiles_get(struct tiles *t, struct tx *tx, const struct tile *which, uint64_t size, struct buf *to,
              struct err *reterr);
/* A full tile's file for sending as it is: an open descriptor, or -ERR_NOT_FOUND when it has to be made. */
int tiles_fd(struct tiles *t, const struct tile *which, struct err *reterr);

struct tiles_at { /* arg of tiles_source(): any proof up to `size` in a handful of file reads */
    struct tiles *tiles;
    struct tx *tx;
    uint64_t size;
    struct arena *arena;        /* what was read is kept here for the next hash */
    uint64_t believed;          /* not 0: files are read only of what is full in a tree of this size */
    struct tiles_loaded *first; /* begins as NULL */
};
merkle_source tiles_source;

/* Writes the files of all tiles that are full in a tree of `to` and were not in one of `from`, lower levels first. One
 * that is there with the same bytes is fine; -ERR_LEDGER: with others. */
int tiles_seal(struct tiles *t, struct tx *tx, uint64_t from, uint64_t to, struct err *reterr);
/* The same for all of a tree of `size`, where a file that is there is believed: for the start. */
int tiles_seal_missing(struct tiles *t, struct tx *tx, uint64_t size, struct err *reterr);
/* The path of a full tile's file, appended. */
void tiles_path(const struct tiles *t, const struct tile *which, struct buf *to);
/* What is kept in memory is read anew when it is next asked for. */
void tiles_forget(struct tiles *t);
