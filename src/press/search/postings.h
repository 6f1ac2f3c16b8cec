// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A word's texts and its places in them, as they stand in a row of search_list (PostgreSQL):
 *
 *     text:    how much its number is greater than that of the text before, then for each place how much farther it
 *              is than the place before (at least 1), then 0
 *     number:  digits to the base of 32, the lowest first: '0' … 'O' the last of a number, 'P' … 'o' the others
 *
 * The first text's number is in the row (first_docid), so that it begins with 0. Characters of one byte, because a
 * value of the store is text. A part of press/search. */
#include "base/buf.h"
#include "base/err.h"

struct posting {
    int64_t docid;
    const char *places; /* encoded, ended by 0: postings_place() */
};

void postings_add_number(struct buf *ret, int64_t n);

/* Reads one text off *rest. false: there is none any more, or what is there was not written by us (*rest has something
 * left then). docid: in, that of the text before, or the row's first; out, this one's. The posting points into rest. */
bool postings_next(struct str *rest, int64_t *docid, struct posting *ret);
/* The next place, from *place (begin with 0); false: there is none any more. */
bool postings_place(const char **places, int64_t *place);
/* Appends the text as it stands in a row behind `before`. */
void postings_add(struct buf *ret, int64_t before, const struct posting *p);
/* -ERR_INTERNAL: what is stored of this word cannot be read. */
int postings_damaged(struct str word, struct err *reterr);
