// SPDX-License-Identifier: Apache-2.0
/* Reads a command line against the table, and prints the table as help. */
#include "app/command.h"

#include <string.h>

struct given {
    const struct option *option;
    const char *value;
};

struct arguments {
    size_t operands, given;
    const char **operand;
    struct given *option;
};

/* How many words the command's name has here: 0 where it is another command. */
static size_t name_matches(const struct command *c, size_t n, char *const *words) {
    struct str rest = str_of(c->name), part;
    size_t taken = 0;
    while (str_cut(&rest, ' ', &part))
        if (taken >= n || !str_is(part, words[taken++]))
            return 0;
    return taken;
}

static const struct command *find_command(const struct command *table, size_t n, char *const *words,
                                          size_t *ret_taken) {
    const struct command *found = NULL;
    *ret_taken = 0;
    for (const struct command *c = table; c->name; c++) { /* "verify fork" before "verify" */
        size_t taken = name_matches(c, n, words);
        if (taken > *ret_taken) {
            *ret_taken = taken;
            found = c;
        }
    }
    return found;
}

static const struct option *find_option(const struct command *c, struct str name) {
    for (const struct option *o = c->options; o && o->name; o++)
        if (str_is(name, o->name))
            return o;
    return NULL;
}

static int wrong(struct err *reterr, const struct command *c, const char *what, struct str which) {
    return err_set(reterr, ERR_INVALID, "%s%.*s; see daylight %s%s--help", what, STR_FMT(which), c ? c->name : "",
                   c ? " " : "");
}

/* words[0] is "--name" or "--name=value"; gives how many words were used, 0 where it is wrong. */
static size_t take_option(struct arguments *a, const struct command *c, size_t n, char *const *words,
                          struct err *reterr) {
    struct str word = str_of(words[0]);
    size_t equals = str_find_char(word, '=', 0);
    struct str name = str_from(str_first(word, equals), 2);
    const struct option *o = find_option(c, name);
    if (!o)
        return (void)wrong(reterr, c, "there is no option ", str_first(word, equals)), 0;
    for (size_t i = 0; i < a->given; i++)
        if (a->option[i].option == o && !o->many)
            return (void)wrong(reterr, c, "only once, please: ", str_first(word, equals)), 0;
    if (!o->value && equals != SIZE_MAX)
        return (void)wrong(reterr, c, "it takes no value: ", str_first(word, equals)), 0;
    if (o->value && equals == SIZE_MAX && n < 2)
        return (void)wrong(reterr, c, "its value is missing: ", word), 0;
    bool apart = o->value && equals == SIZE_MAX;
    const char *value = !o->value ? "" : apart ? words[1] : words[0] + equals + 1;
    a->option[a->given++] = (struct given){o, value};
    return apart ? 2 : 1;
}

static enum parse_result parse_rest(struct arguments *a, const struct command *c, size_t n, char *const *words,
                                    struct err *reterr) {
    bool options_end = false;
    for (size_t i = 0; i < n;) {
        if (!options_end && strcmp(words[i], "--help") == 0)
            return PARSE_HELP;
        if (!options_end && strcmp(words[i], "--") == 0) {
            options_end = true, i++;
        } else if (!options_end && words[i][0] == '-' && words[i][1] != 0) {
            if (words[i][1] != '-')
                return (void)wrong(reterr, c, "there is no option ", str_of(words[i])), PARSE_WRONG;
            size_t used = take_option(a, c, n - i, words + i, reterr);
            if (!used)
                return PARSE_WRONG;
            i += used;
        } else {
            a->operand[a->operands++] = words[i++];
        }
    }
    if (a->operands < c->operands_least)
        return (void)wrong(reterr, c, "something is missing: it takes ", str_of(c->operands)), PARSE_WRONG;
    if (a->operands > c->operands_most)
        return (void)wrong(reterr, c, "this is one too many: ", str_of(a->operand[c->operands_most])), PARSE_WRONG;
    return PARSE_RUN;
}

/* "article" alone begins names of the table, but is none. */
static bool begins_a_name(const struct command *table, const char *word) {
    size_t n = strlen(word);
    for (const struct command *c = table; c->name; c++)
        if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ')
            return true;
    return false;
}

enum parse_result arguments_parse(const struct command *table, size_t n, char *const *words, struct arena *arena,
                                  const struct command **ret_command, struct arguments **ret, struct err *reterr) {
    *ret_command = NULL;
    if (n == 0)
        return (void)wrong(reterr, NULL, "which command, please?", STR_NONE), PARSE_WRONG;
    if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "help") == 0)
        return PARSE_HELP;
    if (strcmp(words[0], "--version") == 0)
        return PARSE_VERSION;
    size_t taken = 0;
    const struct command *c = find_command(table, n, words, &taken);
    if (!c && begins_a_name(table, words[0]))
        return n > 1 && strcmp(words[1], "--help") == 0
                   ? PARSE_HELP
                   : ((void)wrong(reterr, NULL, "it needs a second word: ", str_of(words[0])), PARSE_WRONG);
    if (!c)
        return (void)wrong(reterr, NULL, "there is no command ", str_of(words[0])), PARSE_WRONG;
    *ret_command = c;
    struct arguments *a = arena_alloc(arena, sizeof *a);
    if (a) {
        a->operand = arena_array(arena, n, sizeof *a->operand);
        a->option = arena_array(arena, n, sizeof *a->option);
    }
    if (arena_failed(arena))
        return (void)err_set(reterr, ERR_NO_MEMORY, "not enough memory to read the arguments"), PARSE_WRONG;
    *ret = a;
    return parse_rest(a, c, n - taken, words + taken, reterr);
}

