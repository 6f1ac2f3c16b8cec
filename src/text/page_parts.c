// SPDX-License-Identifier: Apache-2.0
/* Gumbo's tree, gone through without recursion: html/tame.h has bounded its depth, html/pool.h its memory. */
#include "text/page_parts.h"

#include "text/html/pool.h"
#include "text/html/tame.h"
#include "text/html/tree.h"

#include <gumbo.h>
#include <string.h>

enum { PARSE_MEMORY_MOST = 80 * 1024 * 1024 };

struct reading {
    struct arena *a;
    struct str source;
    struct page_part *part;
    size_t n;
    bool too_many;
};

static struct str attr(const GumboElement *e, const char *name) {
    const GumboAttribute *found = gumbo_get_attribute(&e->attributes, name);
    return found ? str_of(found->value) : STR_NONE;
}

/* The node behind this one, depth first, within root; NULL at the end. into: children first. */
static const GumboNode *next_in(const GumboNode *root, const GumboNode *n, bool into) {
    if (into && n->type == GUMBO_NODE_ELEMENT && n->v.element.children.length)
        return n->v.element.children.data[0];
    while (n != root) {
        const GumboNode *up = n->parent;
        if (n->index_within_parent + 1 < up->v.element.children.length)
            return up->v.element.children.data[n->index_within_parent + 1];
        n = up;
    }
    return NULL;
}

static bool is_text(const GumboNode *n) {
    return n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE || n->type == GUMBO_NODE_CDATA;
}

static void add_text(struct buf *to, const GumboNode *root) {
    for (const GumboNode *n = root; n; n = next_in(root, n, true))
        if (is_text(n))
            buf_add_z(to, n->v.text.text);
}

static struct str text_of(const struct reading *r, const GumboNode *root) {
    BUF_LOCAL(text);
    add_text(&text, root);
    return html_fold(r->a, arena_buf(r->a, &text));
}

static struct str items_of(const struct reading *r, const GumboElement *e) {
    BUF_LOCAL(list);
    for (unsigned i = 0; i < e->children.length; i++) {
        const GumboNode *child = e->children.data[i];
        if (child->type != GUMBO_NODE_ELEMENT)
            continue;
        if (list.n)
            buf_add_z(&list, ", ");
        buf_add(&list, text_of(r, child));
    }
    return arena_buf(r->a, &list);
}

static bool is_part(const GumboNode *n) {
    return n->type == GUMBO_NODE_ELEMENT && gumbo_get_attribute(&n->v.element.attributes, "data-part");
}

/* Where an element's bytes end: behind its end tag, or where the parser thought that it ended. */
static size_t end_of(const GumboElement *e) {
    return e->end_pos.offset + e->original_end_tag.length;
}

/* The bytes within the element, but for the parts in it. */
static struct str html_of(const struct reading *r, const GumboNode *root) {
    const GumboElement *e = &root->v.element;
    BUF_LOCAL(html);
    size_t at = e->start_pos.offset + e->original_tag.length, end = e->end_pos.offset;
    for (const GumboNode *n = next_in(root, root, true); n && n != root;) {
        bool part = is_part(n);
        if (part && n->v.element.start_pos.offset >= at && end_of(&n->v.element) <= end) {
            buf_add(&html, str_part(r->source.p + at, n->v.element.start_pos.offset - at));
            at = end_of(&n->v.element);
        }
        n = next_in(root, n, !part);
    }
    if (end > at && end <= r->source.n)
        buf_add(&html, str_part(r->source.p + at, end - at));
    return arena_buf(r->a, &html);
}

static void find_picture(const struct reading *r, const GumboNode *root, struct page_part *part) {
    for (const GumboNode *n = root; n; n = next_in(root, n, true)) {
        if (n->type != GUMBO_NODE_ELEMENT || n->v.element.tag != GUMBO_TAG_IMG)
            continue;
        part->src = arena_str(r->a, attr(&n->v.element, "src"));
        part->alt = arena_str(r->a, attr(&n->v.element, "alt"));
        return;
    }
}

static void take_part(struct reading *r, const GumboNode *n) {
    const GumboElement *e = &n->v.element;
    if (r->n == PAGE_PARTS_MOST) {
        r->too_many = true;
        return;
    }
    struct page_part *p = &r->part[r->n++];
    p->name = arena_str(r->a, attr(e, "data-part"));
    p->text = text_of(r, n);
    p->html = html_of(r, n);
    p->items = items_of(r, e);
    p->lang = arena_str(r->a, attr(e, "lang"));
    p->datetime = arena_str(r->a, attr(e, "datetime"));
    find_picture(r, n, p);
}

/* false: there was no memory for Gumbo's tree. Nothing that setjmp() could lose changes here. */
static bool read_tree(struct html_pool *pool, struct reading *r) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = html_pool_get;
    options.deallocator = html_pool_put;
    options.userdata = pool;
    options.max_errors = 0;
    if (setjmp(pool->full))
        return false;
    const GumboOutput *out = gumbo_parse_with_options(&options, r->source.p, r->source.n);
    for (const GumboNode *n = out->root; n; n = next_in(out->root, n, true))
        if (is_part(n))
            take_part(r, n);
    return true;
}

/* Clean HTML has no <time>, so html_tame() would leave it out: here it is read as <b>. */
static void with_times(struct str html, struct buf *to) {
    for (size_t at; html.n;) {
        at = str_find_nocase(html, STR("time"), 0);
        bool tag = at != SIZE_MAX && at > 0 &&
                   (html.p[at - 1] == '<' || (at > 1 && html.p[at - 1] == '/' && html.p[at - 2] == '<'));
        size_t end = at == SIZE_MAX ? html.n : at + 4;
        char behind = end < html.n ? html.p[end] : 0;
        tag = tag && (behind == ' ' || behind == '\n' || behind == '\t' || behind == '>');
        buf_add(to, str_first(html, tag ? at : end));
        if (tag)
            buf_add_char(to, 'b');
        html = str_from(html, end);
    }
}

int page_parts(struct str html, struct arena *a, struct page_part **ret, size_t *ret_n, struct err *reterr) {
    BUF_LOCAL(timed);
    BUF_LOCAL(tame);
    struct html_pool pool = {.limit = PARSE_MEMORY_MOST};
    struct reading r = {.a = a, .part = arena_array(a, PAGE_PARTS_MOST, sizeof *r.part)};
    with_times(html, &timed);
    int bad = html_tame(buf_str(&timed), &tame, reterr);
    if (bad)
        return bad;
    r.source = buf_str(&tame);
    bool read = r.part && read_tree(&pool, &r);
    html_pool_clear(&pool);
    if (!read || r.too_many || buf_failed(&timed) || buf_failed(&tame) || arena_failed(a))
        return err_set(reterr, ERR_TOO_LARGE, "The page is too intricate to be read.");
    *ret = r.part;
    *ret_n = r.n;
    return 0;
}
