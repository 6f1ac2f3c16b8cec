// SPDX-License-Identifier: Apache-2.0
/* Paths made safe once, then matched against the table row by row. */
#include "web/routing.h"

#include "text/utf8.h"

#include <string.h>

static int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "http://host/path" as a proxy may ask (RFC 9112 3.2.2). */
static struct str without_authority(struct str raw) {
    if (!str_starts_nocase(raw, "http://") && !str_starts_nocase(raw, "https://"))
        return raw;
    struct str rest = str_from(raw, str_find(raw, STR("://"), 0) + 3);
    size_t slash = str_find_char(rest, '/', 0);
    return slash == SIZE_MAX ? STR("/") : str_from(rest, slash);
}

static bool percent_decode(struct str raw, char room[PATH_MOST], struct str *ret) {
    size_t n = 0;
    if (raw.n > PATH_MOST)
        return false;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '%') {
            int high = i + 2 < raw.n ? hex(raw.p[i + 1]) : -1, low = i + 2 < raw.n ? hex(raw.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
            if (c == '/')
                return false;
        }
        room[n++] = c;
    }
    *ret = str_part(room, n);
    return true;
}

static bool segments_ok(struct str path) {
    struct str rest = str_from(path, 1), segment;
    while (str_cut(&rest, '/', &segment))
        if (str_is(segment, ".") || str_is(segment, "..") || segment.n == 0)
            return false;
    return true;
}

bool path_decode(struct str raw, char room[PATH_MOST], struct str *ret) {
    struct str path = without_authority(raw);
    if (path.n == 0 || path.p[0] != '/' || path.n > PATH_MOST)
        return false;
    if (str_find_char(path, '%', 0) != SIZE_MAX && !percent_decode(path, room, &path))
        return false;
    for (size_t i = 0; i < path.n; i++)
        if ((unsigned char)path.p[i] < ' ' || path.p[i] == 127 || path.p[i] == '\\' || path.p[i] == '#')
            return false;
    if (!segments_ok(path) || !utf8_valid(path))
        return false;
    *ret = path;
    return true;
}

/* One {name} or {name*} of the pattern takes `text`; false when its parameter does not allow it. */
static bool catch_one(const struct route *r, struct str name, struct str text, struct routing *ret) {
    const struct param *p = param_find(r->params, name);
    if (!p)
        BUG("a pattern catches what its row does not declare");
    if (ret->caught_n == ROUTING_CAUGHT_MOST)
        BUG("a pattern catches too much");
    struct param_value *v = &ret->caught[ret->caught_n];
    *v = (struct param_value){.name = p->name, .text = text};
    ret->caught_n++;
    return param_check(p, text, &v->number);
}

static bool row_fits(const struct route *r, struct str path, struct routing *ret) {
    struct str pattern = str_of(r->pattern);
    char last = pattern.n ? pattern.p[pattern.n - 1] : '}';
    ret->caught_n = 0;
    if (last != '}' && (path.n == 0 || path.p[path.n - 1] != last)) /* tells most rows apart */
        return false;
    while (pattern.n) {
        if (pattern.p[0] != '{') {
            if (path.n == 0 || path.p[0] != pattern.p[0])
                return false;
            pattern = str_from(pattern, 1);
            path = str_from(path, 1);
            continue;
        }
        size_t end = str_find_char(pattern, '}', 0);
        if (end == SIZE_MAX)
            BUG("a pattern without its closing brace");
        bool rest = pattern.p[end - 1] == '*';
        size_t taken = rest ? path.n : str_find_char(path, '/', 0);
        struct str text = str_first(path, taken);
        if (!catch_one(r, str_part(pattern.p + 1, end - 1 - rest), text, ret))
            return false;
        pattern = str_from(pattern, end + 1);
        path = str_from(path, text.n);
    }
    return path.n == 0;
}

static const struct route *row_find(const struct route *table, struct str method, struct str path, bool prefixed,
                                    struct routing *ret) {
    bool get = str_is(method, "GET") || str_is(method, "HEAD"), post = str_is(method, "POST");
    ret->get = ret->post = false;
    for (const struct route *r = table; r->handler; r++) {
        if ((prefixed && !r->any_language) || !row_fits(r, path, ret))
            continue;
        if ((r->method == METHOD_GET && get) || (r->method == METHOD_POST && post))
            return r;
        ret->get |= r->method == METHOD_GET;
        ret->post |= r->method == METHOD_POST;
    }
    return NULL;
}

