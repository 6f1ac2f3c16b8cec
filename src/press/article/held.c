// SPDX-License-Identifier: Apache-2.0
/* What every act upon an article begins with. */
#include "press/article/held.h"

#include "press/article/row.h"
#include "press/ask.h"
#include "queries.h"

#include <inttypes.h>
#include <string.h>

static int take(struct arena *a, const struct rows *r, int64_t id, struct held *ret, struct err *reterr) {
    *ret = (struct held){
        .id = id,
        .state = (enum article_state)rows_int(r, 0),
        .column_id = rows_int(r, 1),
        .sort_us = rows_int(r, 2),
        .published_us = rows_int(r, 3),
        .first_published_us = rows_int(r, 4),
        .first_language = arena_z(a, rows_text(r, 6)),
        .picture = arena_str(a, rows_text(r, 7)),
    };
    struct str tags = rows_text(r, 5);
    if (tags.n >= sizeof ret->languages)
        return err_set(reterr, ERR_INTERNAL, "%s", err_sentence(-ERR_INTERNAL));
    if (tags.n)
        memcpy(ret->languages, tags.p, tags.n);
    ret->languages[tags.n] = 0;
    return arena_failed(a) ? ask_no_memory(reterr) : 0;
}

int held_take(struct tx *tx, struct arena *a, int64_t id, struct held *ret, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = ask_run(tx, &Q_article_hold, CELLS(cell_int(id)), reterr);
    if (rc == 0)
        rc = tx_rows(tx, &Q_article_held, CELLS(cell_int(id)), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(reterr, ERR_NOT_FOUND, "There is no article %" PRId64 "; nothing was changed.", id);
    rc = take(a, r, id, ret, reterr);
    if (rc == 0 && ret->state == ARTICLE_ERASED)
        return err_set(reterr, ERR_GONE, "Article %" PRId64 " was erased, and stays so; nothing was changed.", id);
    return rc;
}

int held_texts(struct tx *tx, struct arena *a, const struct held *h, struct article_list *ret, struct err *reterr) {
    struct article_list all = {0};
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_article_texts, CELLS(cell_int(h->id)), &r, reterr);
    if (rc == 0)
        rc = article_take_all(a, r, true, ARTICLE_LANGUAGES_MOST, &all, reterr);
    if (rc < 0)
        return rc;
    *ret = (struct article_list){.item = all.item};
    for (size_t i = 0; i < all.n; i++)
        if (all.item[i].state != ARTICLE_ERASED)
            ret->item[ret->n++] = all.item[i];
    return 0;
}

struct subject held_subject(const struct held *h) {
    return (struct subject){h->id, h->sort_us, h->picture, h->first_language};
}

int held_count(struct tx *tx, int64_t column_id, const char *language, int64_t more, struct err *reterr) {
    return ask_run(tx, &Q_column_count_add, CELLS(cell_int(column_id), cell_z(language), cell_int(more)), reterr);
}
