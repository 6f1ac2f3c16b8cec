// SPDX-License-Identifier: Apache-2.0
#include "text/value.h"

#include "../unit.h"

static const struct value *at(const struct value *object, const char *key) {
    return value_get(object, str_of(key));
}

static void each_kind_tells_what_it_is(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    assert_int_equal(value_kind(NULL), VALUE_NULL);
    assert_int_equal(value_kind(value_z(a, "x")), VALUE_TEXT);
    assert_int_equal(value_kind(value_bool(a, false)), VALUE_BOOL);
    assert_int_equal(value_kind(value_list(a)), VALUE_LIST);
    assert_int_equal(value_kind(value_object(a)), VALUE_OBJECT);
    struct value *list = value_list(a);
    assert_false(value_is_true(NULL) || value_is_true(value_z(a, "")) || value_is_true(value_bool(a, false)) ||
                 value_is_true(list));
    value_append(list, value_z(a, ""));
    assert_true(value_is_true(value_z(a, "0")) && value_is_true(value_bool(a, true)) && value_is_true(list) &&
                value_is_true(value_object(a)));
    assert_true(str_is(value_as_text(value_int(a, INT64_MIN)), "-9223372036854775808"));
    assert_true(value_as_bool(value_bool(a, true)));
    assert_false(value_as_bool(value_z(a, "true")));
    assert_int_equal(value_as_text(value_bool(a, true)).n, 0);
    assert_int_equal(value_as_text(NULL).n, 0);
}

static void a_later_member_replaces_an_earlier_one(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *v = value_object(a);
    static const char *const keys[] = {"first", "middle", "last"};
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 3; i++)
            value_set_int(v, keys[(i + round) % 3], (int64_t)(round * 10 + i));
        for (size_t i = 0; i < 3; i++) {
            BUF_LOCAL(wanted);
            buf_add_int(&wanted, (int64_t)(round * 10 + i));
            assert_true(str_eq(value_as_text(at(v, keys[(i + round) % 3])), buf_str(&wanted)));
        }
    }
    value_set_z(v, "new", "still linked at the end");
    assert_true(str_is(value_as_text(at(v, "new")), "still linked at the end"));
    value_set(v, "new", NULL);
    assert_true(str_is(value_as_text(at(v, "new")), "still linked at the end"));
}

static void items_keep_their_order(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *list = value_list(a);
    assert_null(value_first(list));
    for (int i = 0; i < 1000; i++)
        value_append(list, value_int(a, i));
    int i = 0;
    for (const struct value *v = value_first(list); v; v = value_next(v), i++) {
        BUF_LOCAL(wanted);
        buf_add_int(&wanted, i);
        assert_true(str_eq(value_as_text(v), buf_str(&wanted)));
    }
    assert_int_equal(i, 1000);
}

static void one_value_may_stand_in_several_places(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *shared = value_object(a), *one = value_object(a), *two = value_object(a), *list = value_list(a);
    value_set_z(shared, "x", "1");
    value_set(one, "s", shared);
    value_set_z(one, "after", "one");
    value_set(two, "other", shared);
    value_set_z(two, "after", "two");
    value_append(list, shared);
    value_append(list, shared);
    value_set(one, "s", shared); /* again in the same place */
    assert_true(str_is(value_as_text(at(at(one, "s"), "x")), "1"));
    assert_true(str_is(value_as_text(at(at(two, "other"), "x")), "1"));
    assert_true(str_is(value_as_text(at(one, "after")), "one"));
    assert_true(str_is(value_as_text(at(two, "after")), "two"));
    assert_null(at(one, "other"));
    assert_null(value_next(value_next(value_first(list))));
}

static void a_shared_tree_is_never_written_to(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *holder = value_object(a);
    struct value *shared = value_set_object(holder, "t");
    value_set_z(shared, "x", "1");
    for (int i = 0; i < 2; i++) {
        ARENA_LOCAL(b, 0);
        struct value *view = value_object(b);
        value_set_shared(view, "messages", shared);
        value_set_z(view, "more", "m");
        assert_true(str_is(value_as_text(at(at(view, "messages"), "x")), "1"));
    }
    assert_ptr_equal(at(holder, "t"), shared);
    assert_null(value_next(shared));
}

static void empty_text_is_left_out_where_asked(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *v = value_object(a);
    value_set_text_if(v, "none", STR_NONE);
    value_set_text_if(v, "some", STR("x"));
    value_set_text(v, "empty", STR_NONE);
    assert_null(at(v, "none"));
    assert_non_null(at(v, "some"));
    assert_int_equal(value_kind(at(v, "empty")), VALUE_TEXT);
}

static void the_wrong_kind_changes_nothing(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *text = value_z(a, "x"), *list = value_list(a), *object = value_object(a);
    value_set_z(text, "k", "v");
    value_set_z(list, "k", "v");
    value_append(object, value_z(a, "item"));
    assert_null(at(text, "k"));
    assert_null(at(list, "k"));
    assert_null(value_first(list));
    assert_null(value_first(object));
    assert_null(value_next(NULL));
    assert_null(at(NULL, "k"));
}

static void a_view_is_built_without_checks_when_memory_is_out(void **state) {
    (void)state;
    for (size_t limit = 16; limit < 1200; limit += 16) {
        ARENA_LOCAL(a, limit);
        struct value *view = value_object(a);
        value_set_z(view, "a", "1");
        struct value *list = value_set_list(view, "list");
        struct value *item = value_append_object(list);
        value_set_int(item, "n", 5);
        value_set_bool(value_set_object(view, "o"), "b", true);
        value_append(list, item);
        value_set_shared(view, "again", list);
        bool whole = at(view, "again") && at(at(view, "o"), "b") && at(value_first(at(view, "list")), "n");
        assert_true(whole || arena_failed(a));
    }
    value_set_z(NULL, "a", "1");
    assert_null(value_set_list(NULL, "x"));
    assert_null(value_append_object(NULL));
    value_set_shared(NULL, "x", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_tells_what_it_is),
        cmocka_unit_test(a_later_member_replaces_an_earlier_one),
        cmocka_unit_test(items_keep_their_order),
        cmocka_unit_test(one_value_may_stand_in_several_places),
        cmocka_unit_test(a_shared_tree_is_never_written_to),
        cmocka_unit_test(empty_text_is_left_out_where_asked),
        cmocka_unit_test(the_wrong_kind_changes_nothing),
        cmocka_unit_test(a_view_is_built_without_checks_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
