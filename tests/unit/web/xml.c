// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/xml. */
#include "web/xml.h"

#include "../unit.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static void everything_is_escaped(void **state) {
    (void)state;
    BUF_LOCAL(b);
    struct xml *x = xml_new();
    xml_open(x, "a");
    xml_attribute(x, "b", STR("\"<&"));
    xml_text(x, STR("<&>潮"));
    assert_true(xml_end(x, &b)); /* closes what is open */
    assert_string_equal(b.p, HEAD "<a b=\"&quot;&lt;&amp;\">&lt;&amp;&gt;潮</a>\n");
}

static void what_xml_forbids_is_left_out(void **state) {
    (void)state;
    BUF_LOCAL(b);
    struct xml *x = xml_new();
    xml_open(x, "a");
    xml_text(x, STR("x\x01\x1f\xef\xbf\xbfy\tz"));
    assert_true(xml_end(x, &b));
    assert_string_equal(b.p, HEAD "<a>xy\tz</a>\n");
}

static void an_empty_leaf_does_not_appear(void **state) {
    (void)state;
    BUF_LOCAL(b);
    struct xml *x = xml_new();
    xml_open(x, "a");
    xml_leaf(x, "b", STR(""));
    xml_leaf(x, "c", STR("1"));
    assert_true(xml_end(x, &b));
    assert_string_equal(b.p, HEAD "<a><c>1</c></a>\n");
}

static void a_broken_order_of_calls_is_a_failure(void **state) {
    (void)state;
    BUF_LOCAL(b);
    struct xml *x = xml_new();
    xml_attribute(x, "a", STR("b")); /* of no element */
    assert_false(xml_end(x, &b));
    assert_int_equal(b.n, 0);
    assert_false(xml_end(NULL, &b));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_escaped),
        cmocka_unit_test(what_xml_forbids_is_left_out),
        cmocka_unit_test(an_empty_leaf_does_not_appear),
        cmocka_unit_test(a_broken_order_of_calls_is_a_failure),
    };
    return cmocka_run_group_tests_name("web/xml", tests, NULL, NULL);
}
