// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Asking PostgreSQL's index. It gives all texts that have some words, in no order, and each of them costs: so that what
 * is frequent is asked for in the newest texts only, then in older ones, as far as it takes. A part of press/search. */
#include "press/search/question.h"

struct spans_one {    /* of several questions that share place and time */
    struct str match; /* a tsquery */
    struct hit *room; /* q->most of it */
    size_t n;         /* found, the newest first */
    int64_t from_us, until_us;
    bool done, cut; /* cut: q->phrases_most was not enough */
};

/* What is published at all in this language and column, into q: newest_us, first_us, oldest_us. */
int spans_begin(struct tx *tx, struct question *q, struct err *reterr);
/* Fills in room and n of each; match and room are set. */
int spans_ask(struct tx *tx, const struct question *q, struct spans_one *one, size_t n, struct err *reterr);
