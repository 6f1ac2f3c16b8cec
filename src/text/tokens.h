// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Cutting text into search tokens, once, for both engines.
 *
 * Words are ICU's, folded (NFKC, case, accents off Latin); scripts without spaces give every single character and every
 * pair, so that any two-character Chinese word is found. Tokens hold letters and digits only, at most 64 bytes, and are
 * parted by one space. Thread-safe. */
#include "base/arena.h"

/* For indexing: appends the tokens of `text`, in order. */
void tokens_add(struct buf *ret, struct str text);

/* A person's query: words that must all be there, "quoted phrases", and a trailing * (or the last word, when `prefix`)
 * as prefix. */
enum { QUERY_TERMS_MOST = 16 };
struct query_term {
    struct str tokens; /* one token, or several parted by spaces that must follow each other */
    bool prefix;       /* the last token may go on */
};
struct search_query {
    size_t n; /* 0: nothing to search for */
    struct query_term term[QUERY_TERMS_MOST];
};
void search_query_parse(struct arena *a, struct str typed, struct search_query *ret);
/* Engine texts of the same meaning. Appends. */
void search_query_add_fts5(struct buf *ret, const struct search_query *q);
void search_query_add_tsquery(struct buf *ret, const struct search_query *q);

/* At most `most` characters around the best hits, as escaped HTML with <mark> around what was found, "…" where cut.
 * Appends. */
void snippet_add(struct buf *ret, struct str text, const struct search_query *q, size_t most);
