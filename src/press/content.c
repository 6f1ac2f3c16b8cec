// SPDX-License-Identifier: Apache-2.0
/* The content's version is a named counter: its next number. Once a write is enough, however many acts it holds. */
#include "press/content.h"

#include "queries.h"

int content_changed(struct tx *tx, struct err *reterr) {
    if (tx_told(tx))
        return 0;
    int64_t number = tx_next_id(tx, "content", reterr);
    tx_tell(tx);
    return number < 0 ? (int)number : 0;
}

/* No row, or NULL, is 0. */
static int number_or_zero(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, int64_t *ret,
                          struct err *reterr) {
    struct err err = {0};
    int64_t number = 0;
    int failed = tx_int(tx, q, cells, n, &number, &err);
    if (failed && failed != -ERR_NOT_FOUND) {
        if (reterr)
            *reterr = err;
        return failed;
    }
    *ret = failed ? 0 : number;
    return 0;
}

int content_version(struct tx *tx, int64_t *ret, struct err *reterr) {
    return number_or_zero(tx, &Q_content_version, CELLS_NONE, ret, reterr);
}

int content_next_due(struct tx *tx, int64_t now_us, int64_t *ret_us, struct err *reterr) {
    return number_or_zero(tx, &Q_content_next_due, CELLS(cell_int(now_us)), ret_us, reterr);
}
