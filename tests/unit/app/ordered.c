// SPDX-License-Identifier: Apache-2.0
#include "app/ordered.h"

#include "unit.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

struct job {
    atomic_size_t begun;
    size_t weight;
    bool slow;
};

static size_t square(void *arg, size_t number, void *slot) {
    struct job *job = arg;
    atomic_fetch_add(&job->begun, 1);
    if (job->slow && number % 3 == 0)
        (void)nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    *(size_t *)slot += number * number; /* a slot is zeroed, also when it is used anew */
    return job->weight;
}

static struct ordered *start(struct job *job, size_t threads, size_t pieces, size_t window, size_t weight) {
    struct ordered *o = NULL;
    const struct ordered_plan plan = {threads, pieces, window, weight, sizeof(size_t), square, job};
    assert_int_equal(ordered_start(&plan, &o, NULL), 0);
    return o;
}

static void settle(void) {
    (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

static void results_come_in_order_however_long_each_takes(void **state) {
    (void)state;
    for (size_t threads = 1; threads <= 8; threads += 7) {
        struct job job = {.slow = true};
        struct ordered *o = start(&job, threads, 500, 16, 0);
        for (size_t i = 0; i < 500; i++) {
            size_t *slot = ordered_get(o, i);
            assert_non_null(slot);
            assert_int_equal(*slot, i * i);
            ordered_release(o, i + 1);
        }
        ordered_free(o);
        assert_int_equal(job.begun, 500);
    }
}

static void nothing_is_begun_beyond_the_window(void **state) {
    (void)state;
    struct job job = {0};
    struct ordered *o = start(&job, 4, 100, 8, 0);
    for (size_t i = 0; i < 8; i++)
        assert_non_null(ordered_get(o, i));
    settle();
    assert_int_equal(job.begun, 8);
    assert_null(ordered_get(o, 8));
    ordered_release(o, 3);
    assert_non_null(ordered_get(o, 10));
    settle();
    assert_int_equal(job.begun, 11);
    ordered_free(o);
}

static void what_weighs_too_much_holds_up_the_rest_but_comes_through_alone(void **state) {
    (void)state;
    struct job job = {.weight = 100};
    struct ordered *o = start(&job, 1, 20, 16, 250);
    for (size_t i = 0; i < 3; i++)
        assert_non_null(ordered_get(o, i));
    assert_null(ordered_get(o, 3)); /* 300 are there: a fourth waits */
    ordered_release(o, 3);
    assert_non_null(ordered_get(o, 3));
    ordered_free(o);
    job = (struct job){.weight = 1000};
    o = start(&job, 2, 5, 16, 10);
    for (size_t i = 0; i < 5; i++) {
        assert_non_null(ordered_get(o, i));
        ordered_release(o, i + 1);
    }
    ordered_free(o);
}

static void after_a_halt_what_was_made_is_there_and_no_more(void **state) {
    (void)state;
    struct job job = {0};
    struct ordered *o = start(&job, 2, 1000, 4, 0);
    size_t made = 0;
    assert_non_null(ordered_get(o, 3));
    ordered_halt(o);
    while (made < 4 && ordered_get(o, made))
        made++;
    assert_int_equal(made, 4);
    ordered_release(o, 4);
    assert_null(ordered_get(o, 4));
    assert_int_equal(job.begun, 4);
    ordered_free(o);
}

static void no_work_is_no_trouble(void **state) {
    (void)state;
    struct job job = {0};
    ordered_free(start(&job, 2, 0, 4, 0));
    ordered_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_in_order_however_long_each_takes),
        cmocka_unit_test(nothing_is_begun_beyond_the_window),
        cmocka_unit_test(what_weighs_too_much_holds_up_the_rest_but_comes_through_alone),
        cmocka_unit_test(after_a_halt_what_was_made_is_there_and_no_more),
        cmocka_unit_test(no_work_is_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
