// SPDX-License-Identifier: Apache-2.0
/* One pass over the bytes, after the HTML standard's tokenizer (html/scan.h), with a small model of the stack of open
 * elements that errs on the deep side: an end tag that the parser may ignore closes nothing here. Attributes are
 * written anew, each once: the parser compares every attribute of a tag with all the others. */
#include "press/import/thin.h"

#include "base/size.h"
#include "text/html/scan.h"

#include <gumbo.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN_MOST = 512, JSON_MOST = 1024 * 1024 };

enum way {
    WAY_PASS, /* the tag is left out, what it holds stays */
    WAY_DROP, /* left out with all it holds */
    WAY_VOID, /* has no end tag */
    WAY_PART, /* its end may be left out; lives in something counted */
    WAY_BLOCK,
    WAY_TABLE,
    WAY_HEADING,
    WAY_INLINE, /* one within itself counts once */
    WAY_HIDE,   /* a control: <label hidden> */
    WAY_SPAN,   /* stays where it says something, else passes */
    WAY_RAW,    /* its content is text: title, textarea */
    WAY_INPUT,
};

struct open {
    GumboTag tag;
    uint8_t way;
    bool written;
    uint32_t repeats;
};

struct thinner {
    struct str in;
    size_t at, tags;
    struct buf *out;
    size_t n, blocks;
    struct open open[OPEN_MOST];
    uint32_t too_deep[GUMBO_TAG_LAST + 1];
    bool no_end[GUMBO_TAG_LAST + 1];
};

static const uint8_t ways[GUMBO_TAG_LAST + 1] = {
    [GUMBO_TAG_HTML] = WAY_PART,     [GUMBO_TAG_BODY] = WAY_PART,        [GUMBO_TAG_HEAD] = WAY_PASS,
    [GUMBO_TAG_TITLE] = WAY_RAW,     [GUMBO_TAG_TEXTAREA] = WAY_RAW,     [GUMBO_TAG_BASE] = WAY_VOID,
    [GUMBO_TAG_LINK] = WAY_VOID,     [GUMBO_TAG_META] = WAY_VOID,        [GUMBO_TAG_STYLE] = WAY_DROP,
    [GUMBO_TAG_SCRIPT] = WAY_DROP,   [GUMBO_TAG_NOSCRIPT] = WAY_HIDE,    [GUMBO_TAG_TEMPLATE] = WAY_DROP,
    [GUMBO_TAG_ARTICLE] = WAY_BLOCK, [GUMBO_TAG_SECTION] = WAY_BLOCK,    [GUMBO_TAG_NAV] = WAY_BLOCK,
    [GUMBO_TAG_ASIDE] = WAY_BLOCK,   [GUMBO_TAG_HGROUP] = WAY_BLOCK,     [GUMBO_TAG_HEADER] = WAY_BLOCK,
    [GUMBO_TAG_FOOTER] = WAY_BLOCK,  [GUMBO_TAG_ADDRESS] = WAY_BLOCK,    [GUMBO_TAG_MAIN] = WAY_BLOCK,
    [GUMBO_TAG_DIV] = WAY_BLOCK,     [GUMBO_TAG_CENTER] = WAY_BLOCK,     [GUMBO_TAG_BLOCKQUOTE] = WAY_BLOCK,
    [GUMBO_TAG_FIGURE] = WAY_BLOCK,  [GUMBO_TAG_FIGCAPTION] = WAY_BLOCK, [GUMBO_TAG_FIELDSET] = WAY_BLOCK,
    [GUMBO_TAG_DETAILS] = WAY_BLOCK, [GUMBO_TAG_SUMMARY] = WAY_BLOCK,    [GUMBO_TAG_PRE] = WAY_BLOCK,
    [GUMBO_TAG_UL] = WAY_BLOCK,      [GUMBO_TAG_OL] = WAY_BLOCK,         [GUMBO_TAG_DL] = WAY_BLOCK,
    [GUMBO_TAG_DIR] = WAY_BLOCK,     [GUMBO_TAG_MENU] = WAY_BLOCK,       [GUMBO_TAG_H1] = WAY_HEADING,
    [GUMBO_TAG_H2] = WAY_HEADING,    [GUMBO_TAG_H3] = WAY_HEADING,       [GUMBO_TAG_H4] = WAY_HEADING,
    [GUMBO_TAG_H5] = WAY_HEADING,    [GUMBO_TAG_H6] = WAY_HEADING,       [GUMBO_TAG_P] = WAY_PART,
    [GUMBO_TAG_LI] = WAY_PART,       [GUMBO_TAG_DT] = WAY_PART,          [GUMBO_TAG_DD] = WAY_PART,
    [GUMBO_TAG_TABLE] = WAY_TABLE,   [GUMBO_TAG_CAPTION] = WAY_PART,     [GUMBO_TAG_THEAD] = WAY_PART,
    [GUMBO_TAG_TBODY] = WAY_PART,    [GUMBO_TAG_TFOOT] = WAY_PART,       [GUMBO_TAG_TR] = WAY_PART,
    [GUMBO_TAG_TD] = WAY_PART,       [GUMBO_TAG_TH] = WAY_PART,          [GUMBO_TAG_HR] = WAY_VOID,
    [GUMBO_TAG_BR] = WAY_VOID,       [GUMBO_TAG_IMG] = WAY_VOID,         [GUMBO_TAG_A] = WAY_INLINE,
    [GUMBO_TAG_B] = WAY_INLINE,      [GUMBO_TAG_STRONG] = WAY_INLINE,    [GUMBO_TAG_I] = WAY_INLINE,
    [GUMBO_TAG_EM] = WAY_INLINE,     [GUMBO_TAG_SUB] = WAY_INLINE,       [GUMBO_TAG_SUP] = WAY_INLINE,
    [GUMBO_TAG_CODE] = WAY_INLINE,   [GUMBO_TAG_ABBR] = WAY_INLINE,      [GUMBO_TAG_TIME] = WAY_INLINE,
    [GUMBO_TAG_BDO] = WAY_INLINE,    [GUMBO_TAG_SPAN] = WAY_SPAN,        [GUMBO_TAG_BUTTON] = WAY_HIDE,
    [GUMBO_TAG_SELECT] = WAY_HIDE,   [GUMBO_TAG_INPUT] = WAY_INPUT,      [GUMBO_TAG_IFRAME] = WAY_DROP,
    [GUMBO_TAG_NOFRAMES] = WAY_DROP, [GUMBO_TAG_NOEMBED] = WAY_DROP,     [GUMBO_TAG_OBJECT] = WAY_DROP,
    [GUMBO_TAG_VIDEO] = WAY_DROP,    [GUMBO_TAG_AUDIO] = WAY_DROP,       [GUMBO_TAG_CANVAS] = WAY_DROP,
    [GUMBO_TAG_SVG] = WAY_DROP,
};

