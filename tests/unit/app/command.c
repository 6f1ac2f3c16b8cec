// SPDX-License-Identifier: Apache-2.0
#include "app/command.h"

#include "../unit.h"
#include "app/commands.h"

#include <string.h>

static const struct option send_options[] = {{"to", "WHERE", "Where it goes", true},
                                             {"most", "N", "At most N", false},
                                             {"json", NULL, "Print JSON", false},
                                             {NULL, NULL, NULL, false}};
static const struct command table[] = {
    {"send", "DIR FILE…", 2, 3, "Send files", "A first paragraph.\nA second one.", send_options, NULL, false},
    {"box open", "DIR", 1, 1, "Open the box", NULL, NULL, NULL, false},
    {"send back", "DIR", 1, 1, "Send it back", NULL, NULL, NULL, false},
    {"secret", "", 0, 0, "Not shown", NULL, NULL, NULL, true},
    {0}};

struct parsed {
    enum parse_result result;
    const struct command *command;
    struct arguments *a;
    struct err err;
};

static struct parsed parse(struct arena *arena, size_t n, ...) {
    static char words[8][64];
    char *list[8];
    va_list args;
    va_start(args, n);
    for (size_t i = 0; i < n; i++) {
        strncpy(words[i], va_arg(args, const char *), sizeof words[i] - 1);
        list[i] = words[i];
    }
    va_end(args);
    struct parsed p = {0};
    p.result = arguments_parse(table, n, list, arena, &p.command, &p.a, &p.err);
    return p;
}

static void operands_and_options_may_come_in_any_order(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct parsed p = parse(arena, 7, "send", "--to", "a", "dir", "--json", "file", "--to=b");
    assert_int_equal(p.result, PARSE_RUN);
    assert_ptr_equal(p.command, &table[0]);
    assert_int_equal(arguments_count(p.a), 2);
    assert_string_equal(arguments_operand(p.a, 0), "dir");
    assert_string_equal(arguments_operand(p.a, 1), "file");
    assert_null(arguments_operand(p.a, 2));
    assert_true(arguments_flag(p.a, "json"));
    assert_string_equal(arguments_value_at(p.a, "to", 0), "a");
    assert_string_equal(arguments_value_at(p.a, "to", 1), "b");
    assert_null(arguments_value_at(p.a, "to", 2));
    assert_string_equal(arguments_value(p.a, "to"), "b");
}

static void a_name_may_have_two_words(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct parsed p = parse(arena, 3, "box", "open", "dir");
    assert_int_equal(p.result, PARSE_RUN);
    assert_ptr_equal(p.command, &table[1]);
    assert_int_equal(arguments_count(p.a), 1);
    p = parse(arena, 2, "box", "shut");
    assert_int_equal(p.result, PARSE_WRONG);
    assert_non_null(strstr(p.err.text, "box"));
}

static void a_dash_is_an_operand_and_two_end_the_options(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct parsed p = parse(arena, 5, "send", "dir", "-", "--", "--json");
    assert_int_equal(p.result, PARSE_RUN);
    assert_string_equal(arguments_operand(p.a, 1), "-");
    assert_string_equal(arguments_operand(p.a, 2), "--json");
    assert_false(arguments_flag(p.a, "json"));
}

