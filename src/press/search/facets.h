// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What SQLite's index knows of a text beside its words: language, column and month of publication, each as one token of
 * the field `facets`, so that a search in one of them walks no others. A part of press/search. */
#include "base/buf.h"

/* "lzhcn c12 m202403". Appends. */
void search_facets_add(struct buf *ret, const char *language, int64_t column_id, int64_t published_us);
/* Whether what is typed, tokens parted by spaces, could be a facet or begin one. Of many words the answer is yes. */
bool search_facets_may_be(struct str tokens);
/* facets : ("lzhcn" AND "c12" AND ("m202402" OR "m202403")); column 0 for any, months only where the span from..until
 * is closed and of ten years at most. Appends. */
void search_facets_add_match(struct buf *ret, const char *language, int64_t column_id, int64_t from_us,
                             int64_t until_us);
