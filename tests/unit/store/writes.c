// SPDX-License-Identifier: Apache-2.0
/* The store's promises about failing, snapshots, many writers and what is kept, each on both engines. */
#include "store/engine.h"
#include "store/fault.h"
#include "thing.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct query add_child = {"add_child", "INSERT INTO child (id, thing_id) VALUES ($1, $2)", NULL},
                          make_another = {"make_another", "CREATE TABLE another (id BIGINT)", NULL},
                          broken = {"broken", "SELECT nonsense FROM nowhere", NULL};

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
    must(tx_run(tx, &thing_insert, CELLS(cell_int(5), cell_null(), cell_int(0)), reterr), reterr);
    (void)tx_run(tx, &thing_insert, CELLS(cell_int(5), cell_null(), cell_int(0)), NULL);
    assert_int_equal(tx_run(tx, &thing_insert, CELLS(cell_int(6), cell_null(), cell_int(0)), reterr), -ERR_CONFLICT);
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
    must(tx_run(tx, &thing_insert, CELLS(cell_int(5), cell_null(), cell_int(0)), reterr), reterr);
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

static int make_another_table(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &make_another, CELLS_NONE, reterr);
}

static void a_read_cannot_write(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    assert_int_equal(store_read(s, add_thing, &(struct thing){1, "a", 0}, &e), -ERR_INTERNAL);
    assert_int_equal(store_read(s, make_another_table, NULL, &e), -ERR_INTERNAL);
    assert_int_equal(how_many(s), 0);
}

static int run_broken(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &broken, CELLS_NONE, reterr);
}

static int bind_too_few(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &thing_insert, CELLS(cell_int(1), cell_null()), reterr);
}

static int bind_too_many(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &thing_count, CELLS(cell_int(1)), reterr);
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
    must(tx_int(tx, &thing_count, CELLS_NONE, &before, &e), &e);
    add_must(s, 2, "two", 0);
    must(tx_int(tx, &thing_count, CELLS_NONE, &after, &e), &e);
    store_end_read(tx);
    assert_int_equal(before, 1);
    assert_int_equal(after, 1);
    assert_int_equal(how_many(s), 2);
}

static int read_within(struct tx *tx, void *arg, struct err *reterr) {
    struct store *s = arg;
    int64_t outer;
    must(tx_int(tx, &thing_count, CELLS_NONE, &outer, reterr), reterr);
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
        assert_int_equal(store_read(s, get_thing, &t, NULL), id == 17 ? -ERR_NOT_FOUND : 0);
        free((char *)(uintptr_t)t.word);
    }
}

