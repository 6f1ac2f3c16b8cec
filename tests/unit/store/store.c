// SPDX-License-Identifier: Apache-2.0
/* The store's promises, each on both engines. */
#include "store/store.h"

#include "queries.h"
#include "store/engine.h"
#include "store/fault.h"
#include "store_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct query
    make_table = {"make_table",
                  "CREATE TABLE thing (id BIGINT PRIMARY KEY, word TEXT, number BIGINT, CHECK (number <> 13))", NULL},
    make_child = {"make_child",
                  "CREATE TABLE child (id BIGINT PRIMARY KEY, thing_id BIGINT NOT NULL REFERENCES thing (id))", NULL},
    add = {"add", "INSERT INTO thing (id, word, number) VALUES ($1, $2, $3)", NULL},
    /* $2 stands before $1: bound by position this would change the wrong row, or none. */
    change = {"change", "UPDATE thing SET word = $2 WHERE id = $1", NULL},
    add_child = {"add_child", "INSERT INTO child (id, thing_id) VALUES ($1, $2)", NULL},
    add_returning = {"add_returning", "INSERT INTO thing (id, word, number) VALUES ($1, 'r', 0) RETURNING id * 2",
                     NULL},
    count = {"count", "SELECT COUNT(*) FROM thing", NULL},
    all = {"all", "SELECT id, word, number FROM thing ORDER BY id", NULL},
    one = {"one", "SELECT id, word, number FROM thing WHERE id = $1", NULL},
    nothing = {"nothing", "SELECT CAST(NULL AS BIGINT)", NULL}, remove_all = {"remove_all", "DELETE FROM thing", NULL},
    exists = {"exists", "SELECT EXISTS (SELECT 1 FROM thing WHERE id = $1), COUNT(*), SUM(number) FROM thing", NULL},
    broken = {"broken", "SELECT nonsense FROM nowhere", NULL},
    either = {"either", "SELECT COUNT(*) FROM thing WHERE ($1 = 0 OR number = $1)", NULL};

static void must(int64_t rc, const struct err *e) {
    if (rc < 0)
        print_error("%s: %s\n", err_name((int)rc), e->text);
    assert_true(rc >= 0);
}

static int make_tables(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    int64_t rc = tx_run(tx, &make_table, CELLS_NONE, reterr);
    return rc < 0 ? (int)rc : (int)tx_run(tx, &make_child, CELLS_NONE, reterr);
}

static struct store *with_tables(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(store_write(f->store, make_tables, NULL, &e), &e);
    return f->store;
}

struct thing {
    int64_t id;
    const char *word;
    int64_t number;
};

static int add_thing(struct tx *tx, void *arg, struct err *reterr) {
    const struct thing *t = arg;
    int64_t rc = tx_run(tx, &add, CELLS(cell_int(t->id), cell_z(t->word), cell_int(t->number)), reterr);
    return rc < 0 ? (int)rc : 0;
}

static void add_must(struct store *s, int64_t id, const char *word, int64_t number) {
    struct err e = {0};
    must(store_write(s, add_thing, &(struct thing){id, word, number}, &e), &e);
}

static int count_things(struct tx *tx, void *arg, struct err *reterr) {
    return tx_int(tx, &count, CELLS_NONE, arg, reterr);
}

static int64_t how_many(struct store *s) {
    struct err e = {0};
    int64_t n = -1;
    must(store_read(s, count_things, &n, &e), &e);
    return n;
}

static int get_word(struct tx *tx, void *arg, struct err *reterr) {
    struct thing *t = arg;
    ROWS_LOCAL(rows);
    int rc = tx_rows(tx, &one, CELLS(cell_int(t->id)), &rows, reterr);
    if (rc < 0)
        return rc;
    rc = rows_next(rows, reterr);
    if (rc <= 0)
        return rc < 0 ? rc : -ERR_NOT_FOUND;
    struct str word = rows_text(rows, 1);
    free((char *)(uintptr_t)t->word);
    t->word = rows_null(rows, 1) ? NULL : strndup(word.n ? word.p : "", word.n);
    t->number = rows_int(rows, 2);
    return 0;
}

