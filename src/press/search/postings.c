// SPDX-License-Identifier: Apache-2.0
/* A number's last digit is '0' only where the number is 0, so that the character '0' ends a text's places and stands
 * nowhere else in them: they are passed over by memchr(). */
#include "press/search/postings.h"

#include "base/array.h"
#include "press/ask.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 5, DIGIT = 31, FIRST = '0', GOES_ON = FIRST + 32, SHIFT_MOST = 59 };

void postings_add_number(struct buf *ret, int64_t n) {
    char digits[13];
    size_t k = 0;
    uint64_t left = (uint64_t)n;
    for (; left >> BITS; left >>= BITS)
        digits[k++] = (char)(GOES_ON + (left & DIGIT));
    digits[k++] = (char)(FIRST + left);
    buf_add(ret, str_part(digits, k));
}

/* Something below GOES_ON stands at p or behind it. */
static const char *take(const char *p, uint64_t *ret) {
    uint64_t n = 0;
    for (unsigned shift = 0;; shift += BITS) {
        unsigned c = (unsigned char)*p++;
        if (shift <= SHIFT_MOST)
            n |= (uint64_t)((c - FIRST) & DIGIT) << shift;
        if (c < GOES_ON)
            break;
    }
    *ret = n & INT64_MAX;
    return p;
}

/* The places of one text, off the rest. */
static bool take_places(struct str *rest, const char **ret) {
    const char *last = rest->n ? memchr(rest->p, FIRST, rest->n) : NULL;
    if (!last || (last > rest->p && (unsigned char)last[-1] >= GOES_ON))
        return false;
    *ret = rest->p;
    *rest = str_from(*rest, (size_t)(last + 1 - rest->p));
    return true;
}

/* What is still to be read of a row, and the number that was read last. */
struct reading {
    const char *texts, *end;
    struct str places;
    bool with_places;
    int64_t docid;
};

/* false: there is none any more, or what is there was not written by us. */
static inline bool take_text(struct reading *r, struct posting *ret) {
    uint64_t gap;
    if (r->texts == r->end)
        return false;
    const char *p = take(r->texts, &gap);
    if (gap > (uint64_t)(INT64_MAX - r->docid))
        return false;
    ret->places = NULL;
    if (r->with_places && !take_places(&r->places, &ret->places))
        return false;
    r->texts = p;
    ret->docid = r->docid += (int64_t)gap;
    return true;
}

static bool add_run(struct postings *p) {
    size_t *more = array_grow(p->run, p->runs, &p->runs_room, sizeof *more);
    if (!more)
        return false;
    p->run = more;
    p->run[p->runs++] = p->n;
    return true;
}

static bool add(struct postings *p, const struct posting *one) {
    if (p->n == p->room) {
        struct posting *more = array_grow(p->item, p->n, &p->room, sizeof *more);
        if (!more)
            return false;
        p->item = more;
    }
    if (p->n && p->item[p->n - 1].docid > one->docid && !add_run(p))
        return false;
    p->item[p->n++] = *one;
    return true;
}

static int unreadable(const struct postings_row *row, struct err *reterr) {
    return err_set(reterr, ERR_INTERNAL,
                   "What the search index holds of the word \"%.*s\" cannot be read; nothing was changed. "
                   "daylight rebuild makes the index anew.",
                   STR_FMT(row->word));
}

/* How many of n are smaller than docid, or as small. */
static size_t count_below(const struct posting *item, size_t n, int64_t docid, bool or_equal) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (item[middle].docid < docid || (or_equal && item[middle].docid == docid))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int postings_take(struct postings *p, const struct postings_row *row, const struct postings_wanted *wanted,
                  struct err *reterr) {
    const struct posting *only = NULL, *end = NULL; /* the first that may come, and what is behind the last */
    int64_t first = row->first_docid > wanted->first ? row->first_docid : wanted->first;
    if (wanted->only) {
        const struct posting *item = wanted->only->item;
        size_t below = count_below(item, wanted->only->n, first, false);
        only = item + below;
        end = only + count_below(only, wanted->only->n - below, row->last_docid, true);
    }
    if (row->texts.n && (unsigned char)row->texts.p[row->texts.n - 1] >= GOES_ON)
        return unreadable(row, reterr);
    struct reading rest = {row->texts.p, row->texts.p + row->texts.n, row->places, wanted->places, row->first_docid};
    struct posting one;
    while (only != end || !wanted->only) {
        if (!take_text(&rest, &one))
            return rest.texts == rest.end && (!wanted->places || !rest.places.n) ? 0 : unreadable(row, reterr);
        if (one.docid > wanted->last)
            break;
        while (only != end && only->docid < one.docid)
            only++;
        bool is_wanted = one.docid >= first && (!wanted->only || (only != end && only->docid == one.docid));
        if (is_wanted && !add(p, &one))
            return ask_no_memory(reterr);
    }
    return 0;
}

/* Two runs side by side, [from, middle) and [middle, to). Rows that overlap do so by a little: what comes before all of
 * the second stays, as does what comes behind all of the first. room: as many as the first has. */
static void merge(struct posting *item, size_t from, size_t middle, size_t to, struct posting *room) {
    from += count_below(item + from, middle - from, item[middle].docid, true);
    if (from == middle)
        return;
    to = middle + count_below(item + middle, to - middle, item[middle - 1].docid, false);
    size_t n = middle - from, i = 0, k = middle, at = from;
    memcpy(room, item + from, n * sizeof *room);
    while (i < n && k < to)
        item[at++] = item[k].docid < room[i].docid ? item[k++] : room[i++];
    if (i < n)
        memcpy(item + at, room + i, (n - i) * sizeof *room);
}

/* Neighbours are merged until one run is left. */
int postings_sort(struct postings *p, struct err *reterr) {
    if (!p->runs)
        return 0;
    struct posting *room = malloc(p->n * sizeof *room);
    if (!room)
        return ask_no_memory(reterr);
    while (p->runs) {
        size_t left = 0;
        for (size_t i = 0, from = 0; i < p->runs; i += 2) {
            size_t to = i + 1 < p->runs ? p->run[i + 1] : p->n;
            merge(p->item, from, p->run[i], to, room);
            if (to < p->n)
                p->run[left++] = to;
            from = to;
        }
        p->runs = left;
    }
    free(room);
    return 0;
}

void postings_reset(struct postings *p) {
    p->n = p->runs = 0;
}

void postings_clear(struct postings *p) {
    free(p->item);
    free(p->run);
    *p = (struct postings){0};
}

bool postings_place(const char **places, int64_t *place) {
    uint64_t n;
    const char *p = take(*places, &n);
    if (!n)
        return false;
    *places = p;
    *place = (int64_t)(((uint64_t)*place + n) & INT64_MAX);
    return true;
}

void postings_add(struct buf *texts, struct buf *places, int64_t before, const struct posting *p) {
    const char *last = strchr(p->places, FIRST); /* it is there */
    postings_add_number(texts, p->docid - before);
    if (last)
        buf_add(places, str_part(p->places, (size_t)(last + 1 - p->places)));
}
