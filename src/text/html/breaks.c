// SPDX-License-Identifier: Apache-2.0
/* Where a shown line may break: browsers break it behind any hyphen, also a telephone number's, and nowhere in an
 * e-mail address, which a cell of a table then makes room for. No property of a style sheet knows either. */
#include "text/html.h"

enum { NUMBER_MOST = 24 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool joins(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '/' ||
           c == '&' || c == '#';
}

/* The bytes of digits and single hyphens from `at` on, ending with a digit; 0 where there is no hyphen among them. */
static size_t number_at(struct str s, size_t at) {
    size_t n = at + (s.p[at] == '+'), end = at;
    bool hyphen = false;
    while (n < s.n && is_digit(s.p[n])) {
        while (n < s.n && is_digit(s.p[n]))
            n++;
        end = n;
        if (n + 1 >= s.n || s.p[n] != '-' || !is_digit(s.p[n + 1]))
            break;
        hyphen = true;
        n++;
    }
    bool alone = end == s.n || !joins(s.p[end]);
    return hyphen && alone && end - at <= NUMBER_MOST ? end - at : 0;
}

static bool parts_address(struct str s, size_t at) {
    return s.p[at] == '@' && at && joins(s.p[at - 1]) && at + 1 < s.n && joins(s.p[at + 1]);
}

static void add_text(struct buf *ret, struct str s) {
    size_t from = 0;
    for (size_t at = 0; at < s.n; at++) {
        if (parts_address(s, at)) {
            buf_add(ret, str_part(s.p + from, at + 1 - from));
            buf_add_z(ret, "<wbr>");
            from = at + 1;
            continue;
        }
        bool begins = (is_digit(s.p[at]) || s.p[at] == '+') && (at == 0 || !joins(s.p[at - 1]));
        size_t n = begins ? number_at(s, at) : 0;
        if (!n)
            continue;
        buf_add(ret, str_part(s.p + from, at - from));
        buf_add_z(ret, "<span class=\"one\">");
        buf_add(ret, str_part(s.p + at, n));
        buf_add_z(ret, "</span>");
        from = at + n;
        at = from - 1;
    }
    buf_add(ret, str_from(s, from));
}

void html_mind_breaks(struct str html, struct buf *ret) {
    while (html.n) {
        size_t tag = str_find_char(html, '<', 0);
        add_text(ret, str_first(html, tag));
        html = str_from(html, tag);
        size_t end = str_find_char(html, '>', 0); /* clean HTML has no > within a tag */
        end = end == SIZE_MAX ? html.n : end + 1;
        buf_add(ret, str_first(html, end));
        html = str_from(html, end);
    }
}
