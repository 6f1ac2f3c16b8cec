// SPDX-License-Identifier: Apache-2.0
/* Unpacking with limits, and the small tables. What an archive says of its sizes is only believed when it is too much.
 */
#include "press/import/docx_parts.h"

#include <string.h>

enum { RATIO_FROM = 1024 * 1024 };

/* --- the archive --- */

static int refuse(struct err *reterr) {
    return err_set(reterr, ERR_FORMAT, "The DOCX file is damaged: its archive cannot be read.");
}

static int check_entries(zip_t *zip, struct err *reterr) {
    zip_int64_t n = zip_get_num_entries(zip, 0);
    uint64_t all = 0;
    if (n > DOCX_ENTRIES_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The DOCX file holds more than %d parts; it is no article.",
                       DOCX_ENTRIES_MOST);
    for (zip_int64_t i = 0; i < n; i++) {
        zip_stat_t st;
        if (zip_stat_index(zip, (zip_uint64_t)i, 0, &st))
            return refuse(reterr);
        if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
            return err_set(reterr, ERR_FORMAT, "The DOCX file is encrypted; save it without a password.");
        if (st.size > UINT64_MAX - all)
            return refuse(reterr);
        all += st.size;
    }
    return 0;
}

int docx_open(struct arena *a, struct str bytes, struct docx *ret, struct err *reterr) {
    *ret = (struct docx){.a = a};
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(bytes.p, bytes.n, 0, &why);
    if (source)
        ret->zip = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (source && !ret->zip)
        zip_source_free(source);
    zip_error_fini(&why);
    if (!ret->zip)
        return refuse(reterr);
    int r = check_entries(ret->zip, reterr);
    if (r)
        docx_close(ret);
    return r;
}

void docx_close(struct docx *x) {
    if (x->zip)
        zip_discard(x->zip);
    x->zip = NULL;
}

static int unpack(struct docx *x, zip_file_t *f, uint64_t packed, struct buf *ret, struct err *reterr) {
    enum { STEP = 65536 };
    size_t before = ret->n;
    for (;;) {
        buf_reserve(ret, STEP);
        if (buf_failed(ret))
            return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to unpack it; nothing was taken.");
        zip_int64_t got = zip_fread(f, ret->p + ret->n, STEP);
        if (got < 0)
            return refuse(reterr);
        if (got == 0)
            return 0;
        ret->n += (size_t)got;
        ret->p[ret->n] = 0;
        x->unpacked += (size_t)got;
        size_t here = ret->n - before;
        if (here > DOCX_PART_MOST || x->unpacked > DOCX_ALL_MOST ||
            (here > RATIO_FROM && here / DOCX_RATIO_MOST > packed))
            return err_set(reterr, ERR_TOO_LARGE,
                           "The DOCX file unpacks to far more than an article needs; it was left.");
    }
}

int docx_part(struct docx *x, const char *name, struct buf *ret, struct err *reterr) {
    zip_stat_t st;
    if (zip_stat(x->zip, name, ZIP_FL_NOCASE, &st))
        return err_set(reterr, ERR_NOT_FOUND, "The DOCX file has no part \"%s\".", name);
    zip_file_t *f = zip_fopen(x->zip, name, ZIP_FL_NOCASE);
    if (!f)
        return refuse(reterr);
    int r = unpack(x, f, st.comp_size, ret, reterr);
    (void)zip_fclose(f); /* read to its end, or given up */
    if (!r && docx_has_entities(buf_str(ret)))
        return err_set(reterr, ERR_FORMAT, "The DOCX file declares XML entities, which no word processor does.");
    return r;
}

bool docx_has_entities(struct str xml) {
    /* UTF-16 parts have a zero beside every letter. */
    return str_find(xml, STR("<!DOCTYPE"), 0) != SIZE_MAX || str_find(xml, STR("<!ENTITY"), 0) != SIZE_MAX ||
           str_find(xml, STR("<\0!\0D\0O\0C\0T\0"), 0) != SIZE_MAX ||
           str_find(xml, STR("\0<\0!\0D\0O\0C\0T"), 0) != SIZE_MAX;
}

/* --- the reader --- */

