// SPDX-License-Identifier: Apache-2.0
/* How fast a whole log is followed from a local mirror, what `daylight verify FOLDER` does: every entry read and
 * hashed, every tile compared, the root. bench-verify [ENTRIES] (standard: 1,000,000) */
#include "../tests/unit/ledger/made_log.h"
#include "base/clock.h"
#include "ledger/follow.h"

#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 5 };

static double follow_once(const struct made_log *m, unsigned threads) {
    struct follow want = {.checkpoint = {str_of(m->key.name), m->size, made_log_root(m, m->size)}, .threads = threads};
    struct follow_found found;
    struct err err = {0};
    if (fetch_open(m->folder, NULL, &want.from, &err))
        return 0;
    int64_t began_us = clock_ticks_us();
    int bad = follow(&want, &found, &err);
    double seconds = (double)(clock_ticks_us() - began_us) / (double)CLOCK_SECOND_US;
    fetch_close(want.from);
    if (bad || found.entries != m->size) {
        fprintf(stderr, "the made-up log is not proven: %s\n", err.text);
        exit(1);
    }
    return (double)m->size / seconds;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    struct made_log m;
    long long n = argc > 1 ? atoll(argv[1]) : 1000000;
    made_log_init(&m, "quay.example/ledger", 1);
    made_log_grow(&m, (uint64_t)n);
    printf("verify a mirror of %lld entries, entries a second, median of %d:\n", n, RUNS);
    for (unsigned threads = 1; threads <= 2; threads++) {
        double rate[RUNS];
        for (size_t i = 0; i < RUNS; i++)
            rate[i] = follow_once(&m, threads);
        qsort(rate, RUNS, sizeof *rate, by_size);
        printf("  %u thread%s %12.0f   (lowest %.0f, highest %.0f)\n", threads, threads > 1 ? "s" : " ", rate[RUNS / 2],
               rate[0], rate[RUNS - 1]);
    }
    made_log_clear(&m);
    return 0;
}
