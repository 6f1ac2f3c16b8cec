// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Is what stands beside the entries sound? The public documents that they commit to, the checkpoint's signature and
 * name, and the entries that wait. Entries, tiles and counts are ledger_rebuild()'s to compare.
 * Each fault is named through `say`. Errors: those of the store, and -ERR_NOT_FOUND: no ledger. */
#include "store/store.h"

int ledger_audit(struct store *s, void (*say)(void *arg, const char *line), void *arg, struct err *reterr);
