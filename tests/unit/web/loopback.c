// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/loopback: it answers as the server does. */
#include "web/loopback.h"

#include "web_ground.h"

#include <stdatomic.h>
#include <stdio.h>

static int setup(void **state) {
    struct ground *g = ground_new("sqlite");
    struct server_settings s = ground_settings();
    ground_serve(g, &s);
    *state = g;
    return 0;
}

static int teardown(void **state) {
    ground_end(*state);
    return 0;
}

static void it_gives_what_a_socket_gives(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    static const char *const targets[] = {"/",       "/zh-CN/", "/text?q=a+b", "/text/",   "/nothing",
                                          "/file",   "/away",   "/text?n=x",   "/local",   "/zh-cn/count/3",
                                          "/folder", "//",      "/healthz",    "/version", "/big"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct loopback_answer here;
        struct str there = ground_get(g, a, targets[i], "");
        (void)serve_loopback(ground_routes, g->office, a, "GET", targets[i], "User-Agent: Mozilla/5.0", STR_NONE,
                             &here);
        assert_int_equal(here.status, ground_status(there));
        assert_true(str_eq(here.body, ground_body(there)));
        assert_true(str_eq(here.content_type, ground_header(there, "Content-Type")));
        assert_true(str_eq(here.location, ground_header(there, "Location")));
        assert_true(str_eq(here.cache_control, ground_header(there, "Cache-Control")));
        struct str rest = here.headers, line;
        while (str_cut(&rest, '\n', &line))
            assert_true(str_find(there, line, 0) != SIZE_MAX);
    }
}

static void a_form_s_answer_comes_with_its_cookie(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    struct loopback_answer answer;
    assert_int_equal(serve_loopback(ground_routes, g->office, a, "POST", "/form",
                                    "Host: www.example.org\nOrigin: https://www.example.org", STR("back=%2Fcount%2F1"),
                                    &answer),
                     303);
    STR_EQUAL(answer.location, "/count/1");
    STR_EQUAL(answer.set_cookie, "reader=large.green; Path=/");
    assert_int_equal(answer.body.n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(it_gives_what_a_socket_gives),
        TEST(a_form_s_answer_comes_with_its_cookie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
