// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/theme. */
#include "web/theme.h"

#include "base/file.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct embedded_file table[] = {
    {"a.txt", STR("compiled a")}, {"b.txt", STR("compiled b")}, {"c.ini", STR("compiled c")}, {0}};

static int take(void *arg, const char *name, struct str bytes, struct err *reterr) {
    if (strcmp(name, "bad.txt") == 0)
        return err_set(reterr, ERR_INVALID, "line 3 is wrong");
    buf_printf(arg, "%s=%.*s;", name, STR_FMT(bytes));
    return 0;
}

static void put(const char *folder, const char *name, const char *text) {
    BUF_LOCAL(path);
    file_join(&path, folder, name);
    assert_int_equal(file_write(path.p, str_of(text), 0600, NULL), 0);
}

static void a_folder_s_files_replace_and_join_the_compiled_ones(void **state) {
    (void)state;
    char folder[] = "/tmp/theme.XXXXXX";
    assert_non_null(mkdtemp(folder));
    put(folder, "b.txt", "theme b");
    put(folder, "d.txt", "theme d");
    put(folder, ".hidden.txt", "x");
    BUF_LOCAL(path);
    file_join(&path, folder, "folder.txt");
    assert_int_equal(mkdir(path.p, 0700), 0);
    BUF_LOCAL(got);
    assert_int_equal(theme_each(table, folder, ".txt", take, &got, NULL), 0);
    assert_string_equal(got.p, "a.txt=compiled a;b.txt=theme b;d.txt=theme d;");
    buf_reset(&got);
    put(folder, "bad.txt", "x");
    struct err err = {0};
    assert_int_equal(theme_each(table, folder, NULL, take, &got, &err), -ERR_INVALID);
    assert_non_null(strstr(err.text, "/bad.txt: line 3 is wrong"));
    assert_int_equal(file_remove_all(folder, NULL), 0);
}

static void without_a_folder_there_is_what_was_compiled(void **state) {
    (void)state;
    BUF_LOCAL(got);
    assert_int_equal(theme_each(table, NULL, ".ini", take, &got, NULL), 0);
    assert_int_equal(theme_each(table, "/nowhere/at/all", ".ini", take, &got, NULL), 0);
    assert_string_equal(got.p, "c.ini=compiled c;c.ini=compiled c;");
    struct err err = {0};
    assert_true(theme_each(table, "/dev/null", NULL, take, &got, &err) < 0);
    assert_non_null(strstr(err.text, "/dev/null"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_s_files_replace_and_join_the_compiled_ones),
        cmocka_unit_test(without_a_folder_there_is_what_was_compiled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
