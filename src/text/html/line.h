// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Puts text into lines (paragraphs, headings, captions …) while a tree is built.
 *
 * White space and line breaks are only noted, and written when something follows them in the same line: so none is left
 * at the ends, and each has one place, the innermost element that holds both its neighbours. Inline elements, too, are
 * opened when something stands in them: an empty one never comes to be, and one that holds blocks is opened anew in
 * each. */
#include "text/html/tree.h"

struct html_inline {
    enum html_kind kind;
    const struct html_attrs *attrs;
    struct html_node *node; /* for those that are open */
};

struct html_line {
    struct arena *a;
    struct html_node *container;        /* what blocks go into */
    struct html_node *line;             /* what text goes into; NULL: a new paragraph when text comes */
    const struct html_attrs *inherited; /* lang and dir of elements that are no nodes */
    size_t inline_n, open_n;
    struct html_inline wanted[HTML_INLINE_MOST], open[HTML_INLINE_MOST];
    struct buf text; /* of the text node being written */
    int space, breaks;
    uint32_t last; /* character, 0 at the beginning of a line */
};

void html_line_init(struct html_line *l, struct arena *a, struct html_node *root);
void html_line_clear(struct html_line *l);
void html_line_text(struct html_line *l, struct str s);
void html_line_break(struct html_line *l);
void html_line_picture(struct html_line *l, const struct html_attrs *attrs);
void html_line_push(struct html_line *l, enum html_kind kind, const struct html_attrs *attrs);
/* The border of a block: ends the paragraph, or, where only one line may be, breaks it. */
void html_line_break_block(struct html_line *l);
/* To the container that was there before; ends the line that belongs to the one it leaves. */
void html_line_go_back(struct html_line *l, struct html_node *container);
/* Where a node of that kind goes; makes the list, item or cell that must be around it. */
struct html_node *html_line_parent(struct html_line *l, enum html_kind kind);
/* lang and dir of the element itself, or of the nearest one around it that is not a node. */
const struct html_attrs *html_line_inherit(struct html_line *l, const struct html_attrs *attrs);
/* Whether a line end between two characters is no space: between Chinese ones it only wrapped the source (CSS Text 3,
 * 4.1.3). */
bool html_line_joins(uint32_t before, uint32_t after);
