// SPDX-License-Identifier: Apache-2.0
/* The store's promises about values, rows and queries, each on both engines. Those about writing are in writes.c. */
#include "store/store.h"

#include "queries.h"
#include "store/engine.h"
#include "thing.h"

#include <stdlib.h>
#include <string.h>

static const struct query
    /* $2 stands before $1: bound by position this would change the wrong row, or none. */
    change = {"change", "UPDATE thing SET word = $2 WHERE id = $1", NULL},
    add_returning = {"add_returning", "INSERT INTO thing (id, word, number) VALUES ($1, 'r', 0) RETURNING id * 2",
                     NULL},
    nothing = {"nothing", "SELECT CAST(NULL AS BIGINT)", NULL}, remove_all = {"remove_all", "DELETE FROM thing", NULL},
    exists = {"exists", "SELECT EXISTS (SELECT 1 FROM thing WHERE id = $1), COUNT(*), SUM(number) FROM thing", NULL},
    either = {"either", "SELECT COUNT(*) FROM thing WHERE ($1 = 0 OR number = $1)", NULL};

/* --- one at a time --- */

static void the_store_answers_and_names_its_engine(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(store_ping(f->store, &e), &e);
    assert_string_equal(store_engine(f->store), f->engine);
}

static void what_was_written_is_read(void **state) {
    struct store *s = with_tables(state);
    add_must(s, 1, "one", 10);
    assert_int_equal(how_many(s), 1);
    word_is(s, 1, "one");
}

static int change_word(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    int64_t n = tx_run(tx, &change, CELLS(cell_int(7), cell_z("seven")), reterr);
    return n == 1 ? 0 : n < 0 ? (int)n : -ERR_NOT_FOUND;
}

static void values_are_bound_by_name_whatever_their_order_in_the_text(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    add_must(s, 7, "x", 0);
    must(store_write(s, change_word, NULL, &e), &e);
    word_is(s, 7, "seven");
}

static void text_survives_in_every_script(void **state) {
    struct store *s = with_tables(state);
    static const char *const words[] = {
        "",      "'; DROP TABLE thing; --", "省公安厅 2024年3月16日", "\xF0\x9F\x8C\x9E",
        "مرحبا", "a\nb\tc\\ \" % $1 ?",     "\xEF\xBF\xBF",           "\xF4\x8F\xBF\xBF"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        add_must(s, (int64_t)i, words[i], 0);
        word_is(s, (int64_t)i, words[i]);
    }
}

static void bytes_that_are_no_text_are_refused_in_words(void **state) {
    struct store *s = with_tables(state);
    static const char *const bad[] = {"\xff",        "\xC0\x80",     "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "ok \xE2\x82", "\xE2\x28\xA1", "\xC1\xBF",     "\xF0\x8F\xBF\xBF"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = {0};
        assert_int_equal(store_write(s, add_thing, &(struct thing){1, bad[i], 0}, &e), -ERR_INVALID);
        assert_non_null(strstr(e.text, "UTF-8"));
    }
    assert_int_equal(how_many(s), 0);
}

static int add_nul(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &thing_insert, CELLS(cell_int(1), cell_text(STR("a\0b")), cell_int(0)), reterr);
}

static void a_nul_in_a_text_is_refused(void **state) {
    struct store *s = with_tables(state);
    assert_int_equal(store_write(s, add_nul, NULL, NULL), -ERR_INVALID);
    assert_int_equal(how_many(s), 0);
}

static void a_large_text_survives(void **state) {
    struct store *s = with_tables(state);
    enum { N = 3000000 };
    char *big = malloc(N + 1);
    assert_non_null(big);
    memset(big, 'x', N);
    big[N] = 0;
    add_must(s, 1, big, 0);
    word_is(s, 1, big);
    free(big);
}

static void null_is_not_the_empty_text(void **state) {
    struct store *s = with_tables(state);
    add_must(s, 1, NULL, 0);
    add_must(s, 2, "", 0);
    word_is(s, 1, NULL);
    word_is(s, 2, "");
}

