// SPDX-License-Identifier: Apache-2.0
/* The life of a request on the slow lane, from the limits to the log. */
#include "web/serve.h"

#include "base/clock.h"
#include "base/log.h"
#include "text/escape.h"
#include "web/count.h"
#include "web/params.h"
#include "web/reader.h"
#include "web/reply.h"
#include "web/request.h"
#include "web/routing.h"
#include "web/watch.h"

#include <stddef.h>
#include <string.h>

enum { REQUEST_MEMORY_MOST = 64 * 1024 * 1024 };

/* --- each step gives 0 (go on) or the status of its answer --- */

/* Until the route is known: what cannot be routed is refused in the language that its address begins with. */
static void guess_language(struct request *req, const struct call *c) {
    req->language = routing_language(req->site, c->in->path);
    req->messages = req->office->messages[req->language];
}

static int check_limits(struct request *req, const struct call *c) {
    guess_language(req, c);
    return c->refused.code ? request_failed(req, &c->refused) : 0;
}

static int go_elsewhere(struct request *req, const struct call *c, struct str path) {
    BUF_LOCAL(b);
    escape_url_path(&b, path);
    for (size_t i = 0; i < c->in->args_n; i++) {
        buf_add_char(&b, i ? '&' : '?');
        buf_add(&b, c->in->args[i].name);
        if (c->in->args[i].value.p) {
            buf_add_char(&b, '=');
            buf_add(&b, c->in->args[i].value);
        }
    }
    return request_redirect(req, incoming_is_get(c->in) ? 301 : 308, buf_str(&b));
}

static int refuse_method(struct request *req, const struct routing *r) {
    request_header(req, "Allow", r->get && r->post ? STR("GET, HEAD, POST") : r->get ? STR("GET, HEAD") : STR("POST"));
    return request_failed(req, &(struct err){.code = -ERR_METHOD});
}

static int find_route(struct request *req, const struct call *c, struct routing *ret) {
    char *room = arena_alloc(req->arena, PATH_MOST), *other = arena_alloc(req->arena, PATH_MOST);
    struct str path;
    if (!room || !other)
        return request_failed(req, &(struct err){.code = -ERR_NO_MEMORY});
    if (!path_decode(c->in->path, room, &path))
        return request_refused(req, ERR_INVALID, "bad_address", "The address is not written as addresses are.");
    routing_find(c->serving->routes, req->site, c->in->method, path, other, ret);
    req->language = ret->language;
    req->messages = req->office->messages[ret->language];
    req->path = arena_str(req->arena, ret->path);
    req->address = arena_str(req->arena, path);
    if (ret->outcome == ROUTING_ELSEWHERE)
        return go_elsewhere(req, c, ret->elsewhere);
    if (ret->outcome == ROUTING_METHOD)
        return refuse_method(req, ret);
    if (ret->outcome == ROUTING_NOT_FOUND)
        return request_failed(req, &(struct err){.code = -ERR_NOT_FOUND});
    req->route = ret->route;
    return 0;
}

static int check_permission(struct request *req, const struct call *c) {
    bool local = address_is_loopback(&c->client) || networks_have(&c->live->metrics_from, &c->client);
    if (req->route->who == WHO_ANYONE || (req->route->who == WHO_LOCAL && local))
        return 0;
    return request_failed(req, &(struct err){.code = -ERR_FORBIDDEN});
}

static int check_forgery(struct request *req, const struct call *c) {
    if (req->route->method == METHOD_GET || !incoming_is_forged(c->in))
        return 0;
    return request_refused(req, ERR_FORBIDDEN, "forged", "The form was sent from a page of another site.");
}

static bool was_caught(const struct routing *r, const char *name) {
    for (size_t i = 0; i < r->caught_n; i++)
        if (strcmp(r->caught[i].name, name) == 0)
            return true;
    return false;
}

/* The address as this page knows it: with its declared parameters, without anything else that came along. */
static struct str own_address(const struct request *req, const struct routing *r) {
    BUF_LOCAL(b);
    char mark = '?';
    escape_url_path(&b, req->address);
    for (size_t i = 0; i < req->params_n; i++) {
        const struct param_value *v = &req->params[i];
        if (was_caught(r, v->name))
            continue;
        buf_printf(&b, "%c%s=", mark, v->name);
        escape_url(&b, v->text);
        mark = '&';
    }
    return arena_buf(req->arena, &b);
}

