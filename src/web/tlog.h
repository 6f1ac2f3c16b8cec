// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The ledger for programs: checkpoint, tiles, keys, policy and proofs as C2SP tlog-tiles v0.1.0 and tlog-proof have
 * them. Its rows are open (route.h): log clients and other sites' pages read them; a failure is one sentence that
 * nobody keeps.
 *
 * Only what a published checkpoint covers is served, and under the one canonical spelling of its address. Tiles never
 * change, also the partial ones: each width is an address of its own. */
#include "ledger/log.h"
#include "web/request.h"

/* The state of this office's ledger. 0, or the status of an answer that is made already. */
int tlog_find(struct request *req, struct ledger_state *ret);
/* The same; without a signed checkpoint (an office that has just been founded) not found. */
int tlog_open(struct request *req, struct ledger_state *ret);
/* The key that signs (the oldest active one), as one line without \n. */
int tlog_vkey(struct request *req, struct str *ret, struct err *reterr);

extern const struct param tile_params[];  /* path */
extern const struct param index_params[]; /* index */
int tlog_checkpoint_serve(struct request *req);
int tlog_tile_serve(struct request *req);
int tlog_vkey_serve(struct request *req);
int tlog_keys_serve(struct request *req); /* ledger/succession.h */
int tlog_policy_serve(struct request *req);
int tlog_proof_serve(struct request *req);
extern const struct param document_params[]; /* hash: of commit_public(), hex */
int tlog_document_serve(struct request *req);
