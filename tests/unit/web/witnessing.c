// SPDX-License-Identifier: Apache-2.0
#include "web/witnessing.h"

#include "../ledger/made_log.h"
#include "ledger/witness_server.h"
#include "store_fixture.h"
#include "web/loopback.h"
#include "web/office.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct site site = {.origin = STR("https://mill.example"),
                                 .zone = "UTC",
                                 .languages = 1,
                                 .words = {{.language = "en", .name = STR("Mill Road")}}};

struct ground {
    struct arena *a;
    struct office *office;
    struct made_log log;
};

static void begin(struct ground *g, struct fixture *f, bool witness) {
    *g = (struct ground){.a = arena_new(0)};
    assert_int_equal(office_load(f->folder, &site, NULL, f->store, NULL, &g->office, NULL), 0);
    made_log_init(&g->log, "quay.example/ledger", 1);
    made_log_grow(&g->log, 10);
    if (witness)
        assert_int_equal(witness_server_open(f->store, f->folder, STR("mill.example/witness"), &g->log.key, 1,
                                             &g->office->witnessing, NULL),
                         0);
}

static void end(struct ground *g) {
    witness_server_close(g->office->witnessing);
    office_release(g->office);
    made_log_clear(&g->log);
    arena_free(g->a);
}

static struct loopback_answer ask(struct ground *g, const char *method, const char *target, struct str body) {
    struct loopback_answer answer;
    BUF_LOCAL(headers);
    buf_printf(&headers, "Host: mill.example\nContent-Type: text/plain\nContent-Length: %zu", body.n);
    (void)serve_loopback(NULL, g->office, g->a, method, target, headers.p, body, &answer); /* status is in it */
    return answer;
}

static struct loopback_answer add(struct ground *g, uint64_t old, uint64_t size) {
    BUF_LOCAL(note);
    BUF_LOCAL(body);
    made_log_checkpoint(&g->log, size, &note);
    struct witness_request r = {.old = old, .checkpoint = buf_str(&note)};
    witness_request_write(&r, &body);
    return ask(g, "POST", "/witness/add-checkpoint", buf_str(&body));
}

static struct str latest(struct ground *g) {
    uint8_t hash[32];
    char hex[65];
    (void)crypto_hash_sha256(hash, (const uint8_t *)g->log.key.name, strlen(g->log.key.name)); /* always 0 */
    return arena_printf(g->a, "/witness/%s/checkpoint", sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

static void a_checkpoint_is_cosigned_and_served(void **state) {
    struct ground g;
    struct note n;
    begin(&g, *state, true);
    assert_int_equal(ask(&g, "GET", latest(&g).p, STR_NONE).status, 404);
    struct loopback_answer a = add(&g, 0, 10);
    assert_int_equal(a.status, 200);
    assert_true(str_starts(a.body, "— mill.example/witness "));
    assert_true(str_is(a.content_type, "text/plain; charset=utf-8"));
    assert_true(str_is(a.cache_control, "no-store"));
    a = ask(&g, "GET", latest(&g).p, STR_NONE);
    assert_int_equal(a.status, 200);
    assert_int_equal(note_read(a.body, &n, NULL), 0);
    assert_int_equal(note_check(&n, &g.log.key, NULL, NULL), 1);
    assert_int_equal(note_check(&n, witness_server_key(g.office->witnessing), NULL, NULL), 1);
    assert_true(str_find(a.headers, STR("Access-Control-Allow-Origin: *"), 0) != SIZE_MAX);
    end(&g);
}

static void refusals_are_those_of_the_specification(void **state) {
    struct ground g;
    begin(&g, *state, true);
    struct loopback_answer a = ask(&g, "POST", "/witness/add-checkpoint", STR("hello"));
    assert_int_equal(a.status, 400);
    assert_true(str_is(a.content_type, "text/plain; charset=utf-8"));
    assert_int_equal(ask(&g, "POST", "/witness/add-checkpoint", STR_NONE).status, 400);
    assert_int_equal(add(&g, 0, 10).status, 200);
    a = add(&g, 0, 10);
    assert_int_equal(a.status, 409);
    assert_true(str_is(a.content_type, "text/x.tlog.size"));
    assert_true(str_is(a.body, "10\n"));
    assert_int_equal(add(&g, 11, 10).status, 400);
    assert_int_equal(ask(&g, "GET", "/witness/add-checkpoint", STR_NONE).status, 405);
    assert_int_equal(ask(&g, "GET", "/witness/HELLO/checkpoint", STR_NONE).status, 404);
    end(&g);
}

static void its_key_is_one_line(void **state) {
    struct ground g;
    struct vkey k;
    begin(&g, *state, true);
    struct loopback_answer a = ask(&g, "GET", "/witness/vkey", STR_NONE);
    assert_int_equal(a.status, 200);
    assert_int_equal(vkey_read(str_trim(a.body), &k, NULL), 0);
    assert_int_equal(k.type, NOTE_COSIGNATURE);
    end(&g);
}

static void an_office_that_is_no_witness_has_nothing_there(void **state) {
    struct ground g;
    begin(&g, *state, false);
    assert_int_equal(add(&g, 0, 10).status, 404);
    assert_int_equal(ask(&g, "GET", "/witness/vkey", STR_NONE).status, 404);
    assert_int_equal(ask(&g, "GET", latest(&g).p, STR_NONE).status, 404);
    end(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_checkpoint_is_cosigned_and_served),
        ON_ENGINE("sqlite", refusals_are_those_of_the_specification),
        ON_ENGINE("sqlite", its_key_is_one_line),
        ON_ENGINE("sqlite", an_office_that_is_no_witness_has_nothing_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
