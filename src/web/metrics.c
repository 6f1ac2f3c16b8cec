// SPDX-License-Identifier: Apache-2.0
/* Counters spread over cells, so that processors do not fight for one cache line; summed when asked. */
#include "web/metrics.h"

#include <sched.h>
#include <stdlib.h>

static const struct {
    const char *name, *help;
} metric_words[METRICS] = {
    [METRIC_CACHE_HIT] = {"daylight_cache_hits_total", "Requests answered from the page cache."},
    [METRIC_CACHE_MISS] = {"daylight_cache_misses_total", "Pages rendered for the page cache."},
    [METRIC_CACHE_SHARED] = {"daylight_cache_shared_total", "Requests that waited for another's render."},
    [METRIC_CACHE_RECOUNT] = {"daylight_cache_recounts_total", "Cached pages given a new view count."},
    [METRIC_CACHE_OLD] = {"daylight_cache_fallbacks_total", "Cached pages served while the store was away."},
    [METRIC_QUEUE_FULL] = {"daylight_queue_refused_total", "Requests refused because the queue was full."},
    [METRIC_STORE_ERROR] = {"daylight_store_errors_total", "Times that the store could not be reached."},
    [METRIC_CONNECTION] = {"daylight_connections_total", "Connections accepted."},
    [METRIC_CONNECTION_REFUSED] = {"daylight_connections_refused_total", "Connections beyond an address's limit."},
    [METRIC_CONNECTION_FULL] =
        {"daylight_connections_full_total",
         "Connections refused because all were taken and none was silent, or for want of memory."},
    [METRIC_CONNECTION_DISPLACED] = {"daylight_connections_displaced_total",
                                     "Connections closed, the longest silent first, to make room for newer ones."},
    [METRIC_CONNECTION_SLOW] = {"daylight_connections_slow_total",
                                "Connections closed because a request took too long to arrive."},
};
static const char *const lane_words[LANES] = {"fast", "slow"};

struct metrics *metrics_new(void) {
    struct metrics *m = aligned_alloc(_Alignof(struct metrics), sizeof *m);
    if (!m)
        return NULL;
    m->gauges = NULL;
    m->gauges_arg = NULL;
    for (size_t c = 0; c < METRIC_CELLS; c++) {
        for (size_t i = 0; i < METRICS; i++)
            atomic_init(&m->cell[c].count[i], 0);
        for (size_t i = 0; i < (size_t)LANES * METRIC_CLASSES; i++)
            atomic_init(&m->cell[c].answered[i / METRIC_CLASSES][i % METRIC_CLASSES], 0);
        atomic_init(&m->cell[c].slow_us, 0);
    }
    return m;
}

void metrics_free(struct metrics *m) {
    free(m);
}

static struct metric_cell *cell_here(struct metrics *m) {
    int cpu = sched_getcpu();
    return &m->cell[cpu > 0 ? (unsigned)cpu % METRIC_CELLS : 0];
}

void metrics_count(struct metrics *m, enum metric what) {
    if (m)
        atomic_fetch_add_explicit(&cell_here(m)->count[what], 1, memory_order_relaxed);
}

void metrics_answered(struct metrics *m, enum metric_lane lane, unsigned status, int64_t us) {
    if (!m)
        return;
    struct metric_cell *cell = cell_here(m);
    atomic_fetch_add_explicit(&cell->answered[lane][status / 100 % METRIC_CLASSES], 1, memory_order_relaxed);
    if (lane == LANE_SLOW && us > 0)
        atomic_fetch_add_explicit(&cell->slow_us, (uint64_t)us, memory_order_relaxed);
}

void metrics_hit(struct metrics *m, unsigned status) {
    if (!m)
        return;
    struct metric_cell *cell = cell_here(m);
    atomic_fetch_add_explicit(&cell->count[METRIC_CACHE_HIT], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&cell->answered[LANE_FAST][status / 100 % METRIC_CLASSES], 1, memory_order_relaxed);
}

uint64_t metrics_sum(const struct metrics *m, enum metric what) {
    uint64_t sum = 0;
    for (size_t c = 0; c < METRIC_CELLS; c++)
        sum += atomic_load_explicit(&m->cell[c].count[what], memory_order_relaxed);
    return sum;
}

void metrics_head(struct buf *ret, const char *name, const char *type, const char *help) {
    buf_printf(ret, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_add(struct buf *ret, const char *name, const char *type, const char *help, int64_t value) {
    metrics_head(ret, name, type, help);
    buf_printf(ret, "%s %lld\n", name, (long long)value);
}

static void answered_add(const struct metrics *m, struct buf *ret) {
    uint64_t slow = 0, slow_us = 0;
    metrics_head(ret, "daylight_requests_total", "counter", "Requests answered, by lane and class of status.");
    for (int lane = 0; lane < LANES; lane++) {
        for (int class = 1; class < METRIC_CLASSES; class ++) {
            uint64_t sum = 0;
            for (size_t c = 0; c < METRIC_CELLS; c++)
                sum += atomic_load_explicit(&m->cell[c].answered[lane][class], memory_order_relaxed);
            buf_printf(ret, "daylight_requests_total{lane=\"%s\",status=\"%dxx\"} %llu\n", lane_words[lane], class,
                       (unsigned long long)sum);
            slow += lane == LANE_SLOW ? sum : 0;
        }
    }
    for (size_t c = 0; c < METRIC_CELLS; c++)
        slow_us += atomic_load_explicit(&m->cell[c].slow_us, memory_order_relaxed);
    metrics_head(ret, "daylight_request_seconds", "summary", "Time in the slow lane, waiting for a worker included.");
    buf_printf(ret, "daylight_request_seconds_sum %llu.%06llu\ndaylight_request_seconds_count %llu\n",
               (unsigned long long)(slow_us / 1000000), (unsigned long long)(slow_us % 1000000),
               (unsigned long long)slow);
}

void metrics_format(const struct metrics *m, struct buf *ret) {
    metrics_head(ret, "daylight_build_info", "gauge", "The version that runs.");
    buf_printf(ret, "daylight_build_info{version=\"%s\"} 1\n", DAYLIGHT_VERSION);
    answered_add(m, ret);
    for (int i = 0; i < METRICS; i++)
        metrics_add(ret, metric_words[i].name, "counter", metric_words[i].help,
                    (int64_t)metrics_sum(m, (enum metric)i));
    if (m->gauges)
        m->gauges(m->gauges_arg, ret);
}
