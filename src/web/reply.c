// SPDX-License-Identifier: Apache-2.0
/* One list of headers for one answer. */
#include "web/reply.h"

#include "web/encode.h"
#include "web/headers.h"

struct reply {
    struct header *header;
    size_t n;
};

static void reply_add(struct reply *r, const char *name, struct str value) {
    if (value.n && r->n < REPLY_HEADERS_MOST)
        r->header[r->n++] = (struct header){name, value};
}

static bool is_html(const struct request *req) {
    return str_starts(str_of(req->content_type), "text/html");
}

static bool is_open(const struct request *req) {
    return req->route && req->route->open;
}

/* Pages are kept by browsers but asked for at each reading, so that it is counted and the count is fresh. */
static struct str cache_control(const struct request *req, int status) {
    enum route_cache rule = req->route ? req->route->cache : CACHE_PAGE;
    if (rule == CACHE_NONE || status >= 500)
        return STR("no-store");
    if (is_open(req) && status >= 400) /* what is not there yet may come: nothing is said about keeping it */
        return STR_NONE;
    if (rule == CACHE_FOREVER && status == 200)
        return STR("public, max-age=31536000, immutable");
    return STR("no-cache");
}

static struct str vary(const struct request *req, int status) {
    enum route_cache rule = req->route ? req->route->cache : CACHE_PAGE;
    if (is_open(req) && status >= 400)
        return STR_NONE;
    if ((rule == CACHE_PAGE || rule == CACHE_CHECK) && is_html(req))
        return STR("Accept-Encoding, Cookie");
    return rule != CACHE_NONE && encoding_suits(req->content_type) ? STR("Accept-Encoding") : STR_NONE;
}

size_t reply_headers(struct request *req, int status, bool secure, struct header ret[REPLY_HEADERS_MOST]) {
    struct reply r = {ret, 0};
    unsigned kind = is_open(req) ? HEADER_OPEN : req->file >= 0 ? HEADER_MEDIA : HEADER_PAGES;
    unsigned where = kind | (secure ? HEADER_SECURE : 0);
    if (status < 300 || status >= 400)
        reply_add(&r, "Content-Type", str_of(req->content_type));
    if (is_html(req) && req->site && req->site->languages > req->language)
        reply_add(&r, "Content-Language", str_of(req->site->words[req->language].language));
    reply_add(&r, "Cache-Control", cache_control(req, status));
    reply_add(&r, "Vary", vary(req, status));
    reply_add(&r, "Location", req->location);
    reply_add(&r, "Set-Cookie", req->set_cookie);
    if (status == 503)
        reply_add(&r, "Retry-After", STR("5"));
    for (size_t i = 0; i < req->header_n; i++)
        reply_add(&r, req->header[i].name, req->header[i].value);
    for (const struct fixed_header *h = fixed_headers; h->name; h++)
        if (h->where & where)
            reply_add(&r, h->name, str_of(h->value));
    return r.n;
}
