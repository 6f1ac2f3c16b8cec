// SPDX-License-Identifier: Apache-2.0
#include "ledger/merkle.h"

#include "ledger/lines.h"
#include "unit.h"

#include <dirent.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SIZE_MOST_TRIED = 600 };

/* --- a tree made by the definition alone, to compare with --- */

static struct hash leaf_of[SIZE_MOST_TRIED];
static struct hash root_of[SIZE_MOST_TRIED + 1];

static struct hash by_definition(size_t from, size_t until) {
    if (until == from)
        return merkle_empty();
    if (until - from == 1)
        return leaf_of[from];
    size_t k = 1;
    while (k * 2 < until - from)
        k *= 2;
    struct hash left = by_definition(from, from + k), right = by_definition(from + k, until);
    return merkle_node(&left, &right);
}

static int make_tree(void **state) {
    (void)state;
    for (size_t i = 0; i < SIZE_MOST_TRIED; i++) {
        char text[32];
        leaf_of[i] = merkle_leaf(text, (size_t)snprintf(text, sizeof text, "entry %zu", i));
    }
    for (size_t n = 0; n <= SIZE_MOST_TRIED; n++)
        root_of[n] = by_definition(0, n);
    return 0;
}

/* Full subtrees only, and never beyond the tree. */
static int subtree(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)reterr;
    size_t from = (size_t)(index << level), until = from + ((size_t)1 << level);
    assert_true(until <= *(size_t *)arg);
    *ret = by_definition(from, until);
    return 0;
}

static void hex_is(const struct hash *h, const char *expected) {
    char hex[65];
    (void)sodium_bin2hex(hex, sizeof hex, h->b, sizeof h->b);
    assert_string_equal(hex, expected);
}

/* --- hashes --- */

