// SPDX-License-Identifier: Apache-2.0
#include "little_server.h"

#include "../unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MOST = 512 };

struct little {
    int fd;
    char url[64];
    little_answer *answer;
    void *arg;
    atomic_uint connections, questions;
    pthread_t accepting;
    pthread_mutex_t lock;
    size_t n;
    struct connection {
        struct little *server;
        pthread_t thread;
        int fd;
    } connection[CONNECTIONS_MOST];
};

void little_reply(struct buf *to, int status, const char *type, struct str body) {
    buf_printf(to, "HTTP/1.1 %d Well\r\nContent-Length: %zu\r\n", status, body.n);
    if (type)
        buf_printf(to, "Content-Type: %s\r\n", type);
    buf_add_z(to, "\r\n");
    buf_add(to, body);
}

static size_t length_of(struct str head) {
    size_t at = str_find_nocase(head, STR("\r\ncontent-length:"), 0);
    return at == SIZE_MAX ? 0 : (size_t)strtoul(head.p + at + 17, NULL, 10);
}

/* The next question's bytes in `in`: its length, or 0 when the other side is gone. */
static size_t receive(int fd, struct buf *in) {
    for (;;) {
        size_t end = str_find(buf_str(in), STR("\r\n\r\n"), 0);
        if (end != SIZE_MAX) {
            size_t whole = end + 4 + length_of(str_first(buf_str(in), end + 2));
            if (in->n >= whole)
                return whole;
        }
        char some[65536];
        ssize_t got = recv(fd, some, sizeof some, 0);
        if (got <= 0)
            return 0;
        buf_add(in, str_part(some, (size_t)got));
    }
}

static bool answer_one(struct connection *c, struct str whole) {
    struct little_question q = {.number = atomic_fetch_add(&c->server->questions, 1) + 1};
    size_t end = str_find(whole, STR("\r\n\r\n"), 0);
    q.head = str_first(whole, end + 2);
    q.body = str_from(whole, end + 4);
    struct str rest = q.head;
    (void)str_cut(&rest, ' ', &q.method); /* there is a line */
    (void)str_cut(&rest, ' ', &q.path);
    BUF_LOCAL(out);
    c->server->answer(c->server->arg, &q, &out);
    for (struct str left = buf_str(&out); left.n;) {
        ssize_t put = send(c->fd, left.p, left.n, MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        left = str_from(left, (size_t)put);
    }
    return out.n;
}

static void *converse(void *arg) {
    struct connection *c = arg;
    BUF_LOCAL(in);
    for (size_t n; (n = receive(c->fd, &in));) {
        if (!answer_one(c, str_first(buf_str(&in), n)))
            break;
        memmove(in.p, in.p + n, in.n - n);
        buf_cut(&in, in.n - n);
    }
    (void)shutdown(c->fd, SHUT_RDWR);
    return NULL;
}

static void *accept_all(void *arg) {
    struct little *s = arg;
    for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0;) {
        atomic_fetch_add(&s->connections, 1);
        pthread_mutex_lock(&s->lock);
        assert_true(s->n < CONNECTIONS_MOST);
        struct connection *c = &s->connection[s->n++];
        *c = (struct connection){.server = s, .fd = fd};
        assert_int_equal(pthread_create(&c->thread, NULL, converse, c), 0);
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

struct little *little_start(little_answer *answer, void *arg) {
    struct little *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->answer = answer;
    s->arg = arg;
    assert_int_equal(pthread_mutex_init(&s->lock, NULL), 0);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &n), 0);
    assert_int_equal(listen(s->fd, 128), 0);
    (void)snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u", (unsigned)ntohs(at.sin_port)); /* fits */
    assert_int_equal(pthread_create(&s->accepting, NULL, accept_all, s), 0);
    return s;
}

void little_stop(struct little *s) {
    (void)shutdown(s->fd, SHUT_RDWR);
    (void)pthread_join(s->accepting, NULL);
    for (size_t i = 0; i < s->n; i++) {
        (void)shutdown(s->connection[i].fd, SHUT_RDWR);
        (void)pthread_join(s->connection[i].thread, NULL);
        (void)close(s->connection[i].fd);
    }
    (void)close(s->fd);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

const char *little_url(const struct little *s) {
    return s->url;
}

unsigned little_connections(struct little *s) {
    return atomic_load(&s->connections);
}

unsigned little_questions(struct little *s) {
    return atomic_load(&s->questions);
}
