// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The route table's shape: for each page, method, pattern, who may, forgery check, parameters, handler, summary.
 * The one table is in routes.c. `daylight routes` prints it. Immutable. */
#include "base/str.h"

#include <stddef.h>

struct request;

/* Permission has no zero value, so that it cannot be forgotten. */
enum route_who { WHO_ANYONE = 1, WHO_LOCAL /* loopback and the addresses of [serve] metrics_from */ };
enum route_method { METHOD_GET = 1 /* and HEAD */, METHOD_POST };
enum route_cache {
    CACHE_NONE = 0, /* no-store */
    CACHE_PAGE,     /* goes through the page cache; revalidated by the browser */
    CACHE_FOREVER,  /* assets with their hash in the name, media, tiles */
    CACHE_CHECK,    /* made anew for each request; browsers keep it and ask with its ETag */
};

enum param_kind {
    PARAM_TEXT = 1,
    PARAM_INT,
    PARAM_DAY /* YYYY-MM-DD */,
    PARAM_CHOICE,
    PARAM_PATH /* a path on this site */,
    PARAM_SLUG /* a-z, 0-9 and "-" */
};
struct param {
    const char *name;
    enum param_kind kind;
    size_t most;         /* bytes (TEXT, PATH, SLUG) or the largest value (INT, from 0); else 0: 1,024 */
    const char *choices; /* "small|medium|large" */
};

enum route_open {
    OPEN_NOT = 0,
    OPEN_TO_PROGRAMS, /* also to those of other sites' pages (CORS); a failure is one sentence of plain text that nobody
                         keeps */
    OPEN_WITH_BODY,   /* and its POST brings bytes that are no form: req->raw */
};

struct route {
    enum route_method method;
    const char *pattern; /* "/{column}/{id}": {name} takes one segment, checked by the parameter of that name; {name*}
                            the rest */
    enum route_who who;
    enum route_cache cache;
    bool any_language;                   /* also under /LANG/… */
    const struct param *params;          /* ends with name NULL; undeclared or invalid ones never reach the handler */
    int (*handler)(struct request *req); /* returns the HTTP status */
    const char *summary;
    bool storeless; /* the handler needs no store: it runs, with req->tx NULL, also while the store is away */
    enum route_open open;
};

extern const struct route routes[]; /* ends with handler NULL */
