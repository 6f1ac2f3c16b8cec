// SPDX-License-Identifier: Apache-2.0
/* Addresses and other attribute values. The scheme is found as in the URL standard (4.4): tabs and line ends are not
 * there for a browser, so "java\nscript:" is a script. What is kept is written with the standard's URL code points
 * only. */
#include "text/html/tree.h"
#include "text/utf8.h"

#include <string.h>

static bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool html_is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool html_is_junk(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF || (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

struct str html_fold(struct arena *a, struct str raw) {
    BUF_LOCAL(b);
    bool space = false;
    while (raw.n) {
        uint32_t c = utf8_next(&raw);
        if (html_is_space(c)) {
            space = b.n > 0;
            continue;
        }
        if (html_is_junk(c))
            continue;
        if (space)
            buf_add_char(&b, ' ');
        space = false;
        utf8_add(&b, c);
    }
    return arena_buf(a, &b);
}

/* Without what a browser does not see, and with '/' for '\' before the query. */
static void plain(struct buf *ret, struct str raw) {
    bool path = true;
    while (raw.n) {
        uint32_t c = utf8_next(&raw);
        if (c == '?' || c == '#')
            path = false;
        if (c == ' ' || !html_is_junk(c))
            utf8_add(ret, c == '\\' && path ? '/' : c);
    }
}

/* The length of "scheme:" at the beginning, 0 where there is none. */
static size_t scheme_length(struct str url) {
    if (url.n == 0 || !is_alpha(url.p[0]))
        return 0;
    for (size_t i = 1; i < url.n; i++) {
        char c = url.p[i];
        if (c == ':')
            return i + 1;
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.')
            return 0;
    }
    return 0;
}

static bool host_char(char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

static bool host_ok(struct str host) {
    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
        for (size_t i = 1; i + 1 < host.n; i++)
            if (!is_hex(host.p[i]) && host.p[i] != ':' && host.p[i] != '.')
                return false;
        return true;
    }
    for (size_t i = 0; i < host.n; i++)
        if (!host_char(host.p[i]))
            return false;
    return host.n > 0 && host.p[0] != '.' && host.p[0] != '-';
}

static bool port_ok(struct str port) {
    for (size_t i = 0; i < port.n; i++)
        if (!is_digit(port.p[i]))
            return false;
    return port.n > 0 && port.n <= 5;
}

/* "host[:port]" without a user name, which serves deceit only. */
static bool authority_ok(struct str authority) {
    size_t colon = authority.n;
    while (colon > 0 && authority.p[colon - 1] != ':' && authority.p[colon - 1] != ']')
        colon--;
    if (colon == 0 || authority.p[colon - 1] == ']')
        return host_ok(authority);
    return host_ok(str_first(authority, colon - 1)) && port_ok(str_from(authority, colon));
}

static bool must_encode(char c) {
    return c == ' ' || (c && strchr("\"<>`{}|\\^[]", c));
}

/* Path, query and fragment. */
static void add_rest(struct buf *ret, struct str s) {
    bool fragment = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool bare = c == '%' && !(s.n - i > 2 && is_hex(s.p[i + 1]) && is_hex(s.p[i + 2]));
        if (bare || must_encode(c) || (c == '#' && fragment))
            buf_printf(ret, "%%%02X", (unsigned)(unsigned char)c);
        else
            buf_add_char(ret, c);
        fragment = fragment || c == '#';
    }
}

/* rest: behind "//". */
static bool add_hierarchy(struct buf *ret, const char *scheme, struct str rest) {
    size_t n = 0;
    while (n < rest.n && !strchr("/?#", rest.p[n]))
        n++;
    struct str authority = str_first(rest, n);
    if (!authority_ok(authority))
        return false;
    buf_printf(ret, "%s://", scheme);
    buf_add(ret, authority);
    add_rest(ret, str_from(rest, n));
    return true;
}

static bool add_absolute(struct buf *ret, struct str scheme, struct str rest, bool picture) {
    bool https = str_is_nocase(scheme, "https:");
    if (https || str_is_nocase(scheme, "http:"))
        return str_starts(rest, "//") && add_hierarchy(ret, https ? "https" : "http", str_from(rest, 2));
    bool mail = str_is_nocase(scheme, "mailto:");
    if (picture || rest.n == 0 || (!mail && !str_is_nocase(scheme, "tel:")))
        return false;
    buf_add_z(ret, mail ? "mailto:" : "tel:");
    add_rest(ret, rest);
    return true;
}

/* A link within the page leads nowhere, because clean HTML has no ids. A colon in the first segment would only be a
 * scheme that failed to be one (RFC 3986, 4.2). */
static bool add_relative(struct buf *ret, struct str url) {
    size_t n = 0;
    while (n < url.n && !strchr("/?#:", url.p[n]))
        n++;
    if (url.n == 0 || url.p[0] == '#' || (n < url.n && url.p[n] == ':'))
        return false;
    if (str_starts(url, "//"))
        return add_hierarchy(ret, "https", str_from(url, 2));
    add_rest(ret, url);
    return true;
}

struct str html_url(struct arena *a, struct str raw, bool picture) {
    BUF_LOCAL(visible);
    BUF_LOCAL(out);
    plain(&visible, raw);
    struct str url = str_trim(buf_str(&visible));
    size_t n = scheme_length(url);
    bool ok = n ? add_absolute(&out, str_first(url, n), str_trim(str_from(url, n)), picture) : add_relative(&out, url);
    return ok ? arena_buf(a, &out) : STR_NONE;
}
