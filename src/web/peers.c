// SPDX-License-Identifier: Apache-2.0
/* A ring of connections and a table of addresses, behind one lock that is taken when one opens or closes. */
#include "web/peers.h"

#include "base/clock.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096 };

struct count {
    struct count *next;
    struct address address;
    unsigned n;
};

struct peers {
    pthread_mutex_t lock;
    struct peer ring; /* its head */
    atomic_bool draining;
    unsigned open, per_address;
    struct networks free_of_limit;
    unsigned char hash_key[crypto_shorthash_KEYBYTES];
    struct count *bucket[BUCKETS];
};

struct peers *peers_new(unsigned per_address, const struct networks *free_of_limit) {
    struct peers *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->per_address = per_address;
    p->free_of_limit = *free_of_limit;
    p->ring.before = p->ring.after = &p->ring;
    crypto_shorthash_keygen(p->hash_key);
    (void)pthread_mutex_init(&p->lock, NULL); /* cannot fail on Linux */
    return p;
}

void peers_free(struct peers *p) {
    if (!p)
        return;
    while (p->ring.after != &p->ring)
        peers_remove(p, p->ring.after);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* A home has a whole /64 of IPv6. */
static struct address household(const struct address *a) {
    struct address h = *a;
    if (h.kind == ADDRESS_IP6)
        memset(h.bytes + 8, 0, 8);
    return h;
}

static bool is_limited(const struct peers *p, const struct address *a) {
    return p->per_address && (a->kind == ADDRESS_IP4 || a->kind == ADDRESS_IP6) && !networks_have(&p->free_of_limit, a);
}

static struct count **count_place(struct peers *p, const struct address *a) {
    uint64_t hash;
    (void)crypto_shorthash((unsigned char *)&hash, a->bytes, sizeof a->bytes, p->hash_key); /* gives 0 */
    struct count **at = &p->bucket[hash % BUCKETS];
    while (*at && ((*at)->address.kind != a->kind || memcmp((*at)->address.bytes, a->bytes, sizeof a->bytes) != 0))
        at = &(*at)->next;
    return at;
}

bool peers_admit(struct peers *p, const struct address *a) {
    if (!is_limited(p, a))
        return true;
    struct address home = household(a);
    pthread_mutex_lock(&p->lock);
    struct count *c = *count_place(p, &home);
    bool admit = !c || c->n < p->per_address;
    pthread_mutex_unlock(&p->lock);
    return admit;
}

/* Without memory the address goes uncounted. */
static bool count_up(struct peers *p, const struct address *a) {
    struct address home = household(a);
    struct count **at = count_place(p, &home);
    if (!*at) {
        *at = calloc(1, sizeof **at);
        if (!*at)
            return false;
        (*at)->address = home;
    }
    (*at)->n++;
    return true;
}

static void count_down(struct peers *p, const struct address *a) {
    struct address home = household(a);
    struct count **at = count_place(p, &home), *c = *at;
    if (--c->n > 0)
        return;
    *at = c->next;
    free(c);
}

struct peer *peers_add(struct peers *p, int fd, const struct address *a, void *owner) {
    struct peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        return NULL;
    peer->fd = fd;
    peer->owner = owner;
    peer->address = *a;
    pthread_mutex_lock(&p->lock);
    peer->counted = is_limited(p, a) && count_up(p, a);
    peer->before = p->ring.before;
    peer->after = &p->ring;
    peer->before->after = peer->after->before = peer;
    p->open++;
    pthread_mutex_unlock(&p->lock);
    return peer;
}

void peers_remove(struct peers *p, struct peer *peer) {
    pthread_mutex_lock(&p->lock);
    peer->before->after = peer->after;
    peer->after->before = peer->before;
    if (peer->counted)
        count_down(p, &peer->address);
    p->open--;
    pthread_mutex_unlock(&p->lock);
    free(peer);
}

unsigned peers_sweep(struct peers *p) {
    int64_t now = clock_ticks_us();
    unsigned n = 0;
    pthread_mutex_lock(&p->lock);
    for (struct peer *peer = p->ring.after; peer != &p->ring; peer = peer->after) {
        int64_t deadline = atomic_load_explicit(&peer->deadline_us, memory_order_relaxed);
        if (deadline == 0 || deadline > now)
            continue;
        (void)shutdown(peer->fd, SHUT_RDWR); /* libmicrohttpd sees the end and closes it */
        atomic_store_explicit(&peer->deadline_us, 0, memory_order_relaxed);
        n++;
    }
    pthread_mutex_unlock(&p->lock);
    return n;
}

void peers_rest(struct peers *p, struct peer *peer) {
    atomic_store(&peer->busy, false);
    if (atomic_load(&p->draining))
        (void)shutdown(peer->fd, SHUT_RD); /* at worst it is closed already */
}

void peers_drain(struct peers *p) {
    atomic_store(&p->draining, true);
    pthread_mutex_lock(&p->lock);
    for (struct peer *peer = p->ring.after; peer != &p->ring; peer = peer->after)
        if (!atomic_load(&peer->busy))
            (void)shutdown(peer->fd, SHUT_RD);
    pthread_mutex_unlock(&p->lock);
}

void peers_figures(struct peers *p, unsigned *ret_open) {
    pthread_mutex_lock(&p->lock);
    *ret_open = p->open;
    pthread_mutex_unlock(&p->lock);
}
