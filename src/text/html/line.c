// SPDX-License-Identifier: Apache-2.0
/* Lines: white space, breaks, inline elements. */
#include "text/html/line.h"

#include "text/utf8.h"

enum { BAD = 0xFFFD };
enum space { SPACE_NONE, SPACE_NEWLINE, SPACE_NO_BREAK, SPACE_PLAIN, SPACE_WIDE };

void html_line_init(struct html_line *l, struct arena *a, struct html_node *root) {
    *l = (struct html_line){.a = a, .container = root, .inherited = &html_no_attrs, .text = BUF_INIT};
}

void html_line_clear(struct html_line *l) {
    buf_clear(&l->text);
}

const struct html_attrs *html_line_inherit(struct html_line *l, const struct html_attrs *attrs) {
    const struct html_attrs *in = l->inherited;
    if ((attrs->lang.n || !in->lang.n) && (attrs->dir.n || !in->dir.n))
        return attrs;
    struct html_attrs *x = arena_alloc(l->a, sizeof *x);
    if (!x)
        return attrs;
    *x = *attrs;
    if (!x->lang.n)
        x->lang = in->lang;
    if (!x->dir.n)
        x->dir = in->dir;
    return x;
}

static struct html_node *add(struct html_line *l, struct html_node *parent, enum html_kind kind) {
    struct html_node *n = html_node_new(l->a, kind);
    if (n)
        html_node_append(parent, n);
    return n;
}

/* ---- where things go ---- */

static enum html_kind child_kind(enum html_kind kind) {
    switch (kind) {
    case KIND_UL:
    case KIND_OL:
        return KIND_LI;
    case KIND_DL:
        return KIND_DD;
    case KIND_TABLE:
        return KIND_TR;
    case KIND_TR:
        return KIND_TD;
    default:
        return KIND_TEXT;
    }
}

static bool is_list(enum html_kind kind) {
    return kind == KIND_UL || kind == KIND_OL;
}

/* Down from a list or table to the item or cell at its end that can hold a block. */
static struct html_node *flow(struct html_line *l, struct html_node *at, enum html_kind kind) {
    while (at && !html_kind_is_flow(at->kind)) {
        struct html_node *last = at->last;
        bool joins = last && (last->automatic || (is_list(at->kind) && is_list(kind)));
        if (!joins) {
            last = add(l, at, child_kind(at->kind));
            if (last)
                last->automatic = true;
        }
        at = last;
    }
    return at;
}

/* A stray item makes its own list, or joins the one that the item before it made. */
static struct html_node *list_for(struct html_line *l, enum html_kind list) {
    struct html_node *at = flow(l, l->container, list);
    if (!at || (at->last && at->last->automatic && at->last->kind == list))
        return at ? at->last : NULL;
    struct html_node *n = add(l, at, list);
    if (n)
        n->automatic = true;
    return n;
}

struct html_node *html_line_parent(struct html_line *l, enum html_kind kind) {
    struct html_node *at = l->container;
    switch (kind) {
    case KIND_LI:
        return is_list(at->kind) ? at : list_for(l, KIND_UL);
    case KIND_DT:
    case KIND_DD:
        return at->kind == KIND_DL ? at : list_for(l, KIND_DL);
    case KIND_CAPTION:
    case KIND_TR:
    case KIND_TH:
    case KIND_TD:
    case KIND_FIGCAPTION:
        return at; /* the caller has seen to it */
    default:
        return flow(l, at, kind);
    }
}

/* ---- text ---- */

static void flush(struct html_line *l) {
    if (l->text.n == 0)
        return;
    struct html_node *parent = l->open_n ? l->open[l->open_n - 1].node : l->line;
    struct html_node *n = add(l, parent, KIND_TEXT);
    if (n)
        n->text = arena_buf(l->a, &l->text);
    buf_reset(&l->text);
}

static void end_line(struct html_line *l) {
    if (l->line)
        flush(l);
    l->open_n = 0;
    l->line = NULL;
    l->space = SPACE_NONE;
    l->breaks = 0;
    l->last = 0;
}

void html_line_break_block(struct html_line *l) {
    if (l->line && l->line == l->container) {
        html_line_break(l);
        return;
    }
    end_line(l);
}

void html_line_go_back(struct html_line *l, struct html_node *container) {
    if (l->container == container)
        return;
    end_line(l);
    l->container = container;
}

void html_line_break(struct html_line *l) {
    if (!l->line)
        return;
    l->space = SPACE_NONE;
    l->breaks++;
}

static bool begin_line(struct html_line *l) {
    if (l->line)
        return true;
    if (html_kind_is_line(l->container->kind)) {
        l->line = l->container;
        return true;
    }
    struct html_node *parent = flow(l, l->container, KIND_P);
    if (!parent)
        return false;
    l->line = add(l, parent, KIND_P);
    if (l->line)
        l->line->attrs = html_line_inherit(l, &html_no_attrs);
    return l->line != NULL;
}

static bool same(const struct html_inline *a, const struct html_inline *b) {
    return a->kind == b->kind && html_attrs_eq(a->attrs, b->attrs);
}

/* The wanted elements, without those that say nothing here: the same twice, a link around a link, bold in a heading. */
static size_t effective(const struct html_line *l, struct html_inline ret[HTML_INLINE_MOST]) {
    size_t n = 0, link = SIZE_MAX;
    for (size_t i = 0; i < l->inline_n; i++)
        if (l->wanted[i].kind == KIND_A)
            link = i;
    for (size_t i = 0; i < l->inline_n; i++) {
        const struct html_inline *x = &l->wanted[i];
        bool idle = (x->kind == KIND_A && i != link) || (x->kind == KIND_STRONG && l->line->kind == KIND_HEADING);
        for (size_t k = 0; k < n && !idle; k++)
            idle = ret[k].kind == x->kind;
        if (!idle)
            ret[n++] = *x;
    }
    return n;
}

