// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include "../unit.h"

#include <time.h>

static void the_wall_clock_is_the_systems(void **state) {
    (void)state;
    int64_t before_s = time(NULL);
    int64_t now_us = clock_now_us();
    int64_t after_s = time(NULL);
    /* time(2) may lag clock_gettime by a tick of the kernel */
    assert_true(now_us >= before_s * CLOCK_SECOND_US);
    assert_true(now_us <= (after_s + 2) * CLOCK_SECOND_US);
}

static void tests_can_stop_the_wall_clock(void **state) {
    (void)state;
    clock_set(1710582480 * CLOCK_SECOND_US);
    assert_int_equal(clock_now_us(), 1710582480 * CLOCK_SECOND_US);
    assert_int_equal(clock_now_us(), 1710582480 * CLOCK_SECOND_US);
    clock_set(0);
    assert_true(clock_now_us() > 1710582480 * CLOCK_SECOND_US);
}

static void ticks_go_on_while_the_wall_clock_stands(void **state) {
    (void)state;
    clock_set(1);
    int64_t first = clock_ticks_us();
    (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); /* cut short is long enough to move a microsecond */
    assert_true(clock_ticks_us() > first);
    clock_set(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wall_clock_is_the_systems),
        cmocka_unit_test(tests_can_stop_the_wall_clock),
        cmocka_unit_test(ticks_go_on_while_the_wall_clock_stands),
    };
    return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
