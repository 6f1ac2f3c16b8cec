// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The text of any HTML by way of the parser: judges html_text(), which reads clean HTML without one. */
#include "text/html/tree.h"

static inline void write_line_text(const struct html_node *line, struct buf *ret) {
    for (const struct html_node *n = line->first; n; n = n->next) {
        if (n->kind == KIND_BR)
            buf_add_char(ret, '\n');
        buf_add(ret, n->text);
        write_line_text(n, ret);
    }
}

static inline void write_blocks_text(const struct html_node *parent, struct buf *ret, size_t from) {
    char between = parent->kind == KIND_TR ? '\t' : '\n';
    for (const struct html_node *n = parent->first; n; n = n->next) {
        size_t mark = ret->n;
        if (mark > from)
            buf_add_char(ret, between);
        size_t behind = ret->n;
        if (html_kind_is_line(n->kind))
            write_line_text(n, ret);
        else
            write_blocks_text(n, ret, behind);
        if (ret->n == behind)
            buf_cut(ret, mark);
    }
}

/* As html_clean() fails. */
static inline int tree_text(struct str html, struct buf *ret, struct err *reterr) {
    ARENA_LOCAL(a, 48 * 1024 * 1024);
    struct html_node *root;
    int rc = html_build(html, a, &root, reterr);
    if (rc)
        return rc;
    html_shape(a, root);
    write_blocks_text(root, ret, ret->n);
    return 0;
}
