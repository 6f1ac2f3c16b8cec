// SPDX-License-Identifier: Apache-2.0
#include "ledger/policy.h"

#include "unit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SIGNERS = 70 };

static uint8_t secret[SIGNERS][64];
static struct vkey log_key[SIGNERS], witness_key[SIGNERS];

static int make_keys(void **state) {
    (void)state;
    assert_true(sodium_init() >= 0);
    for (int i = 0; i < SIGNERS; i++) {
        uint8_t seed[32] = {(uint8_t)i}, public[32];
        char name[32];
        (void)crypto_sign_seed_keypair(public, secret[i], seed);
        (void)snprintf(name, sizeof name, "log%d.example", i);
        assert_int_equal(vkey_make(str_of(name), NOTE_ED25519, public, &log_key[i], NULL), 0);
        (void)snprintf(name, sizeof name, "witness%d.example", i);
        assert_int_equal(vkey_make(str_of(name), NOTE_COSIGNATURE, public, &witness_key[i], NULL), 0);
    }
    return 0;
}

static void add_log(struct buf *to, int i) {
    buf_add_z(to, "log ");
    vkey_write(&log_key[i], to);
    buf_add_z(to, " https://log.example/\n");
}

static void add_witness(struct buf *to, const char *name, int i) {
    buf_printf(to, "witness %s ", name);
    vkey_write(&witness_key[i], to);
    buf_add_char(to, '\n');
}

/* The format's own example: two of X1 X2 X3 and one of Y1 Y2 Y3. */
static void add_example(struct buf *to) {
    static const char *const names[] = {"X1", "X2", "X3", "Y1", "Y2", "Y3"};
    buf_add_z(to, "# an example\n\n");
    add_log(to, 0);
    for (int i = 0; i < 6; i++)
        add_witness(to, names[i], i + 1);
    buf_add_z(to, " group\tX-witnesses  2 X1 X2 X3 \ngroup Y-witnesses any Y1 Y2 Y3\n"
                  "group X-and-Y all X-witnesses Y-witnesses\n\t# and so\nquorum X-and-Y\n");
}

static void add_note(struct buf *to, int log, const int *witnesses, size_t n) {
    BUF_LOCAL(text);
    struct checkpoint c = {str_of(log_key[log].name), 9, merkle_empty()};
    checkpoint_write(&c, &text);
    buf_add(to, buf_str(&text));
    buf_add_char(to, '\n');
    note_sign(buf_str(&text), &log_key[log], secret[log], 0, to);
    for (size_t i = 0; i < n; i++)
        note_sign(buf_str(&text), &witness_key[witnesses[i]], secret[witnesses[i]], 1000 + (uint64_t)witnesses[i], to);
}

static void the_format_s_example_asks_two_of_one_group_and_one_of_the_other(void **state) {
    (void)state;
    static struct policy p;
    BUF_LOCAL(text);
    struct err e = {0};
    add_example(&text);
    if (policy_read(buf_str(&text), &p, &e))
        fail_msg("%s", e.text);
    assert_int_equal(p.logs, 1);
    assert_true(str_is(p.log[0].url, "https://log.example/"));
    assert_int_equal(p.witnesses, 6);
    for (int set = 0; set < 64; set++) {
        int list[6];
        size_t n = 0, cosigned = 99, x = 0, y = 0;
        uint64_t times[POLICY_MOST];
        for (int i = 0; i < 6; i++)
            if (set >> i & 1) {
                list[n++] = i + 1;
                *(i < 3 ? &x : &y) += 1;
            }
        BUF_LOCAL(note);
        add_note(&note, 0, list, n);
        int rc = policy_check(&p, buf_str(&note), &cosigned, times, &e);
        assert_int_equal(rc, x >= 2 && y >= 1 ? 0 : -ERR_FORBIDDEN);
        assert_int_equal(cosigned, n);
        for (int i = 0; i < 6; i++)
            assert_int_equal(times[i], set >> i & 1 ? 1001 + i : 0);
    }
}

