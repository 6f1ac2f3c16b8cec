// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Entries of each kind and day, counted anew, and what the store says of them. Part of ledger_rebuild(). */
#include "ledger/log.h"

struct counts_day {
    int64_t day, n[ENTRY_TYPE_COUNT];
};
struct counts {
    struct buf days; /* struct counts_day each, ascending */
};
#define COUNTS_INIT ((struct counts){.days = BUF_INIT})
void counts_clear(struct counts *c);
int counts_add(struct counts *c, int64_t day, enum entry_type type, int64_t n, struct err *reterr);
/* Adds what the store has counted. A kind that is none counts for nothing. */
int counts_read(struct tx *tx, struct counts *to, struct err *reterr);
/* Takes the place of what the store has. */
int counts_write(struct tx *tx, const struct counts *c, struct err *reterr);
bool counts_same(const struct counts *a, const struct counts *b);
