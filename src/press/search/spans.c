// SPDX-License-Identifier: Apache-2.0
#include "press/search/spans.h"

#include "base/array.h"

#include <stdlib.h>

bool spans_add(struct spans *s, struct span one) {
    struct span *more = array_grow(s->item, s->n, &s->room, sizeof *more);
    if (!more)
        return false;
    s->item = more;
    s->item[s->n++] = one;
    return true;
}

void spans_clear(struct spans *s) {
    free(s->item);
    *s = (struct spans){0};
}

static void add_number(struct buf *list, int64_t n) {
    if (list->n)
        buf_add_char(list, ' ');
    buf_add_int(list, n);
}

static void add(struct span_lists *l, struct span one) {
    add_number(&l->first_block, one.first_block);
    add_number(&l->last_block, one.last_block);
    add_number(&l->first, one.first);
    add_number(&l->last, one.last);
}

static void add_blocks(struct span_lists *l, const struct spans *s, const struct span_block *block, size_t n) {
    for (size_t i = 0, at = 0; i < n && at < s->n; i++) {
        int64_t here = block[i].block;
        while (at < s->n && s->item[at].last_block < here)
            at++;
        if (at == s->n || s->item[at].first_block > here)
            continue;
        int64_t first = s->item[at].first;
        while (at + 1 < s->n && s->item[at + 1].first_block <= here)
            at++;
        add(l, (struct span){here, here, first, s->item[at].last});
    }
}

bool span_lists_make(struct span_lists *ret, const struct spans *s, const struct span_block *block, size_t n) {
    *ret = (struct span_lists){BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
    if (block)
        add_blocks(ret, s, block, n);
    for (size_t i = 0; !block && i < s->n; i++)
        add(ret, s->item[i]);
    return !buf_failed(&ret->first_block) && !buf_failed(&ret->last_block) && !buf_failed(&ret->first) &&
           !buf_failed(&ret->last);
}

void span_lists_clear(struct span_lists *l) {
    buf_clear(&l->first_block);
    buf_clear(&l->last_block);
    buf_clear(&l->first);
    buf_clear(&l->last);
}
