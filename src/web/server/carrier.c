// SPDX-License-Identifier: Apache-2.0
/* From a request to the cache, and from there to a worker. */
#include "web/server/carrier.h"

#include "base/clock.h"
#include "web/reader.h"
#include "web/routing.h"
#include "web/watch.h"

#include <string.h>
#include <sys/socket.h>

enum {
    TOLD_MOST = 500, /* connections a second that are told why they are refused */
    ASKED_PIECES = 8 /* of 2 KB: more than any head */
};

/* --- connections --- */

void carrier_count_refused(const struct carrier *c, enum peers_verdict why) {
    metrics_count(c->serving.metrics, why == PEERS_ADDRESS_FULL ? METRIC_CONNECTION_REFUSED : METRIC_CONNECTION_FULL);
}

bool carrier_may_tell(struct carrier *c) {
    int64_t second = clock_coarse_us() / CLOCK_SECOND_US;
    if (atomic_exchange(&c->told_second, second) != second)
        atomic_store(&c->told, 0);
    return !c->tls && atomic_load(&c->told) < TOLD_MOST;
}

/* What was asked is read first: unread bytes would make the kernel take the answer back. It waits for nobody. */
void carrier_refuse(struct carrier *c, int fd, enum peers_verdict why) {
    const struct live *live = atomic_load(&c->serving.live);
    const struct buf *answer = why == PEERS_ADDRESS_FULL ? &live->many : &live->full;
    carrier_count_refused(c, why);
    if (answer->n && carrier_may_tell(c)) {
        char asked[2048];
        for (int i = 0; i < ASKED_PIECES && recv(fd, asked, sizeof asked, MSG_DONTWAIT) == sizeof asked; i++)
            ;
        (void)send(fd, answer->p, answer->n, MSG_DONTWAIT | MSG_NOSIGNAL); /* it has not come for this anyway */
        atomic_fetch_add(&c->told, 1);
    }
    (void)shutdown(fd, SHUT_RDWR); /* at worst it is shut already */
}

void carrier_set_deadline(struct peer *peer, int64_t after_us) {
    if (peer)
        atomic_store_explicit(&peer->deadline_us, after_us ? clock_coarse_us() + after_us : 0, memory_order_relaxed);
}

/* A slow line of 16 kbit/s. */
static int64_t line_us(uint64_t bytes) {
    return (int64_t)(bytes / 2048) * CLOCK_SECOND_US;
}

int64_t carrier_sending_us(uint64_t bytes) {
    return 60 * CLOCK_SECOND_US + line_us(bytes);
}

int64_t carrier_stalling_us(const struct carrier *c, uint64_t held) {
    return c->idle_us + line_us(held);
}

/* --- the fast lane --- */

/* The page cache's key where the address says all that it is made of; else the empty string. */
static struct str plain_key(char room[CACHE_KEY_MOST], const struct incoming *in) {
    if (in->args_n || in->path.n == 0 || str_find_char(in->path, '%', 0) != SIZE_MAX)
        return STR_NONE;
    struct reader reader = reader_parse(in->cookie);
    return cache_key(room, &reader, in->path);
}

struct sheet *carrier_cached(struct carrier *c, struct front *front, const struct incoming *in, int64_t now_us) {
    if (!front || !watch_is_current(c->serving.watch)) /* a worker looks what changed, and then in the cache */
        return NULL;
    char room[CACHE_KEY_MOST];
    struct str key = plain_key(room, in);
    struct sheet *s = key.n ? front_find(front, key) : NULL;
    return s && s->made_us >= now_us - c->serving.cache_us ? s : NULL;
}

/* Reading a User-Agent takes longer than all else that is done for a page in the cache. */
static void judge_agent(struct peer *peer, struct incoming *in) {
    struct str agent = in->user_agent;
    if (!peer || agent.n == 0 || agent.n > PEER_AGENT_MOST)
        return;
    if (agent.n != peer->agent_n || memcmp(agent.p, peer->agent, agent.n) != 0) {
        peer->robot = visitor_is_robot(agent) ? 1 : -1;
        peer->agent_n = (unsigned char)agent.n;
        memcpy(peer->agent, agent.p, agent.n);
    }
    in->robot = peer->robot;
}

