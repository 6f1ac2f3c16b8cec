// SPDX-License-Identifier: Apache-2.0
#include "ledger/mirror.h"

#include "../unit.h"
#include "base/file.h"
#include "little_server.h"
#include "made_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static struct made_log made;
static char copy[64];
static struct fetch *from;
static struct mirror_found found;
static struct err err;

static int make(void **state) {
    (void)state;
    made_log_init(&made, "quay.example/ledger", 1);
    (void)snprintf(copy, sizeof copy, "%s", "/tmp/daylight-copy-XXXXXX"); /* fits */
    assert_non_null(mkdtemp(copy));
    return fetch_open(made.folder, NULL, &from, NULL);
}

static int clear(void **state) {
    (void)state;
    fetch_close(from);
    made_log_clear(&made);
    return file_remove_all(copy, NULL);
}

static int run_from(struct fetch *f) {
    struct mirror want = {.from = f, .folder = copy};
    err = (struct err){0};
    return mirror(&want, &found, &err);
}

static void copied_to(uint64_t size) {
    if (run_from(from))
        fail_msg("%s", err.text);
    assert_int_equal(found.size, size);
}

static void path_in_copy(const char *name, char ret[128]) {
    (void)snprintf(ret, 128, "%s/%s", copy, name); /* fits */
}

static bool in_copy(const char *name) {
    char path[128];
    path_in_copy(name, path);
    return file_exists(path);
}

/* Followed by itself, the copy is the log of this size. */
static void copy_is_sound(uint64_t size) {
    struct fetch *f;
    struct follow_found whole;
    BUF_LOCAL(note);
    TRUST_LOCAL(t);
    struct follow want = {0};
    assert_int_equal(fetch_open(copy, NULL, &f, NULL), 0);
    want.from = f;
    assert_int_equal(fetch_get(f, "checkpoint", 0, CHECKPOINT_MOST, &note, NULL), 0);
    assert_int_equal(trust_add(&t, &made.key, NULL), 0);
    assert_int_equal(trust_check(&t, buf_str(&note), &want.checkpoint, NULL, NULL), 0);
    assert_int_equal(want.checkpoint.size, size);
    assert_int_equal(follow(&want, &whole, NULL), 0);
    assert_int_equal(whole.entries, size);
    assert_false(in_copy(".new"));
    fetch_close(f);
}

static void each_run_fetches_what_is_new(void **state) {
    (void)state;
    static const uint64_t sizes[] = {0, 1, 200, 256, 700, 700, 1024, 66000};
    uint64_t before = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        made_log_grow(&made, sizes[i]);
        copied_to(sizes[i]);
        assert_int_equal(found.before, before);
        assert_int_equal(found.first, i == 0);
        assert_int_equal(found.follow.entries, sizes[i] - (before & ~UINT64_C(255)));
        copy_is_sound(sizes[i]);
        before = sizes[i];
    }
    assert_true(in_copy("tile/0/000"));
    assert_false(in_copy("tile/0/000.p"));
    assert_true(in_copy("vkey"));
}

static void what_is_refuted_is_not_kept(void **state) {
    (void)state;
    made_log_grow(&made, 300);
    copied_to(300);
    made_log_grow(&made, 900);
    made_log_flip(&made, "tile/entries/002", -1);
    assert_int_equal(run_from(from), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "entry 767 was changed"));
    copy_is_sound(300);
    made.size = 0;
    made_log_grow(&made, 900);
    copied_to(900);
    copy_is_sound(900);
}

static void a_fork_of_the_copy_is_refuted(void **state) {
    (void)state;
    made_log_grow(&made, 300);
    copied_to(300);
    made.seed = 7;
    made.seed_from = 100;
    made.size = 0;
    made_log_grow(&made, 900);
    assert_int_equal(run_from(from), -ERR_FORBIDDEN);
    assert_true(found.follow.forked);
    made_log_grow(&made, 200);
    assert_int_equal(run_from(from), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "rolled back"));
    made.seed_from = 1000;
    made.size = 0;
    made_log_grow(&made, 300);
    copy_is_sound(300);
}

static void another_key_is_refuted(void **state) {
    (void)state;
    struct made_log other;
    struct fetch *f;
    made_log_grow(&made, 300);
    copied_to(300);
    made_log_init(&other, "quay.example/ledger", 2);
    made_log_grow(&other, 300);
    assert_int_equal(fetch_open(other.folder, NULL, &f, NULL), 0);
    assert_int_equal(run_from(f), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "not signed by a key that is trusted"));
    fetch_close(f);
    made_log_clear(&other);
    copy_is_sound(300);
}

/* Gives up after so many answers. */
static unsigned answers_left;
static void serve(void *arg, const struct little_question *q, struct buf *to) {
    (void)arg;
    BUF_LOCAL(body);
    BUF_LOCAL(path);
    buf_printf(&path, "%s%.*s", made.folder, STR_FMT(q->path));
    if (!answers_left || file_read(path.p, 1 << 26, &body, NULL))
        little_reply(to, 404, NULL, STR("not there"));
    else
        little_reply(to, 200, NULL, buf_str(&body));
    answers_left -= answers_left > 0;
}

static void an_interrupted_run_is_gone_on_with(void **state) {
    (void)state;
    struct little *server = little_start(serve, NULL);
    struct mirror want = {.folder = copy, .threads = 1};
    assert_int_equal(fetch_open(little_url(server), NULL, &want.from, NULL), 0);
    made_log_grow(&made, 2560);
    answers_left = 11; /* vkey, checkpoint, the first bundle twice, then four with their tiles but one */
    assert_int_equal(mirror(&want, &found, &err), -ERR_NOT_FOUND);
    assert_true(in_copy(".new/tile/entries/003"));
    assert_false(in_copy("tile"));
    assert_false(in_copy("checkpoint"));
    char path[128];
    path_in_copy(".new/tile/entries/001", path); /* a crash had cut it */
    assert_int_equal(truncate(path, 100), 0);
    answers_left = 1000;
    assert_int_equal(mirror(&want, &found, &err), 0);
    copy_is_sound(2560);
    fetch_close(want.from);
    little_stop(server);
}

static void a_damaged_copy_is_made_anew(void **state) {
    (void)state;
    BUF_LOCAL(bytes);
    char path[128];
    made_log_grow(&made, 66000);
    copied_to(66000);
    path_in_copy("tile/1/000", path);
    assert_int_equal(file_read(path, 10000, &bytes, NULL), 0);
    bytes.p[5] ^= 1;
    assert_int_equal(file_write(path, buf_str(&bytes), 0644, NULL), 0);
    made_log_grow(&made, 66001);
    copied_to(66001);
    assert_true(found.mended);
    copy_is_sound(66001);
}

static void one_run_at_a_time(void **state) {
    (void)state;
    char path[128];
    path_in_copy(".lock", path);
    made_log_grow(&made, 3);
    copied_to(3);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(flock(fileno(f), LOCK_EX), 0);
    assert_int_equal(run_from(from), -ERR_CONFLICT);
    (void)fclose(f);
    copied_to(3);
}

int main(void) {
#define FRESH(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        FRESH(each_run_fetches_what_is_new),
        FRESH(what_is_refuted_is_not_kept),
        FRESH(a_fork_of_the_copy_is_refuted),
        FRESH(another_key_is_refuted),
        FRESH(an_interrupted_run_is_gone_on_with),
        FRESH(a_damaged_copy_is_made_anew),
        FRESH(one_run_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
