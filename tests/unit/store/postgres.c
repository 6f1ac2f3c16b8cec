// SPDX-License-Identifier: Apache-2.0
/* What only the cluster engine has: a connection that breaks, and others who write at the same time. */
#include "store_fixture.h"

#include "store/engine.h"

#ifdef WITH_POSTGRES
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct query
    make_table = {"make_table", "CREATE TABLE thing (id BIGINT PRIMARY KEY, number BIGINT)", NULL},
    add = {"add", "INSERT INTO thing (id, number) VALUES ($1, $2)", NULL},
    count = {"count", "SELECT COUNT(*) FROM thing", NULL}, sum = {"sum", "SELECT SUM(number) FROM thing", NULL},
    kill_others = {"kill_others",
                   "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
                   "AND pid <> pg_backend_pid()",
                   NULL},
    kill_me = {"kill_me", "SELECT pg_terminate_backend(pg_backend_pid())", NULL},
    my_number = {"my_number", "SELECT pg_backend_pid()", NULL},
    in_a_snapshot = {"in_a_snapshot",
                     "SELECT CAST(current_setting('transaction_isolation') = 'repeatable read' AND "
                     "current_setting('transaction_read_only') = 'on' AS INT)",
                     NULL},
    divide = {"divide", "SELECT 1 / (1 - 1)", NULL}, sleep_long = {"sleep_long", "SELECT pg_sleep(60)", NULL},
    short_timeout = {"short_timeout", "SET LOCAL statement_timeout = 50", NULL},
    durable = {"durable", "SELECT COUNT(*) WHERE current_setting('synchronous_commit') = 'on'", NULL},
    make_killer = {"make_killer",
                   "CREATE FUNCTION killer() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM "
                   "pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END'",
                   NULL},
    set_killer = {"set_killer",
                  "CREATE CONSTRAINT TRIGGER killer AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                  "EXECUTE FUNCTION killer()",
                  NULL},
    quoted = {"quoted", "SELECT CAST($1 AS BIGINT) -- not '$9\nWHERE '$2' <> \"left\"('$3', 1)", NULL};

static void must(int64_t rc, const struct err *e) {
    if (rc < 0)
        print_error("%s: %s\n", err_name((int)rc), e->text);
    assert_true(rc >= 0);
}

static int run_plain(struct tx *tx, void *arg, struct err *reterr) {
    return (int)tx_run(tx, arg, CELLS_NONE, reterr);
}

static int run_query(struct store *s, const struct query *q, struct err *reterr) {
    return store_write(s, run_plain, (void *)(uintptr_t)q, reterr);
}

static struct store *with_table(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(run_query(f->store, &make_table, &e), &e);
    return f->store;
}

struct ask {
    const struct query *q;
    int64_t answer;
};

static int ask_one(struct tx *tx, void *arg, struct err *reterr) {
    struct ask *a = arg;
    return tx_int(tx, a->q, CELLS_NONE, &a->answer, reterr);
}

static int64_t answer(struct store *s, const struct query *q) {
    struct ask a = {q, 0};
    struct err e = {0};
    must(store_read(s, ask_one, &a, &e), &e);
    return a.answer;
}

/* --- connections that break --- */

static void kill_idle_connections(struct fixture *f) {
    struct store *other = NULL;
    struct err e = {0};
    must(store_open(f->url, &other, &e), &e);
    assert_true(answer(other, &kill_others) >= 1);
    store_close(other);
}

static int add_first(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &add, CELLS(cell_int(1), cell_int(1)), reterr);
}

static void connections_that_died_at_rest_are_replaced_unseen(void **state) {
    struct fixture *f = *state;
    struct store *s = with_table(state);
    struct err e = {0};
    kill_idle_connections(f);
    assert_int_equal(answer(s, &count), 0);
    kill_idle_connections(f);
    must(store_write(s, add_first, NULL, &e), &e);
    kill_idle_connections(f);
    must(store_migrate(s, &e), &e);
    assert_int_equal(answer(s, &count), 1);
}

static int ask_nothing(struct tx *tx, void *arg, struct err *reterr) {
    (void)tx;
    (void)arg;
    (void)reterr;
    return 0;
}

/* A read begins with its first statement, and nobody waits for its end. */
static void whatever_a_read_asks_the_next_one_on_its_connection_is_whole(void **state) {
    struct store *s = with_table(state);
    struct err e = {0};
    int64_t number = answer(s, &my_number);
    for (int i = 0; i < 3; i++) {
        must(store_read(s, ask_nothing, NULL, &e), &e);
        assert_int_equal(answer(s, &in_a_snapshot), 1);
        assert_true(store_read(s, ask_one, &(struct ask){&divide, 0}, &e) < 0);
        assert_true(store_read(s, run_plain, (void *)(uintptr_t)&make_table, &e) < 0); /* a read does not write */
        assert_int_equal(answer(s, &count), 0);
    }
    assert_int_equal(answer(s, &my_number), number); /* it was never given up */
    must(store_write(s, add_first, NULL, &e), &e);
    assert_int_equal(answer(s, &count), 1);
}

