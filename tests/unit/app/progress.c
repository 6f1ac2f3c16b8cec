// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

#include "../unit.h"
#include "base/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void the_line_shows_share_rate_and_time_left(void **state) {
    (void)state;
    BUF_LOCAL(line);
    struct progress p = {.began_us = 1000000, .total = 200, .what = "files"};
    progress_add_line(&line, &p, 50, 1000000 + 4 * CLOCK_SECOND_US);
    assert_non_null(strstr(line.p, "] 50 of 200 files, 12 a second, 0:12 left"));
    assert_int_equal(line.p[0], '[');
    assert_int_equal(strspn(line.p + 1, "#"), 7);
    assert_int_equal(strspn(line.p + 8, "."), 23);
}

static void a_slow_rate_has_a_decimal_and_minutes_are_minutes(void **state) {
    (void)state;
    BUF_LOCAL(line);
    struct progress p = {.total = 100, .what = "articles"};
    progress_add_line(&line, &p, 10, 20 * CLOCK_SECOND_US);
    assert_non_null(strstr(line.p, "0.5 a second, 3:00 left"));
}

static void nothing_done_yet_promises_nothing(void **state) {
    (void)state;
    BUF_LOCAL(line);
    struct progress p = {.total = 100, .what = "files"};
    progress_add_line(&line, &p, 0, 5 * CLOCK_SECOND_US);
    assert_null(strstr(line.p, "left"));
}

/* Runs the bar with standard error on `fd` and the start `ago_us` back. */
static void draw(int fd, int64_t ago_us) {
    int kept = dup(STDERR_FILENO);
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    struct progress p = progress_start(10, "files");
    p.began_us -= ago_us;
    progress_at(&p, 3);
    progress_at(&p, 4); /* too soon after the first to be drawn */
    progress_clear(&p);
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    close(kept);
}

static void a_pipe_gets_nothing(void **state) {
    (void)state;
    int ends[2];
    char said[16];
    assert_int_equal(pipe(ends), 0);
    draw(ends[1], 60 * CLOCK_SECOND_US);
    close(ends[1]);
    assert_int_equal(read(ends[0], said, sizeof said), 0);
    close(ends[0]);
}

static void a_terminal_gets_the_bar_after_the_first_second_only(void **state) {
    (void)state;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master))
        skip();
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    char said[512];
    draw(terminal, 0);
    assert_int_equal(fcntl(master, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(read(master, said, sizeof said), -1);
    draw(terminal, 2 * CLOCK_SECOND_US);
    size_t n = 0;
    for (ssize_t got; (got = read(master, said + n, sizeof said - 1 - n)) > 0;)
        n += (size_t)got;
    assert_true(n > 4);
    said[n] = 0;
    assert_non_null(strstr(said, "3 of 10 files"));
    assert_null(strstr(said, "4 of 10 files"));
    assert_string_equal(said + n - 4, "\r\033[K");
    close(terminal);
    close(master);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_shows_share_rate_and_time_left),
        cmocka_unit_test(a_slow_rate_has_a_decimal_and_minutes_are_minutes),
        cmocka_unit_test(nothing_done_yet_promises_nothing),
        cmocka_unit_test(a_pipe_gets_nothing),
        cmocka_unit_test(a_terminal_gets_the_bar_after_the_first_second_only),
    };
    return cmocka_run_group_tests_name("app/progress", tests, NULL, NULL);
}
