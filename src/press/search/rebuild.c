// SPDX-License-Identifier: Apache-2.0
/* The whole index anew. The first step empties it; all put in some articles, in order of publication. */
#include "press/search.h"

#include "press/article/row.h"
#include "press/ask.h"
#include "press/search/lists.h"
#include "queries.h"

#include <string.h>

enum {
    REBUILD_STEP = 100,              /* articles */
    GATHERED_MOST = 8 * 1024 * 1024, /* bytes of words */
    LANGUAGES_MOST = 16,
};

static int clear_sqlite(struct tx *tx, struct err *reterr) {
    int rc = ask_run(tx, &Q_search_clear_index_sqlite, CELLS_NONE, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_search_clear_head_sqlite, CELLS_NONE, reterr);
    return rc < 0 ? rc : ask_run(tx, &Q_search_head_left_clear_sqlite, CELLS_NONE, reterr);
}

static int clear(struct tx *tx, struct err *reterr) {
    int rc = ask_on_sqlite(tx) ? clear_sqlite(tx, reterr) : lists_clear(tx, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_search_clear_docs, CELLS_NONE, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_search_dead_clear, CELLS_NONE, reterr);
    return rc < 0 ? rc : ask_run(tx, &Q_search_later_clear, CELLS_NONE, reterr);
}

struct gathered {
    struct arena *arena; /* the words */
    struct search_waiting waiting;
};

static int put_gathered(struct tx *tx, struct gathered *g, struct err *reterr) {
    int rc = search_put_waiting(tx, &g->waiting, reterr);
    arena_free(g->arena);
    g->arena = arena_new(0);
    return rc < 0 || g->arena ? rc : ask_no_memory(reterr);
}

/* All texts of an article. */
static int gather(struct tx *tx, int64_t id, int64_t published_us, struct gathered *g, int64_t *texts,
                  struct err *reterr) {
    ARENA_LOCAL(a, 0);
    if (!a)
        return ask_no_memory(reterr);
    struct article_list list = {0};
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_article_texts, CELLS(cell_int(id)), &r, reterr);
    if (rc == 0)
        rc = article_take_all(a, r, true, LANGUAGES_MOST, &list, reterr);
    for (size_t i = 0; rc == 0 && i < list.n; i++) {
        const struct article *x = &list.item[i];
        struct search_text one = {.id = id, .column_id = x->column_id, .published_us = published_us};
        memcpy(one.language, x->text.language, sizeof one.language);
        rc = search_cut(g->arena, &x->text, &one.words, reterr);
        if (rc == 0)
            rc = search_wait(&g->waiting, &one, reterr);
    }
    *texts += (int64_t)list.n;
    return rc == 0 && arena_used(g->arena) > GATHERED_MOST ? put_gathered(tx, g, reterr) : rc;
}

static int next_ids(struct tx *tx, const struct search_rebuild *at, int64_t (*ret)[2], size_t *ret_n,
                    struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_search_rebuild_ids,
                     CELLS(cell_int(at->last_us), cell_int(at->last_id), cell_int(REBUILD_STEP)), &r, reterr);
    size_t n = 0;
    while (rc == 0 && n < REBUILD_STEP && (rc = rows_next(r, reterr)) > 0) {
        ret[n][0] = rows_int(r, 0);
        ret[n++][1] = rows_int(r, 1);
        rc = 0;
    }
    *ret_n = n;
    return rc;
}

static int put_some(struct tx *tx, struct search_rebuild *now, int64_t (*ids)[2], size_t n, struct err *reterr) {
    struct gathered g = {.arena = arena_new(0)};
    int rc = g.arena ? 0 : ask_no_memory(reterr);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        now->last_id = ids[i][0];
        now->last_us = ids[i][1];
        rc = gather(tx, now->last_id, now->last_us, &g, &now->texts, reterr);
    }
    if (rc == 0)
        rc = put_gathered(tx, &g, reterr);
    search_waiting_clear(&g.waiting);
    arena_free(g.arena);
    return rc;
}

int search_rebuild_step(struct tx *tx, struct search_rebuild *at, struct err *reterr) {
    struct search_rebuild now = *at;
    int64_t ids[REBUILD_STEP][2];
    size_t n = 0;
    int rc = 0;
    if (!now.begun) {
        now = (struct search_rebuild){.begun = true, .last_us = INT64_MIN, .last_id = INT64_MIN};
        rc = clear(tx, reterr);
    }
    if (rc == 0)
        rc = next_ids(tx, &now, ids, &n, reterr);
    if (rc == 0)
        rc = put_some(tx, &now, ids, n, reterr);
    now.done = n < REBUILD_STEP;
    if (rc == 0)
        *at = now;
    return rc;
}
