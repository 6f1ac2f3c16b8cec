// SPDX-License-Identifier: Apache-2.0
/* Escaping: one function for each place that text goes to. */
#include "text/escape.h"

#include "text/utf8.h"

/* What stands for c, or NULL for c itself. HTML and XML have no place for control characters. */
static const char *html_entity(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
    case '\r':
        return NULL;
    default:
        return (unsigned char)c < 0x20 ? "" : NULL;
    }
}

/* Neither a control character nor one of & < > " ' */
static bool is_plain(char c) {
    return (unsigned char)c > '>' || (unsigned char)c == ' ' || ((unsigned char)c > '\'' && c != '<' && c != '>');
}

static void add_valid_html(struct buf *ret, struct str s) {
    size_t plain = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (is_plain(s.p[i]))
            continue;
        const char *entity = html_entity(s.p[i]);
        if (!entity)
            continue;
        buf_add(ret, str_part(s.p + plain, i - plain));
        buf_add_z(ret, entity);
        plain = i + 1;
    }
    buf_add(ret, str_from(s, plain));
}

/* s, or what can be read of it, in *room. Most texts are valid, and copied nowhere. */
static struct str valid(struct buf *ret, struct str s, struct buf *room) {
    if (utf8_valid(s))
        return s;
    utf8_add_repaired(room, s);
    ret->failed = ret->failed || buf_failed(room);
    return buf_str(room);
}

void escape_html(struct buf *ret, struct str s) {
    BUF_LOCAL(room);
    add_valid_html(ret, valid(ret, s, &room));
}

/* The letter behind a backslash; 0: none. */
static char json_letter(char c) {
    switch (c) {
    case '"':
    case '\\':
        return c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void add_json_char(struct buf *ret, char c) {
    static const char digits[] = "0123456789ABCDEF";
    char letter = json_letter(c);
    if (letter)
        buf_add(ret, str_part((char[]){'\\', letter}, 2));
    else if (c == '<')
        buf_add(ret, STR("\\u003c"));
    else
        buf_add(ret, str_part((char[]){'\\', 'u', '0', '0', digits[(unsigned char)c >> 4], digits[c & 15]}, 6));
}

static void add_valid_json(struct buf *ret, struct str s, bool in_html) {
    size_t plain = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if ((unsigned char)c >= ' ' && c != '"' && c != '\\' && !(c == '<' && in_html))
            continue;
        buf_add(ret, str_part(s.p + plain, i - plain));
        add_json_char(ret, c);
        plain = i + 1;
    }
    buf_add(ret, str_from(s, plain));
}

void escape_json(struct buf *ret, struct str s, bool in_html) {
    BUF_LOCAL(room);
    add_valid_json(ret, valid(ret, s, &room), in_html);
}

static bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void escape_url(struct buf *ret, struct str s) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_unreserved(s.p[i]))
            buf_add_char(ret, s.p[i]);
        else
            buf_add(ret, str_part((char[]){'%', digits[c >> 4], digits[c & 15]}, 3));
    }
}

void escape_url_path(struct buf *ret, struct str path) {
    struct str rest = str_from(path, 1), segment;
    while (str_cut(&rest, '/', &segment)) {
        buf_add_char(ret, '/');
        escape_url(ret, segment);
    }
    if (str_ends(path, "/"))
        buf_add_char(ret, '/');
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool add_unescaped(struct buf *ret, struct str s, bool form) {
    size_t start = ret->n;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '+' && form) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
            int low = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (c == 0)
            return false;
        buf_add_char(ret, c);
    }
    return !buf_failed(ret) && utf8_valid(str_from(buf_str(ret), start));
}

bool unescape_url(struct buf *ret, struct str s, bool form) {
    size_t before = ret->n;
    if (add_unescaped(ret, s, form))
        return true;
    buf_cut(ret, before);
    return false;
}
