// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/incoming. */
#include "web/incoming.h"

#include "unit.h"

#include <stdio.h>

static const struct incoming_limits limits = {.uri_most = 100, .head_most = 1000, .form_most = 500};

static struct incoming with(const char *method, const char *headers) {
    struct incoming in = {.method = str_of(method), .path = STR("/")};
    struct str rest = str_of(headers), line;
    while (str_cut(&rest, '\n', &line)) {
        size_t colon = str_find_char(line, ':', 0);
        incoming_header(&in, str_first(line, colon), str_trim(str_from(line, colon + 1)));
    }
    return in;
}

static int check(const char *method, const char *headers) {
    struct incoming in = with(method, headers);
    struct err err = {0};
    int failed = incoming_check(&in, &limits, 10, 100, &err);
    assert_int_equal(failed, err.code);
    assert_true(!failed == !err.text[0]);
    return failed;
}

static void headers_are_found_whatever_their_case(void **state) {
    (void)state;
    struct incoming in = with("GET", "HOST:a\nuser-agent: b\nSec-Purpose: c\nX-Forwarded-For: d\nX-Forwarded-For: e\n"
                                     "Cookie: f\nCookie: g\nUnknown: h");
    assert_true(str_is(in.host, "a") && str_is(in.user_agent, "b") && str_is(in.purpose, "c"));
    assert_true(str_is(in.forwarded_for, "e")); /* the nearest proxy wrote last */
    assert_true(str_is(in.cookie, "f"));
    assert_int_equal(in.headers, 8);
}

static void a_query_is_cut_into_names_and_values(void **state) {
    (void)state;
    struct incoming in = {0};
    incoming_query(&in, STR("a=1&&b&c=%20x=y&=z"));
    assert_int_equal(in.args_n, 4);
    assert_true(str_is(in.args[0].name, "a") && str_is(in.args[0].value, "1"));
    assert_true(str_is(in.args[1].name, "b") && in.args[1].value.p == NULL);
    assert_true(str_is(in.args[2].name, "c") && str_is(in.args[2].value, "%20x=y"));
    assert_true(str_is(in.args[3].name, "") && str_is(in.args[3].value, "z"));
    for (int i = 0; i < INCOMING_ARGS_MOST; i++)
        incoming_query(&in, STR("x=1"));
    assert_true(in.too_many_args);
    assert_int_equal(incoming_check(&in, &limits, 10, 100, NULL), -ERR_INVALID);
}

static void limits_have_their_own_codes(void **state) {
    (void)state;
    struct incoming in = with("GET", "Host: a");
    assert_int_equal(incoming_check(&in, &limits, 100, 1000, NULL), 0);
    assert_int_equal(incoming_check(&in, &limits, 101, 1000, NULL), -ERR_URI_TOO_LONG);
    in.too_long = true; /* it was cut before it came here */
    assert_int_equal(incoming_check(&in, &limits, 10, 1000, NULL), -ERR_URI_TOO_LONG);
    in.too_long = false;
    assert_int_equal(incoming_check(&in, &limits, 100, 1001, NULL), -ERR_HEADERS_TOO_LARGE);
    in.headers = INCOMING_HEADERS_MOST + 1;
    assert_int_equal(incoming_check(&in, &limits, 100, 1000, NULL), -ERR_HEADERS_TOO_LARGE);
}