/* Takes "/zh-CN" off; *ret_canonical false when it is written otherwise, or is the first language (which has none). */
static struct str take_language(const struct site *site, struct str path, size_t *ret_language, bool *ret_prefixed,
                                bool *ret_canonical) {
    struct str segment = str_from(path, 1);
    segment = str_first(segment, str_find_char(segment, '/', 0));
    *ret_language = 0;
    *ret_prefixed = false;
    *ret_canonical = true;
    for (size_t i = 0; i < site->languages; i++) {
        if (!str_is_nocase(segment, site->words[i].language))
            continue;
        struct str rest = str_from(path, 1 + segment.n);
        *ret_language = i;
        *ret_prefixed = true;
        *ret_canonical = i > 0 && rest.n > 0 && str_is(segment, site->words[i].language);
        return rest.n ? rest : STR("/");
    }
    return path;
}

size_t routing_language(const struct site *site, struct str raw) {
    size_t language = 0;
    bool prefixed, canonical;
    if (str_starts(raw, "/"))
        (void)take_language(site, raw, &language, &prefixed, &canonical); /* the rest does not matter */
    return language;
}

static void elsewhere_add(struct str *ret, char room[PATH_MOST], struct str part) {
    if (ret->n + part.n <= PATH_MOST) {
        memmove(room + ret->n, part.p, part.n);
        ret->n += part.n;
    }
}

static struct str elsewhere(const struct site *site, size_t language, struct str path, char room[PATH_MOST]) {
    char copy[PATH_MOST];
    memcpy(copy, path.p, path.n);
    struct str ret = {room, 0};
    if (language > 0) {
        elsewhere_add(&ret, room, STR("/"));
        elsewhere_add(&ret, room, str_of(site->words[language].language));
    }
    elsewhere_add(&ret, room, str_part(copy, path.n));
    return ret;
}

/* The other form: with a slash at the end, or without. */
static struct str toggled(struct str path, char room[PATH_MOST]) {
    if (path.n > 1 && path.p[path.n - 1] == '/')
        return str_first(path, path.n - 1);
    if (path.n >= PATH_MOST)
        return STR_NONE;
    memmove(room, path.p, path.n);
    room[path.n] = '/';
    return str_part(room, path.n + 1);
}

/* "/search/" would be a column called "search", and "/ledger" one called "ledger": the fixed page is meant. Its path in
 * `room`, or the empty string. */
static struct str fixed_page(const struct route *table, const struct route *found, struct str path, bool prefixed,
                             char room[PATH_MOST]) {
    struct str other = strchr(found->pattern, '{') ? toggled(path, room) : STR_NONE;
    for (const struct route *r = table; r->handler && other.n; r++)
        if ((r->any_language || !prefixed) && str_is(other, r->pattern))
            return other;
    return STR_NONE;
}

void routing_find(const struct route *table, const struct site *site, struct str method, struct str path,
                  char room[PATH_MOST], struct routing *ret) {
    bool prefixed, canonical;
    *ret = (struct routing){.outcome = ROUTING_NOT_FOUND};
    ret->path = take_language(site, path, &ret->language, &prefixed, &canonical);
    ret->route = row_find(table, method, ret->path, prefixed, ret);
    char other_room[PATH_MOST];
    struct str fixed = ret->route ? fixed_page(table, ret->route, ret->path, prefixed, other_room) : STR_NONE;
    if (fixed.n) {
        ret->outcome = ROUTING_ELSEWHERE;
        ret->elsewhere = elsewhere(site, ret->language, fixed, room);
        return;
    }
    if (ret->route) {
        ret->outcome = canonical ? ROUTING_FOUND : ROUTING_ELSEWHERE;
        if (!canonical)
            ret->elsewhere = elsewhere(site, ret->language, ret->path, room);
        return;
    }
    if (ret->get || ret->post) {
        ret->outcome = ROUTING_METHOD;
        return;
    }
    struct str other = toggled(ret->path, other_room);
    if (other.n && row_find(table, method, other, prefixed, ret)) {
        ret->outcome = ROUTING_ELSEWHERE;
        ret->elsewhere = elsewhere(site, ret->language, other, room);
    }
    ret->get = ret->post = false;
}
