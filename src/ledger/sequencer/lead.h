// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What the leader does: it holds the signer, knows the tree's right edge, and takes the log forward by steps each of
 * which may fail and be taken again: sequenced → checked and sealed → signed → published.
 *
 *     size ≥ checked = sealed ≥ signed ≥ published
 *
 * One thread. */
#include "ledger/sequencer/waiters.h"
#include "ledger/signer.h"
#include "ledger/tiles.h"

struct lead_covered { /* has its index, and waits for the checkpoint */
    char ticket[LEDGER_TICKET];
    int64_t index;
};

struct lead {
    struct store *store; /* these three are borrowed */
    struct tiles *tiles;
    struct waiters *waiters;
    struct signer *signer;
    struct merkle_edge edge; /* of what is stored; its size is the log's */
    struct hash root;
    uint64_t checked, signed_size, published;
    int64_t signed_us;
    struct buf note; /* the checkpoint of signed_size */
    struct lead_covered *covered;
    size_t covered_n, covered_room;
};

/* Starts the signer and compares what it signed with what the store holds. -ERR_TOO_MANY: another process leads.
 * -ERR_LEDGER: they do not agree; the sentence says what to do. On failure nothing is left open. */
int lead_begin(struct lead *l, struct store *s, struct tiles *t, struct waiters *w, const char *program,
               struct str folder, struct err *reterr);
/* One batch, if anything waits, up to its published checkpoint. *ret_n: its entries; *ret_more: more than fit wait. */
int lead_step(struct lead *l, size_t *ret_n, bool *ret_more, struct err *reterr);
/* Wakes whoever waits for what is published now. */
void lead_wake(struct lead *l);
void lead_end(struct lead *l);
