// SPDX-License-Identifier: Apache-2.0
/* The form, and one chain in a folder; logs that lie about theirs are in tests/web/succession.py. */
#include "ledger/succession.h"

#include "../unit.h"
#include "base/file.h"
#include "ledger/commit.h"
#include "made_log.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static struct hash hash_of(int n) {
    return merkle_leaf(&n, sizeof n);
}

static void entries_stand_in_their_order_and_are_read_back(void **state) {
    (void)state;
    struct succession s = {.n = 0}, again;
    BUF_LOCAL(text);
    static const int order[] = {40, 3, 500, 0, 3};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct hash h = hash_of(order[i]);
        assert_int_equal(succession_add(&s, (uint64_t)order[i], &h, NULL), 0);
    }
    assert_int_equal(s.n, 4);
    struct hash other = hash_of(7);
    assert_int_equal(succession_add(&s, 40, &other, NULL), -ERR_CONFLICT);
    succession_write(&s, &text);
    assert_int_equal(succession_read(buf_str(&text), &again, NULL), 0);
    assert_int_equal(again.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(again.entry[i].index, s.entry[i].index);
        assert_true(hash_same(&again.entry[i].commit, &s.entry[i].commit));
    }
}

static void more_than_there_can_be_are_refused(void **state) {
    (void)state;
    struct succession s = {.n = 0};
    for (int i = 0; i < SUCCESSION_MOST; i++) {
        struct hash h = hash_of(i);
        assert_int_equal(succession_add(&s, (uint64_t)i, &h, NULL), 0);
    }
    struct hash h = hash_of(-1);
    BUF_LOCAL(text);
    assert_int_equal(succession_add(&s, SUCCESSION_MOST, &h, NULL), -ERR_CONFLICT);
    succession_write(&s, &text);
    assert_int_equal(succession_read(buf_str(&text), &s, NULL), 0);
    assert_true(text.n <= SUCCESSION_BYTES_MOST);
    buf_printf(&text, "%d %064d\n", SUCCESSION_MOST, 0);
    assert_int_equal(succession_read(buf_str(&text), &s, NULL), -ERR_INVALID);
}

static void what_is_misspelt_is_refused_with_its_line(void **state) {
    (void)state;
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
    static const char *const wrong[] = {"\n",
                                        "0\n",
                                        "0 \n",
                                        "0 00\n",
                                        "0 " ZEROS,
                                        " 0 " ZEROS "\n",
                                        "00 " ZEROS "\n",
                                        "0  " ZEROS "\n",
                                        "0 " ZEROS " \n",
                                        "0 " ZEROS "00\n",
                                        "-1 " ZEROS "\n",
                                        "99999999999999999999 " ZEROS "\n",
                                        "0 A" ZEROS "\n"};
    struct succession s;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (succession_read(str_of(wrong[i]), &s, NULL) != -ERR_INVALID)
            fail_msg("%s was read", wrong[i]);
    struct err err = {0};
    assert_int_equal(succession_read(STR("7 " ZEROS "\n7 " ZEROS "\n"), &s, &err), -ERR_INVALID);
    assert_non_null(strstr(err.text, "line 2"));
    assert_int_equal(succession_read(STR_NONE, &s, NULL), 0);
    assert_int_equal(s.n, 0);
}

static struct succession made_of(const int *list, size_t n) {
    struct succession s = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        struct hash h = hash_of(list[i]);
        assert_int_equal(succession_add(&s, (uint64_t)list[i], &h, NULL), 0);
    }
    return s;
}

static void what_is_named_has_to_be_what_the_log_holds(void **state) {
    (void)state;
    struct succession all = made_of((const int[]){0, 5, 300}, 3), late = made_of((const int[]){300}, 1),
                      fewer = made_of((const int[]){0, 300}, 2), more = made_of((const int[]){0, 5, 300, 301}, 4);
    struct err err = {0};
    assert_int_equal(succession_check(&all, &all, 0, NULL), 0);
    assert_int_equal(succession_check(&all, &late, 256, NULL), 0);
    assert_int_equal(succession_check(&all, &late, 0, &err), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "entry 0:"));
    assert_int_equal(succession_check(&fewer, &all, 0, &err), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "entry 5:"));
    assert_int_equal(succession_check(&more, &all, 0, &err), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "entry 301:"));
    assert_int_equal(succession_check(&all, &more, 0, NULL), -ERR_FORBIDDEN);
    struct hash other = hash_of(1);
    late.entry[0].commit = other;
    assert_int_equal(succession_check(&all, &late, 256, NULL), -ERR_FORBIDDEN);
}

