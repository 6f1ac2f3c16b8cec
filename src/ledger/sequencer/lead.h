// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What the leader does: it holds the signer, knows the tree's right edge, and takes the log forward by steps each of
 * which may fail and be taken again: sequenced → checked and sealed → signed → published.
 *
 *     size ≥ checked = sealed ≥ signed ≥ published
 *
 * Publishing does not wait for the disk: the signer's state has the tree there, and keys and tree give the same bytes
 * again. One thread at a time. */
#include "ledger/sequencer/batch.h"
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
    struct buf note;   /* the checkpoint of signed_size */
    struct batch ride; /* its arena is NULL: none under way */
    size_t ridden;     /* entries that got their index that way, and are not counted yet … */
    bool ridden_more;  /* … and more had waited */
    struct lead_covered *covered;
    size_t covered_n, covered_room;
};

/* Starts the signer and compares what it signed with what the store holds. -ERR_TOO_MANY: another process leads.
 * -ERR_LEDGER: they do not agree; the sentence says what to do. On failure nothing is left open. */
int lead_begin(struct lead *l, struct store *s, struct tiles *t, struct waiters *w, const char *program,
               struct str folder, struct err *reterr);
/* One batch, if anything waits, up to its published checkpoint. *ret_n: its entries; *ret_more: more than fit wait. */
int lead_step(struct lead *l, size_t *ret_n, bool *ret_more, struct err *reterr);
/* Sequencing within the acts' own transaction, where nothing is under way: what waits gets its index with the commit
 * that stores it. Then, after that commit, lead_ridden() is told whether it did; entries. */
int lead_ride(struct lead *l, struct tx *tx, struct err *reterr);
size_t lead_ridden(struct lead *l, bool stored);
/* The store has lost what was published last and not synced: it is published again with the next step. */
void lead_unpublished(struct lead *l, uint64_t published);
/* Something was left half-way, by this process or by one before it. */
bool lead_lags(const struct lead *l);
/* Wakes whoever waits for what is published now. */
void lead_wake(struct lead *l);
void lead_end(struct lead *l);
