// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The Merkle tree of RFC 6962 section 2.1 (the same in RFC 9162): hashes, inclusion and consistency proofs.
 *
 * Pure arithmetic: no store, no files, no state. Proofs are made from any source of subtree hashes (merkle_source):
 * a tile file, the store, an array in a test. Checks follow RFC 9162 sections 2.1.3.2 and 2.1.4.2.
 * Threads: every function is safe; a source is as safe as its function. Errors: negative codes of base/err.h. */
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MERKLE_PROOF_MOST = 64 };
#define MERKLE_SIZE_MOST ((uint64_t)INT64_MAX) /* leaves of a tree that things are proven of */

struct hash {
    uint8_t b[32];
};
bool hash_same(const struct hash *x, const struct hash *y);

struct hash merkle_empty(void); /* SHA-256("") */
struct hash merkle_leaf(const void *entry, size_t n);
struct hash merkle_node(const struct hash *left, const struct hash *right);

/* Gives the root of the full subtree of 2^level leaves that begins at leaf index << level. 0 or a negative code. */
typedef int merkle_source(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr);

struct merkle_proof {
    size_t n;
    struct hash hash[MERKLE_PROOF_MOST];
};

/* The root of the first `size` leaves; O(log size) calls of the source. */
int merkle_root(uint64_t size, merkle_source *source, void *arg, struct hash *ret, struct err *reterr);
/* Leaf's sibling first. -ERR_RANGE unless index < size <= MERKLE_SIZE_MOST. */
int merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_source *source, void *arg, struct merkle_proof *ret,
                           struct err *reterr);
/* Old to new; empty when old is 0 or equal to new. -ERR_RANGE unless old_size <= new_size <= MERKLE_SIZE_MOST. */
int merkle_prove_consistency(uint64_t old_size, uint64_t new_size, merkle_source *source, void *arg,
                             struct merkle_proof *ret, struct err *reterr);

bool merkle_check_inclusion(uint64_t index, uint64_t size, const struct hash *leaf, const struct hash *proof, size_t n,
                            const struct hash *root);
/* old_size 0: true only with an empty proof (any new root is consistent with the empty tree), the old root being that
 * of the empty tree. */
bool merkle_check_consistency(uint64_t old_size, uint64_t new_size, const struct hash *old_root,
                              const struct hash *new_root, const struct hash *proof, size_t n);

/* The right edge of a growing tree ("compact range"): amortised two hashes a leaf, O(log n) memory. */
struct merkle_edge {
    uint64_t size;
    struct hash node[64]; /* node[l]: root of the full subtree of 2^l leaves that bit l of size stands for */
};
void merkle_edge_add(struct merkle_edge *e, const struct hash *leaf);
struct hash merkle_edge_root(const struct merkle_edge *e);
