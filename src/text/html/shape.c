// SPDX-License-Identifier: Apache-2.0
/* The canonical form. Works from the leaves to the root, so that every rule sees children that are already in form; a
 * node may be replaced by any number of others. Recursion is bounded by the depth of the tree (HTML_DEPTH_MOST). */
#include "text/html/tree.h"

const struct html_attrs html_no_attrs = {.start = 1};

struct html_node *html_node_new(struct arena *a, enum html_kind kind) {
    struct html_node *n = arena_alloc(a, sizeof *n);
    if (n)
        *n = (struct html_node){.kind = (uint8_t)kind, .attrs = &html_no_attrs, .colspan = 1, .rowspan = 1};
    return n;
}

void html_node_append(struct html_node *parent, struct html_node *child) {
    child->parent = parent;
    child->depth = (uint16_t)(parent->depth + 1);
    child->next = NULL;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
}

struct html_node *html_node_take(struct html_node *parent) {
    struct html_node *first = parent->first;
    parent->first = parent->last = NULL;
    return first;
}

static void append_all(struct html_node *parent, struct html_node *first) {
    for (struct html_node *n = first, *next; n; n = next) {
        next = n->next;
        html_node_append(parent, n);
    }
}

static bool is_block_kind(enum html_kind kind) {
    return kind < KIND_A;
}

bool html_is_pictures(const struct html_node *line) {
    bool seen = false;
    for (const struct html_node *n = line->first; n; n = n->next) {
        bool picture = n->kind == KIND_IMG || (n->kind == KIND_A && html_is_pictures(n));
        if (!picture && n->kind != KIND_BR && !str_is(n->text, " "))
            return false;
        seen = seen || picture;
    }
    return seen;
}

static bool is_blank(const struct html_node *line) {
    for (const struct html_node *n = line->first; n; n = n->next) {
        if (n->kind != KIND_TEXT && !(n->first && is_blank(n)))
            return false;
        for (size_t i = 0; i < n->text.n; i++)
            if (n->text.p[i] != ' ' && n->text.p[i] != '\t' && n->text.p[i] != '\n')
                return false;
    }
    return true;
}

/* ---- each kind; what comes out is appended to `to` ---- */

static void as_paragraph(struct html_node *line, struct html_node *to) {
    line->kind = KIND_P;
    html_node_append(to, line);
}

/* Every term needs a description and the other way round; otherwise these are paragraphs. */
static bool is_description_list(const struct html_node *dl) {
    enum html_kind before = KIND_DD;
    for (const struct html_node *n = dl->first; n; n = n->next) {
        if (n == dl->first && n->kind != KIND_DT)
            return false;
        before = n->kind;
    }
    return before == KIND_DD;
}

static void shape_dl(struct html_node *dl, struct html_node *to) {
    if (is_description_list(dl)) {
        html_node_append(to, dl);
        return;
    }
    for (struct html_node *n = html_node_take(dl), *next; n; n = next) {
        next = n->next;
        if (n->kind == KIND_DT)
            as_paragraph(n, to);
        else
            append_all(to, html_node_take(n));
    }
}

bool html_attrs_eq(const struct html_attrs *a, const struct html_attrs *b) {
    return a == b ||
           (str_eq(a->lang, b->lang) && str_eq(a->dir, b->dir) && str_eq(a->url, b->url) && str_eq(a->text, b->text));
}

/* Puts what is in `from` behind what is in `to`; where one link ends and the same begins, it goes on. */
static void join_lines(struct html_node *to, struct html_node *space, struct html_node *from) {
    struct html_node *first = html_node_take(from), *last = to->last;
    if (last->kind == KIND_A && first->kind == KIND_A && html_attrs_eq(last->attrs, first->attrs)) {
        struct html_node *rest = first->next;
        html_node_append(last, space);
        append_all(last, html_node_take(first));
        append_all(to, rest);
        return;
    }
    html_node_append(to, space);
    append_all(to, first);
}

/* Joins lines of pictures that follow each other into one, because in a figure they are written without p. */
static void join_pictures(struct arena *a, struct html_node *figure) {
    struct html_node *line = NULL; /* the one before, when it is of pictures */
    for (struct html_node *n = html_node_take(figure), *next; n; n = next) {
        next = n->next;
        bool pictures = n->kind == KIND_P && html_is_pictures(n);
        if (pictures)
            n->attrs = &html_no_attrs;
        struct html_node *space = pictures && line ? html_node_new(a, KIND_TEXT) : NULL;
        if (space) {
            space->text = STR(" ");
            join_lines(line, space, n);
            continue;
        }
        html_node_append(figure, n);
        line = pictures ? n : NULL;
    }
}

