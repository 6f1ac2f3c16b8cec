// SPDX-License-Identifier: Apache-2.0
/* Where a text stands among those of its language. Mostly the number that its time gives is beside its neighbours
 * already; where many came at the same time, the walk doubles its steps and then halves them. */
#include "press/search/place.h"

#include "press/ask.h"
#include "queries.h"

#include <stdlib.h>
#include <string.h>

enum {
    UNIT_BITS = 23,
    TRIES = 16, /* numbers beside one that is taken by what is dead */
    SPACE = 4,
    AROUND = 4096,     /* numbers that are read beside those of many */
    ROWS_MOST = 20000, /* and rows, at most */
};

struct row {
    int64_t docid, published_us, id; /* docid 0: none */
};
struct search_places {
    int64_t number;      /* the language's */
    int64_t first, last; /* numbers of which all is known */
    struct row *row;     /* in order */
    size_t n, room;
    int64_t *dead; /* in order */
    size_t dead_n;
};
struct walk {
    struct tx *tx;
    const struct search_places *known; /* or NULL */
    int64_t first, last;               /* the language's numbers */
    int64_t published_us, id;          /* what is placed */
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

/* How many of those that are known have a number below. */
static size_t count_below(const struct search_places *p, int64_t docid) {
    size_t low = 0, high = p->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->row[middle].docid < docid)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_within(const struct search_places *p, int64_t docid) {
    return p && docid >= p->first && docid <= p->last;
}

/* The last row of the span, and the first; none: docid 0. */
static int row_until(const struct walk *w, int64_t from, int64_t to, struct row *ret, struct err *reterr) {
    if (is_within(w->known, to)) {
        size_t n = count_below(w->known, to + 1);
        *ret = (struct row){0};
        if (n && w->known->row[n - 1].docid >= from)
            *ret = w->known->row[n - 1];
        if (ret->docid || from >= w->known->first)
            return 0;
        to = w->known->first - 1;
    }
    return take_row(w->tx, &Q_search_row_until, from, to, ret, reterr);
}

static int row_from(const struct walk *w, int64_t from, int64_t to, struct row *ret, struct err *reterr) {
    if (is_within(w->known, from)) {
        size_t n = count_below(w->known, from);
        *ret = (struct row){0};
        if (n < w->known->n && w->known->row[n].docid <= to)
            *ret = w->known->row[n];
        if (ret->docid || to <= w->known->last)
            return 0;
        from = w->known->last + 1;
    }
    return take_row(w->tx, &Q_search_row_from, from, to, ret, reterr);
}

static bool comes_before(const struct row *r, const struct walk *w) {
    return r->published_us != w->published_us ? r->published_us > w->published_us : r->id > w->id;
}

/* Whether all up to this number come before. *ret: the last of them. */
static int look(const struct walk *w, int64_t at, struct row *ret, bool *ret_before, struct err *reterr) {
    int rc = row_until(w, w->first, at, ret, reterr);
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
    int rc = row_from(w, guess(w) + 1, w->last, above, reterr);
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
        rc = row_until(w, w->first, low, below, reterr);
    return rc < 0 ? rc : row_from(w, low + 1, w->last, above, reterr);
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
    return ask_int(tx, &Q_search_language, CELLS(cell_z(language)), 0, ret, reterr);
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

static int place_where(struct tx *tx, const char *language, int64_t from_us, int64_t until_us,
                       struct search_where_it_is *ret, struct err *reterr) {
    int64_t number = 0, any = 0;
    *ret = (struct search_where_it_is){.span = {1, 0}, .dead = true, .waiting = -1};
    int rc = ask_on_sqlite(tx) ? 0 : ask_run(tx, &Q_search_plan_postgres, CELLS_NONE, reterr);
    if (rc == 0)
        rc = search_place_language(tx, language, &number, reterr);
    if (rc == 0 && number)
        rc = search_place_span(tx, number, from_us, until_us, &ret->span, reterr);
    if (rc == 0)
        rc = ask_int(tx, &Q_search_loose_any, CELLS(cell_int(PLACE_FIRST)), 0, &any, reterr);
    ret->loose = any;
    return rc;
}

static struct row row_at(const struct rows *r, int column) {
    return rows_null(r, column) ? (struct row){0}
                                : (struct row){rows_int(r, column), rows_int(r, column + 1), rows_int(r, column + 2)};
}

/* *ret_all: the neighbours are where they are looked for first, and there is no other end to be found. */
static int place_where_postgres(struct tx *tx, const char *language, int64_t until_us, struct search_where_it_is *ret,
                                bool *ret_all, struct err *reterr) {
    struct walk w = walk_of(tx, 0, until_us, INT64_MIN);
    ROWS_LOCAL(r);
    *ret = (struct search_where_it_is){.span = {1, 0}};
    int rc =
        tx_rows(tx, &Q_search_where_postgres,
                CELLS(cell_z(language), cell_int(guess(&w)), cell_int(PLACE_FIRST), cell_int(SEARCH_COUNT_MOST + 1)),
                &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    *ret_all = rc > 0;
    if (rc <= 0)
        return rc;
    struct row below = row_at(r, 1), above = row_at(r, 4);
    w = walk_of(tx, rows_int(r, 0), until_us, INT64_MIN);
    ret->span = (struct search_span){below.docid ? below.docid + 1 : w.first, w.last};
    ret->loose = rows_int(r, 7);
    ret->dead = rows_int(r, 8);
    ret->waiting = rows_int(r, 9);
    *ret_all = (!below.docid || comes_before(&below, &w)) && (!above.docid || !comes_before(&above, &w));
    return 0;
}

int search_place_where(struct tx *tx, const char *language, int64_t from_us, int64_t until_us,
                       struct search_where_it_is *ret, struct err *reterr) {
    bool all = false;
    int rc = 0;
    if (!ask_on_sqlite(tx) && from_us == INT64_MIN && until_us != INT64_MAX)
        rc = place_where_postgres(tx, language, until_us, ret, &all, reterr);
    return rc < 0 || all ? rc : place_where(tx, language, from_us, until_us, ret, reterr);
}

/* --- giving --- */

static int by_number(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static int is_dead(const struct walk *w, int64_t docid, bool *ret, struct err *reterr) {
    int64_t dead = 0;
    if (is_within(w->known, docid)) {
        *ret = w->known->dead_n && bsearch(&docid, w->known->dead, w->known->dead_n, sizeof docid, by_number);
        return 0;
    }
    int rc = ask_int(w->tx, &Q_search_dead_has, CELLS(cell_int(docid)), 0, &dead, reterr);
    *ret = dead;
    return rc;
}

/* The wanted number, or one close to it that nothing dead has; 0: none. */
static int free_of_dead(const struct walk *w, int64_t low, int64_t high, int64_t wanted, int64_t *ret,
                        struct err *reterr) {
    bool dead = false;
    int rc = 0;
    *ret = 0;
    for (int n = 0; rc == 0 && n < 2 * TRIES; n++) {
        int64_t at = wanted + (n % 2 ? -(n + 1) / 2 : n / 2);
        if (at < low || at > high)
            continue;
        rc = is_dead(w, at, &dead, reterr);
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

static int number_of(struct tx *tx, const char *language, int64_t *ret, struct err *reterr) {
    int rc = search_place_language(tx, language, ret, reterr);
    if (rc == 0 && !*ret) {
        rc = ask_run(tx, &Q_search_language_add, CELLS(cell_z(language)), reterr);
        if (rc == 0)
            rc = search_place_language(tx, language, ret, reterr);
    }
    return rc;
}

static int find(const struct walk *w, int64_t *ret, struct err *reterr) {
    int64_t docid = 0;
    struct row below, above;
    int rc = find_neighbours(w, &below, &above, reterr);
    if (rc < 0)
        return rc;
    int64_t low = below.docid ? below.docid + 1 : w->first, high = above.docid ? above.docid - 1 : w->last;
    if (low <= high)
        rc = free_of_dead(w, low, high, want(w, low, high), &docid, reterr);
    if (rc == 0 && !docid)
        docid = tx_next_id(w->tx, "search_doc", reterr);
    if (rc < 0 || docid < 0)
        return rc < 0 ? rc : (int)docid;
    *ret = docid;
    return 0;
}

int search_place_find(struct tx *tx, const char *language, int64_t id, int64_t published_us, int64_t *ret,
                      struct err *reterr) {
    int64_t number = 0;
    int rc = number_of(tx, language, &number, reterr);
    struct walk w = walk_of(tx, number, published_us, id);
    return rc < 0 ? rc : find(&w, ret, reterr);
}

/* --- many --- */

static int read_rows(struct tx *tx, struct search_places *p, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc =
        tx_rows(tx, &Q_search_rows, CELLS(cell_int(p->first), cell_int(p->last), cell_int(ROWS_MOST + 1)), &r, reterr);
    while (rc == 0 && p->n <= ROWS_MOST && (rc = rows_next(r, reterr)) > 0) {
        p->row[p->n++] = (struct row){rows_int(r, 0), rows_int(r, 1), rows_int(r, 2)};
        rc = 0;
    }
    return rc;
}

static int read_dead(struct tx *tx, struct search_places *p, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_search_dead_list, CELLS(cell_int(p->first), cell_int(p->last), cell_int(ROWS_MOST + 1)), &r,
                     reterr);
    while (rc == 0 && p->dead_n <= ROWS_MOST && (rc = rows_next(r, reterr)) > 0) {
        p->dead[p->dead_n++] = rows_int(r, 0);
        rc = 0;
    }
    return rc;
}

int search_places_read(struct tx *tx, const char *language, int64_t from_us, int64_t until_us,
                       struct search_places **ret, struct err *reterr) {
    struct search_places *p = calloc(1, sizeof *p);
    *ret = NULL;
    if (!p)
        return ask_no_memory(reterr);
    p->room = 2 * ROWS_MOST;
    p->row = calloc(p->room, sizeof *p->row);
    p->dead = calloc(ROWS_MOST + 1, sizeof *p->dead);
    int rc = p->row && p->dead ? number_of(tx, language, &p->number, reterr) : ask_no_memory(reterr);
    if (rc == 0) {
        struct walk oldest = walk_of(tx, p->number, from_us, 0), newest = walk_of(tx, p->number, until_us, 0);
        p->first = guess(&newest) - AROUND > newest.first ? guess(&newest) - AROUND : newest.first;
        p->last = guess(&oldest) + AROUND < oldest.last ? guess(&oldest) + AROUND : oldest.last;
        rc = read_rows(tx, p, reterr);
    }
    if (rc == 0)
        rc = read_dead(tx, p, reterr);
    if (rc < 0 || p->n > ROWS_MOST || p->dead_n > ROWS_MOST)
        search_places_free(p);
    else
        *ret = p;
    return rc;
}

int search_places_find(struct tx *tx, struct search_places *p, int64_t id, int64_t published_us, int64_t *ret,
                       bool *ret_outside, struct err *reterr) {
    struct walk w = walk_of(tx, p->number, published_us, id);
    w.known = p;
    int rc = find(&w, ret, reterr);
    *ret_outside = rc == 0 && (!is_within(p, *ret) || p->n == p->room);
    if (rc < 0 || *ret_outside)
        return rc;
    size_t at = count_below(p, *ret);
    memmove(&p->row[at + 1], &p->row[at], (p->n - at) * sizeof *p->row);
    p->row[at] = (struct row){*ret, published_us, id};
    p->n++;
    return 0;
}

void search_places_free(struct search_places *p) {
    if (!p)
        return;
    free(p->row);
    free(p->dead);
    free(p);
}
