// SPDX-License-Identifier: Apache-2.0
/* Starts, renews and stops the whole: sockets, libmicrohttpd's daemons, worker threads, the watch and the sweeper. */
#include "web/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "web/listen.h"
#include "web/server/door.h"
#include "web/server/mhd.h"
#include "web/tls.h"
#include "web/watch.h"

#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* libmicrohttpd keeps a request's head, what it makes of it, and the answer's head in one block a connection, and wipes
 * all of that block after each request: it is as large as the largest head that is taken, and what the answer needs.
 * With less, it closes the connection upon a head that is nearly too large; with this much, one a third too large is
 * still answered by us and not by the library. */
enum { CONNECTION_MEMORY = 16 * 1024, DRAIN_STEP_MS = 10, DAEMONS_MOST = 256 };
enum { CROWD_EVERY_US = 60 * CLOCK_SECOND_US };

struct server {
    struct carrier carrier;
    struct live *lives; /* all that there were, the present one first */
    unsigned listeners;
    struct listening listening[LISTEN_MOST];
    struct door *door; /* NULL: over TLS libmicrohttpd listens itself */
    unsigned daemons;
    struct MHD_Daemon *daemon[DAEMONS_MOST]; /* one a listener, or one a thread of the door */
    unsigned drain_seconds;
    pthread_t sweeper;
    bool sweeping;
    atomic_bool stopping;
};

void server_settings_init(struct server_settings *s) {
    *s = (struct server_settings){
        .queue_most = 512,
        .connections_most = 16384,
        .connections_per_address = 256,
        .idle_seconds = 30,
        .head_seconds = 20,
        .body_seconds = 60,
        .drain_seconds = 30,
        .uri_most = 4096,
        .head_most = 8 * 1024,
        .form_most = 64 * 1024,
        .cache_most = 64 * 1024 * 1024,
        .cache_seconds = 60,
        .watch_ms = 200,
        .slow_ms = 1000,
    };
}

/* --- what a reload renews --- */

static void live_free(struct live *l) {
    sheet_release(l->busy);
    buf_clear(&l->full);
    buf_clear(&l->many);
    office_release(l->office);
    free(l);
}

static void busy_done(struct call *c) {
    (void)c; /* its sheet is taken by live_new() */
}

/* The pages for when there is too much to do, made beforehand: then there is no time to render. */
static struct sheet *refusal_page(const struct serving *serving, const struct live *live, const struct err *why) {
    struct incoming in = {.method = STR("GET"), .path = STR("/")};
    struct serving plain = {.routes = serving->routes, .secure = serving->secure};
    struct call c = {.serving = &plain,
                     .live = live,
                     .in = &in,
                     .office = live->office,
                     .quiet = true,
                     .done = busy_done,
                     .refused = *why};
    web_serve(&c);
    return c.sheet;
}

/* As a whole answer, for connections that may not stay (carrier_refuse()). */
static void add_answer(struct buf *ret, const struct serving *serving, const struct live *live, enum err_code code,
                       const char *status) {
    struct sheet *page = refusal_page(serving, live, &(struct err){.code = -(int)code});
    if (!page)
        return;
    struct str body = sheet_body(page);
    buf_printf(ret,
               "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\nRetry-After: 5\r\n"
               "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
               status, body.n);
    buf_add(ret, body);
    sheet_release(page);
    if (buf_failed(ret))
        buf_reset(ret);
}

static int live_new(const struct server_settings *s, const struct serving *serving, struct office *office,
                    struct live **ret, struct err *reterr) {
    struct live *l = calloc(1, sizeof *l);
    if (!l)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int failed = networks_parse(str_of(s->staff), &l->staff, reterr);
    if (!failed)
        failed = networks_parse(str_of(s->proxies), &l->proxies, reterr);
    if (!failed)
        failed = networks_parse(str_of(s->metrics_from), &l->metrics_from, reterr);
    if (failed) {
        free(l);
        return failed;
    }
    l->office = office_keep(office);
    l->slow_us = (int64_t)s->slow_ms * 1000;
    l->log_all = s->log_all;
    l->full = BUF_INIT;
    l->many = BUF_INIT;
    l->busy = refusal_page(
        serving, l,
        &(struct err){.code = -ERR_NO_MEMORY, .text = "Too many requests wait already; nothing was stored."});
    add_answer(&l->full, serving, l, ERR_NO_MEMORY, "503 Service Unavailable");
    add_answer(&l->many, serving, l, ERR_TOO_MANY, "429 Too Many Requests");
    *ret = l;
    return 0;
}

