// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/metrics. */
#include "web/metrics.h"

#include "unit.h"

#include <pthread.h>
#include <string.h>

enum { THREADS = 4, TIMES = 20000 };

static void *count_much(void *arg) {
    for (int i = 0; i < TIMES; i++)
        metrics_count(arg, METRIC_CACHE_HIT);
    return NULL;
}

static void nothing_is_lost_between_threads(void **state) {
    (void)state;
    struct metrics *m = metrics_new();
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, count_much, m), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(metrics_sum(m, METRIC_CACHE_HIT), THREADS * TIMES);
    assert_int_equal(metrics_sum(m, METRIC_CACHE_MISS), 0);
    metrics_free(m);
}

static void gauge(void *arg, struct buf *ret) {
    metrics_add(ret, "gauge_of_the_test", "gauge", "Help.", *(int *)arg);
}

/* Every sample has its HELP and TYPE before it, as the format wants. */
static void the_page_has_the_form_that_prometheus_reads(void **state) {
    (void)state;
    struct metrics *m = metrics_new();
    int value = -7;
    m->gauges = gauge;
    m->gauges_arg = &value;
    metrics_answered(m, LANE_FAST, 200, 5);
    metrics_answered(m, LANE_SLOW, 304, 1500000);
    metrics_answered(m, LANE_SLOW, 503, 500000);
    BUF_LOCAL(page);
    metrics_format(m, &page);
    static const char *const lines[] = {
        "daylight_requests_total{lane=\"fast\",status=\"2xx\"} 1\n",
        "daylight_requests_total{lane=\"slow\",status=\"3xx\"} 1\n",
        "daylight_requests_total{lane=\"slow\",status=\"5xx\"} 1\n",
        "daylight_request_seconds_sum 2.000000\n",
        "daylight_request_seconds_count 2\n",
        "gauge_of_the_test -7\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_non_null(strstr(page.p, lines[i]));
    struct str rest = buf_str(&page), line, family = STR_NONE;
    while (str_cut(&rest, '\n', &line)) {
        if (str_starts(line, "# TYPE "))
            family = str_first(str_from(line, 7), str_find_char(str_from(line, 7), ' ', 0));
        else if (!str_starts(line, "# HELP "))
            assert_memory_equal(line.p, family.p, family.n);
    }
    metrics_free(m);
}

static void counting_without_a_place_does_nothing(void **state) {
    (void)state;
    metrics_count(NULL, METRIC_CACHE_HIT);
    metrics_answered(NULL, LANE_FAST, 200, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_between_threads),
        cmocka_unit_test(the_page_has_the_form_that_prometheus_reads),
        cmocka_unit_test(counting_without_a_place_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
