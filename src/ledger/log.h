// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The log: where acts leave their entries, and where entries get their place in the tree.
 *
 * 1. An act appends its entry in its own transaction (ledger_append()): both are stored or neither is. It waits in
 *    ledger_pending under a ticket (32 hex digits) and has no index yet, so that acts never queue for one counter.
 * 2. The sequencer (ledger/sequencer.h; one at a time) gives the waiting entries their indices in one transaction,
 *    grows the tree, has the signer sign, and publishes the checkpoint.
 * 3. ledger_settle() (sequencer.h) returns when a signed, durable checkpoint covers the ticket: only then is an act
 *    acknowledged.
 *
 * This header is the store's side of it: all functions run within a transaction, strings go to the arena.
 * Sources: RFC 6962, C2SP tlog-tiles. */
#include "base/arena.h"
#include "ledger/entry.h"
#include "store/store.h"

enum { LEDGER_TICKET = 33 };

/* Leaves an entry with the act of this transaction. An entry about an earlier one names it by e->ref, or by its ticket
 * (ref_ticket, else NULL) while its index may not be known yet; -ERR_NOT_FOUND: no such ticket. Entries of one
 * transaction keep their order, and stand behind everything that was committed before. A transaction may run again:
 * each run has tickets of its own, and only those of the last one are stored. */
int ledger_append(struct tx *tx, const struct entry *e, const char *ref_ticket, char ret_ticket[LEDGER_TICKET],
                  struct err *reterr);

/* *ret: its index; -1 while it waits. -ERR_NOT_FOUND: no such ticket. */
int ledger_index(struct tx *tx, const char *ticket, int64_t *ret, struct err *reterr);
/* The text of an entry. -ERR_NOT_FOUND. */
int ledger_entry(struct tx *tx, struct arena *a, int64_t index, struct str *ret, struct err *reterr);
/* Texts of [from, from + n), as many as there are. */
int ledger_entries(struct tx *tx, struct arena *a, int64_t from, size_t n, struct str **ret, size_t *ret_n,
                   struct err *reterr);

struct ledger_state {
    struct str origin;    /* the log's name: host/ledger */
    uint64_t size;        /* entries with an index */
    struct hash root;     /* of those */
    uint64_t signed_size; /* what the checkpoint covers; <= size */
    int64_t signed_us;
    struct str checkpoint; /* the note: the log's signatures, then cosignatures of the same text; empty: none yet */
};
/* -ERR_NOT_FOUND: this office has no ledger yet (ledger_found()). */
int ledger_state(struct tx *tx, struct arena *a, struct ledger_state *ret, struct err *reterr);

/* Public documents that entries of types key, policy and incident commit to (commit_public()). */
int ledger_document_add(struct tx *tx, struct str text, struct hash *ret, struct err *reterr);
int ledger_document(struct tx *tx, struct arena *a, const struct hash *hash, struct str *ret, struct err *reterr);

struct ledger_count {
    int64_t day; /* since 1970-01-01, UTC */
    enum entry_type type;
    int64_t n;
};
/* How many entries of each type and day, newest day first, of the last `days` days that have any. Kept by the
 * sequencer, not counted anew. */
int ledger_counts(struct tx *tx, struct arena *a, int64_t days, struct ledger_count **ret, size_t *ret_n,
                  struct err *reterr);

/* Hashes as the store keeps them: base64. The cell's text lives in the arena, which fails where there is no memory.
 * -ERR_LEDGER: what the store holds is no hash. */
struct cell ledger_hash_cell(struct arena *a, const struct hash *h);
int ledger_hash_read(struct str text, struct hash *ret, struct err *reterr);
