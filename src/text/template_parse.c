// SPDX-License-Identifier: Apache-2.0
/* Mustache text to a tree. One pass; the only subtle part is what happens to white space around tags. */
#include "text/template_parse.h"

#include <string.h>

enum { NESTING_MOST = 100 };

struct open_tag {
    struct node *node;  /* what is open */
    struct node **link; /* where its next child goes */
    size_t strip;       /* columns taken off each line inside */
    size_t at;          /* of its tag */
};

struct parser {
    struct arena *arena;
    struct str text;
    size_t at;
    struct str open, close; /* the delimiters */
    struct open_tag nest[NESTING_MOST];
    size_t depth;   /* nest[0] is the template itself */
    bool line_busy; /* this line has shown text or a value so far */
    struct err *err;
};

struct tag {
    char sign; /* one of # ^ / > < $ ! = & { or 0 for a plain variable */
    struct str name;
    size_t begin, end;
};

static int refuse(struct parser *p, size_t at, const char *what, struct str name) {
    size_t line = 1;
    for (size_t i = 0; i < at && i < p->text.n; i++)
        line += p->text.p[i] == '\n';
    return err_set(p->err, ERR_INVALID, "line %zu: %s%s%.*s", line, what, name.n ? " " : "", STR_FMT(name));
}

static struct node *add_node(struct parser *p, enum node_kind kind, struct str text) {
    struct node *n = arena_alloc(p->arena, sizeof *n);
    if (!n)
        return NULL;
    n->kind = kind;
    n->text = text;
    struct open_tag *top = &p->nest[p->depth];
    *top->link = n;
    top->link = &n->next;
    return n;
}

/* Length of the blanks that begin at `at`. */
static size_t blanks(struct str s, size_t at) {
    size_t n = 0;
    while (at + n < s.n && (s.p[at + n] == ' ' || s.p[at + n] == '\t'))
        n++;
    return n;
}

static size_t line_begin(struct str s, size_t at) {
    const char *feed = at ? memrchr(s.p, '\n', at) : NULL;
    return feed ? (size_t)(feed - s.p) + 1 : 0;
}

/* If only blanks stand between `at` and the line's end, the offset behind that end; else SIZE_MAX. */
static size_t rest_of_line_is_blank(struct str s, size_t at) {
    at += blanks(s, at);
    if (at == s.n)
        return at;
    if (s.p[at] == '\r' && at + 1 < s.n && s.p[at + 1] == '\n')
        return at + 2;
    return s.p[at] == '\n' ? at + 1 : SIZE_MAX;
}

/* Adds template text line by line, so that the writer can indent each, less the open block's own indentation. */
static void add_text(struct parser *p, size_t from, size_t to) {
    size_t strip = p->nest[p->depth].strip;
    while (from < to) {
        size_t end = from;
        while (end < to && p->text.p[end] != '\n')
            end++;
        bool whole_line = end < to;
        end += whole_line;
        if (from == line_begin(p->text, from)) {
            p->line_busy = false;
            size_t lead = blanks(p->text, from);
            from += lead < strip ? lead : strip;
        }
        if (from < end)
            (void)add_node(p, NODE_TEXT, str_part(p->text.p + from, end - from)); /* the arena remembers a failure */
        for (size_t i = from; i < end; i++)
            p->line_busy |= p->text.p[i] != ' ' && p->text.p[i] != '\t';
        if (whole_line)
            p->line_busy = false;
        from = end;
    }
}

static int read_tag(struct parser *p, size_t begin, struct tag *ret) {
    size_t inner = begin + p->open.n;
    char sign = inner < p->text.n ? p->text.p[inner] : 0;
    struct str close = p->close;
    char closer[64];
    if (sign == '{' || sign == '=') { /* these two are closed by their own sign as well */
        closer[0] = sign == '{' ? '}' : '=';
        memcpy(closer + 1, p->close.p, p->close.n);
        close = str_part(closer, p->close.n + 1);
    }
    if (sign && strchr("#^/><$!=&{", sign))
        inner++;
    else
        sign = 0;
    size_t end = str_find(p->text, close, inner);
    if (end == SIZE_MAX)
        return refuse(p, begin, "a tag is not closed", STR_NONE);
    *ret = (struct tag){sign, str_trim(str_part(p->text.p + inner, end - inner)), begin, end + close.n};
    if (sign != '!' && !ret->name.n)
        return refuse(p, begin, "a tag has no name", STR_NONE);
    return 0;
}

static size_t first_word(struct str s) {
    size_t n = 0;
    while (n < s.n && s.p[n] != ' ' && !(s.p[n] >= '\t' && s.p[n] <= '\r'))
        n++;
    return n;
}

static int set_delimiters(struct parser *p, const struct tag *t) {
    size_t space = first_word(t->name);
    struct str open = str_first(t->name, space), close = str_trim(str_from(t->name, space));
    if (!open.n || !close.n || open.n > 32 || close.n > 32 || first_word(close) != close.n)
        return refuse(p, t->begin, "delimiters are two words", STR_NONE);
    p->open = open;
    p->close = close;
    return 0;
}

static int open_nested(struct parser *p, struct node *n, size_t strip, size_t at) {
    if (!n)
        return err_set(p->err, ERR_NO_MEMORY, "not enough memory for the template");
    if (p->depth + 1 == NESTING_MOST)
        return refuse(p, at, "too deeply nested at", n->text);
    p->nest[++p->depth] = (struct open_tag){n, &n->child, strip, at};
    return 0;
}