static void word_is(struct store *s, int64_t id, const char *word) {
    struct err e = {0};
    struct thing t = {.id = id};
    must(store_read(s, get_word, &t, &e), &e);
    if (word)
        assert_string_equal(t.word, word);
    else
        assert_null(t.word);
    free((char *)(uintptr_t)t.word);
}

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
    return (int)tx_run(tx, &add, CELLS(cell_int(1), cell_text(STR("a\0b")), cell_int(0)), reterr);
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
        must(store_read(s, get_word, &t, &e), &e);
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
    assert_int_equal(tx_int(tx, &one, CELLS(cell_int(99)), i, reterr), -ERR_NOT_FOUND);
    return tx_int(tx, &count, CELLS_NONE, i, reterr); /* and the transaction goes on */
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
        if (tx_run(tx, &add, CELLS(cell_int(i), cell_null(), cell_int(0)), reterr) != 1)
            return -ERR_INTERNAL;
    n[0] = tx_run(tx, &all, CELLS_NONE, reterr); /* a SELECT changes nothing */
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
        must(tx_rows(tx, &all, CELLS_NONE, &rows[i], reterr), reterr); /* the same query within itself */
    for (int step = 0; step < 3; step++)
        for (int i = 0; i < STORE_ROWS_MOST; i++) {
            assert_int_equal(rows_next(rows[i], reterr), 1);
            assert_int_equal(rows_int(rows[i], 0), step);
        }
    rows_close(rows[3]);
    must(tx_rows(tx, &one, CELLS(cell_int(2)), &rows[3], reterr), reterr);
    assert_int_equal(rows_next(rows[3], reterr), 1);
    assert_int_equal(rows_int(rows[3], 0), 2);
    assert_int_equal(tx_rows(tx, &all, CELLS_NONE, &rows[STORE_ROWS_MOST], reterr), -ERR_INTERNAL);
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
        int rc = tx_rows(tx, &all, CELLS_NONE, &rows, reterr);
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

/* --- failures --- */

static void a_constraint_is_a_conflict_and_undoes_the_write(void **state) {
    struct store *s = with_tables(state);
    add_must(s, 1, "one", 0);
    struct err e = {0};
    assert_int_equal(store_write(s, add_thing, &(struct thing){1, "secret", 0}, &e), -ERR_CONFLICT);
    assert_null(strstr(e.text, "secret"));
    assert_int_equal(store_write(s, add_thing, &(struct thing){2, "two", 13}, &e), -ERR_CONFLICT);
    assert_int_equal(how_many(s), 1);
}

static int orphan(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &add_child, CELLS(cell_int(1), cell_int(404)), reterr);
}

static void a_reference_to_nothing_is_a_conflict(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    assert_int_equal(store_write(s, orphan, NULL, &e), -ERR_CONFLICT);
}

static int ignore_the_failure(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    must(tx_run(tx, &add, CELLS(cell_int(5), cell_null(), cell_int(0)), reterr), reterr);
    (void)tx_run(tx, &add, CELLS(cell_int(5), cell_null(), cell_int(0)), NULL);
    assert_int_equal(tx_run(tx, &add, CELLS(cell_int(6), cell_null(), cell_int(0)), reterr), -ERR_CONFLICT);
    return 0;
}

static void a_failed_statement_fails_its_transaction_whatever_fn_returns(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    assert_int_equal(store_write(s, ignore_the_failure, NULL, &e), -ERR_CONFLICT);
    assert_true(e.text[0]);
    assert_int_equal(how_many(s), 0);
}

static int write_then_refuse(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    must(tx_run(tx, &add, CELLS(cell_int(5), cell_null(), cell_int(0)), reterr), reterr);
    return -ERR_FORBIDDEN; /* without a sentence */
}

static void a_refusal_of_fn_undoes_its_writes_and_is_told(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    assert_int_equal(store_write(s, write_then_refuse, NULL, &e), -ERR_FORBIDDEN);
    assert_int_equal(e.code, -ERR_FORBIDDEN);
    assert_string_equal(e.text, err_sentence(-ERR_FORBIDDEN));
    assert_int_equal(how_many(s), 0);
    add_must(s, 5, "again", 0); /* the store goes on */
}

static void on_success_the_error_is_left_alone(void **state) {
    struct store *s = with_tables(state);
    struct err e = {.code = 77, .text = "untouched"};
    assert_int_equal(store_write(s, add_thing, &(struct thing){1, "a", 0}, &e), 0);
    int64_t n;
    assert_int_equal(store_read(s, count_things, &n, &e), 0);
    assert_int_equal(e.code, 77);
    assert_string_equal(e.text, "untouched");
}

static void a_read_cannot_write(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    assert_int_equal(store_read(s, add_thing, &(struct thing){1, "a", 0}, &e), -ERR_INTERNAL);
    assert_int_equal(store_read(s, make_tables, NULL, &e), -ERR_INTERNAL);
    assert_int_equal(how_many(s), 0);
}

static int run_broken(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &broken, CELLS_NONE, reterr);
}

static int bind_too_few(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &add, CELLS(cell_int(1), cell_null()), reterr);
}

static int bind_too_many(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &count, CELLS(cell_int(1)), reterr);
}

