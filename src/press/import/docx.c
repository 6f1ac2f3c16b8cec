// SPDX-License-Identifier: Apache-2.0
/* The document part, read as a stream and written as plain HTML; from there on it goes the way of a page that is
 * nothing but article (page.h). The author field of the file's properties is not read: it names whoever's computer it
 * was. */
#include "press/import/docx.h"

#include "press/import/docx_parts.h"
#include "press/import/page.h"
#include "text/escape.h"

#include <string.h>

enum { NESTED_MOST = 16, LISTS_MOST = 9, HTML_MOST = 12 * 1024 * 1024 };

struct look { /* of a run of text */
    bool bold, italic, super, sub;
    struct str href;
};

struct paragraph {
    struct buf html;
    struct look look, open; /* wanted, and what tags are open */
    struct str href;        /* of the link around the runs */
    int level;
    int64_t number, depth;
    bool has_text;
};

struct reading {
    struct draft *dr;
    struct docx *x;
    xmlTextReaderPtr r;
    struct buf out;
    size_t n; /* paragraphs within each other, through text boxes */
    struct paragraph p[NESTED_MOST];
    size_t lists;
    bool ordered[LISTS_MOST];
    size_t tables;
    struct {
        bool pending, head; /* a cell's tag waits for its properties */
        int64_t span;
    } cell[NESTED_MOST];
    struct buf code; /* of a field: HYPERLINK "…" */
    bool in_code;
    size_t pictures;
    size_t notes_n;
    struct {
        int64_t id;
        bool end; /* an endnote */
    } note[DOCX_NOTES_MOST];
};

/* --- text --- */

static struct paragraph *now(struct reading *d) {
    return d->n ? &d->p[d->n - 1] : NULL;
}

static bool same_look(const struct look *a, const struct look *b) {
    return a->bold == b->bold && a->italic == b->italic && a->super == b->super && a->sub == b->sub &&
           str_eq(a->href, b->href);
}

static void close_look(struct paragraph *p) {
    struct look *o = &p->open;
    buf_add_z(&p->html, o->sub ? "</sub>" : "");
    buf_add_z(&p->html, o->super ? "</sup>" : "");
    buf_add_z(&p->html, o->italic ? "</em>" : "");
    buf_add_z(&p->html, o->bold ? "</strong>" : "");
    buf_add_z(&p->html, o->href.n ? "</a>" : "");
    *o = (struct look){0};
}

static void open_look(struct paragraph *p) {
    struct look want = p->look;
    want.href = p->href;
    if (same_look(&want, &p->open))
        return;
    close_look(p);
    if (want.href.n) {
        buf_add_z(&p->html, "<a href=\"");
        escape_html(&p->html, want.href);
        buf_add_z(&p->html, "\">");
    }
    buf_add_z(&p->html, want.bold ? "<strong>" : "");
    buf_add_z(&p->html, want.italic ? "<em>" : "");
    buf_add_z(&p->html, want.super ? "<sup>" : "");
    buf_add_z(&p->html, want.sub ? "<sub>" : "");
    p->open = want;
}

static void add_text(struct reading *d, struct str text) {
    struct paragraph *p = now(d);
    if (!p || !text.n)
        return;
    if (draft_is_blank(text)) { /* looks nothing, whatever its look */
        buf_add(&p->html, text);
        return;
    }
    open_look(p);
    escape_html(&p->html, text);
    p->has_text = true;
}

/* --- lists --- */

static void lists_close(struct reading *d, size_t to) {
    while (d->lists > to)
        buf_add_z(&d->out, d->ordered[--d->lists] ? "</li></ol>\n" : "</li></ul>\n");
}

/* Leaves an open <li>, which the next item or lists_close() ends. */
static void list_item(struct reading *d, size_t depth, bool ordered) {
    if (depth >= LISTS_MOST)
        depth = LISTS_MOST - 1;
    lists_close(d, depth + 1);
    if (d->lists == depth + 1 && d->ordered[depth] != ordered)
        lists_close(d, depth);
    if (d->lists == depth + 1)
        buf_add_z(&d->out, "</li>\n");
    while (d->lists < depth + 1) {
        d->ordered[d->lists] = ordered;
        buf_add_z(&d->out, ordered ? "<ol>" : "<ul>");
        if (++d->lists < depth + 1)
            buf_add_z(&d->out, "<li>");
    }
    buf_add_z(&d->out, "<li>");
}

/* --- paragraphs --- */

