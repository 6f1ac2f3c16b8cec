// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The tree between parsing and writing: only what clean HTML knows, in an arena.
 * While it is built and shaped, every text stands in a line (p, heading, caption …): a cell or list item holds blocks
 * only. The writer leaves the tags of a lone p in them out. */
#include "base/arena.h"
#include "base/err.h"
#include "text/html/tags.h"

enum { HTML_DEPTH_MOST = 200, HTML_INLINE_MOST = 32 };

struct html_attrs {
    struct str lang, dir;
    struct str url;    /* a: href, img: src */
    struct str text;   /* img: alt, abbr: title */
    struct str scope;  /* th */
    int start;         /* ol */
    int width, height; /* img; 0: none */
};

struct html_node {
    struct html_node *parent, *first, *last, *next;
    const struct html_attrs *attrs; /* never NULL; shared */
    struct str text;                /* KIND_TEXT */
    uint8_t kind;                   /* enum html_kind */
    uint8_t level;                  /* KIND_HEADING: 1–6 */
    uint8_t colspan, rowspan;       /* cells: 1–100 */
    uint16_t depth;
    bool automatic; /* a list or item that was not in the source */
    bool head;      /* a row of a thead */
};

extern const struct html_attrs html_no_attrs;
/* Whether two inline elements of one kind say the same. */
bool html_attrs_eq(const struct html_attrs *a, const struct html_attrs *b);

struct html_node *html_node_new(struct arena *a, enum html_kind kind);
void html_node_append(struct html_node *parent, struct html_node *child);
/* Takes all children off. */
struct html_node *html_node_take(struct html_node *parent);

/* Parses and builds: the text is UTF-8. -ERR_TOO_LARGE, -ERR_NO_MEMORY. */
int html_build(struct str html, struct arena *a, struct html_node **ret, struct err *reterr);
/* Brings the tree into its one canonical form: lists, tables, figures, heading levels; nothing empty is left. */
void html_shape(struct arena *a, struct html_node *root);
/* For html_shape(): makes one grid of a table's rows. false: this is no table, but layout. */
bool html_shape_table(struct arena *a, struct html_node *table);
/* A line of pictures only, linked or not, with nothing but spaces and breaks between them. */
bool html_is_pictures(const struct html_node *line);
/* Appends. */
void html_write(const struct html_node *root, struct buf *ret);
/* The same in one pass over the bytes, for what is nothing but paragraphs of words. false: it is more than that;
 * nothing was written. Appends. */
bool html_write_plain(struct str html, struct buf *ret);

/* An address as a browser would read it, fit to be written; empty where it is not allowed. picture: http(s) and
 * relative only. */
struct str html_url(struct arena *a, struct str raw, bool picture);
/* Without controls, spaces folded and trimmed: for attributes. */
struct str html_fold(struct arena *a, struct str raw);
/* White space to a reader: ASCII's and Unicode's, no-break and ideographic too. */
bool html_is_space(uint32_t c);
/* Controls and noncharacters, which are never written. */
bool html_is_junk(uint32_t c);
