// SPDX-License-Identifier: Apache-2.0
/* A request's head: the headers we know, and what is refused before anything looks at the request. */
#include "web/incoming.h"

#include "base/size.h"

#include <stddef.h>
#include <string.h>

struct known {
    size_t n;
    const char *name;
    size_t offset;
    bool last; /* of several, the last one counts (proxies add lines); else the first */
};
#define KNOWN(text, field)                                                                                             \
    { sizeof(text) - 1, text, offsetof(struct incoming, field), false }

static const struct known known_headers[] = {
    KNOWN("Host", host),
    KNOWN("Cookie", cookie),
    KNOWN("Accept-Encoding", accept_encoding),
    KNOWN("If-None-Match", if_none_match),
    KNOWN("If-Range", if_range),
    KNOWN("Range", range),
    KNOWN("User-Agent", user_agent),
    KNOWN("From", from),
    KNOWN("Sec-Purpose", purpose),
    KNOWN("Purpose", purpose),
    KNOWN("X-Purpose", purpose),
    KNOWN("X-Moz", purpose),
    KNOWN("Sec-Fetch-Site", sec_fetch_site),
    KNOWN("Origin", origin),
    KNOWN("Referer", referer),
    {15, "X-Forwarded-For", offsetof(struct incoming, forwarded_for), true},
    KNOWN("Content-Type", content_type),
    KNOWN("Content-Length", content_length),
    KNOWN("Transfer-Encoding", transfer_encoding),
};

/* A space before the colon ends up here, too. */
bool incoming_name_ok(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool usual = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        if (!usual && (c <= ' ' || c >= 127 || strchr("\"(),/:;<=>?@[\\]{}", c)))
            return false;
    }
    return s.n > 0;
}

void incoming_init(struct incoming *in) {
    memset(in, 0, offsetof(struct incoming, args));
}

void incoming_header(struct incoming *in, struct str name, struct str value) {
    in->headers++;
    if (!incoming_name_ok(name)) {
        in->bad_name = true;
        return;
    }
    for (size_t i = 0; i < sizeof known_headers / sizeof *known_headers; i++) {
        const struct known *known = &known_headers[i];
        if (known->n != name.n || !str_eq_nocase(name, str_part(known->name, known->n)))
            continue;
        struct str *field = (struct str *)(void *)((char *)in + known->offset);
        if (known->last || !field->p)
            *field = value.p ? value : STR("");
        in->hosts += field == &in->host;
        in->lengths += field == &in->content_length;
        return;
    }
}

void incoming_arg(struct incoming *in, struct str name, struct str value) {
    if (in->args_n == INCOMING_ARGS_MOST)
        in->too_many_args = true;
    else
        in->args[in->args_n++] = (struct arg){name, value};
}

void incoming_query(struct incoming *in, struct str query) {
    struct str pair;
    while (str_cut(&query, '&', &pair)) {
        size_t equals = str_find_char(pair, '=', 0);
        if (pair.n)
            incoming_arg(in, str_first(pair, equals), equals == SIZE_MAX ? STR_NONE : str_from(pair, equals + 1));
    }
}

bool incoming_is_get(const struct incoming *in) {
    return str_is(in->method, "GET") || str_is(in->method, "HEAD");
}

/* A name or an address with an optional port; enough to be sure that it is one host and nothing else. */
static bool host_ok(struct str host) {
    for (size_t i = 0; i < host.n; i++) {
        unsigned char c = (unsigned char)host.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= '-' && c <= ':' && c != '/')) /* nearly all there are */
            continue;
        if (c <= ' ' || c >= 127 || strchr("/\\@?#,\"<>'`{}|^%", c))
            return false;
    }
    return true;
}

