// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Numbers of texts in the index (search_doc.docid). FTS5 gives what it finds in order of them, and begins and ends
 * anywhere, and PostgreSQL's lists (lists.h) are kept in it; so a number says what a search sorts and sifts by:
 *
 *     language's number << 42 | place        place: 2^41 - publish time in units of 2^23 µs (8.4 s)
 *
 * The newest come first: FTS5 walks up at half of what it costs to walk down, as it reads its lists from their
 * beginning. The place is only where a number is looked for first: where it is taken, or a neighbour stands too far,
 * the next free one is that keeps this law: of two texts of a language, the one published later has the smaller number
 * (at the same time: the one whose article has the greater id). Where there is none between the neighbours, and in an
 * index that is older than this, the number is small, from a counter, and says nothing: such a text is "loose". A
 * rebuild gives all of them a place.
 *
 * FTS5 writes out what it has gathered whenever a number is below the last one: many texts are put in order first
 * (search_put_many()). Parts of press/search. */
#include "press/search.h"

enum { PLACE_BITS = 42 };
#define PLACE_FIRST (INT64_C(1) << PLACE_BITS) /* numbers below are loose */

/* Numbers, both ends included; none: first > last. */
struct search_span {
    int64_t first, last;
};
/* A language's number; 0: none of its texts was ever put in. */
int search_place_language(struct tx *tx, const char *language, int64_t *ret, struct err *reterr);
/* What a language has published in [from, until). */
int search_place_span(struct tx *tx, int64_t language, int64_t from_us, int64_t until_us, struct search_span *ret,
                      struct err *reterr);
/* What a search begins with; on PostgreSQL in one statement where nothing is in the way, and from then on no plan of
 * this transaction is made anew for the values that come. */
struct search_where_it_is {
    struct search_span span; /* of what a language has published in [from, until) */
    bool loose;              /* there are texts without a place */
    bool dead;               /* there may be dead numbers among what is found */
    int64_t waiting;         /* texts wait to be put in: counted up to SEARCH_COUNT_MOST + 1; -1: not counted */
};
int search_place_where(struct tx *tx, const char *language, int64_t from_us, int64_t until_us,
                       struct search_where_it_is *ret, struct err *reterr);
/* Within a write: a number for a text that is not in search_doc. Free until the row is there. */
int search_place_find(struct tx *tx, const char *language, int64_t id, int64_t published_us, int64_t *ret,
                      struct err *reterr);

/* The same for many of a language, one after the other: where it pays, what stands around them is read once, and what
 * they got is known without a row of search_doc, which may come for all of them at the end. */
struct search_places;
/* *ret NULL: it does not pay; search_places_free() otherwise. */
int search_places_read(struct tx *tx, const char *language, int64_t from_us, int64_t until_us,
                       struct search_places **ret, struct err *reterr);
/* As search_place_find(). *ret_outside: what was read does not go so far; the rows of all that have got a number have
 * to be there before the next one gets its own, without p. */
int search_places_find(struct tx *tx, struct search_places *p, int64_t id, int64_t published_us, int64_t *ret,
                       bool *ret_outside, struct err *reterr);
void search_places_free(struct search_places *p); /* NULL is fine */
