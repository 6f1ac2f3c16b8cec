// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include "../unit.h"
#include "alloc_faults.h"

#include <stdalign.h>
#include <string.h>

static void memory_is_zeroed_and_aligned_for_anything(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    for (size_t n = 1; n < 3000; n = n * 2 + 1) {
        unsigned char *p = arena_alloc(a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xa5, n);
    }
    assert_false(arena_failed(a));
}

static void allocations_do_not_overlap(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    enum { MANY = 3000 };
    unsigned **p = arena_array(a, MANY, sizeof *p);
    assert_non_null(p);
    for (unsigned i = 0; i < MANY; i++) {
        p[i] = arena_array(a, 3, sizeof **p);
        assert_non_null(p[i]);
        p[i][0] = p[i][2] = i;
    }
    for (unsigned i = 0; i < MANY; i++)
        assert_true(p[i][0] == i && p[i][1] == 0 && p[i][2] == i);
}

static void the_limit_makes_it_fail_for_good(void **state) {
    (void)state;
    ARENA_LOCAL(a, 100);
    assert_non_null(arena_alloc(a, 64));
    assert_null(arena_alloc(a, 64));
    assert_true(arena_failed(a));
    assert_null(arena_alloc(a, 1)); /* sticky, though one byte would fit */
    assert_int_equal(arena_str(a, STR("x")).n, 0);
    assert_string_equal(arena_z(a, STR("x")), "");
    assert_true(arena_used(a) <= 100);
}

static void sizes_that_overflow_fail(void **state) {
    (void)state;
    volatile size_t huge = SIZE_MAX; /* hidden from the compiler, which would warn of it */
    ARENA_LOCAL(a, 0);
    assert_null(arena_array(a, huge / 2, 3));
    assert_true(arena_failed(a));
    ARENA_LOCAL(b, 0);
    assert_null(arena_alloc(b, huge));
    assert_true(arena_failed(b));
}

static void copies_are_terminated(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct str s = arena_str(a, str_part("abcdef", 3));
    assert_string_equal(s.p, "abc");
    assert_string_equal(arena_z(a, STR_NONE), "");
    struct str printed = arena_printf(a, "%s/%d", "news", 12);
    assert_int_equal(printed.n, 7);
    assert_string_equal(printed.p, "news/12");
}

static void parts_are_joined_and_terminated(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct str all = ARENA_JOIN(a, STR("/"), STR_NONE, STR("news"), STR("/"));
    assert_int_equal(all.n, 6);
    assert_string_equal(all.p, "/news/");
    assert_int_equal(ARENA_JOIN(a, STR_NONE).n, 0);
    assert_string_equal(ARENA_JOIN(a, STR_NONE).p, "");
    assert_string_equal(ARENA_JOIN(a, STR("/"), arena_int(a, -12)).p, "/-12");
    assert_null(ARENA_JOIN(a, (struct str){"x", SIZE_MAX}, STR("y")).p);
    assert_true(arena_failed(a));
}

static void a_failed_buf_makes_the_arena_failed(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(b);
    b.limit = 2;
    buf_add_z(&b, "abc");
    (void)arena_buf(a, &b); /* what matters is the arena's state */
    assert_true(arena_failed(a));
}

static void no_arena_is_a_failed_arena(void **state) {
    (void)state;
    assert_null(arena_alloc(NULL, 1));
    assert_true(arena_failed(NULL));
    assert_int_equal(arena_used(NULL), 0);
    arena_set_failed(NULL);
    arena_free(NULL);
}

static char order[8];

static char first[] = "1", second[] = "2", third[] = "3";

static void note(void *arg) {
    strncat(order, arg, sizeof order - strlen(order) - 1);
}

static void deferred_calls_run_last_first(void **state) {
    (void)state;
    order[0] = 0;
    struct arena *a = arena_new(0);
    arena_defer(a, note, first);
    arena_defer(a, note, second);
    arena_defer(a, note, third);
    assert_string_equal(order, "");
    arena_free(a);
    assert_string_equal(order, "321");
}

static void a_call_that_cannot_be_noted_runs_at_once(void **state) {
    (void)state;
    order[0] = 0;
    ARENA_LOCAL(a, 1);
    arena_defer(a, note, first);
    assert_string_equal(order, "1");
    assert_true(arena_failed(a));
}

/* A piece of work with every kind of allocation; gives what it built, for comparison. */
static struct str work(struct arena *a) {
    arena_defer(a, note, first);
    char **list = arena_array(a, 600, sizeof *list);
    struct str s = arena_printf(a, "%0500d", 9);
    (void)arena_alloc(a, 300 * 1024); /* the arena tells of its failure */
    BUF_LOCAL(b);
    buf_add(&b, s);
    buf_add_z(&b, "end");
    struct str out = arena_buf(a, &b);
    return list ? out : STR_NONE;
}

static void every_single_failed_allocation_is_told_and_leaks_nothing(void **state) {
    (void)state;
    alloc_faults_at(SIZE_MAX);
    struct arena *whole = arena_new(0);
    assert_int_equal(work(whole).n, 503);
    size_t allocations = alloc_faults_off();
    arena_free(whole);
    assert_true(allocations >= 5);
    for (size_t nth = 0; nth < allocations; nth++) {
        order[0] = 0;
        alloc_faults_at(nth);
        struct arena *a = arena_new(0);
        struct str got = work(a);
        alloc_faults_off();
        assert_true(arena_failed(a));
        assert_int_not_equal(got.n, 503);
        arena_free(a);
        assert_string_equal(order, "1"); /* once, whatever failed */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_for_anything),
        cmocka_unit_test(allocations_do_not_overlap),
        cmocka_unit_test(the_limit_makes_it_fail_for_good),
        cmocka_unit_test(sizes_that_overflow_fail),
        cmocka_unit_test(copies_are_terminated),
        cmocka_unit_test(parts_are_joined_and_terminated),
        cmocka_unit_test(a_failed_buf_makes_the_arena_failed),
        cmocka_unit_test(no_arena_is_a_failed_arena),
        cmocka_unit_test(deferred_calls_run_last_first),
        cmocka_unit_test(a_call_that_cannot_be_noted_runs_at_once),
        cmocka_unit_test(every_single_failed_allocation_is_told_and_leaks_nothing),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