/* --- attributes --- */

static const char *const kept_names[] = {
    "href",     "src",           "alt",     "lang",     "dir",   "content",  "name",  "property", "itemprop",
    "role",     "datetime",      "colspan", "rowspan",  "scope", "start",    "width", "height",   "rel",
    "data-src", "data-original", "title",   "itemtype", "type",  "xml:lang", "value"};
enum { KEPT = sizeof kept_names / sizeof *kept_names };

struct attributes {
    struct str value[KEPT];
    bool seen[KEPT], hidden;
};

/* Is there "display:none" in a style? */
static bool style_hides(struct str style) {
    size_t at = str_find_nocase(str_first(style, 1024), STR("display"), 0);
    if (at == SIZE_MAX)
        return false;
    struct str rest = str_trim(str_from(style, at + 7));
    return str_starts(rest, ":") && str_starts_nocase(str_trim(str_from(rest, 1)), "none");
}

static void attribute(struct attributes *a, struct str name, struct str value) {
    if (str_is_nocase(name, "hidden"))
        a->hidden = true;
    if (str_is_nocase(name, "style") && style_hides(value))
        a->hidden = true;
    for (size_t i = 0; i < KEPT; i++)
        if (!a->seen[i] && str_is_nocase(name, kept_names[i])) {
            a->seen[i] = true;
            a->value[i] = value.n > THIN_VALUE_MOST ? STR_NONE : value;
            return;
        }
}

static struct str get(const struct attributes *a, const char *name) {
    for (size_t i = 0; i < KEPT; i++)
        if (str_is(str_of(kept_names[i]), name))
            return a->value[i];
    return STR_NONE;
}

/* From behind a tag's name to behind its '>', or SIZE_MAX where the file ends within the tag. */
static size_t read_tag(struct str s, size_t i, struct attributes *a) {
    struct str name, value;
    while (html_attribute_next(s, &i, &name, &value))
        attribute(a, name, value);
    return i;
}

/* The bytes of a value as they stood, its character references too; only the quote needs care. */
static void add_value(struct buf *b, struct str value) {
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] == '"')
            buf_add_z(b, "&quot;");
        else
            buf_add_char(b, value.p[i]);
}

