// SPDX-License-Identifier: Apache-2.0
/* Gumbo's tree, parsed in a bounded pool, laid flat, and cut into blocks. */
#include "press/import/tree.h"

#include "base/size.h"
#include "press/import/thin.h"
#include "text/utf8.h"

static GumboOutput *parse(struct html_pool *pool, struct str html) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = html_pool_get;
    options.deallocator = html_pool_put;
    options.userdata = pool;
    options.max_errors = 0;
    if (setjmp(pool->full))
        return NULL;
    return gumbo_parse_with_options(&options, html.p, html.n);
}

static const GumboVector *children(const GumboNode *g) {
    return g->type == GUMBO_NODE_ELEMENT || g->type == GUMBO_NODE_TEMPLATE ? &g->v.element.children : NULL;
}

static const GumboNode *next_in(const GumboNode *g, const GumboNode *root, size_t *depth_down) {
    const GumboVector *c = children(g);
    *depth_down = 0;
    if (c && c->length)
        return c->data[0];
    while (g != root) {
        const GumboVector *siblings = children(g->parent);
        if (siblings && g->index_within_parent + 1 < siblings->length)
            return siblings->data[g->index_within_parent + 1];
        g = g->parent;
        (*depth_down)++;
    }
    return NULL;
}

static size_t count_nodes(const GumboNode *root) {
    size_t n = 0, up;
    for (const GumboNode *g = root; g && n <= TREE_NODES_MOST; g = next_in(g, root, &up))
        n++;
    return n;
}

static bool is_hidden(const GumboNode *g) {
    GumboTag tag = g->v.element.tag;
    return tag != GUMBO_TAG_BODY && tag != GUMBO_TAG_HTML && gumbo_get_attribute(&g->v.element.attributes, "hidden");
}

static void set_node(struct tree *t, size_t i, const GumboNode *g, uint32_t parent) {
    struct tree_node *n = &t->node[i];
    *n = (struct tree_node){.g = g, .parent = parent, .end = (uint32_t)i + 1, .tag = GUMBO_TAG_LAST};
    if (i) {
        n->hidden = t->node[parent].hidden;
        n->linked = t->node[parent].linked;
    }
    if (g->type != GUMBO_NODE_ELEMENT)
        return;
    n->tag = (uint16_t)g->v.element.tag;
    n->hidden = n->hidden || is_hidden(g);
    n->linked = n->linked || (n->tag == GUMBO_TAG_A && gumbo_get_attribute(&g->v.element.attributes, "href"));
}

static void flatten(struct tree *t, const GumboNode *root) {
    uint32_t parent = 0;
    size_t up;
    for (const GumboNode *g = root; g; g = next_in(g, root, &up), t->n++) {
        /* The parent of g is the last node in whose Gumbo node it lies. */
        while (t->n && t->node[parent].g != g->parent)
            parent = t->node[parent].parent;
        set_node(t, t->n, g, parent);
        const GumboVector *c = children(g);
        if (c && c->length)
            parent = (uint32_t)t->n;
        if (t->node[t->n].tag == GUMBO_TAG_BODY && !t->body)
            t->body = t->n;
    }
    for (size_t i = t->n; i-- > 1;) {
        struct tree_node *p = &t->node[t->node[i].parent];
        if (p->end < t->node[i].end)
            p->end = t->node[i].end;
    }
}

int tree_read(struct arena *a, struct str html, struct tree *ret, struct err *reterr) {
    struct tree t = {.pool = {.limit = TREE_POOL_MOST}};
    BUF_LOCAL(thinned);
    if (html.n > TREE_BYTES_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The page is larger than %s; it is no article.",
                       size_text(TREE_BYTES_MOST).z);
    int r = thin(html, &thinned, reterr);
    if (r)
        return r;
    const GumboOutput *out = parse(&t.pool, buf_str(&thinned));
    size_t n = out ? count_nodes(out->root) : SIZE_MAX;
    if (n > TREE_NODES_MOST) {
        tree_clear(&t);
        return err_set(reterr, ERR_TOO_LARGE, "The page is built of too many parts; it is no article.");
    }
    t.node = arena_array(a, n, sizeof *t.node);
    if (!t.node) {
        tree_clear(&t);
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the page; nothing was taken.");
    }
    flatten(&t, out->root);
    *ret = t;
    return 0;
}

