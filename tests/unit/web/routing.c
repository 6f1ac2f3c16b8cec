// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/routing. */
#include "web/routing.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static int unused(struct request *req) {
    (void)req;
    return 200;
}

static const struct param column_params[] = {{.name = "column", .kind = PARAM_SLUG, .most = 10}, {0}};
static const struct param article_params[] = {
    {.name = "column", .kind = PARAM_SLUG, .most = 10}, {.name = "id", .kind = PARAM_INT, .most = 999}, {0}};
static const struct param rest_params[] = {{.name = "rest", .kind = PARAM_TEXT, .most = 100}, {0}};
#define ROW(method, pattern, any, params)                                                                              \
    { method, pattern, WHO_ANYONE, CACHE_NONE, any, params, unused, pattern, false, false }
static const struct route table[] = {
    ROW(METHOD_GET, "/", true, column_params + 1),
    ROW(METHOD_GET, "/reader", true, column_params + 1),
    ROW(METHOD_POST, "/reader", true, column_params + 1),
    ROW(METHOD_POST, "/send", true, column_params + 1),
    ROW(METHOD_GET, "/robots.txt", false, column_params + 1),
    ROW(METHOD_GET, "/tile/{rest*}", false, rest_params),
    ROW(METHOD_GET, "/{column}/", true, column_params),
    ROW(METHOD_GET, "/{column}/{id}", true, article_params),
    ROW(METHOD_GET, "/{column}/feed.atom", true, column_params),
    {0},
};
static const struct site site = {.languages = 3,
                                 .words = {{.language = "en"}, {.language = "zh-CN"}, {.language = "ar"}}};

static struct routing found(const char *method, const char *path) {
    static char room[PATH_MOST];
    struct routing r;
    routing_find(table, &site, str_of(method), str_of(path), room, &r);
    return r;
}

static void expect(const char *path, const char *pattern, size_t language, const char *rest) {
    struct routing r = found("GET", path);
    if (r.outcome != ROUTING_FOUND || strcmp(r.route->pattern, pattern) != 0)
        print_error("%s is not found as %s\n", path, pattern);
    assert_int_equal(r.outcome, ROUTING_FOUND);
    assert_string_equal(r.route->pattern, pattern);
    assert_int_equal(r.language, language);
    assert_true(str_is(r.path, rest));
}

static void addresses_find_their_rows(void **state) {
    (void)state;
    expect("/", "/", 0, "/");
    expect("/zh-CN/", "/", 1, "/");
    expect("/news/", "/{column}/", 0, "/news/");
    expect("/ar/news/12", "/{column}/{id}", 2, "/news/12");
    expect("/news/feed.atom", "/{column}/feed.atom", 0,
           "/news/feed.atom"); /* "feed.atom" is no id: on to the next row */
    expect("/robots.txt", "/robots.txt", 0, "/robots.txt");
    expect("/tile/0/x001/067", "/tile/{rest*}", 0, "/tile/0/x001/067");
    struct routing r = found("HEAD", "/news/12");
    assert_int_equal(r.caught_n, 2);
    assert_true(str_is(r.caught[0].text, "news") && strcmp(r.caught[0].name, "column") == 0);
    assert_int_equal(r.caught[1].number, 12);
    assert_true(str_is(found("GET", "/tile/0/x001/067").caught[0].text, "0/x001/067"));
}

static void what_is_refused_unread_has_the_language_of_its_first_part(void **state) {
    (void)state;
    assert_int_equal(routing_language(&site, STR("/zh-CN/%zz")), 1);
    assert_int_equal(routing_language(&site, STR("/ar/../x")), 2);
    assert_int_equal(routing_language(&site, STR("/zh-CNN/")), 0);
    assert_int_equal(routing_language(&site, STR("zh-CN")), 0);
    assert_int_equal(routing_language(&site, STR("")), 0);
}

static void what_is_not_there_is_not_found(void **state) {
    (void)state;
    static const char *const none[] = {"/news/1000",    "/news/x",           "/news/012", "/averylongcolumn/",
                                       "/news/12/more", "/zh-CN/robots.txt", "/de/x/y",   "/reader/x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct routing r = found("GET", none[i]);
        if (r.outcome != ROUTING_NOT_FOUND)
            print_error("%s\n", none[i]);
        assert_int_equal(r.outcome, ROUTING_NOT_FOUND);
    }
    assert_int_equal(found("GET", "/zh-CN/nothing/at/all").language, 1); /* for the error page */
}

static void another_method_is_told_what_there_is(void **state) {
    (void)state;
    struct routing r = found("PUT", "/reader");
    assert_int_equal(r.outcome, ROUTING_METHOD);
    assert_true(r.get && r.post);
    r = found("GET", "/send");
    assert_int_equal(r.outcome, ROUTING_METHOD);
    assert_true(!r.get && r.post);
    assert_int_equal(found("POST", "/reader").outcome, ROUTING_FOUND);
}