static void the_cells_that_may_be_null_are_null_when_empty(void **state) {
    (void)state;
    assert_int_equal(cell_text_or_null(STR("")).kind, CELL_NULL);
    assert_int_equal(cell_text_or_null(STR("a")).kind, CELL_TEXT);
    assert_int_equal(cell_int_or_null(0).kind, CELL_NULL);
    assert_int_equal(cell_int_or_null(-1).i, -1);
    assert_int_equal(cell_z(NULL).kind, CELL_NULL);
}

static void the_largest_and_smallest_numbers_survive(void **state) {
    struct store *s = with_tables(state);
    static const int64_t numbers[] = {INT64_MAX, INT64_MIN, 0, -1, INT64_C(1) << 53, (INT64_C(1) << 53) + 1};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct err e = {0};
        struct thing t = {.id = (int64_t)i};
        add_must(s, t.id, NULL, numbers[i]);
        must(store_read(s, get_thing, &t, &e), &e);
        assert_true(t.number == numbers[i]);
    }
}

static int count_either(struct tx *tx, void *arg, struct err *reterr) {
    int64_t *number = arg;
    return tx_int(tx, &either, CELLS(cell_int(*number)), number, reterr);
}

static void a_large_number_may_stand_beside_a_small_literal(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    add_must(s, 1, NULL, INT64_C(1710582480000000));
    add_must(s, 2, NULL, 2);
    int64_t number = INT64_C(1710582480000000);
    must(store_read(s, count_either, &number, &e), &e);
    assert_int_equal(number, 1);
    number = 0;
    must(store_read(s, count_either, &number, &e), &e);
    assert_int_equal(number, 2);
}

static int look_at_kinds(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    ROWS_LOCAL(rows);
    int rc = tx_rows(tx, &exists, CELLS(cell_int(1)), &rows, reterr);
    if (rc < 0)
        return rc;
    assert_int_equal(rows_next(rows, reterr), 1);
    assert_int_equal(rows_int(rows, 0), 1); /* true is 1 on both */
    assert_true(str_is(rows_text(rows, 0), "1"));
    assert_int_equal(rows_int(rows, 1), 2);
    assert_int_equal(rows_int(rows, 2), 30); /* SUM is a wider type on PostgreSQL */
    assert_true(str_is(rows_text(rows, 2), "30"));
    assert_int_equal(rows_next(rows, reterr), 0);
    assert_int_equal(rows_next(rows, reterr), 0); /* and stays so */
    return 0;
}

static void truth_and_sums_read_alike_on_both_engines(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    add_must(s, 1, "a", 10);
    add_must(s, 2, "b", 20);
    must(store_read(s, look_at_kinds, NULL, &e), &e);
}

static int look_for_nothing(struct tx *tx, void *arg, struct err *reterr) {
    int64_t *i = arg;
    assert_int_equal(tx_int(tx, &nothing, CELLS_NONE, i, reterr), -ERR_NOT_FOUND);
    assert_int_equal(tx_int(tx, &thing_one, CELLS(cell_int(99)), i, reterr), -ERR_NOT_FOUND);
    return tx_int(tx, &thing_count, CELLS_NONE, i, reterr); /* and the transaction goes on */
}

static void no_row_and_null_are_not_found_and_no_failure(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    int64_t n = 5;
    must(store_write(s, look_for_nothing, &n, &e), &e);
    assert_int_equal(n, 0);
}

static int count_changes(struct tx *tx, void *arg, struct err *reterr) {
    int64_t *n = arg;
    for (int64_t i = 0; i < 5; i++)
        if (tx_run(tx, &thing_insert, CELLS(cell_int(i), cell_null(), cell_int(0)), reterr) != 1)
            return -ERR_INTERNAL;
    n[0] = tx_run(tx, &thing_all, CELLS_NONE, reterr); /* a SELECT changes nothing */
    n[1] = tx_run(tx, &change, CELLS(cell_int(99), cell_z("x")), reterr);
    n[2] = tx_run(tx, &remove_all, CELLS_NONE, reterr);
    n[3] = tx_run(tx, &(const struct query){"make_more", "CREATE TABLE more (id BIGINT)", NULL}, CELLS_NONE, reterr);
    return 0;
}

