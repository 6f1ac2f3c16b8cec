// SPDX-License-Identifier: Apache-2.0
#include "base/table.h"

#include "../unit.h"
#include "alloc_faults.h"

#include <stdio.h>
#include <string.h>

struct thing {
    char name[16];
    size_t n, seen;
};

static struct str name_of(const void *item) {
    const struct thing *t = item;
    return str_part(t->name, t->n);
}

enum { MANY = 5000 };
static struct thing things[MANY];

static void make_things(void) {
    for (size_t i = 0; i < MANY; i++) {
        things[i].n = (size_t)snprintf(things[i].name, sizeof things[i].name, "t%zu", i);
        things[i].seen = 0;
    }
}

static void every_item_is_found_by_its_name_and_by_no_other(void **state) {
    (void)state;
    struct table t = {.key = name_of};
    make_things();
    assert_null(table_find(&t, STR("t1")));
    for (size_t i = 0; i < MANY; i += 2)
        assert_true(table_add(&t, &things[i]));
    assert_int_equal(t.n, MANY / 2);
    for (size_t i = 0; i < MANY; i++)
        assert_ptr_equal(table_find(&t, name_of(&things[i])), i % 2 ? NULL : &things[i]);
    assert_null(table_find(&t, STR("")));
    for (size_t i = 0; i < t.slots; i++)
        if (t.slot[i])
            ((struct thing *)t.slot[i])->seen++;
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(things[i].seen, i % 2 == 0);
    table_clear(&t);
    assert_null(table_find(&t, STR("t0")));
    assert_true(table_add(&t, &things[7]));
    assert_ptr_equal(table_find(&t, STR("t7")), &things[7]);
    table_clear(&t);
}

static void names_may_be_empty_and_hold_any_byte(void **state) {
    (void)state;
    struct thing empty = {.n = 0}, zero = {.name = "a\0b", .n = 3}, short_one = {.name = "a", .n = 1};
    struct table t = {.key = name_of};
    assert_true(table_add(&t, &empty) && table_add(&t, &zero) && table_add(&t, &short_one));
    assert_ptr_equal(table_find(&t, STR_NONE), &empty);
    assert_ptr_equal(table_find(&t, str_part("a\0b", 3)), &zero);
    assert_ptr_equal(table_find(&t, STR("a")), &short_one);
    assert_null(table_find(&t, str_part("a\0c", 3)));
    table_clear(&t);
}

static size_t add_until_refused(void) {
    struct table t = {.key = name_of};
    size_t n = 0;
    while (n < 200 && table_add(&t, &things[n]))
        n++;
    assert_int_equal(t.n, n); /* what was in it is there, whatever failed */
    for (size_t i = 0; i < n; i++)
        assert_ptr_equal(table_find(&t, name_of(&things[i])), &things[i]);
    table_clear(&t);
    return n;
}

static void without_memory_nothing_is_lost(void **state) {
    (void)state;
    make_things();
    alloc_faults_at(SIZE_MAX);
    assert_int_equal(add_until_refused(), 200);
    size_t allocations = alloc_faults_off();
    assert_true(allocations > 2);
    for (size_t nth = 0; nth < allocations; nth++) {
        alloc_faults_at(nth);
        size_t n = add_until_refused();
        alloc_faults_off();
        assert_true(n < 200);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_found_by_its_name_and_by_no_other),
        cmocka_unit_test(names_may_be_empty_and_hold_any_byte),
        cmocka_unit_test(without_memory_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
