// SPDX-License-Identifier: Apache-2.0
#include "app/folder.h"

#include "../unit.h"
#include "base/file.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char own[64];

static int make_own(void **state) {
    (void)state;
    (void)snprintf(own, sizeof own, "%s", "/tmp/daylight-folder-XXXXXX"); /* fits */
    return mkdtemp(own) ? 0 : -1;
}

static int remove_own(void **state) {
    (void)state;
    return file_remove_all(own, NULL);
}

static void a_folder_is_taken_by_one_server_at_a_time(void **state) {
    (void)state;
    int first = -1, second = -1;
    struct err err = {0};
    assert_int_equal(folder_lock(own, &first, &err), 0);
    assert_int_equal(folder_lock(own, &second, &err), -ERR_CONFLICT);
    assert_non_null(strstr(err.text, own));
    close(first);
    assert_int_equal(folder_lock(own, &second, NULL), 0);
    close(second);
}

static void a_killed_server_leaves_the_folder_free(void **state) {
    (void)state;
    int ends[2], lock = -1;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        int held = -1;
        char said = folder_lock(own, &held, NULL) == 0 ? 'y' : 'n';
        _exit(write(ends[1], &said, 1) == 1 ? pause() : 1);
    }
    char said = 0;
    assert_int_equal(read(ends[0], &said, 1), 1);
    assert_int_equal(said, 'y');
    assert_int_equal(folder_lock(own, &lock, NULL), -ERR_CONFLICT);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(folder_lock(own, &lock, NULL), 0);
    close(lock);
    close(ends[0]);
    close(ends[1]);
}

static void media_are_named_by_their_bytes(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct str first = STR_NONE, second = STR_NONE;
    assert_int_equal(folder_put_media(own, STR("abc"), ".svg", arena, &first, NULL), 0);
    assert_true(str_is(first, "/media/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.svg"));
    assert_int_equal(folder_put_media(own, STR("abc"), ".svg", arena, &second, NULL), 0);
    assert_true(str_eq(first, second));
    assert_true(folder_has_media(own, first));
    assert_false(folder_has_media(own, STR("/media/none.svg")));
    assert_false(folder_has_media(own, STR("/media/../media/none.svg")));
    assert_false(folder_has_media(own, STR("/etc/passwd")));
    BUF_LOCAL(path);
    BUF_LOCAL(bytes);
    file_join(&path, own, first.p + 1);
    assert_int_equal(file_read(path.p, 10, &bytes, NULL), 0);
    assert_string_equal(bytes.p, "abc");
}

static void an_address_has_its_language_only_where_it_is_not_the_first(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct site site = {
        .origin = STR("https://x.example"), .languages = 2, .words = {{.language = "en"}, {.language = "zh-CN"}}};
    assert_true(str_is(folder_article_url(&site, arena, "en", STR("news"), 12), "https://x.example/news/12"));
    assert_true(str_is(folder_article_url(&site, arena, "zh-CN", STR("news"), 12), "https://x.example/zh-CN/news/12"));
    assert_true(str_is(folder_article_url(&site, arena, "fr", STR("news"), 12), "https://x.example/news/12"));
}

static void opening_needs_a_sound_site_ini_and_leaves_nothing_open_without(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    BUF_LOCAL(path);
    struct folder f = {0};
    struct err err = {0};
    file_join(&path, own, "site.ini");
    assert_int_equal(folder_open(own, NULL, arena, &f, &err), -ERR_NOT_FOUND);
    assert_int_equal(file_write(path.p, STR("[site]\nnam = X\n"), 0600, NULL), 0);
    assert_int_equal(folder_open(own, NULL, arena, &f, &err), -ERR_INVALID);
    assert_non_null(strstr(err.text, "line 2"));
    assert_null(f.store);
    assert_int_equal(file_write(path.p, STR("[site]\nname = X\n"), 0600, NULL), 0);
    assert_int_equal(folder_open(own, NULL, arena, &f, &err), 0);
    assert_string_equal(store_engine(f.store), "sqlite");
    assert_int_equal(store_ping(f.store, NULL), 0);
    folder_close(&f);
    assert_null(f.store);
}

#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_own, remove_own)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_folder_is_taken_by_one_server_at_a_time),
        WITH_FOLDER(a_killed_server_leaves_the_folder_free),
        WITH_FOLDER(media_are_named_by_their_bytes),
        cmocka_unit_test(an_address_has_its_language_only_where_it_is_not_the_first),
        WITH_FOLDER(opening_needs_a_sound_site_ini_and_leaves_nothing_open_without),
    };
    return cmocka_run_group_tests_name("app/folder", tests, NULL, NULL);
}