static void write_start(struct thinner *t, const char *name, const struct attributes *a, bool bare) {
    buf_printf(t->out, "<%s", name);
    for (size_t i = 0; i < KEPT && !bare; i++) {
        if (!a->seen[i] || str_is(str_of(kept_names[i]), "value"))
            continue;
        buf_printf(t->out, " %s=\"", kept_names[i]);
        add_value(t->out, a->value[i]);
        buf_add_char(t->out, '"');
    }
    buf_add_z(t->out, a->hidden ? " hidden>" : ">");
}

static void write_end(struct thinner *t, const char *name) {
    buf_printf(t->out, "</%s>", name);
}

/* --- the stack --- */

static bool is_inline(enum way way) {
    return way == WAY_INLINE || way == WAY_SPAN || way == WAY_HIDE;
}

/* The innermost open `tag` that its end tag reaches. Tables stop every search, blocks that of a span. */
static size_t reach(const struct thinner *t, GumboTag tag, enum way way) {
    for (size_t i = t->n; i-- > 0;) {
        const struct open *o = &t->open[i];
        if (way == WAY_HEADING ? o->way == WAY_HEADING : o->tag == tag)
            return i;
        if (o->way == WAY_TABLE || ((way == WAY_SPAN || way == WAY_HIDE) && !is_inline(o->way)))
            break;
    }
    return SIZE_MAX;
}

static void close_from(struct thinner *t, size_t i) {
    for (size_t k = i; k < t->n; k++)
        t->blocks -= !is_inline(t->open[k].way);
    t->n = i;
}

static void close_one(struct thinner *t, size_t i) {
    t->blocks -= !is_inline(t->open[i].way);
    memmove(&t->open[i], &t->open[i + 1], (t->n - i - 1) * sizeof t->open[0]);
    t->n--;
}

static bool push(struct thinner *t, GumboTag tag, enum way way, bool written) {
    if (t->n == OPEN_MOST || (!is_inline(way) && t->blocks >= THIN_DEPTH)) {
        t->too_deep[tag]++;
        return false;
    }
    t->blocks += !is_inline(way);
    t->open[t->n++] = (struct open){tag, (uint8_t)way, written, 0};
    return true;
}

static void start_inline(struct thinner *t, GumboTag tag, const struct attributes *a) {
    size_t i = reach(t, tag, WAY_INLINE);
    if (i != SIZE_MAX && tag != GUMBO_TAG_A) {
        t->open[i].repeats++;
        return;
    }
    if (i != SIZE_MAX)
        close_one(t, i); /* a second <a> closes the first */
    bool bare = tag != GUMBO_TAG_A && tag != GUMBO_TAG_TIME && tag != GUMBO_TAG_ABBR && tag != GUMBO_TAG_BDO;
    if (push(t, tag, WAY_INLINE, true))
        write_start(t, gumbo_normalized_tagname(tag), a, bare);
}

static void start(struct thinner *t, GumboTag tag, enum way way, struct attributes *a) {
    bool says = a->hidden || get(a, "itemprop").n;
    switch (way) {
    case WAY_VOID:
    case WAY_PART:
        write_start(t, gumbo_normalized_tagname(tag), a, false);
        break;
    case WAY_BLOCK:
    case WAY_TABLE:
    case WAY_HEADING:
        if (push(t, tag, way, true))
            write_start(t, gumbo_normalized_tagname(tag), a, false);
        break;
    case WAY_INLINE:
        start_inline(t, tag, a);
        break;
    case WAY_SPAN:
        if (push(t, tag, way, says) && says)
            write_start(t, "label", a, false);
        break;
    case WAY_HIDE:
        a->hidden = true;
        if (push(t, tag, way, true))
            write_start(t, "label", a, true);
        break;
    default:
        break;
    }
}

static void end_inline(struct thinner *t, GumboTag tag, size_t i) {
    if (t->open[i].repeats) {
        t->open[i].repeats--;
        return;
    }
    bool written = t->open[i].written, span = t->open[i].way != WAY_INLINE;
    close_one(t, i);
    if (written)
        write_end(t, span ? "label" : gumbo_normalized_tagname(tag));
}

static void end(struct thinner *t, GumboTag tag, enum way way) {
    if (way == WAY_PART && tag != GUMBO_TAG_HTML && tag != GUMBO_TAG_BODY) {
        write_end(t, gumbo_normalized_tagname(tag));
        return;
    }
    if (way != WAY_BLOCK && way != WAY_TABLE && way != WAY_HEADING && !is_inline(way))
        return;
    if (t->too_deep[tag]) {
        t->too_deep[tag]--;
        return;
    }
    size_t i = reach(t, tag, way);
    if (i == SIZE_MAX)
        return;
    if (is_inline(way)) {
        end_inline(t, tag, i);
        return;
    }
    close_from(t, i);
    write_end(t, gumbo_normalized_tagname(tag));
}

/* --- whole elements --- */