xmlTextReaderPtr docx_reader(const struct buf *xml) {
    return xmlReaderForMemory(xml->p, (int)xml->n, NULL, NULL,
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
}

bool docx_is(xmlTextReaderPtr r, const char *name) {
    const char *local = (const char *)xmlTextReaderConstLocalName(r);
    const char *uri = (const char *)xmlTextReaderConstNamespaceUri(r);
    if (!local || !uri || strcmp(local, name) != 0)
        return false;
    struct str space = str_of(uri);
    return str_ends(space, "wordprocessingml/2006/main") || str_ends(space, "wordprocessingml/main") ||
           str_ends(space, "package/2006/relationships");
}

struct str docx_get(struct arena *a, xmlTextReaderPtr r, const char *name) {
    struct str value = STR_NONE;
    for (int more = xmlTextReaderMoveToFirstAttribute(r); more == 1; more = xmlTextReaderMoveToNextAttribute(r)) {
        const char *local = (const char *)xmlTextReaderConstLocalName(r);
        if (local && strcmp(local, name) == 0) {
            value = arena_str(a, str_of((const char *)xmlTextReaderConstValue(r)));
            break;
        }
    }
    (void)xmlTextReaderMoveToElement(r); /* 0 when there was no attribute to leave */
    return value;
}

static int64_t number_of(struct str s, int64_t otherwise) {
    int64_t n;
    return str_to_int(s, &n) ? n : otherwise;
}

/* Calls each() at every element of a part; a part that is not there, or ends too early, is read as far as it goes. */
typedef void each_element(struct docx *x, xmlTextReaderPtr r);

static int read_part(struct docx *x, const char *name, each_element *each, struct err *reterr) {
    BUF_LOCAL(xml);
    int code = docx_part(x, name, &xml, reterr);
    if (code == -ERR_NOT_FOUND)
        return 0;
    if (code)
        return code;
    xmlTextReaderPtr r = docx_reader(&xml);
    while (r && xmlTextReaderRead(r) == 1)
        if (xmlTextReaderNodeType(r) == XML_READER_TYPE_ELEMENT)
            each(x, r);
    xmlFreeTextReader(r);
    return 0;
}

/* --- styles --- */

static int level_of_name(struct str name) {
    if (str_is_nocase(name, "title") || str_is(name, "标题") || str_is(name, "標題"))
        return -1;
    static const char *const headings[] = {"heading ", "标题 ", "標題 "};
    for (size_t i = 0; i < 3; i++)
        if (str_starts_nocase(name, headings[i])) {
            int64_t n = number_of(str_from(name, str_of(headings[i]).n), 0);
            return n >= 1 && n <= 9 ? (int)n : -2;
        }
    return -2;
}

static void each_style(struct docx *x, xmlTextReaderPtr r) {
    if (docx_is(r, "style") && x->styles_n < DOCX_STYLES_MOST) {
        x->style[x->styles_n++] = (struct docx_style){.id = docx_get(x->a, r, "styleId"), .level = -2, .number = -1};
        return;
    }
    if (!x->styles_n)
        return;
    struct docx_style *s = &x->style[x->styles_n - 1];
    if (docx_is(r, "name")) {
        s->name = docx_get(x->a, r, "val");
        if (s->level == -2)
            s->level = level_of_name(s->name);
    } else if (docx_is(r, "basedOn")) {
        s->based_on = docx_get(x->a, r, "val");
    } else if (docx_is(r, "outlineLvl") && s->level != -1) {
        int64_t n = number_of(docx_get(x->a, r, "val"), 9);
        s->level = n >= 0 && n < 9 ? (int)n + 1 : 0;
    } else if (docx_is(r, "numId")) {
        s->number = (int)number_of(docx_get(x->a, r, "val"), -1);
    }
}

static const struct docx_style *find_style(const struct docx *x, struct str id) {
    for (size_t i = 0; id.n && i < x->styles_n; i++)
        if (str_eq(x->style[i].id, id))
            return &x->style[i];
    return NULL;
}

int docx_level(const struct docx *x, struct str id) {
    for (int hops = 0; hops < 10; hops++) {
        const struct docx_style *s = find_style(x, id);
        if (!s)
            return 0;
        if (s->level != -2)
            return s->level;
        id = s->based_on;
    }
    return 0;
}

int docx_style_number(const struct docx *x, struct str id) {
    for (int hops = 0; hops < 10; hops++) {
        const struct docx_style *s = find_style(x, id);
        if (!s)
            return -1;
        if (s->number >= 0)
            return s->number;
        id = s->based_on;
    }
    return -1;
}

/* --- numbering --- */

static void each_number(struct docx *x, xmlTextReaderPtr r) {
    if (docx_is(r, "abstractNum") && x->abstracts_n < DOCX_NUMBERS_MOST) {
        x->abstract[x->abstracts_n++].id = number_of(docx_get(x->a, r, "abstractNumId"), -1);
    } else if (docx_is(r, "num") && x->nums_n < DOCX_NUMBERS_MOST) {
        x->num[x->nums_n].abstract = -1;
        x->num[x->nums_n++].id = number_of(docx_get(x->a, r, "numId"), -1);
    } else if (docx_is(r, "abstractNumId") && x->nums_n) {
        x->num[x->nums_n - 1].abstract = number_of(docx_get(x->a, r, "val"), -1);
    } else if (docx_is(r, "lvl")) {
        x->lvl = number_of(docx_get(x->a, r, "ilvl"), 9);
    } else if (docx_is(r, "numFmt") && x->abstracts_n && !x->nums_n && x->lvl >= 0 && x->lvl < 9) {
        struct str format = docx_get(x->a, r, "val");
        x->abstract[x->abstracts_n - 1].list[x->lvl] = str_is(format, "bullet") ? DOCX_LIST_BULLET
                                                       : str_is(format, "none") ? DOCX_LIST_NONE
                                                                                : DOCX_LIST_NUMBER;
    }
}

enum docx_list docx_list_of(const struct docx *x, int64_t number, int64_t level) {
    for (size_t i = 0; i < x->nums_n; i++)
        for (size_t k = 0; x->num[i].id == number && k < x->abstracts_n; k++)
            if (x->abstract[k].id == x->num[i].abstract)
                return x->abstract[k].list[level >= 0 && level < 9 ? level : 8];
    return DOCX_LIST_NONE;
}

/* --- links --- */

static void each_link(struct docx *x, xmlTextReaderPtr r) {
    if (!docx_is(r, "Relationship") || x->links_n == DOCX_LINKS_MOST)
        return;
    if (str_ends(docx_get(x->a, r, "Type"), "/hyperlink"))
        x->link[x->links_n++] = (struct docx_link){docx_get(x->a, r, "Id"), docx_get(x->a, r, "Target")};
}

struct str docx_target(const struct docx *x, struct str id) {
    for (size_t i = 0; id.n && i < x->links_n; i++)
        if (str_eq(x->link[i].id, id))
            return x->link[i].target;
    return STR_NONE;
}

int docx_tables(struct docx *x, struct err *reterr) {
    x->style = arena_array(x->a, DOCX_STYLES_MOST, sizeof *x->style);
    x->num = arena_array(x->a, DOCX_NUMBERS_MOST, sizeof *x->num);
    x->abstract = arena_array(x->a, DOCX_NUMBERS_MOST, sizeof *x->abstract);
    x->link = arena_array(x->a, DOCX_LINKS_MOST, sizeof *x->link);
    if (arena_failed(x->a))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    int r = read_part(x, "word/styles.xml", each_style, reterr);
    if (!r)
        r = read_part(x, "word/numbering.xml", each_number, reterr);
    return r ? r : read_part(x, "word/_rels/document.xml.rels", each_link, reterr);
}

/* --- texts beside the document --- */

/* The text of the paragraphs up to the end of the element at hand, or of the whole part. */
static void paragraph_text(xmlTextReaderPtr r, struct buf *b) {
    int type = xmlTextReaderNodeType(r);
    if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE)
        buf_add_z(b, (const char *)xmlTextReaderConstValue(r));
    else if (type == XML_READER_TYPE_ELEMENT && (docx_is(r, "tab") || docx_is(r, "br") || docx_is(r, "cr")))
        buf_add_char(b, ' ');
    else if (type == XML_READER_TYPE_END_ELEMENT && docx_is(r, "p"))
        buf_add_char(b, '\n');
}

