// SPDX-License-Identifier: Apache-2.0
#include "text/charset.h"

#include "../unit.h"

#include <stdio.h>
#include <string.h>
#include <unicode/ucnv.h>

#define TEXT "警方在三月十四日下午召开会议，学习有关精神。The meeting was held.\n出席会议的有各部门负责人。\n"
#define TRADITIONAL "警方在三月十四日下午召開會議，學習有關精神。The meeting was held.\n出席會議的有各部門負責人。\n"

/* The bytes of a UTF-8 text in another encoding, by ICU. */
static void encode(struct buf *ret, const char *converter, const char *text) {
    UErrorCode status = U_ZERO_ERROR;
    char room[4096];
    int32_t n = ucnv_convert(converter, "UTF-8", room, sizeof room, text, (int32_t)strlen(text), &status);
    assert_true(U_SUCCESS(status));
    buf_add(ret, str_part(room, (size_t)n));
}

static void check_bytes(struct str bytes, const char *declared, const char *expected, const char *expected_name) {
    BUF_LOCAL(out);
    struct err e = {0};
    const char *name = "";
    if (charset_decode(bytes, declared, &out, &name, &e))
        fail_msg("%s", e.text);
    assert_string_equal(out.p, expected);
    assert_string_equal(name, expected_name);
}

static void check(const char *converter, const char *declared, const char *text, const char *expected_name) {
    BUF_LOCAL(bytes);
    encode(&bytes, converter, text);
    check_bytes(buf_str(&bytes), declared, text, expected_name);
}

static void plain_ascii_and_utf8_are_utf8(void **state) {
    (void)state;
    check_bytes(STR(""), NULL, "", "UTF-8");
    check_bytes(STR("abc"), NULL, "abc", "UTF-8");
    check_bytes(STR(TEXT), NULL, TEXT, "UTF-8");
    check_bytes(STR("é"), NULL, "é", "UTF-8");
}

static void a_byte_order_mark_decides_and_goes(void **state) {
    (void)state;
    check_bytes(STR("\xEF\xBB\xBF" TEXT), "gb2312", TEXT, "UTF-8");
    check_bytes(STR("\xFF\xFE"
                    "a\0-N"),
                "utf-8", "a中", "UTF-16LE");
    check_bytes(STR("\xFE\xFF"
                    "\0aN-"),
                NULL, "a中", "UTF-16BE");
    check_bytes(STR("\xFF\xFE\x3D\xD8\x00\xDE"), NULL, "\U0001F600", "UTF-16LE");
}

static void a_declared_encoding_is_used(void **state) {
    (void)state;
    check("GB18030", "gb2312", TEXT, "GB18030");
    check("GB18030", " GBK ", TEXT, "GB18030");
    check("GB18030", "gb18030", "𠀀㐀〇\n", "GB18030");
    check("Big5", "big5", TRADITIONAL, "Big5");
    check("windows-1252", "iso-8859-1", "“café” – 10 €\n", "windows-1252");
    check("UTF-16LE", "utf-16", TEXT, "UTF-16LE");
    check("Shift_JIS", "shift_jis", "日本語のテキスト\n", "Shift_JIS");
    check("windows-949", "ks_c_5601-1987", "한국어 문서\n", "EUC-KR");
}

static void a_meta_element_names_the_encoding(void **state) {
    (void)state;
    check("GB18030", NULL, "<html><meta http-equiv=Content-Type content='text/html; charset=GB2312'><p>中文",
          "GB18030");
    check("GB18030", NULL, "<META CHARSET = \"gbk\"><p>中", "GB18030");
    check("Big5", NULL, "<meta name=x content=y>\n<meta charset=big5><p>中文\n", "Big5");
    check("GB18030", NULL, "<?xml version='1.0' encoding='gb2312'?><a>中文</a>", "GB18030");
}

static void a_wrong_label_is_not_believed(void **state) {
    (void)state;
    check_bytes(STR("<meta charset=gb2312>" TEXT), NULL, "<meta charset=gb2312>" TEXT, "UTF-8");
    check("GB18030", "utf-8", TEXT, "GB18030");
    check("GB18030", NULL, "<meta charset=utf-8>\n" TEXT TEXT, "GB18030");
    check("GB18030", "x-no-such-thing", TEXT TEXT, "GB18030");
    check("GB18030", "utf-7", TEXT TEXT, "GB18030");
    check_bytes(STR("<meta charset=gb2312>潮汐"), NULL, "<meta charset=gb2312>潮汐", "UTF-8");
    check("Big5", NULL, "<meta charset=gb2312>" TRADITIONAL, "Big5");
    check("GB18030", NULL, "<meta charset=big5>" TEXT TEXT, "GB18030");
    check("GB18030", NULL, "<meta charset=iso-8859-1>" TEXT TEXT, "GB18030");
    check("GB18030", NULL, "<meta charset=windows-1251>" TEXT TEXT, "GB18030");
    check("GB18030", NULL, "<meta charset=shift_jis>" TEXT TEXT, "GB18030");
    check("Shift_JIS", NULL, "<meta charset=gbk>港の水門は木曜日の夕方に閉まり、翌朝に再び開きます。", "Shift_JIS");
    check_bytes(STR("<meta charset=utf-16>abc"), NULL, "<meta charset=utf-16>abc", "UTF-8");
}