void tree_clear(struct tree *t) {
    html_pool_clear(&t->pool);
}

static const GumboAttribute *attribute(const struct tree *t, size_t i, const char *name) {
    return t->node[i].tag == GUMBO_TAG_LAST ? NULL : gumbo_get_attribute(&t->node[i].g->v.element.attributes, name);
}

struct str tree_get(const struct tree *t, size_t i, const char *name) {
    const GumboAttribute *a = attribute(t, i, name);
    return a ? str_of(a->value) : STR_NONE;
}

bool tree_has(const struct tree *t, size_t i, const char *name) {
    return attribute(t, i, name) != NULL;
}

struct str tree_text(const struct tree *t, size_t i) {
    const GumboNode *g = t->node[i].g;
    bool text = g->type == GUMBO_NODE_TEXT || g->type == GUMBO_NODE_WHITESPACE || g->type == GUMBO_NODE_CDATA;
    return text ? str_of(g->v.text.text) : STR_NONE;
}

struct str tree_line(struct draft *dr, const struct tree *t, size_t i) {
    BUF_LOCAL(b);
    for (size_t k = i; k < t->node[i].end; k++) {
        if (t->node[k].tag == GUMBO_TAG_LAST)
            buf_add(&b, tree_text(t, k));
        else if (tree_is_block_tag(t->node[k].tag) || t->node[k].tag == GUMBO_TAG_BR)
            buf_add_char(&b, ' ');
    }
    return draft_fold(dr, buf_str(&b));
}

bool tree_is_block_tag(uint16_t tag) {
    switch ((GumboTag)tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_B:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_I:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_SUB:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_ABBR:
    case GUMBO_TAG_BDO:
    case GUMBO_TAG_TIME:
    case GUMBO_TAG_LABEL:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_LAST:
    case GUMBO_TAG_META:
    case GUMBO_TAG_LINK:
    case GUMBO_TAG_SCRIPT:
        return false;
    default:
        return true;
    }
}

/* --- blocks --- */

struct cutter {
    struct draft *dr;
    struct tree *t;
    struct buf text;
    size_t from; /* the first node of the block being gathered */
    uint32_t linked, holder;
    bool open, hidden;
    size_t room;
};

static bool is_heading(uint16_t tag) {
    return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6;
}

/* The <dt> that a <dd> follows directly, or 0. */
static uint32_t term_of(const struct tree *t, uint32_t dd) {
    uint32_t term = 0, parent = t->node[dd].parent;
    for (uint32_t k = dd; k-- > parent + 1 && dd - k < 200;)
        if (t->node[k].parent == parent && t->node[k].tag != GUMBO_TAG_LAST) {
            term = t->node[k].tag == GUMBO_TAG_DT ? k : 0;
            break;
        }
    return term;
}

/* What kind of line stands in this element, by the nearest that says so; *row, *list: which. */
static enum block_kind kind_of(const struct tree *t, uint32_t i, struct block *b) {
    enum block_kind kind = BLOCK_PARAGRAPH;
    bool decided = false;
    for (uint32_t k = i, n = 0; k && n < 300; k = t->node[k].parent, n++) {
        uint16_t tag = t->node[k].tag;
        enum block_kind here = is_heading(tag)                                                     ? BLOCK_HEADING
                               : tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH                        ? BLOCK_CELL
                               : tag == GUMBO_TAG_LI || tag == GUMBO_TAG_DD || tag == GUMBO_TAG_DT ? BLOCK_ITEM
                                                                                                   : BLOCK_PARAGRAPH;
        if (!decided && here != BLOCK_PARAGRAPH) {
            kind = here;
            decided = true;
        }
        if ((tag == GUMBO_TAG_TR || tag == GUMBO_TAG_DT) && !b->row)
            b->row = k;
        if (tag == GUMBO_TAG_DD && !b->row)
            b->row = term_of(t, k);
        if ((tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL) && !b->list)
            b->list = k;
        if (tag == GUMBO_TAG_TABLE)
            break;
    }
    return kind;
}

