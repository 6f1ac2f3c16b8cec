// SPDX-License-Identifier: Apache-2.0
/* The countdown to a failure. */
#include "store/fault.h"

#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>

static void nothing_fails_unless_it_is_asked_for(void **state) {
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_false(store_fault_now());
}

static void only_the_nth_call_fails(void **state) {
    (void)state;
    store_fail_at(3);
    assert_false(store_fault_now());
    assert_false(store_fault_now());
    assert_true(store_fault_now());
    assert_false(store_fault_now());
    assert_int_equal(store_fail_at(0), 0);
}

static void what_was_still_to_come_is_told_and_forgotten(void **state) {
    (void)state;
    store_fail_at(5);
    assert_false(store_fault_now());
    assert_int_equal(store_fail_at(0), 4);
    for (int i = 0; i < 10; i++)
        assert_false(store_fault_now());
}

static void *call_often(void *arg) {
    atomic_int *failed = arg;
    for (int i = 0; i < 1000; i++)
        if (store_fault_now())
            atomic_fetch_add(failed, 1);
    return NULL;
}

static void among_many_threads_exactly_one_call_fails(void **state) {
    (void)state;
    atomic_int failed = 0;
    pthread_t thread[8];
    store_fail_at(4000);
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, call_often, &failed), 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    assert_int_equal(atomic_load(&failed), 1);
    assert_int_equal(store_fail_at(0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_fails_unless_it_is_asked_for),
        cmocka_unit_test(only_the_nth_call_fails),
        cmocka_unit_test(what_was_still_to_come_is_told_and_forgotten),
        cmocka_unit_test(among_many_threads_exactly_one_call_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
