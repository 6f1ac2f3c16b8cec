// SPDX-License-Identifier: Apache-2.0
/* The newest articles of the site or of one column, for news readers. */
#include "press/article.h"

#include "text/datetime.h"
#include "web/assets.h"
#include "web/feed.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"

enum { FEED_MOST = 30 };

/* A tag URI (RFC 4151): an article that moves to another column is not a new one to those who follow. */
static struct str item_id(const struct request *req, const struct article *a) {
    BUF_LOCAL(id);
    BUF_LOCAL(year);
    struct str origin = req->site->origin, host = str_from(origin, str_find(origin, STR("://"), 0) + 3);
    buf_add_z(&id, "tag:");
    for (size_t i = 0; i < host.n; i++) /* no port and no brackets in a tag */
        buf_add_char(&id, host.p[i] == ':' || host.p[i] == '[' || host.p[i] == ']' ? '-' : host.p[i]);
    datetime_add_utc(&year, a->created_us);
    buf_printf(&id, ",%.4s:%s/%lld", year.p, a->text.language, (long long)a->id);
    return arena_buf(req->arena, &id);
}

static void take_item(const struct request *req, const struct article *a, const struct column *all, size_t n,
                      struct feed_item *ret) {
    const struct column *c = column_of(all, n, a->column_id);
    *ret = (struct feed_item){
        .id = item_id(req, a),
        .url = page_url(req, req->language, article_path(req, a)),
        .title = a->text.title,
        .summary = a->text.summary,
        .source = a->text.source,
        .author = a->text.author,
        .keywords = a->text.keywords,
        .section = c ? c->name : STR(""),
        .picture = a->picture.n ? page_whole_url(req, a->picture) : STR(""),
        .published_us = a->published_us,
        .changed_us = article_modified_us(a),
    };
}

/* Of the whole site, or of the column in the address. */
static int read_feed(struct request *req, struct feed *ret, struct err *e) {
    const struct site_words *w = &req->site->words[req->language];
    struct column *all, c = {0};
    size_t n;
    struct article_list list;
    bool whole = !req->route->params->name; /* the site's own feeds have no parameter */
    struct str slug = whole ? STR_NONE : request_text(req, "column");
    int failed = column_list(req->tx, req->arena, w->language, &all, &n, e);
    if (!failed && slug.n)
        failed = column_find(req->tx, req->arena, slug, w->language, &c, e);
    struct article_where where = {.language = w->language, .column_id = c.id, .most = FEED_MOST};
    if (!failed)
        failed = article_list(req->tx, req->arena, &where, &list, e);
    if (failed)
        return failed;
    const struct message_arg args[] = {{.name = "site", .text = w->name}, {.name = "column", .text = c.name}};
    ret->title = messages_format(req->messages, req->arena, c.id ? "feed.title" : "feed.latest", args, 2);
    ret->description = c.id ? c.description : w->tagline;
    ret->publisher = w->name;
    ret->home = page_url(req, req->language, c.id ? column_path(req, &c) : STR("/"));
    ret->self = page_url(req, req->language, req->path);
    ret->icon = page_whole_url(req, assets_address(req->office->assets, "icon-512.png"));
    ret->language = w->language;
    ret->zone = req->site->zone;
    ret->item = arena_array(req->arena, list.n + 1, sizeof *ret->item);
    for (; ret->item && ret->n < list.n; ret->n++)
        take_item(req, &list.item[ret->n], all, n, &ret->item[ret->n]);
    return 0;
}

static int serve(struct request *req, const char *content_type,
                 int (*add)(struct buf *, const struct feed *, struct err *)) {
    struct feed f = {0};
    struct err e;
    BUF_LOCAL(text);
    if (read_feed(req, &f, &e) || add(&text, &f, &e))
        return request_failed(req, &e);
    return request_bytes(req, content_type, buf_str(&text));
}

int feed_atom(struct request *req) {
    return serve(req, "application/atom+xml; charset=utf-8", feed_add_atom);
}

int feed_rss(struct request *req) {
    return serve(req, "application/rss+xml; charset=utf-8", feed_add_rss);
}

int feed_json(struct request *req) {
    return serve(req, "application/feed+json; charset=utf-8", feed_add_json);
}
