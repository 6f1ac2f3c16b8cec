// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The slow lane of one request: web_serve() is its whole life. Blocking; runs on a worker thread (lane.h), or without a
 * socket (loopback.h). */
#include "base/err.h"
#include "web/cache.h"
#include "web/incoming.h"
#include "web/metrics.h"
#include "web/network.h"
#include "web/office.h"
#include "web/visitor.h"

struct live;
struct watch;

/* What the server holds for all requests; only `live` changes while it runs. */
struct serving {
    const struct route *routes;
    struct cache *cache;     /* NULL: none */
    struct metrics *metrics; /* NULL: none */
    struct views *views;     /* NULL: nothing is counted */
    struct watch *watch;     /* NULL: none */
    struct incoming_limits limits;
    int64_t cache_us; /* a cached page is rendered anew after this long */
    bool secure;      /* over TLS */
    _Atomic(struct live *) live;
};

/* What SIGHUP renews. Old ones live until the server ends, so that the fast lane may look at them without a lock. */
struct live {
    struct office *office;
    struct networks staff, proxies, metrics_from;
    int64_t slow_us; /* 0: none for slowness */
    bool log_all;
    struct sheet *busy; /* the 503 page for when the queue is full */
    /* What a connection is told for which there is no room: whole answers, 503 and 429; empty without memory. */
    struct buf full, many;
    struct live *older;
};

/* One request on its way, part of whatever its carrier keeps. Filled by the carrier down to `refused`. */
struct call {
    const struct serving *serving;
    const struct live *live;
    const struct incoming *in; /* lasts until done() */
    struct str form;           /* body of a POST */
    struct office *office;     /* kept by the carrier until done() */
    struct address client;
    int64_t begun_us;
    struct tx *tx;         /* what a page reads from; NULL: a read is begun for it */
    struct shelf *shelf;   /* what was read from it before (shelf.h); NULL: nothing */
    bool counted;          /* its view is counted already */
    bool bare;             /* only the sheet is wanted: no answer is made of it */
    bool quiet;            /* neither logged nor counted among the requests */
    struct sheet *recount; /* the cached sheet whose recount it has claimed, kept; NULL: none */
    struct err refused;    /* code not 0: at the door, with this sentence */
    void (*done)(struct call *c);

    struct sheet *sheet; /* the answer, owned by the call; NULL: no memory */
    struct waiter waiter;
    uint64_t kin;           /* of calls that ask for the same page; 0: none is like it */
    struct call *next;      /* in the lane's queue */
    struct call *followers; /* … calls of its kin, served right behind it */
};

/* Limits → route → who → permission → forgery → parameters → cache → handler → headers → log. Calls c->done() once, now
 * or from the thread that renders the same page for another call. */
void web_serve(struct call *c);

/* The page cache's key of a decoded path as asked for, in `room`; empty: too long to be cached. */
struct str cache_key(char room[CACHE_KEY_MOST], const struct reader *reader, struct str path);
/* Counts a reading of the sheet's article; gives the article's total, 0 where the sheet shows none. */
int64_t count_view(const struct serving *serving, const struct live *live, const struct incoming *in,
                   const struct address *client, const struct sheet *s);
/* Is the count in it more than a second old at now_us (clock_ticks_us()), and not the number any more? */
bool sheet_count_is_old(const struct sheet *s, int64_t count, int64_t now_us);
/* Metrics and the log line of one answer. error: NULL or the sentence. */
void call_note(const struct call *c, enum metric_lane lane, unsigned status, const struct err *error);
