// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What a step of the ledger that failed means, and how it is told. Thread-safe: nothing here has state. */
#include "base/err.h"

/* Nothing was stored, and it may be otherwise in a moment. A failed write or fsync (-ERR_IO) is not among them: what
 * the kernel then has in memory is not what is on the disk. */
bool trouble_passes(int rc);
/* The sentence for people, from that of whoever failed: what waits is kept, and what to do. ret->code: rc where it
 * passes, else -ERR_LEDGER. */
void trouble_explain(struct err *ret, int rc, const struct err *e);
