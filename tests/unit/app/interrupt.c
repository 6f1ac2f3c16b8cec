// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"

#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own: the second signal is to end it. */
static int ended_by(int number) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        interrupt_listen();
        if (interrupt_came())
            _exit(1);
        (void)raise(number);
        if (!interrupt_came())
            _exit(2);
        (void)raise(number);
        _exit(3);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void the_first_is_noted_and_the_second_ends_the_process(void **state) {
    (void)state;
    assert_false(interrupt_came());
    assert_int_equal(ended_by(SIGINT), SIGINT);
    assert_int_equal(ended_by(SIGTERM), SIGTERM);
    assert_false(interrupt_came());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_noted_and_the_second_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
