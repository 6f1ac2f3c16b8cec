// SPDX-License-Identifier: Apache-2.0
/* Open addressing, at most half full. */
#include "base/table.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64 };

static void **place(const struct table *t, struct str key) {
    for (size_t i = (size_t)str_hash(key);; i++) {
        void **slot = &t->slot[i & (t->slots - 1)];
        if (!*slot || str_eq(t->key(*slot), key))
            return slot;
    }
}

static bool grow(struct table *t) {
    struct table wide = {.key = t->key, .slots = t->slots ? 2 * t->slots : FIRST_SLOTS};
    wide.slot = calloc(wide.slots, sizeof *wide.slot);
    if (!wide.slot)
        return false;
    for (size_t i = 0; i < t->slots; i++)
        if (t->slot[i])
            *place(&wide, t->key(t->slot[i])) = t->slot[i];
    free(t->slot);
    t->slot = wide.slot;
    t->slots = wide.slots;
    return true;
}

void *table_find(const struct table *t, struct str key) {
    return t->slots ? *place(t, key) : NULL;
}

bool table_add(struct table *t, void *item) {
    if (t->n * 2 >= t->slots && !grow(t))
        return false;
    *place(t, t->key(item)) = item;
    t->n++;
    return true;
}

void table_clear(struct table *t) {
    free(t->slot);
    *t = (struct table){.key = t->key};
}
