// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/listen. */
#include "web/listen.h"

#include "unit.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static bool reaches(int family, unsigned port) {
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = in6addr_loopback};
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(family, SOCK_STREAM, 0);
    bool ok = family == AF_INET ? connect(fd, (struct sockaddr *)&four, sizeof four) == 0
                                : connect(fd, (struct sockaddr *)&six, sizeof six) == 0;
    close(fd);
    return ok;
}

static void every_kind_of_address_is_listened_on(void **state) {
    (void)state;
    static const struct {
        const char *words;
        bool four, six;
    } cases[] = {
        {"127.0.0.1:0", true, false}, {"localhost:0", true, false}, {"[::1]:0", false, true},
        {"[::]:0", false, true},      {"*:0", true, true},          {":0", true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct listening l;
        struct err err = {0};
        assert_int_equal(listen_check(cases[i].words, &err), 0);
        if (listen_open(cases[i].words, &l, &err) != 0) {
            print_message("SKIP %s: %s\n", cases[i].words, err.text); /* a machine without IPv6 */
            assert_true(cases[i].six);
            continue;
        }
        assert_true(l.port > 0);
        assert_int_equal(reaches(AF_INET, l.port), cases[i].four);
        if (reaches(AF_INET6, l.port) != cases[i].six)
            print_message("SKIP: no IPv6 here\n");
        listen_close(&l);
        assert_false(reaches(AF_INET, l.port));
    }
}

static void what_is_not_understood_or_taken_is_named(void **state) {
    (void)state;
    static const char *const bad[] = {"127.0.0.1",      "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                                      "example.org:80", "::1:80",     "[::1:80",     "fd:x",
                                      "fd:-1",          "unix:",      "fd:0",        "1.2.3.4.5:80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct listening l;
        struct err err = {0};
        if (strcmp(bad[i], "fd:0") != 0) /* may be one */
            assert_int_equal(listen_check(bad[i], NULL), -ERR_INVALID);
        assert_int_equal(listen_open(bad[i], &l, &err), -ERR_INVALID);
        assert_non_null(strstr(err.text, bad[i]));
    }
    struct listening first, second;
    struct err err = {0};
    char words[40];
    assert_int_equal(listen_open("127.0.0.1:0", &first, NULL), 0);
    (void)snprintf(words, sizeof words, "127.0.0.1:%u", first.port);
    assert_int_equal(listen_open(words, &second, &err), -ERR_IO);
    assert_non_null(strstr(err.text, words));
    assert_non_null(strstr(err.text, "another program listens there already"));
    listen_close(&first);
    assert_int_equal(listen_open("192.0.2.1:0", &first, &err), -ERR_IO); /* kept for documents, RFC 5737 */
    assert_non_null(strstr(err.text, "this machine has no such address"));
}

static void a_socket_file_that_was_left_behind_is_replaced_and_a_living_one_is_not(void **state) {
    (void)state;
    char folder[] = "/tmp/listen.XXXXXX", words[80];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(words, sizeof words, "unix:%s/socket", folder);
    struct listening first, second;
    assert_int_equal(listen_open(words, &first, NULL), 0);
    assert_int_equal(listen_open(words, &second, NULL), -ERR_IO); /* in use */
    close(first.fd);                                              /* as if the process had died */
    assert_int_equal(access(words + 5, F_OK), 0);
    assert_int_equal(listen_open(words, &second, NULL), 0);
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    (void)snprintf(sa.sun_path, sizeof sa.sun_path, "%s", words + 5);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    close(fd);
    listen_close(&second);
    assert_int_equal(access(words + 5, F_OK), -1); /* taken away at the end */
    FILE *file = fopen(words + 5, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(listen_open(words, &second, NULL), -ERR_IO); /* another's file is left alone */
    assert_int_equal(access(words + 5, F_OK), 0);
    unlink(words + 5);
    rmdir(folder);
}

static void a_descriptor_is_taken_over(void **state) {
    (void)state;
    struct listening first, second;
    char words[16];
    assert_int_equal(listen_open("127.0.0.1:0", &first, NULL), 0);
    int copy = dup(first.fd);
    (void)snprintf(words, sizeof words, "fd:%d", copy);
    assert_int_equal(listen_open(words, &second, NULL), 0);
    assert_int_equal(second.port, first.port);
    listen_close(&first);
    assert_true(reaches(AF_INET, second.port));
    listen_close(&second);
    int not_listening = socket(AF_INET, SOCK_STREAM, 0);
    (void)snprintf(words, sizeof words, "fd:%d", not_listening);
    assert_int_equal(listen_open(words, &second, NULL), -ERR_INVALID);
    close(not_listening);
}

/* Descriptors from 3 on are what the service manager would hand over; a child process has them to itself. */
static void handed_over_sockets_are_found_by_their_process_only(void **state) {
    (void)state;
    struct listening mine;
    assert_int_equal(listen_open("127.0.0.1:0", &mine, NULL), 0);
    pid_t child = fork();
    if (child == 0) {
        struct listening l[4];
        char pid[16];
        (void)snprintf(pid, sizeof pid, "%d", (int)getpid());
        int high = dup(mine.fd);
        bool ok = dup2(high, 3) == 3 && dup2(high, 4) == 4;
        setenv("LISTEN_FDS", "2", 1);
        setenv("LISTEN_PID", "1", 1);
        ok = ok && listen_inherited(l, 4) == 0;
        setenv("LISTEN_PID", pid, 1);
        ok = ok && listen_inherited(l, 4) == 2 && l[0].fd == 3 && l[1].fd == 4 && l[0].port == mine.port;
        ok = ok && listen_inherited(l, 1) == 1;
        unsetenv("LISTEN_FDS");
        ok = ok && listen_inherited(l, 4) == 0;
        _exit(ok ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    listen_close(&mine);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_address_is_listened_on),
        cmocka_unit_test(what_is_not_understood_or_taken_is_named),
        cmocka_unit_test(a_socket_file_that_was_left_behind_is_replaced_and_a_living_one_is_not),
        cmocka_unit_test(a_descriptor_is_taken_over),
        cmocka_unit_test(handed_over_sockets_are_found_by_their_process_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
