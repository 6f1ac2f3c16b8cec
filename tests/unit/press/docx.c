// SPDX-License-Identifier: Apache-2.0
/* DOCX files, packed here part by part, so that each says what it is about. */
#include "press/import/docx.h"

#include "../unit.h"

#include <string.h>
#include <zip.h>

#define W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
#define R "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" "
#define DOCUMENT(body) "<?xml version=\"1.0\"?><w:document " W R "><w:body>" body "</w:body></w:document>"
#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define STYLED(style, text) "<w:p><w:pPr><w:pStyle w:val=\"" style "\"/></w:pPr><w:r><w:t>" text "</w:t></w:r></w:p>"
#define ITEM(num, level, text)                                                                                         \
    "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"" level "\"/><w:numId w:val=\"" num "\"/></w:numPr></w:pPr><w:r><w:t>" text  \
    "</w:t></w:r></w:p>"

struct part {
    const char *name, *text;
    size_t n; /* 0: of the text's length */
};

/* A zip of the parts, appended. */
static void pack(const struct part *parts, size_t n, bool secret, struct buf *ret) {
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &why);
    assert_non_null(out);
    zip_source_keep(out);
    zip_t *z = zip_open_from_source(out, ZIP_TRUNCATE, &why);
    assert_non_null(z);
    for (size_t i = 0; i < n; i++) {
        size_t length = parts[i].n ? parts[i].n : strlen(parts[i].text);
        zip_source_t *s = zip_source_buffer(z, parts[i].text, length, 0);
        zip_int64_t at = zip_file_add(z, parts[i].name, s, 0);
        assert_true(at >= 0);
        if (secret)
            assert_int_equal(zip_file_set_encryption(z, (zip_uint64_t)at, ZIP_EM_AES_256, "secret"), 0);
    }
    assert_int_equal(zip_close(z), 0);
    zip_stat_t st;
    assert_int_equal(zip_source_stat(out, &st), 0);
    assert_int_equal(zip_source_open(out), 0);
    buf_reserve(ret, st.size);
    assert_false(buf_failed(ret));
    assert_int_equal(zip_source_read(out, ret->p + ret->n, st.size), (zip_int64_t)st.size);
    ret->n += st.size;
    ret->p[ret->n] = 0;
    (void)zip_source_close(out);
    zip_source_free(out);
}

static int read_parts(struct arena *a, const struct part *parts, size_t n, struct document *ret, struct err *e) {
    static const struct import_options options = {.zone = "Asia/Shanghai"};
    BUF_LOCAL(b);
    pack(parts, n, false, &b);
    return import_read(buf_str(&b), "file.docx", &options, a, ret, e);
}

static void read_body(struct arena *a, const char *document, struct document *ret) {
    struct err e = {0};
    const struct part parts[] = {{"word/document.xml", document, 0}};
    if (read_parts(a, parts, 1, ret, &e))
        fail_msg("%s", e.text);
}

static void has(const struct document *d, const char *html) {
    if (str_find(d->body_html, str_of(html), 0) == SIZE_MAX)
        fail_msg("\"%s\" is not in\n%.*s", html, STR_FMT(d->body_html));
}

static void has_not(const struct document *d, const char *html) {
    if (str_find(d->body_html, str_of(html), 0) != SIZE_MAX)
        fail_msg("\"%s\" is in\n%.*s", html, STR_FMT(d->body_html));
}

static const char styles[] = "<w:styles " W ">"
                             "<w:style w:styleId=\"T\"><w:name w:val=\"Title\"/></w:style>"
                             "<w:style w:styleId=\"1\"><w:name w:val=\"heading 1\"/></w:style>"
                             "<w:style w:styleId=\"1b\"><w:name w:val=\"House\"/><w:basedOn w:val=\"1\"/></w:style>"
                             "</w:styles>";
static const char numbering[] =
    "<w:numbering " W ">"
    "<w:abstractNum w:abstractNumId=\"5\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/></w:lvl>"
    "<w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"decimal\"/></w:lvl></w:abstractNum>"
    "<w:abstractNum w:abstractNumId=\"6\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/></w:lvl></w:abstractNum>"
    "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"5\"/></w:num>"
    "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"6\"/></w:num></w:numbering>";
