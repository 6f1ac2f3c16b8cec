// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/request. */
#include "web/request.h"

#include "base/file.h"
#include "web/loopback.h"
#include "web_ground.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int setup(void **state) {
    *state = ground_new("sqlite");
    return 0;
}

static int teardown(void **state) {
    ground_end(*state);
    return 0;
}

static struct request begin(struct ground *g, struct arena *a) {
    return (struct request){.arena = a,
                            .office = g->office,
                            .site = &g->office->site,
                            .messages = g->office->messages[0],
                            .view = value_object(a),
                            .address = STR("/"),
                            .path = STR("/"),
                            .content_type = "text/html; charset=utf-8",
                            .body = BUF_INIT,
                            .file = -1};
}

static void parameters_are_read_by_name_and_kind(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    static const struct param params[] = {{.name = "q", .kind = PARAM_TEXT}, {.name = "n", .kind = PARAM_INT}, {0}};
    static const struct route route = {.params = params};
    static const struct param_value given[] = {{"q", STR("words"), 0}};
    struct request req = begin(g, a);
    req.route = &route;
    req.params = given;
    req.params_n = 1;
    assert_true(str_is(request_text(&req, "q"), "words"));
    assert_int_equal(request_text(&req, "n").n, 0);
    assert_int_equal(request_int(&req, "n", -5), -5);
}

static void a_failure_on_an_open_route_is_one_sentence_of_text(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    static const struct route route = {.open = true};
    struct request req = begin(g, a);
    req.route = &route;
    struct err err = {.code = -ERR_NOT_FOUND, .text = "There is no such tile yet."};
    assert_int_equal(request_failed(&req, &err), 404);
    assert_string_equal(req.content_type, "text/plain; charset=utf-8");
    STR_EQUAL(buf_str(&req.body), "There is no such tile yet.\n");
    err = (struct err){.code = -ERR_IO, .text = "/srv/office/tile/000: Input/output error"}; /* for the log only */
    assert_int_equal(request_failed(&req, &err), 503);
    assert_false(ground_says(buf_str(&req.body), "/srv"));
    buf_clear(&req.body);
}

static void a_redirect_stays_on_the_site_and_in_ascii(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    struct request req = begin(g, a);
    assert_int_equal(request_redirect(&req, 303, STR("/新闻/?q=a b\r\nSet-Cookie: x&y=%20")), 303);
    STR_EQUAL(req.location, "/%E6%96%B0%E9%97%BB/?q=a%20b%0D%0ASet-Cookie:%20x&y=%20");
    buf_clear(&req.body);
}

static void a_failure_is_a_page_without_what_was_half_made(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    struct request req = begin(g, a);
    req.viewed_id = 7;
    req.count_n = 3;
    value_set_z(req.view, "title", "Half a page");
    buf_add_z(&req.body, "half a page");
    struct err inside = {.code = -ERR_INTERNAL, .text = "the table secret_letters is broken"};
    assert_int_equal(request_failed(&req, &inside), 500);
    assert_int_equal(req.viewed_id, 0);
    assert_int_equal(req.count_n, 0);
    assert_false(ground_says(buf_str(&req.body), "alf a page"));
    assert_false(ground_says(buf_str(&req.body), "secret_letters")); /* for the log only */
    assert_string_equal(req.err.text, inside.text);
    assert_int_equal(request_failed(&req, NULL), 500);
    buf_clear(&req.body);
}

static void what_was_wrong_is_told_where_it_has_a_key(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    struct request req = begin(g, a);
    struct err err;
    (void)err_refuse(&err, ERR_INVALID, "twice", "from", 0, "\"%s\" is given twice.", "from"); /* gives the code */
    assert_int_equal(request_failed(&req, &err), 400);
    assert_true(ground_says(buf_str(&req.body), "“from” is given twice."));
    (void)err_set(&err, ERR_INVALID, "line 7 of site.ini"); /* gives the code */
    assert_int_equal(request_failed(&req, &err), 400);
    assert_false(ground_says(buf_str(&req.body), "site.ini"));
    assert_int_equal(request_refused(&req, ERR_FORBIDDEN, "forged", "From elsewhere."), 403);
    assert_true(ground_says(buf_str(&req.body), "sent from a page of another site"));
    assert_string_equal(req.err.text, "From elsewhere.");
    buf_clear(&req.body);
}

static void a_broken_template_still_gives_words(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    struct request req = begin(g, a);
    assert_int_equal(request_page(&req, 200, "no-such-template"), 404);
    assert_true(ground_says(buf_str(&req.body), "<h1>404</h1>"));
    struct templates *none = templates_new(), *all = g->office->templates_in[0];
    g->office->templates_in[0] = none; /* not even the error page's */
    assert_int_equal(request_failed(&req, &(struct err){.code = -ERR_FORBIDDEN}), 403);
    assert_true(ground_says(buf_str(&req.body), "<!DOCTYPE html>"));
    assert_true(ground_says(buf_str(&req.body), "This is not open to you."));
    g->office->templates_in[0] = all;
    templates_free(none);
    buf_clear(&req.body);
}

static void a_page_that_needs_more_memory_than_it_may_have_says_so(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 4096);
    struct request req = begin(g, a);
    (void)arena_alloc(a, 1 << 20); /* fails, and stays failed */
    assert_int_equal(request_page(&req, 200, "home"), 503);
    assert_true(req.body.n > 0);
    buf_clear(&req.body);
}

static void paths_have_their_language_in_front(void **state) {
    struct ground *g = *state;
    ARENA_LOCAL(a, 0);
    struct request req = begin(g, a);
    STR_EQUAL(request_path_in(&req, 0, STR("/news/12")), "/news/12");
    STR_EQUAL(request_path_in(&req, 1, STR("/")), "/zh-CN/");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(parameters_are_read_by_name_and_kind),
        TEST(a_failure_on_an_open_route_is_one_sentence_of_text),
        TEST(a_redirect_stays_on_the_site_and_in_ascii),
        TEST(a_failure_is_a_page_without_what_was_half_made),
        TEST(what_was_wrong_is_told_where_it_has_a_key),
        TEST(a_broken_template_still_gives_words),
        TEST(a_page_that_needs_more_memory_than_it_may_have_says_so),
        TEST(paths_have_their_language_in_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
