// SPDX-License-Identifier: Apache-2.0
#include "press/search/postings.h"

#include "../unit.h"

#include <stdlib.h>
#include <string.h>

enum { TEXTS = 4 };
static const int64_t docid[TEXTS] = {5, 6, 1 << 20, INT64_C(1) << 45}, place[] = {1, 2, 33, 70000, INT64_C(1) << 40};

/* The ith text has i + 2 places. */
static void write_row(struct buf *texts, struct buf *places) {
    for (size_t i = 0; i < TEXTS; i++) {
        postings_add_number(texts, i ? docid[i] - docid[i - 1] : 0);
        for (size_t k = 0; k < i + 2; k++)
            postings_add_number(places, k ? place[k] - place[k - 1] : place[k]);
        postings_add_number(places, 0);
    }
}

static void postings_come_back_as_they_were_written(void **state) {
    (void)state;
    BUF_LOCAL(texts);
    BUF_LOCAL(places);
    BUF_LOCAL(texts_again);
    BUF_LOCAL(places_again);
    write_row(&texts, &places);
    struct postings p = {0};
    struct postings_row row = {STR("tides"), buf_str(&texts), buf_str(&places), docid[0], docid[TEXTS - 1]};
    assert_int_equal(postings_take(&p, &row, &(struct postings_wanted){true, INT64_MIN, INT64_MAX, NULL}, NULL), 0);
    assert_int_equal(p.n, TEXTS);
    for (size_t i = 0; i < TEXTS; i++) {
        assert_int_equal(p.item[i].docid, docid[i]);
        const char *at = p.item[i].places;
        int64_t found = 0;
        for (size_t k = 0; k < i + 2; k++) {
            assert_true(postings_place(&at, &found));
            assert_int_equal(found, place[k]);
        }
        assert_false(postings_place(&at, &found));
        postings_add(&texts_again, &places_again, i ? docid[i - 1] : docid[i], &p.item[i]);
    }
    assert_true(str_eq(buf_str(&texts_again), buf_str(&texts)));
    assert_true(str_eq(buf_str(&places_again), buf_str(&places)));
    postings_clear(&p);
}

static void of_those_that_another_word_has_only_they_are_taken(void **state) {
    (void)state;
    BUF_LOCAL(texts);
    BUF_LOCAL(places);
    write_row(&texts, &places);
    struct postings_row row = {STR("tides"), buf_str(&texts), buf_str(&places), docid[0], docid[TEXTS - 1]};
    struct posting some[TEXTS + 2];
    for (unsigned which = 0; which < 1U << TEXTS; which++) { /* each choice of them, and some that are not there */
        struct postings p = {0}, only = {.item = some};
        some[only.n++].docid = docid[0] - 1;
        for (size_t i = 0; i < TEXTS; i++)
            if (which >> i & 1)
                some[only.n++].docid = docid[i];
        some[only.n++].docid = docid[TEXTS - 1] + 1;
        const struct postings_wanted wanted = {true, INT64_MIN, INT64_MAX, &only};
        assert_int_equal(postings_take(&p, &row, &wanted, NULL), 0);
        assert_int_equal(p.n, only.n - 2);
        for (size_t i = 0; i < p.n; i++) {
            int64_t found = 0;
            assert_int_equal(p.item[i].docid, some[i + 1].docid);
            assert_true(postings_place(&p.item[i].places, &found));
            assert_int_equal(found, place[0]);
        }
        postings_clear(&p);
    }
}

static void those_between_two_numbers_are_taken_without_their_places(void **state) {
    (void)state;
    BUF_LOCAL(texts);
    BUF_LOCAL(places);
    write_row(&texts, &places);
    struct postings p = {0};
    struct postings_row row = {STR("tides"), buf_str(&texts), STR_NONE, docid[0], docid[TEXTS - 1]};
    assert_int_equal(postings_take(&p, &row, &(struct postings_wanted){false, docid[1], docid[2], NULL}, NULL), 0);
    assert_int_equal(p.n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(p.item[i].docid, docid[i + 1]);
        assert_null(p.item[i].places);
    }
    postings_clear(&p);
}

