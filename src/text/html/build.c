// SPDX-License-Identifier: Apache-2.0
/* From Gumbo's tree to ours. The walk goes node by node without recursion; what an element changes while one is inside
 * it is kept in a stack of scopes. Text is put into lines by line.c. */
#include "text/html/line.h"
#include "text/html/pool.h"
#include "text/html/tame.h"
#include "text/html/tree.h"

#include <string.h>

enum { PARSE_MEMORY_MOST = 80 * 1024 * 1024, SCOPES_MOST = 4096 };

/* What to go back to at the end of an element, and which of its children is next. */
struct scope {
    const GumboVector *children;
    unsigned next;
    struct html_node *container;
    const struct html_attrs *inherited;
    uint16_t inline_n;
    bool breaks, head, quote;
};

struct walk {
    struct html_line line;
    struct arena *a;
    size_t n, room;
    struct scope *scope;
    bool head; /* within thead */
};

static struct str attr(const GumboElement *e, const char *name) {
    const GumboAttribute *found = gumbo_get_attribute(&e->attributes, name);
    return found ? str_of(found->value) : STR_NONE;
}

static bool lang_ok(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c == '-' && i > 1)))
            return false;
    }
    return s.n >= 2 && s.n <= 35 && s.p[s.n - 1] != '-' && str_find(s, STR("--"), 0) == SIZE_MAX;
}

static struct str word_of(struct str s, const char *const *words) {
    for (; *words; words++)
        if (str_is_nocase(str_trim(s), *words))
            return str_of(*words);
    return STR_NONE;
}

static int number(struct str s, int least, int most, int otherwise) {
    int64_t i;
    s = str_trim(s);
    if (str_ends(s, "px"))
        s = str_trim(str_first(s, s.n - 2));
    return str_to_int(s, &i) && i >= least && i <= most ? (int)i : otherwise;
}

/* Lazy loading keeps the true address elsewhere. */
static struct str picture_url(struct arena *a, const GumboElement *e) {
    static const char *const names[] = {"src", "data-src", "data-original", NULL};
    struct str url = STR_NONE;
    for (const char *const *name = names; *name && url.n == 0; name++)
        url = html_url(a, attr(e, *name), true);
    return url;
}

static const struct html_attrs *attrs_of(struct walk *w, const GumboElement *e, enum html_kind kind) {
    static const char *const dirs[] = {"ltr", "rtl", "auto", NULL}, *const scopes[] = {"col", "row", NULL};
    if (e->attributes.length == 0)
        return &html_no_attrs;
    struct html_attrs x = {.dir = word_of(attr(e, "dir"), dirs), .start = 1};
    struct str lang = attr(e, "lang");
    if (lang_ok(lang))
        x.lang = arena_str(w->a, lang);
    if (kind == KIND_A)
        x.url = html_url(w->a, attr(e, "href"), false);
    if (kind == KIND_IMG)
        x.url = picture_url(w->a, e);
    if (kind == KIND_IMG || kind == KIND_ABBR)
        x.text = html_fold(w->a, attr(e, kind == KIND_IMG ? "alt" : "title"));
    if (kind == KIND_TH)
        x.scope = word_of(attr(e, "scope"), scopes);
    if (kind == KIND_OL)
        x.start = number(attr(e, "start"), -1000000, 1000000, 1);
    if (kind == KIND_IMG) {
        x.width = number(attr(e, "width"), 1, 20000, 0);
        x.height = number(attr(e, "height"), 1, 20000, 0);
    }
    struct html_attrs *copy = arena_alloc(w->a, sizeof x);
    if (!copy)
        return &html_no_attrs;
    *copy = x;
    return copy;
}

static void open_node(struct walk *w, enum html_kind kind, const struct html_attrs *attrs) {
    struct html_node *parent = html_line_parent(&w->line, kind);
    if (!parent || parent->depth >= HTML_DEPTH_MOST)
        return;
    struct html_node *n = html_node_new(w->a, kind);
    if (!n)
        return;
    n->attrs = html_line_inherit(&w->line, attrs);
    n->head = w->head;
    html_node_append(parent, n);
    w->line.container = n;
    w->line.inherited = &html_no_attrs;
}

