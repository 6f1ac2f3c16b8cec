// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What a log asks a witness: C2SP tlog-witness v1.0.0, add-checkpoint. One place for both sides.
 *
 *     old <decimal>
 *     <base64 of 32 bytes>     consistency proof from old, at most 63 lines
 *                              (empty line)
 *     <checkpoint>             a signed note
 *
 * Pure. Threads: safe. Errors: -ERR_INVALID naming the line. */
#include "base/buf.h"
#include "base/err.h"
#include "ledger/merkle.h"

enum { WITNESS_PROOF_MOST = 63, WITNESS_REQUEST_MOST = 64 * 1024 };

struct witness_request {
    uint64_t old;
    struct merkle_proof proof;
    struct str checkpoint; /* into the bytes; not looked at here */
};
int witness_request_read(struct str bytes, struct witness_request *ret, struct err *reterr);
void witness_request_write(const struct witness_request *r, struct buf *to);

/* The body of a 409: "<decimal>\n" and nothing else. */
int witness_size_read(struct str bytes, uint64_t *ret, struct err *reterr);
