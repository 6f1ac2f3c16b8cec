// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/front. */
#include "web/front.h"

#include "base/clock.h"
#include "unit.h"

#include <microhttpd.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void put(struct cache *c, struct str key, const char *text) {
    static const struct route route = {.cache = CACHE_PAGE};
    struct request req = {.route = &route, .content_type = "text/html", .body = BUF_INIT, .file = -1};
    buf_add_z(&req.body, text);
    uint64_t generation = cache_generation(c);
    struct sheet *s = sheet_new(&req, 200, NULL, 0);
    assert_non_null(s);
    cache_put(c, key, s, generation);
    sheet_release(s);
}

static bool finds(struct front *f, struct str key, const char *text) {
    struct sheet *s = front_find(f, key);
    return s && str_is(sheet_body(s), text);
}

static void what_the_cache_holds_is_found_and_nothing_else(void **state) {
    (void)state;
    struct cache *c = cache_new(1 << 20);
    struct front *f = front_new(c);
    char key[32], text[32], long_key[CACHE_KEY_MOST];
    assert_null(front_find(f, STR("a")));
    for (int i = 0; i < 3 * FRONT_SLOTS; i++) { /* more than there are places, with tails of every length */
        (void)snprintf(key, sizeof key, "/%.*s%d", i % 20, "aaaaaaaaaaaaaaaaaaaa", i);
        (void)snprintf(text, sizeof text, "page %d", i);
        put(c, str_of(key), text);
    }
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 3 * FRONT_SLOTS; i++) {
            (void)snprintf(key, sizeof key, "/%.*s%d", i % 20, "aaaaaaaaaaaaaaaaaaaa", i);
            (void)snprintf(text, sizeof text, "page %d", i);
            assert_true(finds(f, str_of(key), text) && finds(f, str_of(key), text));
        }
    memset(long_key, 'k', sizeof long_key);
    put(c, str_part(long_key, sizeof long_key), "long");
    assert_true(finds(f, str_part(long_key, sizeof long_key), "long"));
    front_free(f);
    cache_free(c);
}

static void a_page_that_was_replaced_cleared_or_pushed_out_is_not_given(void **state) {
    (void)state;
    struct cache *c = cache_new(1 << 20);
    struct front *f = front_new(c);
    put(c, STR("a"), "one");
    assert_true(finds(f, STR("a"), "one"));
    put(c, STR("a"), "two");
    assert_true(finds(f, STR("a"), "two"));
    cache_clear(c);
    assert_null(front_find(f, STR("a")));
    front_free(f);
    cache_free(c);
    c = cache_new(20000);
    f = front_new(c);
    put(c, STR("a"), "one");
    assert_true(finds(f, STR("a"), "one"));
    char key[16];
    for (int i = 0; i < 200; i++) {
        (void)snprintf(key, sizeof key, "%d", i);
        put(c, str_of(key), "x");
    }
    assert_null(front_find(f, STR("a")));
    front_free(f);
    cache_free(c);
}

static void what_is_found_in_front_stays_in_the_cache(void **state) {
    (void)state;
    struct cache *c = cache_new(20000);
    struct front *f = front_new(c);
    put(c, STR("a"), "liked");
    char key[16];
    for (int i = 0; i < 500; i++) {
        assert_true(finds(f, STR("a"), "liked"));
        (void)snprintf(key, sizeof key, "%d", i);
        put(c, str_of(key), "x");
    }
    front_free(f);
    cache_free(c);
}

/* Threads that look in fronts of their own while the content changes: a page says which state it shows, and none may
 * be older than the one that was acknowledged before it was asked for. */
enum { THREADS = 3, CHANGES = 400 };
static _Atomic long acknowledged;
static atomic_bool stale, over;

static void *look(void *arg) {
    struct front *f = front_new(arg);
    while (!atomic_load(&over)) {
        long known = atomic_load(&acknowledged);
        struct sheet *s = front_find(f, STR("a"));
        int64_t shown = 0;
        if (s && (!str_to_int(sheet_body(s), &shown) || shown < known))
            atomic_store(&stale, true);
    }
    front_free(f);
    return NULL;
}

static void nothing_older_than_the_last_acknowledged_change_is_given(void **state) {
    (void)state;
    pthread_t thread[THREADS];
    struct cache *c = cache_new(1 << 20);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, look, c), 0);
    for (long i = 1; i <= CHANGES; i++) {
        char text[16];
        cache_clear(c);
        atomic_store(&acknowledged, i);
        (void)snprintf(text, sizeof text, "%ld", i);
        put(c, STR("a"), text);
        (void)nanosleep(&(struct timespec){0, 50000}, NULL); /* shorter is fine */
    }
    atomic_store(&over, true);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    assert_false(atomic_load(&stale));
    cache_free(c);
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_cache_holds_is_found_and_nothing_else),
        cmocka_unit_test(a_page_that_was_replaced_cleared_or_pushed_out_is_not_given),
        cmocka_unit_test(what_is_found_in_front_stays_in_the_cache),
        cmocka_unit_test(nothing_older_than_the_last_acknowledged_change_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
