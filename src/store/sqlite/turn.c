// SPDX-License-Identifier: Apache-2.0
/* The wait is by asking again: flock(2) has none that ends after a time, and who is woken by it has no precedence. */
#include "store/sqlite/turn.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_NS = 1000000 };

int turn_open(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    int turn = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    free(folder);
    return turn;
}

int turn_begin(int turn, int patience_ms) {
    static const struct timespec pause = {.tv_nsec = PAUSE_NS};
    if (turn < 0 || flock(turn, LOCK_EX | LOCK_NB) == 0)
        return patience_ms;
    int64_t end = clock_ticks_us() + (int64_t)patience_ms * 1000, left = end - clock_ticks_us();
    while (left > 0 && flock(turn, LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR)) {
        (void)nanosleep(&pause, NULL); /* a signal shortens it: fine */
        left = end - clock_ticks_us();
    }
    return left > 0 ? (int)(left / 1000) : 0;
}

void turn_end(int turn) {
    if (turn >= 0)
        (void)flock(turn, LOCK_UN); /* cannot fail on one that is ours */
}
