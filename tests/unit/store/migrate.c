// SPDX-License-Identifier: Apache-2.0
/* The schema goes forward, whole or not at all, on both engines. */
#include "store/migrate.h"

#include "base/buf.h"
#include "queries.h"
#include "store/engine.h"
#include "store/fault.h"
#include "store_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_OF(name, text)                                                                                            \
    {                                                                                                                  \
        name, {                                                                                                        \
            text, sizeof(text) - 1                                                                                     \
        }                                                                                                              \
    }
static const struct embedded_file one[] = {
    FILE_OF("0001-first.sql", "CREATE TABLE first (id BIGINT PRIMARY KEY);\n-- a word; not a statement\n"),
    {NULL, {0}}};
static const struct embedded_file three[] = {
    FILE_OF("0001-first.sql", "CREATE TABLE first (id BIGINT PRIMARY KEY);"),
    FILE_OF("0002-second.sql", "ALTER TABLE first ADD COLUMN word TEXT; INSERT INTO first VALUES (1, 'a;b');\n"
                               "-- only: sqlite\nINSERT INTO first VALUES (2, 'sqlite');\n-- end\n"
                               "-- only: postgres\nINSERT INTO first VALUES (3, 'postgres');\n-- end\n"),
    FILE_OF("0003-third.sql", "CREATE TABLE third (id BIGINT REFERENCES first (id));\nINSERT INTO third VALUES (1)"),
    {NULL, {0}}};
static const struct embedded_file bad_third[] = {
    FILE_OF("0001-first.sql", "CREATE TABLE first (id BIGINT PRIMARY KEY);"),
    FILE_OF("0002-second.sql", "ALTER TABLE first ADD COLUMN word TEXT;"),
    FILE_OF("0003-third.sql", "INSERT INTO first VALUES (1, 'x'); CREATE TABLE nonsense (;"),
    {NULL, {0}}};
static const struct embedded_file slow_second[] = {
    FILE_OF("0001-first.sql", "CREATE TABLE first (id BIGINT PRIMARY KEY);"),
    FILE_OF("0002-slow.sql", "CREATE TABLE slow (id BIGINT);\nINSERT INTO slow WITH RECURSIVE n(i) AS (SELECT 1 UNION "
                             "ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT i FROM n;"),
    {NULL, {0}}};

static const struct query last_version = {"last_version", "SELECT MAX(version) FROM schema_version", NULL},
                          version_count = {"version_count", "SELECT COUNT(*) FROM schema_version", NULL},
                          first_sum = {"first_sum", "SELECT SUM(id) FROM first", NULL},
                          third_count = {"third_count", "SELECT COUNT(*) FROM third", NULL};