int docx_notes(struct docx *x, const char *part, struct docx_note **ret, size_t *ret_n, struct err *reterr) {
    BUF_LOCAL(xml);
    BUF_LOCAL(text);
    *ret = arena_array(x->a, DOCX_NOTES_MOST, sizeof **ret);
    *ret_n = 0;
    int code = docx_part(x, part, &xml, reterr);
    if (code || !*ret)
        return code == -ERR_NOT_FOUND ? 0 : code;
    xmlTextReaderPtr r = docx_reader(&xml);
    int64_t id = -1;
    while (r && xmlTextReaderRead(r) == 1) {
        bool note = docx_is(r, "footnote") || docx_is(r, "endnote");
        if (note && xmlTextReaderNodeType(r) == XML_READER_TYPE_ELEMENT) {
            bool mark = docx_get(x->a, r, "type").n > 0; /* the line above the notes, not a note */
            id = mark ? -1 : number_of(docx_get(x->a, r, "id"), -1);
            buf_reset(&text);
        } else if (note && xmlTextReaderNodeType(r) == XML_READER_TYPE_END_ELEMENT) {
            if (id >= 0 && *ret_n < DOCX_NOTES_MOST)
                (*ret)[(*ret_n)++] = (struct docx_note){id, arena_buf(x->a, &text)};
            id = -1;
        } else {
            paragraph_text(r, &text);
        }
    }
    xmlFreeTextReader(r);
    return 0;
}

static int margin(struct docx *x, const char *name, struct draft *dr, struct err *reterr) {
    BUF_LOCAL(xml);
    BUF_LOCAL(text);
    int code = docx_part(x, name, &xml, reterr);
    if (code)
        return code;
    xmlTextReaderPtr r = docx_reader(&xml);
    while (r && xmlTextReaderRead(r) == 1)
        paragraph_text(r, &text);
    xmlFreeTextReader(r);
    struct str rest = buf_str(&text), line;
    while (str_cut(&rest, '\n', &line))
        draft_left_out(dr, line);
    return 0;
}

int docx_margins(struct docx *x, struct draft *dr, struct err *reterr) {
    zip_int64_t n = zip_get_num_entries(x->zip, 0);
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(x->zip, (zip_uint64_t)i, 0);
        struct str s = str_of(name);
        if (!str_ends(s, ".xml") || !(str_starts(s, "word/header") || str_starts(s, "word/footer")))
            continue;
        int r = margin(x, name, dr, reterr);
        if (r)
            return r;
    }
    return 0;
}