/* Whether this block may be a node of its own where it stands; otherwise only what it holds is kept. */
static bool fits(const struct walk *w, enum html_kind kind) {
    const struct html_node *at = w->line.container;
    if (html_kind_is_line(at->kind))
        return false;
    switch (kind) {
    case KIND_BLOCK:
    case KIND_P:
    case KIND_GROUP:
        return false;
    case KIND_CAPTION:
    case KIND_TR:
        return at->kind == KIND_TABLE;
    case KIND_TH:
    case KIND_TD:
        return at->kind == KIND_TR;
    case KIND_FIGCAPTION:
        return at->kind == KIND_FIGURE;
    default:
        return true;
    }
}

static void enter_block(struct walk *w, const GumboElement *e, enum html_kind kind) {
    const struct html_attrs *attrs = attrs_of(w, e, kind);
    html_line_break_block(&w->line);
    if (e->tag == GUMBO_TAG_THEAD)
        w->head = true;
    if (!fits(w, kind)) {
        if (kind == KIND_P || kind == KIND_BLOCK)
            w->line.inherited = html_line_inherit(&w->line, attrs);
        return;
    }
    struct html_node *before = w->line.container;
    open_node(w, kind, attrs);
    struct html_node *n = w->line.container;
    if (n == before)
        return;
    if (kind == KIND_HEADING)
        n->level = (uint8_t)(e->tag - GUMBO_TAG_H1 + 1);
    if (kind == KIND_TH || kind == KIND_TD) {
        n->colspan = (uint8_t)number(attr(e, "colspan"), 1, 100, 1);
        n->rowspan = (uint8_t)number(attr(e, "rowspan"), 1, 100, 1);
    }
}

static void enter_void(struct walk *w, const GumboElement *e, enum html_kind kind) {
    if (kind == KIND_BR) {
        html_line_break(&w->line);
    } else if (kind == KIND_IMG) {
        const struct html_attrs *attrs = attrs_of(w, e, kind);
        bool spacer = (attrs->width && attrs->width <= 2) || (attrs->height && attrs->height <= 2);
        if (attrs->url.n && !spacer)
            html_line_picture(&w->line, attrs);
    } else {
        html_line_break_block(&w->line);
        struct html_node *parent = fits(w, kind) ? html_line_parent(&w->line, kind) : NULL;
        struct html_node *n = parent ? html_node_new(w->a, kind) : NULL;
        if (n)
            html_node_append(parent, n);
    }
}

static void enter_inline(struct walk *w, const GumboElement *e, enum html_kind kind, struct scope *scope) {
    const struct html_attrs *attrs = attrs_of(w, e, kind);
    if (kind == KIND_Q) {
        html_line_text(&w->line, STR("\u201C"));
        scope->quote = true;
        return;
    }
    if ((kind == KIND_A && attrs->url.n == 0) || (kind == KIND_ABBR && attrs->text.n == 0) ||
        (kind == KIND_BDO && attrs->dir.n == 0))
        return;
    html_line_push(&w->line, kind, attrs);
}

/* false: nothing inside is wanted. */
static bool enter(struct walk *w, const GumboElement *e) {
    struct html_tag t = html_tag_of(e->tag);
    struct scope *scope = &w->scope[w->n++];
    *scope = (struct scope){.container = w->line.container,
                            .inherited = w->line.inherited,
                            .inline_n = (uint16_t)w->line.inline_n,
                            .head = w->head};
    switch ((enum html_way)t.way) {
    case WAY_PASS:
        break;
    case WAY_DROP:
    case WAY_RAW:
        return false;
    case WAY_VOID:
        enter_void(w, e, t.kind);
        return false;
    case WAY_INLINE:
        enter_inline(w, e, t.kind, scope);
        break;
    case WAY_PART:
    case WAY_BLOCK:
    case WAY_TABLE:
    case WAY_HEADING:
        scope->breaks = true;
        enter_block(w, e, t.kind);
    }
    return true;
}

