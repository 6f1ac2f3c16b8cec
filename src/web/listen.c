// SPDX-License-Identifier: Apache-2.0
/* Listening sockets. All are opened here, so that whoever accepts (the door, libmicrohttpd) treats every kind alike. */
#include "web/listen.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { INHERITED_FIRST = 3 };

static unsigned port_of(int fd) {
    struct sockaddr_storage sa;
    socklen_t n = sizeof sa;
    if (getsockname(fd, (struct sockaddr *)&sa, &n) != 0)
        return 0;
    if (sa.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)(void *)&sa)->sin_port);
    return sa.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)(void *)&sa)->sin6_port) : 0;
}

static bool is_listening(int fd) {
    int yes = 0;
    socklen_t n = sizeof yes;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &n) == 0 && yes;
}

static int take_fd(int fd, const char *words, struct listening *ret, struct err *reterr) {
    if (!is_listening(fd))
        return err_set(reterr, ERR_INVALID, "listen = %s: descriptor %d is not a listening socket", words, fd);
    int flags = fcntl(fd, F_GETFD);
    if (flags >= 0)
        (void)fcntl(fd, F_SETFD, flags | FD_CLOEXEC); /* a child would only keep it open */
    flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) /* others may have taken who came */
        return err_errno(reterr, "listen = %s", words);
    *ret = (struct listening){.fd = fd, .port = port_of(fd)};
    return 0;
}

static int open_fd(const char *words, struct listening *ret, struct err *reterr) {
    int64_t fd;
    if (!str_to_int(str_of(words + 3), &fd) || fd < 0 || fd > 65535)
        return err_set(reterr, ERR_INVALID, "listen = %s: write a descriptor like fd:3", words);
    return take_fd((int)fd, words, ret, reterr);
}

/* --- Unix --- */

/* A socket file that refuses connections was left behind by a server that is gone. */
static void remove_stale(const struct sockaddr_un *sa) {
    struct stat st;
    if (lstat(sa->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)sa, sizeof *sa) != 0 && errno == ECONNREFUSED)
        (void)unlink(sa->sun_path); /* bind() says what is wrong if it is still there */
    close(fd);
}

/* What an operator meets most often, with the way out; the rest in the system's words. */
static int refuse(const char *words, int why, struct err *reterr) {
    if (why == EADDRINUSE)
        return err_set(reterr, ERR_IO, "listen = %s: another program listens there already; end it, or take another",
                       words);
    if (why == EACCES)
        return err_set(reterr, ERR_IO, "listen = %s: this user may not listen there; %s", words,
                       str_starts(str_of(words), "unix:") ? "the folder must be writable for it"
                                                          : "ports below 1024 take CAP_NET_BIND_SERVICE, or root");
    if (why == EADDRNOTAVAIL)
        return err_set(reterr, ERR_IO, "listen = %s: this machine has no such address", words);
    errno = why;
    return err_errno(reterr, "listen = %s", words);
}

static int open_unix(const char *words, struct listening *ret, struct err *reterr) {
    const char *path = words + 5;
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    if (strlen(path) == 0 || strlen(path) >= sizeof sa.sun_path)
        return err_set(reterr, ERR_INVALID, "listen = %s: a socket's path has 1 to %zu bytes", words,
                       sizeof sa.sun_path - 1);
    (void)snprintf(sa.sun_path, sizeof sa.sun_path, "%s", path);
    remove_stale(&sa);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&sa, sizeof sa) != 0 || listen(fd, SOMAXCONN) != 0) {
        int failed = refuse(words, errno, reterr);
        if (fd >= 0)
            close(fd);
        return failed;
    }
    (void)chmod(path, 0666); /* the proxy is another user; who may reach it is for the folder to say */
    *ret = (struct listening){.fd = fd};
    (void)snprintf(ret->unlink, sizeof ret->unlink, "%s", path);
    return 0;
}

/* --- TCP --- */

