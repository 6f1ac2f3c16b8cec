// SPDX-License-Identifier: Apache-2.0
/* How many entries the ledger's tree takes in a second of processor time: the leaf's hash, and the growing edge with
 * it; beside them the same leaf by libsodium, and by OpenSSL where its library is at hand. ledger_hash [ENTRIES]
 * (standard: 1,000,000) */
#include "ledger/merkle.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef WITH_OPENSSL
#include <openssl/evp.h>
#endif

enum { RUNS = 5, ENTRY = 172 /* bytes: a publish entry with its unit */ };

static struct hash last;

static struct hash ours(const uint8_t *prefixed) {
    return merkle_leaf(prefixed + 1, ENTRY);
}

static struct hash grown(const uint8_t *prefixed) {
    static struct merkle_edge edge;
    struct hash leaf = merkle_leaf(prefixed + 1, ENTRY);
    merkle_edge_add(&edge, &leaf);
    return leaf;
}

static struct hash by_libsodium(const uint8_t *prefixed) {
    struct hash h;
    (void)crypto_hash_sha256(h.b, prefixed, ENTRY + 1); /* always 0 */
    return h;
}

#ifdef WITH_OPENSSL
static struct hash by_openssl(const uint8_t *prefixed) {
    static EVP_MD *algorithm; /* fetched once: by name each time would cost more than the hash */
    static EVP_MD_CTX *context;
    struct hash h = {{0}};
    if (!context) {
        algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
        context = EVP_MD_CTX_new();
    }
    if (!EVP_DigestInit_ex2(context, algorithm, NULL) || !EVP_DigestUpdate(context, prefixed, ENTRY + 1) ||
        !EVP_DigestFinal_ex(context, h.b, NULL))
        exit(1);
    return h;
}
#endif

/* Nothing here waits, so what else the machine does shall not count. */
static double processor_seconds(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* cannot fail */
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double rate(struct hash (*hash)(const uint8_t *prefixed), long n) {
    uint8_t bytes[1 + ENTRY] = {0};
    double began = processor_seconds();
    for (long i = 0; i < n; i++) {
        memcpy(bytes + 9, &i, sizeof i);
        last = hash(bytes);
    }
    return (double)n / (processor_seconds() - began);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const char *name, struct hash (*hash)(const uint8_t *prefixed), long n) {
    double rates[RUNS];
    for (size_t i = 0; i < RUNS; i++)
        rates[i] = rate(hash, n);
    qsort(rates, RUNS, sizeof *rates, by_size);
    printf("  %-34s %12.0f   (lowest %.0f, highest %.0f)\n", name, rates[RUNS / 2], rates[0], rates[RUNS - 1]);
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 1000000;
    if (n < 1 || sodium_init() < 0)
        return 2;
    printf("entries of %d bytes hashed in a second of processor time, median of %d times %ld:\n", ENTRY, RUNS, n);
    measure("leaves (GnuTLS)", ours, n);
    measure("leaves and the edge of the tree", grown, n);
    measure("leaves, by libsodium", by_libsodium, n);
#ifdef WITH_OPENSSL
    measure("leaves, by OpenSSL", by_openssl, n);
#else
    printf("  leaves, by OpenSSL: its library is not on this machine (libssl-dev)\n");
#endif
    return 0;
}
