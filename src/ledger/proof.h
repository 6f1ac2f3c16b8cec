// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Proofs in a file: C2SP tlog-proof ("c2sp.org/tlog-proof@v1", a draft as of 2026; format code stands only here).
 *
 * Pure. Threads: safe. Errors: -ERR_INVALID (malformed), -ERR_FORBIDDEN (refuted; the sentence says what does not
 * match). */
#include "ledger/note.h"

struct proof_file {
    struct str extra; /* base64 as it stands there, not authenticated; empty: none */
    uint64_t index;
    struct merkle_proof path;
    struct str checkpoint; /* the note, verbatim */
};
int proof_read(struct str bytes, struct proof_file *ret, struct err *reterr);
void proof_write(const struct proof_file *p, struct buf *to);
/* Is the checkpoint signed by this log's key, and does the path lead from this leaf at p->index to its root? *ret (may
 * be NULL): what was signed, into p->checkpoint. */
int proof_check(const struct proof_file *p, const struct vkey *log, const struct hash *leaf, struct checkpoint *ret,
                struct err *reterr);
