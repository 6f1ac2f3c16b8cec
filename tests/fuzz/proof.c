// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a proof's file: refused, or written as the same bytes again, and never proven for a key that did not
 * sign. An input "prove" SIZE INDEX PLACE… makes a true proof, which holds for its entry and no other, and holds no
 * more once a bit of it was changed. */
#include "ledger/proof.h"

#include "fuzz.h"

#include <sodium.h>
#include <string.h>

enum { LEAVES = 128 };

static struct vkey key;
static uint8_t secret[64];
static struct hash leaf_of[LEAVES];

static void make_log(void) {
    uint8_t public[32], seed[32] = {1};
    FUZZ_CHECK(sodium_init() >= 0, "libsodium\n");
    (void)crypto_sign_seed_keypair(public, secret, seed); /* always 0 */
    FUZZ_CHECK(!vkey_make(STR("office.example/ledger"), NOTE_ED25519, public, &key, NULL), "a key\n");
    for (uint8_t i = 0; i < LEAVES; i++)
        leaf_of[i] = merkle_leaf(&i, sizeof i);
}

static int subtree(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)arg, (void)reterr;
    struct merkle_edge edge = {0};
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        merkle_edge_add(&edge, &leaf_of[i]);
    *ret = merkle_edge_root(&edge);
    return 0;
}

static void add_proof(uint64_t index, uint64_t size, struct buf *to) {
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    struct checkpoint c = {str_of(key.name), size, {{0}}};
    FUZZ_CHECK(!merkle_root(size, subtree, NULL, &c.root, NULL), "no root\n");
    checkpoint_write(&c, &text);
    buf_add(&note, buf_str(&text));
    buf_add_char(&note, '\n');
    note_sign(buf_str(&text), &key, secret, 0, &note);
    struct proof_file p = {.index = index, .checkpoint = buf_str(&note)};
    FUZZ_CHECK(!merkle_prove_inclusion(index, size, subtree, NULL, &p.path, NULL), "no path\n");
    proof_write(&p, to);
}

static bool holds(struct str bytes, const struct hash *leaf, struct checkpoint *ret) {
    struct proof_file p;
    return proof_read(bytes, &p, NULL) == 0 && proof_check(&p, &key, leaf, ret, NULL) == 0;
}

static void prove(const uint8_t *chosen) {
    BUF_LOCAL(file);
    struct checkpoint c;
    uint64_t size = 1 + chosen[0] % LEAVES, index = chosen[1] % size;
    add_proof(index, size, &file);
    FUZZ_CHECK(holds(buf_str(&file), &leaf_of[index], &c) && c.size == size, "%s\n", file.p);
    for (size_t i = 0; i < LEAVES; i += 1 + chosen[2] % 8)
        FUZZ_CHECK(i == index || !holds(buf_str(&file), &leaf_of[i], NULL), "%zu: %s\n", i, file.p);
    size_t place = (size_t)(chosen[2] | chosen[3] << 8) % (file.n * 8);
    file.p[place / 8] ^= (char)(1u << place % 8);
    FUZZ_CHECK(!holds(buf_str(&file), &leaf_of[index], NULL), "bit %zu changed: %s\n", place, file.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct str bytes = str_part((const char *)data, n);
    struct proof_file p;
    struct err err = {0};
    BUF_LOCAL(again);
    if (!key.name[0])
        make_log();
    if (n >= 9 && str_starts(bytes, "prove")) {
        prove(data + 5);
        return 0;
    }
    int bad = proof_read(bytes, &p, &err);
    FUZZ_CHECK(bad ? bad == -ERR_INVALID && err.text[0] : !err.text[0], "%d \"%s\"\n", bad, err.text);
    if (bad)
        return 0;
    proof_write(&p, &again);
    FUZZ_CHECK(str_eq(buf_str(&again), bytes), "%s\n", again.p);
    bad = proof_check(&p, &key, &leaf_of[0], NULL, &err);
    FUZZ_CHECK((bad == -ERR_INVALID || bad == -ERR_FORBIDDEN) && err.text[0], "%d: it was never signed\n", bad);
    return 0;
}
