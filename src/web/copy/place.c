// SPDX-License-Identifier: Apache-2.0
/* Names of files. The route table says what is a page: it goes through languages, and its name has no ending. */
#include "web/copy/place.h"

#include "text/escape.h"
#include "web/office.h"
#include "web/routing.h"

#include <stdio.h>
#include <string.h>

enum { QUERY_MOST = 60, HOPS = 3 };

/* What needs a server, or leads from the copy to the living site. */
static bool is_left_out(const struct route *r) {
    static const char *const patterns[] = {"/search", "/opensearch.xml", "/manifest.webmanifest",
                                           "/{column}/{id}/qr.svg"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (strcmp(r->pattern, patterns[i]) == 0)
            return true;
    return r->method != METHOD_GET || r->who != WHO_ANYONE || r->cache == CACHE_NONE ||
           strncmp(r->pattern, "/witness/", 9) == 0;
}

static bool is_page(const struct route *r, struct str path) {
    size_t last = path.n;
    while (last && path.p[last - 1] != '/')
        last--;
    return r->any_language && str_find_char(path, '.', last) == SIZE_MAX;
}

/* "before=1763540400000000-12", where the page knows that parameter: further pages of a list. Others are dropped, as
 * the page drops what it does not know. */
static struct str list_query(const struct route *r, struct str query) {
    struct str one;
    while (str_cut(&query, '&', &one)) {
        struct str value = one, name;
        bool plain = str_cut(&value, '=', &name) && (str_is(name, "before") || str_is(name, "after"));
        for (size_t i = 0; i < value.n; i++)
            plain = plain && ((value.p[i] >= '0' && value.p[i] <= '9') || value.p[i] == '-');
        if (plain && value.n && one.n <= QUERY_MOST && param_find(r->params, name))
            return one;
    }
    return STR_NONE;
}

static void add_address(struct buf *b, struct str path, struct str query) {
    escape_url_path(b, path);
    if (query.n) {
        buf_add_char(b, '?');
        buf_add(b, query);
    }
}

static void add_file(struct buf *b, struct str path, struct str query, bool page) {
    buf_add(b, str_from(path, 1));
    bool folder = path.p[path.n - 1] == '/';
    if (query.n) {
        struct str name, value = query;
        (void)str_cut(&value, '=', &name); /* list_query() has seen to it */
        buf_printf(b, "%s%.*s-%.*s", folder ? "" : "-", STR_FMT(name), STR_FMT(value));
    } else if (folder) {
        buf_add_z(b, "index");
    }
    if (page || folder)
        buf_add_z(b, ".html");
}

/* The page that a host shows where there is nothing. */
static bool is_missing_page(const struct routing *r) {
    return r->outcome == ROUTING_NOT_FOUND && str_is(r->path, "/404.html");
}

static bool find(const struct site *site, struct str path, char room[PATH_MOST], struct routing *ret) {
    routing_find(routes, site, STR("GET"), path, room, ret);
    if (ret->outcome == ROUTING_FOUND)
        return !is_left_out(ret->route);
    return is_missing_page(ret);
}

/* Where a browser would be led in a few steps: to the spelling with or without a slash, of the language's tag … */
static bool find_through(const struct site *site, struct str *path, char room[HOPS][PATH_MOST], struct routing *ret) {
    for (int hop = 0; hop < HOPS; hop++) {
        char other[PATH_MOST];
        if (find(site, *path, other, ret))
            return true;
        if (ret->outcome == ROUTING_ELSEWHERE) {
            memcpy(room[hop], ret->elsewhere.p, ret->elsewhere.n);
            *path = str_part(room[hop], ret->elsewhere.n);
        } else if (path->n + 1 < PATH_MOST && path->p[path->n - 1] != '/') { /* "/news" */
            memcpy(room[hop], path->p, path->n);
            room[hop][path->n] = '/';
            *path = str_part(room[hop], path->n + 1);
        } else {
            return false;
        }
    }
    return false;
}

/* A copy has the ledger's entries by the hundred: the page's path in `room`, and the entry's place in it. */
static void gather(const struct routing *r, struct str *path, char room[PATH_MOST], char mark[32]) {
    static const char head[] = "/ledger/entry/";
    int64_t index;
    mark[0] = 0;
    if (strcmp(r->route->pattern, "/ledger/entry/{index}") != 0 ||
        !str_to_int(str_from(r->path, sizeof head - 1), &index) || index < 0)
        return;
    size_t before = path->n - (r->path.n - (sizeof head - 1)); /* with the language */
    int n = snprintf(room, PATH_MOST, "%.*s%lld", (int)before, path->p, (long long)(index - index % COPY_ENTRIES));
    (void)snprintf(mark, 32, "entry-%lld", (long long)index); /* fits */
    *path = str_part(room, (size_t)n);
}

bool place_find(const struct site *site, struct str address, struct buf *room, struct place *ret) {
    char decoded[PATH_MOST], hops[HOPS][PATH_MOST], page[PATH_MOST], mark_room[32] = "";
    size_t mark = str_find_char(address, '?', 0);
    struct str query = mark == SIZE_MAX ? STR_NONE : str_from(address, mark + 1), path;
    struct routing r;
    if (!str_starts(address, "/") || !path_decode(str_first(address, mark), decoded, &path) ||
        !find_through(site, &path, hops, &r))
        return false;
    bool missing = is_missing_page(&r);
    query = missing ? STR_NONE : list_query(r.route, query);
    if (!missing)
        gather(&r, &path, page, mark_room);
    add_address(room, path, query);
    size_t n = room->n;
    add_file(room, path, query, !missing && is_page(r.route, r.path));
    size_t end = room->n;
    buf_add_z(room, mark_room);
    if (buf_failed(room))
        return false;
    *ret = (struct place){str_first(buf_str(room), n), str_part(room->p + n, end - n), str_from(buf_str(room), end)};
    return true;
}

/* --- links --- */

static bool has_scheme(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        if (c == ':' && i)
            return true;
        if (!letter && !(i && other))
            return false;
    }
    return false;
}