static void a_label_that_can_be_true_is_believed(void **state) {
    (void)state;
    check("GB18030", NULL, "<meta charset=gb2312><p>闸门", "GB18030");
    check("GB18030", NULL, "<meta charset=gb2312>" TEXT "café\n", "GB18030");
    check("GB18030", NULL, "<meta charset=gbk>" TRADITIONAL, "GB18030");
    check("windows-1252", NULL, "<meta charset=iso-8859-1>Le café – “fermé” à midi.\n", "windows-1252");
    check("windows-1251", NULL, "<meta charset=windows-1251>Сообщение пресс-службы: вчера.\n", "windows-1251");
    check("KOI8-R", NULL, "<meta charset=koi8-r>Сообщение пресс-службы: вчера.\n", "KOI8-R");
    check("windows-949", NULL, "<meta charset=euc-kr>항구의 수문은 목요일 저녁에 닫힙니다.\n", "EUC-KR");
    check("EUC-JP", NULL, "<meta charset=euc-jp>港の水門は木曜日の夕方に閉まります。\n", "EUC-JP");
}

static void an_undeclared_encoding_is_detected(void **state) {
    (void)state;
    check("GB18030", NULL, TEXT TEXT, "GB18030");
    check("Big5", NULL, TRADITIONAL TRADITIONAL, "Big5");
    check("UTF-16LE", NULL, TEXT, "UTF-16LE");
    check("UTF-16BE", NULL, TEXT, "UTF-16BE");
    check("windows-1252", NULL, "Le café était fermé à midi, et la garçonne s’est assise près de la fenêtre.\n",
          "windows-1252");
    check("windows-1251", NULL, "Сообщение пресс-службы: вчера состоялось заседание, на котором обсуждали вопросы.\n",
          "windows-1251");
}

static void the_detection_sees_past_a_long_script(void **state) {
    (void)state;
    BUF_LOCAL(page);
    for (int i = 0; i < 1000; i++)
        buf_add_z(&page, "var letters = \"abcdefgh\";\n");
    size_t ascii = page.n;
    encode(&page, "GB18030", TEXT TEXT);
    BUF_LOCAL(expected);
    buf_add(&expected, str_first(buf_str(&page), ascii));
    buf_add_z(&expected, TEXT TEXT);
    check_bytes(buf_str(&page), NULL, expected.p, "GB18030");
}

static void check_broken(struct str bytes, const char *declared, size_t at, const char *encoding) {
    BUF_LOCAL(out);
    struct err e = {0};
    const char *name = "untouched";
    char expected[96];
    (void)snprintf(expected, sizeof expected, "what begins at byte %zu is not %s.", at, encoding);
    assert_int_equal(charset_decode(bytes, declared, &out, &name, &e), -ERR_FORMAT);
    if (!strstr(e.text, expected))
        fail_msg("\"%s\" does not say \"%s\"", e.text, expected);
    assert_string_equal(name, "untouched");
    assert_int_equal(out.n, 0);
}

static void a_damaged_character_is_refused_and_its_place_is_named(void **state) {
    (void)state;
    check_broken(STR(TEXT TEXT "\xE4\xB8"), "utf-8", sizeof TEXT TEXT, "UTF-8");
    check_broken(STR(TEXT TEXT "\xE4\xB8"), NULL, sizeof TEXT TEXT, "UTF-8");
    check_broken(STR(TEXT "\xE4\xB8 " TEXT), NULL, sizeof TEXT, "UTF-8");
    check_broken(STR("\xEF\xBB\xBF" TEXT "\xFF"), NULL, 3 + sizeof TEXT, "UTF-8");
    check_broken(STR("\xEF\xBB\xBFlatin \xE9"), NULL, 10, "UTF-8");
    check_broken(STR("The \u201Cquay\u201D is closed, and the caf\xC3 too.\n"), NULL, 38, "UTF-8");
    check_broken(STR("<meta charset=utf-8>" TEXT "\xE4\xB8 " TEXT), NULL, 20 + sizeof TEXT, "UTF-8");
    check_broken(STR("<meta charset=utf-8><p>The quay \xE2\x80 the ferry \xE2\x80 is closed."), NULL, 33, "UTF-8");
    check_broken(STR("<meta charset=utf-8><p>Repairs to the \xE4\xB8 \xFF lower flight."), NULL, 39, "UTF-8");
    check_broken(STR("\xFF\xFE"
                     "a\0b\0c"),
                 NULL, 7, "UTF-16LE");
    BUF_LOCAL(bytes);
    encode(&bytes, "GB18030", TEXT);
    size_t whole = bytes.n;
    buf_add_z(&bytes, "\xD6"); /* the first half of a character */
    check_broken(buf_str(&bytes), "gb2312", whole + 1, "GB18030");
    check_broken(buf_str(&bytes), NULL, whole + 1, "GB18030");
}

