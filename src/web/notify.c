// SPDX-License-Identifier: Apache-2.0
/* sd_notify by hand: one datagram to the socket named by NOTIFY_SOCKET ('@' first: an abstract one). */
#include "web/notify.h"

#include "base/clock.h"
#include "base/err.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int notify_send(const char *text) {
    const char *path = getenv("NOTIFY_SOCKET");
    if (!path || !*path)
        return 0;
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if ((path[0] != '/' && path[0] != '@') || n >= sizeof to.sun_path)
        return -ERR_INVALID;
    memcpy(to.sun_path, path, n);
    if (path[0] == '@')
        to.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_errno(NULL, "the service manager's socket");
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    ssize_t sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to, length);
    int failed = sent < 0 ? err_errno(NULL, "the service manager's socket") : 0;
    close(fd);
    return failed;
}

int notify_ready(void) {
    return notify_send("READY=1");
}

int notify_reloading(void) {
    char text[80];
    (void)snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_ticks_us());
    return notify_send(text);
}

int notify_stopping(void) {
    return notify_send("STOPPING=1");
}