static void another_form_of_an_address_leads_to_the_one(void **state) {
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"/news", "/news/"},   {"/news/12/", "/news/12"},        {"/zh-CN/news", "/zh-CN/news/"},
        {"/zh-CN", "/zh-CN/"}, {"/ZH-cn/news/", "/zh-CN/news/"}, {"/en/news/12", "/news/12"},
        {"/en", "/"},          {"/reader/", "/reader"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct routing r = found("GET", cases[i].from);
        assert_int_equal(r.outcome, ROUTING_ELSEWHERE);
        char to[100];
        (void)snprintf(to, sizeof to, "%.*s", STR_FMT(r.elsewhere));
        assert_string_equal(to, cases[i].to);
    }
}

/* The fuzzer found a circle: no page of that name in this language, but perhaps a column. */
static void nobody_is_sent_in_a_circle(void **state) {
    (void)state;
    static char room[PATH_MOST];
    struct routing r;
    static const struct route odd[] = {
        ROW(METHOD_GET, "/readyz", false, column_params + 1), ROW(METHOD_GET, "/{column}/", true, column_params), {0}};
    routing_find(odd, &site, STR("GET"), STR("/zh-CN/readyz/"), room, &r);
    assert_int_equal(r.outcome, ROUTING_FOUND);
    routing_find(odd, &site, STR("GET"), STR("/zh-CN/readyz"), room, &r);
    assert_int_equal(r.outcome, ROUTING_ELSEWHERE);
    routing_find(odd, &site, STR("GET"), STR("/readyz/"), room, &r);
    assert_int_equal(r.outcome, ROUTING_ELSEWHERE);
    assert_true(str_is(r.elsewhere, "/readyz"));
}

static void a_fixed_page_is_meant_with_or_without_its_slash(void **state) {
    (void)state;
    static char room[PATH_MOST];
    struct routing r;
    static const struct route rows[] = {ROW(METHOD_GET, "/ledger/", true, column_params + 1),
                                        ROW(METHOD_GET, "/search", true, column_params + 1),
                                        ROW(METHOD_GET, "/{column}/", true, column_params),
                                        ROW(METHOD_GET, "/{column}", true, column_params),
                                        {0}};
    static const char *const cases[][2] = {
        {"/ledger", "/ledger/"}, {"/search/", "/search"}, {"/zh-CN/ledger", "/zh-CN/ledger/"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        routing_find(rows, &site, STR("GET"), str_of(cases[i][0]), room, &r);
        assert_int_equal(r.outcome, ROUTING_ELSEWHERE);
        assert_true(str_is(r.elsewhere, cases[i][1]));
    }
    routing_find(rows, &site, STR("GET"), STR("/news"), room, &r);
    assert_int_equal(r.outcome, ROUTING_FOUND);
}

static void paths_are_decoded_once_and_made_safe(void **state) {
    (void)state;
    static const struct {
        const char *raw, *path;
    } cases[] = {
        {"/", "/"},
        {"/news/12", "/news/12"},
        {"/%e6%96%b0%E9%97%BB/", "/新闻/"},
        {"/%2541", "/%41"},
        {"/a%20b", "/a b"},
        {"/a+b", "/a+b"},
        {"http://example.org/x", "/x"},
        {"HTTPS://example.org", "/"},
        {"/...", "/..."},
        {"", NULL},
        {"news", NULL},
        {"*", NULL},
        {"//", NULL},
        {"/a//", NULL},
        {"/.", NULL},
        {"/a/../b", NULL},
        {"/%2e%2E/b", NULL},
        {"/a%2fb", NULL},
        {"/%00", NULL},
        {"/%0d%0a", NULL},
        {"/%7f", NULL},
        {"/\\", NULL},
        {"/%5c", NULL},
        {"/#x", NULL},
        {"/%c3", NULL},
        {"/%c0%af", NULL},
        {"/%", NULL},
        {"/%1", NULL},
        {"/%gg", NULL},
        {"ftp://example.org/", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char room[PATH_MOST];
        struct str path;
        bool ok = path_decode(str_of(cases[i].raw), room, &path);
        if (ok != (cases[i].path != NULL))
            print_error("%s\n", cases[i].raw);
        assert_int_equal(ok, cases[i].path != NULL);
        assert_true(!ok || str_is(path, cases[i].path));
    }
    static char longest[PATH_MOST + 2];
    char room[PATH_MOST];
    struct str path;
    memset(longest, 'a', PATH_MOST + 1);
    longest[0] = '/';
    assert_false(path_decode(str_of(longest), room, &path));
    longest[PATH_MOST] = 0;
    assert_true(path_decode(str_of(longest), room, &path));
    struct routing r; /* no room for another slash: not found, and nothing written beyond */
    char other[PATH_MOST];
    routing_find(table, &site, STR("GET"), path, other, &r);
    assert_int_equal(r.outcome, ROUTING_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_find_their_rows),
        cmocka_unit_test(what_is_refused_unread_has_the_language_of_its_first_part),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(another_method_is_told_what_there_is),
        cmocka_unit_test(another_form_of_an_address_leads_to_the_one),
        cmocka_unit_test(nobody_is_sent_in_a_circle),
        cmocka_unit_test(a_fixed_page_is_meant_with_or_without_its_slash),
        cmocka_unit_test(paths_are_decoded_once_and_made_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
