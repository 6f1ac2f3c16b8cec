// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The door for plain reading: sockets of our own, on epoll threads of our own, for listeners without TLS.
 *
 * It looks at what a connection has brought without taking it. A plain request to read (plain_head.h) is answered from
 * the page cache with one send, or waits for a worker; the connection then costs a few hundred bytes and stays here.
 * Anything else is left where it is, and the connection is handed to libmicrohttpd (mhd.h) for good. One request of a
 * connection at a time; what has come with it waits in the socket.
 *
 * Opened and closed by one thread. */
#include "base/err.h"
#include "web/listen.h"
#include "web/server/carrier.h"

struct MHD_Daemon;
struct door;

/* One thread for each of `behind`, which have no sockets of their own to listen on. The listening sockets are shared by
 * all threads, and stay the caller's. -ERR_NO_MEMORY, -ERR_IO in words. */
int door_open(struct carrier *c, const struct listening *listening, unsigned listeners,
              struct MHD_Daemon *const *behind, unsigned threads, struct door **ret, struct err *reterr);
/* Nobody is let in any more, a moment after it returns. */
void door_shut(struct door *d);
/* Ends the threads and closes what is open still; no call may be under way. NULL is fine. */
void door_free(struct door *d);
