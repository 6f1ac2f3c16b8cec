// SPDX-License-Identifier: Apache-2.0
/* The wrapped allocators: they count down, and fail one. */
#include "alloc_faults.h"

#include "../unit.h"

#include <errno.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static bool on;
static size_t fails_at, seen;

void alloc_faults_at(size_t nth) {
    on = true;
    fails_at = nth;
    seen = 0;
}

size_t alloc_faults_off(void) {
    on = false;
    return seen;
}

static bool fails_now(void) {
    if (!on || seen++ != fails_at)
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t n) {
    return fails_now() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size) {
    return fails_now() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n) {
    return fails_now() ? NULL : __real_realloc(p, n);
}

void alloc_faults_sweep(alloc_faults_work *work) {
    BUF_LOCAL(whole);
    alloc_faults_at(SIZE_MAX);
    assert_true(work(&whole));
    size_t all = alloc_faults_off();
    assert_true(all > 0);
    size_t refused = 0;
    for (size_t i = 0; i < all; i++) {
        BUF_LOCAL(out);
        alloc_faults_at(i);
        bool ok = work(&out);
        (void)alloc_faults_off(); /* how many is known */
        refused += !ok;
        if (ok && !str_eq(buf_str(&out), buf_str(&whole)))
            fail_msg("allocation %zu of %zu failed, unnoticed: \"%s\" instead of \"%s\"", i, all, out.p, whole.p);
    }
    assert_true(refused > 0);
}