static void leaves_and_nodes_hash_as_rfc_6962_says(void **state) {
    (void)state;
    struct hash h = merkle_empty();
    hex_is(&h, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    h = merkle_leaf("", 0);
    hex_is(&h, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    h = merkle_leaf("L123456", 7);
    hex_is(&h, "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
    struct hash one = merkle_leaf("", 0), two = merkle_leaf("\0", 1);
    h = merkle_node(&one, &two);
    hex_is(&h, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
}

static void a_long_entry_hashes_like_a_short_one(void **state) {
    (void)state;
    static uint8_t bytes[70000], prefixed[70001];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = prefixed[i + 1] = (uint8_t)(i * 7);
    const size_t sizes[] = {0, 1, 1022, 1023, 1024, 1025, 65535, sizeof bytes};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct hash h = merkle_leaf(bytes, sizes[i]), other;
        assert_int_equal(crypto_hash_sha256(other.b, prefixed, sizes[i] + 1), 0);
        assert_true(hash_same(&h, &other));
    }
}

static void the_classic_eight_leaves_have_their_classic_roots(void **state) {
    (void)state;
    static const struct str leaves[] = {STR_NONE,
                                        {"\0", 1},
                                        {"\x10", 1},
                                        {"\x20\x21", 2},
                                        {"\x30\x31", 2},
                                        {"\x40\x41\x42\x43", 4},
                                        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
                                        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16}};
    static const char *const begins[] = {"6e340b9c", "fac54203", "aeb6bcfe", "d37ee418",
                                         "4e3bbb1f", "76e67dad", "ddb89be4", "5dc9da79"};
    struct merkle_edge edge = {0};
    for (size_t i = 0; i < 8; i++) {
        struct hash h = merkle_leaf(leaves[i].p, leaves[i].n);
        merkle_edge_add(&edge, &h);
        h = merkle_edge_root(&edge);
        char hex[65];
        (void)sodium_bin2hex(hex, sizeof hex, h.b, sizeof h.b);
        assert_memory_equal(hex, begins[i], 8);
    }
    struct hash h = merkle_edge_root(&edge);
    hex_is(&h, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

/* --- every tree of up to 600 leaves --- */

static void the_edge_and_the_fold_agree_with_the_definition_at_every_size(void **state) {
    (void)state;
    struct merkle_edge edge = {0};
    for (size_t n = 0;; n++) {
        struct hash root = merkle_edge_root(&edge), folded;
        assert_true(hash_same(&root, &root_of[n]));
        assert_int_equal(merkle_root(n, subtree, &n, &folded, NULL), 0);
        assert_true(hash_same(&folded, &root));
        if (n == SIZE_MOST_TRIED)
            break;
        merkle_edge_add(&edge, &leaf_of[n]);
    }
}

/* subtree() is slow; these proofs come from a table of all full subtrees. */
static struct hash full[10][SIZE_MOST_TRIED];

static int from_table(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)reterr;
    assert_true((index + 1) << level <= *(size_t *)arg);
    *ret = full[level][index];
    return 0;
}

static void fill_table(void) {
    for (size_t i = 0; i < SIZE_MOST_TRIED; i++)
        full[0][i] = leaf_of[i];
    for (unsigned level = 1; level < 10; level++)
        for (size_t i = 0; (i + 1) << level <= SIZE_MOST_TRIED; i++)
            full[level][i] = merkle_node(&full[level - 1][2 * i], &full[level - 1][2 * i + 1]);
}

static void every_entry_of_every_tree_is_proven(void **state) {
    (void)state;
    fill_table();
    for (size_t size = 1; size <= SIZE_MOST_TRIED; size++)
        for (size_t index = 0; index < size; index++) {
            struct merkle_proof p;
            assert_int_equal(merkle_prove_inclusion(index, size, from_table, &size, &p, NULL), 0);
            assert_true(merkle_check_inclusion(index, size, &leaf_of[index], p.hash, p.n, &root_of[size]));
            size_t other = (index + 1) % size;
            if (other != index)
                assert_false(merkle_check_inclusion(other, size, &leaf_of[index], p.hash, p.n, &root_of[size]));
        }
}

static void every_tree_is_proven_to_contain_every_smaller_one(void **state) {
    (void)state;
    fill_table();
    for (size_t new = 0; new <= SIZE_MOST_TRIED; new ++)
        for (size_t old = 0; old <= new; old++) {
            struct merkle_proof p;
            assert_int_equal(merkle_prove_consistency(old, new, from_table, &new, &p, NULL), 0);
            assert_true(merkle_check_consistency(old, new, &root_of[old], &root_of[new], p.hash, p.n));
            if (old && old != new)
                assert_false(merkle_check_consistency(old, new, &root_of[old - 1], &root_of[new], p.hash, p.n));
        }
}

/* --- refusals --- */

static void a_proof_with_any_byte_changed_or_hash_missing_is_refused(void **state) {
    (void)state;
    fill_table();
    for (size_t size = 1; size <= 70; size++)
        for (size_t at = 0; at < size; at++) {
            struct merkle_proof in, grows;
            assert_int_equal(merkle_prove_inclusion(at, size, from_table, &size, &in, NULL), 0);
            assert_int_equal(merkle_prove_consistency(at, size, from_table, &size, &grows, NULL), 0);
            for (size_t i = 0; i < in.n * 32; i++) {
                in.hash[i / 32].b[i % 32] ^= 1;
                assert_false(merkle_check_inclusion(at, size, &leaf_of[at], in.hash, in.n, &root_of[size]));
                in.hash[i / 32].b[i % 32] ^= 1;
            }
            for (size_t i = 0; i < grows.n * 32; i++) {
                grows.hash[i / 32].b[i % 32] ^= 0x80;
                assert_false(merkle_check_consistency(at, size, &root_of[at], &root_of[size], grows.hash, grows.n));
                grows.hash[i / 32].b[i % 32] ^= 0x80;
            }
            for (size_t n = 0; n < in.n + 2; n++)
                if (n != in.n)
                    assert_false(merkle_check_inclusion(at, size, &leaf_of[at], in.hash, n, &root_of[size]));
            for (size_t n = 0; n < grows.n + 2; n++)
                if (n != grows.n)
                    assert_false(merkle_check_consistency(at, size, &root_of[at], &root_of[size], grows.hash, n));
        }
}

static void what_lies_beyond_the_tree_is_refused(void **state) {
    (void)state;
    size_t size = 5;
    struct merkle_proof p;
    struct err e = {0};
    fill_table();
    assert_int_equal(merkle_prove_inclusion(5, 5, from_table, &size, &p, &e), -ERR_RANGE);
    assert_int_equal(merkle_prove_consistency(6, 5, from_table, &size, &p, &e), -ERR_RANGE);
    assert_false(merkle_check_inclusion(0, 0, &leaf_of[0], NULL, 0, &root_of[0]));
    assert_false(merkle_check_inclusion(UINT64_MAX, UINT64_MAX, &leaf_of[0], NULL, 0, &root_of[1]));
    assert_false(merkle_check_consistency(2, 1, &root_of[2], &root_of[1], NULL, 0));
}

static int same_everywhere(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)arg, (void)level, (void)index, (void)reterr;
    *ret = leaf_of[0];
    return 0;
}

static void the_longest_proof_fits_and_a_tree_that_had_a_longer_one_is_refused(void **state) {
    (void)state;
    struct merkle_proof p;
    assert_int_equal(merkle_prove_consistency(INT64_MAX - 2, INT64_MAX, same_everywhere, NULL, &p, NULL), 0);
    assert_true(p.n > 60 && p.n <= MERKLE_PROOF_MOST);
    assert_int_equal(merkle_prove_inclusion(INT64_MAX - 1, INT64_MAX, same_everywhere, NULL, &p, NULL), 0);
    assert_int_equal(merkle_prove_consistency(UINT64_MAX - 2, UINT64_MAX, same_everywhere, NULL, &p, NULL), -ERR_RANGE);
    assert_int_equal(merkle_prove_inclusion(0, UINT64_MAX, same_everywhere, NULL, &p, NULL), -ERR_RANGE);
}

static void the_last_leaf_of_the_largest_trees_hangs_from_the_root(void **state) {
    (void)state;
    for (unsigned bit = 1; bit < 64; bit++) {
        uint64_t index = UINT64_C(1) << bit;
        struct hash root = merkle_node(&leaf_of[0], &leaf_of[1]);
        assert_true(merkle_check_inclusion(index, index + 1, &leaf_of[1], leaf_of, 1, &root));
        assert_false(merkle_check_inclusion(index, index + 1, &leaf_of[0], leaf_of, 1, &root));
    }
}

static void the_empty_tree_is_contained_in_every_other_and_has_one_root(void **state) {
    (void)state;
    assert_true(merkle_check_consistency(0, 0, &root_of[0], &root_of[0], NULL, 0));
    assert_true(merkle_check_consistency(0, 9, &root_of[0], &root_of[9], NULL, 0));
    assert_false(merkle_check_consistency(0, 9, &root_of[1], &root_of[9], NULL, 0));
    assert_false(merkle_check_consistency(0, 0, &root_of[1], &root_of[1], NULL, 0));
    assert_false(merkle_check_consistency(0, 9, &root_of[0], &root_of[9], root_of, 1));
}

static int fails(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)level, (void)index, (void)ret;
    return --*(int *)arg < 0 ? err_set(reterr, ERR_IO, "the disk is away") : (*ret = root_of[1], 0);
}

static void a_source_that_fails_fails_the_proof(void **state) {
    (void)state;
    struct merkle_proof p;
    struct hash h;
    struct err e = {0};
    for (int good = 0; good < 3; good++) {
        int left = good;
        assert_int_equal(merkle_root(15, fails, &left, &h, &e), -ERR_IO);
        left = good;
        assert_int_equal(merkle_prove_inclusion(3, 15, fails, &left, &p, &e), -ERR_IO);
        left = good;
        assert_int_equal(merkle_prove_consistency(7, 15, fails, &left, &p, &e), -ERR_IO);
    }
    assert_string_equal(e.text, "the disk is away");
}

/* --- vectors made elsewhere --- */

static bool hash_in(const json_t *text, struct hash *ret) {
    return lines_base64(str_of(json_string_value(text)), ret->b, sizeof ret->b);
}

/* Some roots of the consistency vectors are shorter, where it does not matter which they are. */
static bool root_in(const json_t *text, struct hash *ret) {
    *ret = (struct hash){0};
    return lines_base64_most(str_of(json_string_value(text)), ret->b, sizeof ret->b) != SIZE_MAX;
}

/* false: what stands there cannot be a proof at all. */
static bool proof_in(const json_t *list, struct merkle_proof *ret) {
    bool good = true;
    ret->n = json_array_size(list);
    if (ret->n > MERKLE_PROOF_MOST)
        return false;
    for (size_t i = 0; i < ret->n; i++)
        good = hash_in(json_array_get(list, i), &ret->hash[i]) && good;
    return good;
}

/* Jansson's whole numbers end at 2^63; where one is beyond, the file is read with real numbers. */
static json_t *load(const char *path) {
    json_t *v = json_load_file(path, 0, NULL);
    return v ? v : json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);
}

