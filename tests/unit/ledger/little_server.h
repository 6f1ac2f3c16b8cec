// SPDX-License-Identifier: Apache-2.0
#pragma once
/* An HTTP/1.1 server of a test's own on a free port of 127.0.0.1: a thread a connection, kept alive, and answers that
 * the test makes up byte for byte, wrong ones too. */
#include "base/buf.h"

struct little;

struct little_question {
    struct str method, path, head, body; /* head: with its first line */
    unsigned number;                     /* of all, from 1 */
};
/* Appends the whole answer, head and body. Nothing appended: the connection is closed. */
typedef void little_answer(void *arg, const struct little_question *q, struct buf *to);

struct little *little_start(little_answer *answer, void *arg);
void little_stop(struct little *s);
const char *little_url(const struct little *s); /* "http://127.0.0.1:PORT" */
unsigned little_connections(struct little *s);  /* accepted so far */
unsigned little_questions(struct little *s);

/* A proper answer. type NULL: none. */
void little_reply(struct buf *to, int status, const char *type, struct str body);
