// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One batch: the entries that wait, checked and in order, and the tree that they make. Everything is worked out before
 * the transaction that stores it, which therefore may run again. One thread. */
#include "ledger/log.h"
#include "ledger/merkle.h"

struct batch_entry {
    char ticket[LEDGER_TICKET];
    struct str text; /* as it is hashed */
    enum entry_type type;
    int64_t day;
};

struct batch {
    struct arena *arena;            /* the caller's: what follows lives in it */
    const struct merkle_edge *edge; /* the tree that it grows from */
    size_t n;
    struct batch_entry *entry;
    struct merkle_edge grown;
    struct hash root;
    bool more; /* than fit into one */
};

/* Reads what waits, with arena and edge set. An entry about one that waits itself but is not in the batch waits on.
 * -ERR_LEDGER: what waits is not what was accepted. */
int batch_gather(struct store *s, struct batch *b, struct err *reterr);
/* The same within a transaction, in which what the acts have just left is seen. */
int batch_gather_in(struct tx *tx, struct batch *b, struct err *reterr);
int batch_store_in(struct tx *tx, const struct batch *b, struct err *reterr);
/* Gives the indices, in one transaction. -ERR_LEDGER: another process did meanwhile, or the store does not hold what it
 * gave. -ERR_STORE_UNSURE as of store_write(). */
int batch_store(struct store *s, const struct batch *b, struct err *reterr);