static void cell_begin(struct reading *d) {
    if (!d->tables || d->tables > NESTED_MOST || !d->cell[d->tables - 1].pending)
        return;
    d->cell[d->tables - 1].pending = false;
    buf_add_z(&d->out, d->cell[d->tables - 1].head ? "<th" : "<td");
    int64_t span = d->cell[d->tables - 1].span;
    if (span > 1 && span <= 100)
        buf_printf(&d->out, " colspan=\"%d\"", (int)span);
    buf_add_char(&d->out, '>');
}

static void paragraph_begin(struct reading *d) {
    cell_begin(d);
    if (d->n == NESTED_MOST)
        return; /* its text joins the one around it */
    d->p[d->n++] = (struct paragraph){.html = BUF_INIT, .number = -1};
}

static enum docx_list list_of(const struct reading *d, const struct paragraph *p) {
    return p->number > 0 && p->level == 0 ? docx_list_of(d->x, p->number, p->depth) : DOCX_LIST_NONE;
}

static void write_paragraph(struct reading *d, struct paragraph *p) {
    enum docx_list list = list_of(d, p);
    if (list != DOCX_LIST_NONE) {
        list_item(d, (size_t)(p->depth >= 0 ? p->depth : 0), list == DOCX_LIST_NUMBER);
        buf_add(&d->out, buf_str(&p->html));
        return;
    }
    lists_close(d, 0);
    int level = p->level > 0 ? (p->level < 6 ? p->level : 6) : 0;
    if (level)
        buf_printf(&d->out, "<h%d>%s</h%d>\n", level, p->html.p, level);
    else
        buf_printf(&d->out, "<p>%s</p>\n", p->html.p);
}

/* The title's style makes a first heading, which sift() takes; a title has no bold words. */
static void write_title(struct reading *d, const struct paragraph *p) {
    lists_close(d, 0);
    buf_add_z(&d->out, "<h1>");
    for (struct str rest = buf_str(&p->html); rest.n;) {
        size_t open = str_find_char(rest, '<', 0);
        buf_add(&d->out, str_first(rest, open));
        size_t close = open == SIZE_MAX ? SIZE_MAX : str_find_char(rest, '>', open);
        rest = close == SIZE_MAX ? STR_NONE : str_from(rest, close + 1);
    }
    buf_add_z(&d->out, "</h1>\n");
}

static void paragraph_end(struct reading *d) {
    struct paragraph *p = now(d);
    if (!p)
        return;
    close_look(p);
    if (buf_failed(&p->html))
        arena_set_failed(d->dr->a);
    if (p->has_text && p->level == -1)
        write_title(d, p);
    else if (p->has_text)
        write_paragraph(d, p);
    buf_clear(&p->html);
    d->n--;
}

/* --- elements --- */

static struct str get(struct reading *d, const char *name) {
    return docx_get(d->dr->a, d->r, name);
}

static int64_t get_number(struct reading *d, int64_t otherwise) {
    int64_t n;
    return str_to_int(get(d, "val"), &n) ? n : otherwise;
}

static bool get_on(struct reading *d) { /* <w:b/>, <w:b w:val="1"/> */
    struct str v = get(d, "val");
    return !(str_is(v, "0") || str_is(v, "false") || str_is(v, "off") || str_is(v, "none"));
}

static void property(struct reading *d, struct paragraph *p) {
    if (docx_is(d->r, "pStyle")) {
        struct str style = get(d, "val");
        p->level = docx_level(d->x, style);
        if (p->number < 0)
            p->number = docx_style_number(d->x, style);
    } else if (docx_is(d->r, "outlineLvl") && p->level == 0) {
        int64_t n = get_number(d, 9);
        p->level = n >= 0 && n < 9 ? (int)n + 1 : 0;
    } else if (docx_is(d->r, "ilvl")) {
        p->depth = get_number(d, 0);
    } else if (docx_is(d->r, "numId")) {
        p->number = get_number(d, -1);
    } else if (docx_is(d->r, "b")) {
        p->look.bold = get_on(d);
    } else if (docx_is(d->r, "i")) {
        p->look.italic = get_on(d);
    } else if (docx_is(d->r, "vertAlign")) {
        struct str v = get(d, "val");
        p->look.super = str_is(v, "superscript");
        p->look.sub = str_is(v, "subscript");
    }
}

static void note_mark(struct reading *d, bool end) {
    struct paragraph *p = now(d);
    int64_t id;
    if (!p || !str_to_int(get(d, "id"), &id) || d->notes_n == DOCX_NOTES_MOST)
        return;
    d->note[d->notes_n].id = id;
    d->note[d->notes_n++].end = end;
    close_look(p);
    buf_printf(&p->html, "<sup>%zu</sup>", d->notes_n);
}

