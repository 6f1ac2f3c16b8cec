// SPDX-License-Identifier: Apache-2.0
#include "ledger/commit.h"

#include "unit.h"

#include <sodium.h>
#include <string.h>

/* The numbers were made with Python's hashlib and hmac, K being the bytes 0 to 31:
 *   salt(i) = hmac(K, b"salt" + pack(">I", i)),  part(i, b) = sha256(b"daylight/part/v1\0" + salt(i) + pack(">IQ", i,
 *   len(b)) + b),  document = sha256(b"daylight/document/v1\0" + pack(">I", n) + b"".join(parts)) */
static void hex_is(struct hash h, const char *expected) {
    char hex[65];
    (void)sodium_bin2hex(hex, sizeof hex, h.b, sizeof h.b);
    assert_string_equal(hex, expected);
}

static const struct str parts[] = {{"1", 1}, {"en", 2}, {"水 Water", 9}, {NULL, 0}};

static void key_of(uint8_t ret[COMMIT_KEY]) {
    for (uint8_t i = 0; i < COMMIT_KEY; i++)
        ret[i] = i;
}

static void the_formulas_give_what_another_program_computed(void **state) {
    (void)state;
    uint8_t key[COMMIT_KEY];
    key_of(key);
    hex_is(commit_salt(key, 0), "83c88be2543ffa017edd77b4496653eead088061c31713d0f78f5cfbcadc5b82");
    hex_is(commit_salt(key, 1), "4c668ef5a940bcd00bad3eb0e1f7f49607a119c231e71ec482d33bd98ca63478");
    struct hash salt = commit_salt(key, 2);
    hex_is(commit_part(&salt, 2, parts[2]), "de43842fb5b27cff7edbe0c194036c9921aa8ec6b214b3f2aaa84354e02c367d");
    hex_is(commit_document(key, parts, 4), "b365b3e1c52e00b21992f3db231b8bd8a61625eefd748a94617941252c4059fb");
    hex_is(commit_join(NULL, 0), "fd6cc35317fe3d928855579cf64d973887aae751a5fb156b38de2550c3d1dad9");
    hex_is(commit_public(STR("active x\n")), "7568e58414340090d8b12735e76388c086f49c91fb27ba6025babc7abb47c3c1");
}

static void a_document_is_the_join_of_its_parts(void **state) {
    (void)state;
    uint8_t key[COMMIT_KEY];
    struct hash part[4];
    key_of(key);
    for (uint32_t i = 0; i < 4; i++) {
        struct hash salt = commit_salt(key, i);
        part[i] = commit_part(&salt, i, parts[i]);
    }
    struct hash joined = commit_join(part, 4), whole = commit_document(key, parts, 4);
    assert_true(hash_same(&joined, &whole));
}

static void any_change_of_key_place_or_byte_changes_it(void **state) {
    (void)state;
    uint8_t key[COMMIT_KEY];
    key_of(key);
    struct hash was = commit_document(key, parts, 4), now;
    const struct str others[][4] = {
        {{"2", 1}, parts[1], parts[2], parts[3]},
        {parts[1], parts[0], parts[2], parts[3]},
        {{"1e", 2}, {"n", 1}, parts[2], parts[3]},
        {parts[0], parts[1], parts[2], {"\0", 1}},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        now = commit_document(key, others[i], 4);
        assert_false(hash_same(&was, &now));
    }
    now = commit_document(key, parts, 3);
    assert_false(hash_same(&was, &now));
    for (size_t i = 0; i < COMMIT_KEY; i++) {
        key[i] ^= 1;
        now = commit_document(key, parts, 4);
        assert_false(hash_same(&was, &now));
        key[i] ^= 1;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_formulas_give_what_another_program_computed),
        cmocka_unit_test(a_document_is_the_join_of_its_parts),
        cmocka_unit_test(any_change_of_key_place_or_byte_changes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
