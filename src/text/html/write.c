// SPDX-License-Identifier: Apache-2.0
/* From the tree to bytes. One block a line, so that revisions compare well; quotes stay themselves in text, and
 * no-break spaces are written as they are. Recursion is bounded by the depth of the tree. */
#include "text/html/tree.h"

static void add_escaped(struct buf *ret, struct str s, bool attribute) {
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        const char *z = c == '&'                ? "&amp;"
                        : c == '<'              ? "&lt;"
                        : c == '>'              ? "&gt;"
                        : c == '"' && attribute ? "&quot;"
                                                : NULL;
        if (!z)
            continue;
        buf_add(ret, str_part(s.p + from, i - from));
        buf_add_z(ret, z);
        from = i + 1;
    }
    buf_add(ret, str_from(s, from));
}

static void add_attr(struct buf *ret, const char *name, struct str value) {
    if (value.n == 0)
        return;
    buf_printf(ret, " %s=\"", name);
    add_escaped(ret, value, true);
    buf_add_char(ret, '"');
}

static void add_number(struct buf *ret, const char *name, int value, int otherwise) {
    if (value != otherwise)
        buf_printf(ret, " %s=\"%d\"", name, value);
}

static void add_name(struct buf *ret, const struct html_node *n) {
    if (n->kind == KIND_HEADING)
        buf_printf(ret, "h%d", n->level);
    else
        buf_add_z(ret, html_kind_name(n->kind));
}

static void open_tag(struct buf *ret, const struct html_node *n) {
    const struct html_attrs *x = n->attrs;
    buf_add_char(ret, '<');
    add_name(ret, n);
    add_attr(ret, "href", n->kind == KIND_A ? x->url : STR_NONE);
    add_attr(ret, "title", n->kind == KIND_ABBR ? x->text : STR_NONE);
    add_attr(ret, "scope", n->kind == KIND_TH ? x->scope : STR_NONE);
    add_number(ret, "start", n->kind == KIND_OL ? x->start : 1, 1);
    add_number(ret, "colspan", n->colspan, 1);
    add_number(ret, "rowspan", n->rowspan, 1);
    add_attr(ret, "lang", x->lang);
    add_attr(ret, "dir", x->dir);
    buf_add_char(ret, '>');
}

static void close_tag(struct buf *ret, const struct html_node *n) {
    buf_add_z(ret, "</");
    add_name(ret, n);
    buf_add_char(ret, '>');
}

static void add_picture(struct buf *ret, const struct html_node *n) {
    buf_add_z(ret, "<img");
    add_attr(ret, "src", n->attrs->url);
    buf_add_z(ret, " alt=\"");
    add_escaped(ret, n->attrs->text, true);
    buf_add_char(ret, '"');
    add_number(ret, "width", n->attrs->width, 0);
    add_number(ret, "height", n->attrs->height, 0);
    add_attr(ret, "lang", n->attrs->lang);
    add_attr(ret, "dir", n->attrs->dir);
    buf_add_char(ret, '>');
}

static void write_line(const struct html_node *line, struct buf *ret) {
    for (const struct html_node *n = line->first; n; n = n->next) {
        if (n->kind == KIND_TEXT) {
            add_escaped(ret, n->text, false);
        } else if (n->kind == KIND_BR) {
            buf_add_z(ret, "<br>");
        } else if (n->kind == KIND_IMG) {
            add_picture(ret, n);
        } else {
            open_tag(ret, n);
            write_line(n, ret);
            close_tag(ret, n);
        }
    }
}

static bool has_attrs(const struct html_node *n) {
    return n->attrs->lang.n || n->attrs->dir.n;
}

/* The one paragraph of an item or cell, and the pictures of a figure, stand in it without p. */
static bool is_bare(const struct html_node *parent, const struct html_node *p) {
    if (p->kind != KIND_P || has_attrs(p))
        return false;
    if (parent->kind == KIND_FIGURE)
        return html_is_pictures(p);
    if (parent->kind == KIND_ROOT || parent->kind == KIND_QUOTE || p != parent->first)
        return false;
    for (const struct html_node *n = p->next; n; n = n->next)
        if (n->kind == KIND_P)
            return false;
    return true;
}

static void write_blocks(const struct html_node *parent, struct buf *ret);

static void write_group(const struct html_node **row, const char *name, struct buf *ret) {
    bool head = (*row)->head;
    buf_printf(ret, "<%s>\n", name);
    for (; *row && (*row)->head == head; *row = (*row)->next) {
        buf_add_z(ret, "<tr>\n");
        write_blocks(*row, ret);
        buf_add_z(ret, "</tr>\n");
    }
    buf_printf(ret, "</%s>\n", name);
}

static void write_table(const struct html_node *table, struct buf *ret) {
    const struct html_node *n = table->first;
    if (n && n->kind == KIND_CAPTION) {
        open_tag(ret, n);
        write_line(n, ret);
        close_tag(ret, n);
        buf_add_char(ret, '\n');
        n = n->next;
    }
    if (n && n->head)
        write_group(&n, "thead", ret);
    if (n)
        write_group(&n, "tbody", ret);
}

static void write_block(const struct html_node *n, struct buf *ret) {
    open_tag(ret, n);
    if (n->kind == KIND_HR)
        return;
    const struct html_node *only = n->first;
    if (html_kind_is_line(n->kind)) {
        write_line(n, ret);
    } else if (only && !only->next && is_bare(n, only)) {
        write_line(only, ret);
    } else if (only) {
        buf_add_char(ret, '\n');
        if (n->kind == KIND_TABLE)
            write_table(n, ret);
        else
            write_blocks(n, ret);
    }
    close_tag(ret, n);
}

static void write_blocks(const struct html_node *parent, struct buf *ret) {
    for (const struct html_node *n = parent->first; n; n = n->next) {
        if (is_bare(parent, n))
            write_line(n, ret);
        else
            write_block(n, ret);
        buf_add_char(ret, '\n');
    }
}

void html_write(const struct html_node *root, struct buf *ret) {
    size_t from = ret->n;
    write_blocks(root, ret);
    if (ret->n > from && ret->p[ret->n - 1] == '\n')
        buf_cut(ret, ret->n - 1);
}