static uint64_t number_in(const json_t *v, const char *name) {
    const json_t *n = json_object_get(v, name);
    return json_is_integer(n)             ? (uint64_t)json_integer_value(n)
           : json_real_value(n) >= 0x1p64 ? UINT64_MAX
                                          : (uint64_t)json_real_value(n);
}

static bool check_vector(const json_t *v) {
    struct merkle_proof p = {0};
    struct hash a, b;
    if (!proof_in(json_object_get(v, "proof"), &p))
        return false;
    if (json_object_get(v, "leafIdx"))
        return hash_in(json_object_get(v, "leafHash"), &a) && hash_in(json_object_get(v, "root"), &b) &&
               merkle_check_inclusion(number_in(v, "leafIdx"), number_in(v, "treeSize"), &a, p.hash, p.n, &b);
    /* There, growth from the empty tree is never proven, as it says nothing; here it is true, as witnesses need it. */
    if (number_in(v, "size1") == 0 && number_in(v, "size2") > 0)
        return false;
    return root_in(json_object_get(v, "root1"), &a) && root_in(json_object_get(v, "root2"), &b) &&
           merkle_check_consistency(number_in(v, "size1"), number_in(v, "size2"), &a, &b, p.hash, p.n);
}

static size_t check_folder(const char *folder) {
    size_t n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.')
            continue;
        if (e->d_type == DT_DIR) {
            n += check_folder(path);
            continue;
        }
        json_t *v = load(path);
        if (!v)
            fail_msg("%s is no JSON", path);
        if (check_vector(v) == json_is_true(json_object_get(v, "wantErr")))
            fail_msg("%s: %s", path, json_string_value(json_object_get(v, "desc")));
        json_decref(v);
        n++;
    }
    if (d)
        (void)closedir(d);
    return n;
}

