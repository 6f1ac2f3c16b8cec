// SPDX-License-Identifier: Apache-2.0
/* An office that is older than SQLite's index of titles and keywords: what is in search_index comes into it in steps,
 * the newest first, each step in ascending order, as FTS5 writes all out that it has gathered when a row comes before.
 */
#include "press/search.h"

#include "press/ask.h"
#include "queries.h"
#include "text/tokens.h"

enum { STEP = 1000 };

int search_fill_left(struct tx *tx, int64_t *ret, struct err *reterr) {
    *ret = 0;
    return ask_on_sqlite(tx) ? ask_int(tx, &Q_search_head_left_sqlite, CELLS_NONE, 0, ret, reterr) : 0;
}

static int put(struct tx *tx, const struct rows *r, struct err *reterr) {
    BUF_LOCAL(title);
    BUF_LOCAL(keywords);
    tokens_add(&title, rows_text(r, 1));
    tokens_add(&keywords, rows_text(r, 2));
    if (buf_failed(&title) || buf_failed(&keywords))
        return ask_no_memory(reterr);
    return ask_run(tx, &Q_search_head_insert_sqlite,
                   CELLS(cell_int(rows_int(r, 0)), cell_text(buf_str(&title)), cell_text(buf_str(&keywords))), reterr);
}

int search_fill_step(struct tx *tx, struct err *reterr) {
    int64_t before = 0;
    int rc = search_fill_left(tx, &before, reterr);
    if (rc < 0 || before == 0)
        return rc;
    int64_t from = before > STEP ? before - STEP : 0;
    ROWS_LOCAL(r);
    rc = tx_rows(tx, &Q_search_head_left_texts_sqlite, CELLS(cell_int(from), cell_int(before)), &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0)
        rc = put(tx, r, reterr);
    if (rc < 0)
        return rc;
    return from ? ask_run(tx, &Q_search_head_left_set_sqlite, CELLS(cell_int(from)), reterr)
                : ask_run(tx, &Q_search_head_left_clear_sqlite, CELLS_NONE, reterr);
}