/* 'HYPERLINK "https://…" \o "…"' */
static struct str link_of_code(struct reading *d, struct str code) {
    code = str_trim(code);
    if (!str_starts_nocase(code, "HYPERLINK"))
        return STR_NONE;
    struct str rest = str_trim(str_from(code, 9));
    if (str_starts(rest, "\\l"))
        return STR_NONE; /* a place in the document itself */
    if (!str_starts(rest, "\""))
        return STR_NONE;
    size_t end = str_find_char(rest, '"', 1);
    return end == SIZE_MAX ? STR_NONE : arena_str(d->dr->a, str_part(rest.p + 1, end - 1));
}

static void field_mark(struct reading *d) {
    struct paragraph *p = now(d);
    struct str type = get(d, "fldCharType");
    if (str_is(type, "begin")) {
        buf_reset(&d->code);
        d->in_code = true;
    } else if (str_is(type, "separate")) {
        d->in_code = false;
        if (p)
            p->href = link_of_code(d, buf_str(&d->code));
    } else if (p) {
        d->in_code = false;
        p->href = STR_NONE;
    }
}

static void picture(struct reading *d) {
    struct str name = get(d, "descr");
    if (!name.n)
        name = get(d, "name");
    draft_left_out(d->dr, name);
}

static void in_paragraph(struct reading *d, struct paragraph *p) {
    if (docx_is(d->r, "r"))
        p->look = (struct look){0};
    else if (docx_is(d->r, "tab"))
        add_text(d, STR(" "));
    else if (docx_is(d->r, "noBreakHyphen"))
        add_text(d, STR("-"));
    else if (docx_is(d->r, "br") || docx_is(d->r, "cr"))
        buf_add_z(&p->html, str_is(get(d, "type"), "page") || p->level == -1 ? " " : "<br>");
    else if (docx_is(d->r, "hyperlink"))
        p->href = docx_target(d->x, get(d, "id"));
    else if (docx_is(d->r, "footnoteReference"))
        note_mark(d, false);
    else if (docx_is(d->r, "endnoteReference"))
        note_mark(d, true);
    else if (docx_is(d->r, "fldChar"))
        field_mark(d);
    else if (docx_is(d->r, "fldSimple"))
        p->href = link_of_code(d, get(d, "instr"));
    else if (docx_is(d->r, "drawing") || docx_is(d->r, "pict") || docx_is(d->r, "object"))
        d->pictures++;
    else
        property(d, p);
}

static bool in_tables(const struct reading *d) {
    return d->tables && d->tables <= NESTED_MOST;
}

static void table_element(struct reading *d) {
    if (docx_is(d->r, "tbl")) {
        cell_begin(d);
        lists_close(d, 0);
        buf_add_z(&d->out, "<table>\n");
        d->tables++;
    } else if (in_tables(d) && docx_is(d->r, "tr")) {
        buf_add_z(&d->out, "<tr>");
        d->cell[d->tables - 1].head = false;
    } else if (in_tables(d) && docx_is(d->r, "tblHeader")) {
        d->cell[d->tables - 1].head = get_on(d);
    } else if (in_tables(d) && docx_is(d->r, "tc")) {
        d->cell[d->tables - 1].pending = true;
        d->cell[d->tables - 1].span = 1;
    } else if (in_tables(d) && docx_is(d->r, "gridSpan")) {
        d->cell[d->tables - 1].span = get_number(d, 1);
    }
}

static bool is_local(xmlTextReaderPtr r, const char *name) {
    const char *local = (const char *)xmlTextReaderConstLocalName(r);
    return local && strcmp(local, name) == 0;
}

/* Text that is not shown: deleted, moved away, or the same again for old programs. */
static bool is_skipped(xmlTextReaderPtr r) {
    return docx_is(r, "del") || docx_is(r, "moveFrom") || is_local(r, "Fallback") || docx_is(r, "delText");
}

static void element(struct reading *d) {
    struct paragraph *p = now(d);
    bool empty = xmlTextReaderIsEmptyElement(d->r) == 1;
    if (docx_is(d->r, "p")) {
        paragraph_begin(d);
        if (empty)
            paragraph_end(d);
    } else if (is_local(d->r, "docPr")) {
        picture(d);
    } else if (docx_is(d->r, "tbl") || docx_is(d->r, "tr") || docx_is(d->r, "tblHeader") || docx_is(d->r, "tc") ||
               docx_is(d->r, "gridSpan")) {
        table_element(d);
    } else if (p) {
        in_paragraph(d, p);
    }
}

