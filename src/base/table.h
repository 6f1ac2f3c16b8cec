// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Items found by name: a hash table of pointers.
 *
 * An item holds its own name, which `key` gives and which does not change; item and name belong to the caller and stay
 * where they are while the table is used. It grows by itself and forgets nothing. Not for names that an outsider may
 * choose to collide (str_hash() has no secret). Begin with {.key = …}; a table with nothing in it owns nothing.
 * Threads: finding is for many at once, adding for one alone. */
#include "base/str.h"

struct table {
    struct str (*key)(const void *item);
    void **slot; /* `slots` of them, in no order; NULL: free */
    size_t slots, n;
};

void *table_find(const struct table *t, struct str key); /* NULL: there is none */
/* The item's name is not in the table. False: no memory, and nothing changed. */
bool table_add(struct table *t, void *item);
void table_clear(struct table *t); /* the items stay */
