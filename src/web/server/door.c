// SPDX-License-Identifier: Apache-2.0
/* Threads, each with its epoll, its guests and its own front of the page cache. */
#include "web/server/door.h"

#include "base/clock.h"
#include "base/log.h"
#include "web/server/mhd.h"
#include "web/server/plain_head.h"
#include "web/server/sending.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EVENTS = 64, ADMIT_MOST = 16, TURN_MOST = 16, PAUSE_MS = 100 };
enum { COMES = EPOLLIN | EPOLLRDHUP, ENDED = EPOLLRDHUP | EPOLLHUP | EPOLLERR };
#define PAUSE_LOGGED_US (60 * CLOCK_SECOND_US)

enum watched { WATCHED_LISTENER, WATCHED_BELL, WATCHED_GUEST }; /* what an event is about: each begins with this */

struct listener {
    enum watched watched;
    int fd;
};

/* A connection. In its thread's list, and in its epoll but while it waits for a worker. */
struct guest {
    enum watched watched;
    int fd;
    struct thread *thread;
    struct guest *before, *after;
    struct peer *peer;
    struct sending *rest; /* of an answer that the socket had no room for; NULL: none */
};

/* A request that a worker has. */
struct ask {
    struct call call;
    struct incoming in;
    struct plain_head head;
    struct guest *guest;
    struct ask *next;
    char bytes[]; /* of the head, which `in` points into */
};

struct thread {
    enum watched watched; /* its bell */
    int epoll, bell;
    struct door *door;
    struct carrier *carrier;
    struct MHD_Daemon *behind;
    pthread_t id;
    bool started;
    struct front *front;
    char *peeked, *taken; /* room for a head each */
    int64_t now_us;       /* when this turn began */
    struct sending_tails tails;
    int64_t paused_us;
    bool paused, shut;    /* the listeners are not in its epoll */
    pthread_mutex_t lock; /* over what others give it: */
    struct guest guests;  /* a ring's head */
    struct ask *answered;
};

struct door {
    struct carrier *carrier;
    atomic_bool shut, ended;
    atomic_uint turn; /* whose guest the next one is */
    _Atomic int64_t pause_logged_us;
    unsigned listeners, threads;
    size_t head_most;
    struct listener listener[LISTEN_MOST];
    struct thread thread[];
};

/* --- epoll --- */

static bool watch_for(struct thread *t, int how, int fd, uint32_t events, void *watched) {
    struct epoll_event e = {.events = events, .data.ptr = watched};
    return epoll_ctl(t->epoll, how, fd, &e) == 0;
}

static void unwatch(struct thread *t, int fd) {
    (void)epoll_ctl(t->epoll, EPOLL_CTL_DEL, fd, NULL); /* at worst it is not in there */
}

static bool watch_listeners(struct thread *t) {
    struct door *d = t->door;
    bool good = true;
    for (unsigned i = 0; i < d->listeners; i++)
        good = (watch_for(t, EPOLL_CTL_ADD, d->listener[i].fd, EPOLLIN | EPOLLEXCLUSIVE, &d->listener[i]) ||
                errno == EEXIST) &&
               good;
    return good;
}

static void unwatch_listeners(struct thread *t) {
    for (unsigned i = 0; i < t->door->listeners; i++)
        unwatch(t, t->door->listener[i].fd);
}

static void ring(struct thread *t) {
    uint64_t one = 1;
    (void)!write(t->bell, &one, sizeof one); /* full: it rings already */
}

/* --- guests --- */

static void leave_ring(struct guest *g) {
    pthread_mutex_lock(&g->thread->lock);
    g->before->after = g->after;
    g->after->before = g->before;
    pthread_mutex_unlock(&g->thread->lock);
}

/* A child that is being started may hold the socket for a moment longer: so it is taken out of the epoll by hand. */
static void guest_close(struct guest *g) {
    unwatch(g->thread, g->fd);
    leave_ring(g);
    sending_free(g->rest);
    peers_remove(g->thread->carrier->peers, g->peer); /* first: nobody shuts a number that is another's by then */
    (void)close(g->fd);
    free(g);
}

