// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What pages that are made one after the other read again: an article's page, its page of proof and its opening read
 * one row and one list of acts; all pages of proof the ledger's state, and neighbours among them the same tiles. For a
 * copy (web/copy.h): a served page is made alone, and has no shelf.
 *
 * What lies on a shelf is of one snapshot of the store: clear it when that ends. What it gives lives until then, or
 * until another article is asked for: for the request. One thread at a time. */
#include "ledger/log.h"
#include "ledger/tiles.h"
#include "press/article.h"
#include "press/proof.h"
#include "web/request.h"

struct shelf;

struct shelf *shelf_new(void);    /* NULL: no memory */
void shelf_free(struct shelf *s); /* NULL is fine, as below */
void shelf_clear(struct shelf *s);

/* From req->shelf, or from the store, where there is none or it lies not on it. */
/* article_get() in the page's language, for readers. */
int shelf_article(struct request *req, int64_t id, struct article *ret, struct err *reterr);
/* article_proofs() */
int shelf_acts(struct request *req, int64_t article_id, struct article_proof **ret, size_t *ret_n, struct err *reterr);
/* ledger_state() */
int shelf_ledger(struct request *req, struct ledger_state *ret, struct err *reterr);
/* For proofs in the office's tree of `size`, of whose tiles it is told. NULL: no memory. */
struct tiles_at *shelf_tiles(struct request *req, struct tiles *t, uint64_t size);