/* New connections fail in their first command while the database has a function of ours before the server's own. */
static void a_connection_that_could_not_be_set_up_is_not_kept(void **state) {
    static const struct query steps[] = {
        {"schema", "CREATE SCHEMA before", NULL},
        {"function",
         "CREATE FUNCTION before.current_setting(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''out "
         "of "
         "order''; END'",
         NULL},
        {"path",
         "DO 'BEGIN EXECUTE ''ALTER DATABASE '' || quote_ident(current_database()) || '' SET search_path = before, "
         "public, pg_catalog''; END'",
         NULL}};
    static const struct query back = {
        "back",
        "DO 'BEGIN EXECUTE ''ALTER DATABASE '' || quote_ident(current_database()) || '' RESET search_path''; END'",
        NULL};
    struct fixture *f = *state;
    struct store *s = with_table(state), *other = NULL;
    struct err e = {0};
    int64_t unused;
    must(store_open(f->url, &other, &e), &e);
    assert_int_equal(answer(s, &count), 0);
    for (size_t i = 0; i < 3; i++)
        must(run_query(other, &steps[i], &e), &e);
    assert_true(answer(other, &kill_others) >= 1);
    assert_true(store_read(s, ask_one, &(struct ask){&count, 0}, &e) < 0);
    must(run_query(other, &back, &e), &e);
    store_close(other);
    assert_int_equal(answer(s, &count), 0);
    must(store_alone(s, &count, &unused, &e), &e);
}

static int die_the_first_time(struct tx *tx, void *arg, struct err *reterr) {
    int *runs = arg;
    int64_t rc = tx_run(tx, &add, CELLS(cell_int(++*runs), cell_int(0)), reterr);
    if (rc >= 0 && *runs == 1)
        rc = tx_run(tx, &kill_me, CELLS_NONE, reterr);
    return rc < 0 ? (int)rc : 0;
}

static void a_write_whose_connection_breaks_before_the_commit_is_run_again(void **state) {
    struct store *s = with_table(state);
    struct err e = {0};
    int runs = 0;
    must(store_write(s, die_the_first_time, &runs, &e), &e);
    assert_int_equal(runs, 2);
    assert_int_equal(answer(s, &count), 1);
}

static int die_each_time(struct tx *tx, void *arg, struct err *reterr) {
    ++*(int *)arg;
    return (int)tx_run(tx, &kill_me, CELLS_NONE, reterr);
}

static void a_write_whose_connection_breaks_again_is_given_up(void **state) {
    struct store *s = with_table(state);
    struct err e = {0};
    int runs = 0;
    assert_int_equal(store_write(s, die_each_time, &runs, &e), -ERR_STORE_AWAY);
    assert_int_equal(runs, 2);
    assert_non_null(strstr(e.text, "Nothing was stored"));
    must(store_ping(s, &e), &e);
}

static void a_read_whose_connection_breaks_says_so_and_the_next_one_works(void **state) {
    struct store *s = with_table(state);
    struct err e = {0};
    int runs = 0;
    assert_int_equal(store_read(s, die_each_time, &runs, &e), -ERR_STORE_AWAY);
    assert_int_equal(runs, 1);
    assert_int_equal(answer(s, &count), 0);
}

static void a_commit_whose_outcome_is_unknown_says_so_and_is_not_run_again(void **state) {
    struct store *s = with_table(state);
    struct err e = {0};
    must(run_query(s, &make_killer, &e), &e);
    must(run_query(s, &set_killer, &e), &e);
    assert_int_equal(store_write(s, add_first, NULL, &e), -ERR_STORE_UNSURE);
    assert_non_null(strstr(e.text, "may or may not be stored"));
    assert_null(strstr(e.text, "Nothing was stored"));
    must(store_ping(s, &e), &e);
}

static int sleep_too_long(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    int64_t rc = tx_run(tx, &short_timeout, CELLS_NONE, reterr);
    return rc < 0 ? (int)rc : (int)tx_run(tx, &sleep_long, CELLS_NONE, reterr);
}

static void a_statement_that_takes_too_long_is_ended(void **state) {
    struct store *s = with_table(state);
    struct err e = {0};
    assert_int_equal(store_write(s, sleep_too_long, NULL, &e), -ERR_STORE_AWAY);
    assert_non_null(strstr(e.text, "timeout"));
    must(store_ping(s, &e), &e);
}

/* --- others who write --- */

struct skew {
    pthread_t thread;
    struct store *store;
    pthread_barrier_t *both_have_read;
    int64_t id;
    int runs, rc;
};

/* Both read the sum, then both write one more than it: one after the other, the sums would be 0 and 1. */
static int write_the_sum(struct tx *tx, void *arg, struct err *reterr) {
    struct skew *w = arg;
    int64_t total = 0;
    int64_t rc = tx_int(tx, &sum, CELLS_NONE, &total, reterr);
    if (rc < 0 && rc != -ERR_NOT_FOUND)
        return (int)rc;
    if (w->runs++ == 0)
        pthread_barrier_wait(w->both_have_read);
    rc = tx_run(tx, &add, CELLS(cell_int(w->id), cell_int(total + 1)), reterr);
    return rc < 0 ? (int)rc : 0;
}

