// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/json. */
#include "web/json.h"

#include "../unit.h"

static void an_empty_text_is_left_out(void **state) {
    (void)state;
    BUF_LOCAL(b);
    json_t *o = json_object();
    json_set_text(o, "a", STR(""));
    json_set_text(o, "b", STR("x"));
    assert_true(json_add_take(&b, o));
    assert_string_equal(b.p, "{\"b\":\"x\"}");
}

static void nothing_to_write_is_a_failure(void **state) {
    (void)state;
    BUF_LOCAL(b);
    assert_false(json_add_take(&b, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_text_is_left_out),
        cmocka_unit_test(nothing_to_write_is_a_failure),
    };
    return cmocka_run_group_tests_name("web/json", tests, NULL, NULL);
}