bool carrier_count(const struct carrier *c, const struct live *live, struct peer *peer, struct incoming *in,
                   struct sheet *s, int64_t now_us, struct address *ret_client) {
    *ret_client = carrier_client(live, peer, in);
    judge_agent(peer, in);
    int64_t count = count_view(&c->serving, live, in, ret_client, s);
    return sheet_count_is_old(s, count, now_us) && !atomic_exchange(&s->recounting, true);
}

void carrier_note_hit(struct carrier *c, const struct live *live, const struct incoming *in,
                      const struct address *client, int64_t begun_us, unsigned status) {
    metrics_hit(c->serving.metrics, status);
    if (!live->log_all) /* what takes no time is never slow */
        return;
    struct serving silent = {0};
    struct call call = {.serving = &silent, .live = live, .in = in, .begun_us = begun_us, .client = *client};
    call_note(&call, LANE_FAST, status, NULL);
}

/* --- the slow lane --- */

struct address carrier_client(const struct live *live, const struct peer *peer, const struct incoming *in) {
    struct address a = peer ? peer->address : (struct address){.kind = ADDRESS_NONE};
    return client_address(&a, in->forwarded_for, &live->proxies);
}

void carrier_call_begin(struct carrier *c, struct call *call, const struct incoming *in, void (*done)(struct call *)) {
    call->serving = &c->serving;
    call->in = in;
    call->begun_us = clock_ticks_us();
    call->done = done;
    pthread_mutex_lock(&c->live_lock);
    call->live = atomic_load(&c->serving.live);
    call->office = office_keep(call->live->office);
    pthread_mutex_unlock(&c->live_lock);
}

void carrier_claim(struct call *call, struct sheet *s) {
    call->recount = sheet_keep(s);
}

void carrier_unclaim(struct sheet *s) {
    if (s)
        atomic_store(&s->recounting, false);
}

void carrier_call_end(struct call *call) {
    carrier_unclaim(call->recount); /* where it was made anew, another sheet is in its place now */
    sheet_release(call->recount);
    sheet_release(call->sheet);
    office_release(call->office);
}

/* True: the page is being rendered for another request, which answers this one too. So however many ask for a page at
 * once, they do not fill the queue; before a worker has begun with it they are kin there (lane.h). */
static bool joins(const struct serving *serving, struct call *call) {
    char room[CACHE_KEY_MOST];
    if (call->refused.code || call->recount || !incoming_is_get(call->in))
        return false;
    struct str key = plain_key(room, call->in);
    call->kin = key.n ? str_hash(key) : 0;
    uint64_t generation = cache_generation(serving->cache); /* before what follows, which must not come after it */
    return key.n && watch_is_current(serving->watch) && call->live == atomic_load(&serving->live) &&
           cache_join(serving->cache, key, generation, &call->waiter);
}

/* Will the answer be in the cache? */
static bool is_cached_page(const struct call *call) {
    char room[PATH_MOST], other[PATH_MOST];
    struct str path;
    struct routing r;
    if (!path_decode(call->in->path, room, &path))
        return false;
    routing_find(call->serving->routes, &call->office->site, call->in->method, path, other, &r);
    return r.outcome == ROUTING_FOUND && r.route->cache == CACHE_PAGE;
}

void carrier_push(struct carrier *c, struct call *call) {
    if (joins(&c->serving, call) || lane_push(c->lane, call) ||
        (call->kin && is_cached_page(call) && lane_follow(c->lane, call)))
        return;
    struct answer answer = {.status = 503};
    struct sheet *s = call->recount ? call->recount : call->live->busy;
    if (call->recount)
        (void)sheet_answer(s, call->in, false, &answer); /* for the log */
    else
        metrics_count(c->serving.metrics, METRIC_QUEUE_FULL);
    call->sheet = s ? sheet_keep(s) : NULL;
    call_note(call, LANE_FAST, answer.status, NULL);
    call->done(call);
}