static int take_an_id(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    int64_t id = tx_next_id(tx, "thing", reterr);
    if (id < 0)
        return (int)id;
    return (int)tx_run(tx, &thing_insert, CELLS(cell_int(id), cell_null(), cell_int(0)), reterr);
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

/* Some that write as fast as they can, each as a process of its own would. */
enum { CROWD_MOST = 4 };
struct crowd {
    struct one_of_them {
        pthread_t thread;
        struct crowd *crowd;
        struct store *store;
        atomic_int done;
        int rc;
    } one[CROWD_MOST];
    int n;
    tx_fn *fn;
    atomic_bool enough;
};

static void *write_until_it_is_enough(void *arg) {
    struct one_of_them *one = arg;
    for (; one->rc == 0 && !atomic_load(&one->crowd->enough); atomic_fetch_add(&one->done, 1))
        one->rc = store_write(one->store, one->crowd->fn, NULL, NULL);
    if (one->rc < 0)
        atomic_store(&one->crowd->enough, true);
    return NULL;
}

static void crowd_begin(struct crowd *crowd, const char *url, int n, tx_fn *fn) {
    *crowd = (struct crowd){.fn = fn, .n = n};
    for (int i = 0; i < n; i++) {
        struct one_of_them *one = &crowd->one[i];
        one->crowd = crowd;
        must(store_open(url, &one->store, NULL), NULL);
        assert_int_equal(pthread_create(&one->thread, NULL, write_until_it_is_enough, one), 0);
    }
}

/* Until they have written so often, or one of them was refused. */
static void crowd_wait(struct crowd *crowd, int writes) {
    for (int done = 0; done < writes && !atomic_load(&crowd->enough);) {
        (void)usleep(1000);
        done = 0;
        for (int i = 0; i < crowd->n; i++)
            done += atomic_load(&crowd->one[i].done);
    }
}

/* 0, or what one of them failed with. */
static int crowd_end(struct crowd *crowd) {
    int rc = 0;
    atomic_store(&crowd->enough, true);
    for (int i = 0; i < crowd->n; i++) {
        (void)pthread_join(crowd->one[i].thread, NULL);
        store_close(crowd->one[i].store);
        rc = rc ? rc : crowd->one[i].rc;
    }
    return rc;
}

/* Takes its time between reading and writing, beside others that want the same counter and do not. */
static int take_an_id_slowly(struct tx *tx, void *arg, struct err *reterr) {
    int64_t n;
    int rc = tx_int(tx, &thing_count, CELLS_NONE, &n, reterr);
    (void)usleep(20000);
    return rc < 0 ? rc : take_an_id(tx, arg, reterr);
}

static void a_slow_write_is_done_however_many_quick_ones_come(void **state) {
    struct fixture *f = *state;
    struct store *s = with_tables(state);
    static struct crowd crowd;
    int slow = 0;
    crowd_begin(&crowd, f->url, 3, take_an_id);
    for (int i = 0; slow == 0 && i < 5; i++)
        slow = store_write(s, take_an_id_slowly, NULL, NULL);
    assert_int_equal(crowd_end(&crowd), 0);
    assert_int_equal(slow, 0);
}

static int take_an_id_and_hold_it(struct tx *tx, void *arg, struct err *reterr) {
    int rc = take_an_id(tx, arg, reterr);
    (void)usleep(10000);
    return rc;
}

/* Told by numbers, not by time: how fast the disk is does not matter. */
static void each_of_several_processes_that_write_without_a_pause_gets_its_turn(void **state) {
    enum { WRITES = 200, SHARE = WRITES / CROWD_MOST };
    struct fixture *f = *state;
    (void)with_tables(state);
    static struct crowd crowd;
    crowd_begin(&crowd, f->url, CROWD_MOST, take_an_id_and_hold_it);
    crowd_wait(&crowd, WRITES);
    assert_int_equal(crowd_end(&crowd), 0);
    for (int i = 0; i < CROWD_MOST; i++)
        assert_true(atomic_load(&crowd.one[i].done) >= SHARE / 5);
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

/* --- soon --- */

static void a_write_that_does_not_wait_for_the_disk_is_seen_and_later_ones_wait_again(void **state) {
    struct store *s = with_tables(state);
    struct err e = {0};
    must(store_write_soon(s, add_thing, &(struct thing){1, "soon", 0}, &e), &e);
    assert_int_equal(how_many(s), 1);
    add_must(s, 2, "now", 0);
    assert_int_equal(store_write_soon(s, add_thing, &(struct thing){2, "twice", 0}, &e), -ERR_CONFLICT);
    assert_int_equal(store_write_soon(s, add_thing, &(struct thing){3, "soon", 0}, &e), 0);
    assert_int_equal(how_many(s), 3);
}

/* --- faults on purpose --- */

static int write_three(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    for (int64_t i = 0; i < 3; i++) {
        int64_t rc = tx_run(tx, &thing_insert, CELLS(cell_int(i), cell_null(), cell_int(0)), reterr);
        if (rc < 0)
            return (int)rc;
    }
    int64_t n;
    return tx_int(tx, &thing_count, CELLS_NONE, &n, reterr);
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

/* --- who is told --- */

struct telling {
    struct store *store; /* a second one: what others see */
    struct thing thing;
    bool tell;
    int told;
    int64_t there; /* things, when it was told */
};

static int add_and_tell(struct tx *tx, void *arg, struct err *reterr) {
    struct telling *t = arg;
    int rc = add_thing(tx, &t->thing, reterr);
    if (t->tell)
        tx_tell(tx);
    return rc;
}

static void hear(void *arg) {
    struct telling *t = arg;
    t->told++;
    t->there = how_many(t->store);
}

static void the_herald_is_told_of_what_others_see_already_before_the_write_is_done(void **state) {
    struct fixture *f = *state;
    struct store *s = with_tables(state), *other = NULL;
    struct err e = {0};
    must(store_open(f->url, &other, &e), &e);
    struct telling t = {.store = other, .thing = {1, "one", 1}, .tell = true};
    must(store_write(s, add_and_tell, &t, &e), &e); /* there is none yet */
    store_set_herald(s, hear, &t);
    t.thing.id = 2;
    must(store_write(s, add_and_tell, &t, &e), &e);
    assert_int_equal(t.told, 1);
    assert_int_equal(t.there, 2);
    t.thing.id = 3;
    must(store_write_soon(s, add_and_tell, &t, &e), &e);
    assert_int_equal(t.told, 2);
    assert_int_equal(t.there, 3);
    t.tell = false;
    t.thing.id = 4;
    must(store_write(s, add_and_tell, &t, &e), &e); /* that it was to be told before is forgotten */
    assert_int_equal(t.told, 2);
    store_close(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_constraint_is_a_conflict_and_undoes_the_write),
        ON_BOTH_ENGINES(a_reference_to_nothing_is_a_conflict),
        ON_BOTH_ENGINES(a_failed_statement_fails_its_transaction_whatever_fn_returns),
        ON_BOTH_ENGINES(a_refusal_of_fn_undoes_its_writes_and_is_told),
        ON_BOTH_ENGINES(on_success_the_error_is_left_alone),
        ON_BOTH_ENGINES(the_herald_is_told_of_what_others_see_already_before_the_write_is_done),
        ON_BOTH_ENGINES(a_read_cannot_write),
        ON_BOTH_ENGINES(our_own_mistakes_are_told_apart_from_the_worlds),
        ON_BOTH_ENGINES(a_read_keeps_its_snapshot_while_others_write),
        ON_BOTH_ENGINES(a_read_within_a_read_and_within_a_write_is_one_of_its_own),
        ON_BOTH_ENGINES(when_every_connection_is_in_use_the_next_is_refused_and_not_left_waiting),
        ON_BOTH_ENGINES(one_failing_writer_among_64_takes_nobody_with_it),
        ON_BOTH_ENGINES(writers_that_want_the_same_counter_all_get_a_number_of_their_own),
        ON_BOTH_ENGINES(a_slow_write_is_done_however_many_quick_ones_come),
        ON_BOTH_ENGINES(each_of_several_processes_that_write_without_a_pause_gets_its_turn),
        ON_BOTH_ENGINES(another_connection_sees_what_was_written),
        ON_BOTH_ENGINES(what_a_killed_process_had_written_is_there),
        ON_BOTH_ENGINES(a_write_that_does_not_wait_for_the_disk_is_seen_and_later_ones_wait_again),
        ON_BOTH_ENGINES(a_fault_at_any_call_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
