// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A saved page as a flat tree: nodes in the order of the page, each with the index behind its last descendant, so that
 * everything is a loop. Text runs are gathered into blocks (sift.h) where lines begin and end for a reader. */
#include "press/import/sift.h"
#include "text/html/pool.h"

#include <gumbo.h>

enum { TREE_BYTES_MOST = 16 * 1024 * 1024, TREE_NODES_MOST = 1000 * 1000, TREE_POOL_MOST = 112 * 1024 * 1024 };

struct tree_node {
    const GumboNode *g;
    uint32_t parent, end; /* [i, end) is the subtree */
    uint32_t block;       /* of a text or picture: index + 1, or 0 */
    uint16_t tag;         /* GumboTag; GUMBO_TAG_LAST for text */
    bool hidden, linked;  /* within something hidden; within a link */
};

struct tree {
    struct html_pool pool;
    struct tree_node *node; /* 0 is <html>; in the arena */
    size_t n;
    size_t body;
    struct block *block;  /* in the arena */
    uint32_t *block_node; /* the element that each block stands in */
    size_t blocks;
};

/* html: UTF-8. On success free with tree_clear(). -ERR_TOO_LARGE, -ERR_NO_MEMORY. */
int tree_read(struct arena *a, struct str html, struct tree *ret, struct err *reterr);
void tree_clear(struct tree *t);
/* After tree_read(): cuts the body into blocks. False: no memory. */
bool tree_cut(struct draft *dr, struct tree *t);

/* An attribute's value, or STR_NONE. */
struct str tree_get(const struct tree *t, size_t i, const char *name);
bool tree_has(const struct tree *t, size_t i, const char *name);
struct str tree_text(const struct tree *t, size_t i); /* of a text node */
/* Everything within [i, end) as one line. */
struct str tree_line(struct draft *dr, const struct tree *t, size_t i);
/* div, p, li …: a border between lines. */
bool tree_is_block_tag(uint16_t tag);
