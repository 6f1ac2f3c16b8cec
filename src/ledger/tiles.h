// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Tiles of the office's own log. Full ones are files, DIR/ledger/tile/…, laid out as they are served (so the folder is
 * a mirror), written once by rename and never changed; they are derived: what is missing is made from the entries in
 * the store. Partial ones are prefixes of the growing right edge and never files.
 *
 * Threads: any. Errors: -ERR_NOT_FOUND (no such tile in a tree of this size), -ERR_LEDGER (a file that is not what the
 * entries say), IO, FULL. */
#include "base/buf.h"
#include "ledger/tile.h"
#include "store/store.h"

struct tiles;
int tiles_open(struct store *s, struct str folder, struct tiles **ret, struct err *reterr);
void tiles_close(struct tiles *t); /* NULL is fine */

/* The bytes of a tile or bundle, appended; its width must be what a tree of `size` has, or the full 256. Within a read
 * transaction tx. */
int tiles_get(struct tiles *t, struct tx *tx, const struct tile *which, uint64_t size, struct buf *to,
              struct err *reterr);
/* A full tile's file for sending as it is: an open descriptor, or -ERR_NOT_FOUND when it has to be made. */
int tiles_fd(struct tiles *t, const struct tile *which, struct err *reterr);

struct tiles_at { /* arg of tiles_source(): any proof up to `size` in a handful of file reads */
    struct tiles *tiles;
    struct tx *tx;
    uint64_t size;
};
merkle_source tiles_source;
