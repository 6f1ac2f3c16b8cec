// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What every fuzz target has: the entry that libFuzzer calls, and a check that fails loudly in every build. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define FUZZ_CHECK(true_, ...)                                                                                         \
    do {                                                                                                               \
        if (!(true_)) {                                                                                                \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #true_);                                          \
            (void)fprintf(stderr, __VA_ARGS__);                                                                        \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)
