// SPDX-License-Identifier: Apache-2.0
/* The pool: bounded, last in first out, and no wait without an end. */
#include "store/pool.h"

#include "base/clock.h"
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int closed;

static void close_one(void *connection) {
    (void)connection;
    closed++;
}

static void *take_must(struct pool *p) {
    void *c = &closed;
    struct err e = {0};
    assert_int_equal(pool_take(p, 1000, &c, &e), 0);
    return c;
}

static void a_new_pool_asks_for_connections_to_be_opened(void **state) {
    (void)state;
    struct pool p;
    assert_int_equal(pool_init(&p, 2, NULL), 0);
    assert_null(take_must(&p));
    assert_null(take_must(&p));
    pool_give(&p, NULL);
    pool_give(&p, NULL);
    pool_clear(&p, close_one);
}

static void the_connection_used_last_is_given_first(void **state) {
    (void)state;
    struct pool p;
    int a, b;
    assert_int_equal(pool_init(&p, 2, NULL), 0);
    (void)take_must(&p);
    (void)take_must(&p);
    pool_give(&p, &a);
    pool_give(&p, &b);
    assert_ptr_equal(take_must(&p), &b);
    assert_ptr_equal(take_must(&p), &a);
    pool_give(&p, &a);
    pool_give(&p, NULL); /* b was closed by its user */
    closed = 0;
    pool_clear(&p, close_one);
    assert_int_equal(closed, 1);
}

static void beyond_the_bound_the_wait_ends_with_a_sentence(void **state) {
    (void)state;
    struct pool p;
    struct err e = {0};
    void *c;
    assert_int_equal(pool_init(&p, 1, NULL), 0);
    (void)take_must(&p);
    int64_t before = clock_ticks_us();
    assert_int_equal(pool_take(&p, 30, &c, &e), -ERR_STORE_AWAY);
    assert_true(clock_ticks_us() - before >= 30000);
    assert_non_null(strstr(e.text, "busy"));
    pool_give(&p, NULL);
    pool_clear(&p, close_one);
}

static void *give_later(void *arg) {
    (void)usleep(20000);
    pool_give(arg, &closed);
    return NULL;
}

static void who_waits_gets_what_comes_free(void **state) {
    (void)state;
    struct pool p;
    pthread_t thread;
    assert_int_equal(pool_init(&p, 1, NULL), 0);
    (void)take_must(&p);
    assert_int_equal(pthread_create(&thread, NULL, give_later, &p), 0);
    void *c = NULL;
    struct err e = {0};
    assert_int_equal(pool_take(&p, 60000, &c, &e), 0);
    assert_ptr_equal(c, &closed);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pool_give(&p, c);
    pool_clear(&p, close_one);
}

static void to_clear_a_pool_in_use_is_a_mistake_of_ours(void **state) {
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct pool p;
        void *c;
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* no core for this */
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO);
        if (pool_init(&p, 1, NULL) == 0 && pool_take(&p, 1, &c, NULL) == 0)
            pool_clear(&p, close_one);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_pool_asks_for_connections_to_be_opened),
        cmocka_unit_test(the_connection_used_last_is_given_first),
        cmocka_unit_test(beyond_the_bound_the_wait_ends_with_a_sentence),
        cmocka_unit_test(who_waits_gets_what_comes_free),
        cmocka_unit_test(to_clear_a_pool_in_use_is_a_mistake_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
