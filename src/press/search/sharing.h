// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What search_sharing_gather() (press/search.h) gathered. A part of press/search. */
#include "press/search.h"

enum { SEARCH_SHARING_HITS = 20 }; /* of each word: the first that the index would give */

struct search_hit {
    int64_t id, published_us;
};
/* Texts in that language whose title or keywords have the token; *ret lives as long as w. */
size_t search_sharing_find(const struct search_sharing *w, const char *language, struct str token,
                           const struct search_hit **ret);
