// SPDX-License-Identifier: Apache-2.0
/* mdoc and bash from the tables. */
#include "app/manual.h"

#include "app/config.h"

#include <string.h>

static void add_word(struct buf *ret, struct str word) {
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] == '\\')
            buf_add_z(ret, "\\e");
        else if (word.p[i] == '-')
            buf_add_z(ret, "\\-");
        else
            buf_add_char(ret, word.p[i]);
    }
}

/* Text as mdoc likes it: a new sentence on a new line, lines of less than 80 bytes, a backslash doubled, a dot or quote
 * at a line's start shielded. Ends without a line end. */
static void add_text(struct buf *ret, const char *text) {
    struct str rest = str_of(text), word;
    size_t began = ret->n;
    bool sentence_ended = false;
    while (str_cut(&rest, ' ', &word)) {
        bool first = ret->n == began;
        if (!first && (sentence_ended || ret->n - began + 2 * word.n > 78)) {
            buf_add_char(ret, '\n');
            began = ret->n;
            first = true;
        }
        if (!first)
            buf_add_char(ret, ' ');
        else if (word.n && (word.p[0] == '.' || word.p[0] == '\''))
            buf_add_z(ret, "\\&");
        add_word(ret, word);
        sentence_ended = word.n > 3 && str_ends(word, ".") && !str_is(word, "e.g.");
    }
}

/* The same as one argument of a macro. */
static void add_quoted(struct buf *ret, const char *text) {
    buf_add_char(ret, '"');
    for (; *text; text++)
        buf_printf(ret, *text == '"' ? "\"\"" : *text == '\\' ? "\\e" : "%c", *text);
    buf_add_char(ret, '"');
}

static void add_options(struct buf *ret, const struct command *c) {
    if (!c->options || !c->options->name)
        return;
    buf_add_z(ret, ".Bl -tag -width Ds -compact\n");
    for (const struct option *o = c->options; o->name; o++) {
        buf_printf(ret, ".It Fl \\-%s", o->name);
        if (o->value) {
            buf_add_z(ret, " Ar ");
            add_quoted(ret, o->value);
        }
        buf_add_char(ret, '\n');
        add_text(ret, o->help);
        buf_add_z(ret, ".\n");
    }
    buf_add_z(ret, ".El\n");
}

static void add_command(struct buf *ret, const struct command *c) {
    buf_printf(ret, ".It Cm %s", c->name);
    if (c->operands[0]) {
        buf_add_z(ret, " Ar ");
        add_quoted(ret, c->operands);
    }
    buf_add_char(ret, '\n');
    add_text(ret, c->summary);
    buf_add_z(ret, ".\n");
    struct str rest = str_of(c->details), paragraph;
    while (str_cut(&rest, '\n', &paragraph)) {
        BUF_LOCAL(text);
        buf_add(&text, paragraph);
        buf_add_z(ret, ".Pp\n");
        add_text(ret, text.p);
        buf_add_char(ret, '\n');
    }
    add_options(ret, c);
}

static void add_setting(struct buf *ret, const struct setting *s) {
    buf_printf(ret, ".It Ic %s", s->key);
    BUF_LOCAL(standard);
    settings_add_standard(&standard, s);
    if (standard.n) {
        buf_add_z(ret, " No = Ar ");
        add_quoted(ret, standard.p);
    }
    buf_add_char(ret, '\n');
    add_text(ret, s->help);
    buf_add_z(ret, ".\n");
}

static void add_settings(struct buf *ret) {
    const char *section = "";
    for (const struct setting *s = settings; s->section; s++) {
        if (strcmp(section, s->section) != 0) {
            buf_printf(ret, "%s.Ss [%s] in site.ini\n.Bl -tag -width Ds -compact\n", section[0] ? ".El\n" : "",
                       s->section);
            section = s->section;
        }
        add_setting(ret, s);
    }
    buf_add_z(
        ret,
        ".El\n.Ss [unit.SHORT-NAME] in site.ini\n"
        "A department, one section each; the page /about/units shows them.\n"
        "SHORT-NAME has 1 to 32 small letters, digits and hyphens, no hyphen first.\n.Bl -tag -width Ds -compact\n");
    for (const struct setting *s = unit_settings; s->section; s++)
        add_setting(ret, s);
    buf_add_z(ret, ".El\n");
}

static const char head[] =
    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
    ".\\\" Made by `daylight manpage` (make manpage) from the tables in src/app.\n"
    ".Dd November 24, 2026\n.Dt DAYLIGHT 1\n.Os\n"
    ".Sh NAME\n.Nm daylight\n.Nd a public body's office on the web\n"
    ".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options\n.Ar operands\n.Nm\n.Op Ar command\n.Fl \\-help\n.Nm\n"
    ".Fl \\-version\n"
    ".Sh DESCRIPTION\n.Nm\n"
    "publishes what a public body has to say: notices, news, guides and figures,\n"
    "in several languages, as fast and accessible pages with a live count of how\n"
    "often each was read.\n"
    "Everything is in one program and one data folder,\n.Ar DIR .\n"
    ".Sh COMMANDS\n.Bl -tag -width Ds\n";

