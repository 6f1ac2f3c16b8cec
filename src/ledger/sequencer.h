// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The sequencer: gives waiting entries their place, grows the tree, has it signed, publishes the checkpoint.
 *
 * One batch, as soon as something waits and 100 ms at the latest: read the waiting entries, compare each with the hash
 * taken when it was accepted → give indices, in one transaction that fails unless the tree still has the size it
 * started from → read them back, grow the edge, write tiles that became full (once, never changed) → fold the root from
 * what is stored and compare → signer (ledger/signer.h) → publish in the store → wake whoever waits in ledger_settle().
 * Any failure to write or to agree stops the sequencer for good (ledger_why()); nothing is acknowledged then, pages are
 * still served.
 *
 * Of several processes on one data folder only the one that holds the signer's lock sequences; in the others
 * ledger_settle() waits for that one, and takes over when it is gone.
 * Threads: struct ledger is for any thread. */
#include "ledger/keys.h"
#include "ledger/log.h"
#include "ledger/tiles.h"

struct ledger;

/* Makes an office's ledger where there is none: keys (ledger/keys.h), then entry 0, which names them, and the first
 * checkpoint. Does nothing where there is one already. origin: "host/ledger". */
int ledger_found(struct store *s, struct str folder, struct str origin, struct err *reterr);

/* Opens for acts. Starts a signer and the sequencing thread where no other process has the lock; else follows.
 * program: path of this binary for the signer's process (/proc/self/exe in the program). Refuses (-ERR_LEDGER) a store
 * that lies behind what was signed, or that does not agree with it, and says what to do. */
int ledger_open(struct store *s, struct str folder, const char *program, struct ledger **ret, struct err *reterr);
/* Sequences what waits, stops the thread and the signer. NULL is fine. */
void ledger_close(struct ledger *l);
/* Waits until a published checkpoint covers the ticket; *ret_index (may be NULL). After `ms` without: -ERR_LEDGER,
 * whose sentence says that the act is stored and its entry waits. */
int ledger_settle(struct ledger *l, const char *ticket, int ms, int64_t *ret_index, struct err *reterr);
/* Something may be waiting: another process's acts are noticed within 100 ms anyway. */
void ledger_nudge(struct ledger *l);
/* 0 while it works; else the code and sentence that stopped it. */
int ledger_why(struct ledger *l, struct err *reterr);
struct tiles *ledger_tiles(struct ledger *l);

/* Derives every tile and the root from the entries anew and compares with the files and the checkpoint; damaged or
 * missing files are written again, each named through `say` (may be NULL). -ERR_LEDGER: the checkpoint itself does not
 * agree with the entries. progress (may be NULL) is told done, all. */
int ledger_rebuild(struct store *s, struct str folder, void (*say)(void *arg, const char *line),
                   void (*progress)(void *arg, uint64_t done, uint64_t all), void *arg, struct err *reterr);
