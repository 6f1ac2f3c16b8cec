// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/notify: the test is the service manager. */
#include "web/notify.h"

#include "base/clock.h"
#include "base/err.h"
#include "unit.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const char *path) {
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    memcpy(sa.sun_path, path, n);
    if (path[0] == '@')
        sa.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&sa, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)), 0);
    setenv("NOTIFY_SOCKET", path, 1);
    return fd;
}

static void expect(int fd, const char *text) {
    char got[200] = {0};
    assert_true(recv(fd, got, sizeof got - 1, MSG_DONTWAIT) > 0);
    assert_string_equal(got, text);
}

static void the_service_manager_is_told_each_step(void **state) {
    (void)state;
    char folder[] = "/tmp/notify.XXXXXX", path[60], abstract[60];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/socket", folder);
    (void)snprintf(abstract, sizeof abstract, "@%s", folder);
    for (int i = 0; i < 2; i++) {
        int fd = listen_at(i ? abstract : path);
        assert_int_equal(notify_ready(), 0);
        expect(fd, "READY=1");
        assert_int_equal(notify_stopping(), 0);
        expect(fd, "STOPPING=1");
        int64_t before = clock_ticks_us();
        assert_int_equal(notify_reloading(), 0);
        char got[200] = {0};
        long long us = 0;
        assert_true(recv(fd, got, sizeof got - 1, MSG_DONTWAIT) > 0);
        assert_int_equal(sscanf(got, "RELOADING=1\nMONOTONIC_USEC=%lld", &us), 1);
        assert_true(us >= before && us <= clock_ticks_us());
        close(fd);
    }
    unlink(path);
    rmdir(folder);
}

static void without_a_service_manager_nothing_happens(void **state) {
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    assert_int_equal(notify_ready(), 0);
    setenv("NOTIFY_SOCKET", "", 1);
    assert_int_equal(notify_ready(), 0);
    setenv("NOTIFY_SOCKET", "relative", 1);
    assert_int_equal(notify_ready(), -ERR_INVALID);
    setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
    assert_true(notify_ready() < 0);
    unsetenv("NOTIFY_SOCKET");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_service_manager_is_told_each_step),
        cmocka_unit_test(without_a_service_manager_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
