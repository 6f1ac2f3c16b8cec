// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Addresses of clients and lists of networks (CIDR), IPv4 and IPv6. An IPv4 address within IPv6 (::ffff:a.b.c.d) is the
 * IPv4 address. Thread-safe; a struct networks is immutable after parsing. */
#include "base/err.h"
#include "base/str.h"

#include <sys/socket.h>

struct address {
    enum { ADDRESS_NONE, ADDRESS_IP4, ADDRESS_IP6, ADDRESS_LOCAL /* a Unix socket */ } kind;
    unsigned char bytes[16]; /* 4 or 16 of them */
};
enum { ADDRESS_TEXT_MOST = 48 };

struct address address_of(const struct sockaddr *sa);
/* "192.0.2.7", "2001:db8::1", with port as proxies write it ("192.0.2.7:443", "[2001:db8::1]:443"). */
bool address_parse(struct str text, struct address *ret);
void address_text(const struct address *a, char ret[ADDRESS_TEXT_MOST]);
/* 127.0.0.0/8, ::1, a Unix socket. */
bool address_is_loopback(const struct address *a);

enum { NETWORKS_MOST = 64 };
struct networks {
    size_t n;
    struct network {
        struct address base;
        unsigned bits;
    } network[NETWORKS_MOST];
};
/* "10.0.0.0/8, 2001:db8::/32 192.0.2.7"; the empty string is no network. -ERR_INVALID names the part. */
int networks_parse(struct str text, struct networks *ret, struct err *reterr);
bool networks_have(const struct networks *n, const struct address *a);

/* Who the client is: the peer, or, where the peer is one of our proxies (or a Unix socket), the last address of
 * X-Forwarded-For that is not. */
struct address client_address(const struct address *peer, struct str forwarded_for, const struct networks *proxies);
