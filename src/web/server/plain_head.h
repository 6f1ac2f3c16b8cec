// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The head of a plain request to read, out of the bytes that have come in (RFC 9112 2 to 6). Plain is what every reader
 * takes in the same way: GET or HEAD of a path (origin-form), HTTP/1.1 or 1.0, each line ended by CR LF, one colon
 * after a token, no control character but tab, no body, nothing that changes the protocol. Everything else is not
 * judged here: it is libmicrohttpd's to read, and to refuse. Thread-safe. */
#include "web/incoming.h"

struct plain_head {
    size_t n;        /* bytes of the head, with its empty line */
    size_t target_n; /* … of what was asked for, with its query */
    bool closes;     /* the client wants no other answer on this connection */
};

/* True: `bytes` begin with such a head; fills `in` (incoming_init() first), which points into them. False: they do not,
 * or the head is not whole yet. */
bool plain_head_read(struct str bytes, struct incoming *in, struct plain_head *ret);