static void live_put(struct server *srv, struct live *now) {
    struct carrier *c = &srv->carrier;
    pthread_mutex_lock(&c->live_lock);
    struct live *before = srv->lives;
    now->older = before;
    srv->lives = now;
    atomic_store(&c->serving.live, now);
    struct office *office = before ? before->office : NULL;
    if (before)
        before->office = NULL;
    pthread_mutex_unlock(&c->live_lock);
    office_release(office); /* requests under way keep it themselves */
}

/* --- threads of ours --- */

struct crowd { /* what was logged of it */
    uint64_t refused, full, displaced;
    int64_t logged_us;
};

/* At most a line a minute, whatever comes. */
static void log_crowd(struct server *srv, struct crowd *logged) {
    const struct metrics *m = srv->carrier.serving.metrics;
    struct crowd now = {metrics_sum(m, METRIC_CONNECTION_REFUSED), metrics_sum(m, METRIC_CONNECTION_FULL),
                        metrics_sum(m, METRIC_CONNECTION_DISPLACED), clock_ticks_us()};
    bool same = now.refused == logged->refused && now.full == logged->full && now.displaced == logged->displaced;
    if (same || (logged->logged_us && now.logged_us - logged->logged_us < CROWD_EVERY_US))
        return;
    unsigned open;
    peers_figures(srv->carrier.peers, &open);
    LOG(LOG_WARN, "connections_crowded", LOG_NUMBER("open", open),
        LOG_NUMBER("closed_for_newer", (int64_t)(now.displaced - logged->displaced)),
        LOG_NUMBER("refused_full", (int64_t)(now.full - logged->full)),
        LOG_NUMBER("refused_of_one_address", (int64_t)(now.refused - logged->refused)),
        LOG_TEXT("do", STR("raise [serve] connections or connections_per_address, if these are readers")));
    *logged = now;
}

static void *sweep(void *arg) {
    struct server *srv = arg;
    struct crowd logged = {0};
    for (unsigned step = 0; !atomic_load(&srv->stopping); step++) {
        (void)nanosleep(&(struct timespec){0, 100000000}, NULL); /* shorter is fine */
        if (step % 10)
            continue;
        for (unsigned n = peers_sweep(srv->carrier.peers); n; n--)
            metrics_count(srv->carrier.serving.metrics, METRIC_CONNECTION_SLOW);
        log_crowd(srv, &logged);
    }
    return NULL;
}

static void content_was_changed(void *arg) {
    struct server *srv = arg;
    cache_clear(srv->carrier.serving.cache);
}

void server_content_changed(struct server *srv) {
    content_was_changed(srv);
}

static void gauges(void *arg, struct buf *ret) {
    static const char *const kinds[VIEW_KINDS] = {"person", "robot", "prefetch", "head", "staff"};
    struct server *srv = arg;
    struct cache_figures cache;
    unsigned waiting, busy, open;
    cache_figures(srv->carrier.serving.cache, &cache);
    lane_figures(srv->carrier.lane, &waiting, &busy);
    peers_figures(srv->carrier.peers, &open);
    metrics_add(ret, "daylight_connections", "gauge", "Connections that are open.", open);
    metrics_add(ret, "daylight_queue_length", "gauge", "Requests that wait for a worker.", waiting);
    metrics_add(ret, "daylight_workers_busy", "gauge", "Workers that serve a request.", busy);
    metrics_add(ret, "daylight_cache_bytes", "gauge", "Bytes in the page cache.", (int64_t)cache.bytes);
    metrics_add(ret, "daylight_cache_entries", "gauge", "Pages in the page cache.", (int64_t)cache.entries);
    metrics_add(ret, "daylight_cache_evicted_total", "counter", "Pages that made room.", (int64_t)cache.evicted);
    metrics_add(ret, "daylight_cache_cleared_total", "counter", "Times the content changed.", (int64_t)cache.cleared);
    metrics_add(ret, "daylight_store_up", "gauge", "1: the store answered when it was last asked.",
                watch_store_answers(srv->carrier.serving.watch));
    if (!srv->carrier.serving.views)
        return;
    int64_t views[VIEW_KINDS];
    views_totals(srv->carrier.serving.views, views);
    buf_add_z(ret, "# HELP daylight_views_total Readings of articles, by whose they were.\n"
                   "# TYPE daylight_views_total counter\n");
    for (int i = 0; i < VIEW_KINDS; i++)
        buf_printf(ret, "daylight_views_total{kind=\"%s\"} %lld\n", kinds[i], (long long)views[i]);
}