static void element_end(struct reading *d) {
    if (docx_is(d->r, "p")) {
        paragraph_end(d);
    } else if (docx_is(d->r, "hyperlink") || docx_is(d->r, "fldSimple")) {
        if (d->n)
            now(d)->href = STR_NONE;
    } else if (docx_is(d->r, "tc") && in_tables(d)) {
        cell_begin(d);
        lists_close(d, 0);
        buf_add_z(&d->out, d->cell[d->tables - 1].head ? "</th>" : "</td>");
    } else if (docx_is(d->r, "tr") && in_tables(d)) {
        buf_add_z(&d->out, "</tr>\n");
    } else if (docx_is(d->r, "tbl") && d->tables) {
        d->tables--;
        buf_add_z(&d->out, "</table>\n");
    }
}

static bool within(xmlTextReaderPtr r, const char *name) { /* the text's own element */
    xmlNodePtr node = xmlTextReaderCurrentNode(r);
    return node && node->parent && node->parent->name && strcmp((const char *)node->parent->name, name) == 0;
}

static int walk(struct reading *d) {
    int more = xmlTextReaderRead(d->r);
    while (more == 1) {
        int type = xmlTextReaderNodeType(d->r);
        if (type == XML_READER_TYPE_ELEMENT && is_skipped(d->r)) {
            more = xmlTextReaderNext(d->r);
            continue;
        }
        if (type == XML_READER_TYPE_ELEMENT) {
            element(d);
        } else if (type == XML_READER_TYPE_END_ELEMENT) {
            element_end(d);
        } else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE) {
            struct str text = str_of((const char *)xmlTextReaderConstValue(d->r));
            if (within(d->r, "t"))
                add_text(d, text);
            else if (d->in_code && within(d->r, "instrText"))
                buf_add(&d->code, text);
        }
        if (buf_failed(&d->out) || arena_failed(d->dr->a))
            return -ERR_TOO_LARGE;
        more = xmlTextReaderRead(d->r);
    }
    while (d->n)
        paragraph_end(d);
    lists_close(d, 0);
    return more == 0 ? 0 : -ERR_FORMAT;
}

/* --- all --- */

static int write_notes(struct reading *d, struct err *reterr) {
    struct docx_note *list[2];
    size_t n[2];
    int r = docx_notes(d->x, "word/footnotes.xml", &list[0], &n[0], reterr);
    if (!r)
        r = docx_notes(d->x, "word/endnotes.xml", &list[1], &n[1], reterr);
    if (r || !d->notes_n)
        return r;
    buf_add_z(&d->out, "<ol>\n");
    for (size_t i = 0; i < d->notes_n; i++) {
        size_t which = d->note[i].end;
        buf_add_z(&d->out, "<li>");
        for (size_t k = 0; k < n[which]; k++)
            if (list[which][k].id == d->note[i].id)
                escape_html(&d->out, list[which][k].text);
        buf_add_z(&d->out, "</li>\n");
    }
    buf_add_z(&d->out, "</ol>\n");
    return 0;
}

static int read_document(struct reading *d, struct err *reterr) {
    BUF_LOCAL(xml);
    int r = docx_part(d->x, "word/document.xml", &xml, reterr);
    if (r == -ERR_NOT_FOUND)
        return err_set(reterr, ERR_FORMAT, "The archive holds no word/document.xml; it is no DOCX file.");
    if (r)
        return r;
    d->r = docx_reader(&xml);
    r = d->r ? walk(d) : -ERR_NO_MEMORY;
    xmlFreeTextReader(d->r);
    if (r == -ERR_FORMAT)
        return err_set(reterr, ERR_FORMAT, "The DOCX file is damaged: its document is no well-formed XML.");
    if (r == -ERR_TOO_LARGE)
        return err_set(reterr, ERR_TOO_LARGE, "The DOCX file's text grows too large; it is no article.");
    if (r)
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    return write_notes(d, reterr);
}

static int read_all(struct reading *d, struct err *reterr) {
    int r = docx_tables(d->x, reterr);
    if (!r)
        r = read_document(d, reterr);
    if (!r)
        r = docx_margins(d->x, d->dr, reterr);
    if (!r && d->pictures)
        draft_warn(d->dr, "%zu pictures of the document were left out; add them by hand.", d->pictures);
    return r;
}

int docx_read(struct draft *dr, struct str bytes, struct err *reterr) {
    struct docx x;
    int r = docx_open(dr->a, bytes, &x, reterr);
    if (r)
        return r;
    struct reading *d = arena_alloc(dr->a, sizeof *d);
    if (!d) {
        docx_close(&x);
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    }
    *d = (struct reading){.dr = dr, .x = &x, .out = BUF_INIT, .code = BUF_INIT};
    d->out.limit = HTML_MOST;
    r = read_all(d, reterr);
    docx_close(&x);
    if (!r)
        r = page_read(dr, buf_str(&d->out), true, reterr);
    buf_clear(&d->out);
    buf_clear(&d->code);
    while (d->n)
        buf_clear(&d->p[--d->n].html);
    return r;
}