static void wrong_use_names_the_word_and_the_help(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    const struct {
        struct parsed p;
        const char *names;
    } cases[] = {
        {parse(arena, 1, "sned"), "sned"},
        {parse(arena, 2, "send", "dir"), "DIR FILE"},
        {parse(arena, 5, "send", "a", "b", "c", "fourth"), "fourth"},
        {parse(arena, 4, "send", "a", "b", "--too=x"), "--too"},
        {parse(arena, 4, "send", "a", "b", "-j"), "-j"},
        {parse(arena, 4, "send", "a", "b", "--to"), "--to"},
        {parse(arena, 4, "send", "a", "b", "--json=yes"), "--json"},
        {parse(arena, 5, "send", "a", "b", "--json", "--json"), "--json"},
        {parse(arena, 0), "which command"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(cases[i].p.result, PARSE_WRONG);
        assert_non_null(strstr(cases[i].p.err.text, cases[i].names));
        assert_non_null(strstr(cases[i].p.err.text, "--help"));
    }
}

static void help_and_version_win(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct parsed p = parse(arena, 2, "send", "--help");
    assert_int_equal(p.result, PARSE_HELP);
    assert_ptr_equal(p.command, &table[0]);
    assert_int_equal(parse(arena, 1, "--help").result, PARSE_HELP);
    assert_null(parse(arena, 1, "--help").command);
    assert_int_equal(parse(arena, 1, "--version").result, PARSE_VERSION);
}

static void a_number_is_whole_and_within_its_bounds(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    int64_t n = 0;
    struct err err = {0};
    struct parsed p = parse(arena, 5, "send", "a", "b", "--most", "12");
    assert_int_equal(arguments_number(p.a, "most", 1, 20, 5, &n, &err), 0);
    assert_int_equal(n, 12);
    assert_int_equal(arguments_number(p.a, "most", 1, 11, 5, &n, &err), COMMAND_WRONG);
    assert_non_null(strstr(err.text, "--most"));
    p = parse(arena, 5, "send", "a", "b", "--most", "1x");
    assert_int_equal(arguments_number(p.a, "most", 1, 20, 5, &n, &err), COMMAND_WRONG);
    p = parse(arena, 3, "send", "a", "b");
    assert_int_equal(arguments_number(p.a, "most", 1, 20, 5, &n, &err), 0);
    assert_int_equal(n, 5);
}

static void each_line_within_80_columns(const struct buf *help) {
    struct str rest = buf_str(help), line;
    while (str_cut(&rest, '\n', &line)) {
        size_t columns = 0;
        for (size_t i = 0; i < line.n; i++)
            columns += ((unsigned char)line.p[i] & 0xc0) != 0x80;
        assert_in_range(columns, 0, 80);
    }
}

static void the_overview_has_names_and_summaries_in_two_columns(void **state) {
    (void)state;
    BUF_LOCAL(help);
    command_add_overview(&help, commands);
    each_line_within_80_columns(&help);
    size_t column = 0;
    for (const struct command *c = commands; c->name; c++) {
        BUF_LOCAL(name);
        buf_printf(&name, "\n  %s ", c->name);
        const char *line = strstr(help.p, name.p), *summary = line ? line + name.n : NULL;
        assert_true(c->hidden == !line);
        if (c->hidden)
            continue;
        summary += strspn(summary, " ");
        if (!column)
            column = (size_t)(summary - line);
        assert_int_equal(summary - line, column);
        assert_memory_equal(summary, c->summary, 4);
    }
}

static void help_shows_every_option_within_80_columns(void **state) {
    (void)state;
    for (const struct command *c = commands; c->name; c++) {
        BUF_LOCAL(help);
        command_add_help(&help, c);
        for (const struct option *o = c->options; o && o->name; o++)
            assert_non_null(strstr(help.p, o->name));
        assert_non_null(strstr(help.p, c->summary));
        each_line_within_80_columns(&help);
    }
}

static void the_overview_lists_what_is_not_hidden(void **state) {
    (void)state;
    BUF_LOCAL(text);
    command_add_overview(&text, table);
    assert_non_null(strstr(text.p, "box open"));
    assert_null(strstr(text.p, "secret"));
}

static void folding_breaks_between_words_only(void **state) {
    (void)state;
    BUF_LOCAL(text);
    command_add_folded(&text, "one two three wordthatistoolong x", 2, 12);
    assert_string_equal(text.p, "  one two\n  three\n  wordthatistoolong\n  x\n");
}

static void every_command_can_be_told_from_the_others(void **state) {
    (void)state;
    for (const struct command *c = commands; c->name; c++) {
        assert_non_null(c->run);
        assert_non_null(c->operands);
        assert_true(c->operands_least <= c->operands_most);
        for (const struct command *d = commands; d < c; d++)
            assert_string_not_equal(c->name, d->name);
        for (const struct option *o = c->options; o && o->name; o++)
            assert_true(strlen(o->help) > 5 && o->help[strlen(o->help) - 1] != '.');
    }
}

static void of_two_names_that_fit_the_longer_one_is_meant(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    assert_string_equal(parse(arena, 3, "send", "back", "dir").command->name, "send back");
    assert_string_equal(parse(arena, 3, "send", "dir", "back").command->name, "send");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_two_names_that_fit_the_longer_one_is_meant),
        cmocka_unit_test(operands_and_options_may_come_in_any_order),
        cmocka_unit_test(a_name_may_have_two_words),
        cmocka_unit_test(a_dash_is_an_operand_and_two_end_the_options),
        cmocka_unit_test(wrong_use_names_the_word_and_the_help),
        cmocka_unit_test(help_and_version_win),
        cmocka_unit_test(a_number_is_whole_and_within_its_bounds),
        cmocka_unit_test(the_overview_has_names_and_summaries_in_two_columns),
        cmocka_unit_test(help_shows_every_option_within_80_columns),
        cmocka_unit_test(the_overview_lists_what_is_not_hidden),
        cmocka_unit_test(folding_breaks_between_words_only),
        cmocka_unit_test(every_command_can_be_told_from_the_others),
    };
    return cmocka_run_group_tests_name("app/command", tests, NULL, NULL);
}
