// SPDX-License-Identifier: Apache-2.0
/* Mustache: the set of templates, and rendering. The tree is made in template_parse.c, and what is known beforehand put
 * into it in template_fold.c. */
#include "text/template.h"

#include "text/escape.h"
#include "text/template_fold.h"
#include "text/template_parse.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MOST = 64,
    CONTEXTS_MOST = 256,
    INDENT_MOST = 256,
    NODES_MOST = 1 << 22, /* shown in one page: 0.7 s at worst. A site map of 50,000 links takes a tenth of them */
};

struct template {
    struct template *next;
    struct str name;
    struct node *nodes;
    struct arena *arena;
};

struct templates {
    struct template *first;
};

struct templates *templates_new(void) {
    return calloc(1, sizeof(struct templates));
}

void templates_free(struct templates *t) {
    if (!t)
        return;
    for (struct template *one = t->first, *next; one; one = next) {
        next = one->next;
        arena_free(one->arena); /* one itself lives in it */
    }
    free(t);
}

static struct template *find(const struct templates *t, struct str name) {
    for (struct template *one = t->first; one; one = one->next)
        if (str_eq(one->name, name))
            return one;
    return NULL;
}

bool templates_has(const struct templates *t, const char *name) {
    return find(t, str_of(name)) != NULL;
}

int templates_add(struct templates *t, const char *name, struct str text, struct err *reterr) {
    struct arena *a = arena_new(0);
    struct template *one = arena_alloc(a, sizeof *one);
    struct node *nodes = NULL;
    struct err why;
    if (!one) {
        arena_free(a);
        return err_set(reterr, ERR_NO_MEMORY, "template %s: not enough memory", name);
    }
    int bad = template_parse(a, text, &nodes, &why);
    if (bad) {
        arena_free(a);
        return err_set(reterr, (enum err_code) - bad, "template %s: %s", name, why.text);
    }
    struct template *old = find(t, str_of(name));
    *one = (struct template){old ? old->next : t->first, arena_str(a, str_of(name)), nodes, a};
    if (arena_failed(a)) {
        arena_free(a);
        return err_set(reterr, ERR_NO_MEMORY, "template %s: not enough memory", name);
    }
    struct template **link = &t->first;
    while (old && *link != old)
        link = &(*link)->next;
    *link = one;
    if (old)
        arena_free(old->arena);
    return 0;
}

static bool fold_in(struct templates *to, const struct template *t, const struct value *constants) {
    struct arena *a = arena_new(0);
    struct template *one = arena_alloc(a, sizeof *one);
    if (one)
        *one = (struct template){to->first, t->name, template_fold(a, t->nodes, constants), a};
    if (!one || arena_failed(a)) {
        arena_free(a);
        return false;
    }
    to->first = one;
    return true;
}

struct templates *templates_fold(const struct templates *t, const struct value *constants) {
    struct templates *folded = templates_new();
    bool good = folded != NULL;
    for (const struct template *one = t->first; one && good; one = one->next)
        good = fold_in(folded, one, constants);
    if (good)
        return folded;
    templates_free(folded);
    return NULL;
}

/* The blocks that a parent tag filled; the outermost caller's win. What fills a block is seen from where it was
 * written: parents and blocks inside it know the frames outside its own only. */
struct frame {
    const struct node *blocks;
};

struct renderer {
    const struct templates *set;
    struct buf *out;
    const struct value *context[CONTEXTS_MOST];
    size_t contexts;
    struct frame frame[DEPTH_MOST];
    size_t frames;
    size_t depth;       /* of partials, parents and blocks */
    size_t nodes_shown; /* so far */
    char indent[INDENT_MOST];
    size_t indent_n;
    bool line_begins; /* the next template text or value begins a template line */
    struct err *err;
};

static int render_nodes(struct renderer *r, const struct node *n);

static void write_indent(struct renderer *r) {
    if (r->line_begins)
        buf_add(r->out, str_part(r->indent, r->indent_n));
    r->line_begins = false;
}

static void write_text(struct renderer *r, struct str text) {
    write_indent(r);
    buf_add(r->out, text);
    r->line_begins = str_ends(text, "\n");
}

/* Dotted names: the first part is looked for outwards, the others only inside what was found. */
static const struct value *look_up(const struct renderer *r, struct str name) {
    if (str_is(name, "."))
        return r->context[r->contexts - 1];
    struct str rest = name, part;
    if (!str_cut(&rest, '.', &part))
        return NULL;
    const struct value *v = NULL;
    for (size_t i = r->contexts; i-- > 0 && !v;)
        v = value_get(r->context[i], part);
    while (v && str_cut(&rest, '.', &part))
        v = value_get(v, part);
    return v;
}

