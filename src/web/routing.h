// SPDX-License-Identifier: Apache-2.0
#pragma once
/* From an address to a row of the route table. Thread-safe: nothing here has state. */
#include "text/site.h"
#include "web/params.h"
#include "web/route.h"

enum { ROUTING_CAUGHT_MOST = 4 };

struct routing {
    enum routing_outcome {
        ROUTING_FOUND,
        ROUTING_NOT_FOUND,
        ROUTING_METHOD,   /* the address exists, not for this method: `get` and `post` say for which */
        ROUTING_ELSEWHERE /* the same page with or without a slash at the end, or with its language in canonical form:
                             `elsewhere` */
    } outcome;
    const struct route *route;
    size_t language; /* index in site->words; also set where nothing was found */
    struct str path; /* without the language prefix */
    size_t caught_n;
    struct param_value caught[ROUTING_CAUGHT_MOST]; /* what {name} took, by the pattern's names */
    bool get, post;
    struct str elsewhere; /* in `room` of routing_find() */
};

enum { PATH_MOST = 2048 };
/* Decodes a path once and makes sure that it is one: it begins with '/', is UTF-8 without controls or backslash, has no
 * empty, "." or ".." segment and no encoded slash. An absolute address loses scheme and host. The bytes are put in
 * `room` unless nothing was encoded. False: refuse. */
bool path_decode(struct str raw, char room[PATH_MOST], struct str *ret);

/* path: decoded. The first row that fits wins; a {name} fits only what its parameter allows. */
void routing_find(const struct route *table, const struct site *site, struct str method, struct str path,
                  char room[PATH_MOST], struct routing *ret);

/* By the first part of a path, also of one that is refused as a whole: its error page speaks that language. */
size_t routing_language(const struct site *site, struct str raw);
