// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The connections that are open: how many there are, how many each address has, and which of them take too long.
 *
 * There is one count for all listeners and threads. When as many are open as there may be, the one that has been silent
 * the longest makes room: silent is who has no whole request under way, since its last answer or, before its first
 * request's head is whole, since it came; who sends a body counts as silent from some time before its head was whole.
 * libmicrohttpd closes a connection of its own that is silent. One that drips a byte now and then is not silent;
 * peers_sweep() ends it when its deadline has passed, and those that rest at the door (server/door.h). Threads: any. */
#include "web/network.h"

#include <stdatomic.h>

struct peers;

enum {
    PEER_AGENT_MOST = 190,
    PEERS_SPARE = 64 /* more than the limit, until those that make room are closed */
};

struct peer { /* one connection */
    struct peer *before, *after;
    int fd;
    void *owner;                 /* whoever added it */
    bool counted;                /* against its address's limit */
    bool leaving;                /* it made room, and is being closed */
    atomic_bool resting;         /* its deadline is how long it may be silent, unless it is busy */
    unsigned char chosen;        /* its place among those that make room next, from 1 */
    atomic_bool busy;            /* a request is under way */
    atomic_bool receiving;       /* … and its body is not whole */
    _Atomic int64_t deadline_us; /* clock_ticks_us(); 0: none */
    _Atomic int64_t silent_us;   /* … since when it has been silent, unless it is busy; whose it is tells */
    struct address address;
    /* The User-Agent of the request before, and whether it is a robot's (incoming.h): most say the same each time.
     * agent_n 0: none yet. Only the connection's own thread looks. */
    signed char robot;
    unsigned char agent_n;
    char agent[PEER_AGENT_MOST];
};

/* 0: no limit. */
struct peers *peers_new(unsigned most, unsigned per_address, const struct networks *free_of_limit);
void peers_free(struct peers *p);
enum peers_verdict {
    PEERS_WELCOME,
    PEERS_ADDRESS_FULL, /* its address has as many as one may */
    PEERS_FULL,         /* as many are open as may be, and none of them is silent */
    PEERS_NO_MEMORY,
};
/* Would one more of this address be refused for what can be told without making room? */
enum peers_verdict peers_admit(struct peers *p, const struct address *a);
/* Makes room where there is none. NULL: *ret_why says why. *ret_displaced: whether another is closed for it. */
struct peer *peers_add(struct peers *p, int fd, const struct address *a, void *owner, enum peers_verdict *ret_why,
                       bool *ret_displaced);
/* Its request is answered. */
void peers_rest(struct peers *p, struct peer *peer);
/* Before its socket is closed. */
void peers_remove(struct peers *p, struct peer *peer);
/* Shuts the sockets whose deadline has passed; how many were too slow. */
unsigned peers_sweep(struct peers *p);
/* From now on a connection ends as soon as it has no request under way; what has arrived already is still answered. */
void peers_drain(struct peers *p);
void peers_figures(struct peers *p, unsigned *ret_open);
