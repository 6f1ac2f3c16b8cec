// SPDX-License-Identifier: Apache-2.0
/* FTS5 writes a piece a transaction and merges a few at a time; every search looks into each piece. After many texts at
 * once it is told to make one of all. PostgreSQL's lists have blocks that come in parts: lists.h. */
#include "press/search.h"

#include "press/ask.h"
#include "press/search/lists.h"
#include "queries.h"

enum { PAGES = 1000 /* of 4 KB a step */, PIECES_MANY = 4, PART = 4 };

/* Whether what has just been put in is much of the whole. */
static int is_much(struct tx *tx, const struct search_merge *m, bool *ret, struct err *reterr) {
    int64_t texts = 0;
    int rc = m->came ? ask_int(tx, &Q_search_count, CELLS_NONE, 0, &texts, reterr) : 0;
    *ret = m->came >= texts / PART;
    return rc;
}

static int look(struct tx *tx, const struct search_merge *m, struct buf *ret, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, m->head ? &Q_search_pieces_head_sqlite : &Q_search_pieces_sqlite, CELLS_NONE, &r, reterr);
    if (rc == 0 && (rc = rows_next(r, reterr)) > 0)
        buf_add(ret, rows_text(r, 0));
    return rc < 0 ? rc : buf_failed(ret) ? ask_no_memory(reterr) : 0;
}

static int join_step(struct tx *tx, struct search_merge *m, struct err *reterr) {
    int64_t texts = 0;
    int rc = lists_join_step(tx, m->parts, &texts, &m->done, reterr);
    m->merged += texts;
    return rc;
}

static int merge_step(struct tx *tx, struct search_merge *m, struct err *reterr) {
    BUF_LOCAL(before);
    BUF_LOCAL(after);
    int rc = look(tx, m, &before, reterr);
    if (rc == 0) /* below 0: all into one from now on */
        rc = ask_run(tx, m->head ? &Q_search_merge_head_sqlite : &Q_search_merge_sqlite,
                     CELLS(cell_int(m->begun ? PAGES : -PAGES)), reterr);
    if (rc == 0)
        rc = look(tx, m, &after, reterr);
    if (rc < 0)
        return rc;
    bool over = m->begun && str_eq(buf_str(&before), buf_str(&after));
    m->done = over && m->head;
    m->head |= over;
    m->begun = !over;
    m->merged += PAGES;
    return 0;
}

struct step {
    const struct search_merge *from;
    struct search_merge now;
};

static int one_step(struct tx *tx, void *arg, struct err *reterr) {
    struct step *step = arg;
    step->now = *step->from; /* afresh each time: it may run again */
    return ask_on_sqlite(tx) ? merge_step(tx, &step->now, reterr) : join_step(tx, &step->now, reterr);
}

/* A titles' index in pieces alone is reason enough: it costs little. */
static int measure(struct tx *tx, void *arg, struct err *reterr) {
    struct search_merge *m = arg;
    int64_t pieces = 0;
    bool much = false;
    int rc = is_much(tx, m, &much, reterr);
    if (rc == 0 && !ask_on_sqlite(tx)) {
        m->parts = much ? 2 : PIECES_MANY;
        rc = lists_parted(tx, m->parts, &m->total, reterr);
        m->done = rc == 0 && !m->total;
        return rc;
    }
    if (rc == 0)
        rc = ask_int(tx, &Q_search_pages_sqlite, CELLS_NONE, 0, &m->total, reterr);
    if (rc == 0)
        rc = ask_int(tx, &Q_search_piece_count_sqlite, CELLS_NONE, 0, &pieces, reterr);
    m->done = pieces < PIECES_MANY || !much;
    return rc;
}

int search_merge_step(struct store *s, struct search_merge *at, struct err *reterr) {
    if (!at->measured) {
        int rc = store_read(s, measure, at, reterr);
        at->measured = rc == 0;
        return rc;
    }
    struct step step = {at, {0}};
    int rc = at->done ? 0 : store_write(s, one_step, &step, reterr);
    if (rc == 0 && !at->done)
        *at = step.now;
    return rc;
}
