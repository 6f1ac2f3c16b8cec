// SPDX-License-Identifier: Apache-2.0
/* A request's head and form, as a stranger may write them: first line "METHOD TARGET", headers, an empty line, the
 * form. What comes through is held to what the handlers count on. */
#include "fuzz.h"

#include "text/utf8.h"
#include "web/encode.h"
#include "web/network.h"
#include "web/params.h"
#include "web/reader.h"
#include "web/routing.h"
#include "web/sheet.h"
#include "web/visitor.h"

#include <string.h>

static const struct site site = {.languages = 2, .words = {{.language = "en"}, {.language = "zh-CN"}}};
static const struct incoming_limits limits = {4096, 16384, 65536};

static void check_path(struct str path) {
    FUZZ_CHECK(path.n > 0 && path.p[0] == '/' && utf8_valid(path), "broken promise\n");
    struct str rest = str_from(path, 1), segment;
    while (str_cut(&rest, '/', &segment))
        FUZZ_CHECK(segment.n > 0 && !str_is(segment, ".") && !str_is(segment, ".."), "broken promise\n");
    for (size_t i = 0; i < path.n; i++)
        FUZZ_CHECK((unsigned char)path.p[i] >= ' ' && path.p[i] != '\\' && path.p[i] != 127, "broken promise\n");
}

static void check_params(const struct param *declared, const struct param_value *v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct param *p = param_find(declared, str_of(v[i].name));
        int64_t number = 0;
        FUZZ_CHECK(p && param_check(p, v[i].text, &number), "broken promise\n");
        FUZZ_CHECK(p->kind != PARAM_INT || number == v[i].number, "broken promise\n");
        FUZZ_CHECK(p->kind != PARAM_PATH || (v[i].text.p[0] == '/' && !str_starts(v[i].text, "//")),
                   "broken promise\n");
        for (size_t k = 0; k < i; k++)
            FUZZ_CHECK(strcmp(v[k].name, v[i].name) != 0, "broken promise\n");
    }
}

static void check_route(struct incoming *in, struct str path) {
    static char room[PATH_MOST];
    struct routing r;
    struct param_value *values;
    size_t n;
    routing_find(routes, &site, in->method, path, room, &r);
    FUZZ_CHECK(r.language < site.languages, "broken promise\n");
    if (r.outcome == ROUTING_ELSEWHERE) {
        struct routing there;
        static char other[PATH_MOST], copy[PATH_MOST];
        memcpy(copy, r.elsewhere.p, r.elsewhere.n);
        check_path(r.elsewhere);
        routing_find(routes, &site, in->method, str_part(copy, r.elsewhere.n), other, &there);
        FUZZ_CHECK(there.outcome == ROUTING_FOUND, "broken promise\n"); /* and not in a circle */
    }
    if (r.outcome != ROUTING_FOUND)
        return;
    ARENA_LOCAL(a, 0);
    struct err err = {0};
    int failed = params_collect(r.route->params, r.caught, r.caught_n, in->args, in->args_n, a, &values, &n, &err);
    FUZZ_CHECK(failed == 0 || (failed == err.code && err.text[0]), "broken promise\n");
    if (failed == 0)
        check_params(r.route->params, values, n);
}

static void take_headers(struct incoming *in, struct str *rest) {
    struct str line;
    while (str_cut(rest, '\n', &line) && line.n) {
        size_t colon = str_find_char(line, ':', 0);
        if (colon != SIZE_MAX)
            incoming_header(in, str_first(line, colon), str_trim(str_from(line, colon + 1)));
    }
}

static void check_headers(const struct incoming *in) {
    struct reader reader = reader_parse(in->cookie), again;
    struct address peer = {.kind = ADDRESS_LOCAL};
    struct networks proxies = {0};
    BUF_LOCAL(cookie);
    FUZZ_CHECK(reader_form(&reader) < READER_FORMS, "broken promise\n");
    buf_add_z(&cookie, "reader=");
    reader_add(&cookie, &reader);
    again = reader_parse(buf_str(&cookie));
    FUZZ_CHECK(reader_form(&again) == reader_form(&reader), "broken promise\n");
    FUZZ_CHECK(encoding_negotiate(in->accept_encoding) < ENCODINGS, "broken promise\n");
    struct address client = client_address(&peer, in->forwarded_for, &proxies);
    FUZZ_CHECK(visitor_kind(in, &client, &proxies) < VIEW_KINDS, "broken promise\n");
    (void)etag_matches(in->if_none_match, STR("\"x\"")); /* either */
    (void)incoming_is_forged(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static char room[PATH_MOST];
    struct str rest = str_part((const char *)data, n), line = STR_NONE, path;
    struct incoming in = {0};
    (void)str_cut(&rest, '\n', &line); /* nothing: an empty line */
    size_t space = str_find_char(line, ' ', 0);
    struct str target = space == SIZE_MAX ? STR("/") : str_from(line, space + 1);
    size_t mark = str_find_char(target, '?', 0);
    in.method = str_first(line, space);
    in.path = str_first(target, mark);
    incoming_query(&in, mark == SIZE_MAX ? STR_NONE : str_from(target, mark + 1));
    take_headers(&in, &rest);
    incoming_query(&in, rest);
    struct err err = {0};
    int failed = incoming_check(&in, &limits, target.n, n, &err);
    FUZZ_CHECK(failed == err.code, "broken promise\n");
    check_headers(&in);
    if (!path_decode(in.path, room, &path))
        return 0;
    check_path(path);
    check_route(&in, path);
    return 0;
}
