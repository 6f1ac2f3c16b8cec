// SPDX-License-Identifier: Apache-2.0
/* What the words of a question have in common, among the rows that were read: each of them, phrases in their places,
 * and nothing that is dead. */
#include "base/array.h"
#include "press/ask.h"
#include "press/search/walk/walking.h"
#include "queries.h"

#include <stdlib.h>

enum { DEAD_STEP = 1000 };

/* Moves a token on to this text; false: it has it not. */
static bool move_to(struct token *t, int64_t docid) {
    const struct posting *item = t->texts.item;
    size_t step = 1, low = t->at, high, n = t->texts.n;
    while (low + step < n && item[low + step].docid < docid) {
        low += step;
        step *= 2;
    }
    high = low + step < n ? low + step : n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (item[middle].docid < docid)
            low = middle + 1;
        else
            high = middle;
    }
    t->at = low;
    return low < n && item[low].docid == docid;
}

static int by_number(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static bool add_number(struct numbers *to, int64_t n) {
    int64_t *more = array_grow(to->item, to->n, &to->room, sizeof *more);
    if (!more)
        return false;
    to->item = more;
    to->item[to->n++] = n;
    return true;
}

/* Where the token stands in the text that it is at. */
static int take_places(const struct token *t, struct numbers *ret, struct err *reterr) {
    size_t lists = 0;
    ret->n = 0;
    const struct posting *item = t->texts.item;
    for (size_t i = t->at; i < t->texts.n && item[i].docid == item[t->at].docid; i++, lists++) {
        const char *places = item[i].places;
        for (int64_t place = 0; postings_place(&places, &place);) {
            if (!add_number(ret, place))
                return ask_no_memory(reterr);
        }
    }
    if (lists > 1 && ret->n)
        qsort(ret->item, ret->n, sizeof *ret->item, by_number);
    return 0;
}

/* Leaves of `here` those behind which, so much farther, one of `next` stands. */
static void keep_followed(struct numbers *here, const struct numbers *next, int64_t farther) {
    size_t n = 0;
    for (size_t i = 0, k = 0; i < here->n; i++) {
        while (k < next->n && next->item[k] < here->item[i] + farther)
            k++;
        if (k < next->n && next->item[k] == here->item[i] + farther)
            here->item[n++] = here->item[i];
    }
    here->n = n;
}

/* 1: the tokens follow each other in the text that they are at. */
static int is_phrase(struct walking *w, const struct term *term, struct err *reterr) {
    int rc = take_places(&w->token[term->token[0]], &w->here, reterr);
    for (size_t i = 1; rc == 0 && i < term->n && w->here.n; i++) {
        rc = take_places(&w->token[term->token[i]], &w->next, reterr);
        keep_followed(&w->here, &w->next, (int64_t)i);
    }
    return rc < 0 ? rc : w->here.n > 0;
}

/* 1: the text has all that is asked for. */
static int has_all(struct walking *w, const struct asked *a, int64_t docid, struct err *reterr) {
    int rc = 1;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < a->term[i].n; k++)
            if (!move_to(&w->token[a->term[i].token[k]], docid))
                return 0;
    for (size_t i = 0; rc > 0 && i < a->n; i++)
        if (a->term[i].n > 1)
            rc = is_phrase(w, &a->term[i], reterr);
    return rc;
}

static struct token *shortest(struct walking *w, const struct asked *a) {
    struct token *t = &w->token[a->term[0].token[0]];
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < a->term[i].n; k++)
            t = w->token[a->term[i].token[k]].texts.n < t->texts.n ? &w->token[a->term[i].token[k]] : t;
    return t;
}

/* Those of the dead between both numbers, in order, into w->here. */
static int read_dead(struct walking *w, int64_t first, int64_t last, struct err *reterr) {
    size_t came = DEAD_STEP;
    int rc = 0;
    w->here.n = 0;
    while (rc == 0 && came == DEAD_STEP) {
        ROWS_LOCAL(r);
        rc = tx_rows(w->tx, &Q_search_dead_list, CELLS(cell_int(first), cell_int(last), cell_int(DEAD_STEP)), &r,
                     reterr);
        for (came = 0; rc == 0 && (rc = rows_next(r, reterr)) > 0; came++) {
            first = rows_int(r, 0) + 1;
            rc = add_number(&w->here, first - 1) ? 0 : ask_no_memory(reterr);
        }
    }
    return rc;
}

/* Takes the dead out of those from `from` on. */
static int sift_dead(struct walking *w, struct walk_question *q, size_t from, struct err *reterr) {
    if (q->n == from || !w->walk->dead)
        return 0;
    int rc = read_dead(w, q->docid[from], q->docid[q->n - 1], reterr);
    size_t n = from;
    for (size_t i = from, k = 0; rc == 0 && i < q->n; i++) {
        while (k < w->here.n && w->here.item[k] < q->docid[i])
            k++;
        if (k == w->here.n || w->here.item[k] != q->docid[i])
            q->docid[n++] = q->docid[i];
    }
    q->n = n;
    return rc;
}

/* The hits of this round, behind those that there are. */
static int find(struct walking *w, const struct asked *a, struct err *reterr) {
    struct walk_question *q = a->question;
    const struct postings *texts = &shortest(w, a)->texts;
    size_t i = 0;
    int rc = 0;
    for (size_t k = 0; k < w->tokens; k++)
        w->token[k].at = 0;
    while (rc == 0 && i < texts->n && q->n < q->most) {
        size_t from = q->n;
        for (; rc == 0 && i < texts->n && q->n < q->most; i++) {
            int64_t docid = texts->item[i].docid;
            if (i && texts->item[i - 1].docid == docid)
                continue;
            int has = has_all(w, a, docid, reterr);
            if (has > 0)
                q->docid[q->n++] = docid;
            rc = has < 0 ? has : 0;
        }
        if (rc == 0)
            rc = sift_dead(w, q, from, reterr);
    }
    return rc;
}

int walking_match(struct walking *w, struct err *reterr) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < w->n; i++)
        if (!w->asked[i].question->done)
            rc = find(w, &w->asked[i], reterr);
    return rc;
}