static void write_value(struct renderer *r, const struct node *n) {
    write_indent(r);
    struct str text = value_as_text(look_up(r, n->text));
    if (n->kind == NODE_RAW)
        buf_add(r->out, text);
    else
        escape_html(r->out, text);
}

static int render_with(struct renderer *r, const struct node *n, const struct value *context) {
    if (r->contexts == CONTEXTS_MOST)
        return err_set(r->err, ERR_INTERNAL, "the sections of a template are too deeply nested");
    r->context[r->contexts++] = context;
    int bad = render_nodes(r, n);
    r->contexts--;
    return bad;
}

static int render_section(struct renderer *r, const struct node *n) {
    const struct value *v = look_up(r, n->text);
    if (!value_is_true(v))
        return 0;
    if (value_kind(v) != VALUE_LIST)
        return render_with(r, n->child, v);
    int bad = 0;
    for (const struct value *item = value_first(v); item && !bad; item = value_next(item))
        bad = render_with(r, n->child, item);
    return bad;
}

/* Renders nodes one level deeper, each line indented by `indent` more. */
static int render_deeper(struct renderer *r, const struct node *n, struct str indent) {
    if (r->depth == DEPTH_MOST || indent.n > INDENT_MOST - r->indent_n)
        return err_set(r->err, ERR_INTERNAL, "templates include each other without end");
    size_t indent_n = r->indent_n;
    if (indent.n)
        memcpy(r->indent + indent_n, indent.p, indent.n);
    r->indent_n += indent.n;
    r->depth++;
    int bad = render_nodes(r, n);
    r->depth--;
    r->indent_n = indent_n;
    return bad;
}

/* Renders nodes that see only the first `frames` frames. */
static int render_seeing(struct renderer *r, const struct node *n, struct str indent, size_t frames) {
    struct frame kept[DEPTH_MOST];
    size_t before = r->frames;
    memcpy(kept, r->frame, sizeof kept);
    r->frames = frames;
    int bad = render_deeper(r, n, indent);
    memcpy(r->frame, kept, sizeof kept);
    r->frames = before;
    return bad;
}

static int render_partial(struct renderer *r, const struct node *n) {
    const struct template *t = find(r->set, n->text);
    return t ? render_seeing(r, t->nodes, n->indent, 0) : 0; /* a partial's blocks are its own */
}

static int render_parent(struct renderer *r, const struct node *n) {
    const struct template *t = find(r->set, n->text);
    if (!t)
        return 0;
    if (r->frames == DEPTH_MOST)
        return err_set(r->err, ERR_INTERNAL, "templates inherit from each other without end");
    r->frame[r->frames++].blocks = n->child;
    int bad = render_deeper(r, t->nodes, n->indent);
    r->frames--;
    return bad;
}

static const struct node *block_in(const struct frame *frame, struct str name) {
    for (const struct node *n = frame->blocks; n; n = n->next)
        if (n->kind == NODE_BLOCK && str_eq(n->text, name))
            return n;
    return NULL;
}

static int render_block(struct renderer *r, const struct node *block) {
    for (size_t i = 0; i < r->frames; i++) {
        const struct node *filling = block_in(&r->frame[i], block->text);
        if (filling)
            return render_seeing(r, filling->child, block->indent, i);
    }
    return render_deeper(r, block->child, block->indent);
}

static int render_node(struct renderer *r, const struct node *n) {
    if (r->nodes_shown++ == NODES_MOST)
        return err_set(r->err, ERR_INTERNAL, "the template would go on and on");
    switch (n->kind) {
    case NODE_TEXT:
        if (n->child && r->indent_n)
            return render_nodes(r, n->child);
        write_text(r, n->text);
        return 0;
    case NODE_VARIABLE:
    case NODE_RAW:
        write_value(r, n);
        return 0;
    case NODE_SECTION:
        return render_section(r, n);
    case NODE_INVERTED:
        return value_is_true(look_up(r, n->text)) ? 0 : render_nodes(r, n->child);
    case NODE_PARTIAL:
        return render_partial(r, n);
    case NODE_PARENT:
        return render_parent(r, n);
    case NODE_BLOCK:
        return render_block(r, n);
    }
    return 0;
}

static int render_nodes(struct renderer *r, const struct node *n) {
    int bad = 0;
    for (; n && !bad; n = n->next)
        bad = render_node(r, n);
    return bad;
}

int templates_render(const struct templates *t, const char *name, const struct value *view, struct buf *ret,
                     struct err *reterr) {
    const struct template *one = find(t, str_of(name));
    if (!one)
        return err_set(reterr, ERR_NOT_FOUND, "there is no template %s", name);
    struct renderer r = {.set = t, .out = ret, .contexts = 1, .line_begins = true, .err = reterr};
    r.context[0] = view;
    int bad = render_nodes(&r, one->nodes);
    if (!bad && buf_failed(ret))
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory for the page");
    return bad;
}
