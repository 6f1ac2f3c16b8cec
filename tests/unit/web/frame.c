// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/frame. */
#include "web/frame.h"

#include "web/assets.h"
#include "web/office.h"
#include "web_ground.h"

#include <stdio.h>
#include <string.h>

static int setup(void **state) {
    *state = ground_new("sqlite");
    return 0;
}

static int teardown(void **state) {
    ground_end(*state);
    return 0;
}

static struct str text_of(const struct value *v, const char *key) {
    return value_as_text(value_get(v, str_of(key)));
}

static void each_language_has_a_frame_of_its_own(void **state) {
    struct ground *g = *state;
    const struct value *en = g->office->frame[0], *zh = g->office->frame[1];
    STR_EQUAL(text_of(en, "home"), "/");
    STR_EQUAL(text_of(zh, "home"), "/zh-CN/");
    struct str name = g->office->site.words[1].name;
    assert_true(str_eq(text_of(value_get(zh, STR("site")), "name"), name));
    assert_true(
        str_eq(text_of(value_get(en, STR("assets")), "css"), assets_address(g->office->assets, "daylight.css")));
    assert_true(str_starts(text_of(en, "og_icon"), "http"));
    assert_non_null(value_get(value_get(zh, STR("t")), STR("site")));
}

static void a_view_that_is_lent_it_leaves_it_as_it_was(void **state) {
    struct ground *g = *state;
    for (int i = 0; i < 2; i++) {
        ARENA_LOCAL(a, 0);
        struct value *view = value_object(a);
        value_set_z(view, "title", "x");
        frame_lend(g->office->frame[0], view);
        value_set_z(view, "last", "y");
        STR_EQUAL(text_of(view, "title"), "x");
        STR_EQUAL(text_of(view, "home"), "/");
        STR_EQUAL(text_of(view, "last"), "y");
        assert_non_null(value_get(value_get(view, STR("site")), STR("domain")));
    }
    assert_null(value_get(g->office->frame[0], STR("last")));
}

static void what_it_says_is_in_the_templates_for_good(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(out);
    struct value *view = value_object(a); /* lent nothing */
    value_set_object(view, "error");
    assert_int_equal(templates_render(g->office->templates_in[1], "error", view, &out, NULL), 0);
    assert_true(str_find(buf_str(&out), g->office->site.words[1].name, 0) != SIZE_MAX);
    assert_true(str_find(buf_str(&out), assets_address(g->office->assets, "daylight.css"), 0) != SIZE_MAX);
}

static void a_telephone_is_dialled_without_what_is_written_around_it(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    STR_EQUAL(frame_phone_link(a, STR("+86 21 5550 0142")), "+862155500142");
    STR_EQUAL(frame_phone_link(a, STR("+44 (0)20 555-0160 ext. 3")), "+44205550160");
    STR_EQUAL(frame_phone_link(a, STR("555 0142转3")), "5550142");
    STR_EQUAL(frame_phone_link(a, STR("ask at the desk")), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_language_has_a_frame_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_view_that_is_lent_it_leaves_it_as_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(what_it_says_is_in_the_templates_for_good, setup, teardown),
        cmocka_unit_test(a_telephone_is_dialled_without_what_is_written_around_it),
    };
    return cmocka_run_group_tests_name("web/frame", tests, NULL, NULL);
}
