// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Follows a whole log from its tiles: every entry is read and hashed, every tile of every level compared with what the
 * entries give, the root with the checkpoint's, and the tree with an earlier checkpoint's. Nothing that the log says is
 * believed but its checkpoint, whose signature is the caller's to check (ledger/note.h).
 *
 * Memory: 32 bytes for 256 entries. Blocking; it starts threads of its own, and has ended them when it returns.
 * Errors: -ERR_FORBIDDEN: refuted; the sentence names the exact place (the first one that was found: which entry, tile,
 * byte). Anything else: it could not be told, and why. */
#include "ledger/entry.h"
#include "ledger/fetch.h"
#include "ledger/note.h"
#include "ledger/succession.h"

#define FOLLOW_MOST (UINT64_C(1) << 36) /* entries; larger logs are not followed */

/* A bundle or tile of the followed tree whose bytes agree with the entries; the root is not checked yet. Called from
 * several threads at once. */
typedef int follow_keep(void *arg, const char *name, struct str bytes, struct err *reterr);

struct follow {
    struct fetch *from;
    struct checkpoint checkpoint;
    const struct checkpoint *before; /* an earlier checkpoint of the same log, or NULL */
    unsigned threads;                /* 0: as suits a folder or a server */
    struct fetch *known;             /* a folder with good tiles of the first known_size entries, or NULL: these are  */
    uint64_t known_size;             /* not asked for again (the root holds them all the same) */
    follow_keep *keep;               /* or NULL */
    struct succession *keys;         /* to add the log's entries about keys to, or NULL */
    void (*progress)(void *arg, uint64_t done, uint64_t all); /* entries; from the caller's thread; or NULL */
    void *arg;
};

struct follow_found {
    uint64_t entries; /* that were read: without the known ones */
    uint64_t first;   /* index of the first of them */
    uint64_t of_type[ENTRY_TYPE_COUNT];
    bool foreign; /* entries are not Daylight's, so that nothing is known of their types */
    int64_t first_day, last_day;
    uint64_t tiles, bytes;  /* that were read */
    int64_t key_index;      /* the newest entry "key" among them; -1: none */
    struct hash key_commit; /* to which list of keys */
    bool forked;            /* refuted by `before`: the two checkpoints prove it */
};
int follow(const struct follow *want, struct follow_found *ret, struct err *reterr);

/* One tile or bundle of a tree of this size, appended: exactly its bytes. A partial one that is gone is cut from the
 * full one. -ERR_FORBIDDEN: too few bytes, or too many. */
int follow_tile(struct fetch *from, int level, uint64_t index, uint64_t size, struct buf *to, struct err *reterr);
/* Entry `index` of a tree of this size, out of its bundle, appended: whether the tree holds it is not checked. */
int follow_entry(struct fetch *from, uint64_t index, uint64_t size, struct buf *to, struct err *reterr);
/* A source of hashes (ledger/merkle.h) that reads the tiles of a log: for proofs. */
struct follow_at {
    struct fetch *from;
    uint64_t size;
};
merkle_source follow_source;
