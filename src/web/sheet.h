// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A finished answer, ready to send: status, headers, body, and the body in every encoding that was asked for so far.
 *
 * Immutable but for those encodings, which are added without locks; counted; shared by any number of connections and
 * threads. It is sent as the bytes that it is (sheet_answer()), or as a persistent MHD_Response (sheet_pick()): neither
 * copies anything of ours. */
#include "web/encode.h"
#include "web/incoming.h"
#include "web/request.h"

#include <stdatomic.h>

struct MHD_Response;
struct blob;

struct sheet {
    _Atomic long keepers;
    int status;
    bool compressible, has_etag;
    int64_t made_us;    /* when it was rendered, clock_ticks_us() */
    int64_t counted_us; /* when the count in it was read */
    int64_t viewed_id, count;
    size_t count_at, count_n;
    atomic_bool recounting; /* someone is at it */
    atomic_bool used, gone; /* the cache's: looked up since its clock's hand came by; not in the cache any more */
    char hash[24];          /* of the identity body; the ETag is made of it */
    struct blob *body;
    _Atomic(struct blob *) packed[ENCODINGS]; /* compressed; none for identity */
    struct header *headers;                   /* without ETag, Content-Encoding */
    size_t header_n;
    _Atomic(struct MHD_Response *) whole[ENCODINGS], not_modified[ENCODINGS];
    _Atomic(struct blob *) whole_head[ENCODINGS], not_modified_head[ENCODINGS]; /* as bytes (sheet_answer()) */
    int file; /* -1: none. A sheet of a file is for one request: it is never cached or shared */
    uint64_t file_n;
    const struct str *forms; /* ready encodings, owned by `office` */
    struct office *office;   /* kept, where forms is set */
    atomic_size_t bytes;
};

/* From an answered request; takes over req->body, or req->file. headers: reply_headers() of it, copied. NULL: no
 * memory. */
struct sheet *sheet_new(struct request *req, int status, const struct header *headers, size_t header_n);
/* The same with another live count, in every encoding that `s` has: spliced (splice.h), not compressed again. `text` is
 * the whole piece that shows it (count.h). */
struct sheet *sheet_recount(const struct sheet *s, int64_t count, struct str text);
struct sheet *sheet_keep(struct sheet *s);
void sheet_release(struct sheet *s); /* NULL is fine */
struct str sheet_body(const struct sheet *s);

/* Which answer this request gets: the whole in its encoding, or 304; of a file also a part (206) or 416. NULL: it would
 * have to be compressed, and `make` is false; or no memory. The response belongs to the sheet. */
struct MHD_Response *sheet_pick(struct sheet *s, const struct incoming *in, bool make, unsigned *ret_status);
/* The same as bytes, for who writes to the socket itself. */
struct answer {
    unsigned status;
    struct str head; /* status line and headers, each ended by CR LF; without Date, Connection, the empty line */
    struct str body; /* empty for HEAD and a 304 */
    uint64_t file_at, file_n; /* instead of the body: these bytes of the sheet's file; file_n 0: none */
};
/* False as sheet_pick() gives NULL; the status is there also then. What it gives belongs to the sheet. */
bool sheet_answer(struct sheet *s, const struct incoming *in, bool make, struct answer *ret);
/* Does an If-None-Match header hold this tag (RFC 9110 13.1.2, weak comparison)? */
bool etag_matches(struct str if_none_match, struct str etag);
