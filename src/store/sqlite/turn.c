// SPDX-License-Identifier: Apache-2.0
/* The wait is by asking again: flock(2) has none that ends after a time, and who is woken by it has no precedence. */
#include "store/sqlite/turn.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_NS = 1000000 };

int turn_open(const char *path) {
    BUF_LOCAL(file);
    buf_add_z(&file, path ? path : "");
    buf_add_z(&file, "-turn");
    return path && !buf_failed(&file) ? open(file.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
}

int turn_begin(int turn, int patience_ms) {
    static const struct timespec pause = {.tv_nsec = PAUSE_NS};
    if (turn < 0 || flock(turn, LOCK_EX | LOCK_NB) == 0)
        return patience_ms;
    int64_t begun = clock_ticks_us(), waited_ms = 0;
    while (waited_ms < patience_ms / 4 && flock(turn, LOCK_EX | LOCK_NB) != 0 &&
           (errno == EWOULDBLOCK || errno == EINTR)) {
        (void)nanosleep(&pause, NULL); /* a signal shortens it: fine */
        waited_ms = (clock_ticks_us() - begun) / 1000;
    }
    return waited_ms < patience_ms ? (int)(patience_ms - waited_ms) : 0;
}

void turn_end(int turn) {
    if (turn >= 0)
        (void)flock(turn, LOCK_UN); /* cannot fail on one that is ours */
}
