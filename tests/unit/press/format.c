// SPDX-License-Identifier: Apache-2.0
#include "press/import/format.h"

#include "../unit.h"

#include <string.h>

static void check(struct str bytes, const char *name, enum format expected) {
    enum format f;
    struct err e = {0};
    if (format_sniff(bytes, name, &f, &e))
        fail_msg("%s: %s", name, e.text);
    assert_string_equal(format_word(f), format_word(expected));
}

static void check_refused(struct str bytes, const char *name, int code, const char *word) {
    enum format f;
    struct err e = {0};
    assert_int_equal(format_sniff(bytes, name, &f, &e), code);
    if (!strstr(e.text, word))
        fail_msg("\"%s\" does not say \"%s\"", e.text, word);
}

static void text_html_markdown_and_docx_are_told_apart(void **state) {
    (void)state;
    check(STR("A title\n\nA text."), "a.txt", FORMAT_TEXT);
    check(STR("A title\n\nA text."), "-", FORMAT_TEXT);
    check(STR("# A title\n\nA text."), "a.md", FORMAT_MARKDOWN);
    check(STR("---\ntitle: A\n---\nText"), "-", FORMAT_MARKDOWN);
    check(STR("<!DOCTYPE html><p>x"), "saved", FORMAT_HTML);
    check(STR("\n\n <html lang=en>"), "a.txt", FORMAT_HTML);
    check(STR("\xef\xbb\xbf<HTML>"), "a", FORMAT_HTML);
    check(STR("\xff\xfe<\0h\0t\0m\0l\0>\0a\0"), "a", FORMAT_HTML);
    check(STR("<?xml version=\"1.0\"?><html>"), "a", FORMAT_HTML);
    check(STR("plain words"), "a.HTM", FORMAT_HTML);
    check(STR("PK\x03\x04...word/document.xml"), "a.docx", FORMAT_DOCX);
    check(STR("5 < 6 and that is all"), "a.txt", FORMAT_TEXT);
    check(STR("\x31\x00\x32\x00\x33\x00\x34\x00\x35\x00\x36\x00"), "utf16.txt", FORMAT_TEXT);
}

static void what_is_not_taken_is_named(void **state) {
    (void)state;
    check_refused(STR(""), "a", -ERR_INVALID, "empty");
    check_refused(STR(" \r\n\t "), "a", -ERR_INVALID, "empty");
    check_refused(STR("%PDF-1.7\n..."), "a.txt", -ERR_FORMAT, "PDF");
    check_refused(STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "a.doc", -ERR_FORMAT, "old Word");
    check_refused(STR("\x89PNG\r\n\x1a\n"), "a.html", -ERR_FORMAT, "PNG");
    check_refused(STR("\xff\xd8\xff\xe0"), "a.jpg", -ERR_FORMAT, "JPEG");
    check_refused(STR("PK\x03\x04 notes/a.txt"), "a.zip", -ERR_FORMAT, "zip");
    check_refused(STR("PK\x03\x04 xl/workbook.xml"), "a.xlsx", -ERR_FORMAT, "spreadsheet");
    check_refused(STR("\x1f\x8b\x08"), "a.gz", -ERR_FORMAT, "gzip");
    check_refused(STR("{\\rtf1"), "a.rtf", -ERR_FORMAT, "RTF");
    check_refused(STR("\x7f"
                      "ELF\x02\x01\x01"),
                  "a", -ERR_FORMAT, "program");
    check_refused(STR("ab\0\0\0\x01\x02\x03\x04\x05\x06\x07"), "a", -ERR_FORMAT, "binary");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_html_markdown_and_docx_are_told_apart),
        cmocka_unit_test(what_is_not_taken_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
