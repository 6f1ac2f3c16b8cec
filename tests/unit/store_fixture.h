// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A fresh, migrated store for each test, on both engines.
 *
 *     static void a_sentence_about_the_store(void **state) {
 *         struct fixture *f = *state;
 *         assert_int_equal(store_write(f->store, …), 0);
 *     }
 *     int main(void) {
 *         const struct CMUnitTest tests[] = {ON_BOTH_ENGINES(a_sentence_about_the_store)};
 *         return cmocka_run_group_tests(tests, NULL, NULL);
 *     }
 *
 * Each test owns a temporary folder and, on PostgreSQL, a database of its own; both are removed after it.
 * PostgreSQL's half needs DAYLIGHT_TEST_POSTGRES, the libpq URL of a cluster in which databases may be made
 * (`tools/with_postgres.sh COMMAND` runs COMMAND with one); without it that half is skipped, and says so. */
#include "store/store.h"
#include "unit.h"

struct fixture {
    const char *engine; /* "sqlite" or "postgres" */
    struct store *store;
    char folder[64];   /* the test's own, for any file of its */
    char url[512];     /* with which another store_open() reaches the same store */
    char database[64]; /* PostgreSQL: its name */
};

struct fixture_case {
    const char *engine;
    CMUnitTestFunction test;
    bool empty;
};
void fixture_run(void **state);
int fixture_teardown(void **state);

/* clang-format off */
#define FIXTURE_CASE(name, engine, test, empty)                                                                        \
    {name, fixture_run, NULL, fixture_teardown, &(struct fixture_case){engine, test, empty}}
/* clang-format on */
#define ON_ENGINE(engine, test) FIXTURE_CASE(#test " (" engine ")", engine, test, false)
#define ON_BOTH_ENGINES(test) ON_ENGINE("sqlite", test), ON_ENGINE("postgres", test)
/* Opened, but not migrated. */
#define ON_EMPTY_ENGINES(test)                                                                                         \
    FIXTURE_CASE(#test " (sqlite)", "sqlite", test, true), FIXTURE_CASE(#test " (postgres)", "postgres", test, true)

/* By hand: opened and migrated; skips the running test, loudly, where the engine is not to be had. */
struct fixture *fixture_store(const char *engine);
/* The same, but neither opened nor migrated (store is NULL). */
struct fixture *fixture_place(const char *engine);
/* Closes the store and opens it again. */
void fixture_reopen(struct fixture *f);
/* NULL is fine. */
void fixture_end(struct fixture *f);