static void a_statement_tells_how_many_rows_it_changed(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    int64_t n[4] = {-1, -1, -1, -1};
    must(store_write(s, count_changes, n, &e), &e);
    assert_int_equal(n[0], 0);
    assert_int_equal(n[1], 0);
    assert_int_equal(n[2], 5);
    assert_int_equal(n[3], 0);
}

static int insert_without_looking(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    ROWS_LOCAL(rows);
    return tx_rows(tx, &add_returning, CELLS(cell_int(21)), &rows, reterr);
}

static int insert_and_look(struct tx *tx, void *arg, struct err *reterr) {
    return tx_int(tx, &add_returning, CELLS(cell_int(22)), arg, reterr);
}

static void an_insert_that_returns_happens_whether_or_not_its_rows_are_read(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    int64_t twice = 0;
    must(store_write(s, insert_without_looking, NULL, &e), &e);
    must(store_write(s, insert_and_look, &twice, &e), &e);
    assert_int_equal(twice, 44);
    assert_int_equal(how_many(s), 2);
}

static int next_ids(struct tx *tx, void *arg, struct err *reterr) {
    int64_t *ids = arg;
    for (int i = 0; i < 3; i++)
        if ((ids[i] = tx_next_id(tx, "thing", reterr)) < 0)
            return (int)ids[i];
    ids[3] = tx_next_id(tx, "other", reterr);
    return ids[3] < 0 ? (int)ids[3] : 0;
}

static void counters_count_from_one_each_for_itself(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    int64_t ids[4];
    must(store_write(f->store, next_ids, ids, &e), &e);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ids[i], i + 1);
    assert_int_equal(ids[3], 1);
    must(store_write(f->store, next_ids, ids, &e), &e);
    assert_int_equal(ids[0], 4);
}

/* --- rows --- */

static int open_eight(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    struct rows *rows[STORE_ROWS_MOST + 1] = {0};
    for (int i = 0; i < STORE_ROWS_MOST; i++)
        must(tx_rows(tx, &thing_all, CELLS_NONE, &rows[i], reterr), reterr); /* the same query within itself */
    for (int step = 0; step < 3; step++)
        for (int i = 0; i < STORE_ROWS_MOST; i++) {
            assert_int_equal(rows_next(rows[i], reterr), 1);
            assert_int_equal(rows_int(rows[i], 0), step);
        }
    rows_close(rows[3]);
    must(tx_rows(tx, &thing_one, CELLS(cell_int(2)), &rows[3], reterr), reterr);
    assert_int_equal(rows_next(rows[3], reterr), 1);
    assert_int_equal(rows_int(rows[3], 0), 2);
    assert_int_equal(tx_rows(tx, &thing_all, CELLS_NONE, &rows[STORE_ROWS_MOST], reterr), -ERR_INTERNAL);
    return 0; /* with all eight left open */
}

static void eight_queries_may_be_open_at_once_and_a_ninth_may_not(void **state) {
    struct store *s = with_tables(state);
    for (int i = 0; i < 4; i++)
        add_must(s, i, "w", i);
    struct err e = {0};
    assert_int_equal(store_read(s, open_eight, NULL, &e), -ERR_INTERNAL);
    assert_int_equal(store_write(s, open_eight, NULL, &e), -ERR_INTERNAL);
    assert_int_equal(how_many(s), 4); /* what was left open was closed */
}

static int stop_half_way(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    for (int i = 0; i < 20; i++) {
        ROWS_LOCAL(rows);
        int rc = tx_rows(tx, &thing_all, CELLS_NONE, &rows, reterr);
        if (rc < 0 || (rc = rows_next(rows, reterr)) < 0)
            return rc;
        assert_int_equal(rows_int(rows, 0), 0); /* always the first: it was begun anew */
    }
    return 0;
}

