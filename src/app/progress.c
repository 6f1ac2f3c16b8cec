// SPDX-License-Identifier: Apache-2.0
/* The progress bar: drawn at most ten times a second, never in the first one. */
#include "app/progress.h"

#include "base/clock.h"

#include <unistd.h>

enum { BAR_COLUMNS = 30 };
static const int64_t quiet_us = CLOCK_SECOND_US, between_us = CLOCK_SECOND_US / 10;

static void put(struct str bytes) {
    ssize_t n = write(STDERR_FILENO, bytes.p, bytes.n);
    (void)n; /* a terminal that has gone has nobody to tell */
}

struct progress progress_start(size_t total, const char *what) {
    return (struct progress){clock_ticks_us(), 0, total, what, isatty(STDERR_FILENO) == 1};
}

void progress_add_line(struct buf *ret, const struct progress *p, size_t done, int64_t now_us) {
    double seconds = (double)(now_us - p->began_us) / (double)CLOCK_SECOND_US;
    double share = p->total ? (double)done / (double)p->total : 1;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    size_t filled = (size_t)(share * BAR_COLUMNS);
    buf_add_char(ret, '[');
    for (size_t i = 0; i < BAR_COLUMNS; i++)
        buf_add_char(ret, i < filled ? '#' : '.');
    buf_printf(ret, "] %zu of %zu %s", done, p->total, p->what);
    if (rate > 0) {
        int64_t left = (int64_t)((double)(p->total - done) / rate + 0.5);
        buf_printf(ret, ", %.*f a second, %lld:%02lld left", rate < 10 ? 1 : 0, rate, (long long)(left / 60),
                   (long long)(left % 60));
    }
}

void progress_at(struct progress *p, size_t done) {
    int64_t now_us = clock_ticks_us();
    if (!p->shown || now_us - p->began_us < quiet_us || (p->drawn_us && now_us - p->drawn_us < between_us))
        return;
    BUF_LOCAL(line);
    buf_add_char(&line, '\r');
    progress_add_line(&line, p, done < p->total ? done : p->total, now_us);
    buf_add_z(&line, "\033[K");
    put(buf_str(&line));
    p->drawn_us = now_us;
}

void progress_clear(struct progress *p) {
    if (p->drawn_us)
        put(STR("\r\033[K"));
    p->drawn_us = 0;
}