/* What is in the socket stays there. */
static void guest_hand_on(struct guest *g) {
    struct thread *t = g->thread;
    struct mhd_handed handed = {AF_UNSPEC, g->peer};
    int fd = g->fd;
    atomic_store(&g->peer->busy, true);
    atomic_store(&g->peer->resting, false);
    carrier_set_deadline(g->peer, 0);
    unwatch(t, fd);
    leave_ring(g);
    free(g);
    if (MHD_add_connection(t->behind, fd, (const struct sockaddr *)(const void *)&handed, sizeof handed) != MHD_YES)
        peers_remove(t->carrier->peers, handed.peer); /* it has closed the socket */
}

static void guest_rests(struct guest *g) {
    struct carrier *c = g->thread->carrier;
    atomic_store_explicit(&g->peer->deadline_us, g->thread->now_us + c->idle_us, memory_order_relaxed);
    atomic_store_explicit(&g->peer->silent_us, g->thread->now_us, memory_order_relaxed);
    if (atomic_load_explicit(&g->peer->busy, memory_order_relaxed))
        peers_rest(c->peers, g->peer);
}

/* --- answers --- */

/* The socket is full. The whole answer has its time, and what the socket holds has its own: who stops reading a large
 * file is not waited for as long as the file may take. */
static void guest_waits(struct guest *g) {
    int held = 0;
    (void)ioctl(g->fd, SIOCOUTQ, &held); /* else 0 */
    int64_t until = clock_coarse_us() + carrier_stalling_us(g->thread->carrier, (uint64_t)held);
    if (until > g->rest->until_us)
        until = g->rest->until_us;
    atomic_store_explicit(&g->peer->deadline_us, until, memory_order_relaxed);
}

/* n: bytes of body or file */
static void guest_keep(struct guest *g, const struct sending *s, struct sheet *sheet, uint64_t n) {
    g->rest = sending_keep(s, sheet);
    if (g->rest)
        g->rest->until_us = clock_coarse_us() + carrier_sending_us(n);
}

/* Sends on; the guest may be gone then. watched: it is in the epoll. */
static void guest_send_on(struct guest *g, bool watched) {
    struct thread *t = g->thread;
    int how = watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    enum sending_state state = sending_go_on(g->rest, g->fd);
    bool stays = false;
    if (state == SENDING_WAITS) {
        guest_waits(g);
        stays = watched || watch_for(t, how, g->fd, EPOLLOUT, g);
    } else if (state == SENDING_DONE && !g->rest->closes) {
        sending_free(g->rest);
        g->rest = NULL;
        guest_rests(g);
        stays = watch_for(t, how, g->fd, COMES | EPOLLET, g);
    }
    if (!stays)
        guest_close(g);
}

/* From the cache: at once, and without a copy; what the socket has no room for is kept. True: all is sent, and the
 * guest stays. */
static bool guest_answer(struct guest *g, struct sheet *s, const struct answer *a, bool closes) {
    struct thread *t = g->thread;
    struct sending now;
    sending_begin(&now, a, &t->tails, closes);
    enum sending_state state = sending_go_on(&now, g->fd);
    if (state == SENDING_DONE && !closes) {
        guest_rests(g);
        return true;
    }
    if (state == SENDING_WAITS)
        guest_keep(g, &now, s, a->body.n);
    if (g->rest && watch_for(t, EPOLL_CTL_MOD, g->fd, EPOLLOUT, g)) {
        atomic_store(&g->peer->busy, true);
        guest_waits(g);
    } else {
        guest_close(g);
    }
    return false;
}

/* --- the slow lane --- */

static void ask_free(struct ask *ask) {
    carrier_call_end(&ask->call);
    free(ask);
}

static void ask_done(struct call *call) {
    struct ask *ask = (struct ask *)(void *)((char *)call - offsetof(struct ask, call));
    struct thread *t = ask->guest->thread;
    pthread_mutex_lock(&t->lock);
    ask->next = t->answered;
    t->answered = ask;
    pthread_mutex_unlock(&t->lock);
    ring(t);
}

