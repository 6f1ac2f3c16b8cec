// SPDX-License-Identifier: Apache-2.0
/* Proofs in trees of any size. All leaves are the same, so that the hash of a full subtree depends on its height only
 * and a tree of 2^63 - 1 leaves needs a table of 63. Input: two numbers, then a change: its place and what is flipped.
 * What is proven is accepted, and refused when changed, cut or longer. Bytes that are no proof of ours are shown to the
 * checks as well. */
#include "ledger/merkle.h"

#include "fuzz.h"

#include <string.h>

static struct hash row[64];

static int from_row(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)reterr;
    uint64_t size = *(uint64_t *)arg;
    FUZZ_CHECK(level < 63 && index < size >> level, "level %u of %llu\n", level, (unsigned long long)size);
    *ret = row[level];
    return 0;
}

static struct hash root_of(uint64_t size) {
    struct hash root, grown;
    struct merkle_edge edge = {.size = size};
    memcpy(edge.node, row, sizeof row);
    grown = merkle_edge_root(&edge);
    FUZZ_CHECK(!merkle_root(size, from_row, &size, &root, NULL) && hash_same(&root, &grown), "roots differ\n");
    return root;
}

struct change {
    size_t at;
    uint8_t flip;
};

/* Changes a byte of the proof; false where there is none to be changed. */
static bool apply(struct change c, struct merkle_proof *p) {
    if (!p->n || !c.flip)
        return false;
    p->hash[c.at / 32 % p->n].b[c.at % 32] ^= c.flip;
    return true;
}

static void inclusion(uint64_t index, uint64_t size, struct change c) {
    struct merkle_proof p;
    int rc = merkle_prove_inclusion(index, size, from_row, &size, &p, NULL);
    FUZZ_CHECK((rc == 0) == (index < size), "%d\n", rc);
    if (rc)
        return;
    struct hash root = root_of(size);
    FUZZ_CHECK(merkle_check_inclusion(index, size, &row[0], p.hash, p.n, &root), "what was proven is refused\n");
    FUZZ_CHECK(!p.n || !merkle_check_inclusion(index, size, &row[0], p.hash, p.n - 1, &root), "one hash less\n");
    struct hash longer[MERKLE_PROOF_MOST + 1];
    memcpy(longer, p.hash, p.n * sizeof(struct hash));
    longer[p.n] = row[1];
    FUZZ_CHECK(!merkle_check_inclusion(index, size, &row[0], longer, p.n + 1, &root), "one hash more\n");
    FUZZ_CHECK(!apply(c, &p) || !merkle_check_inclusion(index, size, &row[0], p.hash, p.n, &root), "changed\n");
}

static void consistency(uint64_t old, uint64_t new, struct change c) {
    struct merkle_proof p;
    int rc = merkle_prove_consistency(old, new, from_row, &new, &p, NULL);
    FUZZ_CHECK((rc == 0) == (old <= new), "%d\n", rc);
    if (rc)
        return;
    struct hash before = root_of(old), after = root_of(new);
    FUZZ_CHECK(merkle_check_consistency(old, new, &before, &after, p.hash, p.n), "what was proven is refused\n");
    FUZZ_CHECK(!p.n || !merkle_check_consistency(old, new, &before, &after, p.hash, p.n - 1), "one hash less\n");
    FUZZ_CHECK(!apply(c, &p) || !merkle_check_consistency(old, new, &before, &after, p.hash, p.n), "changed\n");
    (void)apply(c, &p); /* back again */
    before.b[c.at % 32] ^= c.flip;
    FUZZ_CHECK(!c.flip || !merkle_check_consistency(old, new, &before, &after, p.hash, p.n), "another old root\n");
}

static uint64_t number(const uint8_t *p) {
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | p[i];
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    uint64_t a, b;
    if (n < 18)
        return 0;
    if (!row[0].b[0]) {
        row[0] = merkle_leaf("", 0);
        for (size_t l = 1; l < 64; l++)
            row[l] = merkle_node(&row[l - 1], &row[l - 1]);
    }
    a = number(data);
    b = number(data + 8);
    struct change c = {(size_t)data[16] << 8 | data[17], n > 18 ? data[18] : 1};
    /* Any bytes, any numbers: refused, whatever they are (a proof of another tree is beyond a fuzzer's luck). */
    const struct hash *made_up = (const struct hash *)(const void *)(data + 18); /* of bytes: aligned anywhere */
    size_t hashes = (n - 18) / 32;
    struct hash root = row[63];
    FUZZ_CHECK(!merkle_check_inclusion(a, b, &row[0], made_up, hashes, &root), "made-up hashes prove an entry\n");
    if (a && a != b)
        FUZZ_CHECK(!merkle_check_consistency(a, b, &row[5], &root, made_up, hashes), "made-up hashes prove growth\n");
    a &= MERKLE_SIZE_MOST;
    b &= MERKLE_SIZE_MOST;
    inclusion(a, b, c);
    consistency(a, b, c);
    return 0;
}
