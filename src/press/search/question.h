// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One question to the index of either engine. A part of press/search. */
#include "press/search.h"

struct question {
    struct str match; /* in the engine's language: question_text() */
    bool head;        /* title and keywords only */
    bool guarded;     /* a word of it could be taken for a facet: question_text() */
    const char *language;
    int64_t column_id, from_us, until_us; /* as in search_where; open ends are INT64_MIN and INT64_MAX */
    size_t most;
};
struct hit {
    int64_t id, published_us;
    int64_t score; /* 0; for who asks */
};

/* Before the first question of a search. */
int question_begin(struct tx *tx, struct err *reterr);
/* Sets match and guarded; room holds the text. */
int question_text(struct tx *tx, const struct search_query *query, struct question *q, struct buf *room,
                  struct err *reterr);
/* Fills `room` (q->most of it), the newest first, as search.h says it of both engines. */
int question_ask(struct tx *tx, const struct question *q, struct hit *room, size_t *ret_n, struct err *reterr);
