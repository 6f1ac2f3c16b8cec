// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A word's texts and its places in them, as they stand in a row of search_list (PostgreSQL):
 *
 *     texts:   for each text how much its number is greater than that of the text before; the first one's number is in
 *              the row (first_docid), so that it is 0
 *     places:  for each text, for each place how much farther it is than the place before (at least 1), then 0
 *     number:  digits to the base of 32, the lowest first: '0' … 'O' the last of a number, 'P' … 'o' the others
 *
 * Characters of one byte, because a value of the store is text. Places are five times as long and wanted for phrases
 * alone: they come where they are asked for. A part of press/search. */
#include "base/buf.h"
#include "base/err.h"

struct postings_row {
    struct str word, texts, places;
    int64_t first_docid, last_docid; /* of its texts; the last one is asked for where only some are wanted */
};
struct posting {
    int64_t docid;
    const char *places; /* encoded, ended by 0: postings_place(); or NULL */
};
struct postings { /* of some rows; begin with {0} */
    struct posting *item;
    size_t n, room;
    size_t *run; /* where those begin that come before their predecessor: postings_sort() */
    size_t runs, runs_room;
};

struct postings_wanted {
    bool places;
    int64_t first, last;         /* only texts with a number from here to there, */
    const struct postings *only; /* and which are here, in order; NULL: all of those */
};
/* Appends those of a row's texts that are wanted, and points into the row. -ERR_INTERNAL: what is there was not written
 * by us; not looked at behind the last that can be wanted. */
int postings_take(struct postings *p, const struct postings_row *row, const struct postings_wanted *wanted,
                  struct err *reterr);
/* In order of their numbers; of equal ones those first that came first. */
int postings_sort(struct postings *p, struct err *reterr);
void postings_reset(struct postings *p); /* there is none any more; the room stays */
void postings_clear(struct postings *p);
/* The next place, from *place (begin with 0); false: there is none any more. */
bool postings_place(const char **places, int64_t *place);

void postings_add_number(struct buf *ret, int64_t n);
/* Appends a text as it stands in a row behind `before`. It has places. */
void postings_add(struct buf *texts, struct buf *places, int64_t before, const struct posting *p);
