// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/cache. */
#include "web/cache.h"

#include "base/clock.h"
#include "unit.h"

#include <microhttpd.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A sheet with n bytes of body. */
static struct sheet *sheet_with(const char *text, size_t n) {
    static const struct route route = {.cache = CACHE_PAGE};
    struct request req = {.route = &route, .content_type = "text/html", .body = BUF_INIT, .file = -1};
    buf_add_z(&req.body, text);
    while (req.body.n < n)
        buf_add_char(&req.body, 'x');
    struct sheet *s = sheet_new(&req, 200, NULL, 0);
    assert_non_null(s);
    return s;
}

/* Renders `text` for the key as a worker does. */
static struct waiter *put(struct cache *c, struct str key, const char *text, size_t n) {
    struct sheet *s = NULL;
    struct flight *f;
    struct waiter w;
    assert_int_equal(cache_enter(c, key, cache_generation(c), 0, &w, &s, &f), CACHE_RENDER);
    s = sheet_with(text, n);
    struct waiter *waiters = cache_leave(c, f, s);
    sheet_release(s);
    return waiters;
}

static bool holds(struct cache *c, struct str key, const char *text) {
    struct sheet *s = cache_get(c, key);
    bool yes = s && str_starts(sheet_body(s), text);
    sheet_release(s);
    return yes;
}

static void what_was_put_is_found_until_the_cache_is_cleared(void **state) {
    (void)state;
    struct cache *c = cache_new(1 << 20);
    assert_null(put(c, STR("a"), "one", 0));
    assert_null(put(c, STR("b"), "two", 0));
    assert_true(holds(c, STR("a"), "one") && holds(c, STR("b"), "two"));
    assert_false(holds(c, STR("c"), ""));
    cache_clear(c);
    assert_false(holds(c, STR("a"), "") || holds(c, STR("b"), ""));
    struct cache_figures figures;
    cache_figures(c, &figures);
    assert_int_equal(figures.bytes, 0);
    assert_int_equal(figures.entries, 0);
    cache_free(c);
}

static void one_renders_and_the_others_wait_in_the_order_they_came(void **state) {
    (void)state;
    struct cache *c = cache_new(1 << 20);
    struct waiter w[4];
    struct sheet *s = NULL;
    struct flight *f, *none;
    assert_int_equal(cache_enter(c, STR("a"), cache_generation(c), 0, &w[0], &s, &f), CACHE_RENDER);
    for (int i = 1; i < 4; i++)
        assert_int_equal(cache_enter(c, STR("a"), cache_generation(c), 0, &w[i], &s, &none), CACHE_WAIT);
    struct sheet *made = sheet_with("one", 0);
    struct waiter *first = cache_leave(c, f, made);
    assert_ptr_equal(first, &w[1]);
    assert_ptr_equal(first->next, &w[2]);
    assert_ptr_equal(first->next->next, &w[3]);
    assert_null(first->next->next->next);
    assert_int_equal(cache_enter(c, STR("a"), cache_generation(c), 0, &w[0], &s, &none), CACHE_HIT);
    assert_ptr_equal(s, made);
    sheet_release(s);
    sheet_release(made);
    cache_free(c);
}

static void a_render_that_began_before_a_change_is_not_kept_and_nobody_new_waits_for_it(void **state) {
    (void)state;
    struct cache *c = cache_new(1 << 20);
    struct waiter w[2];
    struct sheet *s = NULL;
    struct flight *before, *after;
    assert_int_equal(cache_enter(c, STR("a"), cache_generation(c), 0, &w[0], &s, &before), CACHE_RENDER);
    cache_clear(c);
    assert_int_equal(cache_enter(c, STR("a"), cache_generation(c), 0, &w[1], &s, &after), CACHE_RENDER);
    struct sheet *fresh = sheet_with("new", 0), *old = sheet_with("old", 0);
    assert_null(cache_leave(c, after, fresh));
    assert_null(cache_leave(c, before, old));
    assert_true(holds(c, STR("a"), "new"));
    uint64_t generation = cache_generation(c);
    cache_clear(c);
    cache_put(c, STR("b"), old, generation);
    assert_false(holds(c, STR("b"), ""));
    cache_put(c, STR("b"), fresh, cache_generation(c));
    assert_true(holds(c, STR("b"), "new"));
    sheet_release(fresh);
    sheet_release(old);
    cache_free(c);
}

