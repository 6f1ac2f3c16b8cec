// SPDX-License-Identifier: Apache-2.0
/* The one door to the system's clocks. */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t frozen_us;

static int64_t read_us(clockid_t id) {
    struct timespec t;
    (void)clock_gettime(id, &t); /* cannot fail for these clocks */
    return (int64_t)t.tv_sec * CLOCK_SECOND_US + t.tv_nsec / 1000;
}

int64_t clock_now_us(void) {
    int64_t set = atomic_load(&frozen_us);
    return set ? set : read_us(CLOCK_REALTIME);
}

int64_t clock_ticks_us(void) {
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_coarse_us(void) {
    return read_us(CLOCK_MONOTONIC_COARSE);
}

void clock_set(int64_t now_us) {
    atomic_store(&frozen_us, now_us);
}
