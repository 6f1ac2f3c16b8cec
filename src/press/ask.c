// SPDX-License-Identifier: Apache-2.0
/* Small questions to the store. */
#include "press/ask.h"

#include <string.h>

int ask_int(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, int64_t otherwise, int64_t *ret,
            struct err *reterr) {
    struct err e = {0};
    int64_t found;
    int rc = tx_int(tx, q, cells, n, &found, &e);
    if (rc == -ERR_NOT_FOUND) {
        *ret = otherwise;
        return 0;
    }
    if (rc == 0)
        *ret = found;
    else if (reterr)
        *reterr = e;
    return rc;
}

int ask_run(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *reterr) {
    int64_t changed = tx_run(tx, q, cells, n, reterr);
    return changed < 0 ? (int)changed : 0;
}

bool ask_on_sqlite(const struct tx *tx) {
    return strcmp(tx_engine(tx), "sqlite") == 0;
}

int ask_no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(-ERR_NO_MEMORY));
}
