// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Counts of what the server does, in Prometheus text format. Counting is one atomic add on a place of this processor's
 * own. Threads: any. */
#include "base/buf.h"

#include <stdatomic.h>

enum metric_lane { LANE_FAST, LANE_SLOW, LANES };
enum metric {
    METRIC_CACHE_HIT,     /* answered from the page cache, without a worker */
    METRIC_CACHE_MISS,    /* rendered */
    METRIC_CACHE_SHARED,  /* waited for another's render */
    METRIC_CACHE_RECOUNT, /* a live count spliced in */
    METRIC_CACHE_OLD,     /* served from the cache while the store was away */
    METRIC_QUEUE_FULL,    /* refused with 503 */
    METRIC_STORE_ERROR,
    METRIC_CONNECTION,
    METRIC_CONNECTION_REFUSED,   /* the address had too many */
    METRIC_CONNECTION_FULL,      /* too many in all, and none of them silent */
    METRIC_CONNECTION_DISPLACED, /* closed for a newer one */
    METRIC_CONNECTION_SLOW,      /* closed: too long over a request's head or body */
    METRICS
};
enum { METRIC_CELLS = 16, METRIC_CLASSES = 6 /* statuses 0xx–5xx */ };

struct metrics {
    struct metric_cell {
        _Alignas(128) atomic_uint_fast64_t count[METRICS];
        atomic_uint_fast64_t answered[LANES][METRIC_CLASSES];
        atomic_uint_fast64_t slow_us;
    } cell[METRIC_CELLS];
    /* gauges, read when asked; NULL: none */
    void (*gauges)(void *arg, struct buf *ret);
    void *gauges_arg;
};

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);
/* m may be NULL. */
void metrics_count(struct metrics *m, enum metric what);
/* An answer from the page cache: METRIC_CACHE_HIT, and answered on the fast lane. */
void metrics_hit(struct metrics *m, unsigned status);
void metrics_answered(struct metrics *m, enum metric_lane lane, unsigned status, int64_t us);
uint64_t metrics_sum(const struct metrics *m, enum metric what);
/* Appends the whole page. */
void metrics_format(const struct metrics *m, struct buf *ret);
/* The two lines on top of a family. */
void metrics_head(struct buf *ret, const char *name, const char *type, const char *help);
/* One family with one value, for gauges. */
void metrics_add(struct buf *ret, const char *name, const char *type, const char *help, int64_t value);