static void a_checkpoint_of_another_log_or_with_a_bad_cosignature_is_refused(void **state) {
    (void)state;
    static struct policy p;
    BUF_LOCAL(text);
    BUF_LOCAL(other);
    BUF_LOCAL(bad);
    BUF_LOCAL(no_logs);
    struct err e = {0};
    add_example(&text);
    assert_int_equal(policy_read(buf_str(&text), &p, &e), 0);
    add_note(&other, 7, (int[]){1, 2, 4}, 3);
    assert_int_equal(policy_check(&p, buf_str(&other), NULL, NULL, &e), -ERR_FORBIDDEN);
    assert_non_null(strstr(e.text, "log7.example"));
    add_note(&bad, 0, (int[]){1, 2, 3, 4}, 4);
    bad.p[bad.n - 20] = bad.p[bad.n - 20] == 'A' ? 'B' : 'A';
    assert_int_equal(policy_check(&p, buf_str(&bad), NULL, NULL, &e), -ERR_FORBIDDEN);
    buf_add_z(&no_logs, "quorum none\n");
    assert_int_equal(policy_read(buf_str(&no_logs), &p, &e), 0);
    assert_int_equal(policy_check(&p, buf_str(&other), NULL, NULL, &e), 0); /* the log is known from elsewhere */
}

/* While a key is being changed the policy may name both, in either order. */
static void a_log_with_two_keys_is_refused_where_either_is_contradicted(void **state) {
    (void)state;
    struct err e = {0};
    struct vkey both[2] = {log_key[0]};
    assert_int_equal(vkey_make(str_of(log_key[0].name), NOTE_ED25519, log_key[1].key, &both[1], NULL), 0);
    for (int first = 0; first < 2; first++)
        for (int bad = -1; bad < 2; bad++) {
            static struct policy p;
            BUF_LOCAL(text);
            BUF_LOCAL(note);
            buf_add_z(&text, "log ");
            vkey_write(&both[first], &text);
            buf_add_z(&text, "\nlog ");
            vkey_write(&both[!first], &text);
            buf_add_z(&text, "\nquorum none\n");
            assert_int_equal(policy_read(buf_str(&text), &p, &e), 0);
            add_note(&note, 0, NULL, 0);
            size_t end[2] = {note.n, 0};
            BUF_LOCAL(signed_text);
            struct checkpoint c = {str_of(log_key[0].name), 9, merkle_empty()};
            checkpoint_write(&c, &signed_text);
            note_sign(buf_str(&signed_text), &both[1], secret[1], 0, &note);
            end[1] = note.n;
            if (bad >= 0)
                note.p[end[bad] - 20] = note.p[end[bad] - 20] == 'A' ? 'B' : 'A';
            assert_int_equal(policy_check(&p, buf_str(&note), NULL, NULL, &e), bad < 0 ? 0 : -ERR_FORBIDDEN);
        }
}

static void thirty_two_of_each_are_taken_and_no_more(void **state) {
    (void)state;
    static struct policy p;
    BUF_LOCAL(text);
    struct err e = {0};
    for (int i = 0; i < POLICY_MOST; i++) {
        char name[16];
        add_log(&text, i);
        (void)snprintf(name, sizeof name, "w%d", i);
        add_witness(&text, name, i);
    }
    for (int i = 0; i < POLICY_MOST; i++)
        buf_printf(&text, "group g%d all w%d\n", i, i);
    size_t groups = text.n;
    buf_add_z(&text, "quorum g31\n");
    if (policy_read(buf_str(&text), &p, &e))
        fail_msg("%s", e.text);
    buf_cut(&text, groups);
    buf_add_z(&text, "group g32 any g0\nquorum g31\n");
    assert_int_equal(policy_read(buf_str(&text), &p, &e), -ERR_INVALID);
    buf_cut(&text, groups);
    add_witness(&text, "w32", 32);
    assert_int_equal(policy_read(buf_str(&text), &p, &e), -ERR_INVALID);
    buf_cut(&text, groups);
    add_log(&text, 32);
    assert_int_equal(policy_read(buf_str(&text), &p, &e), -ERR_INVALID);
}

