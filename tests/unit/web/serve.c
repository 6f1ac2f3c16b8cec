// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/serve: the steps of a request and their order, without a socket. What needs threads and
 * sockets is in server.c. */
#include "web/serve.h"

#include "web/loopback.h"
#include "web_ground.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static int setup(void **state) {
    *state = ground_new("sqlite");
    return 0;
}

static int teardown(void **state) {
    ground_end(*state);
    return 0;
}

static struct loopback_answer ask(struct ground *g, struct arena *a, const char *method, const char *target,
                                  const char *headers, const char *form) {
    struct loopback_answer answer;
    int status = serve_loopback(ground_routes, g->office, a, method, target, headers, str_of(form), &answer);
    assert_int_equal(status, answer.status);
    return answer;
}

static void each_step_refuses_before_the_next_one_looks(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    static const struct {
        const char *what, *method, *target, *headers, *form;
        int status;
    } cases[] = {
        {"limits before the route", "GET", "/nothing/at/all", "Host: a\nHost: b", NULL, 400},
        {"the route before the method", "POST", "/nothing/at/all", NULL, NULL, 404},
        {"the method before the forgery check", "POST", "/", "Origin: https://evil.example\nHost: a", NULL, 405},
        {"forgery before parameters", "POST", "/form", "Origin: https://evil.example\nHost: a", "back=nonsense", 403},
        {"parameters before the handler", "POST", "/form", NULL, "back=nonsense", 400},
        {"and then the handler", "POST", "/form", NULL, "back=%2F", 303},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loopback_answer answer = ask(g, a, cases[i].method, cases[i].target, cases[i].headers, cases[i].form);
        if (answer.status != cases[i].status)
            print_error("%s: %d\n", cases[i].what, answer.status);
        assert_int_equal(answer.status, cases[i].status);
    }
}

static void every_answer_has_the_headers_that_protect_the_reader(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    static const char *const targets[] = {"/", "/nothing", "/text?n=x", "/count/12/", "/file", "/away", "/local"};
    static const char *const names[] = {"Content-Security-Policy: default-src 'none'",
                                        "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
                                        "Referrer-Policy: same-origin", "Cross-Origin-Resource-Policy: "};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct loopback_answer answer = ask(g, a, "GET", targets[i], NULL, NULL);
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            assert_true(ground_says(answer.headers, names[k]));
        assert_true(answer.cache_control.n > 0);
        assert_false(ground_says(answer.headers, "unsafe"));
        assert_false(ground_says(answer.headers, "Set-Cookie")); /* none before the reader chooses something */
    }
}

static void an_error_is_a_page_in_the_language_of_its_address(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    struct loopback_answer english = ask(g, a, "GET", "/text?n=x", NULL, NULL);
    assert_int_equal(english.status, 400);
    STR_EQUAL(english.content_type, "text/html; charset=utf-8");
    assert_true(ground_says(english.body, "lang=\"en\""));
    assert_true(ground_says(english.body, "“n” does not have a value")); /* what was wrong */
    struct loopback_answer chinese = ask(g, a, "GET", "/zh-CN/nothing/here", NULL, NULL);
    assert_int_equal(chinese.status, 404);
    assert_true(ground_says(chinese.body, "lang=\"zh-CN\""));
    STR_EQUAL(chinese.cache_control, "no-cache");
    struct loopback_answer unread = ask(g, a, "GET", "/zh-CN/%zz", NULL, NULL);
    assert_int_equal(unread.status, 400);
    assert_true(ground_says(unread.body, "lang=\"zh-CN\""));
}

static void nobody_s_extra_words_stand_in_a_page_that_others_may_see(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    struct loopback_answer answer = ask(g, a, "GET", "/text?token=secret&q=x&token2=secret", NULL, NULL);
    STR_EQUAL(answer.body, "q=[x] n=-1 address=/text?q=x");
    answer = ask(g, a, "GET", "/echo/7?token=secret&q=x", NULL, NULL);
    STR_EQUAL(answer.body, "/echo/7?q=x");
    answer = ask(g, a, "GET", "/zh-CN/text?q=%22%3E", NULL, NULL);
    STR_EQUAL(answer.body, "q=[\">] n=-1 address=/zh-CN/text?q=%22%3E");
}

static void a_page_key_tells_readers_languages_and_parameters_apart(void **state) {
    (void)state;
    char room[2][CACHE_KEY_MOST];
    struct reader plain = {TYPEFACE_MEDIUM, COLOUR_WHITE, false}, large = {TYPEFACE_LARGE, COLOUR_WHITE, false};
    assert_true(str_eq(cache_key(room[0], &plain, STR("/a")), cache_key(room[1], &plain, STR("/a"))));
    assert_false(str_eq(cache_key(room[0], &plain, STR("/a")), cache_key(room[1], &large, STR("/a"))));
    assert_false(str_eq(cache_key(room[0], &plain, STR("/a")), cache_key(room[1], &plain, STR("/zh-CN/a"))));
    static char path[CACHE_KEY_MOST];
    memset(path, '/', sizeof path);
    assert_int_equal(cache_key(room[0], &plain, str_part(path, sizeof path)).n, 0);
    assert_int_equal(cache_key(room[0], &plain, str_part(path, sizeof path - 1)).n, CACHE_KEY_MOST);
}

static void a_view_is_counted_and_shown_with_this_reading(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    for (int i = 1; i <= 1200; i++) {
        struct loopback_answer answer = ask(g, a, "GET", "/count/4", "User-Agent: Mozilla/5.0", NULL);
        if (i != 9 && i != 10 && i != 1000)
            continue;
        assert_int_equal(answer.viewed_id, 4);
        STR_EQUAL(answer.count, i == 9 ? "9" : i == 10 ? "10" : "1,000"); /* also where it grows by a digit */
    }
    struct loopback_answer robot = ask(g, a, "GET", "/count/4", "User-Agent: Googlebot/2.1", NULL);
    STR_EQUAL(robot.count, "1,200");
    assert_int_equal(ask(g, a, "GET", "/count/x", "User-Agent: Mozilla/5.0", NULL).viewed_id, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_step_refuses_before_the_next_one_looks),
        TEST(every_answer_has_the_headers_that_protect_the_reader),
        TEST(an_error_is_a_page_in_the_language_of_its_address),
        TEST(nobody_s_extra_words_stand_in_a_page_that_others_may_see),
        TEST(a_page_key_tells_readers_languages_and_parameters_apart),
        TEST(a_view_is_counted_and_shown_with_this_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
