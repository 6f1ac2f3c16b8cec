// SPDX-License-Identifier: Apache-2.0
/* One walk over the tree. What cannot be told beforehand stays as it is: lists, objects (names are looked for in them),
 * and sections that ask for what they stand for. */
#include "text/template_fold.h"

#include "text/escape.h"

struct chain {
    struct node *first, **link;
};

struct folding {
    struct arena *arena;
    const struct value *constants;
};

static void chain_add(struct chain *c, struct node *n) {
    if (!n)
        return; /* the arena remembers */
    *c->link = n;
    c->link = &n->next;
}

static struct node *node_like(const struct folding *f, const struct node *n) {
    struct node *copy = arena_alloc(f->arena, sizeof *copy);
    if (copy)
        *copy = (struct node){.kind = n->kind, .text = n->text, .indent = n->indent};
    return copy;
}

/* --- what is known --- */

/* False: nothing is known of this name. *ret may be NULL: there is nothing of it. */
static bool find(const struct folding *f, struct str name, const struct value **ret) {
    struct str rest = name, part;
    if (str_is(name, ".") || !str_cut(&rest, '.', &part))
        return false;
    const struct value *v = value_get(f->constants, part);
    bool known = v != NULL;
    while (v && str_cut(&rest, '.', &part))
        v = value_get(v, part);
    *ret = v;
    return known;
}

/* Whether what is below asks for the value that its section pushes, or another template could. */
static bool asks(const struct node *n) {
    for (; n; n = n->next)
        if (n->kind == NODE_PARTIAL || n->kind == NODE_PARENT || n->kind == NODE_BLOCK ||
            (n->kind != NODE_TEXT && str_is(n->text, ".")) || asks(n->child))
            return true;
    return false;
}

static bool is_plain(const struct value *v) {
    return value_kind(v) == VALUE_NULL || value_kind(v) == VALUE_BOOL || value_kind(v) == VALUE_TEXT;
}

/* --- one node --- */

static void fold_all(const struct folding *f, const struct node *n, struct chain *to);

/* A value does not end its line, whatever it ends with. */
static bool fold_value(const struct folding *f, const struct node *n, struct chain *to) {
    const struct value *v;
    if (!find(f, n->text, &v) || str_ends(value_as_text(v), "\n"))
        return false;
    BUF_LOCAL(text);
    if (n->kind == NODE_RAW)
        buf_add(&text, value_as_text(v));
    else
        escape_html(&text, value_as_text(v));
    struct node *said = arena_alloc(f->arena, sizeof *said);
    if (said)
        *said = (struct node){.kind = NODE_TEXT, .text = arena_buf(f->arena, &text)};
    chain_add(to, said);
    return true;
}

static bool fold_section(const struct folding *f, const struct node *n, struct chain *to) {
    const struct value *v;
    if (!find(f, n->text, &v) || !is_plain(v) || asks(n->child))
        return false;
    if (value_is_true(v) == (n->kind == NODE_SECTION))
        fold_all(f, n->child, to);
    return true;
}

/* Below a section of a known object its members come first, and one of them may be called like a constant. */
static bool hides(const struct folding *f, const struct node *n) {
    const struct value *v;
    return n->kind == NODE_SECTION && find(f, n->text, &v) && !is_plain(v);
}

static struct node *join(const struct folding *f, struct node *n);

static void fold_one(const struct folding *f, const struct node *n, struct chain *to) {
    bool value = n->kind == NODE_VARIABLE || n->kind == NODE_RAW;
    bool section = n->kind == NODE_SECTION || n->kind == NODE_INVERTED;
    if ((value && fold_value(f, n, to)) || (section && fold_section(f, n, to)))
        return;
    struct node *copy = node_like(f, n);
    if (copy && n->child) {
        struct chain below = {NULL, &below.first};
        const struct folding nothing = {f->arena, NULL};
        fold_all(hides(f, n) ? &nothing : f, n->child, &below);
        copy->child = join(f, below.first);
    }
    chain_add(to, copy);
}

static void fold_all(const struct folding *f, const struct node *n, struct chain *to) {
    for (; n; n = n->next)
        fold_one(f, n, to);
}

/* --- texts that follow each other --- */

/* An empty one behind the end of a line makes the next text none that begins a line: it is left alone. */
static struct node *run_end(const struct node *n) {
    struct str before = n->text;
    struct node *end = n->next;
    while (end && end->kind == NODE_TEXT && (end->text.n || !str_ends(before, "\n"))) {
        before = end->text.n ? end->text : before;
        end = end->next;
    }
    return end;
}

static struct node *join_run(const struct folding *f, struct node *n, const struct node *end) {
    BUF_LOCAL(text);
    struct node *last = n;
    for (struct node *one = n; one != end; one = one->next) {
        buf_add(&text, one->text);
        last = one;
    }
    struct node *whole = arena_alloc(f->arena, sizeof *whole);
    if (!whole)
        return NULL;
    *whole = (struct node){.kind = NODE_TEXT, .text = arena_buf(f->arena, &text), .child = n};
    last->next = NULL;
    return whole;
}

static struct node *join(const struct folding *f, struct node *n) {
    struct chain to = {NULL, &to.first};
    for (struct node *next; n; n = next) {
        next = n->kind == NODE_TEXT ? run_end(n) : n->next;
        n = next == n->next ? n : join_run(f, n, next);
        if (!n)
            break;
        n->next = NULL;
        chain_add(&to, n);
    }
    return to.first;
}

struct node *template_fold(struct arena *a, const struct node *n, const struct value *constants) {
    const struct folding f = {a, constants};
    struct chain to = {NULL, &to.first};
    fold_all(&f, n, &to);
    return join(&f, to.first);
}
