// SPDX-License-Identifier: Apache-2.0
/* The floor that every server stands on: bench-floor FILE
 *
 * A bare epoll loop on one thread that sends FILE, a whole answer with its head, for each request's head that has come
 * in. It looks at nothing but the empty line at a head's end; connections stay open. Prints its port on 127.0.0.1 and
 * serves until it is killed. What a server needs beyond this is the server; what is in this is the kernel. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, HEAD_MOST = 16384, ANSWER_MOST = 4 * 1024 * 1024 };

struct line { /* a connection */
    int fd;
    size_t sent; /* of the answer under way */
    bool waits;  /* for room to send the rest */
};

static char *answer;
static size_t answer_n;

static void must(bool ok, const char *what) {
    if (ok)
        return;
    perror(what);
    exit(1);
}

static void read_answer(const char *path) {
    FILE *f = fopen(path, "rb");
    must(f != NULL, path);
    answer = malloc(ANSWER_MOST);
    must(answer != NULL, "memory");
    answer_n = fread(answer, 1, ANSWER_MOST, f);
    must(answer_n > 0 && answer_n < ANSWER_MOST, path);
    (void)fclose(f); /* was only read */
}

static int listen_somewhere(void) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    must(fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 1024) == 0, "listen");
    must(getsockname(fd, (struct sockaddr *)&a, &n) == 0, "port");
    printf("%u\n", ntohs(a.sin_port));
    (void)fflush(stdout); /* whoever reads it would notice */
    return fd;
}

static void admit(int epoll, int listener) {
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct line *l = fd < 0 ? NULL : calloc(1, sizeof *l);
    if (!l) {
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    l->fd = fd;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* at worst it is slower */
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = l};
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) == 0, "epoll");
}

/* False: the connection is over. Waits for room where the socket is full. */
static bool send_answer(int epoll, struct line *l) {
    ssize_t n = send(l->fd, answer + l->sent, answer_n - l->sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        return false;
    l->sent += n > 0 ? (size_t)n : 0;
    bool waits = l->sent < answer_n;
    if (!waits)
        l->sent = 0;
    if (waits == l->waits)
        return true;
    l->waits = waits;
    struct epoll_event e = {.events = waits ? EPOLLOUT : EPOLLIN, .data.ptr = l};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, l->fd, &e) == 0;
}

/* A load that sends one request at a time on a connection: what is there is one head, or the beginning of one. */
static bool take_request(int epoll, struct line *l) {
    char head[HEAD_MOST];
    ssize_t n = recv(l->fd, head, sizeof head, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    if (n < 4 || memcmp(head + n - 4, "\r\n\r\n", 4) != 0)
        return false;
    return send_answer(epoll, l);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: bench-floor FILE\n");
        return 2;
    }
    read_answer(argv[1]);
    int listener = listen_somewhere(), epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event at_door = {.events = EPOLLIN}, event[EVENTS];
    must(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &at_door) == 0, "epoll");
    for (;;) {
        int n = epoll_wait(epoll, event, EVENTS, -1);
        must(n >= 0 || errno == EINTR, "epoll_wait");
        for (int i = 0; i < n; i++) {
            struct line *l = event[i].data.ptr;
            if (!l) {
                admit(epoll, listener);
            } else if (!(l->waits ? send_answer(epoll, l) : take_request(epoll, l))) {
                (void)close(l->fd);
                free(l);
            }
        }
    }
}
