// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/assets. */
#include "web/assets.h"

#include "base/file.h"
#include "web/loopback.h"
#include "web_ground.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char css[] = "body{color:black}body{color:black}body{color:black}body{color:black}body{color:black}"
                          "body{color:black}body{color:black}body{color:black}body{color:black}body{color:black}"
                          "body{color:black}body{color:black}body{color:black}body{color:black}body{color:black}";
static const struct embedded_file table[] = {
    {"site.css", {css, sizeof css - 1}}, {"tiny.js", STR("1")}, {"x.png", STR("\x89PNG")}, {0}};

static void names_change_with_the_bytes(void **state) {
    (void)state;
    struct assets *a = NULL, *b = NULL;
    char folder[] = "/tmp/assets.XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(assets_new(table, NULL, &a, NULL), 0);
    assert_int_equal(assets_count(a), 3);
    struct str address = assets_address(a, "site.css");
    assert_int_equal(address.n, strlen("/assets/site.0123456789abcdef.css"));
    assert_true(str_starts(address, "/assets/site.") && str_ends(address, ".css"));
    assert_int_equal(assets_address(a, "missing.css").n, 0);
    BUF_LOCAL(path);
    file_join(&path, folder, "site.css");
    assert_int_equal(file_write(path.p, STR("body{color:red}"), 0600, NULL), 0);
    assert_int_equal(assets_new(table, folder, &b, NULL), 0);
    assert_false(str_eq(assets_address(b, "site.css"), address));
    assert_true(str_eq(assets_address(b, "tiny.js"), assets_address(a, "tiny.js")));
    assets_free(a);
    assets_free(b);
    buf_reset(&path);
    file_join(&path, folder, "page.php");
    assert_int_equal(file_write(path.p, STR("x"), 0600, NULL), 0);
    struct err err = {0};
    assert_int_equal(assets_new(table, folder, &b, &err), -ERR_FORMAT);
    assert_non_null(strstr(err.text, "page.php"));
    assert_int_equal(file_remove_all(folder, NULL), 0);
}

static void what_saves_bytes_is_compressed_beforehand(void **state) {
    (void)state;
    struct assets *a = NULL;
    assert_int_equal(assets_new(table, NULL, &a, NULL), 0);
    const struct asset *big = assets_find(a, STR("site.css")), *tiny = assets_find(a, STR("tiny.js"));
    for (int e = ENCODING_IDENTITY + 1; e < ENCODINGS; e++) {
        assert_true(big->form[e].n > 0 && big->form[e].n < big->form[ENCODING_IDENTITY].n);
        assert_int_equal(tiny->form[e].n, 0);
        assert_int_equal(assets_find(a, STR("x.png"))->form[e].n, 0);
    }
    assets_free(a);
}

static const struct route routes_here[] = {
    {METHOD_GET, "/assets/{file}", WHO_ANYONE, CACHE_FOREVER, false, asset_params, asset_serve, "Assets", true, false},
    {0}};

static void they_are_served_for_ever_and_older_names_lead_to_them(void **state) {
    (void)state;
    struct ground *g = ground_new("sqlite");
    ARENA_LOCAL(a, 0);
    struct server_settings s = ground_settings();
    s.routes = routes_here;
    ground_serve(g, &s);
    const struct asset *sheet = assets_find(g->office->assets, STR("daylight.css"));
    assert_non_null(sheet);
    char target[100], older[100];
    (void)snprintf(target, sizeof target, "%.*s", STR_FMT(sheet->address));
    for (int i = 0; i < 3; i++) {
        struct str answer = ground_get(g, a, target, i == 2 ? "Accept-Encoding: zstd\r\n" : "Accept-Encoding: br\r\n");
        assert_int_equal(ground_status(answer), 200);
        STR_EQUAL(ground_header(answer, "Cache-Control"), "public, max-age=31536000, immutable");
        STR_EQUAL(ground_header(answer, "Content-Type"), "text/css; charset=utf-8");
        STR_EQUAL(ground_header(answer, "Content-Encoding"), i == 2 ? "zstd" : "br");
        assert_true(str_eq(ground_body(answer), sheet->form[i == 2 ? ENCODING_ZSTD : ENCODING_BR]));
    }
    (void)snprintf(older, sizeof older, "/assets/daylight.0000000000000000.css");
    struct str answer = ground_get(g, a, older, "");
    assert_int_equal(ground_status(answer), 302);
    STR_EQUAL(ground_header(answer, "Location"), target);
    STR_EQUAL(ground_header(answer, "Cache-Control"), "no-cache");
    assert_int_equal(ground_status(ground_get(g, a, "/assets/daylight.css", "")), 302);
    assert_int_equal(ground_status(ground_get(g, a, "/assets/other.css", "")), 404);
    assert_int_equal(ground_status(ground_get(g, a, "/assets/..%2fsite.ini", "")), 400);
    ground_end(g);
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_change_with_the_bytes),
        cmocka_unit_test(what_saves_bytes_is_compressed_beforehand),
        cmocka_unit_test(they_are_served_for_ever_and_older_names_lead_to_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
