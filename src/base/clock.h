// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What time it is. All times are int64_t microseconds (suffix _us). Thread-safe.
 * Tests set the wall clock with clock_set(); nothing else in the program reads the system's clock. */
#include <stdint.h>

#define CLOCK_SECOND_US INT64_C(1000000)
#define CLOCK_DAY_US (INT64_C(86400) * CLOCK_SECOND_US)

/* Since 1970-01-01 UTC. */
int64_t clock_now_us(void);
/* Monotonic, for spans; its zero means nothing. */
int64_t clock_ticks_us(void);
/* The same, up to some 10 ms late, and read at no cost worth speaking of: for deadlines in seconds. */
int64_t clock_coarse_us(void);
/* Freezes clock_now_us() at now_us; 0 lets it run again. For tests. */
void clock_set(int64_t now_us);
