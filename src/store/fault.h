// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Faults on purpose: the nth call of the store from now on fails with -ERR_STORE_AWAY. Counted are tx_run(), tx_rows()
 * and commits, of all threads and stores. A test sweeps n upwards until an operation goes through untouched:
 *
 *     for (int n = 1;; n++) {
 *         store_fail_at(n);
 *         int rc = the_operation();
 *         if (store_fail_at(0) > 0)
 *             break;                     // fewer than n calls: nothing failed
 *         assert_true(rc < 0);           // and nothing of it may be stored
 *     }
 *
 * The program itself never calls this; without it the hook is one relaxed load. Thread-safe. */
#include <stdbool.h>

/* n 0: never. Returns how many calls were still to come before the last one set would have failed; 0: it did. */
int store_fail_at(int n);
/* Asked by the store: is this call the one to fail? */
bool store_fault_now(void);