static bool grow(struct cutter *c) {
    struct tree *t = c->t;
    if (t->blocks < c->room)
        return true;
    size_t room = c->room ? c->room * 2 : 64;
    struct block *block = arena_array(c->dr->a, room, sizeof *block);
    uint32_t *holder = arena_array(c->dr->a, room, sizeof *holder);
    if (!block || !holder)
        return false;
    for (size_t i = 0; i < t->blocks; i++)
        block[i] = t->block[i], holder[i] = t->block_node[i];
    t->block = block;
    t->block_node = holder;
    c->room = room;
    return true;
}

/* Ends the block being gathered, before node `to`. */
static void flush(struct cutter *c, size_t to) {
    struct tree *t = c->t;
    bool blank = draft_is_blank(buf_str(&c->text));
    if (c->open && c->hidden) {
        draft_left_out(c->dr, buf_str(&c->text));
    } else if (c->open && !blank && grow(c)) {
        struct block b = {.text = draft_fold(c->dr, buf_str(&c->text)), .linked = c->linked};
        b.kind = kind_of(t, c->holder, &b);
        t->block[t->blocks] = b;
        t->block_node[t->blocks] = c->holder;
        t->blocks++;
        for (size_t i = c->from; i < to; i++)
            if (t->node[i].tag == GUMBO_TAG_LAST || t->node[i].tag == GUMBO_TAG_IMG)
                t->node[i].block = t->node[i].hidden ? 0 : (uint32_t)t->blocks;
    }
    buf_reset(&c->text);
    c->open = false;
    c->linked = 0;
}

static void gather(struct cutter *c, size_t i) {
    struct tree_node *n = &c->t->node[i];
    if (c->open && c->hidden != n->hidden)
        flush(c, i);
    if (!c->open) {
        c->open = true;
        c->from = i;
        c->hidden = n->hidden;
        uint32_t k = n->parent;
        while (k && !tree_is_block_tag(c->t->node[k].tag))
            k = c->t->node[k].parent;
        c->holder = k;
    }
    struct str text = tree_text(c->t, i);
    buf_add(&c->text, text);
    if (n->linked)
        c->linked += (uint32_t)utf8_count(text);
}

/* A line break ends a block, but not a heading, which is one line however it is broken. */
static void line_break(struct cutter *c, size_t i) {
    bool heading = false;
    for (uint32_t k = c->t->node[i].parent, n = 0; k && n < 40; k = c->t->node[k].parent, n++)
        heading = heading || is_heading(c->t->node[k].tag);
    if (heading)
        buf_add_char(&c->text, ' ');
    else
        flush(c, i);
}

bool tree_cut(struct draft *dr, struct tree *t) {
    struct cutter c = {.dr = dr, .t = t, .text = BUF_INIT};
    uint32_t *ends = arena_array(dr->a, 1024, sizeof *ends); /* open block elements: where they end */
    size_t open = 0;
    for (size_t i = t->body; ends && i < t->node[t->body].end; i++) {
        while (open && ends[open - 1] <= i) {
            flush(&c, i);
            open--;
        }
        uint16_t tag = t->node[i].tag;
        if (tag == GUMBO_TAG_LAST) {
            if (t->node[t->node[i].parent].tag != GUMBO_TAG_SCRIPT)
                gather(&c, i);
        } else if (tag == GUMBO_TAG_A && c.linked && i && t->node[i - 1].linked) {
            buf_add_char(&c.text, ' '); /* "<a>Print</a><a>Close</a>": two words */
        } else if (tag == GUMBO_TAG_LABEL && t->node[i].hidden) {
            buf_add_char(&c.text, ' ');
        } else if (tag == GUMBO_TAG_BR) {
            line_break(&c, i);
        } else if (tree_is_block_tag(tag)) {
            flush(&c, i);
            if (open < 1024)
                ends[open++] = t->node[i].end;
        }
    }
    flush(&c, t->node[t->body].end);
    if (buf_failed(&c.text))
        arena_set_failed(dr->a);
    buf_clear(&c.text);
    return ends && !arena_failed(dr->a);
}
