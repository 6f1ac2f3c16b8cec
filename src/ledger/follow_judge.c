// SPDX-License-Identifier: Apache-2.0
/* A hash that belongs to the signed tree has a path to its root; one that was changed has none. The path is made of the
 * log's other tiles, which may be wrong too: then all that is said is that the two do not agree. */
#include "ledger/follow_judge.h"

#include "ledger/tile.h"

#include <stdio.h>

struct above {
    struct follow_at at;
    unsigned height;
    uint64_t index; /* of the disputed hash at this height */
};

/* What lies beneath the disputed hash is not asked for: that part of the path is cut off. */
static int source_above(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    struct above *a = arg;
    if (level < a->height && index >> (a->height - level) == a->index) {
        *ret = (struct hash){{0}};
        return 0;
    }
    return follow_source(&a->at, level, index, ret, reterr);
}

static bool belongs(const struct merkle_proof *path, unsigned height, uint64_t index, const struct checkpoint *c,
                    const struct hash *hash) {
    if (path->n < height)
        return false;
    uint64_t nodes = ((c->size - 1) >> height) + 1;
    return merkle_check_inclusion(index, nodes, hash, path->hash + height, path->n - height, &c->root);
}

static void name_of(const struct dispute *d, int level, uint64_t index, char ret[TILE_PATH_MOST]) {
    struct tile t = {level, index, tile_width(level, index, d->checkpoint->size)};
    tile_write(&t, ret);
}

static int entry_is_wrong(const struct dispute *d, const char *tile, struct err *reterr) {
    char bundle[TILE_PATH_MOST];
    if (d->level == 0) {
        name_of(d, TILE_ENTRIES, d->tile, bundle);
        return err_set(
            reterr, ERR_FORBIDDEN,
            "entry %llu was changed (tile/%s, from byte %zu): the signed checkpoint and tile/%s hold another "
            "hash at its place",
            (unsigned long long)(d->tile * TILE_WIDTH + d->at), bundle, d->entry_at, tile);
    }
    uint64_t beneath = d->tile * TILE_WIDTH + d->at;
    char lower[TILE_PATH_MOST];
    name_of(d, d->level - 1, beneath, lower);
    uint64_t leaves = UINT64_C(1) << (8 * d->level);
    return err_set(
        reterr, ERR_FORBIDDEN,
        "entries %llu to %llu were changed together with their tiles up to tile/%s: the signed checkpoint and "
        "tile/%s hold another hash over them",
        (unsigned long long)(beneath * leaves), (unsigned long long)(beneath * leaves + leaves - 1), lower, tile);
}

int follow_judge(const struct dispute *d, struct err *reterr) {
    unsigned height = 8 * (unsigned)d->level;
    uint64_t index = d->tile * TILE_WIDTH + d->at;
    struct above above = {{d->from, d->checkpoint->size}, height, index};
    struct merkle_proof path;
    char tile[TILE_PATH_MOST];
    name_of(d, d->level, d->tile, tile);
    bool known = !merkle_prove_inclusion(index << height, d->checkpoint->size, source_above, &above, &path, NULL);
    bool ours = known && belongs(&path, height, index, d->checkpoint, &d->ours);
    if (!ours && known && belongs(&path, height, index, d->checkpoint, &d->tile_says))
        return entry_is_wrong(d, tile, reterr);
    return err_set(reterr, ERR_FORBIDDEN, "tile/%s, bytes %u to %u (hash %u), is not what entry %llu%s gives; %s", tile,
                   d->at * 32, d->at * 32 + 31, d->at, (unsigned long long)(index << height),
                   height ? " and those behind it" : "",
                   !known ? "which of the two was changed cannot be told without the log's other tiles"
                   : ours ? "the signed checkpoint agrees with the entries, so that the tile was changed"
                          : "neither of the two fits the signed checkpoint");
}
