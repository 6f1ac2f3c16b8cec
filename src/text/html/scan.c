// SPDX-License-Identifier: Apache-2.0
/* Markup, found in the bytes. */
#include "text/html/scan.h"

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool ends_name(char c) {
    return is_space(c) || c == '/' || c == '>';
}

static size_t skip_spaces(struct str s, size_t i) {
    while (i < s.n && is_space(s.p[i]))
        i++;
    return i;
}

/* From behind '='. */
static size_t read_value(struct str s, size_t i, struct str *ret) {
    i = skip_spaces(s, i);
    if (i >= s.n || s.p[i] == '>')
        return i;
    size_t from = i;
    if (s.p[i] == '"' || s.p[i] == '\'') {
        size_t end = str_find_char(s, s.p[i], i + 1);
        if (end == SIZE_MAX)
            return s.n;
        *ret = str_part(s.p + from + 1, end - from - 1);
        return end + 1;
    }
    while (i < s.n && !is_space(s.p[i]) && s.p[i] != '>')
        i++;
    *ret = str_part(s.p + from, i - from);
    return i;
}

bool html_attribute_next(struct str s, size_t *at, struct str *ret_name, struct str *ret_value) {
    size_t i = *at;
    while (i < s.n && (is_space(s.p[i]) || s.p[i] == '/'))
        i++;
    if (i >= s.n || s.p[i] == '>') {
        *at = i >= s.n ? SIZE_MAX : i + 1;
        return false;
    }
    size_t from = i++; /* a name may begin with '=' */
    while (i < s.n && !ends_name(s.p[i]) && s.p[i] != '=')
        i++;
    *ret_name = str_part(s.p + from, i - from);
    *ret_value = STR_NONE;
    i = skip_spaces(s, i);
    if (i < s.n && s.p[i] == '=')
        i = read_value(s, i + 1, ret_value);
    *at = i;
    return true;
}

size_t html_tag_end(struct str s, size_t at) {
    struct str name, value;
    while (html_attribute_next(s, &at, &name, &value))
        ;
    return at;
}

static size_t comment_end(struct str s, size_t i) { /* from behind "<!--" */
    struct str rest = str_from(s, i);
    if (str_starts(rest, ">"))
        return i + 1;
    if (str_starts(rest, "->"))
        return i + 2;
    for (size_t end = str_find(s, STR("--"), i); end != SIZE_MAX; end = str_find(s, STR("--"), end + 1)) {
        rest = str_from(s, end + 2);
        if (str_starts(rest, ">"))
            return end + 3;
        if (str_starts(rest, "!>"))
            return end + 4;
    }
    return s.n;
}

static size_t declaration_end(struct str s, size_t i) {
    size_t end = str_find_char(s, '>', i);
    return end == SIZE_MAX ? s.n : end + 1;
}

static struct html_markup tag_at(struct str s, size_t from, enum html_mark mark) {
    size_t to = from;
    while (to < s.n && !ends_name(s.p[to]))
        to++;
    return (struct html_markup){mark, str_part(s.p + from, to - from), to};
}

struct html_markup html_markup_at(struct str s, size_t at) {
    struct str rest = str_from(s, at);
    char c = rest.n > 1 ? rest.p[1] : 0;
    if (is_letter(c))
        return tag_at(s, at + 1, HTML_MARK_START);
    if (c == '/' && rest.n > 2 && is_letter(rest.p[2]))
        return tag_at(s, at + 2, HTML_MARK_END);
    if (str_starts(rest, "<!--"))
        return (struct html_markup){HTML_MARK_OTHER, STR_NONE, comment_end(s, at + 4)};
    if (c == '!' || c == '?' || (c == '/' && rest.n > 2))
        return (struct html_markup){HTML_MARK_OTHER, STR_NONE, declaration_end(s, at + 2)};
    return (struct html_markup){HTML_MARK_NONE, STR_NONE, at + 1};
}

/* Whether "<name" or "</name" stands at i (behind the '<' or "</"). */
static bool name_is(struct str s, size_t i, struct str name) {
    return s.n - i > name.n && ends_name(s.p[i + name.n]) && str_eq_nocase(str_part(s.p + i, name.n), name);
}

size_t html_find_end(struct str s, size_t from, struct str name, bool nests) {
    size_t depth = 1;
    for (size_t i = str_find_char(s, '<', from); i < s.n; i = str_find_char(s, '<', i + 1)) {
        bool is_end = i + 1 < s.n && s.p[i + 1] == '/';
        size_t at = i + 1 + is_end;
        if (at >= s.n || !name_is(s, at, name))
            continue;
        if (!is_end && nests) {
            size_t close = str_find_char(s, '>', at);
            depth += close == SIZE_MAX || s.p[close - 1] != '/';
        } else if (is_end && --depth == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}
