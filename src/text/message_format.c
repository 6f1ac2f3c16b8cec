// SPDX-License-Identifier: Apache-2.0
/* ICU message patterns: a small recursive reader that either checks a pattern or writes it out. */
#include "text/message_format.h"

#include <stdio.h>
#include <unicode/uformattedvalue.h>
#include <unicode/ustring.h>

enum { DEPTH_MOST = 8 };

struct formatter {
    struct buf *out; /* NULL: only check */
    const struct message_language *language;
    const struct message_arg *args;
    size_t n;
    int64_t plural_number;
    bool in_plural, has_arguments;
    struct err *err;
};

static int run(struct formatter *f, struct str pattern, int depth);

void message_add_number(struct buf *ret, const struct message_language *l, int64_t number) {
    UErrorCode bad = U_ZERO_ERROR;
    char utf8[128];
    int32_t n = 0, bytes = 0;
    UFormattedNumber *result = unumf_openResult(&bad);
    if (U_SUCCESS(bad))
        unumf_formatInt(l->numbers, number, result, &bad);
    const UChar *text = U_SUCCESS(bad) ? ufmtval_getString(unumf_resultAsValue(result, &bad), &n, &bad) : NULL;
    u_strToUTF8(utf8, sizeof utf8, &bytes, text, n, &bad);
    if (U_SUCCESS(bad) && text && bytes < (int32_t)sizeof utf8)
        buf_add(ret, str_part(utf8, (size_t)bytes));
    else
        buf_add_int(ret, number);
    unumf_closeResult(result);
}

static const struct message_arg *argument(const struct formatter *f, struct str name) {
    for (size_t i = 0; i < f->n; i++)
        if (str_is(name, f->args[i].name))
            return &f->args[i];
    return NULL;
}

static char char_at(struct str s, size_t at) {
    return at < s.n ? s.p[at] : 0;
}

/* The apostrophe that ends the quotation whose text begins at `at`, or the end; two of them are one of its text. */
static size_t quote_end(struct str s, size_t at) {
    for (; at < s.n; at++) {
        if (s.p[at] != '\'')
            continue;
        if (char_at(s, at + 1) != '\'')
            return at;
        at++;
    }
    return s.n;
}