/* The element's content, moving behind its end tag; false where it has no end: then only the tag goes, but a script or
 * style takes the rest of the file with it, as in browsers. */
static bool take_content(struct thinner *t, GumboTag tag, struct str name, struct str *ret) {
    size_t end_at = t->no_end[tag] ? SIZE_MAX : html_find_end(t->in, t->at, name, false);
    if (end_at == SIZE_MAX) {
        t->no_end[tag] = true;
        if (tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE)
            t->at = t->in.n;
        return false;
    }
    *ret = str_part(t->in.p + t->at, end_at - t->at);
    size_t behind = html_tag_end(t->in, end_at + 2 + name.n);
    t->at = behind == SIZE_MAX ? t->in.n : behind;
    return true;
}

static void drop(struct thinner *t, GumboTag tag, struct str name, const struct attributes *a) {
    struct str content;
    bool json = tag == GUMBO_TAG_SCRIPT && str_is_nocase(str_trim(get(a, "type")), "application/ld+json");
    if (!take_content(t, tag, name, &content) || !json || content.n > JSON_MOST)
        return;
    buf_add_z(t->out, "<script type=\"application/ld+json\">");
    buf_add(t->out, content);
    buf_add_z(t->out, "</script>");
}

static void add_text(struct buf *b, struct str text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '<')
            buf_add_z(b, "&lt;");
        else
            buf_add_char(b, text.p[i]);
}

static void raw(struct thinner *t, GumboTag tag, struct str name) {
    struct str content;
    const char *as = tag == GUMBO_TAG_TITLE ? "title" : "label";
    if (!take_content(t, tag, name, &content))
        return;
    buf_add_z(t->out, tag == GUMBO_TAG_TITLE ? "<title>" : "<label hidden>");
    add_text(t->out, content);
    write_end(t, as);
}

/* A button's words stand in an attribute. */
static void input(struct thinner *t, const struct attributes *a) {
    struct str type = str_trim(get(a, "type"));
    if (!str_is_nocase(type, "button") && !str_is_nocase(type, "submit") && !str_is_nocase(type, "reset"))
        return;
    buf_add_z(t->out, "<label hidden>");
    add_text(t->out, get(a, "value"));
    write_end(t, "label");
}

/* --- markup --- */

static void tag(struct thinner *t, const struct html_markup *m) {
    struct attributes a = {0};
    bool is_end = m->mark == HTML_MARK_END;
    size_t behind = read_tag(t->in, m->end, &a);
    t->at = behind == SIZE_MAX ? t->in.n : behind;
    if (behind == SIZE_MAX)
        return;
    t->tags += !is_end;
    GumboTag which = gumbo_tagn_enum(m->name.p, (unsigned)(m->name.n < 64 ? m->name.n : 64));
    enum way way = ways[which];
    if (is_end)
        end(t, which, way);
    else if (way == WAY_DROP)
        drop(t, which, m->name, &a);
    else if (way == WAY_RAW)
        raw(t, which, m->name);
    else if (way == WAY_INPUT)
        input(t, &a);
    else
        start(t, which, way, &a);
}

/* At '<': takes the markup that begins there; false where it is a mere less-than sign. */
static bool markup(struct thinner *t) {
    struct html_markup m = html_markup_at(t->in, t->at);
    if (m.mark == HTML_MARK_START || m.mark == HTML_MARK_END)
        tag(t, &m);
    else if (m.mark == HTML_MARK_OTHER)
        t->at = m.end;
    return m.mark != HTML_MARK_NONE;
}

int thin(struct str html, struct buf *ret, struct err *reterr) {
    struct thinner *t = calloc(1, sizeof *t); /* large for the stack of a worker */
    if (!t)
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the page; nothing was taken.");
    t->in = html;
    t->out = ret;
    size_t before = ret->n;
    while (t->at < html.n && t->tags <= THIN_TAGS_MOST && ret->n - before <= THIN_BYTES_MOST) {
        size_t at = str_find_char(html, '<', t->at);
        if (at == SIZE_MAX)
            at = html.n;
        buf_add(ret, str_part(html.p + t->at, at - t->at));
        t->at = at;
        if (at < html.n && !markup(t)) {
            buf_add_z(ret, "&lt;"); /* or it could make a tag with what is next to it now */
            t->at++;
        }
    }
    size_t tags = t->tags;
    free(t);
    if (buf_failed(ret))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the page; nothing was taken.");
    if (tags > THIN_TAGS_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The page has more than %d tags; it is no article.", THIN_TAGS_MOST);
    if (ret->n - before > THIN_BYTES_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The page has more than %s of text; it is no article.",
                       size_text(THIN_BYTES_MOST).z);
    return 0;
}
