// SPDX-License-Identifier: Apache-2.0
/* What waits for the index. A row of search_later says that a text is published and that nobody has put it in: every
 * act upon it takes the row away (search_remove()). So words may be cut from what was read before, in another
 * transaction: where the row is still there, the text is still the same. */
#include "press/search.h"

#include "press/article/row.h"
#include "press/ask.h"
#include "press/search/numbers.h"
#include "queries.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 200 };

int search_later_any(struct tx *tx, bool *ret, struct err *reterr) {
    int64_t any = 0;
    int rc = ask_int(tx, &Q_search_later_any, CELLS_NONE, 0, &any, reterr);
    *ret = any != 0;
    return rc;
}

int search_later_count(struct tx *tx, int64_t most, int64_t *ret, struct err *reterr) {
    return ask_int(tx, &Q_search_later_count, CELLS(cell_int(most)), 0, ret, reterr);
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
    int rc = tx_rows(tx, ask_on_sqlite(tx) ? &Q_search_later_list_sqlite : &Q_search_later_list_postgres,
                     CELLS(cell_int((int64_t)most)), &r, reterr);
    while (rc == 0 && n < most && (rc = rows_next(r, reterr)) > 0) {
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

/* Of one language. */
static int read_some(struct tx *tx, struct arena *a, const struct search_later *which, size_t n,
                     struct search_text *ret, struct err *reterr) {
    struct article_list found;
    int64_t *ids = arena_array(a, n, sizeof *ids);
    if (!ids)
        return ask_no_memory(reterr);
    for (size_t i = 0; i < n; i++)
        ids[i] = which[i].id;
    int rc = article_get_some(tx, a, ids, n, which->language, true, &found, reterr);
    for (size_t i = 0, k = 0; rc == 0 && i < n && k < found.n; i++) {
        const struct article *x = &found.item[k];
        if (x->id != which[i].id)
            continue;
        ret[i].column_id = x->column_id;
        ret[i].published_us = x->published_us;
        rc = search_cut(a, &x->text, &ret[i].words, reterr);
        k++;
    }
    return rc;
}

int search_later_read(struct tx *tx, struct arena *a, const struct search_later *which, size_t n,
                      struct search_text *ret, struct err *reterr) {
    int rc = 0;
    for (size_t i = 0; i < n; i++) {
        ret[i] = (struct search_text){.id = which[i].id};
        memcpy(ret[i].language, which[i].language, sizeof ret[i].language);
    }
    for (size_t i = 0, next; rc == 0 && i < n; i = next) {
        for (next = i + 1; next < n && strcmp(which[next].language, which[i].language) == 0;)
            next++;
        rc = read_some(tx, a, which + i, next - i, ret + i, reterr);
    }
    return rc;
}

static int take_waiting(struct tx *tx, const struct search_text *text, size_t n, bool *ret, struct err *reterr) {
    if (!ask_on_sqlite(tx))
        return numbers_take_waiting(tx, text, n, ret, reterr);
    int64_t waited = 0;
    for (size_t i = 0; waited >= 0 && i < n; i++) {
        waited = tx_run(tx, &Q_search_later_remove, CELLS(cell_int(text[i].id), cell_z(text[i].language)), reterr);
        ret[i] = waited > 0;
    }
    return waited < 0 ? (int)waited : 0;
}

int search_later_put(struct tx *tx, const struct search_text *text, size_t n, struct err *reterr) {
    struct search_text *still = calloc(n + 1, sizeof *still);
    bool *waited = calloc(n + 1, sizeof *waited);
    size_t still_n = 0;
    int rc = still && waited ? take_waiting(tx, text, n, waited, reterr) : ask_no_memory(reterr);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (waited[i] && text[i].column_id)
            still[still_n++] = text[i];
    if (rc == 0)
        rc = search_put_many(tx, still, still_n, reterr);
    free(still);
    free(waited);
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
    if (rc == 0)
        rc = search_later_read(tx, a, list, n, text, reterr);
    return rc < 0 ? rc : search_later_put(tx, text, n, reterr);
}
