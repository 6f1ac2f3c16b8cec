// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"

#include "../unit.h"
#include "alloc_faults.h"

#include <stdlib.h>
#include <string.h>

static void a_new_buf_is_an_empty_terminated_string(void **state) {
    (void)state;
    BUF_LOCAL(b);
    assert_string_equal(b.p, "");
    assert_int_equal(b.n, 0);
    assert_false(buf_failed(&b));
    buf_add(&b, STR_NONE);
    assert_int_equal(b.room, 0);
}

static void what_is_added_follows_in_order_and_stays_terminated(void **state) {
    (void)state;
    BUF_LOCAL(b);
    buf_add_z(&b, "a");
    buf_add_z(&b, NULL);
    buf_add_char(&b, '-');
    buf_add_int(&b, INT64_MIN);
    buf_add(&b, str_part("\0z", 2));
    assert_int_equal(b.n, 24);
    assert_memory_equal(b.p, "a--9223372036854775808\0z", 25);
}

static void numbers_are_decimal(void **state) {
    (void)state;
    static const int64_t all[] = {0, 7, -1, 10, 4107, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        BUF_LOCAL(b);
        BUF_LOCAL(wanted);
        buf_add_int(&b, all[i]);
        buf_printf(&wanted, "%lld", (long long)all[i]);
        assert_string_equal(b.p, wanted.p);
    }
}

static void printing_takes_any_length(void **state) {
    (void)state;
    BUF_LOCAL(b);
    buf_printf(&b, "%s-%d;", "x", 5);
    buf_printf(&b, "%0300d", 7);
    assert_int_equal(b.n, 304);
    assert_memory_equal(b.p, "x-5;000", 7);
    assert_int_equal(b.p[303], '7');
    assert_int_equal(strlen(b.p), 304);
}

static void growth_past_the_limit_fails_and_keeps_what_was_there(void **state) {
    (void)state;
    BUF_LOCAL(b);
    b.limit = 10;
    buf_add_z(&b, "0123456789");
    assert_false(buf_failed(&b));
    buf_add_char(&b, 'x');
    assert_true(buf_failed(&b));
    assert_string_equal(b.p, "0123456789");
    buf_add_z(&b, "");
    buf_printf(&b, "%d", 1);
    assert_int_equal(b.n, 10);
    buf_reset(&b);
    assert_false(buf_failed(&b));
    buf_add_z(&b, "again");
    assert_string_equal(b.p, "again");
}

static void a_length_that_overflows_fails(void **state) {
    (void)state;
    BUF_LOCAL(b);
    buf_add_z(&b, "abc");
    buf_reserve(&b, SIZE_MAX - 1);
    assert_true(buf_failed(&b));
    assert_string_equal(b.p, "abc");
}

static void cutting_only_shortens(void **state) {
    (void)state;
    BUF_LOCAL(b);
    buf_cut(&b, 0);
    buf_add_z(&b, "abcdef");
    buf_cut(&b, 9);
    assert_string_equal(b.p, "abcdef");
    buf_cut(&b, 2);
    assert_string_equal(b.p, "ab");
    buf_cut(&b, 0);
    assert_string_equal(b.p, "");
}

static void taking_hands_the_bytes_over(void **state) {
    (void)state;
    BUF_LOCAL(b);
    buf_add_z(&b, "mine");
    char *p = buf_take(&b);
    assert_string_equal(p, "mine");
    free(p);
    assert_string_equal(b.p, "");
    p = buf_take(&b); /* an empty one is still a string of the caller's own */
    assert_non_null(p);
    assert_string_equal(p, "");
    free(p);
    b.limit = 1;
    buf_add_z(&b, "too long");
    assert_null(buf_take(&b));
    assert_false(buf_failed(&b));
}

static void build_something(struct buf *b) {
    buf_add_z(b, "first ");
    for (int i = 0; i < 40; i++)
        buf_printf(b, "%d,", i);
    buf_printf(b, "%0400d", 1);
}

static void every_single_failed_allocation_leaves_a_terminated_beginning(void **state) {
    (void)state;
    BUF_LOCAL(whole);
    alloc_faults_at(SIZE_MAX);
    build_something(&whole);
    size_t allocations = alloc_faults_off();
    assert_true(allocations >= 3);
    for (size_t nth = 0; nth < allocations; nth++) {
        BUF_LOCAL(b);
        alloc_faults_at(nth);
        build_something(&b);
        alloc_faults_off();
        assert_true(buf_failed(&b));
        assert_true(b.n < whole.n);
        assert_int_equal(strlen(b.p), b.n);
        assert_memory_equal(b.p, whole.p, b.n);
        assert_null(buf_take(&b));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_buf_is_an_empty_terminated_string),
        cmocka_unit_test(what_is_added_follows_in_order_and_stays_terminated),
        cmocka_unit_test(numbers_are_decimal),
        cmocka_unit_test(printing_takes_any_length),
        cmocka_unit_test(growth_past_the_limit_fails_and_keeps_what_was_there),
        cmocka_unit_test(a_length_that_overflows_fails),
        cmocka_unit_test(cutting_only_shortens),
        cmocka_unit_test(taking_hands_the_bytes_over),
        cmocka_unit_test(every_single_failed_allocation_leaves_a_terminated_beginning),
    };
    return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