static int read_parameters(struct request *req, const struct call *c, const struct routing *r) {
    struct incoming *all = arena_alloc(req->arena, sizeof *all);
    struct param_value *params;
    struct err err = {0};
    if (!all)
        return request_failed(req, &(struct err){.code = -ERR_NO_MEMORY});
    all->args_n = c->in->args_n;
    memcpy(all->args, c->in->args, all->args_n * sizeof *all->args);
    if (req->route->open == OPEN_WITH_BODY)
        req->raw = c->form;
    else if (c->form.n && c->in->content_length.p && !incoming_is_form(c->in))
        return request_refused(req, ERR_FORMAT, "only_forms",
                               "Only forms are taken here (application/x-www-form-urlencoded).");
    else
        incoming_query(all, c->form);
    if (all->too_many_args)
        return request_refused(req, ERR_INVALID, "form_values", "The form holds too many values.");
    if (params_collect(req->route->params, r->caught, r->caught_n, all->args, all->args_n, req->arena, &params,
                       &req->params_n, &err) != 0)
        return request_failed(req, &err);
    req->params = params;
    if (req->route->method == METHOD_GET)
        req->address = own_address(req, r);
    return 0;
}

static int run_handler(struct request *req, const struct call *c) {
    struct err err = {0};
    bool reads = req->route->method == METHOD_GET && !req->route->storeless;
    if (reads && c->tx) {
        req->tx = c->tx;
        req->shelf = c->shelf;
    } else if (reads && store_begin_read(req->office->store, &req->tx, &err) != 0) {
        return request_failed(req, &err);
    }
    int status = req->route->handler(req);
    if (req->tx && !c->tx)
        store_end_read(req->tx);
    req->tx = NULL;
    req->shelf = NULL;
    if (req->route->method == METHOD_POST && c->serving->watch)
        watch_look(c->serving->watch); /* before anyone is told that it is done */
    if (arena_failed(req->arena) || buf_failed(&req->body))
        status = request_failed(req, &(struct err){.code = -ERR_NO_MEMORY});
    return status;
}

/* --- the end --- */

void call_note(const struct call *c, enum metric_lane lane, unsigned status, const struct err *error) {
    if (c->quiet)
        return;
    int64_t us = clock_ticks_us() - c->begun_us;
    metrics_answered(c->serving->metrics, lane, status, us);
    bool slow = c->live->slow_us && us >= c->live->slow_us, failed = status >= 500;
    if (!slow && !failed && !c->live->log_all)
        return;
    char address[ADDRESS_TEXT_MOST];
    address_text(&c->client, address);
    LOG(failed ? LOG_ERROR : LOG_INFO,
        failed ? "request_failed"
        : slow ? "request_slow"
               : "request",
        LOG_TEXT("method", c->in->method), LOG_TEXT("path", c->in->path), LOG_NUMBER("status", status),
        LOG_NUMBER("us", us), LOG_TEXT("lane", lane == LANE_FAST ? STR("fast") : STR("slow")),
        LOG_TEXT("error",
                 error && error->code ? str_of(error->text[0] ? error->text : err_name(error->code)) : STR("-")));
}

/* error: of the handler, for the log */
static void call_done(struct call *c, struct sheet *s, const struct err *error) {
    c->sheet = s;
    unsigned status = 503;
    struct answer answer;
    if (s && !c->bare) {
        (void)sheet_answer(s, c->in, false, &answer); /* for the log; its status is there in any case */
        status = answer.status;
    }
    call_note(c, LANE_SLOW, status, error);
    c->done(c);
}

/* --- the page cache --- */

static const unsigned char key_separator = 0x1f;

struct str cache_key(char room[CACHE_KEY_MOST], const struct reader *reader, struct str path) {
    if (path.n + 1 > CACHE_KEY_MOST)
        return STR_NONE;
    room[0] = (char)(reader_form(reader) + 1);
    memcpy(room + 1, path.p, path.n);
    return str_part(room, path.n + 1);
}

/* Of a page that may be cached; the empty string otherwise. */
static struct str key_of(struct buf *ret, const struct request *req, const struct call *c, const struct routing *r) {
    char room[CACHE_KEY_MOST];
    if (!c->serving->cache || req->route->cache == CACHE_NONE || req->route->cache == CACHE_CHECK)
        return STR_NONE;
    ret->limit = CACHE_KEY_MOST;
    buf_add(ret, cache_key(room, &req->reader, request_path_in(req, req->language, req->path)));
    if (ret->n == 0)
        return STR_NONE;
    for (size_t i = 0; i < req->params_n; i++) {
        const struct param_value *v = &req->params[i];
        if (was_caught(r, v->name))
            continue;
        buf_add_char(ret, (char)key_separator);
        buf_add_z(ret, v->name);
        buf_add_char(ret, '=');
        buf_add(ret, v->text);
    }
    return buf_failed(ret) ? STR_NONE : buf_str(ret);
}

