// SPDX-License-Identifier: Apache-2.0
/* The arithmetic of tiles. Tile (level, index) holds the roots of full subtrees of 256^level leaves each. */
#include "ledger/tile.h"

#include "ledger/lines.h"

#include <stdio.h>
#include <string.h>

enum { LEVELS_THAT_EXIST = 8 /* 256^8 is beyond any size */ };

/* --- addresses --- */

/* "x001/x234/067": groups of three digits, all but the last behind an x, no empty first group. */
static bool read_index(struct str *rest, uint64_t *ret) {
    uint64_t index = 0;
    bool first = true, more;
    do {
        more = str_starts(*rest, "x");
        struct str group = str_first(str_from(*rest, more ? 1 : 0), 3);
        if (group.n != 3)
            return false;
        unsigned value = 0;
        for (size_t i = 0; i < 3; i++) {
            if (group.p[i] < '0' || group.p[i] > '9')
                return false;
            value = value * 10 + (unsigned)(group.p[i] - '0');
        }
        if ((more && first && value == 0) || index > (UINT64_MAX - value) / 1000)
            return false;
        index = index * 1000 + value;
        *rest = str_from(*rest, more ? 4 : 3);
        if (more && !str_starts(*rest, "/"))
            return false;
        if (more)
            *rest = str_from(*rest, 1);
        first = false;
    } while (more);
    *ret = index;
    return true;
}

int tile_read(struct str path, struct tile *ret, struct err *reterr) {
    struct tile t = {.width = TILE_WIDTH};
    struct str rest = path;
    size_t slash = str_find_char(path, '/', 0);
    uint64_t level = 0, width = TILE_WIDTH;
    bool good = slash != SIZE_MAX;
    struct str first = str_first(path, good ? slash : 0);
    if (str_is(first, "entries"))
        t.level = TILE_ENTRIES;
    else if ((good = good && lines_decimal(first, TILE_LEVEL_MOST, &level)))
        t.level = (int)level;
    rest = str_from(rest, good ? slash + 1 : 0);
    good = good && read_index(&rest, &t.index);
    if (good && str_starts(rest, ".p/")) {
        good = lines_decimal(str_from(rest, 3), TILE_WIDTH - 1, &width) && width;
        rest = STR_NONE;
    }
    if (!good || rest.n)
        return err_set(reterr, ERR_INVALID, "This is not the address of a tile.");
    t.width = (unsigned)width;
    *ret = t;
    return 0;
}

void tile_write(const struct tile *t, char ret[TILE_PATH_MOST]) {
    char groups[48] = "";
    uint64_t rest = t->index;
    size_t at = sizeof groups - 4;
    (void)snprintf(groups + at, 4, "%03u", (unsigned)(rest % 1000));
    while (rest /= 1000) {
        char group[6];
        (void)snprintf(group, sizeof group, "x%03u/", (unsigned)(rest % 1000));
        at -= 5;
        memcpy(groups + at, group, 5);
    }
    char level[16] = "entries", part[8] = "";
    if (t->level != TILE_ENTRIES)
        (void)snprintf(level, sizeof level, "%d", t->level);
    if (t->width != TILE_WIDTH)
        (void)snprintf(part, sizeof part, ".p/%u", t->width % TILE_WIDTH);
    (void)snprintf(ret, TILE_PATH_MOST, "%s/%s%s", level, groups + at, part);
}

/* --- widths and hashes --- */

unsigned tile_width(int level, uint64_t index, uint64_t size) {
    int height = level == TILE_ENTRIES ? 0 : level;
    uint64_t hashes = height >= LEVELS_THAT_EXIST ? 0 : size >> (8 * height);
    if (index > hashes / TILE_WIDTH)
        return 0;
    uint64_t left = hashes - index * TILE_WIDTH;
    return left >= TILE_WIDTH ? TILE_WIDTH : (unsigned)left;
}

struct hash tile_fold(const struct hash *hashes, unsigned first, unsigned height) {
    if (height == 0)
        return hashes[first];
    struct hash left = tile_fold(hashes, first, height - 1);
    struct hash right = tile_fold(hashes, first + (1u << (height - 1)), height - 1);
    return merkle_node(&left, &right);
}

/* --- bundles --- */

int bundle_next(struct str bundle, size_t *at, struct str *ret_entry, struct err *reterr) {
    struct str rest = str_from(bundle, *at);
    if (rest.n == 0)
        return 0;
    const unsigned char *p = (const unsigned char *)rest.p;
    size_t n = rest.n >= 2 ? (size_t)p[0] << 8 | p[1] : 0;
    if (rest.n < 2 || n > rest.n - 2)
        return err_set(reterr, ERR_INVALID, "The bundle of entries is cut short at byte %zu.", *at);
    *ret_entry = str_first(str_from(rest, 2), n);
    *at += 2 + n;
    return 1;
}

void bundle_add(struct buf *to, struct str entry) {
    if (entry.n > UINT16_MAX)
        BUG("an entry is longer than a bundle can hold");
    buf_add_char(to, (char)(entry.n >> 8));
    buf_add_char(to, (char)(entry.n & 0xff));
    buf_add(to, entry);
}