static void must(int rc, const struct err *e) {
    if (rc < 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

struct ask {
    const struct query *q;
    int64_t answer;
};

static int ask_one(struct tx *tx, void *arg, struct err *reterr) {
    struct ask *a = arg;
    return tx_int(tx, a->q, CELLS_NONE, &a->answer, reterr);
}

/* -1 where the query fails: the table is not there. */
static int64_t answer(struct fixture *f, const struct query *q) {
    struct ask a = {q, 0};
    return store_read(f->store, ask_one, &a, NULL) < 0 ? -1 : a.answer;
}

static void the_programs_own_schema_is_made_once(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(store_migrate(f->store, &e), &e);
    int64_t version = answer(f, &last_version);
    assert_true(version >= 1);
    must(store_migrate(f->store, &e), &e);
    assert_int_equal(answer(f, &last_version), version);
    assert_int_equal(answer(f, &version_count), version);
}

static void only_what_is_pending_is_run(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(migrate(f->store, one, &e), &e);
    assert_int_equal(answer(f, &last_version), 1);
    must(migrate(f->store, three, &e), &e);
    assert_int_equal(answer(f, &last_version), 3);
    assert_int_equal(answer(f, &version_count), 3);
    assert_int_equal(answer(f, &third_count), 1);
}

static void a_block_runs_on_its_engine_only(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(migrate(f->store, three, &e), &e);
    assert_int_equal(answer(f, &first_sum), strcmp(f->engine, "sqlite") == 0 ? 1 + 2 : 1 + 3);
}

static void a_file_may_have_nothing_for_an_engine(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    static const struct embedded_file files[] = {
        FILE_OF("0001-sqlite.sql", "-- of one\n-- only: sqlite\nCREATE TABLE of_one (n BIGINT);\n-- end\n"),
        FILE_OF("0002-postgres.sql", "-- of the other\n-- only: postgres\nCREATE TABLE of_one (n BIGINT);\n-- end\n"),
        {NULL, {0}}};
    static struct query rows = {"rows", "SELECT COUNT(*) FROM of_one", NULL};
    must(migrate(f->store, files, &e), &e);
    assert_int_equal(answer(f, &last_version), 2);
    assert_int_equal(answer(f, &rows), 0);
}

static void a_newer_store_is_refused_and_left_alone(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(migrate(f->store, three, &e), &e);
    assert_int_equal(migrate(f->store, one, &e), -ERR_STORE_NEWER);
    assert_string_equal(e.text,
                        "The store is at version 3 and this Daylight knows 1; use a newer Daylight. Nothing was "
                        "changed.");
    assert_int_equal(answer(f, &last_version), 3);
    assert_int_equal(answer(f, &third_count), 1);
}

static void a_file_that_fails_takes_all_pending_ones_with_it(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    assert_int_equal(migrate(f->store, bad_third, &e), -ERR_INTERNAL);
    assert_non_null(strstr(e.text, "0003-third.sql"));
    assert_int_equal(answer(f, &version_count), -1);
    assert_int_equal(answer(f, &first_sum), -1);
    must(migrate(f->store, one, &e), &e);
    assert_int_equal(migrate(f->store, bad_third, &e), -ERR_INTERNAL);
    assert_int_equal(answer(f, &last_version), 1);
    must(migrate(f->store, three, &e), &e);
    assert_int_equal(answer(f, &last_version), 3);
}

static void a_fault_at_any_call_changes_nothing(void **state) {
    struct fixture *f = *state;
    int n;
    for (n = 1; n < 100; n++) {
        struct err e = {0};
        store_fail_at(n);
        int rc = migrate(f->store, three, &e);
        if (store_fail_at(0) > 0) {
            must(rc, &e);
            break;
        }
        assert_int_equal(rc, -ERR_STORE_AWAY);
        assert_int_equal(answer(f, &version_count), -1);
        assert_int_equal(answer(f, &first_sum), -1);
    }
    assert_in_range(n, 4, 99);
    assert_int_equal(answer(f, &last_version), 3);
}

static void a_process_killed_half_way_leaves_the_old_schema(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(migrate(f->store, one, &e), &e);
    store_close(f->store); /* a fork must not carry the connections over */
    f->store = NULL;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *s = NULL;
        if (store_open(f->url, &s, NULL) < 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        (void)migrate(s, slow_second, NULL);
        _exit(0);
    }
    char x;
    assert_int_equal(read(ready[0], &x, 1), 1);
    (void)usleep(150000);
    assert_int_equal(kill(child, SIGKILL), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it was still at it */
    (void)close(ready[0]);
    (void)close(ready[1]);
    fixture_reopen(f);
    assert_int_equal(answer(f, &last_version), 1);
    must(migrate(f->store, three, &e), &e);
    assert_int_equal(answer(f, &third_count), 1);
}

struct racer {
    pthread_t thread;
    const char *url;
    pthread_barrier_t *together;
    int rc;
    struct err err;
};

static void *race(void *arg) {
    struct racer *r = arg;
    struct store *s = NULL;
    r->rc = store_open(r->url, &s, &r->err);
    pthread_barrier_wait(r->together);
    if (r->rc == 0)
        r->rc = migrate(s, three, &r->err);
    store_close(s);
    return NULL;
}

static void servers_that_start_together_migrate_once(void **state) {
    struct fixture *f = *state;
    struct racer r[4];
    pthread_barrier_t together;
    assert_int_equal(pthread_barrier_init(&together, NULL, 4), 0);
    for (int i = 0; i < 4; i++) {
        r[i] = (struct racer){.url = f->url, .together = &together};
        assert_int_equal(pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(r[i].thread, NULL), 0);
    for (int i = 0; i < 4; i++)
        must(r[i].rc, &r[i].err);
    assert_int_equal(pthread_barrier_destroy(&together), 0);
    assert_int_equal(answer(f, &version_count), 3);
    assert_int_equal(answer(f, &third_count), 1);
}

static void files_out_of_number_are_refused(void **state) {
    struct fixture *f = *state;
    static const struct embedded_file gap[] = {FILE_OF("0001-a.sql", "SELECT 1"),
                                               FILE_OF("0003-b.sql", "SELECT 1"),
                                               {NULL, {0}}},
                                      odd[] = {FILE_OF("1-a.sql", "SELECT 1"), {NULL, {0}}},
                                      zero[] = {FILE_OF("0000-a.sql", "SELECT 1"), {NULL, {0}}};
    struct err e = {0};
    assert_int_equal(migrate(f->store, gap, &e), -ERR_INTERNAL);
    assert_non_null(strstr(e.text, "0003-b.sql"));
    assert_int_equal(migrate(f->store, odd, &e), -ERR_INTERNAL);
    assert_int_equal(migrate(f->store, zero, &e), -ERR_INTERNAL);
    assert_int_equal(answer(f, &version_count), -1);
}

static void part_is(const char *text, const char *engine, const char *wanted) {
    BUF_LOCAL(got);
    assert_int_equal(migrate_part(str_of(text), engine, &got, NULL), wanted ? 0 : -ERR_INTERNAL);
    if (wanted)
        assert_string_equal(got.p, wanted);
}

static void blocks_are_cut_by_engine_and_must_be_whole(void **state) {
    (void)state;
    const char *text = "a\n-- only: sqlite\nb\n-- end\nc\n-- only: postgres\nd\n-- end\ne";
    part_is(text, "sqlite", "a\nb\nc\ne\n");
    part_is(text, "postgres", "a\nc\nd\ne\n");
    part_is("", "sqlite", "");
    part_is("-- only: sqlite\nb\n", "sqlite", NULL);
    part_is("b\n-- end\n", "sqlite", NULL);
    part_is("-- only: oracle\nb\n-- end\n", "sqlite", NULL);
    part_is("-- only: sqlite\n-- only: postgres\nb\n-- end\n-- end\n", "sqlite", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_EMPTY_ENGINES(the_programs_own_schema_is_made_once),
        ON_EMPTY_ENGINES(only_what_is_pending_is_run),
        ON_EMPTY_ENGINES(a_block_runs_on_its_engine_only),
        ON_EMPTY_ENGINES(a_file_may_have_nothing_for_an_engine),
        ON_EMPTY_ENGINES(a_newer_store_is_refused_and_left_alone),
        ON_EMPTY_ENGINES(a_file_that_fails_takes_all_pending_ones_with_it),
        ON_EMPTY_ENGINES(a_fault_at_any_call_changes_nothing),
        ON_EMPTY_ENGINES(a_process_killed_half_way_leaves_the_old_schema),
        ON_EMPTY_ENGINES(servers_that_start_together_migrate_once),
        ON_EMPTY_ENGINES(files_out_of_number_are_refused),
        cmocka_unit_test(blocks_are_cut_by_engine_and_must_be_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
