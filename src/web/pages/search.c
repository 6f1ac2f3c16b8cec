// SPDX-License-Identifier: Apache-2.0
/* The search page: a form that is an address, so that a search can be kept and sent to somebody. */
#include "press/search.h"

#include "base/clock.h"
#include "text/datetime.h"
#include "text/escape.h"
#include "text/html.h"
#include "text/snippet.h"
#include "text/utf8.h"
#include "web/page.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"

enum { HITS_PAGE = 20, SNIPPET_MOST = 180, SNIPPET_MOST_UNSPACED = 90, UNSPACED_SAMPLE = 200 };

struct asked {
    struct request *req;
    struct str words, column, from, until;
    int64_t page; /* from 1 */
    struct search_query query;
    const struct column *columns;
    size_t columns_n;
};

static int64_t day_us(const struct request *req, struct str day) {
    int64_t us;
    return day.n && datetime_parse(day, req->site->zone, &us) ? us : 0;
}

static void add_arg(struct buf *b, const char *name, struct str value) {
    if (value.n == 0)
        return;
    buf_add_char(b, str_find_char(buf_str(b), '?', 0) == SIZE_MAX ? '?' : '&');
    buf_add_z(b, name);
    buf_add_char(b, '=');
    escape_url(b, value);
}

/* The address of another page of the same search, or of the same words without filters. */
static struct str address_of(const struct asked *s, bool filters, int64_t page) {
    BUF_LOCAL(b);
    buf_add(&b, page_path(s->req, STR("/search")));
    add_arg(&b, "q", s->words);
    if (filters) {
        add_arg(&b, "column", s->column);
        add_arg(&b, "from", s->from);
        add_arg(&b, "until", s->until);
    }
    if (page > 1)
        buf_printf(&b, "&page=%lld", (long long)page);
    return arena_buf(s->req->arena, &b);
}

static void show_form(const struct asked *s) {
    struct value *v = s->req->view, *list = value_set_list(v, "search_columns");
    for (size_t i = 0; i < s->columns_n; i++) {
        struct value *one = card_add_column(s->req, list, &s->columns[i]);
        value_set_bool(one, "chosen", str_eq(s->columns[i].slug, s->column));
    }
    value_set_text(v, "q", s->words);
    value_set_text(v, "from", s->from);
    value_set_text(v, "until", s->until);
    value_set_bool(v, "asking", true); /* this page has the form itself: none in its head */
    value_set_bool(v, "noindex", true);
}

/* A character of a script without spaces takes the room of two, and says as much as a short word. */
static size_t snippet_most(struct str text) {
    struct str sample = utf8_first(text, UNSPACED_SAMPLE);
    size_t all = 0, unspaced = 0;
    for (; sample.n; all++)
        unspaced += utf8_is_unspaced(utf8_next(&sample));
    return unspaced * 2 > all ? SNIPPET_MOST_UNSPACED : SNIPPET_MOST;
}

static void show_hit(const struct asked *s, struct value *hits, const struct article *a) {
    BUF_LOCAL(plain);
    BUF_LOCAL(snippet);
    html_text(a->text.body_html, &plain);
    snippet_add(&snippet, buf_str(&plain), &s->query, snippet_most(buf_str(&plain)));
    struct value *hit = card_add(s->req, hits, a);
    const struct column *c = column_of(s->columns, s->columns_n, a->column_id);
    value_set_text(hit, "snippet", arena_buf(s->req->arena, &snippet));
    value_set_text(hit, "column_name", c ? c->name : a->column_slug);
    value_set_text(hit, "column_href", c ? page_path(s->req, column_path(s->req, c)) : STR("/"));
}

static struct str result_words(const struct asked *s, const struct search_hits *found) {
    const struct message_arg args[] = {{.name = "words", .text = s->words}, {.name = "count", .number = found->count}};
    const char *key = found->more_than_count ? "search.found_many" : found->count ? "search.found" : "search.none";
    return messages_format(s->req->messages, s->req->arena, key, args, 2);
}

static void show_hits(const struct asked *s, const struct search_hits *found, int64_t skip) {
    struct value *v = s->req->view, *hits = value_set_list(v, "hits");
    for (size_t i = 0; i < found->list.n; i++)
        show_hit(s, hits, &found->list.item[i]);
    bool more = found->list.more && s->page < 50;
    value_set_bool(v, "asked", true);
    value_set_text(v, "result", result_words(s, found));
    value_set_bool(v, "has_hits", found->list.n > 0);
    value_set_int(v, "start", skip + 1);
    value_set_bool(v, "filtered", s->column.n || s->from.n || s->until.n);
    value_set_text(v, "unfiltered", address_of(s, false, 1));
    value_set_bool(v, "has_pages", s->page > 1 || more);
    value_set_text(v, "previous", s->page > 1 ? address_of(s, true, s->page - 1) : STR(""));
    value_set_text(v, "next", more ? address_of(s, true, s->page + 1) : STR(""));
}

/* What was published and cannot be found yet; after an import of many there may be a million. */
static void show_waiting(const struct asked *s, int64_t n) {
    bool many = n > SEARCH_COUNT_MOST;
    const struct message_arg count = {.name = "count", .number = many ? SEARCH_COUNT_MOST : n};
    if (n)
        value_set_text(s->req->view, "not_yet",
                       messages_format(s->req->messages, s->req->arena, many ? "search.waiting_many" : "search.waiting",
                                       &count, 1));
}

static int run(const struct asked *s, struct search_hits *ret, int64_t *ret_skip, struct err *e) {
    struct search_where where = {.query = &s->query, .language = page_language(s->req), .most = HITS_PAGE};
    *ret_skip = (s->page - 1) * HITS_PAGE;
    where.skip = (size_t)*ret_skip;
    where.from_us = day_us(s->req, s->from);
    where.until_us = day_us(s->req, s->until);
    if (where.until_us)
        where.until_us += CLOCK_DAY_US; /* that day too */
    for (size_t i = 0; i < s->columns_n; i++)
        if (str_eq(s->columns[i].slug, s->column))
            where.column_id = s->columns[i].id;
    return search_run(s->req->tx, s->req->arena, &where, ret, e);
}

int search_page(struct request *req) {
    struct asked s = {.req = req,
                      .words = str_trim(request_text(req, "q")),
                      .column = request_text(req, "column"),
                      .from = request_text(req, "from"),
                      .until = request_text(req, "until"),
                      .page = request_int(req, "page", 1)};
    struct search_hits found;
    int64_t skip;
    struct err e;
    if (s.page < 1)
        s.page = 1;
    search_query_parse(req->arena, s.words, &s.query);
    if (page_columns(req, &s.columns, &s.columns_n, &e))
        return request_failed(req, &e);
    page_set_title(req, messages_get(req->messages, "search.title"));
    show_form(&s);
    if (s.query.n && run(&s, &found, &skip, &e))
        return request_failed(req, &e);
    if (s.query.n && s.page > 1 && !found.list.n) /* a kept address whose page is not there any more */
        return request_redirect(req, 303, address_of(&s, true, 1));
    if (s.query.n) {
        show_hits(&s, &found, skip);
        show_waiting(&s, found.waiting);
    }
    return request_page(req, 200, "search");
}
