// SPDX-License-Identifier: Apache-2.0
/* web_serve() without a socket. */
#include "web/loopback.h"

#include "base/clock.h"
#include "web/serve.h"
#include "web/server.h"

#include <microhttpd.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static void call_ended(struct call *c) {
    (void)c; /* the caller looks at it */
}

static void take_headers(struct incoming *in, const char *headers) {
    struct str rest = str_of(headers), line;
    while (str_cut(&rest, '\n', &line)) {
        size_t colon = str_find_char(line, ':', 0);
        if (colon != SIZE_MAX)
            incoming_header(in, str_first(line, colon), str_trim(str_from(line, colon + 1)));
    }
}

static void take_answer(const struct sheet *s, struct arena *a, struct loopback_answer *ret) {
    BUF_LOCAL(all);
    for (size_t i = 0; i < s->header_n; i++) {
        const struct header *h = &s->headers[i];
        buf_printf(&all, "%s: %.*s\n", h->name, STR_FMT(h->value));
        struct str *field = strcmp(h->name, "Content-Type") == 0    ? &ret->content_type
                            : strcmp(h->name, "Location") == 0      ? &ret->location
                            : strcmp(h->name, "Set-Cookie") == 0    ? &ret->set_cookie
                            : strcmp(h->name, "Cache-Control") == 0 ? &ret->cache_control
                                                                    : NULL;
        if (field)
            *field = arena_str(a, h->value);
    }
    ret->headers = arena_buf(a, &all);
    ret->viewed_id = s->viewed_id;
    if (s->file >= 0) {
        char *bytes = arena_alloc(a, s->file_n);
        ssize_t n = bytes ? pread(s->file, bytes, s->file_n, 0) : 0;
        ret->body = str_part(bytes, n > 0 ? (size_t)n : 0);
    } else {
        ret->body = arena_str(a, sheet_body(s));
        ret->count = s->count_n ? str_part(ret->body.p + s->count_at, s->count_n) : STR_NONE;
    }
}

int serve_loopback(const struct route *table, struct office *office, struct arena *a, const char *method,
                   const char *target, const char *headers, struct str body, struct loopback_answer *ret) {
    struct server_settings limits;
    server_settings_init(&limits);
    struct live live = {.office = office};
    struct serving serving = {.routes = table ? table : routes,
                              .views = office->views,
                              .live = &live,
                              .limits = {limits.uri_most, limits.head_most, limits.form_most}};
    struct incoming *in = arena_alloc(a, sizeof *in);
    if (!in)
        BUG("no memory for a test's request");
    struct str address = str_of(target);
    size_t mark = str_find_char(address, '?', 0);
    in->method = str_of(method);
    in->path = str_first(address, mark);
    incoming_query(in, mark == SIZE_MAX ? STR_NONE : str_from(address, mark + 1));
    take_headers(in, headers);
    struct call c = {.serving = &serving,
                     .live = &live,
                     .in = in,
                     .form = body,
                     .office = office,
                     .client = {.kind = ADDRESS_IP4, .bytes = {127, 0, 0, 1}},
                     .begun_us = clock_ticks_us(),
                     .quiet = true,
                     .done = call_ended};
    (void)incoming_check(in, &serving.limits, address.n, 0, &c.refused); /* web_serve() gives the page */
    web_serve(&c);
    *ret = (struct loopback_answer){.status = c.sheet ? c.sheet->status : 503};
    if (c.sheet)
        take_answer(c.sheet, a, ret);
    sheet_release(c.sheet);
    return ret->status;
}
