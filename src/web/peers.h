// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The connections that are open: how many each address has, and which of them take too long.
 *
 * libmicrohttpd closes a connection that is silent. One that drips a byte now and then is not silent; peers_sweep()
 * ends it when its deadline has passed. Threads: any. */
#include "web/network.h"

#include <stdatomic.h>

struct peers;

enum { PEER_AGENT_MOST = 190 };

struct peer { /* one connection */
    struct peer *before, *after;
    int fd;
    void *owner;                 /* whoever added it */
    bool counted;                /* against its address's limit */
    atomic_bool busy;            /* a request is under way */
    _Atomic int64_t deadline_us; /* clock_ticks_us(); 0: none */
    struct address address;
    /* The User-Agent of the request before, and whether it is a robot's (incoming.h): most say the same each time.
     * agent_n 0: none yet. Only the connection's own thread looks. */
    signed char robot;
    unsigned char agent_n;
    char agent[PEER_AGENT_MOST];
};

struct peers *peers_new(unsigned per_address, const struct networks *free_of_limit);
void peers_free(struct peers *p);
/* May this address open one more? (Its own count, not yet raised.) */
bool peers_admit(struct peers *p, const struct address *a);
/* NULL: no memory. */
struct peer *peers_add(struct peers *p, int fd, const struct address *a, void *owner);
/* Its request is answered. */
void peers_rest(struct peers *p, struct peer *peer);
/* Before its socket is closed. */
void peers_remove(struct peers *p, struct peer *peer);
/* Shuts the sockets whose deadline has passed; how many. */
unsigned peers_sweep(struct peers *p);
/* From now on a connection ends as soon as it has no request under way; what has arrived already is still answered. */
void peers_drain(struct peers *p);
void peers_figures(struct peers *p, unsigned *ret_open);