size_t arguments_count(const struct arguments *a) {
    return a->operands;
}

const char *arguments_operand(const struct arguments *a, size_t i) {
    return i < a->operands ? a->operand[i] : NULL;
}

const char *arguments_value_at(const struct arguments *a, const char *option, size_t i) {
    for (size_t g = 0; g < a->given; g++)
        if (strcmp(a->option[g].option->name, option) == 0 && i-- == 0)
            return a->option[g].value;
    return NULL;
}

const char *arguments_value(const struct arguments *a, const char *option) {
    const char *last = NULL;
    for (size_t g = 0; g < a->given; g++)
        if (strcmp(a->option[g].option->name, option) == 0)
            last = a->option[g].value;
    return last;
}

bool arguments_flag(const struct arguments *a, const char *option) {
    return arguments_value(a, option) != NULL;
}

int arguments_number(const struct arguments *a, const char *option, int64_t least, int64_t most, int64_t otherwise,
                     int64_t *ret, struct err *reterr) {
    const char *text = arguments_value(a, option);
    int64_t number = otherwise;
    if (text && (!str_to_int(str_of(text), &number) || number < least || number > most)) {
        (void)err_set(reterr, ERR_INVALID, "--%s takes a whole number from %lld to %lld", option, (long long)least,
                      (long long)most); /* wrong use is told by its own result */
        return COMMAND_WRONG;
    }
    *ret = number;
    return 0;
}

static size_t columns_of(struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

void command_add_folded(struct buf *ret, const char *text, size_t indent, size_t width) {
    struct str rest = str_of(text), word;
    size_t at = 0; /* columns of the line so far */
    while (str_cut(&rest, ' ', &word)) {
        size_t columns = columns_of(word);
        if (at && at + 1 + columns > width) {
            buf_add_char(ret, '\n');
            at = 0;
        }
        if (at) {
            buf_add_char(ret, ' ');
            at++;
        } else {
            buf_printf(ret, "%*s", (int)indent, "");
            at = indent;
        }
        buf_add(ret, word);
        at += columns;
    }
    buf_add_char(ret, '\n');
}

static void add_overview_line(struct buf *ret, const char *name, const char *summary, size_t widest) {
    BUF_LOCAL(folded);
    size_t indent = widest + 4;
    command_add_folded(&folded, summary, indent, 80);
    buf_printf(ret, "  %-*s  ", (int)widest, name);
    buf_add(ret, str_from(buf_str(&folded), indent)); /* the name stands where the first line is indented */
}

void command_add_overview(struct buf *ret, const struct command *table) {
    size_t widest = strlen("--version");
    for (const struct command *c = table; c->name; c++)
        if (!c->hidden && strlen(c->name) > widest)
            widest = strlen(c->name);
    buf_add_z(ret, "Daylight: a public body's office on the web, in one binary.\n\n"
                   "usage: daylight COMMAND … (daylight COMMAND --help tells more)\n\n");
    for (const struct command *c = table; c->name; c++)
        if (!c->hidden)
            add_overview_line(ret, c->name, c->summary, widest);
    buf_add_char(ret, '\n');
    add_overview_line(ret, "--help", "this page", widest);
    add_overview_line(ret, "--version", "the version", widest);
    buf_add_z(ret, "\nexit status: 0 done, 1 refused (standard error says why), 2 wrong use\n");
}

void command_add_help(struct buf *ret, const struct command *c) {
    buf_printf(ret, "usage: daylight %s%s%s%s\n\n%s.\n", c->name, c->operands[0] ? " " : "", c->operands,
               c->options && c->options->name ? " [OPTIONS]" : "", c->summary);
    struct str rest = str_of(c->details), paragraph;
    while (str_cut(&rest, '\n', &paragraph)) {
        if (!paragraph.n)
            continue;
        BUF_LOCAL(text);
        buf_add(&text, paragraph);
        buf_add_char(ret, '\n');
        command_add_folded(ret, text.p, 0, 80);
    }
    buf_add_z(ret, c->options && c->options->name ? "\noptions:\n" : "");
    for (const struct option *o = c->options; o && o->name; o++) {
        buf_printf(ret, "  --%s%s%s%s\n", o->name, o->value ? " " : "", o->value ? o->value : "",
                   o->many ? " (several)" : "");
        command_add_folded(ret, o->help, 6, 80);
    }
}