static void who_renders_what_was_read_before_a_change_has_nobody_who_came_after_it(void **state) {
    (void)state;
    struct cache *c = cache_new(1 << 20);
    struct waiter w[3];
    struct sheet *s = NULL;
    struct flight *f, *after;
    uint64_t generation = cache_generation(c);
    cache_clear(c); /* between the look at what is current, and the turn */
    assert_int_equal(cache_enter(c, STR("a"), generation, 0, &w[0], &s, &f), CACHE_RENDER);
    assert_false(cache_join(c, STR("a"), cache_generation(c), &w[1]));
    assert_int_equal(cache_enter(c, STR("a"), cache_generation(c), 0, &w[1], &s, &after), CACHE_RENDER);
    assert_false(cache_join(c, STR("b"), cache_generation(c), &w[2]));
    assert_true(cache_join(c, STR("a"), cache_generation(c), &w[2]));
    struct sheet *old = sheet_with("old", 0);
    assert_null(cache_leave(c, f, old));
    assert_false(holds(c, STR("a"), "old"));
    assert_ptr_equal(cache_leave(c, after, NULL), &w[2]);
    sheet_release(old);
    cache_free(c);
}

static void a_page_that_is_too_old_is_rendered_again_but_still_there(void **state) {
    (void)state;
    struct cache *c = cache_new(1 << 20);
    struct waiter w;
    struct sheet *s = NULL;
    struct flight *f;
    (void)put(c, STR("a"), "one", 0); /* nobody waits */
    assert_int_equal(cache_enter(c, STR("a"), cache_generation(c), clock_ticks_us() + 1, &w, &s, &f), CACHE_RENDER);
    assert_true(holds(c, STR("a"), "one"));
    assert_null(cache_leave(c, f, NULL)); /* the render failed */
    assert_true(holds(c, STR("a"), "one"));
    cache_free(c);
}

static void memory_is_bounded_and_what_is_used_stays(void **state) {
    (void)state;
    struct cache *c = cache_new(100000);
    struct cache_figures figures;
    (void)put(c, STR("favourite"), "liked", 5000); /* nobody waits */
    for (int i = 0; i < 200; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%d", i);
        (void)put(c, str_of(key), "x", 5000); /* nobody waits */
        assert_true(holds(c, STR("favourite"), "liked"));
        cache_figures(c, &figures);
        assert_true(figures.bytes <= 100000);
    }
    assert_true(figures.entries > 10 && figures.evicted > 150);
    (void)put(c, STR("huge"), "x", 200000); /* nobody waits */
    cache_figures(c, &figures);
    assert_true(figures.bytes <= 100000);
    cache_free(c);
}

static void encodings_that_are_made_later_are_weighed(void **state) {
    (void)state;
    struct cache *c = cache_new(1 << 20);
    struct cache_figures before, after;
    struct incoming in = {.method = STR("GET"), .accept_encoding = STR("gzip")};
    (void)put(c, STR("a"), "one", 20000); /* nobody waits */
    cache_figures(c, &before);
    struct sheet *s = cache_get(c, STR("a"));
    unsigned status;
    assert_null(sheet_pick(s, &in, false, &status));
    assert_non_null(sheet_pick(s, &in, true, &status));
    cache_weigh(c, STR("a"));
    cache_figures(c, &after);
    assert_true(after.bytes > before.bytes);
    sheet_release(s);
    cache_free(c);
}

