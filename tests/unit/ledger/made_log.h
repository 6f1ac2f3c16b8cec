// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A whole log made up in a folder of its own, laid out as it is served: for tests and measurements of whoever reads
 * logs. Entries are made from `seed`, so that two logs with one key and two seeds are a fork of each other. Anything
 * that fails ends the program. */
#include "ledger/merkle.h"
#include "ledger/note.h"

struct made_log {
    char folder[64];
    struct vkey key;
    uint8_t secret[64];
    uint64_t size;
    unsigned seed;
    uint64_t seed_from; /* entries below are those of seed 0 */
    bool foreign;       /* entries are not Daylight's */
    struct hash *leaf;
};

/* A new folder under /tmp; key_seed picks the log's key. origin e.g. "quay.example/ledger". */
void made_log_init(struct made_log *m, const char *origin, unsigned key_seed);
/* Writes bundles, tiles (full and partial) and the checkpoint of `size` entries. */
void made_log_grow(struct made_log *m, uint64_t size);
void made_log_clear(struct made_log *m);

/* Appends entry i. */
void made_log_entry(const struct made_log *m, uint64_t i, struct buf *to);
struct hash made_log_root(const struct made_log *m, uint64_t size);
/* A signed checkpoint of the first `size` entries, appended. */
void made_log_checkpoint(const struct made_log *m, uint64_t size, struct buf *to);
/* Changes the byte at `at` (from the end where negative) of a file of the folder. */
void made_log_flip(const struct made_log *m, const char *name, long at);
void made_log_write(const struct made_log *m, const char *name, struct str bytes);
void made_log_read(const struct made_log *m, const char *name, struct buf *to);
