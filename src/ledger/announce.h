// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The entry of the log's list of keys. A list is written to the folder before its entry can be left in the store; a
 * crash in between leaves a list without one, and whoever opens the folder next leaves it.
 * Threads: safe. Errors: NOT_FOUND and INVALID as of keys_document(), the store's, and -ERR_LEDGER: the folder's keys
 * are not this log's, or lack some that it has announced; nothing was stored. */
#include "store/store.h"

/* Leaves an entry for the list as it is in the folder, unless the log has that list. Its code is of what happened last:
 * `rotation` while several keys are active, else `retirement`. A store without a ledger is left alone. */
int ledger_announce(struct store *s, struct str folder, struct err *reterr);