static void leave(struct walk *w) {
    const struct scope *scope = &w->scope[--w->n];
    if (scope->quote)
        html_line_text(&w->line, STR("\u201D"));
    if (scope->breaks)
        html_line_break_block(&w->line);
    html_line_go_back(&w->line, scope->container);
    w->line.inherited = scope->inherited;
    w->line.inline_n = scope->inline_n;
    w->head = scope->head;
}

/* Room for one more scope. */
static bool reserve(struct walk *w) {
    if (w->n < w->room)
        return true;
    size_t room = w->room ? w->room * 4 : 64;
    struct scope *more = room <= SCOPES_MOST ? arena_array(w->a, room, sizeof *more) : NULL;
    if (!more)
        return false;
    if (w->n)
        memcpy(more, w->scope, w->n * sizeof *more);
    w->scope = more;
    w->room = room;
    return true;
}

static void visit(struct walk *w, const GumboNode *n) {
    if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE || n->type == GUMBO_NODE_CDATA)
        html_line_text(&w->line, str_of(n->v.text.text));
    if (n->type != GUMBO_NODE_ELEMENT || !reserve(w))
        return;
    bool inside = enter(w, &n->v.element);
    w->scope[w->n - 1].children = inside ? &n->v.element.children : &kGumboEmptyVector;
}

static void walk(struct walk *w, const GumboNode *top) {
    visit(w, top);
    while (w->n && !arena_failed(w->a)) {
        struct scope *scope = &w->scope[w->n - 1];
        if (scope->next < scope->children->length)
            visit(w, scope->children->data[scope->next++]);
        else
            leave(w);
    }
}

static struct html_node *build(struct arena *a, const GumboNode *top) {
    struct walk w = {.a = a};
    struct html_node *root = html_node_new(a, KIND_ROOT);
    if (!root)
        return NULL;
    html_line_init(&w.line, a, root);
    walk(&w, top);
    html_line_break_block(&w.line);
    html_line_clear(&w.line);
    return root;
}

/* In a function of its own, so that no local variable is changed between setjmp and longjmp. */
static bool parse(struct html_pool *pool, struct str html, struct arena *a, struct html_node **ret) {
    if (setjmp(pool->full))
        return false;
    GumboOptions o = kGumboDefaultOptions;
    o.allocator = html_pool_get;
    o.deallocator = html_pool_put;
    o.userdata = pool;
    o.max_errors = 0;
    const GumboOutput *out = gumbo_parse_with_options(&o, html.p, html.n);
    *ret = build(a, out->root);
    return true;
}

static bool is_control(char c) {
    return ((unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r') || c == 0x7F;
}

/* Gumbo gives U+FFFD for a control; nobody would miss it. */
static struct str without_controls(struct str s, struct buf *room) {
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++)
        if (is_control(s.p[i])) {
            buf_add(room, str_part(s.p + from, i - from));
            from = i + 1;
        }
    if (from == 0)
        return s;
    buf_add(room, str_from(s, from));
    return buf_str(room);
}

int html_build(struct str html, struct arena *a, struct html_node **ret, struct err *reterr) {
    BUF_LOCAL(room);
    BUF_LOCAL(tame);
    int r = html_tame(without_controls(html, &room), &tame, reterr);
    if (r)
        return r;
    if (buf_failed(&room))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the page.");
    struct html_pool pool = {.limit = PARSE_MEMORY_MOST};
    struct html_node *root = NULL;
    bool parsed = parse(&pool, buf_str(&tame), a, &root);
    html_pool_clear(&pool);
    if (!parsed || !root || arena_failed(a))
        return err_set(reterr, ERR_TOO_LARGE, "The page is too intricate: reading it would take too much memory.");
    *ret = root;
    return 0;
}
