// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Judges clean HTML by its bytes alone, without a line of the code that made it: names, attributes, nesting, addresses,
 * heading levels. For the unit test and the fuzz targets. */
#include "base/str.h"

#include <string.h>

enum { CLEAN_DEPTH_MOST = 300 };

static inline bool clean_listed(struct str s, const char *list) {
    for (struct str rest = str_of(list), word; str_cut(&rest, ' ', &word);)
        if (str_eq(word, s))
            return true;
    return false;
}

static inline bool clean_address(struct str value, bool picture) {
    size_t n = 0;
    while (n < value.n && !strchr("/?#:", value.p[n]))
        n++;
    if (n == value.n || value.p[n] != ':')
        return value.n > 0; /* relative */
    return str_starts(value, "http://") || str_starts(value, "https://") ||
           (!picture && (str_starts(value, "mailto:") || str_starts(value, "tel:")));
}

/* From behind the tag's name to behind '>'; NULL on success, else what is wrong. */
static inline const char *clean_attributes(struct str name, struct str *rest) {
    while (!str_starts(*rest, ">")) {
        if (!str_starts(*rest, " "))
            return "no space before an attribute";
        size_t equals = str_find_char(*rest, '=', 0);
        struct str attr = str_part(rest->p + 1, equals == SIZE_MAX ? 0 : equals - 1);
        size_t quote = equals == SIZE_MAX ? SIZE_MAX : str_find_char(*rest, '"', equals + 2);
        if (quote == SIZE_MAX || rest->p[equals + 1] != '"')
            return "an attribute without a quoted value";
        struct str value = str_part(rest->p + equals + 2, quote - equals - 2);
        bool own = (str_is(name, "a") && str_is(attr, "href")) || (str_is(name, "abbr") && str_is(attr, "title")) ||
                   (str_is(name, "ol") && str_is(attr, "start")) || (str_is(name, "th") && str_is(attr, "scope")) ||
                   (clean_listed(name, "th td") && clean_listed(attr, "colspan rowspan")) ||
                   (str_is(name, "img") && clean_listed(attr, "src alt width height"));
        if (!own && !clean_listed(attr, "lang dir"))
            return "an attribute that is not allowed";
        if (str_find_char(value, '<', 0) != SIZE_MAX || str_find_char(value, '>', 0) != SIZE_MAX)
            return "a raw angle bracket in a value";
        if (clean_listed(attr, "href src") && !clean_address(value, str_is(attr, "src")))
            return "an address that is not allowed";
        *rest = str_from(*rest, quote + 1);
    }
    *rest = str_from(*rest, 1);
    return NULL;
}

/* NULL when html is clean; else what is wrong with it. */
static inline const char *clean_html_fault(struct str html) {
    static const char *const allowed = "h2 h3 h4 h5 h6 p ul ol li dl dt dd table caption thead tbody tr th td "
                                       "blockquote pre code a img figure figcaption "
                                       "strong em sub sup del br hr abbr bdo";
    struct str open[CLEAN_DEPTH_MOST];
    size_t depth = 0;
    int level = 1;
    for (struct str rest = html; rest.n;) {
        size_t at = str_find_char(rest, '<', 0);
        if (str_find_char(str_first(rest, at), '>', 0) != SIZE_MAX)
            return "a raw > in the text";
        if (at == SIZE_MAX)
            break;
        bool end = at + 1 < rest.n && rest.p[at + 1] == '/';
        rest = str_from(rest, at + 1 + end);
        size_t n = 0;
        while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '>')
            n++;
        struct str name = str_first(rest, n);
        rest = str_from(rest, n);
        if (!clean_listed(name, allowed))
            return "an element that is not allowed";
        if (end) {
            if (depth == 0 || !str_eq(open[--depth], name) || !str_starts(rest, ">"))
                return "an end tag that closes nothing";
            rest = str_from(rest, 1);
            continue;
        }
        const char *fault = clean_attributes(name, &rest);
        if (fault)
            return fault;
        if (name.n == 2 && name.p[0] == 'h' && name.p[1] != 'r') {
            if (name.p[1] - '0' > level + 1)
                return "a heading level that jumps";
            level = name.p[1] - '0';
        }
        if (clean_listed(name, "br hr img"))
            continue;
        if (depth == CLEAN_DEPTH_MOST)
            return "too deep";
        open[depth++] = name;
    }
    return depth ? "an element that is not closed" : NULL;
}
