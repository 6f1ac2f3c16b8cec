// SPDX-License-Identifier: Apache-2.0
#pragma once
/* An answer on its way into a socket that does not block: with one call where there is room, else piece by piece. One
 * thread at a time. */
#include "web/sheet.h"

enum { SENDING_TAIL_MOST = 64 };

/* What ends an answer's head: its Date (RFC 9110 6.6.1), for connections that stay and for those that close. A
 * thread's own; made anew when the second is another. */
struct sending_tails {
    int64_t second;
    struct sending_tail {
        unsigned char n;
        char text[SENDING_TAIL_MOST];
    } tail[2];
};
void sending_renew(struct sending_tails *t);

enum sending_part { SENDING_HEAD, SENDING_TAIL, SENDING_BODY, SENDING_PARTS };
struct sending {
    struct str part[SENDING_PARTS]; /* what is left of each */
    uint64_t file_at, file_n;       /* … and of the file */
    int file;                       /* -1: none */
    bool closes;
    /* where it is kept: */
    struct sheet *sheet;
    int64_t until_us; /* all of it is to be sent by then, clock_ticks_us(); whoever keeps it sets it */
    char tail[SENDING_TAIL_MOST];
};
enum sending_state { SENDING_DONE, SENDING_WAITS /* for room in the socket */, SENDING_FAILED };

/* Lends what the answer and the tails point to. The sheet's file is not sent by what is not kept. */
void sending_begin(struct sending *s, const struct answer *a, const struct sending_tails *t, bool closes);
enum sending_state sending_go_on(struct sending *s, int fd);
/* A copy that keeps the sheet and needs nothing else; NULL: no memory. */
struct sending *sending_keep(const struct sending *s, struct sheet *sheet);
void sending_free(struct sending *s); /* of sending_keep(); NULL is fine */