/* Without memory: a few words without anything. */
static void sorry(struct guest *g) {
    const char *sentence = err_sentence(ERR_NO_MEMORY);
    char words[512];
    int n = snprintf(words, sizeof words,
                     "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "Retry-After: 5\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
                     strlen(sentence), sentence);                     /* fits */
    (void)send(g->fd, words, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT); /* the connection is closed in any case */
    guest_close(g);
}

static void take_answer(struct ask *ask) {
    struct guest *g = ask->guest;
    struct sheet *s = ask->call.sheet;
    struct answer a;
    struct sending now;
    bool good = s && sheet_answer(s, &ask->in, true, &a);
    if (good) {
        sending_begin(&now, &a, &g->thread->tails, ask->head.closes);
        guest_keep(g, &now, s, a.body.n + a.file_n);
    }
    ask_free(ask);
    if (!g->rest) {
        sorry(g);
        return;
    }
    guest_send_on(g, false);
}

static void take_answers(struct thread *t) {
    uint64_t rung;
    (void)!read(t->bell, &rung, sizeof rung); /* nothing there: it was read before */
    pthread_mutex_lock(&t->lock);
    struct ask *ask = t->answered;
    t->answered = NULL;
    pthread_mutex_unlock(&t->lock);
    while (ask) {
        struct ask *next = ask->next;
        take_answer(ask);
        ask = next;
    }
}

static struct ask *ask_new(struct guest *g, struct str head) {
    struct ask *ask = calloc(1, sizeof *ask + head.n);
    if (!ask)
        return NULL;
    memcpy(ask->bytes, head.p, head.n);
    (void)plain_head_read(str_part(ask->bytes, head.n), &ask->in, &ask->head); /* as it did before */
    ask->guest = g;
    carrier_call_begin(g->thread->carrier, &ask->call, &ask->in, ask_done);
    ask->call.client = carrier_client(ask->call.live, g->peer, &ask->in);
    return ask;
}

/* claimed: the sheet whose recount it has claimed; NULL: none */
static void guest_ask(struct guest *g, struct str head, bool counted, struct sheet *claimed) {
    struct ask *ask = ask_new(g, head);
    if (!ask) {
        carrier_unclaim(claimed);
        sorry(g);
        return;
    }
    ask->call.counted = counted;
    if (claimed)
        carrier_claim(&ask->call, claimed);
    atomic_store(&g->peer->busy, true);
    carrier_set_deadline(g->peer, 0); /* from here on it is we who take the time */
    unwatch(g->thread, g->fd);
    carrier_push(g->thread->carrier, &ask->call);
}

/* --- requests --- */

/* Takes the head out of the socket. */
static bool guest_take(struct guest *g, size_t n) {
    return recv(g->fd, g->thread->taken, n, MSG_DONTWAIT) == (ssize_t)n;
}

/* True: answered, and the guest may have more to ask. */
static bool guest_serve(struct guest *g, struct incoming *in, const struct plain_head *head) {
    struct thread *t = g->thread;
    struct carrier *c = t->carrier;
    struct sheet *s = carrier_cached(c, t->front, in, t->now_us);
    struct answer a;
    bool ready = s && sheet_answer(s, in, false, &a), recount = false;
    if (ready) {
        const struct live *live = atomic_load(&c->serving.live);
        struct address client;
        recount = carrier_count(c, live, g->peer, in, s, t->now_us, &client);
        if (!recount) {
            carrier_note_hit(c, live, in, &client, t->now_us, a.status);
            return guest_answer(g, s, &a, head->closes);
        }
    }
    guest_ask(g, str_part(t->peeked, head->n), ready, recount ? s : NULL);
    return false;
}

