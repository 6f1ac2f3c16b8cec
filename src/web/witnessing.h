// SPDX-License-Identifier: Apache-2.0
#pragma once
/* This office as a witness of others' ledgers, for programs: C2SP tlog-witness v1.0.0 under /witness
 * (ledger/witness_server.h does it). Where site.ini names no ledger to witness, there is nothing here. */
#include "web/request.h"

extern const struct param witness_params[];     /* hash */
int witnessing_add(struct request *req);        /* POST …/add-checkpoint */
int witnessing_checkpoint(struct request *req); /* GET …/HEX/checkpoint */
int witnessing_vkey(struct request *req);       /* GET …/vkey */
