// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The sequencer: gives waiting entries their place, grows the tree, has it signed, publishes the checkpoint.
 *
 * One batch, as soon as somebody waits for it and 100 ms at the latest: read the waiting entries, compare each with the
 * hash taken when it was accepted → give indices, in one transaction that fails unless the tree still has the size it
 * started from (on SQLite in the acts' own, when no batch is under way) → fold the root anew from what is stored and
 * compare → write tiles that became full (once, never changed) → signer (ledger/signer.h) → publish in the store → wake
 * whoever waits in ledger_settle(). All but the publication is on the disk then; that one the signer's state gives
 * again, byte by byte, and the next step or start does so where the store has lost it.
 * A write or fsync that failed, or a disagreement, stops the sequencer for good (until the process starts anew):
 * nothing is acknowledged then, pages are still served. What passes (the store is away, the disk is full: nothing was
 * stored) is tried again. Either way ledger_why() says it.
 *
 * Of several processes on one data folder only the one that holds the signer's lock leads; the others follow:
 * ledger_settle() waits for that one, and they take over when it is gone. A folder without the log's keys (another
 * machine's copy, on one store) only ever copies the tiles.
 * Threads: struct ledger is for any thread. */
#include "ledger/log.h"
#include "ledger/tiles.h"

struct ledger;

/* Makes an office's ledger where the store has none: keys (ledger/keys.h), then entry 0, which names them and waits for
 * the first batch. Does nothing where there is one already. origin: "host/ledger". */
int ledger_found(struct store *s, struct str folder, struct str origin, struct err *reterr);

/* Opens for acts. Starts a signer and leads where no other process does; else follows. program: path of this binary
 * for the signer's process (/proc/self/exe in the program). A store that lies behind what was signed, or that does not
 * agree with it, is no failure of this function: the ledger is then stopped from the beginning, and ledger_why() says
 * what to do. -ERR_NOT_FOUND: this store has no ledger. */
int ledger_open(struct store *s, struct str folder, const char *program, struct ledger **ret, struct err *reterr);
/* Sequences what waits, stops the thread and the signer. NULL is fine. */
void ledger_close(struct ledger *l);
/* 0 while it works; else the code and sentence of what stopped it, or of what it waits for. Ask before an act. */
int ledger_why(struct ledger *l, struct err *reterr);
/* Waits until a published checkpoint covers the ticket; *ret_index (may be NULL). After `ms` without, or when the
 * ledger is stopped: -ERR_LEDGER, whose sentence says that the act is stored and its entry waits. */
int ledger_settle(struct ledger *l, const char *ticket, int ms, int64_t *ret_index, struct err *reterr);
/* The same for everything that waits now. */
int ledger_settle_all(struct ledger *l, int ms, struct err *reterr);
/* Something may be waiting: another process's acts are noticed within 100 ms anyway. */
void ledger_nudge(struct ledger *l);
struct tiles *ledger_tiles(struct ledger *l);

enum ledger_role { LEDGER_LEADS, LEDGER_FOLLOWS, LEDGER_COPIES, LEDGER_STOPPED, LEDGER_ROLES };
const char *ledger_role_word(enum ledger_role r); /* "leads" … */
enum { LEDGER_BATCH_MOST = 1024, LEDGER_BATCH_SIZES = 11 };
struct ledger_figures {
    enum ledger_role role;
    uint64_t size, signed_size;
    int64_t signed_us;                         /* 0: never */
    uint64_t waiting;                          /* entries without an index, a second ago at most */
    int64_t oldest_us;                         /* since when the oldest of them; 0: none */
    uint64_t batches, entries;                 /* by this process */
    uint64_t batches_upto[LEDGER_BATCH_SIZES]; /* of them, with up to 1, 2, 4, … 1024 entries */
    int64_t batches_us;                        /* time spent in them */
};
void ledger_figures(struct ledger *l, struct ledger_figures *ret);

/* Derives every tile, the counts by day and the root from the entries anew and compares with the files, the store and
 * the checkpoint; damaged or missing files, and counts that are wrong, are named through `say` (may be NULL) and, with
 * `mend`, written again. -ERR_LEDGER: the entries themselves do not agree with the checkpoint; then nothing was
 * written, and what differs has been named. -ERR_NOT_FOUND: no ledger. progress (may be NULL) is told done, all.
 * *ret_size (may be NULL): entries. */
int ledger_rebuild(struct store *s, struct str folder, bool mend, void (*say)(void *arg, const char *line),
                   void (*progress)(void *arg, uint64_t done, uint64_t all), void *arg, uint64_t *ret_size,
                   struct err *reterr);
