// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/sheet. What is sent over a socket is in server.c. */
#include "web/sheet.h"

#include "unit.h"

#include <microhttpd.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct route cached = {.cache = CACHE_PAGE}, not_cached = {.cache = CACHE_NONE};
static const char long_text[] =
    "The same sentence, again and again, is what compresses best. The same sentence, again and again, is what "
    "compresses "
    "best. The same sentence, again and again, is what compresses best. The same sentence, again and again, is what "
    "compresses best. The same sentence, again and again, is what compresses best.";

static struct sheet *sheet_of(const char *text, const char *type, const struct route *route, int status) {
    struct request req = {.route = route, .content_type = type, .body = BUF_INIT, .file = -1, .viewed_id = 5};
    static const struct header headers[] = {{"Content-Type", STR("text/plain")}, {"Vary", STR("Accept-Encoding")}};
    buf_add_z(&req.body, text);
    req.count_at = 4;
    req.count_n = 4;
    struct sheet *s = sheet_new(&req, status, headers, 2);
    assert_non_null(s);
    assert_int_equal(req.body.n, 0); /* taken over */
    return s;
}

static const char *header_of(struct MHD_Response *r, const char *name) {
    return MHD_get_response_header(r, name);
}

static void each_encoding_is_made_when_it_is_asked_for_and_once(void **state) {
    (void)state;
    struct sheet *s = sheet_of(long_text, "text/html", &cached, 200);
    struct incoming in = {.accept_encoding = STR("br")};
    unsigned status = 0;
    assert_null(sheet_pick(s, &in, false, &status));
    struct MHD_Response *br = sheet_pick(s, &in, true, &status);
    assert_non_null(br);
    assert_int_equal(status, 200);
    assert_ptr_equal(sheet_pick(s, &in, false, &status), br);
    assert_string_equal(header_of(br, "Content-Encoding"), "br");
    assert_string_equal(header_of(br, "Vary"), "Accept-Encoding");
    in.accept_encoding = STR_NONE;
    struct MHD_Response *plain = sheet_pick(s, &in, true, &status);
    assert_ptr_not_equal(plain, br);
    assert_null(header_of(plain, "Content-Encoding"));
    assert_string_not_equal(header_of(plain, "ETag"), header_of(br, "ETag"));
    sheet_release(s);
}

static void a_new_count_is_in_every_encoding_that_was_there(void **state) {
    (void)state;
    struct request req = {.route = &cached, .content_type = "text/html", .body = BUF_INIT, .file = -1, .viewed_id = 5};
    buf_add_z(&req.body, long_text);
    req.count_at = req.body.n;
    req.count_n = 4;
    buf_add_z(&req.body, "1234");
    buf_add_z(&req.body, long_text);
    struct sheet *s = sheet_new(&req, 200, NULL, 0);
    struct incoming gzip = {.accept_encoding = STR("gzip")}, br = {.accept_encoding = STR("br")},
                    zstd = {.accept_encoding = STR("zstd")};
    unsigned status;
    assert_non_null(sheet_pick(s, &gzip, true, &status));
    assert_non_null(sheet_pick(s, &br, true, &status));
    struct sheet *same = sheet_recount(s, 1235, STR("1235")), *wider = sheet_recount(same, 12350, STR("12,350"));
    assert_non_null(sheet_pick(same, &gzip, false, &status)); /* nothing had to be compressed */
    assert_non_null(sheet_pick(same, &br, false, &status));
    assert_null(sheet_pick(same, &zstd, false, &status));
    assert_non_null(sheet_pick(wider, &gzip, false, &status));
    assert_null(sheet_pick(wider, &br, false, &status)); /* its second part is for four bytes */
    assert_non_null(sheet_pick(wider, &br, true, &status));
    sheet_release(s);
    sheet_release(same);
    sheet_release(wider);
}

