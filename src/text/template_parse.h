// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The parse tree of one Mustache template (specification 1.4). For template.c only; immutable once made.
 *
 * White space is settled here: a tag that stands alone on its line takes the line with it; the indentation of
 * standalone partials, parents and blocks is kept in `indent`; a block's content is stripped of the indentation that
 * its own first line has. */
#include "base/arena.h"
#include "base/err.h"

enum node_kind {
    NODE_TEXT,
    NODE_VARIABLE,
    NODE_RAW,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL,
    NODE_PARENT,
    NODE_BLOCK
};

struct node {
    enum node_kind kind;
    struct str text;    /* NODE_TEXT: the text; else the tag's name */
    struct str indent;  /* partial, parent, block */
    struct node *child; /* section, inverted, parent (its blocks matter only), block; text: the lines of it, where it
                           was made of several (template_fold.h) */
    struct node *next;
};

/* The whole tree and its copy of the text live in the arena. -ERR_INVALID: "line 7: …" */
int template_parse(struct arena *a, struct str text, struct node **ret, struct err *reterr);
