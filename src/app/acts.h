// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Acts and their ledger: it is opened before the first act of a command and waited for after the last, so that a
 * command says "published" only when a signed checkpoint covers it. */
#include "app/folder.h"
#include "ledger/sequencer.h"

/* Opens the folder's ledger (f->ledger, closed by folder_close()); makes one where the store has none, leaves the entry
 * of a list of keys that a crash left without one, and gives what was published before there was a ledger its entries.
 * One that is stopped is no failure: ledger_why() says it. */
int acts_open(struct folder *f, struct err *reterr);
/* The same, for a command that is about to act: -ERR_LEDGER where the ledger takes nothing now. */
int acts_begin(struct folder *f, struct err *reterr);
/* Waits until everything is entered and signed. -ERR_LEDGER: it is stored, and waits; the sentence says why. */
int acts_end(struct folder *f, struct err *reterr);
