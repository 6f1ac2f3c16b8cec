// SPDX-License-Identifier: Apache-2.0
/* A countdown to one failure, for tests. */
#include "store/fault.h"

#include <stdatomic.h>

static atomic_int to_come;

int store_fail_at(int n) {
    int left = atomic_exchange(&to_come, n);
    return left > 0 ? left : 0;
}

bool store_fault_now(void) {
    int left = atomic_load_explicit(&to_come, memory_order_relaxed);
    while (left > 0)
        if (atomic_compare_exchange_weak(&to_come, &left, left - 1))
            return left == 1;
    return false;
}
