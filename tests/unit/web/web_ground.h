// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What the web's tests stand on: an office in two languages over a store of its own, a few small pages of the tests'
 * own, and a client that says exactly the bytes it is told to. */
#include "base/arena.h"
#include "store_fixture.h"
#include "web/office.h"
#include "web/route.h"
#include "web/server.h"

struct ground {
    struct fixture *fixture;
    struct views *views;
    struct office *office;
    struct server *server; /* once ground_serve() was called */
    unsigned port;
};

/* "sqlite" (or "postgres"): a fresh store, English first and Chinese second. */
struct ground *ground_new(const char *engine);
/* Another office over the same store, as a reload makes one. */
struct office *ground_office(struct ground *g);
/* Starts a server on a free port of 127.0.0.1 (unless s says otherwise) with the pages below. */
void ground_serve(struct ground *g, struct server_settings *s);
void ground_end(struct ground *g);
struct server_settings ground_settings(void);

/* The tests' pages:
 *   GET /              "home", cached          GET /zh-CN/ the same
 *   GET /count/{id}    an article's page with a live count: viewed_id = id
 *   GET /echo/{id}?q=  its own address
 *   GET /text?q=&n=    shows its parameters    GET /slow (waits until ground_let_go())
 *   POST /form         303 to `back`           GET /file a file of 1,000 bytes
 *   POST /publish      raises the content's version
 *   GET /version       the content's version, from the store, cached
 *   GET /local         WHO_LOCAL               GET /away fails as when the store is away; GET /healthz; GET /big: 200
 * KB */
extern const struct route ground_routes[];
extern _Atomic int ground_renders; /* how often a page's handler ran */
extern _Atomic int ground_waiting; /* how many are in /slow */
extern _Atomic int ground_let_go;  /* 0: /slow waits */
extern _Atomic int ground_fail;    /* not 0: /version fails as when the store is away */

/* --- a client --- */
int ground_connect(unsigned port);
void ground_send(int fd, const char *bytes);
/* Reads one whole answer (by its Content-Length), or to the end; in the arena. head_only: no body follows. */
struct str ground_receive(int fd, struct arena *a, bool head_only);
/* One request on a connection of its own; headers: lines ending with \r\n, or "". */
struct str ground_get(struct ground *g, struct arena *a, const char *target, const char *headers);
int ground_status(struct str answer);
/* A header's value, or the empty string. */
struct str ground_header(struct str answer, const char *name);
struct str ground_body(struct str answer);
bool ground_says(struct str s, const char *part);
#define STR_EQUAL(s, z)                                                                                                \
    do {                                                                                                               \
        struct str s_ = (s);                                                                                           \
        char copy_[512];                                                                                               \
        (void)snprintf(copy_, sizeof copy_, "%.*s", STR_FMT(s_));                                                      \
        assert_string_equal(copy_, z);                                                                                 \
    } while (0)
