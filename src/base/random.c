// SPDX-License-Identifier: Apache-2.0
/* The one door to randomness. */
#include "base/random.h"

#include "base/err.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

static _Atomic uint64_t seeded; /* 0: not */

/* SplitMix64 (Steele, Lea, Flood 2014), for repeatable tests only. */
static uint64_t next_seeded(void) {
    uint64_t z = atomic_fetch_add(&seeded, UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void random_bytes(void *p, size_t n) {
    unsigned char *out = p;
    while (n) {
        if (atomic_load(&seeded)) {
            uint64_t z = next_seeded();
            size_t k = n < sizeof z ? n : sizeof z;
            memcpy(out, &z, k);
            out += k, n -= k;
            continue;
        }
        ssize_t got = getrandom(out, n, 0);
        if (got < 0 && errno != EINTR)
            BUG("getrandom failed");
        if (got > 0)
            out += got, n -= (size_t)got;
    }
}

uint64_t random_below(uint64_t below) {
    if (below == 0)
        BUG("random_below(0)");
    uint64_t unfair = -below % below, r; /* 2^64 mod below values are thrown away */
    do
        random_bytes(&r, sizeof r);
    while (r < unfair);
    return r % below;
}

void random_set_seed(uint64_t seed) {
    atomic_store(&seeded, seed);
}
