// SPDX-License-Identifier: Apache-2.0
/* Finished answers. A body lives in a blob, which the sheet and every response made of it keep. */
#include "web/sheet.h"

#include "base/clock.h"
#include "web/office.h"
#include "web/splice.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct blob {
    _Atomic long keepers;
    size_t n;
    char *bytes;
    struct seam seam; /* of a packed body with a live count in it */
};

static struct blob *blob_keep(struct blob *b) {
    atomic_fetch_add(&b->keepers, 1);
    return b;
}

static struct blob *blob_take(struct buf *b) {
    struct blob *blob = malloc(sizeof *blob);
    size_t n = b->n;
    if (!blob || buf_failed(b)) {
        free(blob);
        return NULL;
    }
    char *bytes = n ? buf_take(b) : NULL, *less = n ? realloc(bytes, n) : NULL;
    if (less)
        bytes = less;
    *blob = (struct blob){.keepers = 1, .n = n, .bytes = bytes};
    return blob;
}

static void blob_release(void *p) {
    struct blob *blob = p;
    if (!blob || atomic_fetch_sub(&blob->keepers, 1) > 1)
        return;
    free(blob->bytes);
    free(blob);
}

static bool headers_copy(struct sheet *s, const struct header *headers, size_t n) {
    size_t bytes = n * sizeof *headers;
    for (size_t i = 0; i < n; i++)
        bytes += headers[i].value.n + 1;
    s->headers = malloc(bytes ? bytes : 1);
    if (!s->headers)
        return false;
    char *text = (char *)(s->headers + n);
    for (size_t i = 0; i < n; i++) {
        memcpy(text, headers[i].value.p, headers[i].value.n);
        text[headers[i].value.n] = 0;
        s->headers[i] = (struct header){headers[i].name, {text, headers[i].value.n}};
        text += headers[i].value.n + 1;
    }
    s->header_n = n;
    atomic_fetch_add(&s->bytes, bytes);
    return true;
}