static const char links[] =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId7\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink\" "
    "Target=\"https://quay.example/\" TargetMode=\"External\"/></Relationships>";
static const char notes[] = "<w:footnotes " W "><w:footnote w:id=\"-1\" w:type=\"separator\">" P(
    "line") "</w:footnote><w:footnote w:id=\"2\">" P("Counted twice.") "</w:footnote></w:footnotes>";
static const char header[] = "<w:hdr " W ">" P("Harbour Division letterhead") "</w:hdr>";

static void a_document_keeps_its_headings_lists_links_and_notes(void **state) {
    (void)state;
    static const char document[] = DOCUMENT(
        STYLED("T", "Flood gates to close") P("Published: 2024-03-16 17:48 Source: Harbour Division")
            P("The gates close at 18:30 and open again on Friday, and nobody on foot needs to go another way.") STYLED(
                "1b", "Before six") ITEM("1", "0", "Move cars") ITEM("1", "1", "from the lower rows")
                ITEM("1", "0", "Take sandbags") ITEM("2", "0", "First") ITEM(
                    "2", "0",
                    "Second") "<w:p><w:r><w:t xml:space=\"preserve\">See </w:t></w:r><w:hyperlink "
                              "r:id=\"rId7\"><w:r><w:t>the "
                              "map</w:t></w:r></w:hyperlink><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\"> "
                              "now</w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>, please</w:t></w:r><w:r><w:rPr><w:b "
                              "w:val=\"0\"/></w:rPr><w:t>.</w:t></w:r><w:r><w:footnoteReference "
                              "w:id=\"2\"/></w:r></w:p>"
                              "<w:p><w:del><w:r><w:delText>gone words</w:delText></w:r></w:del><w:ins><w:r><w:t>new "
                              "words</w:t></w:r></w:ins></w:p>");
    const struct part parts[] = {{"word/document.xml", document, 0},   {"word/styles.xml", styles, 0},
                                 {"word/numbering.xml", numbering, 0}, {"word/_rels/document.xml.rels", links, 0},
                                 {"word/footnotes.xml", notes, 0},     {"word/header1.xml", header, 0}};
    ARENA_LOCAL(a, 0);
    struct document d;
    struct err e = {0};
    if (read_parts(a, parts, 6, &d, &e))
        fail_msg("%s", e.text);
    assert_true(str_is(d.title, "Flood gates to close"));
    assert_string_equal(d.published, "2024-03-16T17:48:00+08:00");
    assert_true(str_is(d.source, "Harbour Division"));
    assert_string_equal(d.format, "docx");
    has(&d, "<h2>Before six</h2>");
    has(&d, "<li>Take sandbags</li>");
    has(&d, "<li>from the lower rows</li>");
    has(&d, "<ol>\n<li>First</li>\n<li>Second</li>\n</ol>");
    has(&d, "<a href=\"https://quay.example/\">the map</a>");
    has(&d, "<strong>now</strong>");
    has(&d, "<em>, please</em>");
    has(&d, "<sup>1</sup>");
    has(&d, "<li>Counted twice.</li>");
    has(&d, "new words");
    has_not(&d, "gone words");
    has_not(&d, "Published");
    has_not(&d, "Flood gates to close");
    bool kept = false;
    for (size_t i = 0; i < d.left_out_n; i++)
        kept = kept || str_is(d.left_out[i], "Harbour Division letterhead");
    assert_true(kept);
}

#define CELL(text) "<w:tc>" P(text) "</w:tc>"
#define LONG_TEXT "The gates close in this order, which the harbour division tried out twice, in daylight and at night."

static const char with_table[] = DOCUMENT(
    P("A title")
        P(LONG_TEXT) "<w:tbl>"
                     "<w:tr><w:trPr><w:tblHeader/></w:trPr>" CELL("Place")
                         CELL("Time") "</w:tr>"
                                      "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>" P(
                                          "East quay") "</w:tc></w:tr>"
                                                       "<w:tr>" CELL("Ferry") "<w:tc><w:p/></w:tc></w:tr></w:tbl>");

static void tables_keep_their_cells(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct document d;
    read_body(a, with_table, &d);
    has(&d, "<th scope=\"col\">Place</th>");
    has(&d, "<td colspan=\"2\">East quay</td>");
    has(&d, "<td>Ferry</td>");
    assert_true(str_is(d.title, "A title"));
}

