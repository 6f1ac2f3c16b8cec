// SPDX-License-Identifier: Apache-2.0
#include "base/bell.h"

#include "base/file.h"

#include "../unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], path[80];

static int make_own_folder(void **state) {
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", "/tmp/daylight-bell-XXXXXX"); /* fits */
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof path, "%s/changed", folder); /* fits */
    return 0;
}

static int remove_own_folder(void **state) {
    (void)state;
    return file_remove_all(folder, NULL);
}

static struct bell *open_one(void) {
    struct bell *b = NULL;
    assert_int_equal(bell_open(path, &b, NULL), 0);
    return b;
}

/* Rings, from here or from a child. */
static void ring(bool elsewhere) {
    pid_t child = elsewhere ? fork() : 0;
    if (elsewhere && child > 0) {
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        return;
    }
    int rc = bell_ring(path, NULL);
    if (elsewhere)
        _exit(rc ? 1 : 0);
    assert_int_equal(rc, 0);
}

static void a_ring_is_seen_at_once_from_this_process_and_from_another(void **state) {
    (void)state;
    struct bell *b = open_one();
    uint64_t last = bell_word(b);
    for (int i = 0; i < 100; i++) {
        ring(i % 10 == 0);
        assert_true(bell_word(b) != last);
        last = bell_word(b);
    }
    assert_int_equal(bell_tend(b, NULL), 0);
    assert_true(bell_word(b) == last); /* nobody rang */
    bell_close(b);
    b = open_one();
    assert_true(bell_word(b) == last); /* what is in the file stays */
    bell_close(b);
    bell_close(NULL);
}

static void nobody_is_rung_where_nobody_ever_listened(void **state) {
    (void)state;
    struct stat st;
    assert_int_equal(bell_ring(path, NULL), 0);
    assert_int_equal(stat(path, &st), -1);
}

static void a_file_cut_short_under_the_listener_kills_nobody_and_is_found_whole_again(void **state) {
    (void)state;
    struct bell *b = open_one();
    ring(false);
    assert_true(bell_word(b) != 0);
    assert_int_equal(truncate(path, 0), 0);
    assert_true(bell_word(b) == 0); /* SIGBUS, which is mended */
    ring(true);                     /* makes it whole; the mapping is not of it any more */
    assert_int_equal(bell_tend(b, NULL), 0);
    uint64_t last = bell_word(b);
    assert_true(last != 0);
    ring(true);
    assert_true(bell_word(b) != last);
    assert_int_equal(truncate(path, 3), 0);
    assert_int_equal(bell_tend(b, NULL), 0);
    last = bell_word(b);
    ring(true);
    assert_true(bell_word(b) != last);
    bell_close(b);
}

static void a_file_taken_away_or_replaced_is_found_again(void **state) {
    (void)state;
    struct bell *b = open_one();
    assert_int_equal(unlink(path), 0);
    ring(true); /* nobody hears it: there is no file */
    assert_int_equal(bell_tend(b, NULL), 0);
    uint64_t last = bell_word(b);
    ring(true);
    assert_true(bell_word(b) != last);
    assert_int_equal(file_write(path, STR("01234567"), 0600, NULL), 0); /* a rename over it */
    assert_int_equal(bell_tend(b, NULL), 0);
    last = bell_word(b);
    assert_memory_equal(&last, "01234567", 8);
    ring(true);
    assert_true(bell_word(b) != last);
    bell_close(b);
}

static void what_cannot_be_a_bell_is_refused_in_words(void **state) {
    (void)state;
    struct bell *b = NULL;
    struct err err = {0};
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(bell_open(path, &b, &err), -ERR_IO);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(bell_ring(path, &err), -ERR_IO);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0); /* must not wait for its other end either */
    assert_true(bell_ring(path, &err) < 0);
    assert_true(bell_open(path, &b, &err) < 0);
    assert_int_equal(unlink(path), 0);
    struct bell *good = open_one();
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_true(bell_tend(good, &err) < 0);
    (void)bell_word(good); /* still there to be read */
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(bell_tend(good, NULL), 0);
    bell_close(good);
}

static void a_process_listens_to_sixteen(void **state) {
    (void)state;
    struct bell *bells[17] = {0};
    struct err err = {0};
    for (int i = 0; i < 16; i++)
        bells[i] = open_one();
    assert_int_equal(bell_open(path, &bells[16], &err), -ERR_NO_MEMORY);
    bell_close(bells[3]);
    bells[3] = open_one();
    uint64_t last = bell_word(bells[3]);
    ring(false);
    for (int i = 0; i < 16; i++) {
        assert_true(bell_word(bells[i]) != last);
        bell_close(bells[i]);
    }
}

/* Touches a page behind the end of a file that is no bell. */
static int touch_beyond_the_end(void) {
    char other[sizeof path + 2];
    (void)snprintf(other, sizeof other, "%s-2", path); /* fits */
    int fd = open(other, O_RDWR | O_CREAT, 0600);
    volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    return page[0];
}

static void another_bus_error_is_as_deadly_as_ever(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* at worst a core is left */
        (void)signal(SIGBUS, SIG_DFL);                        /* cmocka has its own there */
        (void)open_one();
        _exit(touch_beyond_the_end());
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_own_folder, remove_own_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_ring_is_seen_at_once_from_this_process_and_from_another),
        IN_A_FOLDER(nobody_is_rung_where_nobody_ever_listened),
        IN_A_FOLDER(a_file_cut_short_under_the_listener_kills_nobody_and_is_found_whole_again),
        IN_A_FOLDER(a_file_taken_away_or_replaced_is_found_again),
        IN_A_FOLDER(what_cannot_be_a_bell_is_refused_in_words),
        IN_A_FOLDER(a_process_listens_to_sixteen),
        IN_A_FOLDER(another_bus_error_is_as_deadly_as_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
