// SPDX-License-Identifier: Apache-2.0
#include "ledger/fetch.h"

#include "../unit.h"
#include "base/clock.h"
#include "base/file.h"
#include "little_server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const struct fetch_limits hasty = {.connect_ms = 2000, .stall_s = 1, .whole_s = 5, .tries = 3};

static void add_zipped(struct buf *to) {
    unsigned char zipped[256];
    static const char words[] = "the same words, the same words, the same words";
    z_stream z = {
        .next_in = (z_const Bytef *)words, .avail_in = sizeof words - 1, .next_out = zipped, .avail_out = 256};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    buf_printf(to, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n", z.total_out);
    buf_add(to, str_part((char *)zipped, z.total_out));
    (void)deflateEnd(&z);
}

/* What the test's server says at each address. */
static void answer(void *arg, const struct little_question *q, struct buf *to) {
    (void)arg;
    struct str path = q->path;
    if (str_is(path, "/ledger/checkpoint"))
        little_reply(to, 200, "text/plain; charset=utf-8",
                     str_find_nocase(q->head, STR("cache-control: no-cache"), 0) == SIZE_MAX ? STR("old")
                                                                                             : STR("fresh"));
    else if (str_is(path, "/ledger/large"))
        little_reply(to, 200, NULL, STR("0123456789"));
    else if (str_is(path, "/ledger/endless"))
        buf_add_z(to, "HTTP/1.1 200 OK\r\n\r\n0123456789"); /* its end never comes */
    else if (str_is(path, "/ledger/cut"))
        buf_add_z(to, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n0123456789");
    else if (str_is(path, "/ledger/twice-busy"))
        little_reply(to, q->number < 3 ? 503 : 200, NULL, STR("at last"));
    else if (str_is(path, "/ledger/broken"))
        little_reply(to, 500, NULL, STR("no"));
    else if (str_is(path, "/ledger/closed"))
        return;
    else if (str_is(path, "/ledger/moved"))
        buf_add_z(to, "HTTP/1.1 302 Found\r\nLocation: /ledger/large\r\nContent-Length: 0\r\n\r\n");
    else if (str_is(path, "/ledger/around"))
        buf_add_z(to, "HTTP/1.1 302 Found\r\nLocation: /ledger/around\r\nContent-Length: 0\r\n\r\n");
    else if (str_is(path, "/ledger/file"))
        buf_add_z(to, "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n");
    else if (str_is(path, "/ledger/garbage"))
        buf_add_z(to, "\001\002 neither HTTP nor anything\n\n");
    else if (str_is(path, "/ledger/gone"))
        little_reply(to, 410, "text/html",
                     str_find_nocase(q->head, STR("purpose: preview"), 0) == SIZE_MAX ? STR("?") : STR("withdrawn"));
    else if (str_is(path, "/ledger/zipped"))
        add_zipped(to);
    else if (str_is(path, "/ledger/echo"))
        little_reply(to, 409, "text/x.tlog.size; charset=utf-8", q->body);
    else
        little_reply(to, 404, "text/html", STR("<p>nothing"));
}

static struct little *server;
static struct fetch *f;

static int start(void **state) {
    (void)state;
    char where[128];
    server = little_start(answer, NULL);
    (void)snprintf(where, sizeof where, "%s/ledger/", little_url(server)); /* fits */
    return fetch_open(where, &hasty, &f, NULL);
}

static int stop(void **state) {
    (void)state;
    fetch_close(f);
    little_stop(server);
    return 0;
}

static void gives(const char *name, size_t most, int code, const char *expected) {
    BUF_LOCAL(b);
    struct err err = {0};
    buf_add_z(&b, ">");
    int got = fetch_get(f, name, 0, most, &b, &err);
    if (got != code)
        print_error("%s\n", err.text);
    assert_int_equal(got, code);
    assert_string_equal(b.p + 1, expected);
    assert_int_equal(err.code, code);
    if (code)
        assert_non_null(strstr(err.text, name));
}

static void a_resource_is_had_and_its_size_is_limited(void **state) {
    (void)state;
    gives("checkpoint", 3, 0, "old");
    gives("large", 10, 0, "0123456789");
    gives("large", 9, -ERR_TOO_LARGE, "");
    gives("missing", 100, -ERR_NOT_FOUND, "");
    gives("endless", 9, -ERR_TOO_LARGE, "");
    gives("zipped", 100, 0, "the same words, the same words, the same words");
    gives("zipped", 45, -ERR_TOO_LARGE, "");
}

static void caches_are_told_when_it_has_to_be_fresh(void **state) {
    (void)state;
    BUF_LOCAL(b);
    assert_int_equal(fetch_get(f, "checkpoint", FETCH_FRESH, 100, &b, NULL), 0);
    assert_string_equal(b.p, "fresh");
}

static void a_page_that_is_gone_is_had_when_it_is_asked_for_as_a_page(void **state) {
    (void)state;
    BUF_LOCAL(b);
    gives("gone", 100, -ERR_NOT_FOUND, "");
    assert_int_equal(fetch_get(f, "gone", FETCH_PAGE | FETCH_FRESH, 100, &b, NULL), 0);
    assert_string_equal(b.p, "withdrawn");
}

static void questions_of_one_thread_share_a_connection(void **state) {
    (void)state;
    for (int i = 0; i < 20; i++)
        gives("checkpoint", 3, 0, "old");
    assert_int_equal(little_connections(server), 1);
}

static void what_may_pass_is_asked_for_three_times(void **state) {
    (void)state;
    gives("twice-busy", 100, 0, "at last");
    unsigned before = little_questions(server);
    gives("broken", 100, -ERR_IO, "");
    assert_int_equal(little_questions(server) - before, 3);
    before = little_questions(server);
    gives("missing", 100, -ERR_NOT_FOUND, "");
    assert_int_equal(little_questions(server) - before, 1);
    gives("closed", 100, -ERR_IO, "");
    gives("cut", 100, -ERR_IO, "");
    gives("garbage", 100, -ERR_IO, "");
}

static void redirects_are_followed_three_times_and_only_on_the_web(void **state) {
    (void)state;
    gives("moved", 100, 0, "0123456789");
    unsigned before = little_questions(server);
    gives("around", 100, -ERR_IO, "");
    assert_int_equal(little_questions(server) - before, 4);
    gives("file", 100, -ERR_IO, "");
}

static void a_server_that_stalls_is_given_up(void **state) {
    (void)state;
    int64_t began = clock_ticks_us();
    gives("endless", 100, -ERR_IO, "");
    assert_in_range(clock_ticks_us() - began, CLOCK_SECOND_US / 2, 10 * CLOCK_SECOND_US);
}

static void *stop_soon(void *arg) {
    (void)usleep(100000);
    fetch_stop(arg);
    return NULL;
}

static void stopping_ends_what_is_under_way(void **state) {
    (void)state;
    struct fetch *g;
    pthread_t thread;
    BUF_LOCAL(b);
    char where[128];
    (void)snprintf(where, sizeof where, "%s/ledger", little_url(server)); /* fits */
    assert_int_equal(fetch_open(where, NULL, &g, NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, g), 0);
    int64_t began = clock_ticks_us();
    assert_int_equal(fetch_get(g, "endless", 0, 100, &b, NULL), -ERR_IO);
    assert_true(clock_ticks_us() - began < 5 * CLOCK_SECOND_US);
    assert_int_equal(fetch_get(g, "checkpoint", 0, 100, &b, NULL), -ERR_IO);
    assert_int_equal(pthread_join(thread, NULL), 0);
    fetch_close(g);
}

static void a_question_is_posted_and_every_answer_comes_back(void **state) {
    (void)state;
    struct fetch_answer a;
    assert_int_equal(fetch_post(f, "echo", "text/plain", STR("old 5\n"), 100, &a, NULL), 0);
    assert_int_equal(a.status, 409);
    assert_string_equal(a.type, "text/x.tlog.size");
    assert_string_equal(a.body.p, "old 5\n");
    buf_clear(&a.body);
    assert_int_equal(fetch_post(f, "elsewhere", "text/plain", STR("x"), 100, &a, NULL), 0);
    assert_int_equal(a.status, 404);
    buf_clear(&a.body);
    assert_int_equal(fetch_post(f, "echo", "text/plain", STR("0123456789"), 9, &a, NULL), -ERR_TOO_LARGE);
}

static void a_server_that_is_away_is_said_so(void **state) {
    (void)state;
    struct fetch *g;
    struct err err = {0};
    BUF_LOCAL(b);
    assert_int_equal(fetch_open("http://127.0.0.1:1/ledger", &hasty, &g, NULL), 0);
    assert_int_equal(fetch_get(g, "checkpoint", 0, 100, &b, &err), -ERR_IO);
    assert_non_null(strstr(err.text, "http://127.0.0.1:1/ledger/checkpoint: cannot be had"));
    fetch_close(g);
}

static void addresses_are_made_plain_and_wrong_ones_refused(void **state) {
    (void)state;
    struct fetch *g = NULL;
    assert_int_equal(fetch_open("HTTP://Example.ORG/a/../ledger//", NULL, &g, NULL), 0);
    assert_string_equal(fetch_place(g), "http://example.org/ledger");
    fetch_close(g);
    static const char *const wrong[] = {"http://",
                                        "http://me:secret@example.org/",
                                        "http://example.org/?a=b",
                                        "http://a b/",
                                        "http://example.org/#x",
                                        "ftp://example.org/",
                                        "/no/such/folder/",
                                        "/etc/hostname"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = {0};
        assert_true(fetch_open(wrong[i], NULL, &g, &err) < 0);
        assert_true(err.text[0]);
        assert_null(strstr(err.text, "secret"));
    }
}

static void a_folder_is_read_like_a_server(void **state) {
    (void)state;
    char folder[] = "/tmp/daylight-fetch-XXXXXX", path[64];
    struct fetch *g;
    BUF_LOCAL(b);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/tile", folder); /* fits */
    assert_int_equal(file_make_folder(path, NULL), 0);
    (void)snprintf(path, sizeof path, "%s/tile/000", folder); /* fits */
    assert_int_equal(file_write(path, STR("0123456789"), 0600, NULL), 0);
    (void)snprintf(path, sizeof path, "%s/", folder); /* fits */
    assert_int_equal(fetch_open(path, NULL, &g, NULL), 0);
    assert_true(fetch_is_folder(g));
    assert_string_equal(fetch_place(g), folder);
    assert_int_equal(fetch_get(g, "tile/000", FETCH_FRESH, 10, &b, NULL), 0);
    assert_int_equal(fetch_get(g, "tile/000", 0, 9, &b, NULL), -ERR_TOO_LARGE);
    assert_int_equal(fetch_get(g, "tile/001", 0, 9, &b, NULL), -ERR_NOT_FOUND);
    assert_string_equal(b.p, "0123456789");
    struct fetch_answer a;
    assert_int_equal(fetch_post(g, "x", "text/plain", STR("x"), 9, &a, NULL), -ERR_INVALID);
    fetch_close(g);
    assert_int_equal(file_remove_all(folder, NULL), 0);
}

int main(void) {
#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)
    const struct CMUnitTest tests[] = {
        SERVED(a_resource_is_had_and_its_size_is_limited),
        SERVED(caches_are_told_when_it_has_to_be_fresh),
        SERVED(a_page_that_is_gone_is_had_when_it_is_asked_for_as_a_page),
        SERVED(questions_of_one_thread_share_a_connection),
        SERVED(what_may_pass_is_asked_for_three_times),
        SERVED(redirects_are_followed_three_times_and_only_on_the_web),
        SERVED(a_server_that_stalls_is_given_up),
        SERVED(stopping_ends_what_is_under_way),
        SERVED(a_question_is_posted_and_every_answer_comes_back),
        cmocka_unit_test(a_server_that_is_away_is_said_so),
        cmocka_unit_test(addresses_are_made_plain_and_wrong_ones_refused),
        cmocka_unit_test(a_folder_is_read_like_a_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
