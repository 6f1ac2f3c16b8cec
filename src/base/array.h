// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Arrays that grow by themselves, where an arena would hold what is not needed any more.
 *
 *     struct row *more = array_grow(x->row, x->n, &x->room, sizeof *more);
 *     if (!more)
 *         return …;
 *     x->row = more;
 *     x->row[x->n++] = row;
 *
 * Begin with NULL and room 0; free() it. */
#include <stddef.h>

/* Has room for one more than n items of `size` bytes: p, or where its items are now. NULL: no memory, and nothing
 * changed. What is new is not zeroed. */
void *array_grow(void *p, size_t n, size_t *room, size_t size) __attribute__((warn_unused_result));
