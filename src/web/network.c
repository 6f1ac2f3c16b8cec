// SPDX-License-Identifier: Apache-2.0
/* Client addresses and CIDR lists. */
#include "web/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static struct address address_ip6(const unsigned char bytes[16]) {
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    struct address a = {.kind = ADDRESS_IP6};
    if (memcmp(bytes, mapped, sizeof mapped) == 0) {
        a.kind = ADDRESS_IP4;
        memcpy(a.bytes, bytes + 12, 4);
    } else {
        memcpy(a.bytes, bytes, 16);
    }
    return a;
}

struct address address_of(const struct sockaddr *sa) {
    struct address a = {.kind = ADDRESS_NONE};
    if (!sa)
        return a;
    if (sa->sa_family == AF_INET) {
        a.kind = ADDRESS_IP4;
        memcpy(a.bytes, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
    } else if (sa->sa_family == AF_INET6) {
        a = address_ip6(((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr.s6_addr);
    } else if (sa->sa_family == AF_UNIX) {
        a.kind = ADDRESS_LOCAL;
    }
    return a;
}

static struct str without_port(struct str text) {
    if (text.n && text.p[0] == '[')
        return str_first(str_from(text, 1),
                         str_find_char(text, ']', 0) == SIZE_MAX ? text.n : str_find_char(text, ']', 0) - 1);
    size_t colon = str_find_char(text, ':', 0);
    if (colon != SIZE_MAX && str_find_char(text, ':', colon + 1) == SIZE_MAX)
        return str_first(text, colon);
    return text;
}

bool address_parse(struct str text, struct address *ret) {
    text = without_port(str_trim(text));
    char z[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    if (text.n == 0 || text.n >= sizeof z)
        return false;
    memcpy(z, text.p, text.n);
    z[text.n] = 0;
    if (inet_pton(AF_INET, z, bytes) == 1) {
        *ret = (struct address){.kind = ADDRESS_IP4};
        memcpy(ret->bytes, bytes, 4);
        return true;
    }
    if (inet_pton(AF_INET6, z, bytes) != 1)
        return false;
    *ret = address_ip6(bytes);
    return true;
}

void address_text(const struct address *a, char ret[ADDRESS_TEXT_MOST]) {
    if (a->kind == ADDRESS_IP4 || a->kind == ADDRESS_IP6) {
        if (inet_ntop(a->kind == ADDRESS_IP4 ? AF_INET : AF_INET6, a->bytes, ret, ADDRESS_TEXT_MOST))
            return;
    }
    (void)snprintf(ret, ADDRESS_TEXT_MOST, "%s", a->kind == ADDRESS_LOCAL ? "local" : "unknown");
}

bool address_is_loopback(const struct address *a) {
    static const unsigned char loopback6[16] = {[15] = 1};
    return a->kind == ADDRESS_LOCAL || (a->kind == ADDRESS_IP4 && a->bytes[0] == 127) ||
           (a->kind == ADDRESS_IP6 && memcmp(a->bytes, loopback6, 16) == 0);
}

static bool network_parse(struct str text, struct network *ret) {
    size_t slash = str_find_char(text, '/', 0);
    struct address base;
    if (!address_parse(str_first(text, slash), &base))
        return false;
    unsigned most = base.kind == ADDRESS_IP4 ? 32 : 128;
    int64_t bits = most;
    if (slash != SIZE_MAX && (!str_to_int(str_from(text, slash + 1), &bits) || bits < 0 || bits > most))
        return false;
    *ret = (struct network){base, (unsigned)bits};
    return true;
}

int networks_parse(struct str text, struct networks *ret, struct err *reterr) {
    struct networks list = {0};
    for (size_t at = 0; at < text.n;) {
        size_t end = at;
        while (end < text.n && !strchr(", \t\n", text.p[end]))
            end++;
        struct str part = str_part(text.p + at, end - at);
        at = end + 1;
        if (part.n == 0)
            continue;
        if (list.n == NETWORKS_MOST)
            return err_set(reterr, ERR_INVALID, "there are more than %d networks in one list", NETWORKS_MOST);
        if (!network_parse(part, &list.network[list.n++]))
            return err_set(reterr, ERR_INVALID, "\"%.*s\" is not a network; write it like 10.0.0.0/8 or 2001:db8::/32",
                           STR_FMT(part));
    }
    *ret = list;
    return 0;
}

static bool network_has(const struct network *n, const struct address *a) {
    if (n->base.kind != a->kind)
        return false;
    unsigned whole = n->bits / 8, rest = n->bits % 8;
    if (memcmp(n->base.bytes, a->bytes, whole) != 0)
        return false;
    return rest == 0 || ((n->base.bytes[whole] ^ a->bytes[whole]) & (0xff00 >> rest) & 0xff) == 0;
}

bool networks_have(const struct networks *n, const struct address *a) {
    for (size_t i = 0; i < n->n; i++)
        if (network_has(&n->network[i], a))
            return true;
    return false;
}

struct address client_address(const struct address *peer, struct str forwarded_for, const struct networks *proxies) {
    struct address client = *peer;
    while (forwarded_for.n && (client.kind == ADDRESS_LOCAL || networks_have(proxies, &client))) {
        size_t at = forwarded_for.n;
        while (at > 0 && forwarded_for.p[at - 1] != ',')
            at--;
        struct address before;
        if (!address_parse(str_from(forwarded_for, at), &before))
            break;
        client = before;
        forwarded_for = str_first(forwarded_for, at ? at - 1 : 0);
    }
    return client;
}