static void pictures_are_left_out_and_said(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct document d;
    read_body(a,
              DOCUMENT(P("A title")
                           P("A text that is there.") "<w:p><w:r><w:drawing><wp:inline xmlns:wp=\"x\"><wp:docPr "
                                                      "name=\"Picture 1\" descr=\"The quay at dawn\"/>"
                                                      "</wp:inline></w:drawing></w:r></w:p>"),
              &d);
    bool named = false, said = false;
    for (size_t i = 0; i < d.left_out_n; i++)
        named = named || str_is(d.left_out[i], "The quay at dawn");
    for (size_t i = 0; i < d.warnings_n; i++)
        said = said || str_find(d.warnings[i], STR("left out"), 0) != SIZE_MAX;
    assert_true(named && said);
}

static void a_link_may_be_a_field(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct document d;
    read_body(a,
              DOCUMENT(P("A title") "<w:p><w:r><w:t xml:space=\"preserve\">See </w:t></w:r><w:r><w:fldChar "
                                    "w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> HYPERLINK "
                                    "\"https://quay.example/map\" </w:instrText></w:r><w:r><w:fldChar "
                                    "w:fldCharType=\"separate\"/></w:r><w:r><w:t>the map</w:t></w:r><w:r><w:fldChar "
                                    "w:fldCharType=\"end\"/></w:r><w:r><w:t>.</w:t></w:r></w:p>"),
              &d);
    has(&d, "See <a href=\"https://quay.example/map\">the map</a>.");
}

static void refused(const struct part *parts, size_t n, int code, const char *word) {
    ARENA_LOCAL(a, 0);
    struct document d;
    struct err e = {0};
    assert_int_equal(read_parts(a, parts, n, &d, &e), code);
    if (!strstr(e.text, word))
        fail_msg("\"%s\" does not say \"%s\"", e.text, word);
}

static void damaged_and_dangerous_files_are_refused(void **state) {
    (void)state;
    enum { BIG = 24 * 1024 * 1024 };
    static char bomb[BIG];
    memset(bomb, ' ', sizeof bomb);
    const struct part huge[] = {{"word/document.xml", bomb, sizeof bomb}};
    refused(huge, 1, -ERR_TOO_LARGE, "unpacks to far more");
    const struct part entities[] = {{"word/document.xml", "<!DOCTYPE a [<!ENTITY b \"b\">]>" DOCUMENT(P("&b;")), 0}};
    refused(entities, 1, -ERR_FORMAT, "entities");
    const struct part broken[] = {{"word/document.xml", "<w:document " W "><w:body><w:p>", 0}};
    refused(broken, 1, -ERR_FORMAT, "well-formed");
    const struct part none[] = {{"word/other.xml", "<a/>", 0}};
    refused(none, 1, -ERR_FORMAT, "no word/document.xml");
    const struct part empty[] = {{"word/document.xml", DOCUMENT(""), 0}};
    refused(empty, 1, -ERR_INVALID, "No text");
}

static void an_encrypted_or_cut_archive_is_refused(void **state) {
    (void)state;
    static const struct import_options options = {.zone = "UTC"};
    const struct part parts[] = {{"word/document.xml", DOCUMENT(P("A title") P("A text.")), 0}};
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(b);
    struct document d;
    struct err e = {0};
    pack(parts, 1, true, &b);
    assert_int_equal(import_read(buf_str(&b), "a.docx", &options, a, &d, &e), -ERR_FORMAT);
    assert_non_null(strstr(e.text, "encrypted"));
    buf_reset(&b);
    pack(parts, 1, false, &b);
    for (size_t n = 4; n < b.n; n++) /* wherever it is cut: a sentence, never a crash */
        assert_int_not_equal(import_read(str_first(buf_str(&b), n), "a.docx", &options, a, &d, &e), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_keeps_its_headings_lists_links_and_notes),
        cmocka_unit_test(tables_keep_their_cells),
        cmocka_unit_test(pictures_are_left_out_and_said),
        cmocka_unit_test(a_link_may_be_a_field),
        cmocka_unit_test(damaged_and_dangerous_files_are_refused),
        cmocka_unit_test(an_encrypted_or_cut_archive_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
