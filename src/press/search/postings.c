// SPDX-License-Identifier: Apache-2.0
/* A number's last digit is '0' only where the number is 0, so that the character '0' ends a text's places and stands
 * nowhere else in them: they are passed over by memchr(). */
#include "press/search/postings.h"

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

bool postings_next(struct postings_row *row, struct posting *ret) {
    uint64_t gap;
    const char *places = NULL;
    if (!row->texts.n || (unsigned char)row->texts.p[row->texts.n - 1] >= GOES_ON)
        return false;
    const char *p = take(row->texts.p, &gap);
    if (gap > (uint64_t)(INT64_MAX - row->docid) || (row->with_places && !take_places(&row->places, &places)))
        return false;
    row->docid += (int64_t)gap;
    row->texts = str_from(row->texts, (size_t)(p - row->texts.p));
    *ret = (struct posting){row->docid, places};
    return true;
}

bool postings_left(const struct postings_row *row) {
    return row->texts.n || (row->with_places && row->places.n);
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

int postings_damaged(struct str word, struct err *reterr) {
    return err_set(
        reterr, ERR_INTERNAL,
        "What the search index holds of the word \"%.*s\" cannot be read; nothing was changed. daylight rebuild "
        "makes the index anew.",
        STR_FMT(word));
}
