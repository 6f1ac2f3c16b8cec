// SPDX-License-Identifier: Apache-2.0
#include "base/ini.h"

#include "base/buf.h"

#include "../unit.h"
#include "alloc_faults.h"

#include <string.h>

static int note(void *arg, struct str section, struct str key, struct str value, struct err *reterr) {
    struct buf *seen = arg;
    if (str_is(key, "bad"))
        return err_set(reterr, ERR_CONFLICT, "this key is not wanted");
    buf_printf(seen, "%.*s/%.*s=", STR_FMT(section), STR_FMT(key));
    buf_add(seen, value);
    buf_add_char(seen, ';');
    return 0;
}

static void expect(struct str text, const char *wanted) {
    BUF_LOCAL(seen);
    struct err err = {0};
    int bad = ini_read(text, note, &seen, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(bad, 0);
    assert_string_equal(seen.p, wanted);
}

static void pairs_come_in_order_with_their_section(void **state) {
    (void)state;
    expect(STR("a = 1\n[one]\nb=2\n[ two words ]\nc   =   3  \n[one]\nd=4"), "/a=1;one/b=2;two words/c=3;one/d=4;");
    expect(STR(""), "");
    expect(STR_NONE, "");
    expect(STR("\n\n \n\t\n"), "");
    expect(STR("[only]\n"), "");
    expect(STR("a="), "/a=;");
}

static void a_value_may_hold_any_character(void **state) {
    (void)state;
    expect(STR("a = x ; y # z = [q]\nb = \"q\" 'r'\nc==\n"), "/a=x ; y # z = [q];/b=\"q\" 'r';/c==;");
    expect(STR("名 = 市政府\n"), "/名=市政府;");
}

static void comments_and_empty_lines_say_nothing(void **state) {
    (void)state;
    expect(STR("; c = 1\n# d = 2\n  ; e = 3\n\na = 1\n\n; between\n  more\n"), "/a=1\nmore;");
}

static void windows_files_are_read_alike(void **state) {
    (void)state;
    expect(STR("\xef\xbb\xbf[s]\r\na = 1\r\n  2\r\n\r\nb = 3\r\n"), "s/a=1\n2;s/b=3;");
}

static void an_indented_line_goes_on_with_the_value(void **state) {
    (void)state;
    expect(STR("a = one\n two = 2\n\t[three]\nb =\n x\n"), "/a=one\ntwo = 2\n[three];/b=\nx;");
}

static void a_line_may_be_of_any_length(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(wanted);
    buf_add_z(&text, "[s]\nlong = ");
    buf_add_z(&wanted, "s/long=");
    for (int i = 0; i < 20000; i++) {
        buf_add_z(&text, "很长");
        buf_add_z(&wanted, "很长");
    }
    buf_add_z(&wanted, ";");
    expect(buf_str(&text), wanted.p);
}

static void a_wrong_line_is_named(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"a=1\nnonsense\n", "line 2: "},
                                           {"\n= 1\n", "line 2: "},
                                           {"a=1\n[s\n", "line 2: "},
                                           {"[]\n", "line 1: "},
                                           {"[ ]\n", "line 1: "},
                                           {"\n\n  lost\n", "line 3: "},
                                           {"a=1\n[s]\n b\n", "line 3: "},
                                           {"[s] x\n", "line 1: "},
                                           {"a=1\n\n\nbad=2\n  3\nc=4\n", "line 4: this key is not wanted"},
                                           {"bad=2", "line 1: this key is not wanted"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_LOCAL(seen);
        struct err err = {0};
        assert_true(ini_read(str_of(cases[i][0]), note, &seen, &err) < 0);
        if (!strstr(err.text, cases[i][1]))
            fail_msg("case %zu: %s", i, err.text);
    }
}

static void the_callers_code_is_passed_on_with_and_without_a_sentence(void **state) {
    (void)state;
    BUF_LOCAL(seen);
    struct err err;
    assert_int_equal(ini_read(STR("bad=1\nc=2"), note, &seen, &err), -ERR_CONFLICT);
    assert_int_equal(ini_read(STR("bad=1\nc=2"), note, &seen, NULL), -ERR_CONFLICT);
    assert_int_equal(ini_read(STR("what"), note, &seen, NULL), -ERR_INVALID);
    assert_string_equal(seen.p, "");
}

static int count(void *arg, struct str section, struct str key, struct str value, struct err *reterr) {
    (void)section, (void)key, (void)value, (void)reterr;
    ++*(size_t *)arg;
    return 0;
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    BUF_LOCAL(text);
    for (int i = 0; i < 20; i++)
        buf_printf(&text, "key%d = %0200d\n  and more %0900d\n", i, i, i);
    size_t pairs = 0, all;
    alloc_faults_at(SIZE_MAX);
    assert_int_equal(ini_read(buf_str(&text), count, &pairs, NULL), 0);
    all = alloc_faults_off();
    assert_true(all > 0);
    for (size_t i = 0; i < all; i++) {
        struct err err;
        alloc_faults_at(i);
        int bad = ini_read(buf_str(&text), count, &pairs, &err);
        (void)alloc_faults_off(); /* how many is known */
        assert_int_equal(bad, -ERR_NO_MEMORY);
        assert_non_null(strstr(err.text, "memory"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_come_in_order_with_their_section),
        cmocka_unit_test(a_value_may_hold_any_character),
        cmocka_unit_test(comments_and_empty_lines_say_nothing),
        cmocka_unit_test(windows_files_are_read_alike),
        cmocka_unit_test(an_indented_line_goes_on_with_the_value),
        cmocka_unit_test(a_line_may_be_of_any_length),
        cmocka_unit_test(a_wrong_line_is_named),
        cmocka_unit_test(the_callers_code_is_passed_on_with_and_without_a_sentence),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
