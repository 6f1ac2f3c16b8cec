// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What both doors of the server do with a request, whichever it came in by: the one of our own for plain reading
 * (door.h), and libmicrohttpd's for everything else (mhd.h). A page that is in the cache is answered at once (the fast
 * lane); everything else goes to a worker (the slow lane). Thread-safe, but for what belongs to a connection. */
#include "web/front.h"
#include "web/lane.h"
#include "web/peers.h"
#include "web/serve.h"

#include <pthread.h>

struct tls;

struct carrier {
    struct serving serving;
    pthread_mutex_t live_lock; /* keeping serving.live->office, against its release by a reload */
    struct lane *lane;
    pthread_key_t front; /* of each of libmicrohttpd's threads (front.h) */
    struct peers *peers;
    _Atomic int64_t told_second; /* connections that were told in it why they are refused */
    atomic_uint told;
    struct tls *tls;                   /* NULL: plain */
    int64_t idle_us, head_us, body_us; /* time-outs */
};

/* --- connections --- */

/* A connection that may not stay: counted, and told why where that costs nothing. Its socket is shut, not closed. */
void carrier_refuse(struct carrier *c, int fd, enum peers_verdict why);
void carrier_count_refused(const struct carrier *c, enum peers_verdict why);
/* May one more be told in this second? Over TLS it would take a handshake. */
bool carrier_may_tell(struct carrier *c);
/* From now; 0: none. peer may be NULL. */
void carrier_set_deadline(struct peer *peer, int64_t after_us);
/* How long a client may take over an answer of so many bytes. */
int64_t carrier_sending_us(uint64_t bytes);
/* … and over taking any of those that its socket holds. */
int64_t carrier_stalling_us(const struct carrier *c, uint64_t held);

/* --- the fast lane --- */

/* The sheet in the cache that answers this request, lent by the front until its next call; NULL: a worker finds it, or
 * makes it. */
struct sheet *carrier_cached(struct carrier *c, struct front *front, const struct incoming *in, int64_t now_us);
/* Counts the view of a sheet that is about to be sent. True: the count in it is to be made anew first, by this request
 * (struct call, recount), and for it alone: who does not go on gives the claim back. Fills what it finds out about the
 * client. */
bool carrier_count(const struct carrier *c, const struct live *live, struct peer *peer, struct incoming *in,
                   struct sheet *s, int64_t now_us, struct address *ret_client);
void carrier_note_hit(struct carrier *c, const struct live *live, const struct incoming *in,
                      const struct address *client, int64_t begun_us, unsigned status);

/* --- the slow lane --- */

/* The claim on a sheet's recount: of a call from now on, and given back at its end whatever came of it. */
void carrier_claim(struct call *call, struct sheet *s);
void carrier_unclaim(struct sheet *s); /* NULL is fine */
/* Who asks, by the connection's other end and what proxies of ours say. peer may be NULL. */
struct address carrier_client(const struct live *live, const struct peer *peer, const struct incoming *in);
/* Fills a call that is all zero; it keeps the office until carrier_call_end(). */
void carrier_call_begin(struct carrier *c, struct call *call, const struct incoming *in, void (*done)(struct call *));
void carrier_call_end(struct call *call);
/* To a worker, or to whoever renders this very page now; where too many wait, done() is called at once with the page
 * that says so; who came for a recount gets the page as it is. */
void carrier_push(struct carrier *c, struct call *call);