static void *write_skewed(void *arg) {
    struct skew *w = arg;
    w->rc = store_write(w->store, write_the_sum, w, NULL);
    return NULL;
}

static void writes_have_the_effect_of_one_after_the_other(void **state) {
    struct store *s = with_table(state);
    pthread_barrier_t barrier;
    struct skew w[2];
    assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
    for (int i = 0; i < 2; i++) {
        w[i] = (struct skew){.store = s, .both_have_read = &barrier, .id = i};
        assert_int_equal(pthread_create(&w[i].thread, NULL, write_skewed, &w[i]), 0);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(w[i].thread, NULL), 0);
    assert_int_equal(w[0].rc, 0);
    assert_int_equal(w[1].rc, 0);
    assert_int_equal(pthread_barrier_destroy(&barrier), 0);
    assert_int_equal(w[0].runs + w[1].runs, 3); /* one of them ran again */
    assert_int_equal(answer(s, &sum), 1 + 2);
}

/* --- opening --- */

static void a_commit_waits_for_the_disk_even_where_the_database_would_not(void **state) {
    struct fixture *f = *state;
    char sql[200];
    (void)snprintf(sql, sizeof sql, "ALTER DATABASE %s SET synchronous_commit = off", f->database);
    PGconn *c = PQconnectdb(f->url);
    PGresult *r = PQexec(c, sql);
    assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(c);
    fixture_reopen(f);
    assert_int_equal(answer(f->store, &durable), 1);
}

static void a_server_that_is_not_there_is_told_without_the_password(void **state) {
    (void)state;
    struct store *s = NULL;
    struct err e = {0};
    assert_int_equal(store_open("postgresql://daylight:secret@/x?host=/nowhere", &s, &e), -ERR_STORE_AWAY);
    assert_non_null(strstr(e.text, "cannot be reached"));
    assert_null(strstr(e.text, "secret"));
    assert_null(s);
}

static void a_database_in_another_encoding_is_refused(void **state) {
    struct fixture *f = *state;
    char name[80], sql[200], url[600];
    (void)snprintf(name, sizeof name, "%s_ascii", f->database);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'", name);
    PGconn *c = PQconnectdb(f->url);
    PGresult *r = PQexec(c, sql);
    assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    (void)snprintf(url, sizeof url, "%s&dbname=%s", f->url, name);
    struct store *s = NULL;
    struct err e = {0};
    int rc = store_open(url, &s, &e);
    (void)snprintf(sql, sizeof sql, "DROP DATABASE %s", name);
    PQclear(PQexec(c, sql));
    PQfinish(c);
    assert_int_equal(rc, -ERR_STORE_AWAY);
    assert_non_null(strstr(e.text, "SQL_ASCII"));
}

static int run_quoted(struct tx *tx, void *arg, struct err *reterr) {
    return tx_int(tx, &quoted, CELLS(cell_int(4)), arg, reterr);
}

static void a_dollar_in_quotes_or_in_a_comment_is_no_placeholder(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    int64_t four = 0;
    must(store_read(f->store, run_quoted, &four, &e), &e);
    assert_int_equal(four, 4);
}

int main(void) {
#define ON_POSTGRES(test) ON_ENGINE("postgres", test)
    const struct CMUnitTest tests[] = {
        ON_POSTGRES(connections_that_died_at_rest_are_replaced_unseen),
        ON_POSTGRES(whatever_a_read_asks_the_next_one_on_its_connection_is_whole),
        ON_POSTGRES(a_connection_that_could_not_be_set_up_is_not_kept),
        ON_POSTGRES(a_write_whose_connection_breaks_before_the_commit_is_run_again),
        ON_POSTGRES(a_write_whose_connection_breaks_again_is_given_up),
        ON_POSTGRES(a_read_whose_connection_breaks_says_so_and_the_next_one_works),
        ON_POSTGRES(a_commit_whose_outcome_is_unknown_says_so_and_is_not_run_again),
        ON_POSTGRES(a_statement_that_takes_too_long_is_ended),
        ON_POSTGRES(writes_have_the_effect_of_one_after_the_other),
        ON_POSTGRES(a_commit_waits_for_the_disk_even_where_the_database_would_not),
        cmocka_unit_test(a_server_that_is_not_there_is_told_without_the_password),
        ON_POSTGRES(a_database_in_another_encoding_is_refused),
        ON_POSTGRES(a_dollar_in_quotes_or_in_a_comment_is_no_placeholder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
static void without_libpq_a_postgresql_address_is_refused_in_words(void **state) {
    (void)state;
    struct store *s = NULL;
    struct err e = {0};
    assert_int_equal(store_open("postgresql://daylight:secret@/x", &s, &e), -ERR_INVALID);
    assert_string_equal(e.text, "This Daylight was built without PostgreSQL; use sqlite:PATH, or a Daylight built with "
                                "libpq.");
    assert_null(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_libpq_a_postgresql_address_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
