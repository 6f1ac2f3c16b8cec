// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Tiles, their addresses and entry bundles: C2SP tlog-tiles v0.1.0.
 *
 * A tile is 256 hashes (8,192 bytes), a partial one a prefix of it. A bundle is up to 256 entries, each after its
 * 16-bit big-endian length. Pure: no files, no store. Threads: safe. Errors: -ERR_INVALID. */
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "ledger/merkle.h"

enum { TILE_WIDTH = 256, TILE_ENTRIES = -1, TILE_LEVEL_MOST = 63, TILE_PATH_MOST = 96 };

struct tile {
    int level; /* 0…63, or TILE_ENTRIES for a bundle */
    uint64_t index;
    unsigned width; /* 1…256 */
};
/* "0/x001/x234/067", "entries/000.p/17": what follows "tile/". Only the one canonical spelling is taken. */
int tile_read(struct str path, struct tile *ret, struct err *reterr);
void tile_write(const struct tile *t, char ret[TILE_PATH_MOST]);
/* How many hashes (or entries) tile (level, index) has in a tree of this size: 0…256. */
unsigned tile_width(int level, uint64_t index, uint64_t size);
/* The root of a full subtree inside a tile's hashes: of 2^height hashes from `first`. height 0…8. */
struct hash tile_fold(const struct hash *hashes, unsigned first, unsigned height);

/* Steps through a bundle: 1 an entry, 0 the end, -ERR_INVALID cut short. *at starts at 0. */
int bundle_next(struct str bundle, size_t *at, struct str *ret_entry, struct err *reterr);
void bundle_add(struct buf *to, struct str entry);
