// SPDX-License-Identifier: Apache-2.0
/* What waits for the index. A row of search_later says that a text is published and that nobody has put it in: every
 * act upon it takes the row away (search_remove()). So words may be cut from what was read before, in another
 * transaction: where the row is still there, the text is still the same. */
#include "press/search.h"

#include "press/ask.h"
#include "queries.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 200 };

static bool is_sqlite(struct tx *tx) {
    return strcmp(tx_engine(tx), "sqlite") == 0;
}

int search_later_any(struct tx *tx, bool *ret, struct err *reterr) {
    int64_t any = 0;
    int rc = !is_sqlite(tx) ? 0 : ask_int(tx, &Q_search_later_any_sqlite, CELLS_NONE, 0, &any, reterr);
    *ret = any != 0;
    return rc;
}

int search_later_count(struct tx *tx, int64_t *ret, struct err *reterr) {
    *ret = 0;
    return !is_sqlite(tx) ? 0 : ask_int(tx, &Q_search_later_count_sqlite, CELLS_NONE, 0, ret, reterr);
}

/* As the index has them: a language after the other. */
static int by_place(const void *x, const void *y) {
    const struct search_later *a = x, *b = y;
    int order = strcmp(a->language, b->language);
    return order ? order : a->published_us < b->published_us ? -1 : a->published_us > b->published_us;
}

int search_later_list(struct tx *tx, struct arena *a, size_t most, struct search_later **ret, size_t *ret_n,
                      struct err *reterr) {
    ROWS_LOCAL(r);
    struct search_later *list = arena_array(a, most, sizeof *list);
    size_t n = 0;
    if (!list)
        return ask_no_memory(reterr);
    int rc = !is_sqlite(tx) ? 0 : tx_rows(tx, &Q_search_later_list_sqlite, CELLS(cell_int((int64_t)most)), &r, reterr);
    while (rc == 0 && r && n < most && (rc = rows_next(r, reterr)) > 0) {
        struct str language = str_first(rows_text(r, 1), LANGUAGE_MOST - 1);
        list[n] = (struct search_later){.id = rows_int(r, 0), .published_us = rows_int(r, 2)};
        memcpy(list[n++].language, language.p, language.n);
        rc = 0;
    }
    if (rc < 0)
        return rc;
    qsort(list, n, sizeof *list, by_place);
    *ret = list;
    *ret_n = n;
    return 0;
}

int search_later_read(struct tx *tx, struct arena *a, const struct search_later *which, struct search_text *ret,
                      struct err *reterr) {
    struct article x;
    *ret = (struct search_text){.id = which->id};
    memcpy(ret->language, which->language, sizeof ret->language);
    int rc = article_get(tx, a, which->id, which->language, true, &x, reterr);
    if (rc < 0 || x.state != ARTICLE_PUBLISHED || strcmp(x.text.language, which->language) != 0)
        return rc;
    ret->column_id = x.column_id;
    ret->published_us = x.published_us;
    return search_cut(a, &x.text, &ret->words, reterr);
}

int search_later_put(struct tx *tx, const struct search_text *text, size_t n, struct err *reterr) {
    struct search_text *still = calloc(n ? n : 1, sizeof *still);
    size_t still_n = 0;
    int64_t waited = still ? 0 : ask_no_memory(reterr);
    for (size_t i = 0; waited >= 0 && i < n; i++) {
        waited =
            tx_run(tx, &Q_search_later_remove_sqlite, CELLS(cell_int(text[i].id), cell_z(text[i].language)), reterr);
        if (waited > 0 && text[i].column_id)
            still[still_n++] = text[i];
    }
    int rc = waited < 0 ? (int)waited : search_put_many(tx, still, still_n, reterr);
    free(still);
    return rc;
}

int search_later_step(struct tx *tx, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct search_later *list;
    struct search_text text[STEP];
    size_t n;
    if (!a)
        return ask_no_memory(reterr);
    int rc = search_later_list(tx, a, STEP, &list, &n, reterr);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = search_later_read(tx, a, &list[i], &text[i], reterr);
    return rc < 0 ? rc : search_later_put(tx, text, n, reterr);
}