/* A figure holds something to look at, and its one caption comes last. */
static void shape_figure(struct arena *a, struct html_node *figure, struct html_node *to) {
    bool shows = false;
    struct html_node *caption = NULL, *first = html_node_take(figure);
    for (struct html_node *n = first; n; n = n->next)
        shows = shows || n->kind == KIND_TABLE || n->kind == KIND_PRE || n->kind == KIND_QUOTE ||
                n->kind == KIND_FIGURE || (n->kind == KIND_P && html_is_pictures(n));
    for (struct html_node *n = first, *next; n; n = next) {
        next = n->next;
        if (n->kind == KIND_FIGCAPTION && shows && !caption)
            caption = n;
        else if (n->kind == KIND_FIGCAPTION)
            as_paragraph(n, shows ? figure : to);
        else
            html_node_append(shows ? figure : to, n);
    }
    join_pictures(a, figure);
    if (caption)
        html_node_append(figure, caption);
    if (shows)
        html_node_append(to, figure);
}

/* The blocks of all cells, in reading order. */
static void unwrap_table(struct html_node *table, struct html_node *to) {
    for (struct html_node *row = html_node_take(table), *next_row; row; row = next_row) {
        next_row = row->next;
        if (row->kind == KIND_CAPTION) {
            as_paragraph(row, to);
            continue;
        }
        for (struct html_node *cell = row->first; cell; cell = cell->next)
            append_all(to, html_node_take(cell));
    }
}

/* A picture alone in its paragraph is a figure without a caption. */
static void frame_pictures(struct arena *a, struct html_node *parent) {
    for (struct html_node *n = html_node_take(parent), *next; n; n = next) {
        next = n->next;
        bool alone = n->kind == KIND_P && html_is_pictures(n) && !n->first->next;
        struct html_node *figure = alone ? html_node_new(a, KIND_FIGURE) : NULL;
        html_node_append(parent, figure ? figure : n);
        if (figure) {
            n->attrs = &html_no_attrs;
            html_node_append(figure, n);
        }
    }
}

static bool is_kept_empty(enum html_kind kind) {
    return kind == KIND_HR || kind == KIND_TD || kind == KIND_TH || kind == KIND_ROOT;
}

static void shape(struct arena *a, struct html_node *n, struct html_node *to) {
    struct html_node *child = html_node_take(n);
    for (struct html_node *next; child; child = next) {
        next = child->next;
        if (is_block_kind(child->kind))
            shape(a, child, n);
        else
            html_node_append(n, child);
    }
    if (n->kind == KIND_ROOT || n->kind == KIND_QUOTE)
        frame_pictures(a, n);
    if (n->kind == KIND_ROOT || (!n->first && !is_kept_empty(n->kind)) || (n->kind == KIND_PRE && is_blank(n)))
        return;
    if (n->kind == KIND_DL)
        shape_dl(n, to);
    else if (n->kind == KIND_FIGURE)
        shape_figure(a, n, to);
    else if (n->kind == KIND_TABLE && !html_shape_table(a, n))
        unwrap_table(n, to);
    else
        html_node_append(to, n);
}

/* ---- headings ---- */

struct outline {
    uint8_t n, source[256];
};

/* The first is h2, and none is more than one level below the one before it. */
static void set_levels(struct html_node *n, struct outline *o) {
    if (n->kind == KIND_HEADING) {
        while (o->n && o->source[o->n - 1] >= n->level)
            o->n--;
        o->source[o->n++] = n->level;
        n->level = (uint8_t)(o->n < 5 ? o->n + 1 : 6);
        return;
    }
    for (struct html_node *child = n->first; child; child = child->next)
        if (is_block_kind(child->kind))
            set_levels(child, o);
}

static void set_depths(struct html_node *n) {
    for (struct html_node *child = n->first; child; child = child->next) {
        child->depth = (uint16_t)(n->depth + 1);
        set_depths(child);
    }
}

void html_shape(struct arena *a, struct html_node *root) {
    struct outline o = {0};
    shape(a, root, NULL);
    set_levels(root, &o);
    set_depths(root);
}
