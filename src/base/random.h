// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Random bytes from the kernel (getrandom(2)), fit for keys. Thread-safe.
 * Tests fix the stream with random_set_seed(); the program itself never does. */
#include <stddef.h>
#include <stdint.h>

/* Fills n bytes; cannot fail once the system has started (a failure is a BUG). */
void random_bytes(void *p, size_t n);
/* Uniform in [0, below); below must not be 0. */
uint64_t random_below(uint64_t below);
/* seed 0: the kernel again. */
void random_set_seed(uint64_t seed);