static void the_vectors_of_another_implementation_agree(void **state) {
    (void)state;
    size_t n = check_folder(SOURCE_ROOT "/../shared/vectors/merkle/testdata/inclusion");
    size_t m = check_folder(SOURCE_ROOT "/../shared/vectors/merkle/testdata/consistency");
    if (n + m == 0) {
        printf("SKIP the vectors are not at hand: ../shared/vectors/merkle\n");
        skip();
    }
    assert_int_equal(n, 98);
    assert_int_equal(m, 98);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_and_nodes_hash_as_rfc_6962_says),
        cmocka_unit_test(a_long_entry_hashes_like_a_short_one),
        cmocka_unit_test(the_classic_eight_leaves_have_their_classic_roots),
        cmocka_unit_test(the_edge_and_the_fold_agree_with_the_definition_at_every_size),
        cmocka_unit_test(every_entry_of_every_tree_is_proven),
        cmocka_unit_test(every_tree_is_proven_to_contain_every_smaller_one),
        cmocka_unit_test(a_proof_with_any_byte_changed_or_hash_missing_is_refused),
        cmocka_unit_test(what_lies_beyond_the_tree_is_refused),
        cmocka_unit_test(the_last_leaf_of_the_largest_trees_hangs_from_the_root),
        cmocka_unit_test(the_longest_proof_fits_and_a_tree_that_had_a_longer_one_is_refused),
        cmocka_unit_test(the_empty_tree_is_contained_in_every_other_and_has_one_root),
        cmocka_unit_test(a_source_that_fails_fails_the_proof),
        cmocka_unit_test(the_vectors_of_another_implementation_agree),
    };
    return cmocka_run_group_tests(tests, make_tree, NULL);
}
