// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Openings, which the office publishes beside a text: the key and the parts that an entry's commitment stands for.
 * {"format": "daylight/opening/v1", "key": base64 or null, "parts": [{"name", "value" (may be missing), "hash"}, …],
 *  "index", "type", …}; docs/ledger-format.md. */
#include "base/arena.h"
#include "ledger/commit.h"
#include "ledger/entry.h"

struct opening_part {
    struct str name, value;
    bool open; /* it has a value */
    struct hash hash;
};
struct opening {
    bool has_key;
    uint8_t key[COMMIT_KEY];
    size_t n;
    struct opening_part part[COMMIT_PARTS_MOST];
    int64_t index;    /* -1: not said */
    struct str type;  /* the entry's word; empty: not said */
    struct str entry; /* its text; empty: not said */
};
enum { OPENING_MOST = 16 << 20 };

/* Strings go to the arena. -ERR_INVALID. */
int opening_read(struct str json, struct arena *a, struct opening *ret, struct err *reterr);
/* Does every part give its hash, and do the hashes give the commitment? -ERR_FORBIDDEN names what does not. */
int opening_check(const struct opening *o, const struct entry *e, struct err *reterr);
/* NULL where it has no such part, or its value is not told. */
const struct opening_part *opening_find(const struct opening *o, const char *name);
