// SPDX-License-Identifier: Apache-2.0
/* One walk over the bytes, line by line. */
#include "web/server/plain_head.h"

#include <string.h>

static bool take(struct str *rest, const char *z, size_t n) {
    if (rest->n < n || memcmp(rest->p, z, n) != 0)
        return false;
    *rest = str_from(*rest, n);
    return true;
}
#define TAKE(rest, literal) take(rest, literal, sizeof(literal) - 1)

/* Up to the next space; visible ASCII, without what begins a fragment. */
static bool take_target(struct str *rest, struct str *ret) {
    size_t n = 0;
    while (n < rest->n && (unsigned char)rest->p[n] > ' ' && (unsigned char)rest->p[n] < 127 && rest->p[n] != '#')
        n++;
    *ret = str_first(*rest, n);
    *rest = str_from(*rest, n);
    return n > 0 && ret->p[0] == '/' && TAKE(rest, " ");
}

/* False: so many values, also empty ones, that it is to be refused. */
static bool take_query(struct str query, struct incoming *in) {
    size_t values = 1;
    for (size_t i = 0; i < query.n; i++)
        values += query.p[i] == '&';
    incoming_query(in, query);
    return values <= INCOMING_ARGS_MOST;
}

static bool request_line(struct str *rest, struct incoming *in, struct plain_head *ret) {
    struct str target;
    in->method = STR("GET");
    if (!TAKE(rest, "GET ")) {
        in->method = STR("HEAD");
        if (!TAKE(rest, "HEAD "))
            return false;
    }
    if (!take_target(rest, &target))
        return false;
    ret->target_n = target.n;
    size_t mark = str_find_char(target, '?', 0);
    in->path = str_first(target, mark);
    if (mark != SIZE_MAX && !take_query(str_from(target, mark + 1), in))
        return false;
    in->needs_host = TAKE(rest, "HTTP/1.1\r\n");
    ret->closes = !in->needs_host;
    return in->needs_host || TAKE(rest, "HTTP/1.0\r\n");
}

/* A header that says how the connection goes on, or that more comes than a head. False: not plain. */
static bool governs(struct str name, struct str value, bool *connection, struct plain_head *ret) {
    switch (name.n) {
    case 6:
        return !str_is_nocase(name, "Expect");
    case 7:
        return !str_is_nocase(name, "Upgrade");
    case 10:
        if (!str_is_nocase(name, "Connection"))
            return true;
        if (*connection)
            return false;
        *connection = true;
        if (str_is_nocase(value, "close"))
            ret->closes = true;
        return ret->closes ? str_is_nocase(value, "close") : str_is_nocase(value, "keep-alive");
    case 14:
        return !str_is_nocase(name, "Content-Length");
    case 16:
        return !str_is_nocase(name, "Proxy-Connection");
    case 17:
        return !str_is_nocase(name, "Transfer-Encoding");
    default:
        return true;
    }
}

/* The line's text without its end; false: it does not end, or not as it should. */
static bool take_line(struct str *rest, struct str *ret) {
    const char *end = memchr(rest->p, '\r', rest->n);
    if (!end)
        return false;
    *ret = str_first(*rest, (size_t)(end - rest->p));
    *rest = str_from(*rest, ret->n);
    return TAKE(rest, "\r\n");
}

/* Without a way out of the loop, so that it goes by many bytes at a time. */
static bool value_ok(struct str s) {
    unsigned bad = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bad |= (c < ' ' && c != '\t') | (c == 127);
    }
    return !bad;
}

bool plain_head_read(struct str bytes, struct incoming *in, struct plain_head *ret) {
    struct str rest = bytes, line;
    bool connection = false;
    if (!request_line(&rest, in, ret))
        return false;
    while (take_line(&rest, &line)) {
        if (line.n == 0) {
            ret->n = bytes.n - rest.n;
            return true;
        }
        size_t colon = str_find_char(line, ':', 0);
        if (colon == SIZE_MAX)
            return false;
        struct str name = str_first(line, colon), value = str_from(line, colon + 1);
        if (!value_ok(value))
            return false;
        value = str_trim(value); /* blanks and tabs: there is no other white space in it */
        if (!governs(name, value, &connection, ret))
            return false;
        incoming_header(in, name, value);
        if (in->bad_name)
            return false;
    }
    return false;
}
