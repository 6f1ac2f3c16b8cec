// SPDX-License-Identifier: Apache-2.0
#include "text/site.h"

#include "../unit.h"

static void a_language_is_found_by_its_whole_tag(void **state) {
    (void)state;
    const struct site s = {.languages = 2, .words = {{.language = "en"}, {.language = "zh-CN"}, {.language = "ar"}}};
    assert_int_equal(site_language(&s, STR("en")), 0);
    assert_int_equal(site_language(&s, STR("zh-CN")), 1);
    assert_int_equal(site_language(&s, STR("ar")), -1); /* beyond those the office has */
    assert_int_equal(site_language(&s, STR("zh")), -1); /* addresses know one spelling */
    assert_int_equal(site_language(&s, STR("zh-cn")), -1);
    assert_int_equal(site_language(&s, STR_NONE), -1);
}

static void an_office_without_languages_has_none(void **state) {
    (void)state;
    const struct site s = {0};
    assert_int_equal(site_language(&s, STR("")), -1);
    assert_int_equal(site_language(&s, STR("en")), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_language_is_found_by_its_whole_tag),
        cmocka_unit_test(an_office_without_languages_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
