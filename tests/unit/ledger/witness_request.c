// SPDX-License-Identifier: Apache-2.0
#include "ledger/witness_request.h"

#include "../unit.h"

#include <stdio.h>
#include <string.h>

#define HASH "qrLM3e7/qrvM3e7/ABEiM0RVZneImaq7zN3u/wARIjM=\n"

static int read(const char *text, struct witness_request *ret, struct err *err) {
    *err = (struct err){0};
    return witness_request_read(str_of(text), ret, err);
}

static void what_is_written_is_read_back(void **state) {
    (void)state;
    BUF_LOCAL(text);
    struct witness_request r, w = {.old = 20852014, .proof.n = 63, .checkpoint = STR("a\n1\nb\n\n— x y\n")};
    struct err err;
    for (size_t i = 0; i < 63; i++)
        memset(w.proof.hash[i].b, (int)i, sizeof w.proof.hash[i].b);
    witness_request_write(&w, &text);
    assert_true(str_starts(buf_str(&text), "old 20852014\nAAAA"));
    assert_int_equal(read(text.p, &r, &err), 0);
    assert_int_equal(r.old, w.old);
    assert_int_equal(r.proof.n, 63);
    assert_memory_equal(r.proof.hash, w.proof.hash, 63 * sizeof(struct hash));
    assert_true(str_eq(r.checkpoint, w.checkpoint));
}

static void the_checkpoint_begins_behind_the_first_empty_line(void **state) {
    (void)state;
    struct witness_request r;
    struct err err;
    assert_int_equal(read("old 0\n\n", &r, &err), 0);
    assert_int_equal(r.old, 0);
    assert_int_equal(r.checkpoint.n, 0);
    assert_int_equal(read("old 7\n" HASH "\n\nx", &r, &err), 0);
    assert_int_equal(r.proof.n, 1);
    assert_true(str_is(r.checkpoint, "\nx"));
}

static void every_other_spelling_is_refused_and_its_line_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *sentence;
    } wrong[] = {
        {"", "line 1"},
        {"old\n\n", "line 1"},
        {"old \n\n", "line 1"},
        {"old 01\n\n", "line 1"},
        {"old +1\n\n", "line 1"},
        {"old -1\n\n", "line 1"},
        {"old 1 \n\n", "line 1"},
        {"old  1\n\n", "line 1"},
        {"OLD 1\n\n", "line 1"},
        {"old 1\r\n\r\n", "line 1"},
        {"old 9223372036854775808\n\n", "line 1"},
        {"old 18446744073709551616\n\n", "line 1"},
        {"old 1", "line 1"},
        {"old 1\n", "empty line"},
        {"old 1\n" HASH, "empty line"},
        {"old 1\nx\n\n", "line 2"},
        {"old 1\n" HASH "qrLM3e7/qrvM3e7/ABEiM0RVZneImaq7zN3u/wARIjN=\n\n", "line 3"}, /* spare bits */
        {"old 1\nqrLM3e7/qrvM3e7/ABEiM0RVZneImaq7zN3u/wARIjM\n\n", "line 2"},
        {"old 1\nqrLM3e7_qrvM3e7_ABEiM0RVZneImaq7zN3u_wARIjM=\n\n", "line 2"},
        {"old 1\nqrLM3e7/qrvM3e7/ABEiM0RVZneImaq7zN3u\n\n", "line 2"},
        {"old 1\n " HASH "\n", "line 2"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct witness_request r;
        struct err err;
        assert_int_equal(read(wrong[i].text, &r, &err), -ERR_INVALID);
        if (!strstr(err.text, wrong[i].sentence))
            fail_msg("%s: %s", wrong[i].text, err.text);
    }
}

static void a_proof_has_63_lines_at_most(void **state) {
    (void)state;
    struct witness_request r;
    struct err err;
    BUF_LOCAL(text);
    buf_add_z(&text, "old 1\n");
    for (size_t i = 0; i < 64; i++)
        buf_add_z(&text, HASH);
    buf_add_z(&text, "\n");
    assert_int_equal(read(text.p, &r, &err), -ERR_INVALID);
    assert_non_null(strstr(err.text, "more than 63 lines"));
    buf_reset(&text);
    buf_add_z(&text, "old 1\n\n");
    while (text.n <= WITNESS_REQUEST_MOST)
        buf_add_char(&text, 'x');
    assert_int_equal(read(text.p, &r, &err), -ERR_INVALID);
}

static void a_size_is_a_decimal_and_a_line_end(void **state) {
    (void)state;
    uint64_t n = 0;
    assert_int_equal(witness_size_read(STR("0\n"), &n, NULL), 0);
    assert_int_equal(witness_size_read(STR("50\n"), &n, NULL), 0);
    assert_int_equal(n, 50);
    static const char *const wrong[] = {
        "", "\n", "50", "050\n", "50\n\n", "50\nx", "50\r\n", "-1\n", "9223372036854775808\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(witness_size_read(str_of(wrong[i]), &n, NULL), -ERR_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(the_checkpoint_begins_behind_the_first_empty_line),
        cmocka_unit_test(every_other_spelling_is_refused_and_its_line_named),
        cmocka_unit_test(a_proof_has_63_lines_at_most),
        cmocka_unit_test(a_size_is_a_decimal_and_a_line_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
