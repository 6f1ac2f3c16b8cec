// SPDX-License-Identifier: Apache-2.0
/* A walk over tags and their attributes. What is not replaced is copied in the largest pieces that there are. What a
 * line becomes that begins and ends between tags depends on nothing else in the page. */
#include "web/rewrite.h"

#include "text/escape.h"
#include "web/rewrite/lines.h"

#include <string.h>

enum { LINE_MOST = 1024 };

struct walk {
    struct str in;
    size_t at, copied; /* next byte to look at; what is in *out already */
    rewrite_fn *fn;
    void *arg;
    struct buf *out;
    struct buf value, other; /* one link's: as it reads, and what takes its place */
    struct buf escaped;      /* the same, as it is written */
    bool own;                /* one of the links since the line began is the page's own */
};

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t skip_space(struct str s, size_t at) {
    while (at < s.n && is_space(s.p[at]))
        at++;
    return at;
}

/* Bytes [from, until) are replaced by `by`. */
static void put(struct walk *w, size_t from, size_t until, struct str by) {
    buf_add(w->out, str_part(w->in.p + w->copied, from - w->copied));
    buf_add(w->out, by);
    w->copied = until;
}

/* --- character references: those that an address needs; others stay as they are --- */

static size_t add_number(struct buf *to, struct str s) {
    bool hex = s.n > 2 && (s.p[2] == 'x' || s.p[2] == 'X');
    size_t at = hex ? 3 : 2, first = at;
    uint32_t c = 0;
    for (; at < s.n && c < 0x110000; at++) {
        char d = s.p[at];
        if (d >= '0' && d <= '9')
            c = c * (hex ? 16 : 10) + (uint32_t)(d - '0');
        else if (hex && is_letter(d) && (d | 32) <= 'f')
            c = c * 16 + (uint32_t)((d | 32) - 'a' + 10);
        else
            break;
    }
    if (at == first || at == s.n || s.p[at] != ';' || c < 0x20 || c > 0x7e)
        return 0;
    buf_add_char(to, (char)c);
    return at + 1;
}

static size_t add_reference(struct buf *to, struct str s) {
    static const struct {
        const char *name;
        char c;
    } known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_starts(s, known[i].name)) {
            buf_add_char(to, known[i].c);
            return strlen(known[i].name);
        }
    return str_starts(s, "&#") ? add_number(to, s) : 0;
}

static void add_read(struct buf *to, struct str s) {
    for (size_t at = 0; at < s.n;) {
        size_t mark = str_find_char(s, '&', at);
        if (mark == SIZE_MAX)
            mark = s.n;
        buf_add(to, str_part(s.p + at, mark - at));
        size_t used = mark < s.n ? add_reference(to, str_from(s, mark)) : 0;
        if (mark < s.n && !used)
            buf_add_char(to, '&');
        at = mark + (used ? used : 1);
    }
}

/* --- one value --- */

/* What could not be built for want of memory leaves no page that looks whole. */
static void heed(const struct walk *w, const struct buf *part) {
    w->out->failed = w->out->failed || buf_failed(part);
}

static bool ask(struct walk *w, struct str name, struct str value) {
    struct rewrite_link link = {.name = name, .value = value};
    buf_reset(&w->other);
    bool mine = value.n && w->fn(w->arg, &link, &w->other);
    w->own = w->own || link.own;
    heed(w, &w->other);
    return mine && !buf_failed(&w->other);
}

/* The next candidate of "a.png 1x, b.png 2x": white space and commas, an address to the next white space, and what else
 * is said of it to a comma; an address that ends in commas has nothing said of it (WHATWG HTML 4.8.4.3.10). False at
 * the end. */
static bool next_candidate(struct str set, size_t *at, struct str *ret_url, struct str *ret_rest) {
    while (*at < set.n && (is_space(set.p[*at]) || set.p[*at] == ','))
        ++*at;
    size_t end = *at;
    while (end < set.n && !is_space(set.p[end]))
        end++;
    *ret_url = str_part(set.p + *at, end - *at);
    *at = end;
    *ret_rest = STR("");
    if (ret_url->n && ret_url->p[ret_url->n - 1] == ',') {
        while (ret_url->p[ret_url->n - 1] == ',') /* it began with something else */
            ret_url->n--;
        return true;
    }
    size_t comma = str_find_char(set, ',', end);
    *at = comma == SIZE_MAX ? set.n : comma;
    *ret_rest = str_trim(str_part(set.p + end, *at - end));
    return ret_url->n > 0;
}

static bool ask_each(struct walk *w, struct str name, struct str set, struct buf *ret) {
    struct str url, rest;
    bool any = false;
    for (size_t at = 0; next_candidate(set, &at, &url, &rest);) {
        bool mine = ask(w, name, url);
        any = any || mine;
        if (ret->n)
            buf_add_z(ret, ", ");
        buf_add(ret, mine ? buf_str(&w->other) : url);
        if (rest.n)
            buf_add_char(ret, ' ');
        buf_add(ret, rest);
    }
    return any;
}

