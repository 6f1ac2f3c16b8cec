// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What came in: a request's head, looked at but not copied, whoever carried it (the door, libmicrohttpd, or the
 * loopback). Everything in it belongs to the carrier and lasts as long as the request. One thread at a time. */
#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

enum { INCOMING_ARGS_MOST = 64, INCOMING_HEADERS_MOST = 100 };

struct arg {
    struct str name, value; /* still percent-encoded */
};

struct incoming {
    struct str method;
    struct str path; /* as sent, without query: "/news/12", or "http://host/news/12" */
    struct str host, cookie, accept_encoding, if_none_match, if_range, range, user_agent, from, purpose, sec_fetch_site,
        origin, referer, forwarded_for, content_type, content_length, transfer_encoding;
    unsigned headers, hosts, lengths; /* how many there were */
    bool too_many_args, too_long, bad_name;
    bool bad_lines;    /* the head can be read in two ways */
    bool ill_address;  /* there is a space or a NUL in it */
    bool needs_host;   /* HTTP/1.1 */
    signed char robot; /* does the User-Agent say so: 1 yes, -1 no, 0 not looked at yet */
    size_t args_n;     /* of the query */
    struct arg args[INCOMING_ARGS_MOST];
};

/* Empty, but for the args' own places: they are the most of it, and seldom needed. */
void incoming_init(struct incoming *in);

/* Is it a token (RFC 9110 5.6.2)? */
bool incoming_name_ok(struct str name);
/* One header; names are not case-sensitive. */
void incoming_header(struct incoming *in, struct str name, struct str value);
void incoming_arg(struct incoming *in, struct str name, struct str value);
/* A query "a=1&b=2" into args. */
void incoming_query(struct incoming *in, struct str query);

struct incoming_limits {
    size_t uri_most, head_most, form_most;
};
/* Refuses what could be read in two ways, or is too large: bad lines and header names, no Host or two (HTTP/1.1), two
 * lengths, any Transfer-Encoding, a body on GET. uri_n and head_n: bytes of the target and of the whole head, 0 where
 * unknown. 0, or -ERR_INVALID, -ERR_URI_TOO_LONG, -ERR_HEADERS_TOO_LARGE, -ERR_TOO_LARGE in words. */
int incoming_check(const struct incoming *in, const struct incoming_limits *limits, size_t uri_n, size_t head_n,
                   struct err *reterr);
bool incoming_is_get(const struct incoming *in); /* or HEAD */
/* Does its body say that it is a form (application/x-www-form-urlencoded)? */
bool incoming_is_form(const struct incoming *in);

/* May this POST have come from a page of another site? (OWASP: Sec-Fetch-Site, else Origin, else Referer, against
 * Host.) Without any of the three only a request without cookies passes: it carries nothing that could be abused. */
bool incoming_is_forged(const struct incoming *in);
