// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Named resources of a log, from a URL or from a mirror folder that is laid out as the log is served: "checkpoint",
 * "tile/0/000", "tile/entries/x001/234.p/17".
 *
 * Blocking. Over HTTP each thread that asks at once has a connection of its own, which is kept for its next question.
 * What is there is never believed: sizes are limited, redirects go three times at most and never from https to http,
 * a server that stalls is given up. What may pass by itself (a connection that breaks, 429, 5xx) is asked for three
 * times. Certificates are checked against the system's roots, or those of the file that SSL_CERT_FILE names; proxies
 * are taken from the environment as curl does.
 * Threads: any number on one struct fetch; open and close from one.
 * Errors: -ERR_NOT_FOUND (404, 410, or no such file), -ERR_TOO_LARGE, -ERR_INVALID (not an address), -ERR_NO_MEMORY,
 * -ERR_IO (cannot be reached, or answers otherwise); the sentence names the resource. */
#include "base/buf.h"
#include "base/err.h"

struct fetch;

struct fetch_limits {
    unsigned connect_ms; /* until a connection (with TLS) stands */
    unsigned stall_s;    /* without a byte */
    unsigned whole_s;    /* for one resource */
    unsigned tries;
};
struct fetch_limits fetch_limits(void); /* the usual ones: 10 s, 15 s, 120 s, 3 */

/* where: "http://…", "https://…", or a folder that exists. limits NULL: the usual ones. */
int fetch_open(const char *where, const struct fetch_limits *limits, struct fetch **ret, struct err *reterr);
void fetch_close(struct fetch *f); /* NULL is fine */
/* From any thread: what is under way fails within a second, and everything after it. */
void fetch_stop(struct fetch *f);

/* Without a slash at its end; a folder's is absolute. */
const char *fetch_place(const struct fetch *f);
bool fetch_is_folder(const struct fetch *f);

enum {
    FETCH_FRESH = 1, /* no cache on the way shall answer */
    FETCH_PAGE = 2,  /* a page for people: one that is gone (410) is had too, and nobody counts this as a reading */
};
/* Appends the resource's bytes, `most` at most. how: of the above, or 0. name "" is the place itself. */
int fetch_get(struct fetch *f, const char *name, unsigned how, size_t most, struct buf *to, struct err *reterr);
/* Resources under "tile/" are looked for in this folder first (NULL: no more). While nobody asks. */
void fetch_prefer(struct fetch *f, const char *folder);

struct fetch_answer {
    int status;    /* of HTTP */
    char type[64]; /* media type, without parameters; "" where none was said */
    struct buf body;
};
/* One try. 0 for every HTTP answer, whatever its status. -ERR_INVALID for a folder. The caller clears ret->body. */
int fetch_post(struct fetch *f, const char *name, const char *type, struct str body, size_t most,
               struct fetch_answer *ret, struct err *reterr);
