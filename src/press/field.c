// SPDX-License-Identifier: Apache-2.0
/* What may stand in a text of the press. */
#include "press/field.h"

#include "text/utf8.h"

static bool has_bad_control(struct str s, bool one_line) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool line = c == '\n' || c == '\r';
        if (c == 0x7f || (c < 0x20 && c != '\t' && (!line || one_line)))
            return true;
    }
    return false;
}

static int check_one(const struct field *f, struct err *reterr) {
    if ((f->rules & FIELD_NEEDED) && !str_trim(f->text).n)
        return err_set(reterr, ERR_INVALID, "The %s is empty; nothing was stored.", f->name);
    if (!utf8_valid(f->text))
        return err_set(reterr, ERR_INVALID, "The %s is not UTF-8 text; nothing was stored.", f->name);
    /* A character has one byte at least: most texts need no counting. */
    if (f->text.n > f->most && utf8_count(f->text) > f->most)
        return err_set(reterr, ERR_INVALID, "The %s is longer than %zu characters; nothing was stored.", f->name,
                       f->most);
    if (has_bad_control(f->text, f->rules & FIELD_ONE_LINE))
        return err_set(reterr, ERR_INVALID, "The %s holds %s; nothing was stored.", f->name,
                       f->rules & FIELD_ONE_LINE ? "a line break or a control character" : "a control character");
    return 0;
}

int fields_check(const struct field *f, size_t n, struct err *reterr) {
    for (size_t i = 0; i < n; i++) {
        int rc = check_one(&f[i], reterr);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int field_language(const char *tag, char ret[LANGUAGE_MOST], struct err *reterr) {
    if (language_normalise(str_of(tag), ret))
        return 0;
    return err_set(reterr, ERR_INVALID,
                   "\"%.20s\" is not the tag of a language (such as en or zh-CN); nothing was stored.", tag ? tag : "");
}
