// SPDX-License-Identifier: Apache-2.0
/* Where a text stands among those of its language. Mostly the number that its time gives is beside its neighbours
 * already; where many came at the same time, the walk doubles its steps and then halves them. */
#include "press/search/place.h"

#include "press/ask.h"
#include "queries.h"

enum { UNIT_BITS = 23, TRIES = 16 /* numbers beside one that is taken by what is dead */, SPACE = 4 };

struct row {
    int64_t docid, published_us, id; /* docid 0: none */
};
struct walk {
    struct tx *tx;
    int64_t first, last;      /* the language's numbers */
    int64_t published_us, id; /* what is placed */
};

/* --- rows --- */

static int take_row(struct tx *tx, const struct query *q, int64_t from, int64_t to, struct row *ret,
                    struct err *reterr) {
    ROWS_LOCAL(r);
    *ret = (struct row){0};
    int rc = tx_rows(tx, q, CELLS(cell_int(from), cell_int(to)), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc > 0)
        *ret = (struct row){rows_int(r, 0), rows_int(r, 1), rows_int(r, 2)};
    return rc < 0 ? rc : 0;
}

static bool comes_before(const struct row *r, const struct walk *w) {
    return r->published_us != w->published_us ? r->published_us > w->published_us : r->id > w->id;
}

/* Whether all up to this number come before. *ret: the last of them. */
static int look(const struct walk *w, int64_t at, struct row *ret, bool *ret_before, struct err *reterr) {
    int rc = take_row(w->tx, &Q_search_row_until_sqlite, w->first, at, ret, reterr);
    *ret_before = !ret->docid || comes_before(ret, w);
    return rc;
}

/* --- walking --- */

static int64_t guess(const struct walk *w) {
    int64_t unit = INT64_C(1) << UNIT_BITS, us = w->published_us;
    return w->first + (INT64_C(1) << (PLACE_BITS - 1)) - (us < 0 && us % unit ? us / unit - 1 : us / unit);
}

/* Both ends around the border: all up to *low come before, the row at *high does not (or is behind all). */
static int enclose(const struct walk *w, int64_t *low, int64_t *high, struct err *reterr) {
    struct row r;
    bool before = false;
    int64_t at = guess(w), step = 1;
    int rc = look(w, at, &r, &before, reterr);
    bool up = before;
    *low = w->first - 1;
    *high = w->last + 1;
    while (rc == 0 && before == up) {
        if (before)
            *low = at;
        else
            *high = r.docid;
        at = before ? at + step : r.docid - step;
        step *= 2;
        if (at >= *high || at <= *low)
            break;
        rc = look(w, at, &r, &before, reterr);
    }
    if (rc == 0 && before != up) {
        if (before)
            *low = at;
        else
            *high = r.docid;
    }
    return rc;
}

/* The neighbours: the last that comes before, the first that does not; none: docid 0. */
static int find_neighbours(const struct walk *w, struct row *below, struct row *above, struct err *reterr) {
    int64_t low, high;
    bool before = false;
    int rc = take_row(w->tx, &Q_search_row_from_sqlite, guess(w) + 1, w->last, above, reterr);
    if (rc == 0)
        rc = look(w, guess(w), below, &before, reterr);
    if (rc < 0 || (before && (!above->docid || !comes_before(above, w))))
        return rc;
    rc = enclose(w, &low, &high, reterr);
    while (rc == 0 && high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        rc = look(w, middle, below, &before, reterr);
        if (before)
            low = middle;
        else
            high = below->docid;
    }
    if (rc == 0)
        rc = take_row(w->tx, &Q_search_row_until_sqlite, w->first, low, below, reterr);
    return rc < 0 ? rc : take_row(w->tx, &Q_search_row_from_sqlite, low + 1, w->last, above, reterr);
}

static struct walk walk_of(struct tx *tx, int64_t language, int64_t published_us, int64_t id) {
    return (struct walk){.tx = tx,
                         .first = language << PLACE_BITS,
                         .last = ((language + 1) << PLACE_BITS) - 1,
                         .published_us = published_us,
                         .id = id};
}

/* --- asking --- */

int search_place_language(struct tx *tx, const char *language, int64_t *ret, struct err *reterr) {
    return ask_int(tx, &Q_search_language_sqlite, CELLS(cell_z(language)), 0, ret, reterr);
}

int search_place_span(struct tx *tx, int64_t language, int64_t from_us, int64_t until_us, struct search_span *ret,
                      struct err *reterr) {
    struct walk until = walk_of(tx, language, until_us, INT64_MIN), from = walk_of(tx, language, from_us, INT64_MIN);
    struct row below, above;
    *ret = (struct search_span){until.first, until.last};
    int rc = until_us == INT64_MAX ? 0 : find_neighbours(&until, &below, &above, reterr);
    if (rc == 0 && until_us != INT64_MAX && below.docid)
        ret->first = below.docid + 1;
    if (rc < 0 || from_us == INT64_MIN)
        return rc;
    rc = find_neighbours(&from, &below, &above, reterr);
    ret->last = below.docid ? below.docid : ret->first - 1;
    return rc;
}

/* --- giving --- */

/* The wanted number, or one close to it that nothing dead has; 0: none. */
static int free_of_dead(struct tx *tx, int64_t low, int64_t high, int64_t wanted, int64_t *ret, struct err *reterr) {
    int64_t dead = 0;
    int rc = 0;
    *ret = 0;
    for (int n = 0; rc == 0 && n < 2 * TRIES; n++) {
        int64_t at = wanted + (n % 2 ? -(n + 1) / 2 : n / 2);
        if (at < low || at > high)
            continue;
        rc = ask_int(tx, &Q_search_dead_has_sqlite, CELLS(cell_int(at)), 0, &dead, reterr);
        if (rc == 0 && !dead) {
            *ret = at;
            return 0;
        }
    }
    return rc;
}

/* Where its own place is taken, some numbers away from who has it, for those that come between them later. */
static int64_t want(const struct walk *w, int64_t low, int64_t high) {
    int64_t at = guess(w), space = high - low < SPACE ? (high - low) / 2 : SPACE - 1;
    return at < low ? low + space : at > high ? high - space : at;
}

int search_place_find(struct tx *tx, const char *language, int64_t id, int64_t published_us, int64_t *ret,
                      struct err *reterr) {
    int64_t number = 0, docid = 0;
    struct row below, above;
    int rc = search_place_language(tx, language, &number, reterr);
    if (rc == 0 && !number) {
        rc = ask_run(tx, &Q_search_language_add_sqlite, CELLS(cell_z(language)), reterr);
        if (rc == 0)
            rc = search_place_language(tx, language, &number, reterr);
    }
    struct walk w = walk_of(tx, number, published_us, id);
    if (rc == 0)
        rc = find_neighbours(&w, &below, &above, reterr);
    if (rc < 0)
        return rc;
    int64_t low = below.docid ? below.docid + 1 : w.first, high = above.docid ? above.docid - 1 : w.last;
    if (low <= high)
        rc = free_of_dead(tx, low, high, want(&w, low, high), &docid, reterr);
    if (rc == 0 && !docid)
        docid = tx_next_id(tx, "search_doc", reterr);
    if (rc < 0 || docid < 0)
        return rc < 0 ? rc : (int)docid;
    *ret = docid;
    return 0;
}
