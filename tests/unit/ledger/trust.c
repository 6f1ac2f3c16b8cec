// SPDX-License-Identifier: Apache-2.0
#include "ledger/trust.h"

#include "../unit.h"
#include "base/file.h"
#include "made_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct made_log made, other;

static int make(void **state) {
    (void)state;
    made_log_init(&made, "quay.example/ledger", 1);
    made_log_grow(&made, 10);
    made_log_init(&other, "quay.example/ledger", 2);
    made_log_grow(&other, 10);
    return 0;
}

static int clear(void **state) {
    (void)state;
    made_log_clear(&made);
    made_log_clear(&other);
    return 0;
}

static void what_was_seen_is_read_back(void **state) {
    (void)state;
    BUF_LOCAL(note);
    BUF_LOCAL(path);
    TRUST_LOCAL(t);
    TRUST_LOCAL(again);
    file_join(&path, made.folder, "a/b/trust");
    made_log_checkpoint(&made, 10, &note);
    assert_int_equal(trust_add(&t, &made.key, NULL), 0);
    assert_int_equal(trust_write(path.p, &t, NULL), 0);
    assert_int_equal(trust_read(path.p, &again, NULL), 0);
    assert_int_equal(again.keys, 1);
    assert_int_equal(again.note.n, 0);
    assert_int_equal(trust_see(&t, buf_str(&note), NULL), 0);
    assert_int_equal(trust_add(&t, &other.key, NULL), 0);
    assert_int_equal(trust_add(&t, &made.key, NULL), 0);
    assert_int_equal(trust_write(path.p, &t, NULL), 0);
    assert_int_equal(trust_read(path.p, &again, NULL), 0);
    assert_int_equal(again.keys, 2);
    assert_true(str_eq(buf_str(&again.note), buf_str(&note)));
    assert_int_equal(again.checkpoint.size, 10);
    assert_true(str_is(again.checkpoint.origin, "quay.example/ledger"));
}

static void a_file_that_is_none_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"",
                                        "x\n",
                                        "daylight-trust/v2\n\n",
                                        "daylight-trust/v1\nlog x\n\n",
                                        "daylight-trust/v1\nkey\n\n",
                                        "daylight-trust/v1\n\nrubbish"};
    BUF_LOCAL(path);
    file_join(&path, made.folder, "wrong");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        TRUST_LOCAL(t);
        struct err err = {0};
        assert_int_equal(file_write(path.p, str_of(wrong[i]), 0600, NULL), 0);
        assert_int_equal(trust_read(path.p, &t, &err), -ERR_INVALID);
        assert_non_null(strstr(err.text, "cannot be read"));
    }
    TRUST_LOCAL(t);
    assert_int_equal(file_remove_all(path.p, NULL), 0);
    assert_int_equal(trust_read(path.p, &t, NULL), -ERR_NOT_FOUND);
}

static void a_checkpoint_has_to_be_signed_by_a_trusted_key_of_its_log(void **state) {
    (void)state;
    BUF_LOCAL(note);
    TRUST_LOCAL(t);
    struct checkpoint c;
    const struct vkey *key;
    struct err err = {0};
    made_log_checkpoint(&made, 7, &note);
    assert_int_equal(trust_check(&t, buf_str(&note), &c, NULL, &err), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "no key is trusted"));
    assert_int_equal(trust_add(&t, &other.key, NULL), 0);
    assert_int_equal(trust_check(&t, buf_str(&note), &c, NULL, &err), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "not signed by a key that is trusted"));
    assert_int_equal(trust_add(&t, &made.key, NULL), 0);
    assert_int_equal(trust_check(&t, buf_str(&note), &c, &key, &err), 0);
    assert_int_equal(c.size, 7);
    assert_ptr_equal(key, &t.key[1]);
    note.p[25] ^= 1; /* in the root */
    assert_true(trust_check(&t, buf_str(&note), &c, NULL, &err) < 0);
    assert_int_equal(trust_check(&t, STR("<html>hello</html>"), &c, NULL, &err), -ERR_INVALID);
}

static void verifier_keys_come_a_line_each(void **state) {
    (void)state;
    BUF_LOCAL(lines);
    TRUST_LOCAL(t);
    struct err err = {0};
    vkey_write(&made.key, &lines);
    buf_add_z(&lines, "\n\n  ");
    vkey_write(&other.key, &lines);
    assert_int_equal(trust_add_lines(&t, buf_str(&lines), NULL), 0);
    assert_int_equal(t.keys, 2);
    assert_int_equal(trust_add_lines(&t, STR("\n"), &err), -ERR_INVALID);
    assert_int_equal(trust_add_lines(&t, STR("\nquay+1+AA\n"), &err), -ERR_INVALID);
    assert_non_null(strstr(err.text, "line 2"));
}

static void each_log_has_a_place_of_its_own(void **state) {
    (void)state;
    BUF_LOCAL(a);
    BUF_LOCAL(b);
    assert_int_equal(setenv("XDG_STATE_HOME", "/tmp/state", 1), 0);
    assert_int_equal(trust_path(STR("quay.example/ledger"), &a, NULL), 0);
    assert_int_equal(trust_path(STR("../quay.example/ledger"), &b, NULL), 0);
    assert_true(str_starts(buf_str(&a), "/tmp/state/daylight/logs/"));
    assert_int_equal(a.n, strlen("/tmp/state/daylight/logs/") + 64);
    assert_false(str_eq(buf_str(&a), buf_str(&b)));
    assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
    assert_int_equal(unsetenv("HOME"), 0);
    assert_int_equal(trust_path(STR("x"), &a, NULL), -ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_seen_is_read_back),
        cmocka_unit_test(a_file_that_is_none_is_refused),
        cmocka_unit_test(a_checkpoint_has_to_be_signed_by_a_trusted_key_of_its_log),
        cmocka_unit_test(verifier_keys_come_a_line_each),
        cmocka_unit_test(each_log_has_a_place_of_its_own),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