static void hash_body(struct sheet *s, struct str body) {
    unsigned char hash[16];
    /* fails only for wrong sizes */
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)body.p, body.n, NULL, 0);
    (void)sodium_bin2base64(s->hash, sizeof s->hash, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

struct str sheet_body(const struct sheet *s) {
    if (s->forms)
        return s->forms[ENCODING_IDENTITY];
    return str_part(s->body->bytes, s->body->n);
}

/* What tells one state of a file from another. */
static void hash_file(struct sheet *s) {
    struct stat st;
    uint64_t state[4] = {0};
    if (fstat(s->file, &st) == 0) {
        state[0] = (uint64_t)st.st_ino;
        state[1] = (uint64_t)st.st_size;
        state[2] = (uint64_t)st.st_mtim.tv_sec;
        state[3] = (uint64_t)st.st_mtim.tv_nsec;
    }
    hash_body(s, str_part((const char *)state, sizeof state));
}

enum { COMPRESSED_LEAST = 256 }; /* below, the compressed form saves nothing, or is larger */

static struct sheet *sheet_finish(struct sheet *s, const struct header *headers, size_t n) {
    if ((!s->forms && !s->body && s->file < 0) || !headers_copy(s, headers, n)) {
        sheet_release(s);
        return NULL;
    }
    s->compressible = s->compressible && s->file < 0 && sheet_body(s).n >= COMPRESSED_LEAST;
    if (s->file >= 0)
        hash_file(s);
    else if (s->has_etag)
        hash_body(s, sheet_body(s));
    atomic_fetch_add(&s->bytes, sizeof *s + (s->body ? s->body->n : 0));
    return s;
}

struct sheet *sheet_new(struct request *req, int status, const struct header *headers, size_t header_n) {
    struct sheet *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->keepers = 1;
    s->status = status;
    s->file = req->file;
    s->file_n = req->file_n;
    req->file = -1;
    s->made_us = s->counted_us = clock_ticks_us();
    s->compressible = encoding_suits(req->content_type);
    s->has_etag = status == 200 && !req->bare && req->route && req->route->cache != CACHE_NONE;
    if (status == 200 && req->viewed_id > 0) {
        s->viewed_id = req->viewed_id;
        s->count_at = req->count_at;
        s->count_n = req->count_n;
    }
    if (req->forms) {
        s->forms = req->forms;
        s->office = office_keep(req->office);
    } else if (s->file < 0) {
        s->body = blob_take(&req->body);
    }
    return sheet_finish(s, headers, header_n);
}

/* What the old sheet has packed, with the new count. What cannot be spliced is packed when it is asked for. */
static void splice_forms(const struct sheet *old, struct sheet *s, struct str text) {
    for (int e = ENCODING_IDENTITY + 1; e < ENCODINGS; e++) {
        struct blob *was = atomic_load(&old->packed[e]);
        struct seam seam;
        BUF_LOCAL(b);
        if (!was || !splice_count(str_part(was->bytes, was->n), &was->seam, (enum encoding)e, text, &b, &seam))
            continue;
        struct blob *now = blob_take(&b);
        if (!now)
            continue;
        now->seam = seam;
        atomic_store(&s->packed[e], now);
        atomic_fetch_add(&s->bytes, now->n);
    }
}

struct sheet *sheet_recount(const struct sheet *old, int64_t count, struct str text) {
    struct sheet *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    BUF_LOCAL(body);
    encode_splice(sheet_body(old), old->count_at, old->count_n, text, &body);
    *s = (struct sheet){.keepers = 1,
                        .status = old->status,
                        .file = -1,
                        .compressible = old->compressible,
                        .has_etag = old->has_etag,
                        .made_us = old->made_us,
                        .counted_us = clock_ticks_us(),
                        .viewed_id = old->viewed_id,
                        .count = count,
                        .count_at = old->count_at,
                        .count_n = text.n,
                        .body = blob_take(&body)};
    splice_forms(old, s, text);
    return sheet_finish(s, old->headers, old->header_n);
}

struct sheet *sheet_keep(struct sheet *s) {
    atomic_fetch_add(&s->keepers, 1);
    return s;
}

void sheet_release(struct sheet *s) {
    if (!s || atomic_fetch_sub(&s->keepers, 1) > 1)
        return;
    for (int e = 0; e < ENCODINGS; e++) {
        struct MHD_Response *whole = atomic_load(&s->whole[e]), *not_modified = atomic_load(&s->not_modified[e]);
        if (whole)
            MHD_destroy_response(whole);
        if (not_modified)
            MHD_destroy_response(not_modified);
        blob_release(atomic_load(&s->whole_head[e]));
        blob_release(atomic_load(&s->not_modified_head[e]));
    }
    if (s->file >= 0)
        close(s->file);
    for (int e = 0; e < ENCODINGS; e++)
        blob_release(atomic_load(&s->packed[e]));
    blob_release(s->body);
    free(s->headers);
    office_release(s->office);
    free(s);
}

/* --- responses --- */

struct form { /* the bytes that a response sends, and who holds them */
    struct str bytes;
    struct blob *blob;
    struct office *office;
};

static void form_release(void *p) {
    struct form *form = p;
    blob_release(form->blob);
    office_release(form->office);
    free(form);
}

/* With a seam where a live count is. */
static struct blob *pack(const struct sheet *s, enum encoding e) {
    struct seam seam = {0};
    BUF_LOCAL(b);
    if (s->count_n == 0 || !splice_pack(sheet_body(s), s->count_at, s->count_n, e, &b, &seam)) {
        seam = (struct seam){0};
        buf_reset(&b);
        if (!encode(sheet_body(s), e, ENCODE_LIVE, &b))
            return NULL;
    }
    struct blob *blob = blob_take(&b);
    if (blob)
        blob->seam = seam;
    return blob;
}

/* Two threads may pack the same; the later one's is thrown away. NULL: no memory. */
static struct blob *packed_get(struct sheet *s, enum encoding e) {
    struct blob *there = atomic_load(&s->packed[e]);
    if (there)
        return there;
    struct blob *mine = pack(s, e);
    if (!mine)
        return NULL;
    if (!atomic_compare_exchange_strong(&s->packed[e], &there, mine)) {
        blob_release(mine);
        return there;
    }
    atomic_fetch_add(&s->bytes, mine->n);
    return mine;
}

static bool form_encode(struct sheet *s, enum encoding e, struct form *ret) {
    if (s->forms) {
        ret->bytes = s->forms[e];
        ret->office = office_keep(s->office);
        return true;
    }
    struct blob *blob = e == ENCODING_IDENTITY ? s->body : packed_get(s, e);
    if (!blob)
        return false;
    ret->blob = blob_keep(blob);
    ret->bytes = str_part(ret->blob->bytes, ret->blob->n);
    return true;
}

static struct str etag_of(const struct sheet *s, enum encoding e, char room[48]) {
    int n = snprintf(room, 48, "\"%s%s%s\"", s->hash, e ? "-" : "", e ? encoding_words[e] : "");
    return str_part(room, (size_t)n);
}

static bool wanted_in_304(const char *name) {
    return strcmp(name, "Content-Type") != 0 && strcmp(name, "Content-Language") != 0;
}

static void headers_give(struct MHD_Response *r, const struct sheet *s, enum encoding e, bool whole) {
    for (size_t i = 0; i < s->header_n; i++)
        if (whole || wanted_in_304(s->headers[i].name))
            (void)MHD_add_response_header(r, s->headers[i].name, s->headers[i].value.p); /* no memory: one less */
    char room[48];
    if (s->has_etag)
        (void)MHD_add_response_header(r, "ETag", etag_of(s, e, room).p);
    if (whole && e != ENCODING_IDENTITY)
        (void)MHD_add_response_header(r, "Content-Encoding", encoding_words[e]);
}

static struct MHD_Response *whole_new(struct sheet *s, enum encoding e) {
    struct form *form = calloc(1, sizeof *form);
    if (!form || !form_encode(s, e, form)) {
        free(form);
        return NULL;
    }
    struct MHD_Response *r = MHD_create_response_from_buffer_with_free_callback_cls(
        form->bytes.n, form->bytes.n ? (void *)(uintptr_t)form->bytes.p : buf_empty, form_release, form);
    if (!r)
        form_release(form);
    else
        headers_give(r, s, e, true);
    return r;
}

/* libmicrohttpd 0.9 always says a length, and here it says 0, where RFC 9110 8.6 wants none or that of the page. That
 * of the page makes clients wait that read a body wherever a length is (wrk does); 0 is passed over: a length is not
 * among what a 304 changes in a cache (RFC 9111 3.2). */
static struct MHD_Response *not_modified_new(struct sheet *s, enum encoding e) {
    struct MHD_Response *r = MHD_create_response_from_buffer(0, buf_empty, MHD_RESPMEM_PERSISTENT);
    if (r)
        headers_give(r, s, e, false);
    return r;
}

static bool is_ready(const struct sheet *s, enum encoding e, bool whole) {
    return !whole || e == ENCODING_IDENTITY || s->forms || atomic_load(&s->packed[e]);
}

/* Two threads may make the same; the later one is thrown away. make: also where it must be packed for it. */
static struct MHD_Response *slot_get(struct sheet *s, enum encoding e, bool whole, bool make) {
    _Atomic(struct MHD_Response *) *slot = whole ? &s->whole[e] : &s->not_modified[e];
    struct MHD_Response *there = atomic_load(slot);
    if (there || !(make || is_ready(s, e, whole)))
        return there;
    struct MHD_Response *mine = whole ? whole_new(s, e) : not_modified_new(s, e);
    if (mine && !atomic_compare_exchange_strong(slot, &there, mine)) {
        MHD_destroy_response(mine);
        return there;
    }
    return mine;
}

bool etag_matches(struct str if_none_match, struct str etag) {
    struct str item;
    while (str_cut(&if_none_match, ',', &item)) {
        item = str_trim(item);
        if (str_starts(item, "W/"))
            item = str_from(item, 2);
        if (str_is(item, "*") || str_eq(item, etag))
            return true;
    }
    return false;
}

/* --- files --- */

struct range {
    uint64_t at, n;
};

/* "bytes=0-99", "bytes=100-", "bytes=-100" of `all` bytes (RFC 9110 14.1.2). 0: send the whole (also for several ranges
 * and other units); 206; 416. */
static unsigned range_parse(struct str text, uint64_t all, struct range *ret) {
    *ret = (struct range){0, all};
    if (!str_starts_nocase(text, "bytes=") || str_find_char(text, ',', 0) != SIZE_MAX)
        return 0;
    struct str range = str_trim(str_from(text, 6));
    size_t dash = str_find_char(range, '-', 0);
    struct str first = str_first(range, dash), last = dash == SIZE_MAX ? STR_NONE : str_from(range, dash + 1);
    int64_t from = 0, to = INT64_MAX;
    if (dash == SIZE_MAX || range.n == 1 || (first.n && !str_to_int(first, &from)) ||
        (last.n && (last.p[0] == '-' || !str_to_int(last, &to))) || (first.n && to < from))
        return 0;
    if (first.n == 0) { /* the last `to` bytes */
        uint64_t n = (uint64_t)to < all ? (uint64_t)to : all;
        *ret = (struct range){all - n, n};
    } else {
        uint64_t end = (uint64_t)to < all ? (uint64_t)to + 1 : all;
        *ret = (struct range){(uint64_t)from, end > (uint64_t)from ? end - (uint64_t)from : 0};
    }
    return ret->n ? 206 : 416;
}

/* Which part of its file is asked for: 0 (the whole), 206 or 416, with the Content-Range that says so. */
static unsigned file_part(const struct sheet *s, const struct incoming *in, struct range *ret, char text[80]) {
    char etag[48];
    bool asked = in->range.n && str_is(in->method, "GET") &&
                 (in->if_range.n == 0 || str_eq(in->if_range, etag_of(s, ENCODING_IDENTITY, etag)));
    *ret = (struct range){0, s->file_n};
    unsigned partial = asked ? range_parse(in->range, s->file_n, ret) : 0;
    if (partial == 416)
        (void)snprintf(text, 80, "bytes */%llu", (unsigned long long)s->file_n);
    else if (partial)
        (void)snprintf(text, 80, "bytes %llu-%llu/%llu", (unsigned long long)ret->at,
                       (unsigned long long)(ret->at + ret->n - 1), (unsigned long long)s->file_n);
    return partial;
}

static struct MHD_Response *file_response(struct sheet *s, const struct incoming *in) {
    char text[80];
    struct range range;
    unsigned partial = file_part(s, in, &range, text);
    if (partial)
        s->status = (int)partial;
    int fd = partial == 416 ? -1 : fcntl(s->file, F_DUPFD_CLOEXEC, 0);
    struct MHD_Response *r = partial == 416 ? MHD_create_response_from_buffer(0, buf_empty, MHD_RESPMEM_PERSISTENT)
                             : fd < 0       ? NULL
                                            : MHD_create_response_from_fd_at_offset64(range.n, fd, range.at);
    if (!r) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    headers_give(r, s, ENCODING_IDENTITY, true);
    (void)MHD_add_response_header(r, "Accept-Ranges", "bytes");
    if (partial)
        (void)MHD_add_response_header(r, "Content-Range", text);
    return r;
}

/* --- which one --- */

static enum encoding choose(const struct sheet *s, const struct incoming *in) {
    enum encoding e = s->compressible ? encoding_negotiate(in->accept_encoding) : ENCODING_IDENTITY;
    return s->forms && s->forms[e].n == 0 ? ENCODING_IDENTITY : e;
}

static bool client_has_it(const struct sheet *s, const struct incoming *in, enum encoding e) {
    char room[48];
    return s->has_etag && in->if_none_match.n && etag_matches(in->if_none_match, etag_of(s, e, room));
}

struct MHD_Response *sheet_pick(struct sheet *s, const struct incoming *in, bool make, unsigned *ret_status) {
    enum encoding e = choose(s, in);
    if (client_has_it(s, in, e)) {
        *ret_status = MHD_HTTP_NOT_MODIFIED;
        return slot_get(s, e, false, true);
    }
    if (s->file >= 0 && !atomic_load(&s->whole[e]))
        atomic_store(&s->whole[e], file_response(s, in)); /* nobody else has this sheet */
    *ret_status = (unsigned)s->status;
    return s->file >= 0 ? atomic_load(&s->whole[e]) : slot_get(s, e, true, make);
}

/* --- as bytes --- */

/* range: of a file, what Content-Range says; "" for none. */
static struct blob *head_new(const struct sheet *s, enum encoding e, unsigned status, uint64_t length,
                             const char *range) {
    bool whole = status != MHD_HTTP_NOT_MODIFIED;
    char room[48];
    BUF_LOCAL(b);
    buf_printf(&b, "HTTP/1.1 %u %s\r\n", status, MHD_get_reason_phrase_for(status));
    for (size_t i = 0; i < s->header_n; i++)
        if (whole || wanted_in_304(s->headers[i].name))
            buf_printf(&b, "%s: %.*s\r\n", s->headers[i].name, STR_FMT(s->headers[i].value));
    if (s->has_etag)
        buf_printf(&b, "ETag: %s\r\n", etag_of(s, e, room).p);
    if (whole && e != ENCODING_IDENTITY)
        buf_printf(&b, "Content-Encoding: %s\r\n", encoding_words[e]);
    if (whole && s->file >= 0)
        buf_add_z(&b, "Accept-Ranges: bytes\r\n");
    if (*range)
        buf_printf(&b, "Content-Range: %s\r\n", range);
    if (whole)
        buf_printf(&b, "Content-Length: %llu\r\n", (unsigned long long)length);
    return blob_take(&b);
}

/* Two threads may make the same; the later one is thrown away. False: no memory. */
static bool head_get(struct sheet *s, enum encoding e, struct answer *a, uint64_t length, const char *range) {
    _Atomic(struct blob *) *slot = a->status == MHD_HTTP_NOT_MODIFIED ? &s->not_modified_head[e] : &s->whole_head[e];
    struct blob *there = atomic_load(slot), *mine = there ? NULL : head_new(s, e, a->status, length, range);
    if (mine && atomic_compare_exchange_strong(slot, &there, mine))
        there = mine;
    else
        blob_release(mine);
    if (there)
        a->head = str_part(there->bytes, there->n);
    return there != NULL;
}

static bool answer_file(struct sheet *s, const struct incoming *in, struct answer *a) {
    char text[80] = "";
    struct range range;
    unsigned partial = file_part(s, in, &range, text); /* nobody else has this sheet */
    if (partial)
        a->status = partial;
    if (partial == MHD_HTTP_RANGE_NOT_SATISFIABLE)
        range.n = 0;
    if (!str_is(in->method, "HEAD")) {
        a->file_at = range.at;
        a->file_n = range.n;
    }
    return head_get(s, ENCODING_IDENTITY, a, range.n, text);
}

bool sheet_answer(struct sheet *s, const struct incoming *in, bool make, struct answer *ret) {
    enum encoding e = choose(s, in);
    *ret = (struct answer){.status = (unsigned)s->status, .head = STR_NONE, .body = STR_NONE};
    if (client_has_it(s, in, e)) {
        ret->status = MHD_HTTP_NOT_MODIFIED;
        return head_get(s, e, ret, 0, "");
    }
    if (s->file >= 0)
        return answer_file(s, in, ret);
    if (!make && !is_ready(s, e, true))
        return false;
    struct blob *blob = s->forms ? NULL : e == ENCODING_IDENTITY ? s->body : packed_get(s, e);
    if (!s->forms && !blob)
        return false;
    struct str body = s->forms ? s->forms[e] : str_part(blob->bytes, blob->n);
    if (!str_is(in->method, "HEAD"))
        ret->body = body;
    return head_get(s, e, ret, body.n, "");
}
