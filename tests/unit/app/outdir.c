// SPDX-License-Identifier: Apache-2.0
#include "app/outdir.h"

#include "base/file.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char own[] = "/tmp/daylight-outdir-XXXXXX";
static char out[64];

static int setup(void **state) {
    (void)state;
    memcpy(own + sizeof own - 7, "XXXXXX", 6);
    if (!mkdtemp(own))
        return -1;
    (void)snprintf(out, sizeof out, "%s/out", own);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    return file_remove_all(own, NULL);
}

static const char *path_of(const char *name) {
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", out, name);
    return path;
}

static void write_file(const char *name, const char *text) {
    assert_int_equal(file_write(path_of(name), str_of(text), 0644, NULL), 0);
}

static void expect(const char *name, const char *text) {
    BUF_LOCAL(got);
    assert_int_equal(file_read(path_of(name), 1 << 20, &got, NULL), 0);
    assert_string_equal(got.p, text);
}

static struct outdir *open_it(void) {
    struct outdir *o = NULL;
    struct err e = {0};
    int bad = outdir_open(out, &o, &e);
    if (bad)
        fail_msg("%s", e.text);
    return o;
}

static void refused(enum err_code code, const char *says) {
    struct outdir *o = NULL;
    struct err e = {0};
    assert_int_equal(outdir_open(out, &o, &e), -(int)code);
    if (!strstr(e.text, says))
        fail_msg("%s", e.text);
}

static int put_at(struct outdir *o, const char *name, const char *text, size_t at, size_t n, enum outdir_put *ret,
                  struct err *e) {
    bool first = false;
    assert_int_equal(outdir_claim(o, str_of(name), &first, NULL), 0);
    assert_true(first);
    assert_int_equal(outdir_claim(o, str_of(name), &first, NULL), 0);
    assert_false(first);
    const struct outdir_file f = {str_of(name), str_of(text), at, n, -1, 0};
    return outdir_put(o, 0, &f, ret, e);
}

static enum outdir_put put(struct outdir *o, const char *name, const char *text) {
    enum outdir_put how = OUTDIR_SAME;
    struct err e = {0};
    if (put_at(o, name, text, 0, 0, &how, &e))
        fail_msg("%s", e.text);
    return how;
}

static size_t finish(struct outdir *o) {
    size_t removed = 99;
    assert_int_equal(outdir_finish(o, &removed, NULL), 0);
    outdir_close(o);
    return removed;
}

