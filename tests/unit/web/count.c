// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/count. */
#include "web/count.h"

#include "unit.h"

#include <stdio.h>

#define JSON "<script>{\"userInteractionCount\":"

static void expect(const char *html, const char *piece, int64_t count, const char *number, const char *after) {
    BUF_LOCAL(changed);
    struct str found = count_find(str_of(html));
    assert_true(str_is(found, piece));
    if (found.n == 0)
        return;
    size_t at = (size_t)(found.p - html);
    buf_add(&changed, str_part(html, at));
    count_write(found, count, str_of(number), &changed);
    buf_add_z(&changed, html + at + found.n);
    assert_string_equal(changed.p, after);
}

static void people_and_programs_are_shown_the_same_count(void **state) {
    (void)state;
    expect(JSON "999}}</script><b data-count>999</b> x", "999}}</script><b data-count>999", 1000, "1,000",
           JSON "1000}}</script><b data-count>1,000</b> x");
    expect("a " JSON "0}} </script>\n<i> </i><b data-count>0</b>", "0}} </script>\n<i> </i><b data-count>0", 7, "٧",
           "a " JSON "7}} </script>\n<i> </i><b data-count>٧</b>");
}

static void of_two_numbers_for_programs_the_nearer_is_the_article_s(void **state) {
    (void)state;
    expect(JSON "5}" JSON "12}<b data-count>12</b>", "12}<b data-count>12", 13, "13",
           JSON "5}" JSON "13}<b data-count>13</b>");
}

static void where_they_stand_apart_only_people_s_is_replaced(void **state) {
    (void)state;
    char apart[COUNT_APART_MOST + 200];
    (void)snprintf(apart, sizeof apart, JSON "12}}%*s<b data-count>12</b>", COUNT_APART_MOST, "");
    assert_true(str_is(count_find(str_of(apart)), "12"));
    expect("<b data-count>1,284</b>" JSON "1284", "1,284", 1285, "1,285", "<b data-count>1,285</b>" JSON "1284");
    expect(JSON "}<b data-count>9</b>", "9", 10, "10", JSON "}<b data-count>10</b>");
}

static void a_page_without_a_count_has_no_piece(void **state) {
    (void)state;
    expect("", "", 0, "", "");
    expect(JSON "12}}</script>", "", 0, "", "");
    expect("<b data-count>12", "", 0, "", "");
    expect("<b data-count></b>", "", 0, "", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_and_programs_are_shown_the_same_count),
        cmocka_unit_test(of_two_numbers_for_programs_the_nearer_is_the_article_s),
        cmocka_unit_test(where_they_stand_apart_only_people_s_is_replaced),
        cmocka_unit_test(a_page_without_a_count_has_no_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
