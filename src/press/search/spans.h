// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Which rows of PostgreSQL's lists (lists.h) are to be read: spans of blocks, and in them those that hold a number of a
 * span of numbers. A part of press/search. */
#include "base/buf.h"

struct span { /* both ends included */
    int64_t first_block, last_block, first, last;
};
struct spans { /* in order, none beginning before the one before it; begin with {0} */
    struct span *item;
    size_t n, room;
};
struct span_block {
    int64_t block, texts;
};

bool spans_add(struct spans *s, struct span one); /* false: no memory */
void spans_clear(struct spans *s);

/* As queries take them: each kind of number as one text, parted by spaces. */
struct span_lists {
    struct buf first_block, last_block, first, last;
};
/* block: of n blocks, in order, those that stand in a span, each once and by itself; NULL: the spans as they are.
 * span_lists_clear() in either case; false: no memory. */
bool span_lists_make(struct span_lists *ret, const struct spans *s, const struct span_block *block, size_t n);
void span_lists_clear(struct span_lists *l);
