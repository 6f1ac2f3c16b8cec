// SPDX-License-Identifier: Apache-2.0
/* A file says by its first bytes what it is; only between the kinds of text is its name asked. What is not taken is
 * named, because "not understood" helps nobody. */
#include "press/import/format.h"

#include <string.h>

enum { LOOK = 4096 };

static const struct {
    struct str start;
    const char *what, *advice;
} refused[] = {
#define R(start, what, advice)                                                                                         \
    { {start, sizeof start - 1}, what, advice }
    R("%PDF-", "a PDF file", "save its text, or the page it came from"),
    R("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word, Excel or PowerPoint file", "save it as DOCX"),
    R("{\\rtf", "an RTF file", "save it as DOCX"),
    R("\x89PNG\r\n\x1a\n", "a PNG picture", "pictures go in with the article they belong to"),
    R("\xff\xd8\xff", "a JPEG picture", "pictures go in with the article they belong to"),
    R("GIF8", "a GIF picture", "pictures go in with the article they belong to"),
    R("RIFF", "a WebP picture or a recording", "pictures go in with the article they belong to"),
    R("II*\0", "a TIFF picture", "pictures go in with the article they belong to"),
    R("MM\0*", "a TIFF picture", "pictures go in with the article they belong to"),
    R("\x1f\x8b", "a gzip archive", "unpack it first"),
    R("BZh", "a bzip2 archive", "unpack it first"),
    R("\xfd"
      "7zXZ\0",
      "an xz archive", "unpack it first"),
    R("7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    R("Rar!\x1a\x07", "a RAR archive", "unpack it first"),
    R("\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it first"),
    R("\x7f"
      "ELF",
      "a program", "nothing was taken"),
    R("MZ\x90", "a program", "nothing was taken"),
    R("OggS", "a recording", "nothing was taken"),
    R("ID3", "a recording", "nothing was taken"),
    R("SQLite format 3", "a database", "nothing was taken"),
    R("wOF2", "a font", "nothing was taken"),
#undef R
};

const char *format_word(enum format f) {
    static const char *const words[] = {"text", "html", "markdown", "docx"};
    return words[f];
}

static bool ends_with_any(struct str name, const char *const *endings) {
    for (size_t i = 0; endings[i]; i++) {
        struct str ending = str_of(endings[i]);
        if (name.n >= ending.n && str_eq_nocase(str_from(name, name.n - ending.n), ending))
            return true;
    }
    return false;
}

/* A zip archive is a document when it has the document's part in it; libzip looks closer later. */
static int sniff_zip(struct str bytes, enum format *ret, struct err *reterr) {
    if (str_find(bytes, STR("word/"), 0) != SIZE_MAX) {
        *ret = FORMAT_DOCX;
        return 0;
    }
    const char *what = "a zip archive", *advice = "unpack it first";
    if (str_find(bytes, STR("xl/"), 0) != SIZE_MAX)
        what = "a spreadsheet (XLSX)", advice = "save the page as DOCX or HTML";
    else if (str_find(bytes, STR("ppt/"), 0) != SIZE_MAX)
        what = "a presentation (PPTX)", advice = "save the page as DOCX or HTML";
    else if (str_find(str_first(bytes, 256), STR("mimetypeapplication/vnd.oasis"), 0) != SIZE_MAX)
        what = "an OpenDocument file", advice = "save it as DOCX";
    else if (str_find(str_first(bytes, 256), STR("mimetypeapplication/epub"), 0) != SIZE_MAX)
        what = "an e-book", advice = "save the page as HTML";
    return err_set(reterr, ERR_FORMAT, "This seems to be %s, which is not read; %s.", what, advice);
}

/* UTF-16 text without a mark at its start has a zero in every second byte. */
static bool may_be_utf16(struct str s) {
    size_t even = 0, odd = 0, n = s.n / 2;
    for (size_t i = 0; i + 1 < s.n; i += 2) {
        even += s.p[i] == 0;
        odd += s.p[i + 1] == 0;
    }
    return n >= 4 && ((even * 4 > n && odd * 16 < n) || (odd * 4 > n && even * 16 < n));
}

static bool has_mark(struct str s) {
    return str_starts(s, "\xff\xfe") || str_starts(s, "\xfe\xff") || str_starts(s, "\xef\xbb\xbf");
}

/* Texts have no NUL bytes and hardly a control character. */
static bool is_binary(struct str s) {
    size_t controls = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        controls += c == 0 || (c < 32 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b) || c == 127;
    }
    return controls * 50 > s.n;
}

/* Tags of a page within the first bytes; bytes of UTF-16 are looked at without their zeros. */
static bool looks_like_html(struct str s) {
    static const char *const openings[] = {"<!doctype html", "<html", "<head",  "<body",    "<meta", "<div",
                                           "<table",         "<p>",   "<title", "<article", "<h1"};
    char ascii[LOOK];
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < sizeof ascii; i++)
        if (s.p[i])
            ascii[n++] = s.p[i];
    struct str shown = str_part(ascii, n);
    while (shown.n && ((unsigned char)shown.p[0] <= 32 || (unsigned char)shown.p[0] >= 0xbb))
        shown = str_from(shown, 1);
    if (str_starts(shown, "<?xml") || str_starts(shown, "<!--"))
        return str_find_nocase(shown, STR("<html"), 0) != SIZE_MAX ||
               str_find_nocase(shown, STR("<body"), 0) != SIZE_MAX;
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
        if (str_starts_nocase(shown, openings[i]))
            return true;
    return str_find_nocase(shown, STR("<html"), 0) != SIZE_MAX || str_find_nocase(shown, STR("<body"), 0) != SIZE_MAX;
}

int format_sniff(struct str bytes, const char *name, enum format *ret, struct err *reterr) {
    static const char *const html[] = {".html", ".htm", ".xhtml", ".shtml", ".mht.html", NULL};
    static const char *const markdown[] = {".md", ".markdown", ".mkd", NULL};
    struct str head = str_first(bytes, LOOK), file = str_of(name);
    if (str_trim(head).n == 0 && str_trim(bytes).n == 0)
        return err_set(reterr, ERR_INVALID, "The file is empty.");
    if (str_starts(head, "PK\x03\x04") || str_starts(head, "PK\x05\x06"))
        return sniff_zip(bytes, ret, reterr);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (bytes.n >= refused[i].start.n && str_eq(str_first(bytes, refused[i].start.n), refused[i].start))
            return err_set(reterr, ERR_FORMAT, "This seems to be %s, which is not read; %s.", refused[i].what,
                           refused[i].advice);
    if (head.n >= 12 && str_eq(str_part(head.p + 4, 4), STR("ftyp")))
        return err_set(reterr, ERR_FORMAT,
                       "This seems to be a film or a picture, which is not read; nothing was taken.");
    if (!has_mark(head) && is_binary(head) && !may_be_utf16(head))
        return err_set(reterr, ERR_FORMAT, "This is a binary file of an unknown kind; nothing was taken.");
    if (ends_with_any(file, html) || looks_like_html(head))
        *ret = FORMAT_HTML;
    else
        *ret = ends_with_any(file, markdown) || str_starts(head, "---\n") ? FORMAT_MARKDOWN : FORMAT_TEXT;
    return 0;
}