static int run_the_other_engines(struct tx *tx, void *arg, struct err *reterr) {
    struct query q = {"other", "SELECT 1", strcmp(arg, "sqlite") == 0 ? "postgres" : "sqlite"};
    return (int)tx_run(tx, &q, CELLS_NONE, reterr);
}

static void our_own_mistakes_are_told_apart_from_the_worlds(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    assert_int_equal(store_write(s, run_broken, NULL, &e), -ERR_INTERNAL);
    assert_non_null(strstr(e.text, "broken"));
    assert_int_equal(store_write(s, bind_too_few, NULL, &e), -ERR_INTERNAL);
    assert_int_equal(store_write(s, bind_too_many, NULL, &e), -ERR_INTERNAL);
    char engine[16];
    (void)snprintf(engine, sizeof engine, "%s", store_engine(s));
    assert_int_equal(store_write(s, run_the_other_engines, engine, &e), -ERR_INTERNAL);
    assert_int_equal(how_many(s), 0);
}

/* --- snapshots --- */

static void a_read_keeps_its_snapshot_while_others_write(void **state) {
    struct store *s = with_tables(state);
    add_must(s, 1, "one", 0);
    struct err e = {0};
    struct tx *tx = NULL;
    must(store_begin_read(s, &tx, &e), &e);
    int64_t before, after;
    must(tx_int(tx, &count, CELLS_NONE, &before, &e), &e);
    add_must(s, 2, "two", 0);
    must(tx_int(tx, &count, CELLS_NONE, &after, &e), &e);
    store_end_read(tx);
    assert_int_equal(before, 1);
    assert_int_equal(after, 1);
    assert_int_equal(how_many(s), 2);
}

static int read_within(struct tx *tx, void *arg, struct err *reterr) {
    struct store *s = arg;
    int64_t outer;
    must(tx_int(tx, &count, CELLS_NONE, &outer, reterr), reterr);
    assert_int_equal(how_many(s), outer);
    return 0;
}

static void a_read_within_a_read_and_within_a_write_is_one_of_its_own(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    add_must(s, 1, "one", 0);
    must(store_read(s, read_within, s, &e), &e);
    must(store_write(s, read_within, s, &e), &e);
}

static void when_every_connection_is_in_use_the_next_is_refused_and_not_left_waiting(void **state) {
    struct fixture *f = *state;
    struct tx *tx[STORE_SQLITE_READERS + 1];
    struct err e = {0};
    int n = 0, rc;
    store_set_patience(f->store, 20);
    while ((rc = store_begin_read(f->store, &tx[n], &e)) == 0 && n < STORE_SQLITE_READERS)
        n++;
    assert_int_equal(rc, -ERR_STORE_AWAY);
    assert_non_null(strstr(e.text, "busy"));
    for (int i = 0; i < n; i++)
        store_end_read(tx[i]);
    must(store_ping(f->store, &e), &e);
}

/* --- many writers --- */

enum { WRITERS = 64, ROUNDS = 4 };

struct one_writer {
    pthread_t thread;
    struct store *store;
    int64_t id;
    int rc;
};

static int add_unless_it_is_mine(struct tx *tx, void *arg, struct err *reterr) {
    struct one_writer *w = arg;
    struct thing t = {w->id, "w", 0};
    int rc = add_thing(tx, &t, reterr);
    return rc == 0 && w->id % WRITERS == 17 ? err_set(reterr, ERR_FORBIDDEN, "Not this one.") : rc;
}

static void *write_some(void *arg) {
    struct one_writer *w = arg;
    for (int i = 0; i < ROUNDS; i++) {
        struct err e = {0};
        w->rc = store_write(w->store, add_unless_it_is_mine, w, &e);
        w->id += WRITERS;
    }
    return NULL;
}

