// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The HTTP server: sockets, limits, TLS and threads around web_serve().
 *
 * A door of our own answers plain requests to read, from the page cache where it can (the fast lane); libmicrohttpd has
 * TLS, forms, and whatever is not plain (server/door.h, mhd.h). What is not in the cache is handed to worker threads
 * (the slow lane, serve.h). server_start() returns when all sockets listen; its threads block every signal but their
 * own faults, so that the caller's thread gets them. The caller tells the service manager (notify.h). Threads: start,
 * reload and stop come from one thread. */
#include "base/err.h"
#include "web/office.h"
#include "web/route.h"

struct server;

struct server_settings {
    /* "127.0.0.1:8080", "[::1]:8080", "*:8080" (IPv6 and IPv4), "unix:/path", "fd:3"; ends with NULL. NULL itself: the
     * sockets that the service manager hands over (LISTEN_FDS), else 127.0.0.1:8080. */
    const char *const *listen;
    const char *tls_certificate, *tls_key; /* PEM files; both or none */
    unsigned threads;                      /* of the door, of libmicrohttpd; TLS: a listener; 0: one a core */
    unsigned workers;                      /* slow lane; 0: two a core, at least four */
    unsigned queue_most;                   /* requests that wait for a worker; beyond: 503 with Retry-After */
    unsigned connections_most;             /* of all listeners; beyond: the longest silent is closed for a new one */
    unsigned connections_per_address;      /* IPv6: per /64; not for Unix sockets and `proxies`; 0: no limit */
    unsigned idle_seconds;                 /* a connection without a request, or one that stalls */
    unsigned head_seconds, body_seconds;   /* from its first byte to the end of a request's head, of its body */
    unsigned drain_seconds;                /* how long server_stop() waits for what is under way */
    size_t uri_most, head_most, form_most; /* bytes; beyond: 414, 431, 413 */
    size_t cache_most;                     /* bytes of the page cache */
    unsigned cache_seconds;                /* a cached page is rendered anew after this long, changed or not */
    unsigned watch_ms;                     /* how often the store is asked for changes that no bell told (office.h) */
    unsigned slow_ms;                      /* requests from this long on are logged; 0: none for slowness */
    bool log_all;                          /* one line for every request */
    /* Networks, parted by commas or spaces: "10.0.0.0/8, 2001:db8::/32". NULL: none. */
    const char *staff;          /* whose views are counted apart */
    const char *proxies;        /* whose X-Forwarded-For is believed; a Unix socket's peer is a proxy too */
    const char *metrics_from;   /* who may read WHO_LOCAL pages, besides loopback */
    const struct route *routes; /* NULL: the one table */
};

/* The values that a small office wants; change what you like. */
void server_settings_init(struct server_settings *s);

/* Takes a reference to the office. -ERR_INVALID names the setting; -ERR_IO what could not be listened on or read. */
int server_start(const struct server_settings *s, struct office *office, struct server **ret, struct err *reterr);
/* SIGHUP: from now on requests get this office, these networks and log settings, and the certificate as it is on disk.
 * Requests under way keep the office that they began with. On failure nothing changes. Listeners, threads and limits
 * stay as they were started. */
int server_reload(struct server *srv, const struct server_settings *s, struct office *office, struct err *reterr);
/* No new connections; waits for requests under way up to drain_seconds, then closes all. NULL is fine. */
void server_stop(struct server *srv);

/* The first TCP listener's port (0: none): for "listening on" and for tests that listen on port 0. */
unsigned server_port(const struct server *srv);
/* Pages that were rendered before are not shown again once this returns. For writers within this process. */
void server_content_changed(struct server *srv);