/* Offset of the brace that closes the one before `at`, or SIZE_MAX; quoted braces do not count. */
static size_t closing_brace(struct str s, size_t at) {
    int depth = 1;
    for (; at < s.n; at++) {
        if (s.p[at] == '\'') {
            char next = char_at(s, at + 1);
            if (next == '\'')
                at++;
            else if (next == '{' || next == '}')
                at = quote_end(s, at + 1);
        } else if (s.p[at] == '{') {
            depth++;
        } else if (s.p[at] == '}' && --depth == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

static struct str take_word(struct str *rest) {
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '{' && rest->p[n] != '\n' && rest->p[n] != '\t')
        n++;
    struct str word = str_first(*rest, n);
    *rest = str_trim(str_from(*rest, n));
    return word;
}

static int wrong(struct formatter *f, const char *why, struct str where) {
    return err_set(f->err, ERR_INVALID, "%s: %.*s", why, STR_FMT(where));
}

struct choice {
    bool plural;
    struct str wanted; /* "=3" or the select word */
    struct str category;
    struct str best; /* the text chosen so far */
    int rank;        /* 3 exact, 2 category, 1 other */
};

static void consider(struct choice *c, struct str word, struct str text) {
    int rank = str_eq(word, c->wanted) ? 3 : c->plural && str_eq(word, c->category) ? 2 : str_is(word, "other") ? 1 : 0;
    if (rank > c->rank) {
        c->rank = rank;
        c->best = text;
    }
}

/* "one {…} other {…}": finds what fits; when checking, reads every branch. */
static int read_branches(struct formatter *f, struct str style, struct choice *c, int depth) {
    bool has_other = false;
    struct str rest = str_trim(style);
    while (rest.n) {
        struct str word = take_word(&rest);
        size_t end = rest.n && rest.p[0] == '{' ? closing_brace(rest, 1) : SIZE_MAX;
        if (!word.n || end == SIZE_MAX)
            return wrong(f, "a branch is written word {text}", style);
        struct str text = str_part(rest.p + 1, end - 1);
        rest = str_trim(str_from(rest, end + 1));
        if (has_other && str_is(word, "other"))
            return wrong(f, "there are two branches \"other\"", style);
        has_other |= str_is(word, "other");
        consider(c, word, text);
        int bad = f->out ? 0 : run(f, text, depth);
        if (bad)
            return bad;
    }
    return has_other ? 0 : wrong(f, "there is no branch \"other\"", style);
}

static struct str plural_category(const struct formatter *f, int64_t number, char ret[32]) {
    UChar keyword[32];
    UErrorCode bad = U_ZERO_ERROR;
    int32_t n = uplrules_select(f->language->plurals, (double)number, keyword, 32, &bad);
    if (U_FAILURE(bad) || n >= 32)
        return STR("other");
    for (int32_t i = 0; i < n; i++)
        ret[i] = (char)keyword[i];
    return str_part(ret, (size_t)n);
}

static int run_choice(struct formatter *f, const struct message_arg *arg, bool plural, struct str style, int depth) {
    char category[32], exact[32];
    struct choice c = {.plural = plural, .wanted = arg ? arg->text : STR_NONE};
    if (arg && plural) {
        int n = snprintf(exact, sizeof exact, "=%lld", (long long)arg->number);
        c.wanted = str_part(exact, (size_t)n);
        c.category = plural_category(f, arg->number, category);
    }
    struct formatter inner = *f;
    inner.in_plural = plural || f->in_plural;
    if (arg && plural)
        inner.plural_number = arg->number;
    int bad = read_branches(&inner, style, &c, depth);
    f->has_arguments = true;
    return bad || !f->out ? bad : run(&inner, c.best, depth);
}

static void write_argument(struct formatter *f, const struct message_arg *arg, struct str name) {
    if (!f->out)
        return;
    if (!arg)
        buf_printf(f->out, "{%.*s}", STR_FMT(name));
    else if (arg->text.p)
        buf_add(f->out, arg->text);
    else
        message_add_number(f->out, f->language, arg->number);
}

/* Letters, digits, _ and -: anything else is a brace or a comma that was forgotten. */
static bool is_name(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' && c != '-')
            return false;
    }
    return s.n > 0;
}

/* What stands between two braces: name [, type [, style]]. */
static int run_argument(struct formatter *f, struct str inside, int depth) {
    size_t comma = str_find_char(inside, ',', 0);
    struct str name = str_trim(str_first(inside, comma));
    struct str rest = comma == SIZE_MAX ? STR_NONE : str_from(inside, comma + 1);
    size_t second = str_find_char(rest, ',', 0);
    struct str type = str_trim(str_first(rest, second));
    struct str style = second == SIZE_MAX ? STR_NONE : str_from(rest, second + 1);
    if (!is_name(name))
        return wrong(f, name.n ? "this is no argument's name" : "an argument has no name", name.n ? name : inside);
    f->has_arguments = true;
    const struct message_arg *arg = argument(f, name);
    if (!type.n || str_is(type, "number")) {
        write_argument(f, arg, name);
        return 0;
    }
    if (!str_is(type, "plural") && !str_is(type, "select"))
        return wrong(f, "this type of argument is not understood", type);
    if (f->out && !arg) {
        write_argument(f, arg, name);
        return 0;
    }
    return run_choice(f, arg, str_is(type, "plural"), style, depth);
}

static void add_char(const struct formatter *f, char c) {
    if (f->out)
        buf_add_char(f->out, c);
}

/* At an apostrophe: '' and quoted text; returns the offset of its last character. */
static size_t take_quote(const struct formatter *f, struct str s, size_t at) {
    char next = char_at(s, at + 1);
    if (next == '\'') {
        add_char(f, '\'');
        return at + 1;
    }
    if (next != '{' && next != '}' && !(next == '#' && f->in_plural)) {
        add_char(f, '\'');
        return at;
    }
    size_t end = quote_end(s, at + 1);
    for (at++; at < end; at++) {
        add_char(f, s.p[at]);
        at += s.p[at] == '\''; /* the first of two */
    }
    return end;
}

static int run(struct formatter *f, struct str s, int depth) {
    if (depth > DEPTH_MOST)
        return wrong(f, "too deeply nested", str_first(s, 40));
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\'') {
            i = take_quote(f, s, i);
        } else if (s.p[i] == '{') {
            size_t end = closing_brace(s, i + 1);
            if (end == SIZE_MAX)
                return wrong(f, "a { is not closed", s);
            int bad = run_argument(f, str_part(s.p + i + 1, end - i - 1), depth + 1);
            if (bad)
                return bad;
            i = end;
        } else if (s.p[i] == '}') {
            return wrong(f, "a } closes nothing", s);
        } else if (s.p[i] == '#' && f->in_plural) {
            if (f->out)
                message_add_number(f->out, f->language, f->plural_number);
        } else {
            add_char(f, s.p[i]);
        }
    }
    return 0;
}

void message_format(struct buf *ret, struct str pattern, const struct message_language *l,
                    const struct message_arg *args, size_t n) {
    struct formatter f = {.out = ret, .language = l, .args = args, .n = n};
    (void)run(&f, pattern, 0); /* it was checked when it was loaded */
}

int message_check(struct str pattern, bool *ret_plain, struct err *reterr) {
    struct formatter f = {.err = reterr};
    int bad = run(&f, pattern, 0);
    *ret_plain = !f.has_arguments;
    return bad;
}