static void a_second_run_writes_only_what_changed_and_removes_what_is_gone(void **state) {
    (void)state;
    struct outdir *o = open_it();
    assert_int_equal(put(o, "index.html", "home"), OUTDIR_NEW);
    assert_int_equal(put(o, "news/12.html", "old"), OUTDIR_NEW);
    assert_int_equal(put(o, "news/12/proof/1.json", "{}"), OUTDIR_NEW);
    assert_int_equal(put(o, "empty", ""), OUTDIR_NEW);
    assert_int_equal(finish(o), 0);
    struct stat before, after;
    assert_int_equal(stat(path_of("index.html"), &before), 0);
    o = open_it();
    assert_true(outdir_had(o, STR("news/12.html")));
    assert_false(outdir_had(o, STR("news/13.html")));
    assert_int_equal(put(o, "index.html", "home"), OUTDIR_SAME);
    assert_int_equal(put(o, "news/12.html", "new"), OUTDIR_CHANGED);
    assert_int_equal(put(o, "empty", ""), OUTDIR_SAME);
    assert_int_equal(finish(o), 1);
    assert_int_equal(stat(path_of("index.html"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    expect("news/12.html", "new");
    assert_false(file_exists(path_of("news/12"))); /* with the folders that are empty now */
    assert_false(file_exists(path_of(".daylight-copy.new")));
    expect(".daylight-copy", "Files that daylight export wrote here and may remove. Format 1.\n"
                             "empty\nindex.html\nnews/12.html\n");
}

static void what_does_not_count_changes_no_file(void **state) {
    (void)state;
    enum outdir_put how;
    struct outdir *o = open_it();
    assert_int_equal(put_at(o, "a", "on 05:12, x", 3, 5, &how, NULL), 0);
    (void)finish(o);
    o = open_it();
    assert_int_equal(put_at(o, "a", "on 06:13, x", 3, 5, &how, NULL), 0);
    assert_int_equal(how, OUTDIR_SAME);
    (void)finish(o);
    expect("a", "on 05:12, x");
    o = open_it();
    assert_int_equal(put_at(o, "a", "on 06:14, y", 3, 5, &how, NULL), 0);
    assert_int_equal(how, OUTDIR_CHANGED);
    (void)finish(o);
    expect("a", "on 06:14, y");
}

static void a_damaged_file_is_written_again(void **state) {
    (void)state;
    struct outdir *o = open_it();
    (void)put(o, "a", "whole");
    (void)put(o, "b", "whole");
    (void)finish(o);
    write_file("a", "whale");
    assert_int_equal(unlink(path_of("b")), 0);
    o = open_it();
    assert_int_equal(put(o, "a", "whole"), OUTDIR_CHANGED);
    assert_int_equal(put(o, "b", "whole"), OUTDIR_CHANGED);
    assert_int_equal(finish(o), 0);
    expect("a", "whole");
    expect("b", "whole");
}

static void another_file_s_bytes_are_copied_and_compared(void **state) {
    (void)state;
    static const enum outdir_put wanted[] = {OUTDIR_NEW, OUTDIR_SAME, OUTDIR_CHANGED};
    static const char *const text[] = {"bytes of a picture", "bytes of a picture", "bytes of a puncture"};
    for (size_t i = 0; i < 3; i++) {
        char from[64];
        bool first;
        enum outdir_put how;
        (void)snprintf(from, sizeof from, "%s/from", own);
        assert_int_equal(file_write(from, str_of(text[i]), 0600, NULL), 0);
        struct outdir *o = open_it();
        const struct outdir_file f = {STR("media/a.svg"), STR_NONE, 0, 0, open(from, O_RDONLY), strlen(text[i])};
        assert_int_equal(outdir_claim(o, f.name, &first, NULL), 0);
        assert_int_equal(outdir_put(o, 3, &f, &how, NULL), 0);
        assert_int_equal(how, wanted[i]);
        (void)close(f.fd);
        (void)finish(o);
        expect("media/a.svg", text[i]);
    }
}

static void a_stranger_s_file_is_never_touched(void **state) {
    (void)state;
    enum outdir_put how;
    struct err e = {0};
    struct outdir *o = open_it();
    (void)put(o, "ours", "1");
    (void)finish(o);
    write_file("theirs", "2");
    assert_int_equal(mkdir(path_of("folder"), 0700), 0);
    o = open_it();
    (void)put(o, "ours", "1");
    assert_int_equal(put_at(o, "theirs", "3", 0, 0, &how, &e), -ERR_CONFLICT);
    assert_non_null(strstr(e.text, "theirs: something stands there that no export wrote"));
    assert_int_equal(put_at(o, "folder", "3", 0, 0, &how, &e), -ERR_CONFLICT);
    assert_int_equal(put_at(o, "theirs/below", "3", 0, 0, &how, &e), -ERR_CONFLICT);
    (void)finish(o);
    expect("theirs", "2");
}

static void a_folder_of_other_files_is_refused(void **state) {
    (void)state;
    assert_int_equal(mkdir(out, 0700), 0);
    write_file("letter.txt", "x");
    refused(ERR_CONFLICT, "there are files in it that no export wrote");
    expect("letter.txt", "x");
    assert_false(file_exists(path_of(".daylight-copy.new")));
}

static void a_run_that_was_cut_off_is_gone_on_with(void **state) {
    (void)state;
    struct outdir *o = open_it();
    (void)put(o, "a", "1");
    (void)put(o, "b/c", "2");
    outdir_close(o); /* without an end: nothing but the notes says whose files they are */
    assert_false(file_exists(path_of(".daylight-copy")));
    int fd = open(path_of(".daylight-copy.new"), O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "b/d-cut-o", 9), 9);
    (void)close(fd);
    write_file("b/.daylight-copy.7", "half");
    o = open_it();
    assert_true(outdir_had(o, STR("b/c")));
    assert_false(outdir_had(o, STR("b/d-cut-o")));
    assert_int_equal(put(o, "a", "1"), OUTDIR_SAME);
    assert_int_equal(put(o, "b/d", "3"), OUTDIR_NEW);
    outdir_close(o);
    o = open_it();
    assert_true(outdir_had(o, STR("b/d")));
    assert_int_equal(put(o, "a", "1"), OUTDIR_SAME);
    assert_int_equal(finish(o), 2);
    assert_false(file_exists(path_of("b")));
    assert_false(file_exists(path_of("b/.daylight-copy.7")));
}

static void what_a_first_run_left_half_is_made_whole(void **state) {
    (void)state;
    struct outdir *o = open_it();
    bool first;
    assert_int_equal(put(o, "a/b/c/d", "whole"), OUTDIR_NEW);
    assert_int_equal(outdir_claim(o, STR("a/b/e"), &first, NULL), 0); /* and never put */
    outdir_close(o);
    write_file("a/b/c/d", "wh");
    o = open_it();
    assert_int_equal(put(o, "a/b/e", "late"), OUTDIR_NEW); /* its note was not needed yet */
    assert_int_equal(put(o, "a/b/c/d", "whole"), OUTDIR_CHANGED);
    assert_int_equal(put(o, "x/y/z", "new"), OUTDIR_NEW);
    assert_int_equal(finish(o), 0);
    expect("a/b/c/d", "whole");
    expect("a/b/e", "late");
    assert_false(file_exists(path_of("a/b/c/.daylight-copy.0")));
}

static void a_copy_that_was_finished_never_has_half_a_file(void **state) {
    (void)state;
    struct outdir *o = open_it();
    (void)put(o, "a", "1");
    (void)finish(o);
    o = open_it();
    assert_int_equal(mkdir(path_of(".daylight-copy.0"), 0700), 0); /* where a new file is written first */
    enum outdir_put how;
    assert_int_not_equal(put_at(o, "b", "2", 0, 0, &how, NULL), 0);
    assert_false(file_exists(path_of("b")));
    assert_int_equal(rmdir(path_of(".daylight-copy.0")), 0);
    assert_int_equal(put(o, "c", "3"), OUTDIR_NEW);
    outdir_close(o);
    expect("c", "3");
}

static void two_runs_do_not_write_at_once(void **state) {
    (void)state;
    struct outdir *o = open_it();
    refused(ERR_CONFLICT, "another export is writing there");
    outdir_close(o);
    outdir_close(open_it());
}

static void a_list_that_leads_out_is_refused(void **state) {
    (void)state;
    static const char *const lists[] = {"something else\n", "../a\n", "/etc/passwd\n", "a/../../b\n", "a//b\n", "a/\n"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct outdir *o = open_it();
        (void)finish(o);
        BUF_LOCAL(text);
        buf_printf(&text, "%s%s", i ? "Files that daylight export wrote here and may remove. Format 1.\n" : "",
                   lists[i]);
        write_file(".daylight-copy", text.p);
        refused(ERR_FORMAT, "nothing was changed");
        assert_int_equal(unlink(path_of(".daylight-copy")), 0);
    }
}

static void names_stay_within_the_folder(void **state) {
    (void)state;
    static const char *const names[] = {"", "/a", "a/", "../a", "a/./b", ".daylight-copy", "a\nb"};
    struct outdir *o = open_it();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool first;
        assert_int_equal(outdir_claim(o, str_of(names[i]), &first, NULL), -ERR_INVALID);
    }
    outdir_close(o);
}

static void many_names_are_known_apart(void **state) {
    (void)state;
    struct outdir *o = open_it();
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 20000; i++) {
            char name[32];
            bool first;
            (void)snprintf(name, sizeof name, "news/%d.html", i);
            assert_int_equal(outdir_claim(o, str_of(name), &first, NULL), 0);
            assert_int_equal(first, round == 0);
        }
    outdir_close(o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_second_run_writes_only_what_changed_and_removes_what_is_gone),
        TEST(what_does_not_count_changes_no_file),
        TEST(a_damaged_file_is_written_again),
        TEST(another_file_s_bytes_are_copied_and_compared),
        TEST(a_stranger_s_file_is_never_touched),
        TEST(a_folder_of_other_files_is_refused),
        TEST(a_run_that_was_cut_off_is_gone_on_with),
        TEST(what_a_first_run_left_half_is_made_whole),
        TEST(a_copy_that_was_finished_never_has_half_a_file),
        TEST(two_runs_do_not_write_at_once),
        TEST(a_list_that_leads_out_is_refused),
        TEST(names_stay_within_the_folder),
        TEST(many_names_are_known_apart),
    };
    return cmocka_run_group_tests_name("app/outdir", tests, NULL, NULL);
}
