// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Who is wrong where a tile and what the entries give do not agree: whichever of the two hashes is not the one that the
 * signed root holds. Part of ledger/follow.h. */
#include "ledger/follow.h"

struct dispute {
    struct fetch *from;
    const struct checkpoint *checkpoint;
    int level;     /* of the tile */
    uint64_t tile; /* its index */
    unsigned at;   /* which of its hashes */
    struct hash ours, tile_says;
    size_t entry_at; /* level 0: the entry's first byte in its bundle */
};
/* Always -ERR_FORBIDDEN, with the place. */
int follow_judge(const struct dispute *d, struct err *reterr);
