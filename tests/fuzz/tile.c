// SPDX-License-Identifier: Apache-2.0
/* Any bytes as the address of a tile, and as a bundle of entries: what is taken has this one spelling, and is written
 * again byte by byte. */
#include "ledger/tile.h"

#include "fuzz.h"

#include <string.h>

static void address(struct str path) {
    struct tile t;
    char again[TILE_PATH_MOST];
    if (tile_read(path, &t, NULL))
        return;
    FUZZ_CHECK(t.level >= TILE_ENTRIES && t.level <= TILE_LEVEL_MOST && t.width >= 1 && t.width <= TILE_WIDTH,
               "level %d, width %u\n", t.level, t.width);
    tile_write(&t, again);
    FUZZ_CHECK(str_is(path, again), "\"%.*s\" is written as \"%s\"\n", STR_FMT(path), again);
    unsigned width = tile_width(t.level, t.index, (t.index + 1) << 8);
    FUZZ_CHECK(width <= TILE_WIDTH, "%u wide\n", width);
}

static void bundle(struct str bytes) {
    BUF_LOCAL(again);
    struct str entry;
    struct err err = {0};
    size_t at = 0;
    int more;
    while ((more = bundle_next(bytes, &at, &entry, &err)) == 1) {
        FUZZ_CHECK(entry.n <= UINT16_MAX && at <= bytes.n, "%zu bytes, at %zu\n", entry.n, at);
        bundle_add(&again, entry);
    }
    FUZZ_CHECK(str_eq(buf_str(&again), str_first(bytes, at)), "it is written otherwise\n");
    FUZZ_CHECK((more == 0) == (at == bytes.n) && (more == 0) == !err.text[0], "%s at %zu of %zu\n", err.text, at,
               bytes.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct str bytes = str_part((const char *)data, n);
    address(bytes);
    bundle(bytes);
    return 0;
}
