// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Allocation faults on purpose. A test program that links alloc_faults.c with -Wl,--wrap=malloc,--wrap=calloc,
 * --wrap=realloc decides which of its allocations fail. One thread at a time. */
#include "base/buf.h"

/* The nth allocation from now (0: the next one) fails, once. */
void alloc_faults_at(size_t nth);
/* All succeed again. Gives how many allocations were asked for since alloc_faults_at(). */
size_t alloc_faults_off(void);

/* Does the work; gives false when it says that memory was short, and its result in *ret. */
typedef bool alloc_faults_work(struct buf *ret);
/* Runs it once whole and then with each allocation failing; every run is either refused or gives the whole result. */
void alloc_faults_sweep(alloc_faults_work *work);
