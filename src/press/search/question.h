// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One question to the index of either engine. A part of press/search. */
#include "press/search.h"

struct question {
    struct str match,
        match_head;   /* in the engine's language, of all words and of title and keywords: question_text() */
    struct str apart; /* PostgreSQL: match with the words of its phrases in any order; empty where it has no phrase */
    bool head;        /* title and keywords only */
    bool guarded;     /* a word of it could be taken for a facet: question_text() */
    const char *language;
    int64_t column_id, from_us, until_us; /* as in search_where; open ends are INT64_MIN and INT64_MAX */
    size_t most;
    size_t phrases_most; /* PostgreSQL: so many texts, as good as counted, are read for a phrase; 0: any number */
    bool cut;            /* that was not enough: older texts were not looked through */
    int64_t newest_us, first_us, oldest_us; /* PostgreSQL, question_begin(): what there is, and where the newest few
                                               thousand end (INT64_MIN: that is all) */
    bool with_ids;                          /* hits have id and time */
};
struct hit {
    int64_t row;              /* what tells texts apart: the same in each question of a search */
    int64_t id, published_us; /* 0 where they were not asked for: question_take_ids() */
    int64_t score;            /* 0; for who asks */
};

/* Before the first question of a search, when language, column, time and most are set. */
int question_begin(struct tx *tx, struct question *q, struct err *reterr);
/* Sets match, match_head, apart and guarded; room holds the texts. */
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
