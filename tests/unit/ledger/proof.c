// SPDX-License-Identifier: Apache-2.0
#include "ledger/proof.h"

#include "unit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { LEAVES = 11, INDEX = 6 };

static uint8_t secret[64];
static struct vkey key;
static struct hash leaf_of[LEAVES];
static struct buf file = {0};

static int subtree(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)arg, (void)reterr;
    struct merkle_edge edge = {0};
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        merkle_edge_add(&edge, &leaf_of[i]);
    *ret = merkle_edge_root(&edge);
    return 0;
}

static int make_proof(void **state) {
    (void)state;
    uint8_t seed[32] = {3}, public[32];
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    assert_true(sodium_init() >= 0);
    (void)crypto_sign_seed_keypair(public, secret, seed);
    assert_int_equal(vkey_make(STR("office.example/ledger"), NOTE_ED25519, public, &key, NULL), 0);
    for (int i = 0; i < LEAVES; i++)
        leaf_of[i] = merkle_leaf(&i, sizeof i);
    struct checkpoint c = {STR("office.example/ledger"), LEAVES, {{0}}};
    assert_int_equal(merkle_root(LEAVES, subtree, NULL, &c.root, NULL), 0);
    checkpoint_write(&c, &text);
    buf_add(&note, buf_str(&text));
    buf_add_char(&note, '\n');
    note_sign(buf_str(&text), &key, secret, 0, &note);
    struct proof_file p = {.index = INDEX, .checkpoint = buf_str(&note)};
    assert_int_equal(merkle_prove_inclusion(INDEX, LEAVES, subtree, NULL, &p.path, NULL), 0);
    file = BUF_INIT;
    proof_write(&p, &file);
    return 0;
}

static int drop_proof(void **state) {
    (void)state;
    buf_clear(&file);
    return 0;
}

static void a_proof_in_a_file_is_read_and_holds(void **state) {
    (void)state;
    struct proof_file p;
    struct checkpoint c;
    struct err e = {0};
    if (proof_read(buf_str(&file), &p, &e) || proof_check(&p, &key, &leaf_of[INDEX], &c, &e))
        fail_msg("%s", e.text);
    assert_int_equal(p.index, INDEX);
    assert_int_equal(c.size, LEAVES);
    assert_int_equal(proof_check(&p, &key, &leaf_of[INDEX + 1], NULL, &e), -ERR_FORBIDDEN);
    assert_non_null(strstr(e.text, "index 6"));
}

static void a_proof_comes_back_as_it_was_with_and_without_extra(void **state) {
    (void)state;
    struct proof_file p;
    for (int i = 0; i < 2; i++) {
        BUF_LOCAL(once);
        BUF_LOCAL(again);
        assert_int_equal(proof_read(buf_str(&file), &p, NULL), 0);
        if (i)
            p.extra = STR("aGVsbG8=");
        proof_write(&p, &once);
        assert_int_equal(proof_read(buf_str(&once), &p, NULL), 0);
        assert_true(str_is(p.extra, i ? "aGVsbG8=" : ""));
        proof_write(&p, &again);
        assert_string_equal(once.p, again.p);
    }
}

static void a_proof_with_any_bit_changed_proves_nothing(void **state) {
    (void)state;
    for (size_t at = 0; at < file.n; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            struct proof_file p;
            file.p[at] ^= (char)(1u << bit);
            if (proof_read(buf_str(&file), &p, NULL) == 0 && proof_check(&p, &key, &leaf_of[INDEX], NULL, NULL) == 0)
                fail_msg("byte %zu, bit %u", at, bit);
            file.p[at] ^= (char)(1u << bit);
        }
}

static void a_proof_that_is_cut_off_anywhere_proves_nothing(void **state) {
    (void)state;
    for (size_t n = 0; n < file.n; n++) {
        struct proof_file p;
        BUF_LOCAL(cut);
        buf_add(&cut, str_first(buf_str(&file), n));
        if (proof_read(buf_str(&cut), &p, NULL) == 0 && proof_check(&p, &key, &leaf_of[INDEX], NULL, NULL) == 0)
            fail_msg("%zu bytes", n);
    }
}

static void another_log_s_key_is_not_enough(void **state) {
    (void)state;
    struct proof_file p;
    struct vkey other = key;
    struct err e = {0};
    other.id++;
    assert_int_equal(proof_read(buf_str(&file), &p, NULL), 0);
    assert_int_equal(proof_check(&p, &other, &leaf_of[INDEX], NULL, &e), -ERR_FORBIDDEN);
    assert_non_null(strstr(e.text, "not signed"));
}

static void what_is_no_proof_is_refused_in_words(void **state) {
    (void)state;
#define HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    const char *none[] = {
        "",
        "c2sp.org/tlog-proof@v2\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v1\nindex\n\nx",
        "c2sp.org/tlog-proof@v1\nextra \nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nextra ???\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nextra aGVsbG8=\n",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\n" HASH "x",
        "c2sp.org/tlog-proof@v1\nindex 1\n" HASH "x\n",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct proof_file p;
        struct err e = {0};
        if (proof_read(str_of(none[i]), &p, &e) != -ERR_INVALID)
            fail_msg("taken: %s", none[i]);
        assert_non_null(strstr(e.text, "not a proof"));
    }
}

static void a_path_has_64_hashes_at_most(void **state) {
    (void)state;
    BUF_LOCAL(text);
    struct proof_file p;
    buf_add_z(&text, "c2sp.org/tlog-proof@v1\nindex 1\n");
    for (int i = 0; i < MERKLE_PROOF_MOST + 1; i++)
        buf_add_z(&text, HASH);
    buf_add_z(&text, "\nx");
    assert_int_equal(proof_read(buf_str(&text), &p, NULL), -ERR_INVALID);
}

static void extra_may_be_of_any_length(void **state) {
    (void)state;
    BUF_LOCAL(text);
    struct proof_file p;
    buf_add_z(&text, "c2sp.org/tlog-proof@v1\nextra ");
    for (int i = 0; i < 10000; i++)
        buf_add_z(&text, "Zm9v");
    buf_add_z(&text, "\nindex 1\n\nx");
    assert_int_equal(proof_read(buf_str(&text), &p, NULL), 0);
    assert_int_equal(p.extra.n, 40000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_in_a_file_is_read_and_holds),
        cmocka_unit_test(a_proof_comes_back_as_it_was_with_and_without_extra),
        cmocka_unit_test(a_proof_with_any_bit_changed_proves_nothing),
        cmocka_unit_test(a_proof_that_is_cut_off_anywhere_proves_nothing),
        cmocka_unit_test(another_log_s_key_is_not_enough),
        cmocka_unit_test(what_is_no_proof_is_refused_in_words),
        cmocka_unit_test(a_path_has_64_hashes_at_most),
        cmocka_unit_test(extra_may_be_of_any_length),
    };
    return cmocka_run_group_tests(tests, make_proof, drop_proof);
}
