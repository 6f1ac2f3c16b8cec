// SPDX-License-Identifier: Apache-2.0
#include "app/columns.h"

#include "base/embedded.h"
#include "press/column.h"
#include "store_fixture.h"

#include <string.h>

extern const struct embedded_file app_files[];

static int add(struct tx *tx, void *arg, struct err *reterr) {
    return columns_add(tx, *(struct str *)arg, reterr);
}

static int add_to(struct fixture *f, struct str ini, struct err *err) {
    return store_write(f->store, add, &ini, err);
}

struct look {
    struct arena *arena;
    const char *language;
    struct column *list;
    size_t n;
};

static int look(struct tx *tx, void *arg, struct err *reterr) {
    struct look *l = arg;
    return column_list(tx, l->arena, l->language, &l->list, &l->n, reterr);
}

static void columns_come_in_order_with_their_words_in_every_language(void **state) {
    struct fixture *f = *state;
    ARENA_LOCAL(arena, 0);
    assert_int_equal(add_to(f,
                            STR("[late]\nkind = notice\norder = 20\nname.en = Late\n"
                                "[early]\norder = 10\nkind = guide\nname.en = Early\nname.zh-CN = 早\n"
                                "description.zh-CN = 早的\n"),
                            NULL),
                     0);
    struct look l = {arena, "zh-CN", NULL, 0};
    assert_int_equal(store_read(f->store, look, &l, NULL), 0);
    assert_int_equal(l.n, 2);
    assert_true(str_is(l.list[0].slug, "early") && str_is(l.list[0].name, "早"));
    assert_true(str_is(l.list[0].description, "早的"));
    assert_int_equal(l.list[0].kind, COLUMN_GUIDE);
    assert_true(str_is(l.list[1].slug, "late") && str_is(l.list[1].name, "Late"));
}

static void a_wrong_line_is_named_and_nothing_is_added(void **state) {
    struct fixture *f = *state;
    ARENA_LOCAL(arena, 0);
    struct err err = {0};
    assert_int_equal(add_to(f, STR("[a]\nkind = news\nname.en = A\n[b]\nkind = gossip\n"), &err), -ERR_INVALID);
    assert_non_null(strstr(err.text, "line 5"));
    assert_int_equal(add_to(f, STR("[a]\nkind = news\ncolour = red\n"), &err), -ERR_INVALID);
    assert_non_null(strstr(err.text, "colour"));
    assert_int_equal(add_to(f, STR("[a]\norder = first\n"), &err), -ERR_INVALID);
    assert_int_equal(add_to(f, STR("kind = news\n"), &err), -ERR_INVALID);
    struct look l = {arena, "en", NULL, 0};
    assert_int_equal(store_read(f->store, look, &l, NULL), 0);
    assert_int_equal(l.n, 0);
}

static void what_a_new_office_begins_with_is_sound(void **state) {
    struct fixture *f = *state;
    ARENA_LOCAL(arena, 0);
    assert_int_equal(add_to(f, app_files[0].bytes, NULL), 0);
    for (int i = 0; i < 2; i++) {
        struct look l = {arena, i ? "zh-CN" : "en", NULL, 0};
        assert_int_equal(store_read(f->store, look, &l, NULL), 0);
        assert_int_equal(l.n, 5);
        for (size_t c = 0; c < l.n; c++)
            assert_true(l.list[c].name.n && l.list[c].description.n);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(columns_come_in_order_with_their_words_in_every_language),
        ON_BOTH_ENGINES(a_wrong_line_is_named_and_nothing_is_added),
        ON_BOTH_ENGINES(what_a_new_office_begins_with_is_sound),
    };
    return cmocka_run_group_tests_name("app/columns", tests, NULL, NULL);
}