/* --- libmicrohttpd --- */

static int tls_retrieve(gnutls_session_t session, const gnutls_datum_t *cas, int cas_n,
                        const gnutls_pk_algorithm_t *algorithms, int algorithms_n, gnutls_pcert_st **ret_certificates,
                        unsigned *ret_n, gnutls_privkey_t *ret_key) {
    (void)cas, (void)cas_n, (void)algorithms, (void)algorithms_n;
    struct MHD_Connection *connection = gnutls_session_get_ptr(session); /* libmicrohttpd put it there */
    const struct peer *peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (!peer)
        return -1; /* no memory; the handshake fails */
    const struct carrier *c = peer->owner;
    tls_current(c->tls, ret_certificates, ret_n, ret_key);
    return 0;
}

/* A harmless race in MHD_quiesce_daemon(): a thread may have taken the listening socket out itself. */
static void panic(void *cls, const char *file, unsigned line, const char *reason) {
    (void)cls;
    struct str why = str_of(reason);
    LOG(LOG_ERROR, "http_panic", LOG_TEXT("file", str_of(file)), LOG_NUMBER("line", line), LOG_TEXT("reason", why));
    if (str_find(why, STR("listen FD"), 0) == SIZE_MAX)
        BUG("libmicrohttpd cannot go on; its reason is in the log before this");
}

static unsigned threads_of(const struct server_settings *s) {
    unsigned n = s->threads ? s->threads : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    return n < DAEMONS_MOST ? n : DAEMONS_MOST;
}