/* --- following --- */

static struct made_log made, next;

static int make(void **state) {
    (void)state;
    made_log_init(&made, "quay.example/ledger", 1);
    made_log_init(&next, "quay.example/ledger", 2);
    made_log_grow(&made, 10);
    return 0;
}

static int clear(void **state) {
    (void)state;
    made_log_clear(&made);
    made_log_clear(&next);
    return 0;
}

/* The list as a document of the folder; *s names it. */
static void announce(struct succession *s, uint64_t index, const struct keys *list, const struct made_log *by,
                     const struct made_log *also) {
    BUF_LOCAL(text);
    BUF_LOCAL(document);
    BUF_LOCAL(named);
    char name[TRUST_LIST_NAME];
    keys_write_list(list, &text);
    buf_add(&document, buf_str(&text));
    buf_add_char(&document, '\n');
    note_sign(buf_str(&text), &by->key, by->secret, 0, &document);
    if (also)
        note_sign(buf_str(&text), &also->key, also->secret, 0, &document);
    struct hash commit = commit_public(buf_str(&document));
    assert_int_equal(succession_add(s, index, &commit, NULL), 0);
    trust_list_name(&commit, name);
    made_log_write(&made, name, buf_str(&document));
    succession_write(s, &named);
    made_log_write(&made, "keys", buf_str(&named));
}

static void an_old_key_leads_to_the_one_that_signs_and_a_known_one_is_left_alone(void **state) {
    (void)state;
    struct succession s = {.n = 0}, by;
    struct keys first = {.n = 1, .item[0] = {KEY_ACTIVE, made.key}},
                both = {.n = 2, .item[0] = {KEY_ACTIVE, made.key}, .item[1] = {KEY_ACTIVE, next.key}},
                last = {.n = 2, .item[0] = {KEY_RETIRED, made.key}, .item[1] = {KEY_ACTIVE, next.key}};
    struct fetch *from;
    struct checkpoint c = {str_of(made.key.name), 10, made_log_root(&made, 10)};
    BUF_LOCAL(text);
    BUF_LOCAL(old);
    BUF_LOCAL(new);
    TRUST_LOCAL(t);
    checkpoint_write(&c, &text);
    buf_printf(&old, "%s\n", text.p);
    buf_printf(&new, "%s\n", text.p);
    note_sign(buf_str(&text), &made.key, made.secret, 0, &old);
    note_sign(buf_str(&text), &next.key, next.secret, 0, &new);
    assert_int_equal(fetch_open(made.folder, NULL, &from, NULL), 0);
    assert_int_equal(trust_add(&t, &made.key, NULL), 0);
    assert_int_equal(succession_follow(&t, from, buf_str(&new), &by, NULL), -ERR_NOT_FOUND); /* none are shown */
    announce(&s, 0, &first, &made, NULL);
    announce(&s, 4, &both, &made, &next);
    announce(&s, 7, &last, &made, &next);
    announce(&s, 10, &first, &made, NULL); /* behind the tree: not looked at */
    assert_int_equal(succession_follow(&t, from, buf_str(&old), &by, NULL), 0);
    assert_int_equal(by.n, 0);
    assert_int_equal(succession_follow(&t, from, buf_str(&new), &by, NULL), 0);
    assert_int_equal(by.n, 3);
    assert_int_equal(t.keys, 1);
    assert_int_equal(trust_check(&t, buf_str(&new), &c, NULL, NULL), 0);
    assert_int_equal(trust_check(&t, buf_str(&old), &c, NULL, NULL), -ERR_FORBIDDEN);
    fetch_close(from);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_stand_in_their_order_and_are_read_back),
        cmocka_unit_test(more_than_there_can_be_are_refused),
        cmocka_unit_test(what_is_misspelt_is_refused_with_its_line),
        cmocka_unit_test(what_is_named_has_to_be_what_the_log_holds),
        cmocka_unit_test(an_old_key_leads_to_the_one_that_signs_and_a_known_one_is_left_alone),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