static int close_nested(struct parser *p, const struct tag *t) {
    struct node *n = p->nest[p->depth].node;
    if (!n)
        return refuse(p, t->begin, "nothing is open that could be closed by", t->name);
    if (!str_eq(n->text, t->name))
        return refuse(p, t->begin, "closes something else than what is open:", t->name);
    p->depth--;
    return 0;
}

/* A block begins: its content's own indentation is taken off, and put back as the indentation of whatever fills it. */
static int open_block(struct parser *p, const struct tag *t, struct str lead, size_t after) {
    size_t strip = p->nest[p->depth].strip;
    struct node *n = add_node(p, NODE_BLOCK, t->name);
    if (!n)
        return err_set(p->err, ERR_NO_MEMORY, "not enough memory for the template");
    n->indent = p->line_busy ? STR_NONE : lead;
    if (after == SIZE_MAX || p->line_busy) {
        p->at = t->end;
        return open_nested(p, n, strip, t->begin);
    }
    p->at = after;
    size_t own = blanks(p->text, after);
    struct str next = str_from(p->text, after + own);
    bool empty = next.n > p->open.n && str_eq(str_first(next, p->open.n), p->open) && next.p[p->open.n] == '/';
    if (!empty && own >= strip) {
        n->indent = str_part(p->text.p + after + strip, own - strip);
        strip = own;
    }
    return open_nested(p, n, strip, t->begin);
}

static int take_open(struct parser *p, const struct tag *t, struct str lead, bool alone) {
    enum node_kind kind = t->sign == '#' ? NODE_SECTION : t->sign == '^' ? NODE_INVERTED : NODE_PARENT;
    struct node *n = add_node(p, kind, t->name);
    if (n && kind == NODE_PARENT && !p->line_busy)
        n->indent = lead;
    if (kind != NODE_PARENT && !alone)
        p->line_busy = true;
    return open_nested(p, n, p->nest[p->depth].strip, t->begin);
}

static int take_value(struct parser *p, const struct tag *t, struct str lead, bool alone) {
    enum node_kind kind = t->sign == '>' ? NODE_PARTIAL : t->sign ? NODE_RAW : NODE_VARIABLE;
    struct node *n = add_node(p, kind, t->name);
    if (n && kind == NODE_PARTIAL && alone)
        n->indent = lead;
    p->line_busy |= !alone;
    return n ? 0 : err_set(p->err, ERR_NO_MEMORY, "not enough memory for the template");
}

/* What a closing tag closes decides whether it can stand alone beside other tags. */
static bool closes_inheritance(const struct parser *p, const struct tag *t) {
    const struct node *n = p->nest[p->depth].node;
    return t->sign == '/' && n && (n->kind == NODE_BLOCK || n->kind == NODE_PARENT);
}

/* A block that opens and closes on one line leaves that line's end to whatever fills it. */
static bool takes_line_end(const struct parser *p, const struct tag *t) {
    const struct open_tag *open = &p->nest[p->depth];
    return !p->line_busy &&
           (open->node->kind != NODE_BLOCK || line_begin(p->text, open->at) != line_begin(p->text, t->begin));
}

static int take_tag(struct parser *p, const struct tag *t, size_t text_from) {
    size_t begin_of_line = line_begin(p->text, t->begin);
    size_t strip = p->nest[p->depth].strip;
    bool blank_before = begin_of_line + blanks(p->text, begin_of_line) == t->begin;
    size_t after = rest_of_line_is_blank(p->text, t->end);
    bool shows = !t->sign || t->sign == '&' || t->sign == '{';
    bool inherits = t->sign == '<' || t->sign == '$' || closes_inheritance(p, t);
    bool alone = !shows && blank_before && after != SIZE_MAX;
    size_t lead_n = blank_before ? t->begin - begin_of_line : 0;
    struct str lead = str_part(p->text.p + begin_of_line, lead_n);
    lead = str_from(lead, lead.n < strip ? lead.n : strip);
    bool takes_lead = alone || (inherits && blank_before);
    size_t text_to = takes_lead && begin_of_line >= text_from ? begin_of_line : t->begin;
    if (blank_before)
        p->line_busy = false;
    add_text(p, text_from, text_to);
    if (takes_lead)
        p->line_busy = false;
    p->at = alone ? after : t->end;
    switch (t->sign) {
    case '!':
        return 0;
    case '=':
        return set_delimiters(p, t);
    case '#':
    case '^':
    case '<':
        if (t->sign == '<')
            p->at = t->end;
        return take_open(p, t, lead, alone);
    case '$':
        return open_block(p, t, lead, after);
    case '/':
        if (inherits)
            p->at = after != SIZE_MAX && takes_line_end(p, t) ? after : t->end;
        return close_nested(p, t);
    default:
        return take_value(p, t, lead, alone);
    }
}

int template_parse(struct arena *a, struct str text, struct node **ret, struct err *reterr) {
    struct node root = {0};
    struct parser p = {.arena = a, .text = arena_str(a, text), .open = STR("{{"), .close = STR("}}"), .err = reterr};
    p.nest[0].link = &root.child;
    for (;;) {
        size_t begin = str_find(p.text, p.open, p.at);
        if (begin == SIZE_MAX)
            break;
        struct tag t = {0};
        size_t text_from = p.at;
        int bad = read_tag(&p, begin, &t);
        if (!bad)
            bad = take_tag(&p, &t, text_from);
        if (bad)
            return bad;
    }
    add_text(&p, p.at, p.text.n);
    if (p.depth)
        return refuse(&p, p.text.n, "this is never closed:", p.nest[p.depth].node->text);
    if (arena_failed(a))
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory for the template");
    *ret = root.child;
    return 0;
}
