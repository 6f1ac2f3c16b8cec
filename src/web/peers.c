// SPDX-License-Identifier: Apache-2.0
/* A ring of connections and a table of addresses, behind one lock that is taken when one opens or closes. */
#include "web/peers.h"

#include "base/clock.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096, CHOSEN_MOST = 64, NOBODY_SILENT_US = 100000 };

struct count {
    struct count *next;
    struct address address;
    unsigned n;
};

/* Those that have been silent the longest, found in one walk over all, so that a crowd costs one walk in 64 newcomers.
 * Who has spoken since is passed over; all others were silent for a shorter time then, and are now. */
struct chosen {
    struct peer *peer; /* NULL: gone */
    int64_t silent_us;
};

struct peers {
    pthread_mutex_t lock;
    struct peer ring; /* its head */
    atomic_bool draining;
    unsigned open, leaving, most, per_address;
    struct chosen chosen[CHOSEN_MOST];
    unsigned chosen_at, chosen_n;
    int64_t nobody_until_us; /* nobody was silent; not looked for again before this */
    struct networks free_of_limit;
    unsigned char hash_key[crypto_shorthash_KEYBYTES];
    struct count *bucket[BUCKETS];
};

struct peers *peers_new(unsigned most, unsigned per_address, const struct networks *free_of_limit) {
    struct peers *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->most = most;
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

/* With the lock. */
static enum peers_verdict judge(struct peers *p, const struct address *a) {
    if (is_limited(p, a)) {
        struct address home = household(a);
        struct count *c = *count_place(p, &home);
        if (c && c->n >= p->per_address)
            return PEERS_ADDRESS_FULL;
    }
    return p->most && p->open >= p->most + PEERS_SPARE ? PEERS_FULL : PEERS_WELCOME;
}

enum peers_verdict peers_admit(struct peers *p, const struct address *a) {
    pthread_mutex_lock(&p->lock);
    enum peers_verdict verdict = judge(p, a);
    pthread_mutex_unlock(&p->lock);
    return verdict;
}

/* --- making room --- */

static bool is_silent(const struct peer *peer) {
    return !peer->leaving && (!atomic_load_explicit(&peer->busy, memory_order_relaxed) ||
                              atomic_load_explicit(&peer->receiving, memory_order_relaxed));
}

/* Puts it in its place among the chosen, the longest silent first; where there are too many the last one drops out. */
static void choose(struct peers *p, struct peer *peer, int64_t silent_us) {
    unsigned at = p->chosen_n;
    if (at == CHOSEN_MOST && p->chosen[--at].silent_us <= silent_us)
        return;
    for (; at > 0 && p->chosen[at - 1].silent_us > silent_us; at--)
        p->chosen[at] = p->chosen[at - 1];
    p->chosen[at] = (struct chosen){peer, silent_us};
    if (p->chosen_n < CHOSEN_MOST)
        p->chosen_n++;
}

static void choose_all(struct peers *p) {
    for (unsigned i = p->chosen_at; i < p->chosen_n; i++)
        if (p->chosen[i].peer)
            p->chosen[i].peer->chosen = 0;
    p->chosen_at = p->chosen_n = 0;
    for (struct peer *peer = p->ring.after; peer != &p->ring; peer = peer->after)
        if (is_silent(peer))
            choose(p, peer, atomic_load_explicit(&peer->silent_us, memory_order_relaxed));
    for (unsigned i = 0; i < p->chosen_n; i++)
        p->chosen[i].peer->chosen = (unsigned char)(i + 1);
}
_Static_assert(CHOSEN_MOST <= 255, "a peer's place fits");

static struct peer *next_chosen(struct peers *p) {
    while (p->chosen_at < p->chosen_n) {
        struct chosen *c = &p->chosen[p->chosen_at++];
        if (!c->peer)
            continue;
        c->peer->chosen = 0;
        if (is_silent(c->peer) && atomic_load_explicit(&c->peer->silent_us, memory_order_relaxed) == c->silent_us)
            return c->peer;
    }
    return NULL;
}

/* With the lock. False: nobody is silent. */
static bool make_room(struct peers *p) {
    struct peer *peer = next_chosen(p);
    int64_t now = clock_coarse_us();
    if (!peer && now >= p->nobody_until_us) {
        choose_all(p);
        peer = next_chosen(p);
        p->nobody_until_us = peer ? 0 : now + NOBODY_SILENT_US;
    }
    if (!peer)
        return false;
    peer->leaving = true;
    p->leaving++;
    (void)shutdown(peer->fd, SHUT_RDWR); /* whose it is sees the end and closes it */
    return true;
}

/* --- coming and going --- */

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

struct peer *peers_add(struct peers *p, int fd, const struct address *a, void *owner, enum peers_verdict *ret_why,
                       bool *ret_displaced) {
    struct peer *peer = calloc(1, sizeof *peer);
    *ret_displaced = false;
    *ret_why = PEERS_NO_MEMORY;
    if (!peer)
        return NULL;
    peer->fd = fd;
    atomic_store(&peer->silent_us, clock_coarse_us());
    peer->owner = owner;
    peer->address = *a;
    pthread_mutex_lock(&p->lock);
    *ret_why = judge(p, a);
    if (*ret_why == PEERS_WELCOME && p->most && p->open - p->leaving >= p->most) {
        *ret_displaced = make_room(p);
        *ret_why = *ret_displaced ? PEERS_WELCOME : PEERS_FULL;
    }
    if (*ret_why == PEERS_WELCOME) {
        peer->counted = is_limited(p, a) && count_up(p, a);
        peer->before = p->ring.before;
        peer->after = &p->ring;
        peer->before->after = peer->after->before = peer;
        p->open++;
    }
    pthread_mutex_unlock(&p->lock);
    if (*ret_why == PEERS_WELCOME)
        return peer;
    free(peer);
    return NULL;
}

void peers_remove(struct peers *p, struct peer *peer) {
    pthread_mutex_lock(&p->lock);
    peer->before->after = peer->after;
    peer->after->before = peer->before;
    if (peer->counted)
        count_down(p, &peer->address);
    if (peer->chosen)
        p->chosen[peer->chosen - 1].peer = NULL;
    p->leaving -= peer->leaving;
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
        if (deadline == 0 || deadline > now || peer->leaving)
            continue;
        (void)shutdown(peer->fd, SHUT_RDWR); /* whose it is sees the end and closes it */
        atomic_store_explicit(&peer->deadline_us, 0, memory_order_relaxed);
        n += !atomic_load(&peer->resting) || atomic_load(&peer->busy);
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
