// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/system. */
#include "web/system.h"

#include "store/fault.h"
#include "web/loopback.h"
#include "web_ground.h"

#include <stdio.h>

static const struct route routes_here[] = {
    {METHOD_GET, "/healthz", WHO_ANYONE, CACHE_NONE, false, system_params, healthz_serve, "Health", true, false},
    {METHOD_GET, "/readyz", WHO_ANYONE, CACHE_NONE, false, system_params, readyz_serve, "Readiness", true, false},
    {METHOD_GET, "/metrics", WHO_LOCAL, CACHE_NONE, false, system_params, metrics_serve, "Figures", true, false},
    {0}};

static void health_is_the_process_and_readiness_is_the_store(void **state) {
    (void)state;
    struct ground *g = ground_new("sqlite");
    ARENA_LOCAL(a, 0);
    struct loopback_answer answer;
    assert_int_equal(serve_loopback(routes_here, g->office, a, "GET", "/readyz", NULL, STR_NONE, &answer), 200);
    STR_EQUAL(answer.body, "ok\n");
    (void)store_fail_at(1); /* the next question to the store fails */
    assert_int_equal(serve_loopback(routes_here, g->office, a, "GET", "/readyz", NULL, STR_NONE, &answer), 503);
    assert_int_equal(serve_loopback(routes_here, g->office, a, "GET", "/healthz", NULL, STR_NONE, &answer), 200);
    STR_EQUAL(answer.body, "ok\n");
    STR_EQUAL(answer.cache_control, "no-store");
    assert_int_equal(store_fail_at(0), 0);
    assert_int_equal(serve_loopback(routes_here, g->office, a, "GET", "/readyz", NULL, STR_NONE, &answer), 200);
    ground_end(g);
}

static void figures_are_plain_text_of_their_version(void **state) {
    (void)state;
    struct ground *g = ground_new("sqlite");
    ARENA_LOCAL(a, 0);
    struct server_settings s = ground_settings();
    s.routes = routes_here;
    ground_serve(g, &s);
    struct str answer = ground_get(g, a, "/metrics", "");
    assert_int_equal(ground_status(answer), 200);
    STR_EQUAL(ground_header(answer, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    assert_true(ground_says(answer, "daylight_build_info{version=\"" DAYLIGHT_VERSION "\"} 1\n"));
    assert_true(ground_says(answer, "\ndaylight_connections 1\n"));
    assert_true(ground_says(answer, "\ndaylight_workers_busy 1\n"));
    ground_end(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_is_the_process_and_readiness_is_the_store),
        cmocka_unit_test(figures_are_plain_text_of_their_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
