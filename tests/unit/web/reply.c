// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/reply. */
#include "web/reply.h"

#include "text/site.h"
#include "unit.h"

#include <string.h>

static const struct site site = {.languages = 2, .words = {{.language = "en"}, {.language = "zh-CN"}}};
static struct header header[REPLY_HEADERS_MOST];
static size_t header_n;

static void reply_of(struct route route, const char *type, int status, bool secure) {
    struct request req = {
        .site = &site, .language = 1, .route = &route, .content_type = type, .body = BUF_INIT, .file = -1};
    header_n = reply_headers(&req, status, secure, header);
}

static void reply(enum route_cache rule, const char *type, int status, bool secure) {
    reply_of((struct route){.cache = rule}, type, status, secure);
}

static void expect(const char *name, const char *value) {
    for (size_t i = 0; i < header_n; i++) {
        if (strcmp(header[i].name, name) != 0)
            continue;
        assert_non_null(value);
        assert_true(str_is(header[i].value, value));
        return;
    }
    assert_null(value);
}

static void the_cache_rule_of_the_route_decides(void **state) {
    (void)state;
    reply(CACHE_PAGE, "text/html; charset=utf-8", 200, false);
    expect("Cache-Control", "no-cache");
    expect("Vary", "Accept-Encoding, Cookie");
    expect("Content-Language", "zh-CN");
    reply(CACHE_PAGE, "application/atom+xml", 200, false);
    expect("Vary", "Accept-Encoding");
    expect("Content-Language", NULL);
    reply(CACHE_FOREVER, "text/css", 200, false);
    expect("Cache-Control", "public, max-age=31536000, immutable");
    expect("Vary", "Accept-Encoding");
    reply(CACHE_FOREVER, "image/png", 200, false);
    expect("Vary", NULL);
    reply(CACHE_FOREVER, "text/html", 404, false); /* what is missing now may come */
    expect("Cache-Control", "no-cache");
    reply(CACHE_NONE, "text/html", 200, false);
    expect("Cache-Control", "no-store");
    expect("Vary", NULL);
    reply(CACHE_PAGE, "text/html", 503, false);
    expect("Cache-Control", "no-store");
    expect("Retry-After", "5");
    reply(CACHE_CHECK, "text/html", 200, false);
    expect("Cache-Control", "no-cache");
    expect("Vary", "Accept-Encoding, Cookie");
    expect("Access-Control-Allow-Origin", NULL);
}

/* C2SP tlog-tiles: what is missing now may be there in a second, and proxies must not keep the answer. */
static void an_open_failure_says_nothing_about_keeping_it(void **state) {
    (void)state;
    static const struct route tile = {.cache = CACHE_FOREVER, .open = true};
    reply_of(tile, "application/octet-stream", 200, false);
    expect("Cache-Control", "public, max-age=31536000, immutable");
    expect("Access-Control-Allow-Origin", "*");
    expect("Vary", NULL);
    static const int missing[] = {400, 404, 429};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        reply_of(tile, "text/plain; charset=utf-8", missing[i], false);
        expect("Cache-Control", NULL);
        expect("Vary", NULL);
        expect("Access-Control-Allow-Origin", "*");
    }
    reply_of(tile, "text/plain; charset=utf-8", 503, false);
    expect("Cache-Control", "no-store");
    expect("Retry-After", "5");
}

static void a_redirect_has_no_type_for_the_body_it_lacks(void **state) {
    (void)state;
    reply(CACHE_PAGE, "text/html", 301, false);
    expect("Content-Type", NULL);
}

static void over_tls_the_browser_is_told_to_stay_there(void **state) {
    (void)state;
    reply(CACHE_PAGE, "text/html", 200, false);
    expect("Strict-Transport-Security", NULL);
    reply(CACHE_PAGE, "text/html", 200, true);
    expect("Strict-Transport-Security", "max-age=31536000");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cache_rule_of_the_route_decides),
        cmocka_unit_test(an_open_failure_says_nothing_about_keeping_it),
        cmocka_unit_test(a_redirect_has_no_type_for_the_body_it_lacks),
        cmocka_unit_test(over_tls_the_browser_is_told_to_stay_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