/* Chinese and Japanese, with their punctuation; not Korean, which has spaces. */
static bool is_wide(uint32_t c) {
    return (c >= 0x2E80 && c <= 0x312F) || (c >= 0x31A0 && c <= 0x31FF) || (c >= 0x3400 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0xFF01 && c <= 0xFF60) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

bool html_line_joins(uint32_t before, uint32_t after) {
    return is_wide(before) && is_wide(after);
}

static void write_space(struct html_line *l, uint32_t next) {
    enum space space = (enum space)l->space;
    l->space = SPACE_NONE;
    if (space == SPACE_NONE || (space == SPACE_NEWLINE && html_line_joins(l->last, next)))
        return;
    utf8_add(&l->text, space == SPACE_NO_BREAK ? 0xA0 : space == SPACE_WIDE ? 0x3000 : ' ');
}

/* What was noted before the next piece: breaks win over spaces. */
static void write_noted(struct html_line *l, uint32_t next) {
    if (l->last == 0) {
        l->breaks = 0;
        l->space = SPACE_NONE;
    }
    if (l->line->kind == KIND_PRE) {
        for (; l->breaks; l->breaks--)
            buf_add_char(&l->text, '\n');
    } else if (l->breaks) {
        flush(l);
        (void)add(l, l->open_n ? l->open[l->open_n - 1].node : l->line, KIND_BR); /* the arena remembers a failure */
        l->space = SPACE_NONE;
    } else {
        write_space(l, next);
    }
    l->breaks = 0;
}

/* Makes ready for a piece of the line: the paragraph, the noted space, the inline elements around it. */
static bool prepare(struct html_line *l, uint32_t next) {
    if (l->breaks > 1 && l->line && l->line->kind == KIND_P && l->line != l->container)
        end_line(l);
    if (!begin_line(l))
        return false;
    struct html_inline want[HTML_INLINE_MOST];
    size_t n = effective(l, want), shared = 0;
    while (shared < n && shared < l->open_n && same(&want[shared], &l->open[shared]))
        shared++;
    if (shared < l->open_n) {
        flush(l);
        l->open_n = shared;
    }
    write_noted(l, next);
    for (; l->open_n < n; l->open_n++) {
        flush(l);
        struct html_inline *x = &l->open[l->open_n];
        *x = want[l->open_n];
        x->node = add(l, l->open_n ? l->open[l->open_n - 1].node : l->line, x->kind);
        if (!x->node)
            return false;
        x->node->attrs = x->attrs;
    }
    l->last = next;
    return true;
}

static void note_space(struct html_line *l, uint32_t c) {
    if (!l->line || l->last == 0)
        return;
    enum space space = c == 0x3000              ? SPACE_WIDE
                       : c == 0xA0              ? SPACE_NO_BREAK
                       : c == '\n' || c == '\r' ? SPACE_NEWLINE
                                                : SPACE_PLAIN;
    enum space before = (enum space)l->space;
    if (before == SPACE_NONE || before == SPACE_WIDE || space == SPACE_WIDE)
        l->space = before == SPACE_WIDE ? SPACE_WIDE : (int)space;
    else /* spaces around a line end belong to it */
        l->space = before == SPACE_NO_BREAK || space == SPACE_NO_BREAK ? SPACE_PLAIN
                   : before == SPACE_NEWLINE || space == SPACE_NEWLINE ? SPACE_NEWLINE
                                                                       : SPACE_PLAIN;
}

/* In pre, line ends are noted as breaks and all other spaces are text. */
static bool is_noted(uint32_t c, bool pre) {
    return (pre ? c == '\n' : html_is_space(c)) || (html_is_junk(c) && !(pre && c == '\t'));
}

/* What is not written at once. */
static bool note(struct html_line *l, uint32_t c, bool pre) {
    if (!is_noted(c, pre))
        return false;
    if (pre && c == '\n')
        html_line_break(l);
    else if (!pre && html_is_space(c))
        note_space(l, c);
    return true;
}

void html_line_text(struct html_line *l, struct str s) {
    bool pre = l->container->kind == KIND_PRE;
    while (s.n && !arena_failed(l->a)) {
        struct str run = s, before = s;
        uint32_t c = utf8_next(&s);
        if (note(l, c, pre))
            continue;
        if (!prepare(l, c))
            return;
        l->last = c;
        if (c == BAD) { /* Gumbo makes ill-formed bytes of &#6664528585; */
            utf8_add(&l->text, c);
            continue;
        }
        for (before = s; (c = utf8_next(&s)) != BAD && before.n && !is_noted(c, pre); before = s)
            l->last = c;
        buf_add(&l->text, str_first(run, run.n - before.n));
        s = before;
    }
}

void html_line_picture(struct html_line *l, const struct html_attrs *attrs) {
    if (!prepare(l, 0xFFFC))
        return;
    flush(l);
    struct html_node *n = add(l, l->open_n ? l->open[l->open_n - 1].node : l->line, KIND_IMG);
    if (n)
        n->attrs = attrs;
}

void html_line_push(struct html_line *l, enum html_kind kind, const struct html_attrs *attrs) {
    if (l->inline_n < HTML_INLINE_MOST)
        l->wanted[l->inline_n++] = (struct html_inline){.kind = kind, .attrs = attrs};
}
