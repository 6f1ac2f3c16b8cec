// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A request without a socket: page tests take milliseconds. The whole of web_serve() runs: routing, permission,
 * parameters, handler, headers; only the page cache and compression are left out. */
#include "base/arena.h"
#include "web/office.h"
#include "web/route.h"

struct loopback_answer {
    int status;
    struct str content_type, location, set_cookie, cache_control, headers; /* headers: all of them, "name: value\n" */
    struct str body;
    int64_t viewed_id;
    struct str count; /* the bytes marked as the live count */
};

/* headers: "Name: value" lines parted by \n, or NULL. body: a form. routes NULL: the one table. Everything in *ret is
 * in the arena. Returns the status. */
int serve_loopback(const struct route *routes, struct office *office, struct arena *a, const char *method,
                   const char *target, const char *headers, struct str body, struct loopback_answer *ret);