static void two_readings_of_a_length_are_refused(void **state) {
    (void)state;
    static const char form[] = "Content-Type: application/x-www-form-urlencoded\n";
    char headers[200];
    static const struct {
        const char *headers;
        int code;
    } cases[] = {
        {"Content-Length: 5", 0},
        {"Content-Length: 500", 0},
        {"Content-Length: 501", -ERR_TOO_LARGE},
        {"Content-Length: 99999999999999999999", -ERR_INVALID},
        {"Content-Length: 5\nContent-Length: 5", -ERR_INVALID},
        {"Content-Length: 5\nTransfer-Encoding: chunked", -ERR_INVALID},
        {"Transfer-Encoding: chunked", -ERR_INVALID},
        {"Transfer-Encoding:", -ERR_INVALID},
        {"Content-Length : 5", -ERR_INVALID},
        {"Content-Length: 5, 5", -ERR_INVALID},
        {"Content-Length: -1", -ERR_INVALID},
        {"Host: a\nHost: a", -ERR_INVALID},
        {"Host: a b", -ERR_INVALID},
        {"Host: a@b", -ERR_INVALID},
        {"(: x", -ERR_INVALID},
        {": x", -ERR_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(headers, sizeof headers, "%s%s", form, cases[i].headers);
        assert_int_equal(check("POST", headers), cases[i].code);
    }
    assert_int_equal(check("GET", "Content-Length: 0"), 0);
    assert_int_equal(check("GET", "Content-Length: 1"), -ERR_INVALID);
    struct incoming upload = with("POST", "Content-Type: multipart/form-data; boundary=x"),
                    filled = with("POST", "Content-Type: Application/X-WWW-Form-Urlencoded ; charset=x"),
                    bare = with("POST", "Content-Length: 5");
    assert_false(incoming_is_form(&upload));
    assert_true(incoming_is_form(&filled));
    assert_false(incoming_is_form(&bare));
}

static void what_the_carrier_saw_in_the_head_is_refused(void **state) {
    (void)state;
    struct err err = {0};
    struct incoming in = with("GET", "Host: a"), hostless = with("GET", "Accept: a");
    assert_int_equal(incoming_check(&hostless, &limits, 10, 100, NULL), 0); /* HTTP/1.0 */
    hostless.needs_host = in.needs_host = true;
    assert_int_equal(incoming_check(&in, &limits, 10, 100, NULL), 0);
    assert_int_equal(incoming_check(&hostless, &limits, 10, 100, &err), -ERR_INVALID);
    assert_string_equal(err.text, "The request does not say which host it is for.");
    in.bad_lines = true;
    assert_int_equal(incoming_check(&in, &limits, 10, 100, NULL), -ERR_INVALID);
    in.bad_lines = false;
    in.ill_address = true;
    assert_int_equal(incoming_check(&in, &limits, 10, 100, NULL), -ERR_INVALID);
}

static void a_form_is_forged_unless_it_shows_where_it_comes_from(void **state) {
    (void)state;
    static const struct {
        const char *headers;
        bool forged;
    } cases[] = {
        {"Sec-Fetch-Site: same-origin", false},
        {"Sec-Fetch-Site: same-origin\nOrigin: https://evil.example", false}, /* a browser's own word is enough */
        {"Sec-Fetch-Site: cross-site\nOrigin: https://www.example.org", true},
        {"Sec-Fetch-Site: same-site", true},
        {"Sec-Fetch-Site: none", true},
        {"Origin: https://www.example.org", false},
        {"Origin: http://WWW.example.org", false},
        {"Origin: https://www.example.org.evil.example", true},
        {"Origin: https://evil.example/www.example.org", true},
        {"Origin: null", true},
        {"Referer: https://www.example.org/reader?x", false},
        {"Referer: https://evil.example/", true},
        {"Cookie: reader=x", true},
        {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct incoming in = with("POST", cases[i].headers);
        in.host = STR("www.example.org");
        assert_int_equal(incoming_is_forged(&in), cases[i].forged);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_found_whatever_their_case),
        cmocka_unit_test(a_query_is_cut_into_names_and_values),
        cmocka_unit_test(limits_have_their_own_codes),
        cmocka_unit_test(two_readings_of_a_length_are_refused),
        cmocka_unit_test(what_the_carrier_saw_in_the_head_is_refused),
        cmocka_unit_test(a_form_is_forged_unless_it_shows_where_it_comes_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
