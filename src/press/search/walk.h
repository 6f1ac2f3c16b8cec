// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Reading PostgreSQL's index (lists.h): the rows of a question's words, from the newest texts on, as far as it takes,
 * and then what all of them have in common. A part of press/search. */
#include "press/search/place.h"

struct walk {
    bool head;               /* in title and keywords only */
    int64_t column_id;       /* 0: any */
    struct search_span span; /* of numbers */
    bool dead;               /* some may be dead; false: none is looked up */
};
struct walk_question {
    const struct search_query *query;
    size_t most;
    int64_t *docid; /* room for most; found, in order */
    size_t n;
    bool done;
};
/* Several questions at once (QUERY_TERMS_MOST at most): fills in docid and n of each. */
int walk_ask(struct tx *tx, const struct walk *w, struct walk_question *one, size_t n, struct err *reterr);