static int check_framing(const struct incoming *in, struct err *reterr) {
    if (in->bad_lines)
        return err_refuse(reterr, ERR_INVALID, "head_lines", NULL, 0,
                          "A line of the request's head is empty, continued or not ended as it should be.");
    if (in->bad_name)
        return err_refuse(reterr, ERR_INVALID, "header_name", NULL, 0,
                          "A header's name holds a character that has no place there.");
    if (in->needs_host && !in->hosts)
        return err_refuse(reterr, ERR_INVALID, "no_host", NULL, 0, "The request does not say which host it is for.");
    if (in->hosts > 1 || !host_ok(in->host))
        return err_refuse(reterr, ERR_INVALID, "host", NULL, 0,
                          "The request names more than one host, or one that is not understood.");
    if (in->lengths > 1 || (in->lengths && in->transfer_encoding.p))
        return err_refuse(reterr, ERR_INVALID, "two_lengths", NULL, 0, "The request says in two ways how long it is.");
    if (in->transfer_encoding.p)
        return err_refuse(reterr, ERR_INVALID, "no_length", NULL, 0,
                          "Send the length of the request with it (Content-Length).");
    return 0;
}

static int check_body(const struct incoming *in, const struct incoming_limits *limits, struct err *reterr) {
    int64_t length = 0;
    if (in->content_length.p && (!str_to_int(in->content_length, &length) || length < 0))
        return err_refuse(reterr, ERR_INVALID, "bad_length", NULL, 0, "The request's length is not a number.");
    if (length > 0 && incoming_is_get(in))
        return err_refuse(reterr, ERR_INVALID, "no_body", NULL, 0, "A request to read a page has no body.");
    if ((uint64_t)length > limits->form_most)
        return err_refuse(reterr, ERR_TOO_LARGE, "form_large", NULL, (int64_t)limits->form_most,
                          "The form is larger than %s; nothing was stored.", size_text(limits->form_most).z);
    return 0;
}

bool incoming_is_form(const struct incoming *in) {
    struct str type = str_trim(str_first(in->content_type, str_find_char(in->content_type, ';', 0)));
    return str_is_nocase(type, "application/x-www-form-urlencoded");
}

int incoming_check(const struct incoming *in, const struct incoming_limits *limits, size_t uri_n, size_t head_n,
                   struct err *reterr) {
    if (in->too_long || uri_n > limits->uri_most)
        return err_refuse(reterr, ERR_URI_TOO_LONG, "address_long", NULL, (int64_t)limits->uri_most,
                          "The address is longer than %s.", size_text(limits->uri_most).z);
    if (head_n > limits->head_most || in->headers > INCOMING_HEADERS_MOST)
        return err_refuse(reterr, ERR_HEADERS_TOO_LARGE, "headers_large", NULL, (int64_t)limits->head_most,
                          "The request's headers are larger than %s, or too many.", size_text(limits->head_most).z);
    int failed = check_framing(in, reterr);
    if (!failed && in->ill_address)
        failed =
            err_refuse(reterr, ERR_INVALID, "bad_address", NULL, 0, "The address is not written as addresses are.");
    if (!failed && in->too_many_args)
        failed = err_refuse(reterr, ERR_INVALID, "many_values", NULL, INCOMING_ARGS_MOST,
                            "The address holds more than %d values.", INCOMING_ARGS_MOST);
    return failed ? failed : check_body(in, limits, reterr);
}

/* "https://www.example.org:8443/x" gives "www.example.org:8443"; "" when it is no such address. */
static struct str origin_host(struct str address) {
    size_t at = str_find(address, STR("://"), 0);
    if (at == SIZE_MAX)
        return STR_NONE;
    struct str rest = str_from(address, at + 3);
    return str_first(rest, str_find_char(rest, '/', 0));
}

bool incoming_is_forged(const struct incoming *in) {
    if (in->sec_fetch_site.n)
        return !str_is_nocase(in->sec_fetch_site, "same-origin");
    struct str from = in->origin.n ? in->origin : in->referer;
    if (from.n)
        return in->host.n == 0 || !str_eq_nocase(origin_host(from), in->host);
    return in->cookie.n > 0;
}