static void a_character_without_a_meaning_becomes_the_replacement_character(void **state) {
    (void)state;
    BUF_LOCAL(bytes);
    encode(&bytes, "Big5-HKSCS", TRADITIONAL);
    buf_add_z(&bytes, "\x85\x40"); /* nothing is assigned there */
    check_bytes(buf_str(&bytes), "big5", TRADITIONAL "\uFFFD", "Big5");
}

static void what_no_encoding_explains_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Title of broken\n\nSome \xff\xfe\xfd text \xc3 and more \xe4\xb8 end, plenty of words to keep it here.\n",
        "The notice \xb8\xa8\xb4 of the harbour \xff office \xfe says \xfd so.\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        BUF_LOCAL(out);
        struct err e = {0};
        assert_int_equal(charset_decode(str_of(texts[i]), NULL, &out, NULL, &e), -ERR_FORMAT);
        assert_non_null(strstr(e.text, i ? "at byte 12 it is no longer UTF-8" : "at byte 23 it is no longer UTF-8"));
        assert_int_equal(out.n, 0);
    }
}

static void a_few_accents_or_signs_are_enough_for_windows_1252(void **state) {
    (void)state;
    check("windows-1252", NULL, "The café on the quay is closed on Monday, the office says.\n", "windows-1252");
    check("windows-1252", NULL, "“The quay is closed” – until Friday… The fee is £10, or €12.\n", "windows-1252");
    check("windows-1252", NULL, "Rendez-vous à la mairie, à midi.\n", "windows-1252");
    check("windows-1252", "utf-8", "Le café était fermé à midi, et la fenêtre aussi.\n", "windows-1252");
    check("windows-1252", NULL, "<meta charset=utf-8>Größere Türen schließen früher.\n", "windows-1252");
}

static void line_ends_become_line_feeds_and_controls_go(void **state) {
    (void)state;
    check_bytes(STR("a\r\nb\rc\n\r\n\r"), NULL, "a\nb\nc\n\n\n", "UTF-8");
    check_bytes(
        STR("A form feed\f and a bell\a in a text that is long enough to be one, as everyone can see, with two."), NULL,
        "A form feed and a bell in a text that is long enough to be one, as everyone can see, with two.", "UTF-8");
}

static void what_is_not_text_is_refused_in_words(void **state) {
    (void)state;
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\6\0\0\0\\r\xa8"
                              "f\0\0\0\4gAMA\0\0\xb1\x8f\x0b\xfc";
    static const char nul[64] = {0};
    static const char zip[] = "PK\3\4\x14\0\6\0\x08\0\0\0!\0\x8e\xcb\xf4\x02\x80\1\0\0\x94\5\0\0\x13\0\x08\2";
    struct str files[] = {str_part(png, sizeof png - 1), str_part(nul, sizeof nul), str_part(zip, sizeof zip - 1),
                          STR("\1\2\3\4\5\6")};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        BUF_LOCAL(out);
        struct err e = {0};
        const char *name = "untouched";
        assert_int_equal(charset_decode(files[i], NULL, &out, &name, &e), -ERR_FORMAT);
        assert_int_equal(str_find(str_of(e.text), STR("This is not text"), 0), 0);
        assert_string_equal(name, "untouched");
        assert_int_equal(out.n, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_ascii_and_utf8_are_utf8),
        cmocka_unit_test(a_byte_order_mark_decides_and_goes),
        cmocka_unit_test(a_declared_encoding_is_used),
        cmocka_unit_test(a_meta_element_names_the_encoding),
        cmocka_unit_test(a_wrong_label_is_not_believed),
        cmocka_unit_test(a_label_that_can_be_true_is_believed),
        cmocka_unit_test(an_undeclared_encoding_is_detected),
        cmocka_unit_test(the_detection_sees_past_a_long_script),
        cmocka_unit_test(a_damaged_character_is_refused_and_its_place_is_named),
        cmocka_unit_test(a_character_without_a_meaning_becomes_the_replacement_character),
        cmocka_unit_test(what_no_encoding_explains_is_refused),
        cmocka_unit_test(a_few_accents_or_signs_are_enough_for_windows_1252),
        cmocka_unit_test(line_ends_become_line_feeds_and_controls_go),
        cmocka_unit_test(what_is_not_text_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
