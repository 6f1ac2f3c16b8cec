// SPDX-License-Identifier: Apache-2.0
#include "app/manual.h"

#include "../unit.h"
#include "app/commands.h"
#include "app/config.h"

#include <string.h>

static void every_command_option_and_setting_is_in_the_page(void **state) {
    (void)state;
    BUF_LOCAL(page);
    manual_add_page(&page, commands);
    for (const struct command *c = commands; c->name; c++) {
        BUF_LOCAL(head);
        buf_printf(&head, ".It Cm %s", c->name);
        assert_int_equal(strstr(page.p, head.p) != NULL, !c->hidden);
        for (const struct option *o = c->options; o && o->name && !c->hidden; o++) {
            buf_reset(&head);
            buf_printf(&head, ".It Fl \\-%s", o->name);
            assert_non_null(strstr(page.p, head.p));
        }
    }
    for (const struct setting *s = settings; s->section; s++) {
        BUF_LOCAL(head);
        buf_printf(&head, ".It Ic %s", s->key);
        assert_non_null(strstr(page.p, head.p));
    }
}

static void text_cannot_be_taken_for_a_macro(void **state) {
    (void)state;
    static const struct command odd[] = {
        {"odd", "", 0, 0, ".Sh not a section \\fB and - a dash", "'It is text. .So is this.", NULL, NULL, false}, {0}};
    BUF_LOCAL(page);
    manual_add_page(&page, odd);
    assert_non_null(strstr(page.p, "\n\\&.Sh not a section \\efB and \\- a dash.\n"));
    assert_non_null(strstr(page.p, "\n\\&'It is text.\n\\&.So is this.\n"));
}

static void the_completion_knows_every_command_and_option(void **state) {
    (void)state;
    BUF_LOCAL(script);
    manual_add_completion(&script, commands);
    for (const struct command *c = commands; c->name; c++) {
        BUF_LOCAL(row);
        buf_printf(&row, "\"%s \"*)", c->name);
        assert_int_equal(strstr(script.p, row.p) != NULL, !c->hidden);
    }
    assert_non_null(
        strstr(script.p, "words='init serve import export column article routes rebuild check verify ledger --help"));
    assert_non_null(
        strstr(script.p,
               "\"$first\" = ledger ]; then\n        words='status rotate retire use-spare recover incident mirror '"));
    assert_null(strstr(script.p, "\"$first\" = verify ]")); /* a command by itself: a file's name may follow */
    assert_true(strstr(script.p, "\"verify fork \"*)") < strstr(script.p, "\"verify \"*)"));
    assert_non_null(strstr(script.p, "words='list show publish countersign withdraw erase move '"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_option_and_setting_is_in_the_page),
        cmocka_unit_test(text_cannot_be_taken_for_a_macro),
        cmocka_unit_test(the_completion_knows_every_command_and_option),
    };
    return cmocka_run_group_tests_name("app/manual", tests, NULL, NULL);
}
