// SPDX-License-Identifier: Apache-2.0
/* Twice the room each time, so that n items are moved some n times in all. */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { ROOM_FIRST = 64 };

void *array_grow(void *p, size_t n, size_t *room, size_t size) {
    if (n < *room)
        return p;
    size_t more = *room ? *room : ROOM_FIRST / 2, bytes;
    if (__builtin_mul_overflow(more, 2, &more) || __builtin_mul_overflow(more, size, &bytes))
        return NULL;
    void *moved = realloc(p, bytes);
    if (moved)
        *room = more;
    return moved;
}