/* True: it may have brought more. */
static bool guest_read(struct guest *g, bool ended) {
    struct thread *t = g->thread;
    ssize_t n = recv(g->fd, t->peeked, t->door->head_most, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return errno == EINTR;
    if (n <= 0) {
        guest_close(g);
        return false;
    }
    struct incoming in;
    struct plain_head head;
    struct err err;
    incoming_init(&in);
    bool plain = plain_head_read(str_part(t->peeked, (size_t)n), &in, &head) && !(head.closes && head.n < (size_t)n) &&
                 incoming_check(&in, &t->carrier->serving.limits, head.target_n, head.n, &err) == 0;
    if (!plain)
        guest_hand_on(g);
    else if (!guest_take(g, head.n))
        guest_close(g);
    else
        return guest_serve(g, &in, &head) && (ended || head.n < (size_t)n);
    return false;
}

/* The epoll tells of what comes from now on, and not of what is there: so all that came is looked at, and the end where
 * it came with it. Who has brought very much at once is told of again, after the others. */
static void guest_come(struct guest *g, bool ended) {
    bool more = true;
    for (int i = 0; more && i < TURN_MOST; i++)
        more = guest_read(g, ended);
    if (more && !watch_for(g->thread, EPOLL_CTL_MOD, g->fd, COMES | EPOLLET, g))
        guest_close(g);
}

/* --- newcomers --- */

static struct guest *guest_new(struct door *d, int fd, struct peer *peer) {
    struct guest *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    struct thread *t = &d->thread[atomic_fetch_add(&d->turn, 1) % d->threads];
    *g = (struct guest){.watched = WATCHED_GUEST, .fd = fd, .thread = t, .peer = peer};
    pthread_mutex_lock(&t->lock);
    g->before = t->guests.before;
    g->after = &t->guests;
    g->before->after = g->after->before = g;
    pthread_mutex_unlock(&t->lock);
    return g;
}

static void let_in(struct thread *t, int fd, const struct sockaddr *sa) {
    struct carrier *c = t->carrier;
    struct address a = address_of(sa);
    enum peers_verdict why;
    bool displaced;
    int on = 1;
    metrics_count(c->serving.metrics, METRIC_CONNECTION);
    struct peer *peer = peers_add(c->peers, fd, &a, c, &why, &displaced);
    if (displaced)
        metrics_count(c->serving.metrics, METRIC_CONNECTION_DISPLACED);
    struct guest *g = peer ? guest_new(t->door, fd, peer) : NULL;
    if (!g) {
        carrier_refuse(c, fd, peer ? PEERS_NO_MEMORY : why);
        if (peer)
            peers_remove(c->peers, peer);
        (void)close(fd);
        return;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* a Unix socket has none */
    atomic_store(&peer->resting, true);
    carrier_set_deadline(peer, c->idle_us);
    peers_rest(c->peers, peer);                                       /* who comes when the server is about to end */
    if (!watch_for(g->thread, EPOLL_CTL_ADD, fd, COMES | EPOLLET, g)) /* from here on it is that thread's */
        guest_close(g);
}

/* The machine has no more descriptors or memory for sockets: those who come wait in the kernel's queue meanwhile. */
static void pause_listening(struct thread *t, int why) {
    unwatch_listeners(t);
    t->paused = true;
    t->paused_us = t->now_us;
    int64_t logged = atomic_load(&t->door->pause_logged_us);
    if (logged && t->now_us - logged < PAUSE_LOGGED_US)
        return;
    if (!atomic_compare_exchange_strong(&t->door->pause_logged_us, &logged, t->now_us))
        return; /* another thread says it */
    LOG(LOG_WARN, "connections_wait", LOG_TEXT("why", str_of(strerrordesc_np(why))));
}

static void open_up(struct thread *t, const struct listener *l) {
    for (int i = 0; i < ADMIT_MOST && !t->paused; i++) {
        struct sockaddr_storage sa = {.ss_family = AF_UNSPEC};
        socklen_t n = sizeof sa;
        int fd = accept4(l->fd, (struct sockaddr *)&sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0)
            let_in(t, fd, (const struct sockaddr *)&sa);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            pause_listening(t, errno);
        else if (errno == EAGAIN)
            return;
    }
}

/* --- threads --- */

static void handle(struct thread *t, const struct epoll_event *e) {
    enum watched *watched = e->data.ptr;
    if (*watched == WATCHED_LISTENER) {
        open_up(t, (const struct listener *)(const void *)watched);
    } else if (*watched == WATCHED_BELL) {
        take_answers(t);
    } else {
        struct guest *g = (struct guest *)(void *)watched;
        if (g->rest)
            guest_send_on(g, true);
        else
            guest_come(g, (e->events & ENDED) != 0);
    }
}

static void *run(void *arg) {
    struct thread *t = arg;
    struct door *d = t->door;
    struct epoll_event event[EVENTS];
    while (!atomic_load(&d->ended)) {
        int n = epoll_wait(t->epoll, event, EVENTS, t->paused ? PAUSE_MS : -1);
        t->now_us = clock_ticks_us();
        sending_renew(&t->tails);
        for (int i = 0; i < n; i++)
            handle(t, &event[i]);
        if (atomic_load(&d->shut) && !t->shut) {
            t->shut = true;
            if (!t->paused)
                unwatch_listeners(t);
            t->paused = false;
        } else if (t->paused && t->now_us - t->paused_us >= PAUSE_MS * 1000) {
            t->paused = !watch_listeners(t);
        }
    }
    return NULL;
}

static int thread_start(struct door *d, unsigned i, struct MHD_Daemon *behind, struct err *reterr) {
    struct thread *t = &d->thread[i];
    t->watched = WATCHED_BELL;
    t->door = d;
    t->carrier = d->carrier;
    t->behind = behind;
    t->guests.before = t->guests.after = &t->guests;
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    t->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    (void)pthread_mutex_init(&t->lock, NULL); /* cannot fail on Linux */
    d->threads = i + 1;
    if (t->epoll < 0 || t->bell < 0 || !watch_for(t, EPOLL_CTL_ADD, t->bell, EPOLLIN, t) || !watch_listeners(t))
        return err_errno(reterr, "a thread for connections could not be prepared");
    t->front = front_new(d->carrier->serving.cache);
    t->peeked = malloc(d->head_most);
    t->taken = malloc(d->head_most);
    return t->front && t->peeked && t->taken ? 0 : err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

int door_open(struct carrier *c, const struct listening *listening, unsigned listeners,
              struct MHD_Daemon *const *behind, unsigned threads, struct door **ret, struct err *reterr) {
    struct door *d = calloc(1, sizeof *d + threads * sizeof *d->thread);
    if (!d)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    d->carrier = c;
    d->head_most = c->serving.limits.head_most + 1; /* more is too large in any case */
    for (d->listeners = 0; d->listeners < listeners; d->listeners++)
        d->listener[d->listeners] = (struct listener){WATCHED_LISTENER, listening[d->listeners].fd};
    int failed = 0;
    for (unsigned i = 0; i < threads && !failed; i++)
        failed = thread_start(d, i, behind[i], reterr);
    for (unsigned i = 0; i < threads && !failed; i++) { /* all are there before one lets anybody in */
        d->thread[i].started = pthread_create(&d->thread[i].id, NULL, run, &d->thread[i]) == 0;
        if (!d->thread[i].started)
            failed =
                err_set(reterr, ERR_NO_MEMORY, "only %u of %u threads for connections could be started", i, threads);
    }
    if (failed) {
        door_free(d);
        return failed;
    }
    *ret = d;
    return 0;
}

void door_shut(struct door *d) {
    atomic_store(&d->shut, true);
    for (unsigned i = 0; i < d->threads; i++)
        ring(&d->thread[i]);
}

static void thread_free(struct thread *t) {
    for (struct ask *ask = t->answered, *next; ask; ask = next) {
        next = ask->next;
        ask_free(ask);
    }
    while (t->guests.after != &t->guests)
        guest_close(t->guests.after);
    front_free(t->front);
    free(t->peeked);
    free(t->taken);
    if (t->epoll >= 0)
        (void)close(t->epoll);
    if (t->bell >= 0)
        (void)close(t->bell);
    pthread_mutex_destroy(&t->lock);
}

void door_free(struct door *d) {
    if (!d)
        return;
    atomic_store(&d->ended, true);
    for (unsigned i = 0; i < d->threads; i++)
        ring(&d->thread[i]);
    for (unsigned i = 0; i < d->threads; i++)
        if (d->thread[i].started)
            pthread_join(d->thread[i].id, NULL);
    for (unsigned i = 0; i < d->threads; i++)
        thread_free(&d->thread[i]);
    free(d);
}
