// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What whole lines of pages became. A part of web/rewrite. Lines that come once only are not kept: the second time
 * tells those of menus and footers from those of texts. Bounded: a new one takes the place of an older one. */
#include "web/rewrite.h"

/* One line of a page of such a kin (rewrite.h), with its end. */
struct line {
    struct str kin, in;
    uint64_t hash; /* lines_find()'s own */
};
/* True: it is known, and becomes *ret, which has no bytes (p NULL) where it stays as it is. Valid until the next
 * lines_keep(). False: it may be handed to the next two. */
bool lines_find(struct rewrite_memory *m, struct line *line, struct str *ret);
/* Was it met before? */
bool lines_meet(struct rewrite_memory *m, const struct line *line);
void lines_keep(struct rewrite_memory *m, const struct line *line, struct str out); /* without memory it is not kept */