static void the_tag_is_of_the_bytes_and_the_encoding(void **state) {
    (void)state;
    struct sheet *a = sheet_of(long_text, "text/html", &cached, 200),
                 *b = sheet_of(long_text, "text/html", &cached, 200);
    struct sheet *c = sheet_of("another", "text/html", &cached, 200);
    assert_string_equal(a->hash, b->hash);
    assert_string_not_equal(a->hash, c->hash);
    char asked[64];
    (void)snprintf(asked, sizeof asked, "\"x\", W/\"%s-br\"", a->hash);
    struct incoming in = {.accept_encoding = STR("br"), .if_none_match = str_of(asked)};
    unsigned status;
    struct MHD_Response *r = sheet_pick(a, &in, true, &status);
    assert_int_equal(status, 304);
    assert_null(header_of(r, "Content-Type"));
    assert_non_null(header_of(r, "ETag"));
    in.accept_encoding = STR("gzip"); /* another encoding is another representation */
    (void)sheet_pick(a, &in, true, &status);
    assert_int_equal(status, 200);
    in.if_none_match = STR("*");
    (void)sheet_pick(a, &in, true, &status);
    assert_int_equal(status, 304);
    sheet_release(a);
    sheet_release(b);
    sheet_release(c);
}

static void short_and_packed_things_are_sent_as_they_are(void **state) {
    (void)state;
    struct incoming in = {.accept_encoding = STR("br, gzip")};
    unsigned status;
    struct sheet *tiny = sheet_of("ok", "text/plain", &cached, 200),
                 *png = sheet_of(long_text, "image/png", &cached, 200);
    assert_null(header_of(sheet_pick(tiny, &in, true, &status), "Content-Encoding"));
    assert_null(header_of(sheet_pick(png, &in, true, &status), "Content-Encoding"));
    sheet_release(tiny);
    sheet_release(png);
}

static void only_a_good_answer_that_may_be_kept_has_a_tag(void **state) {
    (void)state;
    struct sheet *none = sheet_of("x", "text/html", &not_cached, 200), *bad = sheet_of("x", "text/html", &cached, 404);
    struct incoming in = {.if_none_match = STR("*")};
    unsigned status;
    assert_null(header_of(sheet_pick(none, &in, true, &status), "ETag"));
    assert_int_equal(status, 200);
    (void)sheet_pick(bad, &in, true, &status);
    assert_int_equal(status, 404);
    assert_int_equal(bad->viewed_id, 0); /* an error is no reading */
    sheet_release(none);
    sheet_release(bad);
}

static void a_new_count_changes_its_bytes_and_nothing_else(void **state) {
    (void)state;
    struct sheet *s = sheet_of("has 1234 readers", "text/html", &cached, 200);
    struct sheet *now = sheet_recount(s, 12345, STR("12,345"));
    assert_true(str_is(sheet_body(now), "has 12,345 readers"));
    assert_int_equal(now->count, 12345);
    assert_int_equal(now->count_at, 4);
    assert_int_equal(now->count_n, 6);
    assert_int_equal(now->made_us, s->made_us);
    assert_string_not_equal(now->hash, s->hash);
    struct sheet *again = sheet_recount(now, 9, STR("9"));
    assert_true(str_is(sheet_body(again), "has 9 readers"));
    sheet_release(s);
    sheet_release(now);
    sheet_release(again);
}

static void a_response_outlives_its_sheet(void **state) {
    (void)state;
    struct sheet *s = sheet_of(long_text, "text/html", &cached, 200);
    struct incoming in = {.accept_encoding = STR("")};
    unsigned status;
    struct MHD_Response *r = sheet_pick(s, &in, true, &status);
    struct sheet *other = sheet_keep(s);
    sheet_release(s);
    assert_ptr_equal(sheet_pick(other, &in, false, &status), r);
    sheet_release(other); /* the sanitizer tells whether all is freed, and once */
}

static void tags_are_compared_as_the_rules_say(void **state) {
    (void)state;
    assert_true(etag_matches(STR("\"a\""), STR("\"a\"")));
    assert_true(etag_matches(STR("\"b\" , W/\"a\""), STR("\"a\"")));
    assert_true(etag_matches(STR("*"), STR("\"a\"")));
    assert_false(etag_matches(STR("\"ab\", a"), STR("\"a\"")));
    assert_false(etag_matches(STR(""), STR("\"a\"")));
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_encoding_is_made_when_it_is_asked_for_and_once),
        cmocka_unit_test(a_new_count_is_in_every_encoding_that_was_there),
        cmocka_unit_test(the_tag_is_of_the_bytes_and_the_encoding),
        cmocka_unit_test(short_and_packed_things_are_sent_as_they_are),
        cmocka_unit_test(only_a_good_answer_that_may_be_kept_has_a_tag),
        cmocka_unit_test(a_new_count_changes_its_bytes_and_nothing_else),
        cmocka_unit_test(a_response_outlives_its_sheet),
        cmocka_unit_test(tags_are_compared_as_the_rules_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
