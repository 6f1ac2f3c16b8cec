// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A progress bar on standard error, for work that takes more than a second: done, rate, time left. Where standard error
 * is no terminal, nothing is ever printed. One thread. */
#include "base/buf.h"

struct progress {
    int64_t began_us, drawn_us; /* monotonic; drawn_us 0: nothing is on the screen */
    size_t total;
    const char *what; /* "files" */
    bool shown;       /* standard error is a terminal */
};

struct progress progress_start(size_t total, const char *what);
/* `done` of the total are done now. */
void progress_at(struct progress *p, size_t done);
/* Takes the bar off the screen, so that a line can be printed; it comes back by itself. */
void progress_clear(struct progress *p);
/* The line itself, for the moment `now_us` (of the monotonic clock). Appends. */
void progress_add_line(struct buf *ret, const struct progress *p, size_t done, int64_t now_us);