static void one_failing_writer_among_64_takes_nobody_with_it(void **state) {
    struct store *s = with_tables(state);
    static struct one_writer w[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        w[i] = (struct one_writer){.store = s, .id = i};
        assert_int_equal(pthread_create(&w[i].thread, NULL, write_some, &w[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(w[i].thread, NULL), 0);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(w[i].rc, i == 17 ? -ERR_FORBIDDEN : 0);
    assert_int_equal(how_many(s), (WRITERS - 1) * ROUNDS);
    for (int64_t id = 0; id < WRITERS; id++) {
        struct thing t = {.id = id};
        assert_int_equal(store_read(s, get_word, &t, NULL), id == 17 ? -ERR_NOT_FOUND : 0);
        free((char *)(uintptr_t)t.word);
    }
}

static int take_an_id(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    int64_t id = tx_next_id(tx, "thing", reterr);
    if (id < 0)
        return (int)id;
    return (int)tx_run(tx, &add, CELLS(cell_int(id), cell_null(), cell_int(0)), reterr);
}

static void *take_ids(void *arg) {
    struct one_writer *w = arg;
    for (int i = 0; i < ROUNDS; i++) {
        struct err e = {0};
        int rc = store_write(w->store, take_an_id, NULL, &e);
        if (rc < 0 && w->rc == 0) {
            w->rc = rc;
            print_error("%s\n", e.text);
        }
    }
    return NULL;
}

static void writers_that_want_the_same_counter_all_get_a_number_of_their_own(void **state) {
    struct store *s = with_tables(state);
    static struct one_writer w[16];
    for (int i = 0; i < 16; i++) {
        w[i] = (struct one_writer){.store = s};
        assert_int_equal(pthread_create(&w[i].thread, NULL, take_ids, &w[i]), 0);
    }
    for (int i = 0; i < 16; i++)
        assert_int_equal(pthread_join(w[i].thread, NULL), 0);
    for (int i = 0; i < 16; i++)
        assert_int_equal(w[i].rc, 0);
    assert_int_equal(how_many(s), 16 * ROUNDS);
}

/* --- durability --- */

static void another_connection_sees_what_was_written(void **state) {
    struct fixture *f = *state;
    struct store *s = with_tables(state), *other = NULL;
    struct err e = {0};
    add_must(s, 1, "one", 0);
    must(store_open(f->url, &other, &e), &e);
    word_is(other, 1, "one");
    add_must(other, 2, "two", 0);
    word_is(s, 2, "two");
    store_close(other);
}

/* The child is killed without warning as soon as it has been told that its write is done. */
static void what_a_killed_process_had_written_is_there(void **state) {
    struct fixture *f = *state;
    (void)with_tables(state);
    store_close(f->store); /* a fork must not carry the connections over */
    f->store = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *s = NULL;
        if (store_open(f->url, &s, NULL) < 0)
            _exit(1);
        for (int64_t i = 0; i < 20; i++)
            if (store_write(s, add_thing, &(struct thing){i, "kept", 0}, NULL) < 0)
                _exit(2);
        (void)kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 0, 0); /* 1, 2: it could not open, or write */
    assert_true(WIFSIGNALED(status));
    fixture_reopen(f);
    assert_int_equal(how_many(f->store), 20);
}

/* --- faults on purpose --- */

static int write_three(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    for (int64_t i = 0; i < 3; i++) {
        int64_t rc = tx_run(tx, &add, CELLS(cell_int(i), cell_null(), cell_int(0)), reterr);
        if (rc < 0)
            return (int)rc;
    }
    int64_t n;
    return tx_int(tx, &count, CELLS_NONE, &n, reterr);
}

static void a_fault_at_any_call_leaves_nothing_behind(void **state) {
    struct store *s = with_tables(state);
    int n;
    for (n = 1; n < 100; n++) {
        struct err e = {0};
        store_fail_at(n);
        int rc = store_write(s, write_three, NULL, &e);
        if (store_fail_at(0) > 0) {
            assert_int_equal(rc, 0);
            break;
        }
        assert_int_equal(rc, -ERR_STORE_AWAY);
        assert_int_equal(how_many(s), 0);
    }
    assert_int_equal(n, 6); /* three inserts, one count, one commit */
    assert_int_equal(how_many(s), 3);
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
        ON_BOTH_ENGINES(a_constraint_is_a_conflict_and_undoes_the_write),
        ON_BOTH_ENGINES(a_reference_to_nothing_is_a_conflict),
        ON_BOTH_ENGINES(a_failed_statement_fails_its_transaction_whatever_fn_returns),
        ON_BOTH_ENGINES(a_refusal_of_fn_undoes_its_writes_and_is_told),
        ON_BOTH_ENGINES(on_success_the_error_is_left_alone),
        ON_BOTH_ENGINES(a_read_cannot_write),
        ON_BOTH_ENGINES(our_own_mistakes_are_told_apart_from_the_worlds),
        ON_BOTH_ENGINES(a_read_keeps_its_snapshot_while_others_write),
        ON_BOTH_ENGINES(a_read_within_a_read_and_within_a_write_is_one_of_its_own),
        ON_BOTH_ENGINES(when_every_connection_is_in_use_the_next_is_refused_and_not_left_waiting),
        ON_BOTH_ENGINES(one_failing_writer_among_64_takes_nobody_with_it),
        ON_BOTH_ENGINES(writers_that_want_the_same_counter_all_get_a_number_of_their_own),
        ON_BOTH_ENGINES(another_connection_sees_what_was_written),
        ON_BOTH_ENGINES(what_a_killed_process_had_written_is_there),
        ON_BOTH_ENGINES(a_fault_at_any_call_leaves_nothing_behind),
        ON_BOTH_ENGINES(every_query_is_understood_by_the_engine),
        cmocka_unit_test(an_address_of_no_known_kind_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