int64_t count_view(const struct serving *serving, const struct live *live, const struct incoming *in,
                   const struct address *client, const struct sheet *s) {
    if (s->viewed_id <= 0 || !serving->views)
        return 0;
    return views_add(serving->views, s->viewed_id, visitor_kind(in, client, &live->staff));
}

static int64_t call_count_view(const struct call *c, const struct sheet *s) {
    if (c->counted && s->viewed_id > 0 && c->serving->views)
        return views_get(c->serving->views, s->viewed_id);
    return count_view(c->serving, c->live, c->in, &c->client, s);
}

bool sheet_count_is_old(const struct sheet *s, int64_t count, int64_t now_us) {
    return s->count_n && s->count != count && now_us - s->counted_us >= CLOCK_SECOND_US;
}

/* Makes the form that this client wants, here and not on an epoll thread, and lets the cache know how large it is. */
static void make_form(const struct call *c, struct sheet *s, struct str key) {
    struct answer answer;
    size_t before = atomic_load(&s->bytes);
    if (c->bare)
        return;
    (void)sheet_answer(s, c->in, true, &answer); /* without memory the answer is a few plain words */
    if (key.n && atomic_load(&s->bytes) != before)
        cache_weigh(c->serving->cache, key);
}

/* The live count's piece of a body (count.h), with this count. */
static struct str count_shown(const struct request *req, struct str body, size_t at, size_t n, int64_t count) {
    BUF_LOCAL(text);
    count_write(str_part(body.p + at, n), count, messages_number(req->messages, req->arena, count), &text);
    return arena_buf(req->arena, &text);
}

/* Answers from a cached sheet: with a new count where the old one is a second old. */
static struct sheet *sheet_for(struct call *c, const struct request *req, struct str key, struct sheet *s) {
    int64_t count = call_count_view(c, s);
    bool mine =
        c->recount || (sheet_count_is_old(s, count, clock_ticks_us()) && !atomic_exchange(&s->recounting, true));
    if (!mine || !s->count_n)
        return s;
    struct str text = count_shown(req, sheet_body(s), s->count_at, s->count_n, count);
    struct sheet *now = sheet_recount(s, count, text);
    if (!now) {
        atomic_store(&s->recounting, false);
        return s;
    }
    metrics_count(c->serving->metrics, METRIC_CACHE_RECOUNT);
    make_form(c, now, STR_NONE); /* before others see it */
    cache_replace(c->serving->cache, key, s, now);
    sheet_release(s);
    return now;
}

/* True: answered from the cache, or by whoever renders this page now. Files that stay for ever have no such turns:
 * who comes at the same time reads them twice. */
static bool look_in_cache(struct request *req, struct call *c, struct str key, uint64_t generation,
                          struct flight **ret_flight) {
    struct sheet *sheet = NULL;
    int64_t not_before = clock_ticks_us() - c->serving->cache_us;
    if (c->recount || req->route->cache == CACHE_FOREVER)
        sheet = cache_get(c->serving->cache, key);
    if (!sheet && req->route->cache == CACHE_FOREVER)
        return false;
    enum cache_turn turn =
        sheet ? CACHE_HIT : cache_enter(c->serving->cache, key, generation, not_before, &c->waiter, &sheet, ret_flight);
    if (turn == CACHE_HIT) {
        sheet = sheet_for(c, req, key, sheet);
        make_form(c, sheet, key);
        call_done(c, sheet, NULL);
    }
    return turn != CACHE_RENDER; /* where it waits, c is not ours any more */
}

/* --- the answer --- */

/* The live count as it is with this reading. */
static int64_t count_into_body(struct request *req, const struct call *c, int status) {
    struct sheet probe = {.viewed_id = status == 200 ? req->viewed_id : 0};
    int64_t count = call_count_view(c, &probe);
    if (!probe.viewed_id || !req->count_n)
        return count;
    struct str text = count_shown(req, buf_str(&req->body), req->count_at, req->count_n, count);
    struct buf body = BUF_INIT;
    encode_splice(buf_str(&req->body), req->count_at, req->count_n, text, &body);
    buf_clear(&req->body);
    req->body = body;
    req->count_n = text.n;
    return count;
}

