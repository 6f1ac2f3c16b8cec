// SPDX-License-Identifier: Apache-2.0
/* The writer: one loop over the flat tree with a stack of end tags. */
#include "press/import/page_write.h"

#include "text/escape.h"
#include "text/utf8.h"

enum { DEPTH_MOST = 1024, ICON_MOST = 48 };

struct open {
    uint32_t end;
    uint16_t tag;
};

struct writer {
    struct draft *dr;
    const struct tree *t;
    const struct declared *says;
    struct buf *out;
    uint32_t *kept; /* texts and pictures that stay, within each element */
    uint32_t block; /* of the last text written */
    size_t n;
    struct open open[DEPTH_MOST];
    bool relative_picture;
};

static bool is_written(uint16_t tag) {
    switch ((GumboTag)tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_TFOOT:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_TH:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_SECTION:
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
        return true;
    default:
        return false;
    }
}

/* Cells stay when they are empty, as long as their row does not. */
static bool stays_empty(uint16_t tag) {
    return tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH;
}

static bool is_icon(const struct tree *t, size_t i) {
    static const char *const sides[] = {"width", "height"};
    for (size_t k = 0; k < 2; k++) {
        int64_t n;
        if (str_to_int(tree_get(t, i, sides[k]), &n) && n <= ICON_MOST)
            return true;
    }
    return false;
}

static struct str picture_address(const struct tree *t, size_t i) {
    static const char *const names[] = {"src", "data-src", "data-original"};
    for (size_t k = 0; k < 3; k++) {
        struct str s = str_trim(tree_get(t, i, names[k]));
        if (s.n && !str_starts_nocase(s, "data:"))
            return s;
    }
    return STR_NONE;
}

static bool is_gone(const struct writer *w, size_t i) {
    const struct tree_node *n = &w->t->node[i];
    return n->hidden || (n->block && w->t->block[n->block - 1].gone);
}

static bool count_kept(struct writer *w, size_t main) {
    const struct tree *t = w->t;
    w->kept = arena_array(w->dr->a, t->n, sizeof *w->kept);
    if (!w->kept)
        return false;
    for (size_t i = t->node[main].end; i-- > main + 1;) {
        const struct tree_node *n = &t->node[i];
        if (n->tag == GUMBO_TAG_LAST)
            w->kept[i] = !is_gone(w, i) && !draft_is_blank(tree_text(t, i)) && n->block;
        else if (n->tag == GUMBO_TAG_IMG)
            w->kept[i] = !is_gone(w, i) && !is_icon(t, i) && picture_address(t, i).n;
        w->kept[n->parent] += w->kept[i];
    }
    return true;
}

static void add_attribute(struct writer *w, const char *name, struct str value) {
    if (!value.n)
        return;
    buf_printf(w->out, " %s=\"", name);
    escape_html(w->out, value);
    buf_add_char(w->out, '"');
}

static void write_picture(struct writer *w, size_t i) {
    struct str raw = picture_address(w->t, i), address = declared_resolve(w->dr, w->says, raw);
    if (str_starts_nocase(raw, "file:"))
        return;
    w->relative_picture = w->relative_picture || !(str_starts_nocase(address, "http") || str_starts(address, "/"));
    buf_add_z(w->out, "<img");
    add_attribute(w, "src", address);
    add_attribute(w, "alt", draft_fold(w->dr, tree_get(w->t, i, "alt")));
    add_attribute(w, "width", tree_get(w->t, i, "width"));
    add_attribute(w, "height", tree_get(w->t, i, "height"));
    buf_add_char(w->out, '>');
}

/* Chinese paragraphs begin with two wide spaces, which are style and not text. */
static struct str without_indent(struct str s) {
    while (s.n) {
        struct str rest = s;
        uint32_t c = utf8_next(&rest);
        if (c != 0x3000 && c != 0xa0 && c != ' ' && c != '\t' && c != '\n' && c != 0x2003)
            break;
        s = rest;
    }
    return s;
}

