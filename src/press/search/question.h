// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One question to the index of either engine. A part of press/search. */
#include "press/search.h"
#include "press/search/place.h"

struct question {
    const struct search_query *query;
    struct str match; /* the same for FTS5: question_text() */
    bool head;        /* title and keywords only */
    bool guarded;     /* SQLite: a word of it could be taken for a facet: question_text() */
    const char *language;
    int64_t column_id, from_us, until_us; /* as in search_where; open ends are INT64_MIN and INT64_MAX */
    size_t most;
    bool with_ids;                   /* hits have id and time */
    struct search_where_it_is where; /* found out by the first question that is asked */
    bool where_known;
};
struct hit {
    int64_t row;              /* what tells texts apart: the same in each question of a search */
    int64_t id, published_us; /* 0 where they were not asked for: question_take_ids() */
    int64_t score;            /* 0; for who asks */
};

/* Sets query, match and guarded; room holds match. */
int question_text(struct tx *tx, const struct search_query *query, struct question *q, struct buf *room,
                  struct err *reterr);
/* Fills `room` (q->most of it), the newest first. */
int question_ask(struct tx *tx, struct question *q, struct hit *room, size_t *ret_n, struct err *reterr);
/* The same for n words (QUERY_TERMS_MOST at most), each alone in title or keywords: hits of the ith from room + i *
 * q->most on, n_hits[i] of them. */
int question_ask_each(struct tx *tx, struct question *q, const struct str *word, size_t n, struct hit *room,
                      size_t *n_hits, struct err *reterr);
/* The articles of those of n hits that have none yet. */
int question_take_ids(struct tx *tx, struct hit *hit, size_t n, struct err *reterr);
