// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Cutting text into search tokens, once, for both engines.
 *
 * A word is a run of letters, digits and marks (Unicode properties, through ICU), folded: NFKC, case, accents off Latin
 * letters. A run in a script without spaces (utf8_is_unspaced) gives every pair of neighbours and its last character
 * alone, so that every character begins a token and any two-character Chinese word is one. ICU's word dictionaries are
 * not used: an index must not change its mind with the next ICU. What cannot be seen (soft hyphens, joiners, variation
 * selectors) parts no word. Tokens hold letters, digits and marks only, at most 64 bytes, and are parted by one space.
 * Thread-safe. */
#include "base/arena.h"

enum { TOKEN_MOST = 64 };

/* For indexing: appends the tokens of `text`, in order. */
void tokens_add(struct buf *ret, struct str text);

/* A person's query: words that must all be there, "quoted phrases" (also “” and 「」), and a trailing * for a prefix. A
 * word that cuts into several tokens is a phrase; one lone unspaced character is a prefix. */
enum { QUERY_TERMS_MOST = 16 };
struct query_term {
    struct str tokens; /* one token, or several parted by spaces that must follow each other */
    bool prefix;       /* the last token may go on */
};
struct search_query {
    size_t n; /* 0: nothing to search for */
    struct query_term term[QUERY_TERMS_MOST];
};
/* What holds no letter or digit is no term; terms beyond the most are dropped. Without memory
 * terms are missing and the arena is failed. */
void search_query_parse(struct arena *a, struct str typed, struct search_query *ret);
/* An FTS5 MATCH expression of the same meaning. Appends; nothing where q->n is 0. */
void search_query_add_fts5(struct buf *ret, const struct search_query *q);