/* "[::1]:8080" → host, port; the last colon parts them. */
static bool split_tcp(const char *words, char host[64], char port[8]) {
    const char *colon = strrchr(words, ':');
    if (!colon || strlen(colon + 1) == 0 || strlen(colon + 1) > 5)
        return false;
    struct str h = str_part(words, (size_t)(colon - words));
    if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
        h = str_part(h.p + 1, h.n - 2);
    else if (str_find_char(h, ':', 0) != SIZE_MAX)
        return false;
    if (str_is_nocase(h, "localhost"))
        h = STR("127.0.0.1");
    if (h.n == 0)
        h = STR("*");
    if (h.n >= 64)
        return false;
    (void)snprintf(host, 64, "%.*s", STR_FMT(h));
    (void)snprintf(port, 8, "%s", colon + 1);
    return true;
}

static int bind_tcp(const struct addrinfo *to, bool both) {
    int on = 1, off = 0;
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (to->ai_family == AF_INET6)
        ok = ok && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, both ? &off : &on, sizeof on) == 0;
    if (ok && bind(fd, to->ai_addr, to->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int try_tcp(const char *host, const char *port, bool both, int *ret_why) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found;
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        *ret_why = 0;
        return -1;
    }
    int fd = bind_tcp(found, both);
    *ret_why = errno;
    freeaddrinfo(found);
    return fd;
}

static int not_understood(const char *words, struct err *reterr) {
    return err_set(reterr, ERR_INVALID,
                   "listen = %s is not understood; write 127.0.0.1:8080, [::1]:8080, *:8080, unix:/path or fd:3",
                   words);
}

static bool is_tcp(const char *words) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found;
    char host[64], port[8];
    int64_t number;
    if (!split_tcp(words, host, port) || !str_to_int(str_of(port), &number) || number < 0 || number > 65535)
        return false;
    if (getaddrinfo(strcmp(host, "*") == 0 ? "::" : host, port, &hints, &found) != 0)
        return false;
    freeaddrinfo(found);
    return true;
}

int listen_check(const char *words, struct err *reterr) {
    struct str s = str_of(words);
    int64_t number;
    bool good = str_starts(s, "unix:") ? s.n > 5
                : str_starts(s, "fd:") ? str_to_int(str_from(s, 3), &number) && number >= 0
                                       : is_tcp(words);
    return good ? 0 : not_understood(words, reterr);
}

static int open_tcp(const char *words, struct listening *ret, struct err *reterr) {
    char host[64], port[8];
    int64_t number;
    int fd = -1, why = 0;
    if (split_tcp(words, host, port) && str_to_int(str_of(port), &number) && number >= 0 && number <= 65535) {
        bool both = strcmp(host, "*") == 0;
        fd = try_tcp(both ? "::" : host, port, both, &why);
        if (fd < 0 && both && why == EAFNOSUPPORT) /* a system without IPv6 */
            fd = try_tcp("0.0.0.0", port, false, &why);
    }
    if (fd < 0 && why)
        return refuse(words, why, reterr);
    if (fd < 0)
        return not_understood(words, reterr);
    *ret = (struct listening){.fd = fd, .port = port_of(fd)};
    return 0;
}

int listen_open(const char *words, struct listening *ret, struct err *reterr) {
    if (str_starts(str_of(words), "unix:"))
        return open_unix(words, ret, reterr);
    if (str_starts(str_of(words), "fd:"))
        return open_fd(words, ret, reterr);
    return open_tcp(words, ret, reterr);
}

unsigned listen_inherited(struct listening *ret, unsigned most) {
    int64_t pid, n;
    if (!str_to_int(str_of(getenv("LISTEN_PID")), &pid) || pid != getpid() ||
        !str_to_int(str_of(getenv("LISTEN_FDS")), &n) || n <= 0)
        return 0;
    unsigned got = 0;
    for (int fd = INHERITED_FIRST; fd < INHERITED_FIRST + n && got < most; fd++)
        if (take_fd(fd, "LISTEN_FDS", &ret[got], NULL) == 0)
            got++;
    return got;
}

void listen_close(struct listening *l) {
    if (l->fd >= 0)
        close(l->fd);
    if (l->unlink[0])
        (void)unlink(l->unlink); /* a stale one is replaced at the next start */
    l->fd = -1;
    l->unlink[0] = 0;
}
