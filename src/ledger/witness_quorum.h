// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Was the log witnessed lately? Part of ledger/witness.h: the time at which a quorum of witnesses had cosigned last,
 * and the incident that is left in the ledger, once an outage, when that is too long ago. */
#include "ledger/witness.h"

/* How many of n are wanted: more than half where it is not said, or cannot be. */
unsigned witness_quorum_of(unsigned wanted, size_t n);
/* POSIX seconds: the newest moment at or after which `need` of these cosigned; who never did counts with the moment
 * since which it is asked. */
int64_t witness_quorum_at(const struct witness_seen *seen, size_t n, unsigned need);
/* Leaves the incident, or forgets the last one when it is over. */
int witness_quorum_keep(struct store *s, unsigned need, unsigned alarm_s, struct err *reterr);
