// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Who waits for a ticket, and what the last checkpoints covered, so that a waiter costs the store nothing. Threads:
 * any. */
#include "base/err.h"
#include "ledger/log.h"

struct waiters;
int waiters_new(struct waiters **ret, struct err *reterr);
void waiters_free(struct waiters *w); /* nobody may wait any more; NULL is fine */
/* The ticket's entry is covered: wakes who waits for it, and remembers it for who comes a little later. */
void waiters_settle(struct waiters *w, const char *ticket, int64_t index);
/* Wakes all, with nothing: they look why. */
void waiters_wake(struct waiters *w);
/* Waits `ms` at most. True: covered; *ret_index. False: time is up, or waiters_wake() came. */
bool waiters_wait(struct waiters *w, const char *ticket, int ms, int64_t *ret_index);