static void texts_of_several_rows_are_put_in_order(void **state) {
    (void)state;
    static const char *const rows[] = {"021", "01"}; /* 10 12 13, and 1 2 */
    struct postings p = {0};
    for (size_t i = 0; i < 2; i++) {
        struct postings_row row = {STR("tides"), str_of(rows[i]), STR_NONE, i ? 1 : 10, INT64_MAX};
        assert_int_equal(postings_take(&p, &row, &(struct postings_wanted){false, INT64_MIN, INT64_MAX, NULL}, NULL),
                         0);
        assert_int_equal(p.runs, i);
    }
    assert_int_equal(postings_sort(&p, NULL), 0);
    static const int64_t expected[] = {1, 2, 10, 12, 13};
    assert_int_equal(p.n, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(p.item[i].docid, expected[i]);
    postings_reset(&p);
    assert_int_equal(p.n, 0);
    postings_clear(&p);
}

/* Rows by chance: some overlap, some do not, some numbers come several times. */
static void rows_in_any_order_are_sorted_and_what_is_equal_keeps_its_order(void **state) {
    (void)state;
    srandom(4);
    for (int turn = 0; turn < 500; turn++) {
        struct postings p = {0};
        for (long rows = random() % 9; rows >= 0; rows--) {
            BUF_LOCAL(texts);
            for (long n = random() % 20; n >= 0; n--)
                postings_add_number(&texts, texts.n ? random() % 6 : 0);
            struct postings_row row = {STR("tides"), buf_str(&texts), STR_NONE, random() % 200, INT64_MAX};
            assert_int_equal(
                postings_take(&p, &row, &(struct postings_wanted){false, INT64_MIN, INT64_MAX, NULL}, NULL), 0);
        }
        char came[256]; /* its address says when one came */
        assert_true(p.n <= sizeof came);
        for (size_t i = 0; i < p.n; i++)
            p.item[i].places = came + i;
        assert_int_equal(postings_sort(&p, NULL), 0);
        assert_int_equal(p.runs, 0);
        for (size_t i = 1; i < p.n; i++) {
            assert_true(p.item[i - 1].docid <= p.item[i].docid);
            assert_true(p.item[i - 1].docid < p.item[i].docid || p.item[i - 1].places < p.item[i].places);
        }
        postings_clear(&p);
    }
}

static void what_is_no_row_of_postings_is_refused_in_words(void **state) {
    (void)state;
    static const char *const rows[][2] = {{"P", "0"},  {"0", ""},   {"0", "1"},  {"0", "1P0"},  {"0", "P"},
                                          {"01", "0"}, {"0", "00"}, {"0P", "0"}, {"PPPP", "0"}, {"OOOO", "0"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *texts = strdup(rows[i][0]), *places = strdup(rows[i][1]); /* as long as they are, for who reads beyond */
        assert_non_null(texts);
        assert_non_null(places);
        struct postings p = {0};
        struct postings_row row = {STR("tides"), str_of(texts), str_of(places), 1, INT64_MAX};
        struct err e = {0};
        assert_int_equal(postings_take(&p, &row, &(struct postings_wanted){true, INT64_MIN, INT64_MAX, NULL}, &e),
                         -ERR_INTERNAL);
        assert_non_null(strstr(e.text, "\"tides\" cannot be read"));
        for (size_t k = 0; k < p.n; k++) {
            int64_t found = 0;
            for (const char *at = p.item[k].places; postings_place(&at, &found);) {
            }
        }
        postings_clear(&p);
        free(texts);
        free(places);
    }
}

static void numbers_beyond_what_there_can_be_are_refused(void **state) {
    (void)state;
    BUF_LOCAL(texts);
    postings_add_number(&texts, 0);
    postings_add_number(&texts, 10);
    struct postings p = {0};
    struct postings_row row = {STR("tides"), buf_str(&texts), STR_NONE, INT64_MAX - 5, INT64_MAX};
    assert_int_equal(postings_take(&p, &row, &(struct postings_wanted){false, INT64_MIN, INT64_MAX, NULL}, NULL),
                     -ERR_INTERNAL);
    assert_int_equal(p.n, 1);
    postings_clear(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(postings_come_back_as_they_were_written),
        cmocka_unit_test(of_those_that_another_word_has_only_they_are_taken),
        cmocka_unit_test(those_between_two_numbers_are_taken_without_their_places),
        cmocka_unit_test(texts_of_several_rows_are_put_in_order),
        cmocka_unit_test(rows_in_any_order_are_sorted_and_what_is_equal_keeps_its_order),
        cmocka_unit_test(what_is_no_row_of_postings_is_refused_in_words),
        cmocka_unit_test(numbers_beyond_what_there_can_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