static bool begins_wide(struct str s) {
    s = str_trim(s);
    while (str_starts(s, "\xc2\xa0"))
        s = str_from(s, 2);
    return str_starts(s, "　　") || str_starts(s, "　 　");
}

static void write_text(struct writer *w, size_t i) {
    struct str text = tree_text(w->t, i);
    uint32_t block = w->t->node[i].block;
    if (block && block != w->block && !draft_is_blank(text)) {
        text = without_indent(text);
        w->block = block;
    }
    escape_html(w->out, text);
}

static bool in_inline(const struct writer *w) {
    return w->n && !tree_is_block_tag(w->open[w->n - 1].tag);
}

/* Two breaks, or one before a wide indent, part paragraphs: an empty <p> does, and is not kept itself. */
static void write_break(struct writer *w, size_t i) {
    const struct tree *t = w->t;
    size_t breaks = 1, k = i + 1;
    if (i && t->node[i - 1].tag == GUMBO_TAG_BR)
        return; /* the first of them has told */
    for (; k < t->n; k++) {
        if (t->node[k].tag == GUMBO_TAG_BR)
            breaks++;
        else if (t->node[k].tag != GUMBO_TAG_LAST || !draft_is_blank(tree_text(t, k)))
            break;
    }
    bool indent = k < t->n && t->node[k].tag == GUMBO_TAG_LAST && begins_wide(tree_text(t, k));
    if ((breaks > 1 || indent) && !in_inline(w))
        buf_add_z(w->out, "<p></p>");
    else
        buf_add_z(w->out, "<br>");
}

static void close_before(struct writer *w, size_t i) {
    while (w->n && w->open[w->n - 1].end <= i)
        buf_printf(w->out, "</%s>", gumbo_normalized_tagname((GumboTag)w->open[--w->n].tag));
}

static void write_element(struct writer *w, size_t i) {
    const struct tree *t = w->t;
    uint16_t tag = t->node[i].tag;
    static const char *const copied[] = {"colspan", "rowspan", "scope", "start", "lang", "dir", "title"};
    if (!is_written(tag) || w->n == DEPTH_MOST)
        return;
    buf_printf(w->out, "<%s", gumbo_normalized_tagname((GumboTag)tag));
    if (tag == GUMBO_TAG_A)
        add_attribute(w, "href", declared_resolve(w->dr, w->says, tree_get(t, i, "href")));
    for (size_t k = 0; k < sizeof copied / sizeof *copied; k++)
        add_attribute(w, copied[k], tree_get(t, i, copied[k]));
    buf_add_char(w->out, '>');
    w->open[w->n++] = (struct open){t->node[i].end, tag};
}

bool page_write(struct draft *dr, const struct tree *t, const struct declared *says, size_t main, struct buf *ret) {
    struct writer w = {.dr = dr, .t = t, .says = says, .out = ret};
    if (!count_kept(&w, main))
        return false;
    for (size_t i = main + 1; i < t->node[main].end;) {
        uint16_t tag = t->node[i].tag;
        close_before(&w, i);
        if (tag == GUMBO_TAG_LAST) {
            bool blank = draft_is_blank(tree_text(t, i));
            if (w.kept[i] || (blank && !is_gone(&w, i)))
                write_text(&w, i);
        } else if (tag == GUMBO_TAG_IMG && w.kept[i]) {
            write_picture(&w, i);
        } else if (tag == GUMBO_TAG_BR) {
            write_break(&w, i);
        } else if (tag == GUMBO_TAG_HR) {
            buf_add_z(ret, "<hr>");
        } else if (w.kept[i] || stays_empty(tag)) {
            write_element(&w, i);
        } else {
            i = t->node[i].end;
            continue;
        }
        i++;
    }
    close_before(&w, SIZE_MAX);
    if (w.relative_picture)
        draft_warn(dr, "Pictures are named relative to an address that the page does not give; check them.");
    return !buf_failed(ret);
}
