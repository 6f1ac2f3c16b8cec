// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Listening sockets of every kind, from words: "127.0.0.1:8080", "[::1]:8080", "*:8080" (IPv6 and IPv4),
 * "localhost:8080", "unix:/path", "fd:3", and those that a service manager hands over (LISTEN_FDS, sd_listen_fds(3)).
 */
#include "base/err.h"

#include <stdbool.h>

enum { LISTEN_MOST = 16 };

struct listening {
    int fd;
    unsigned port;    /* TCP: the real one, also where 0 was asked for */
    char unlink[108]; /* a Unix socket of ours: removed at the end; "" otherwise */
};

/* Can it be understood? Opens nothing. -ERR_INVALID in words. */
int listen_check(const char *words, struct err *reterr);
/* Opens one. A Unix socket that nobody listens on any more is replaced. -ERR_INVALID or -ERR_IO in words. */
int listen_open(const char *words, struct listening *ret, struct err *reterr);
/* The handed-over ones, from descriptor 3 on; none where LISTEN_PID is another process. Gives how many (<= most). */
unsigned listen_inherited(struct listening *ret, unsigned most);
void listen_close(struct listening *l);