/* fd: what it listens on, with as many threads as there are to be; -1: nothing, and one thread. */
static struct MHD_Daemon *daemon_start(struct carrier *c, const struct server_settings *s, int fd) {
    static const char ciphers[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";
    unsigned threads = fd < 0 ? 1 : threads_of(s);
    /* Its own limit, which each of its threads has a share of, is never met: ours is for all of them (peers.h). */
    unsigned most = (s->connections_most + 2 * PEERS_SPARE) * threads;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)tls_retrieve},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)ciphers},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem listen[] = {{MHD_OPTION_LISTEN_SOCKET, fd, NULL}, {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem pool[] = {{MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL}, {MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(flags | (c->tls ? MHD_USE_TLS : 0) | (fd < 0 ? MHD_USE_NO_LISTEN_SOCKET : 0), 0, mhd_admit,
                            c, mhd_request, c, MHD_OPTION_EXTERNAL_LOGGER, mhd_log, c,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->head_most + CONNECTION_MEMORY,
                            MHD_OPTION_CONNECTION_LIMIT, most, MHD_OPTION_CONNECTION_TIMEOUT, s->idle_seconds,
                            MHD_OPTION_NOTIFY_COMPLETED, mhd_completed, c, MHD_OPTION_NOTIFY_CONNECTION, mhd_connection,
                            c, MHD_OPTION_UNESCAPE_CALLBACK, mhd_unescape, c, MHD_OPTION_URI_LOG_CALLBACK, mhd_address,
                            c, MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_ARRAY, c->tls ? tls : none, MHD_OPTION_ARRAY,
                            fd < 0 ? none : listen, MHD_OPTION_ARRAY, threads > 1 ? pool : none, MHD_OPTION_END);
}

/* --- start --- */

static int check_settings(const struct server_settings *s, struct err *reterr) {
    if (!s->tls_certificate != !s->tls_key)
        return err_set(reterr, ERR_INVALID, "TLS needs both a certificate and its key");
    if (s->uri_most > s->head_most)
        return err_set(reterr, ERR_INVALID, "an address is part of its request's head: its limit may not be greater");
    if (s->queue_most == 0 || s->watch_ms == 0)
        return err_set(reterr, ERR_INVALID, "the queue's length and the watch's interval must not be 0");
    return 0;
}

static int open_sockets(struct server *srv, const char *const *listen, struct err *reterr) {
    static const char *const standard[] = {"127.0.0.1:8080", NULL};
    if (!listen)
        srv->listeners = listen_inherited(srv->listening, LISTEN_MOST);
    if (srv->listeners)
        return 0;
    int failed = 0;
    for (const char *const *words = listen ? listen : standard; *words && !failed; words++) {
        if (srv->listeners == LISTEN_MOST)
            return err_set(reterr, ERR_INVALID, "the server listens on at most %d addresses", LISTEN_MOST);
        failed = listen_open(*words, &srv->listening[srv->listeners], reterr);
        srv->listeners += !failed;
    }
    return failed;
}

static int make_parts(struct server *srv, const struct server_settings *s, struct office *office, struct err *reterr) {
    struct carrier *c = &srv->carrier;
    struct networks proxies = {0};
    unsigned cores = (unsigned)sysconf(_SC_NPROCESSORS_ONLN), workers = cores * 2 < 4 ? 4 : cores * 2;
    int failed = networks_parse(str_of(s->proxies), &proxies, reterr);
    if (failed)
        return failed;
    c->serving.routes = s->routes ? s->routes : routes;
    c->serving.views = office->views;
    c->serving.limits = (struct incoming_limits){s->uri_most, s->head_most, s->form_most};
    c->serving.cache_us = (int64_t)s->cache_seconds * CLOCK_SECOND_US;
    c->serving.secure = s->tls_certificate != NULL;
    c->idle_us = (int64_t)s->idle_seconds * CLOCK_SECOND_US;
    c->head_us = (int64_t)s->head_seconds * CLOCK_SECOND_US;
    c->body_us = (int64_t)s->body_seconds * CLOCK_SECOND_US;
    c->serving.cache = cache_new(s->cache_most);
    c->serving.metrics = metrics_new();
    c->peers = peers_new(s->connections_most, s->connections_per_address, &proxies);
    if (!c->serving.cache || !c->serving.metrics || !c->peers)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    c->serving.metrics->gauges = gauges;
    c->serving.metrics->gauges_arg = srv;
    if (s->tls_certificate)
        failed = tls_new(s->tls_certificate, s->tls_key, &c->tls, reterr);
    if (!failed)
        failed = open_sockets(srv, s->listen, reterr);
    if (!failed)
        failed = watch_start(office->store, office->views, office->bell, s->watch_ms, content_was_changed, srv,
                             &c->serving.watch, reterr);
    return failed ? failed : lane_start(s->workers ? s->workers : workers, s->queue_most, &c->lane, reterr);
}

static int start_threads(struct server *srv, const struct server_settings *s, struct err *reterr) {
    srv->sweeping = pthread_create(&srv->sweeper, NULL, sweep, srv) == 0;
    if (!srv->sweeping)
        return err_set(reterr, ERR_NO_MEMORY, "no thread could be started to watch over the connections");
    unsigned threads = threads_of(s), daemons = srv->carrier.tls ? srv->listeners : threads;
    for (; srv->daemons < daemons; srv->daemons++) {
        int fd = srv->carrier.tls ? srv->listening[srv->daemons].fd : -1;
        srv->daemon[srv->daemons] = daemon_start(&srv->carrier, s, fd);
        if (!srv->daemon[srv->daemons])
            return err_set(reterr, ERR_IO, "the HTTP library did not start; its reason is in the log before this");
    }
    return srv->carrier.tls
               ? 0
               : door_open(&srv->carrier, srv->listening, srv->listeners, srv->daemon, threads, &srv->door, reterr);
}

static int start(struct server *srv, const struct server_settings *s, struct office *office, struct err *reterr) {
    struct live *live = NULL;
    int failed = check_settings(s, reterr);
    if (!failed)
        failed = make_parts(srv, s, office, reterr);
    if (!failed)
        failed = live_new(s, &srv->carrier.serving, office, &live, reterr);
    if (failed)
        return failed;
    live_put(srv, live);
    return start_threads(srv, s, reterr);
}

int server_start(const struct server_settings *s, struct office *office, struct server **ret, struct err *reterr) {
    if (sodium_init() < 0)
        return err_set(reterr, ERR_INTERNAL, "the cryptographic library did not start");
    struct server *srv = calloc(1, sizeof *srv);
    if (!srv)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    srv->drain_seconds = s->drain_seconds;
    if (pthread_key_create(&srv->carrier.front, front_free) != 0) {
        free(srv);
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    }
    (void)pthread_mutex_init(&srv->carrier.live_lock, NULL); /* cannot fail on Linux */
    MHD_set_panic_func(panic, NULL);
    sigset_t all, before;
    sigfillset(&all); /* the threads made now take no signal but their own faults */
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGSEGV);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = start(srv, s, office, reterr);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        srv->drain_seconds = 0;
        server_stop(srv);
        return failed;
    }
    *ret = srv;
    return 0;
}

int server_reload(struct server *srv, const struct server_settings *s, struct office *office, struct err *reterr) {
    struct live *live;
    int failed = live_new(s, &srv->carrier.serving, office, &live, reterr);
    if (failed)
        return failed;
    if (srv->carrier.tls && s->tls_certificate && s->tls_key)
        failed = tls_reload(srv->carrier.tls, s->tls_certificate, s->tls_key, reterr);
    if (failed) {
        live_free(live);
        return failed;
    }
    live_put(srv, live);
    cache_clear(srv->carrier.serving.cache);
    return 0;
}

unsigned server_port(const struct server *srv) {
    for (unsigned i = 0; i < srv->listeners; i++)
        if (srv->listening[i].port)
            return srv->listening[i].port;
    return 0;
}

/* --- stop --- */

/* False: some connection is still open when the time is over. */
static bool wait_for_peers(struct server *srv, int64_t us) {
    int64_t until = clock_ticks_us() + us;
    unsigned open = 0;
    do {
        peers_figures(srv->carrier.peers, &open);
        if (open == 0)
            return true;
        (void)nanosleep(&(struct timespec){0, DRAIN_STEP_MS * 1000000L}, NULL); /* shorter is fine */
    } while (clock_ticks_us() < until);
    return false;
}

static void drain(struct server *srv) {
    if (srv->door)
        door_shut(srv->door);
    for (unsigned i = 0; i < srv->daemons && !srv->door; i++)
        (void)MHD_quiesce_daemon(srv->daemon[i]); /* gives the socket, which we have */
    if (!srv->carrier.peers)
        return;
    peers_drain(srv->carrier.peers);
    bool all = wait_for_peers(srv, (int64_t)srv->drain_seconds * CLOCK_SECOND_US);
    /* No connection may be suspended when its daemon stops. Some may still ask: those that the kernel had taken, and
     * that the daemon finds now. They are told that too many wait. */
    lane_stop(srv->carrier.lane);
    if (!all && !wait_for_peers(srv, CLOCK_SECOND_US))
        LOG(LOG_WARN, "stopped_with_open_connections", LOG_NUMBER("seconds", srv->drain_seconds));
}

static void free_parts(struct server *srv) {
    struct carrier *c = &srv->carrier;
    watch_stop(c->serving.watch);
    cache_free(c->serving.cache);
    for (struct live *l = srv->lives, *older; l; l = older) {
        older = l->older;
        live_free(l);
    }
    for (unsigned i = 0; i < srv->listeners; i++)
        listen_close(&srv->listening[i]);
    lane_free(c->lane);
    peers_free(c->peers);
    tls_free(c->tls);
    metrics_free(c->serving.metrics);
    pthread_mutex_destroy(&c->live_lock);
    (void)pthread_key_delete(c->front); /* the threads that had one have ended */
    free(srv);
}

void server_stop(struct server *srv) {
    if (!srv)
        return;
    drain(srv);
    door_free(srv->door); /* hands nobody on any more */
    for (unsigned i = 0; i < srv->daemons; i++)
        MHD_stop_daemon(srv->daemon[i]);
    atomic_store(&srv->stopping, true);
    if (srv->sweeping)
        pthread_join(srv->sweeper, NULL);
    free_parts(srv);
}
