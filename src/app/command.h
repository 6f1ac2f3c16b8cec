// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What a command is, and how its arguments are read. One table of commands (commands.h) feeds the parser, --help, the
 * man page and the shell completion, so that they cannot disagree.
 *
 * A command's name is one or two words ("serve", "article publish"). Options are long ones: --name VALUE or
 * --name=VALUE, anywhere; "--" ends them. Immutable tables; the parsed arguments live in the caller's arena. */
#include "base/arena.h"
#include "base/err.h"

struct arguments;

struct option {
    const char *name;  /* without the dashes; NULL ends the list */
    const char *value; /* what --help calls its value; NULL: it takes none */
    const char *help;  /* one sentence, no full stop */
    bool many;         /* may be given several times */
};

/* What a command's handler gives besides 0 and the negative codes of base/err.h (whose sentence is then printed). */
enum {
    COMMAND_REFUSED = 1, /* and it has said why */
    COMMAND_WRONG = 2,   /* wrong use; reterr says what */
};

struct command {
    const char *name; /* NULL ends the table */
    const char *operands;
    size_t operands_least, operands_most;
    const char *summary; /* one line: what it does */
    const char *details; /* paragraphs parted by an empty line; may be NULL */
    const struct option *options;
    int (*run)(const struct arguments *arguments, struct arena *arena, struct err *reterr);
    bool hidden; /* not in --help and the man page */
};

enum parse_result {
    PARSE_RUN,
    PARSE_HELP,    /* --help; *ret_command NULL: of the whole program */
    PARSE_VERSION, /* --version */
    PARSE_WRONG,   /* reterr says what; *ret_command where it was known */
};

/* words: the arguments after the program's name. Never fails otherwise than by PARSE_WRONG (out of memory too). */
enum parse_result arguments_parse(const struct command *table, size_t n, char *const *words, struct arena *arena,
                                  const struct command **ret_command, struct arguments **ret, struct err *reterr);

size_t arguments_count(const struct arguments *a);
const char *arguments_operand(const struct arguments *a, size_t i); /* NULL beyond the last */
bool arguments_flag(const struct arguments *a, const char *option);
/* The last one given, or NULL. */
const char *arguments_value(const struct arguments *a, const char *option);
/* The ith (from 0) given value of an option that may come several times; NULL beyond the last. */
const char *arguments_value_at(const struct arguments *a, const char *option, size_t i);
/* As a whole number within [least, most]; `otherwise` when not given. 0, or COMMAND_WRONG with the option's name. */
int arguments_number(const struct arguments *a, const char *option, int64_t least, int64_t most, int64_t otherwise,
                     int64_t *ret, struct err *reterr);

/* --help of the program and of one command. Appends plain text, lines of at most 80 columns. */
void command_add_overview(struct buf *ret, const struct command *table);
void command_add_help(struct buf *ret, const struct command *c);
/* Appends text folded at `width` columns (UTF-8 code points), each line behind `indent` spaces and ended. */
void command_add_folded(struct buf *ret, const char *text, size_t indent, size_t width);