static void a_broken_rule_is_named_with_its_line(void **state) {
    (void)state;
    static struct policy p;
    static const struct {
        const char *behind, *words; /* what follows the example's first lines */
    } bad[] = {
        {"quorum none\nquorum none\n", "line 5: there is one quorum"},
        {"", "no line \"quorum\""},
        {"quorum X2\n", "line 4: the quorum is"},
        {"quorum\n", "line 4: a quorum is"},
        {"group g all\nquorum none\n", "line 4: a group is"},
        {"group g 0 X1\nquorum none\n", "a number from 1"},
        {"group g 2 X1\nquorum none\n", "a number from 1"},
        {"group g 01 X1\nquorum none\n", "a number from 1"},
        {"group g any X1 X1\nquorum none\n", "a member once"},
        {"group g any X1\ngroup h any X1\nquorum none\n", "line 5: each name is a member once"},
        {"group g any g\nquorum none\n", "defined above"},
        {"group g any none\nquorum none\n", "defined above"},
        {"group X1 any X1\nquorum none\n", "given once"},
        {"group none any X1\nquorum none\n", "given once"},
        {"witness w nokey\nquorum none\n", "verifier key"},
        {"witness w\nquorum none\n", "a witness is"},
        {"log nokey\nquorum none\n", "verifier key"},
        {"log\nquorum none\n", "a log is"},
        {"Quorum none\n", "begins with"},
        {"quorum none", "line feed"},
        {"quorum none\r\n", "control"},
        {"quorum none\f\n", "control"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        BUF_LOCAL(text);
        struct err e = {0};
        buf_add_z(&text, "# first\n");
        add_log(&text, 0);
        add_witness(&text, "X1", 1);
        buf_add_z(&text, bad[i].behind);
        if (policy_read(buf_str(&text), &p, &e) != -ERR_INVALID)
            fail_msg("taken: %s", bad[i].behind);
        if (!strstr(e.text, bad[i].words))
            fail_msg("%s%s", bad[i].behind, e.text);
    }
}

static void one_key_stands_for_one_log_and_one_witness_and_is_of_its_kind(void **state) {
    (void)state;
    static struct policy p;
    struct err e = {0};
    BUF_LOCAL(logs);
    BUF_LOCAL(witnesses);
    BUF_LOCAL(kind);
    add_log(&logs, 0);
    add_log(&logs, 0);
    assert_int_equal(policy_read(buf_str(&logs), &p, &e), -ERR_INVALID);
    assert_non_null(strstr(e.text, "two logs"));
    add_witness(&witnesses, "a", 0);
    add_witness(&witnesses, "b", 0);
    assert_int_equal(policy_read(buf_str(&witnesses), &p, &e), -ERR_INVALID);
    assert_non_null(strstr(e.text, "two witnesses"));
    buf_add_z(&kind, "log ");
    vkey_write(&witness_key[0], &kind);
    buf_add_z(&kind, "\nquorum none\n");
    assert_int_equal(policy_read(buf_str(&kind), &p, &e), -ERR_INVALID);
    assert_non_null(strstr(e.text, "type 01"));
}

static void names_are_bytes_and_need_not_be_ascii(void **state) {
    (void)state;
    static struct policy p;
    struct err e = {0};
    BUF_LOCAL(text);
    add_witness(&text, "镇", 0);
    add_witness(&text, "\xFF", 1);
    buf_add_z(&text, "group 大学 any 镇 \xFF\nquorum 大学 \n");
    assert_int_equal(policy_read(buf_str(&text), &p, &e), 0);
    assert_int_equal(p.quorum, POLICY_MOST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_s_example_asks_two_of_one_group_and_one_of_the_other),
        cmocka_unit_test(a_checkpoint_of_another_log_or_with_a_bad_cosignature_is_refused),
        cmocka_unit_test(a_log_with_two_keys_is_refused_where_either_is_contradicted),
        cmocka_unit_test(thirty_two_of_each_are_taken_and_no_more),
        cmocka_unit_test(a_broken_rule_is_named_with_its_line),
        cmocka_unit_test(one_key_stands_for_one_log_and_one_witness_and_is_of_its_kind),
        cmocka_unit_test(names_are_bytes_and_need_not_be_ascii),
    };
    return cmocka_run_group_tests(tests, make_keys, NULL);
}