/* Most attributes are told by their first letter. */
static bool is_link(struct str name) {
    if (name.n < 3 || !strchr("hsafpd", name.p[0] | 32))
        return false;
    static const char *const names[] = {"href",   "src",  "srcset",     "action",       "formaction",
                                        "poster", "data", "data-shown", "data-opening", "data-ledger"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is_nocase(name, names[i]))
            return true;
    return false;
}

/* [from, until): with its quotes, where it has some. */
static void take_value(struct walk *w, struct str name, size_t from, size_t until, bool quoted) {
    struct str raw = str_part(w->in.p + from + quoted, until - from - 2 * (size_t)quoted);
    BUF_LOCAL(set);
    buf_reset(&w->value);
    buf_reset(&w->escaped);
    add_read(&w->value, raw);
    struct str value = str_trim(buf_str(&w->value));
    bool many = str_is_nocase(name, "srcset");
    bool mine = many ? ask_each(w, name, value, &set) : ask(w, name, value);
    heed(w, &w->value);
    heed(w, &set);
    if (!mine)
        return;
    buf_add_char(&w->escaped, '"');
    escape_html(&w->escaped, many ? buf_str(&set) : buf_str(&w->other));
    buf_add_char(&w->escaped, '"');
    heed(w, &w->escaped);
    put(w, from, until, buf_str(&w->escaped));
}

/* --- tags --- */

/* White space, '>', and these two. */
static size_t until_any(struct str s, size_t at, char slash, char equals) {
    while (at < s.n && !is_space(s.p[at]) && s.p[at] != '>' && s.p[at] != slash && s.p[at] != equals)
        at++;
    return at;
}

/* One attribute at w->at; false at the end of the tag. */
static bool take_attribute(struct walk *w, bool end_tag) {
    while (w->at < w->in.n && (is_space(w->in.p[w->at]) || w->in.p[w->at] == '/'))
        w->at++;
    if (w->at == w->in.n || w->in.p[w->at] == '>')
        return false;
    size_t from = w->at;
    w->at = until_any(w->in, from + 1, '/', '=');
    struct str name = str_part(w->in.p + from, w->at - from);
    size_t equals = skip_space(w->in, w->at);
    if (equals == w->in.n || w->in.p[equals] != '=')
        return true;
    size_t value = skip_space(w->in, equals + 1);
    char quote = value < w->in.n ? w->in.p[value] : 0;
    bool quoted = quote == '"' || quote == '\'';
    size_t end = quoted ? str_find_char(w->in, quote, value + 1) : until_any(w->in, value, '>', '>');
    if (end == SIZE_MAX) { /* no end to it: no browser shows such a tag */
        w->at = w->in.n;
        return false;
    }
    w->at = end + quoted;
    if (!end_tag && is_link(name))
        take_value(w, name, value, w->at, quoted);
    return true;
}

/* Elements whose text is no markup. */
static bool is_raw(struct str name) {
    if (name.n < 3 || !strchr("stxin", name.p[0] | 32))
        return false;
    static const char *const names[] = {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is_nocase(name, names[i]))
            return true;
    return false;
}

static void skip_raw(struct walk *w, struct str name) {
    for (size_t at = w->at; (at = str_find(w->in, STR("</"), at)) != SIZE_MAX; at += 2) {
        struct str rest = str_from(w->in, at + 2);
        if (rest.n > name.n && str_eq_nocase(str_first(rest, name.n), name) &&
            (is_space(rest.p[name.n]) || rest.p[name.n] == '/' || rest.p[name.n] == '>')) {
            w->at = at;
            return;
        }
    }
    w->at = w->in.n;
}

static void skip_until(struct walk *w, struct str mark) {
    size_t end = str_find(w->in, mark, w->at);
    w->at = end == SIZE_MAX ? w->in.n : end + mark.n;
}

/* At a '<'. */
static void take_tag(struct walk *w) {
    struct str rest = str_from(w->in, w->at);
    if (str_starts(rest, "<!--")) {
        w->at += 2; /* "<!-->" is a whole comment */
        skip_until(w, STR("-->"));
        return;
    }
    bool end_tag = rest.n > 1 && rest.p[1] == '/';
    if (rest.n < 2 || !is_letter(rest.p[end_tag ? 1 + (rest.n > 2) : 1])) {
        if (rest.n > 1 && (rest.p[1] == '!' || rest.p[1] == '?' || rest.p[1] == '/'))
            skip_until(w, STR(">"));
        else
            w->at++;
        return;
    }
    size_t from = w->at + 1 + end_tag;
    w->at = until_any(w->in, from, '/', '>');
    struct str name = str_part(w->in.p + from, w->at - from);
    while (take_attribute(w, end_tag))
        ;
    bool whole = w->at < w->in.n;
    w->at += whole;
    if (whole && !end_tag && is_raw(name))
        skip_raw(w, name);
}