static const char tail[] =
    ".Sh FILES\n.Bl -tag -width Ds -compact\n"
    ".It Pa DIR/site.ini\nSettings.\n"
    ".It Pa DIR/daylight.db\nThe embedded store, unless\n.Ic store\nnames another.\n"
    ".It Pa DIR/views\nCounters of what was read.\n"
    ".It Pa DIR/changed\nA word that commands change, so that the server shows at once what they did.\n"
    ".It Pa DIR/media/\nFiles of articles, each named by its SHA\\-256.\n"
    ".It Pa DIR/keys/\nPrivate keys, for the owner only.\n"
    ".It Pa DIR/theme/\nTemplates, assets and messages that replace the built\\-in ones of the same name.\n"
    ".It Pa DIR/serving.lock\nHeld by the server that serves the folder.\n.El\n"
    ".Sh EXIT STATUS\n0 when it is done, 1 when it was refused (one plain sentence on standard\n"
    "error says why), 2 for wrong use.\n"
    ".Sh EXAMPLES\nA demonstration office on this machine:\n"
    ".Bd -literal -offset indent\ndaylight init office --demo\ndaylight serve office\n.Ed\n.Pp\n"
    "A saved page, published at once:\n"
    ".Bd -literal -offset indent\ndaylight import office --publish page.html\n.Ed\n";

void manual_add_page(struct buf *ret, const struct command *table) {
    buf_add_z(ret, head);
    for (const struct command *c = table; c->name; c++)
        if (!c->hidden)
            add_command(ret, c);
    buf_add_z(ret,
              ".El\n.Sh SETTINGS\nDIR/site.ini has lines of the form\n.Ql key = value\nin sections; a line that begins "
              "with ; is a comment.\nWhat is shown after a = holds when nothing is said.\n");
    add_settings(ret);
    buf_add_z(ret, tail);
}

/* "init serve …", or the second words of "article …", each once. */
static void add_words(struct buf *ret, const struct command *table, const char *first) {
    struct str last = STR_NONE;
    for (const struct command *c = table; c->name; c++) {
        struct str rest = str_of(c->name), word, second = STR_NONE;
        if (c->hidden || !str_cut(&rest, ' ', &word))
            continue;
        (void)str_cut(&rest, ' ', &second); /* false: it has one word only */
        if (first && !str_is(word, first))
            continue;
        struct str shown = first ? second : word;
        if (!str_eq(shown, last))
            buf_printf(ret, "%.*s ", STR_FMT(shown));
        last = shown;
    }
}

/* "article": the first word of several names, and none by itself. */
static bool is_group(const struct command *table, struct str word) {
    bool begins = false;
    for (const struct command *c = table; c->name; c++) {
        if (str_is(word, c->name))
            return false;
        begins |=
            str_of(c->name).n > word.n && c->name[word.n] == ' ' && str_eq(str_first(str_of(c->name), word.n), word);
    }
    return begins;
}

/* The second words of each group. */
static void add_groups(struct buf *ret, const struct command *table) {
    struct str last = STR_NONE;
    for (const struct command *c = table; c->name; c++) {
        struct str rest = str_of(c->name), word;
        if (c->hidden || !str_cut(&rest, ' ', &word) || str_eq(word, last) || !is_group(table, word))
            continue;
        BUF_LOCAL(first);
        buf_add(&first, word);
        buf_printf(ret, "'\n    elif [ \"$COMP_CWORD\" = 2 ] && [ \"$first\" = %s ]; then\n        words='", first.p);
        add_words(ret, table, first.p);
        last = word;
    }
}

/* Of names that begin alike the longer one comes first: bash takes the first that fits. */
static void add_flags(struct buf *ret, const struct command *table, bool two_words) {
    for (const struct command *c = table; c->name; c++) {
        if (c->hidden || (strchr(c->name, ' ') != NULL) != two_words)
            continue;
        buf_printf(ret, "        \"%s \"*) words='", c->name);
        for (const struct option *o = c->options; o && o->name; o++)
            buf_printf(ret, "--%s ", o->name);
        buf_add_z(ret, "--help' ;;\n");
    }
}

void manual_add_completion(struct buf *ret, const struct command *table) {
    buf_add_z(ret, "# Completion of daylight(1) for bash, made from its table of commands.\n"
                   "_daylight() {\n"
                   "    local word=${COMP_WORDS[COMP_CWORD]} first=${COMP_WORDS[1]} second=${COMP_WORDS[2]}\n"
                   "    local words=\n"
                   "    if [ \"$COMP_CWORD\" = 1 ]; then\n        words='");
    add_words(ret, table, NULL);
    buf_add_z(ret, "--help --version");
    add_groups(ret, table);
    buf_add_z(ret, "'\n    elif [ \"${word#-}\" != \"$word\" ]; then\n        case \"$first $second \" in\n");
    add_flags(ret, table, true);
    add_flags(ret, table, false);
    buf_add_z(ret,
              "        esac\n    fi\n"
              "    if [ -n \"$words\" ]; then\n        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
              "    else\n        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n    fi\n"
              "}\ncomplete -o filenames -F _daylight daylight\n");
}
