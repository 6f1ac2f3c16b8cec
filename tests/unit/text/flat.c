// SPDX-License-Identifier: Apache-2.0
#include "text/flat.h"

#include "../unit.h"

static void expect(const char *text, const char *wanted) {
    BUF_LOCAL(b);
    flat_add(&b, str_of(text));
    assert_string_equal(b.p, wanted);
}

static void cells_and_lines_do_not_run_together(void **state) {
    (void)state;
    expect("", "");
    expect("\n\tone\n\ntwo\t\n", "one · two");
    expect("One line.", "One line.");
    expect("Unit\tTelephone\nFront Desk\t555-0142", "Unit · Telephone · Front Desk · 555-0142");
    expect("综合窗口\t555-0142\n港务处", "综合窗口 · 555-0142 · 港务处");
    expect("Free.\tAt once.", "Free. · At once.");
}

static void a_sentence_ends_by_itself(void **state) {
    (void)state;
    expect("The gates close.\nCars go by Mill Road.", "The gates close. Cars go by Mill Road.");
    expect("He said: “No.”\nShe said (twice):\nyes", "He said: “No.” She said (twice): yes");
    expect("闸门关闭。\n车辆绕行。", "闸门关闭。车辆绕行。");
    expect("他说：“不行。”\n她说", "他说：“不行。”她说");
    expect("At a glance\nBring a bag.", "At a glance · Bring a bag.");
    expect("“Quoted”\nnext", "“Quoted” · next");
    expect("\xff\n\xbf\n", "\xff · \xbf"); /* what is not UTF-8 harms nothing */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_and_lines_do_not_run_together),
        cmocka_unit_test(a_sentence_ends_by_itself),
    };
    return cmocka_run_group_tests_name("text/flat", tests, NULL, NULL);
}
