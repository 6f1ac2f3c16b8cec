// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Small questions to the store, as the modules of the press put them. */
#include "store/store.h"

/* As tx_int(), but finding nothing (or NULL) is an answer: `otherwise`. */
int ask_int(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, int64_t otherwise, int64_t *ret,
            struct err *reterr);
/* tx_run() where the number of rows does not matter. */
int ask_run(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *reterr);
/* Of the search, which goes other ways on each engine. */
bool ask_on_sqlite(const struct tx *tx);
/* -ERR_NO_MEMORY with its sentence. */
int ask_no_memory(struct err *reterr);