static struct sheet *sheet_of(struct request *req, const struct call *c, int status) {
    int64_t count = count_into_body(req, c, status);
    struct header headers[REPLY_HEADERS_MOST];
    size_t n = reply_headers(req, status, c->serving->secure, headers);
    struct sheet *s = arena_failed(req->arena) ? NULL : sheet_new(req, status, headers, n);
    if (s)
        s->count = count;
    return s;
}

static void give_to_waiters(struct waiter *w, struct sheet *s, struct str key, const struct err *error) {
    while (w) {
        struct call *c = (struct call *)(void *)((char *)w - offsetof(struct call, waiter));
        w = w->next;
        if (s) {
            (void)call_count_view(c, s); /* the number is shown from the next second on */
            make_form(c, s, key);
        }
        metrics_count(c->serving->metrics, METRIC_CACHE_SHARED);
        call_done(c, s ? sheet_keep(s) : NULL, error);
    }
}

/* While the store is away a page that was rendered before is better than none. */
static struct sheet *cached_instead(struct request *req, struct call *c, struct str key) {
    if (req->err.code != -ERR_STORE_AWAY && req->err.code != -ERR_IO)
        return NULL;
    metrics_count(c->serving->metrics, METRIC_STORE_ERROR);
    struct sheet *s = key.n ? cache_get(c->serving->cache, key) : NULL;
    if (!s)
        return NULL;
    metrics_count(c->serving->metrics, METRIC_CACHE_OLD);
    return sheet_for(c, req, key, s);
}

/* key: empty where nothing is to be cached. generation: from before the handler ran. */
static void answer(struct request *req, struct call *c, int status, struct str key, struct flight *flight,
                   uint64_t generation) {
    struct sheet *s = cached_instead(req, c, key), *fresh = s ? NULL : sheet_of(req, c, status);
    if (fresh)
        s = fresh;
    if (s)
        make_form(c, s, fresh ? STR_NONE : key); /* before others see it */
    bool keep = fresh && s->status == 200 && s->file < 0;
    if (key.n && keep && !flight)
        cache_put(c->serving->cache, key, s, generation);
    if (flight) {
        metrics_count(c->serving->metrics, METRIC_CACHE_MISS);
        give_to_waiters(cache_leave(c->serving->cache, flight, keep ? s : NULL), s, keep ? key : STR_NONE, &req->err);
    }
    call_done(c, s, &req->err);
}

/* --- the whole --- */

static struct request *request_begin(const struct call *c) {
    struct arena *a = arena_new(REQUEST_MEMORY_MOST);
    struct request *req = arena_alloc(a, sizeof *req);
    if (!req) {
        arena_free(a);
        return NULL;
    }
    *req = (struct request){.arena = a,
                            .office = c->office,
                            .site = &c->office->site,
                            .messages = c->office->messages[0],
                            .reader = reader_parse(c->in->cookie),
                            .address = STR("/"),
                            .path = STR("/"),
                            .head = str_is(c->in->method, "HEAD"),
                            .bare = c->bare,
                            .metrics = c->serving->metrics,
                            .view = value_object(a),
                            .content_type = "text/html; charset=utf-8",
                            .body = BUF_INIT,
                            .file = -1};
    req->body.limit = REQUEST_MEMORY_MOST;
    return req;
}

static void request_end(struct request *req) {
    buf_clear(&req->body);
    arena_free(req->arena);
}

void web_serve(struct call *c) {
    struct request *req = request_begin(c);
    struct routing route;
    struct flight *flight = NULL;
    BUF_LOCAL(key);
    if (!req) {
        call_done(c, NULL, &(struct err){.code = -ERR_NO_MEMORY});
        return;
    }
    int status = check_limits(req, c);
    if (!status)
        status = find_route(req, c, &route);
    if (!status)
        status = check_permission(req, c);
    if (!status)
        status = check_forgery(req, c);
    if (!status)
        status = read_parameters(req, c, &route);
    struct str name = status ? STR_NONE : key_of(&key, req, c, &route);
    if (name.n && c->serving->watch)
        watch_catch_up(c->serving->watch);
    uint64_t generation = c->serving->cache ? cache_generation(c->serving->cache) : 0;
    /* SIGHUP came: this page is of the office before, and for nobody else. */
    if (c->live != atomic_load(&c->serving->live))
        name = STR_NONE;
    if (name.n && look_in_cache(req, c, name, generation, &flight)) {
        request_end(req);
        return;
    }
    if (!status)
        status = run_handler(req, c);
    answer(req, c, status, name, flight, generation);
    request_end(req);
}
