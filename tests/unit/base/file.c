// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include "../unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int make_own_folder(void **state) {
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", "/tmp/daylight-file-XXXXXX"); /* fits */
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_own_folder(void **state) {
    (void)state;
    return file_remove_all(folder, NULL);
}

static const char *in_folder(const char *name) {
    static char path[2][128];
    static unsigned turn;
    char *p = path[turn++ % 2];
    (void)snprintf(p, sizeof path[0], "%s/%s", folder, name); /* fits */
    return p;
}

static size_t entries_of_folder(void) {
    DIR *d = opendir(folder);
    assert_non_null(d);
    size_t n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void what_is_written_is_read_back(void **state) {
    (void)state;
    struct str bytes = str_part("a\0b\n", 4);
    assert_int_equal(file_write(in_folder("f"), bytes, 0640, NULL), 0);
    struct stat st;
    assert_int_equal(stat(in_folder("f"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    BUF_LOCAL(b);
    buf_add_z(&b, ">");
    assert_int_equal(file_read(in_folder("f"), 4, &b, NULL), 0);
    assert_true(str_eq(buf_str(&b), str_part(">a\0b\n", 5)));
}

static void writing_replaces_the_whole_file_and_leaves_nothing_beside_it(void **state) {
    (void)state;
    assert_int_equal(file_write(in_folder("f"), STR("a long first text"), 0600, NULL), 0);
    assert_int_equal(file_write(in_folder("f"), STR("short"), 0600, NULL), 0);
    BUF_LOCAL(b);
    assert_int_equal(file_read(in_folder("f"), 100, &b, NULL), 0);
    assert_string_equal(b.p, "short");
    assert_int_equal(entries_of_folder(), 1);
}

static void a_larger_file_than_the_limit_is_refused_by_name(void **state) {
    (void)state;
    assert_int_equal(file_write(in_folder("big"), STR("12345"), 0600, NULL), 0);
    BUF_LOCAL(b);
    struct err e = {0};
    assert_int_equal(file_read(in_folder("big"), 4, &b, &e), -ERR_TOO_LARGE);
    assert_non_null(strstr(e.text, "big: larger than 4 bytes, the most that is taken"));
}

static void a_missing_file_is_not_found_by_name(void **state) {
    (void)state;
    BUF_LOCAL(b);
    struct err e = {0};
    assert_int_equal(file_read(in_folder("nowhere"), 4, &b, &e), -ERR_NOT_FOUND);
    assert_non_null(strstr(e.text, "nowhere"));
    assert_int_equal(b.n, 0);
}

static void a_folder_is_not_a_file_to_read(void **state) {
    (void)state;
    BUF_LOCAL(b);
    struct err e = {0};
    assert_int_equal(file_read(folder, 4, &b, &e), -ERR_INVALID);
    assert_non_null(strstr(e.text, "folder"));
}

static void a_full_disk_keeps_the_old_file_and_leaves_nothing_beside_it(void **state) {
    (void)state;
    assert_int_equal(file_write(in_folder("f"), STR("old"), 0600, NULL), 0);
    BUF_LOCAL(big);
    buf_printf(&big, "%08000d", 1);
    struct rlimit kept;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &kept), 0);
    (void)signal(SIGXFSZ, SIG_IGN); /* so that write(2) says EFBIG */
    struct rlimit small = {4096, kept.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct err e = {0};
    int result = file_write(in_folder("f"), buf_str(&big), 0600, &e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &kept), 0);
    assert_int_equal(result, -ERR_IO);
    assert_non_null(strstr(e.text, "/f: "));
    BUF_LOCAL(b);
    assert_int_equal(file_read(in_folder("f"), 100, &b, NULL), 0);
    assert_string_equal(b.p, "old");
    assert_int_equal(entries_of_folder(), 1);
}

static void no_space_left_is_called_so(void **state) {
    (void)state;
    struct err e = {0};
    if (access("/dev/full", W_OK))
        skip();
    /* /dev/full answers every write with ENOSPC, but has no folder of its own: look at the errno path alone */
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    assert_int_equal(fputc('x', full), EOF);
    assert_int_equal(err_errno(&e, "disk"), -ERR_FULL);
    fclose(full);
}

static void writing_into_no_folder_or_over_a_folder_is_refused(void **state) {
    (void)state;
    struct err e = {0};
    assert_int_equal(file_write(in_folder("no/such"), STR("x"), 0600, &e), -ERR_NOT_FOUND);
    assert_int_equal(file_make_folder(in_folder("dir"), NULL), 0);
    assert_int_equal(file_write(in_folder("dir"), STR("x"), 0600, &e), -ERR_IO);
    assert_int_equal(entries_of_folder(), 1); /* the folder; no temporary file */
}

static void folders_are_made_with_their_parents_for_the_owner_only(void **state) {
    (void)state;
    assert_int_equal(file_make_folder(in_folder("a/b/c"), NULL), 0);
    assert_int_equal(file_make_folder(in_folder("a/b/c/"), NULL), 0);
    struct stat st;
    assert_int_equal(stat(in_folder("a/b"), &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void a_file_in_the_way_of_a_folder_is_told(void **state) {
    (void)state;
    assert_int_equal(file_write(in_folder("f"), STR("x"), 0600, NULL), 0);
    struct err e = {0};
    assert_int_equal(file_make_folder(in_folder("f"), &e), -ERR_CONFLICT);
    assert_int_equal(file_make_folder(in_folder("f/g"), &e), -ERR_IO);
    assert_non_null(strstr(e.text, "f/g"));
    assert_int_equal(file_make_folder("", &e), -ERR_NOT_FOUND);
}

static void removing_takes_a_whole_tree_but_not_what_links_point_to(void **state) {
    (void)state;
    assert_int_equal(file_make_folder(in_folder("t/u"), NULL), 0);
    assert_int_equal(file_write(in_folder("t/u/f"), STR("x"), 0600, NULL), 0);
    assert_int_equal(file_write(in_folder("kept"), STR("x"), 0600, NULL), 0);
    assert_int_equal(symlink(in_folder("kept"), in_folder("t/link")), 0);
    assert_int_equal(file_remove_all(in_folder("t"), NULL), 0);
    assert_false(file_exists(in_folder("t")));
    assert_true(file_exists(in_folder("kept")));
    assert_int_equal(file_remove_all(in_folder("t"), NULL), 0);
}

static void joining_puts_one_slash_between(void **state) {
    (void)state;
    BUF_LOCAL(b);
    file_join(&b, "dir", "f");
    assert_string_equal(b.p, "dir/f");
    buf_reset(&b);
    file_join(&b, "/", "f");
    assert_string_equal(b.p, "/f");
    buf_reset(&b);
    file_join(&b, "", "f");
    assert_string_equal(b.p, "f");
}

static void standard_input_is_read_by_its_dash(void **state) {
    (void)state;
    int ends[2], kept = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    BUF_LOCAL(b);
    assert_int_equal(file_read("-", 100, &b, NULL), 0);
    assert_string_equal(b.p, "piped");
    if (kept >= 0) {
        assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
        close(kept);
    }
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_own_folder, remove_own_folder)

int main(void) {
    (void)umask(022);
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(what_is_written_is_read_back),
        WITH_FOLDER(writing_replaces_the_whole_file_and_leaves_nothing_beside_it),
        WITH_FOLDER(a_larger_file_than_the_limit_is_refused_by_name),
        WITH_FOLDER(a_missing_file_is_not_found_by_name),
        WITH_FOLDER(a_folder_is_not_a_file_to_read),
        WITH_FOLDER(a_full_disk_keeps_the_old_file_and_leaves_nothing_beside_it),
        cmocka_unit_test(no_space_left_is_called_so),
        WITH_FOLDER(writing_into_no_folder_or_over_a_folder_is_refused),
        WITH_FOLDER(folders_are_made_with_their_parents_for_the_owner_only),
        WITH_FOLDER(a_file_in_the_way_of_a_folder_is_told),
        WITH_FOLDER(removing_takes_a_whole_tree_but_not_what_links_point_to),
        cmocka_unit_test(joining_puts_one_slash_between),
        cmocka_unit_test(standard_input_is_read_by_its_dash),
    };
    return cmocka_run_group_tests_name("base/file", tests, NULL, NULL);
}