/* "/news/12/" becomes "/news/". */
static void cut_segment(struct buf *b) {
    size_t at = b->n ? b->n - 1 : 0;
    while (at && b->p[at - 1] != '/')
        at--;
    buf_cut(b, at ? at : 1);
}

/* RFC 3986 5.2, for a base that is a path. */
static void add_relative(struct buf *ret, struct str base, struct str href) {
    size_t mark = str_find_char(href, '?', 0);
    struct str path = str_first(href, mark), segment;
    buf_add(ret, str_first(base, str_find_char(base, '?', 0)));
    while (path.n && ret->n && ret->p[ret->n - 1] != '/')
        buf_cut(ret, ret->n - 1);
    while (str_cut(&path, '/', &segment)) {
        bool slash = path.p != NULL;
        if (str_is(segment, "..")) {
            cut_segment(ret);
        } else if (segment.n && !str_is(segment, ".")) {
            buf_add(ret, segment);
            buf_add_z(ret, slash ? "/" : "");
        }
    }
    if (mark != SIZE_MAX)
        buf_add(ret, str_from(href, mark));
}

bool place_resolve(struct str base, struct str href, struct buf *ret) {
    href = str_first(href, str_find_char(href, '#', 0));
    if (href.n == 0 || str_starts(href, "//") || has_scheme(href))
        return false;
    if (str_starts(href, "/"))
        buf_add(ret, href);
    else
        add_relative(ret, base, href);
    return !buf_failed(ret);
}

void place_link(struct buf *ret, struct str from_file, struct str to_file) {
    size_t shared = 0, to = 0;
    for (size_t i = 0; i < from_file.n && i < to_file.n && from_file.p[i] == to_file.p[i]; i++)
        if (from_file.p[i] == '/')
            shared = i + 1;
    for (size_t i = shared; i < from_file.n; i++)
        if (from_file.p[i] == '/')
            buf_add_z(ret, "../");
    struct str rest = str_from(to_file, shared), segment;
    while (str_cut(&rest, '/', &segment)) {
        buf_add_z(ret, to++ ? "/" : "");
        escape_url(ret, segment);
    }
}
