// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Full-text search over published articles. The index holds text/tokens of title, summary, keywords and body; it is
 * written by article.c within the same transaction, and can be rebuilt. */
#include "press/article.h"
#include "text/tokens.h"

struct search_where {
    const struct search_query *query;
    const char *language;
    int64_t column_id;         /* 0: any */
    int64_t from_us, until_us; /* publish time in [from, until); 0: open */
    size_t skip, most;         /* skip at most 1,000 */
};
struct search_hits {
    struct article_list list; /* bodies filled, for snippets */
    int64_t count;            /* exact up to 1,000 … */
    bool more_than_count;     /* … and "more than" beyond */
};
/* Best first, newer before older among equals. */
int search_run(struct tx *tx, struct arena *a, const struct search_where *where, struct search_hits *ret,
               struct err *reterr);
/* Within a write: (re)indexes one text, or takes it out. */
int search_put(struct tx *tx, int64_t id, const struct article_text *text, struct err *reterr);
int search_remove(struct tx *tx, int64_t id, const char *language, struct err *reterr);