static struct walk begin(struct str in, rewrite_fn *fn, void *arg, struct buf *ret) {
    return (struct walk){
        .in = in, .fn = fn, .arg = arg, .out = ret, .value = BUF_INIT, .other = BUF_INIT, .escaped = BUF_INIT};
}

static void finish(struct walk *w) {
    put(w, w->in.n, w->in.n, STR(""));
    buf_clear(&w->value);
    buf_clear(&w->other);
    buf_clear(&w->escaped);
}

void rewrite_html(struct str html, rewrite_fn *fn, void *arg, struct buf *ret) {
    struct walk w = begin(html, fn, arg, ret);
    while ((w.at = str_find_char(w.in, '<', w.at)) != SIZE_MAX)
        take_tag(&w);
    finish(&w);
}

/* --- lines --- */

/* Tags that begin before `end`; false where the last of them ends beyond it. */
static bool take_tags(struct walk *w, size_t end) {
    while (w->at < end) {
        size_t tag = str_find_char(str_first(w->in, end), '<', w->at);
        w->at = tag == SIZE_MAX ? end : tag;
        if (tag != SIZE_MAX)
            take_tag(w);
    }
    return w->at == end;
}

/* It begins at w->at, outside of any tag. */
static void take_line(struct walk *w, struct rewrite_memory *m, struct str kin, struct str in) {
    size_t end = w->at + in.n;
    struct line line = {kin, in, 0};
    struct str out;
    if (lines_find(m, &line, &out)) {
        if (out.n)
            put(w, w->at, end, out);
        w->at = end;
        return;
    }
    if (!lines_meet(m, &line)) {
        (void)take_tags(w, end); /* where it ends is where the next one begins */
        return;
    }
    put(w, w->at, w->at, STR(""));
    size_t before = w->out->n;
    w->own = false;
    if (!take_tags(w, end) || w->own || end == w->in.n) /* at the end of all it may be cut off */
        return;
    put(w, end, end, STR(""));
    if (!buf_failed(w->out))
        lines_keep(m, &line, str_from(buf_str(w->out), before));
}

void rewrite_html_alike(struct rewrite_memory *m, struct str kin, struct str html, rewrite_fn *fn, void *arg,
                        struct buf *ret) {
    struct walk w = begin(html, fn, arg, ret);
    while (w.at < html.n) {
        size_t mark = str_find_char(html, '\n', w.at), end = mark == SIZE_MAX ? html.n : mark + 1;
        struct str line = str_part(html.p + w.at, end - w.at);
        if (str_find_char(line, '<', 0) == SIZE_MAX)
            w.at = end;
        else if (mark == SIZE_MAX || line.n > LINE_MOST)
            (void)take_tags(&w, end); /* where it ends is where the next one begins */
        else
            take_line(&w, m, kin, line);
    }
    finish(&w);
}

/* --- stylesheets --- */

/* In a string, quotes and backslashes would end it or mean something else. */
static void add_css(struct buf *to, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] && strchr("\"'()\\", s.p[i]))
            buf_add_char(to, '\\');
        buf_add_char(to, s.p[i]);
    }
}

/* One that is escaped, or is no address by CSS Syntax 4.3.6, is let be. */
static bool is_css_address(struct str s, bool quoted) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\\' || (!quoted && (is_space(s.p[i]) || (s.p[i] && strchr("\"'(", s.p[i])))))
            return false;
    return true;
}

static void take_css_url(struct walk *w) {
    size_t from = skip_space(w->in, w->at);
    char quote = from < w->in.n ? w->in.p[from] : 0;
    bool quoted = quote == '"' || quote == '\'';
    size_t first = from + quoted, end = str_find_char(w->in, quoted ? quote : ')', first);
    if (end == SIZE_MAX)
        return;
    w->at = end;
    struct str value = str_trim(str_part(w->in.p + first, end - first));
    if (!is_css_address(value, quoted) || !ask(w, STR("url"), value))
        return;
    BUF_LOCAL(escaped);
    add_css(&escaped, buf_str(&w->other));
    heed(w, &escaped);
    put(w, first, end, buf_str(&escaped));
}

void rewrite_css(struct str css, rewrite_fn *fn, void *arg, struct buf *ret) {
    struct walk w = begin(css, fn, arg, ret);
    struct str url = STR("url("), comment = STR("/*");
    for (size_t at; (at = str_find_nocase(w.in, url, w.at)) != SIZE_MAX;) {
        size_t remark = str_find(w.in, comment, w.at);
        w.at = remark < at ? remark + comment.n : at + url.n;
        if (remark < at)
            skip_until(&w, STR("*/"));
        else
            take_css_url(&w);
    }
    finish(&w);
}