static void a_query_left_half_way_begins_anew(void **state) {
    struct store *s = with_tables(state);
    for (int i = 0; i < 4; i++)
        add_must(s, i, "w", i);
    struct err e = {0};
    must(store_read(s, stop_half_way, NULL, &e), &e);
    must(store_write(s, stop_half_way, NULL, &e), &e);
}

/* --- by itself --- */

static void a_statement_that_no_transaction_may_hold_runs_by_itself(void **state) {
    static const struct query vacuum = {"vacuum", "VACUUM", NULL}, seven = {"seven", "SELECT 7", NULL},
                              none = {"none", "SELECT 7 WHERE 1 = 0", NULL}, wrong = {"wrong", "VACUUM nothing", NULL};
    struct fixture *f = *state;
    struct err e = {0};
    int64_t n = 0;
    must(store_alone(f->store, &vacuum, NULL, &e), &e);
    must(store_alone(f->store, &seven, &n, &e), &e);
    assert_int_equal(n, 7);
    must(store_alone(f->store, &none, &n, &e), &e);
    assert_int_equal(n, 0);
    assert_true(store_alone(f->store, &wrong, &n, &e) < 0);
    assert_true(e.text[0] != 0);
    must(store_ping(f->store, &e), &e);
}

/* --- the queries --- */

static int prepare_all(struct tx *tx, void *arg, struct err *reterr) {
    int *n = arg;
    for (const struct query *const *q = queries_all; *q; q++) {
        if ((*q)->only && strcmp((*q)->only, tx->engine->name) != 0)
            continue;
        int rc = tx_prepare(tx, *q, reterr);
        if (rc < 0)
            return rc;
        ++*n;
    }
    return 0;
}

static void every_query_is_understood_by_the_engine(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    int n = 0;
    must(store_read(f->store, prepare_all, &n, &e), &e);
    assert_true(n > 3);
}

/* --- opening --- */

static void an_address_of_no_known_kind_is_refused(void **state) {
    (void)state;
    struct store *s = NULL;
    struct err e = {0};
    assert_int_equal(store_open("mysql://user:secret@host/", &s, &e), -ERR_INVALID);
    assert_null(strstr(e.text, "secret"));
    assert_int_equal(store_open("sqlite:", &s, &e), -ERR_INVALID);
    assert_int_equal(store_open("", &s, &e), -ERR_INVALID);
    assert_null(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(the_store_answers_and_names_its_engine),
        ON_BOTH_ENGINES(what_was_written_is_read),
        ON_BOTH_ENGINES(values_are_bound_by_name_whatever_their_order_in_the_text),
        ON_BOTH_ENGINES(text_survives_in_every_script),
        ON_BOTH_ENGINES(bytes_that_are_no_text_are_refused_in_words),
        ON_BOTH_ENGINES(a_nul_in_a_text_is_refused),
        ON_BOTH_ENGINES(a_large_text_survives),
        ON_BOTH_ENGINES(null_is_not_the_empty_text),
        cmocka_unit_test(the_cells_that_may_be_null_are_null_when_empty),
        ON_BOTH_ENGINES(the_largest_and_smallest_numbers_survive),
        ON_BOTH_ENGINES(a_large_number_may_stand_beside_a_small_literal),
        ON_BOTH_ENGINES(truth_and_sums_read_alike_on_both_engines),
        ON_BOTH_ENGINES(no_row_and_null_are_not_found_and_no_failure),
        ON_BOTH_ENGINES(a_statement_tells_how_many_rows_it_changed),
        ON_BOTH_ENGINES(an_insert_that_returns_happens_whether_or_not_its_rows_are_read),
        ON_BOTH_ENGINES(counters_count_from_one_each_for_itself),
        ON_BOTH_ENGINES(eight_queries_may_be_open_at_once_and_a_ninth_may_not),
        ON_BOTH_ENGINES(a_query_left_half_way_begins_anew),
        ON_BOTH_ENGINES(a_statement_that_no_transaction_may_hold_runs_by_itself),
        ON_BOTH_ENGINES(every_query_is_understood_by_the_engine),
        cmocka_unit_test(an_address_of_no_known_kind_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
