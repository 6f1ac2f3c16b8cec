// SPDX-License-Identifier: Apache-2.0
/* Validators of the declared parameters, and the collecting of what was given. */
#include "web/params.h"

#include "text/escape.h"
#include "text/utf8.h"

static bool text_ok(struct str s, size_t most, bool lines) {
    if (s.n > (most ? most : PARAM_TEXT_MOST) || !utf8_valid(s))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == 127 || (c < ' ' && !(lines && (c == '\t' || c == '\n' || c == '\r'))))
            return false;
    }
    return true;
}

static bool int_ok(struct str s, size_t most, int64_t *ret) {
    int64_t i;
    if (s.n == 0 || (s.p[0] == '0' && s.n > 1) || !str_to_int(s, &i) || i < 0)
        return false;
    if (most && (uint64_t)i > most)
        return false;
    *ret = i;
    return true;
}

static bool two_digits(struct str s, size_t at, int *ret) {
    if (s.p[at] < '0' || s.p[at] > '9' || s.p[at + 1] < '0' || s.p[at + 1] > '9')
        return false;
    *ret = (s.p[at] - '0') * 10 + s.p[at + 1] - '0';
    return true;
}

static bool day_ok(struct str s) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int century, year, month, day;
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !two_digits(s, 0, &century) || !two_digits(s, 2, &year) ||
        !two_digits(s, 5, &month) || !two_digits(s, 8, &day) || month < 1 || month > 12 || day < 1)
        return false;
    year += century * 100;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

static bool choice_ok(struct str s, const char *choices) {
    struct str rest = str_of(choices), choice;
    while (str_cut(&rest, '|', &choice))
        if (str_eq(s, choice))
            return true;
    return false;
}

static bool path_ok(struct str s, size_t most) {
    return text_ok(s, most, false) && s.p[0] == '/' && (s.n < 2 || s.p[1] != '/') &&
           str_find_char(s, '\\', 0) == SIZE_MAX;
}

static bool slug_ok(struct str s, size_t most) {
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
            return false;
    return s.n <= (most ? most : PARAM_TEXT_MOST);
}

bool param_check(const struct param *p, struct str text, int64_t *ret_number) {
    if (text.n == 0)
        return false;
    switch (p->kind) {
    case PARAM_TEXT:
        return text_ok(text, p->most, true);
    case PARAM_INT:
        return int_ok(text, p->most, ret_number);
    case PARAM_DAY:
        return day_ok(text);
    case PARAM_CHOICE:
        return choice_ok(text, p->choices);
    case PARAM_PATH:
        return path_ok(text, p->most);
    case PARAM_SLUG:
        return slug_ok(text, p->most);
    }
    return false;
}

const struct param *param_find(const struct param *params, struct str name) {
    for (; params && params->name; params++)
        if (str_is(name, params->name))
            return params;
    return NULL;
}

/* The one value of a declared parameter; *ret_given false when there is none. */
static int param_take(const struct param *p, const struct arg *args, size_t n, struct arena *a, struct str *ret,
                      bool *ret_given, struct err *reterr) {
    bool given = false;
    for (size_t i = 0; i < n; i++) {
        BUF_LOCAL(name);
        name.limit = 256;
        if (!unescape_url(&name, args[i].name, true) || !str_is(buf_str(&name), p->name))
            continue;
        if (given)
            return err_refuse(reterr, ERR_INVALID, "twice", p->name, 0, "\"%s\" is given twice.", p->name);
        BUF_LOCAL(value);
        if (!unescape_url(&value, args[i].value, true))
            return err_refuse(reterr, ERR_INVALID, "not_encoded", p->name, 0,
                              "\"%s\" is not written as an address needs it.", p->name);
        given = true;
        *ret = arena_buf(a, &value);
    }
    *ret_given = given;
    return 0;
}

static int param_add(const struct param *p, struct str text, struct param_value *ret, struct err *reterr) {
    *ret = (struct param_value){.name = p->name, .text = text};
    if (!param_check(p, text, &ret->number))
        return err_refuse(reterr, ERR_INVALID, "unknown_value", p->name, 0,
                          "\"%s\" does not have a value that this page knows.", p->name);
    return 0;
}

static const struct param_value *caught_find(const struct param_value *caught, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (str_is(str_of(caught[i].name), name))
            return &caught[i];
    return NULL;
}

int params_collect(const struct param *declared, const struct param_value *caught, size_t caught_n,
                   const struct arg *args, size_t args_n, struct arena *a, struct param_value **ret, size_t *ret_n,
                   struct err *reterr) {
    struct param_value *values = arena_array(a, PARAMS_MOST, sizeof *values);
    size_t n = 0;
    for (const struct param *p = declared; values && p && p->name && n < PARAMS_MOST; p++) {
        struct str text = STR_NONE;
        bool given = false;
        int failed = param_take(p, args, args_n, a, &text, &given, reterr);
        if (failed)
            return failed;
        const struct param_value *from_path = caught_find(caught, caught_n, p->name);
        if (from_path && given)
            return err_refuse(reterr, ERR_INVALID, "twice", p->name, 0, "\"%s\" is given twice.", p->name);
        if (from_path)
            values[n++] = (struct param_value){p->name, from_path->text, from_path->number};
        else if (text.n && (failed = param_add(p, text, &values[n++], reterr)))
            return failed;
    }
    if (arena_failed(a))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    *ret = values;
    *ret_n = n;
    return 0;
}
