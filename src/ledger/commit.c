// SPDX-License-Identifier: Apache-2.0
/* The formulas of commit.h, byte by byte. What held a key or a salt is wiped. */
#include "ledger/commit.h"

#include <gnutls/crypto.h>
#include <sodium.h>

/* Both with their terminating zero, which is part of them. */
static const char part_domain[] = "daylight/part/v1", document_domain[] = "daylight/document/v1",
                  public_domain[] = "daylight/public/v1";

static void put_u32(uint8_t *to, uint32_t n) {
    for (size_t i = 4; i-- > 0; n >>= 8)
        to[i] = (uint8_t)n;
}

static void put_u64(uint8_t *to, uint64_t n) {
    for (size_t i = 8; i-- > 0; n >>= 8)
        to[i] = (uint8_t)n;
}

static gnutls_hash_hd_t begin(const char *domain, size_t n) {
    gnutls_hash_hd_t state;
    if (gnutls_hash_init(&state, GNUTLS_DIG_SHA256) < 0 || gnutls_hash(state, domain, n) < 0)
        BUG("SHA-256 cannot be computed");
    return state;
}

static void more(gnutls_hash_hd_t state, const void *bytes, size_t n) {
    if (n && gnutls_hash(state, bytes, n) < 0)
        BUG("SHA-256 cannot be computed");
}

static struct hash end(gnutls_hash_hd_t state) {
    struct hash h;
    gnutls_hash_deinit(state, h.b);
    return h;
}

struct hash commit_salt(const uint8_t key[COMMIT_KEY], uint32_t part) {
    uint8_t message[8] = "salt";
    struct hash salt;
    put_u32(message + 4, part);
    if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, COMMIT_KEY, message, sizeof message, salt.b) < 0)
        BUG("HMAC-SHA-256 cannot be computed");
    return salt;
}

struct hash commit_part(const struct hash *salt, uint32_t part, struct str bytes) {
    uint8_t head[12];
    put_u32(head, part);
    put_u64(head + 4, bytes.n);
    gnutls_hash_hd_t state = begin(part_domain, sizeof part_domain);
    more(state, salt->b, sizeof salt->b);
    more(state, head, sizeof head);
    more(state, bytes.p, bytes.n);
    return end(state);
}

struct hash commit_join(const struct hash *parts, size_t n) {
    uint8_t count[4];
    if (n > COMMIT_PARTS_MOST)
        BUG("too many parts");
    put_u32(count, (uint32_t)n);
    gnutls_hash_hd_t state = begin(document_domain, sizeof document_domain);
    more(state, count, sizeof count);
    for (size_t i = 0; i < n; i++)
        more(state, parts[i].b, sizeof parts[i].b);
    return end(state);
}

struct hash commit_document(const uint8_t key[COMMIT_KEY], const struct str *parts, size_t n) {
    struct hash part[COMMIT_PARTS_MOST];
    if (n > COMMIT_PARTS_MOST)
        BUG("too many parts");
    for (size_t i = 0; i < n; i++) {
        struct hash salt = commit_salt(key, (uint32_t)i);
        part[i] = commit_part(&salt, (uint32_t)i, parts[i]);
        sodium_memzero(&salt, sizeof salt);
    }
    return commit_join(part, n);
}

struct hash commit_public(struct str bytes) {
    gnutls_hash_hd_t state = begin(public_domain, sizeof public_domain);
    more(state, bytes.p, bytes.n);
    return end(state);
}