static void only_the_sheet_that_was_read_is_replaced(void **state) {
    (void)state;
    struct cache *c = cache_new(1 << 20);
    (void)put(c, STR("a"), "one", 0); /* nobody waits */
    struct sheet *one = cache_get(c, STR("a")), *two = sheet_with("two", 0), *three = sheet_with("three", 0);
    cache_replace(c, STR("a"), one, two);
    assert_true(holds(c, STR("a"), "two"));
    cache_replace(c, STR("a"), one, three); /* somebody was faster */
    assert_true(holds(c, STR("a"), "two"));
    cache_clear(c);
    cache_replace(c, STR("a"), two, three); /* what was cleared does not come back */
    assert_false(holds(c, STR("a"), ""));
    sheet_release(one);
    sheet_release(two);
    sheet_release(three);
    cache_free(c);
}

static void a_key_that_is_too_long_is_rendered_each_time(void **state) {
    (void)state;
    static char key[CACHE_KEY_MOST + 1];
    struct cache *c = cache_new(1 << 20);
    memset(key, 'k', sizeof key);
    for (int i = 0; i < 2; i++)
        (void)put(c, str_part(key, sizeof key), "x", 0); /* asserts that it renders */
    cache_free(c);
}

/* Threads that render, look and clear at once. A page says which state of the content it shows; a hit must not show an
 * older one than was acknowledged when its request began. Each thread has keys of its own, so that none has to wait. */
enum { ROUNDS = 3000, THREADS = 4 };
static _Atomic long written, acknowledged;
static atomic_bool stale;

struct reading {
    struct cache *cache;
    int number;
    pthread_t thread;
};

static void *read_and_render(void *arg) {
    struct reading *r = arg;
    for (int i = 0; i < ROUNDS; i++) {
        char key[16], text[32];
        struct waiter w;
        struct sheet *s = NULL;
        struct flight *f = NULL;
        (void)snprintf(key, sizeof key, "%d-%d", r->number, i % 7);
        long known = atomic_load(&acknowledged);
        if (cache_enter(r->cache, str_of(key), cache_generation(r->cache), 0, &w, &s, &f) == CACHE_RENDER) {
            (void)snprintf(text, sizeof text, "%ld", atomic_load(&written));
            s = sheet_with(text, 0);
            (void)cache_leave(r->cache, f, s); /* nobody waits */
        }
        int64_t shown = -1;
        if (!str_to_int(sheet_body(s), &shown) || shown < known)
            atomic_store(&stale, true);
        sheet_release(s);
    }
    return NULL;
}

static void nothing_older_than_the_last_acknowledged_change_is_shown(void **state) {
    (void)state;
    struct reading r[THREADS];
    struct cache *c = cache_new(1 << 20);
    for (int i = 0; i < THREADS; i++) {
        r[i] = (struct reading){.cache = c, .number = i};
        assert_int_equal(pthread_create(&r[i].thread, NULL, read_and_render, &r[i]), 0);
    }
    for (int i = 0; i < 200; i++) {
        atomic_fetch_add(&written, 1);
        cache_clear(c);
        atomic_store(&acknowledged, atomic_load(&written));
        nanosleep(&(struct timespec){0, 100000}, NULL);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(r[i].thread, NULL);
    assert_false(atomic_load(&stale));
    cache_free(c);
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found_until_the_cache_is_cleared),
        cmocka_unit_test(one_renders_and_the_others_wait_in_the_order_they_came),
        cmocka_unit_test(a_render_that_began_before_a_change_is_not_kept_and_nobody_new_waits_for_it),
        cmocka_unit_test(who_renders_what_was_read_before_a_change_has_nobody_who_came_after_it),
        cmocka_unit_test(a_page_that_is_too_old_is_rendered_again_but_still_there),
        cmocka_unit_test(memory_is_bounded_and_what_is_used_stays),
        cmocka_unit_test(encodings_that_are_made_later_are_weighed),
        cmocka_unit_test(only_the_sheet_that_was_read_is_replaced),
        cmocka_unit_test(a_key_that_is_too_long_is_rendered_each_time),
        cmocka_unit_test(nothing_older_than_the_last_acknowledged_change_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
