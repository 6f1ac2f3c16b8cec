// SPDX-License-Identifier: Apache-2.0
#include "ledger/witness_server.h"

#include "../store_fixture.h"
#include "base/clock.h"
#include "base/file.h"
#include "made_log.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct made_log made; /* the log; `size` is as far as it can be asked about */

static int make(void **state) {
    (void)state;
    made_log_init(&made, "quay.example/ledger", 1);
    made_log_grow(&made, 600);
    return 0;
}

static int clear(void **state) {
    (void)state;
    made_log_clear(&made);
    return 0;
}

static struct witness_server *open_server(struct fixture *f) {
    struct witness_server *w;
    struct err err = {0};
    int bad = witness_server_open(f->store, f->folder, STR("mill.example/witness"), &made.key, 1, &w, &err);
    if (bad)
        fail_msg("%s", err.text);
    return w;
}

static int hash_at(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)reterr;
    const struct made_log *m = arg;
    *ret = m->leaf[index << level];
    if (level) {
        struct hash left, right;
        assert_int_equal(hash_at(arg, level - 1, 2 * index, &left, NULL), 0);
        assert_int_equal(hash_at(arg, level - 1, 2 * index + 1, &right, NULL), 0);
        *ret = merkle_node(&left, &right);
    }
    return 0;
}

/* From one size to another of this log. */
static void request(const struct made_log *m, uint64_t old, uint64_t size, struct buf *to) {
    BUF_LOCAL(note);
    struct witness_request r = {.old = old};
    made_log_checkpoint(m, size, &note);
    if (old <= size)
        assert_int_equal(merkle_prove_consistency(old, size, hash_at, (void *)m, &r.proof, NULL), 0);
    r.checkpoint = buf_str(&note);
    witness_request_write(&r, to);
}

static void answers(struct witness_server *w, const struct buf *text, int status, const char *body) {
    struct witness_answer a;
    witness_server_add(w, buf_str(text), &a);
    if (a.status != status)
        fail_msg("%d instead of %d: %s", a.status, status, a.body.p);
    if (body)
        assert_string_equal(a.body.p, body);
    bool size = status == 409 && body && body[0] >= '0' && body[0] <= '9';
    assert_string_equal(a.type, size ? "text/x.tlog.size" : "text/plain; charset=utf-8");
    buf_clear(&a.body);
}

static void asked(struct witness_server *w, const struct made_log *m, uint64_t old, uint64_t size, int status,
                  const char *body) {
    BUF_LOCAL(text);
    request(m, old, size, &text);
    answers(w, &text, status, body);
}

struct latest {
    struct arena *arena;
    struct str note;
};
static int read_latest(struct tx *tx, void *arg, struct err *reterr) {
    struct latest *l = arg;
    uint8_t hash[32];
    char hex[65];
    (void)crypto_hash_sha256(hash, (const uint8_t *)made.key.name, strlen(made.key.name)); /* always 0 */
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return witness_server_latest(tx, l->arena, str_of(hex), &l->note, reterr);
}

/* What is served is of this size and signed by both. */
static void serves(struct fixture *f, struct witness_server *w, uint64_t size) {
    ARENA_LOCAL(arena, 0);
    struct latest l = {arena, STR_NONE};
    struct note n;
    struct checkpoint c;
    uint64_t at_s = 0;
    assert_int_equal(store_read(f->store, read_latest, &l, NULL), 0);
    assert_int_equal(note_read(l.note, &n, NULL), 0);
    assert_int_equal(checkpoint_read(n.text, &c, NULL), 0);
    assert_int_equal(c.size, size);
    assert_int_equal(note_check(&n, &made.key, NULL, NULL), 1);
    assert_int_equal(note_check(&n, witness_server_key(w), &at_s, NULL), 1);
    assert_in_range(at_s, 1, UINT32_MAX);
}

static void a_growing_log_is_cosigned(void **state) {
    struct fixture *f = *state;
    struct witness_server *w = open_server(f);
    ARENA_LOCAL(arena, 0);
    struct latest l = {arena, STR_NONE};
    assert_int_equal(store_read(f->store, read_latest, &l, NULL), -ERR_NOT_FOUND);
    static const uint64_t sizes[] = {0, 0, 1, 7, 8, 8, 200, 256, 600};
    for (size_t i = 1; i < sizeof sizes / sizeof *sizes; i++) {
        asked(w, &made, sizes[i - 1], sizes[i], 200, NULL);
        serves(f, w, sizes[i]);
    }
    witness_server_close(w);
    w = open_server(f); /* the same key, and it remembers */
    asked(w, &made, 0, 600, 409, "600\n");
    asked(w, &made, 600, 600, 200, NULL);
    witness_server_close(w);
}

static void the_answer_is_its_own_cosignature_alone(void **state) {
    struct fixture *f = *state;
    struct witness_server *w = open_server(f);
    struct witness_answer a;
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    struct note n;
    uint64_t at_s;
    clock_set(1790000000 * CLOCK_SECOND_US);
    request(&made, 0, 5, &text);
    witness_server_add(w, buf_str(&text), &a);
    assert_int_equal(a.status, 200);
    made_log_checkpoint(&made, 5, &note);
    buf_add(&note, buf_str(&a.body)); /* as a log does it */
    assert_int_equal(note_read(buf_str(&note), &n, NULL), 0);
    assert_int_equal(n.n, 2);
    assert_int_equal(note_check(&n, witness_server_key(w), &at_s, NULL), 1);
    assert_int_equal(at_s, 1790000000);
    assert_string_equal(witness_server_key(w)->name, "mill.example/witness");
    buf_clear(&a.body);
    clock_set(1780000000 * CLOCK_SECOND_US); /* its time never goes back */
    asked(w, &made, 5, 6, 200, NULL);
    clock_set(0);
    ARENA_LOCAL(arena, 0);
    struct latest l = {arena, STR_NONE};
    assert_int_equal(store_read(f->store, read_latest, &l, NULL), 0);
    assert_int_equal(note_read(l.note, &n, NULL), 0);
    assert_int_equal(note_check(&n, witness_server_key(w), &at_s, NULL), 1);
    assert_int_equal(at_s, 1790000000);
    witness_server_close(w);
}

static void each_refusal_has_its_status(void **state) {
    struct fixture *f = *state;
    struct witness_server *w = open_server(f);
    struct made_log stranger, other;
    BUF_LOCAL(text);
    made_log_init(&stranger, "elsewhere.example/ledger", 3);
    made_log_grow(&stranger, 10);
    made_log_init(&other, "quay.example/ledger", 2);
    made_log_grow(&other, 10);
    buf_add_z(&text, "hello");
    answers(w, &text, 400, NULL);
    buf_reset(&text);
    buf_add_z(&text, "old 0\n\nquay.example/ledger\n3\n");
    answers(w, &text, 400, NULL);
    asked(w, &stranger, 0, 10, 404, NULL);
    asked(w, &other, 0, 10, 403, NULL);
    asked(w, &made, 10, 5, 400, NULL);
    asked(w, &made, 5, 10, 409, "0\n");
    asked(w, &made, 0, 10, 200, NULL);
    asked(w, &made, 0, 10, 409, "10\n");
    asked(w, &made, 5, 20, 409, "10\n");
    buf_reset(&text);
    request(&made, 10, 20, &text);
    text.p[7] = text.p[7] == 'A' ? 'B' : 'A'; /* in the proof */
    answers(w, &text, 422, NULL);
    buf_reset(&text);
    request(&made, 10, 20, &text);
    text.p[text.n - 10] = text.p[text.n - 10] == 'A' ? 'B' : 'A'; /* in the signature */
    answers(w, &text, 403, NULL);
    serves(f, w, 10);
    made_log_clear(&stranger);
    made_log_clear(&other);
    witness_server_close(w);
}

static void a_proof_where_none_belongs_is_refused(void **state) {
    struct fixture *f = *state;
    struct witness_server *w = open_server(f);
    BUF_LOCAL(note);
    BUF_LOCAL(text);
    made_log_checkpoint(&made, 10, &note);
    struct witness_request r = {.proof.n = 1, .checkpoint = buf_str(&note)};
    witness_request_write(&r, &text);
    answers(w, &text, 422, NULL);
    asked(w, &made, 0, 10, 200, NULL);
    buf_reset(&text);
    r.old = 10;
    witness_request_write(&r, &text);
    answers(w, &text, 422, NULL);
    witness_server_close(w);
}

static void an_empty_tree_has_the_empty_root(void **state) {
    struct fixture *f = *state;
    struct witness_server *w = open_server(f);
    BUF_LOCAL(body);
    BUF_LOCAL(note);
    BUF_LOCAL(text);
    struct checkpoint c = {str_of(made.key.name), 0, made_log_root(&made, 3)};
    checkpoint_write(&c, &body);
    buf_add(&note, buf_str(&body));
    buf_add_char(&note, '\n');
    note_sign(buf_str(&body), &made.key, made.secret, 0, &note);
    struct witness_request r = {.checkpoint = buf_str(&note)};
    witness_request_write(&r, &text);
    answers(w, &text, 422, NULL);
    witness_server_close(w);
}

struct listing {
    struct arena *arena;
    struct witnessed *log;
    size_t n;
    struct str pair[2];
};
static int read_listing(struct tx *tx, void *arg, struct err *reterr) {
    struct listing *l = arg;
    int bad = witness_server_list(tx, l->arena, &l->log, &l->n, reterr);
    if (!bad && l->n && l->log[0].forks)
        bad = witness_server_fork(tx, l->arena, l->log[0].origin, 0, l->pair, reterr);
    return bad;
}

static void a_fork_is_refused_and_both_checkpoints_are_kept(void **state) {
    struct fixture *f = *state;
    struct witness_server *w = open_server(f);
    struct made_log fork;
    struct note a, b;
    struct checkpoint ours, theirs;
    made_log_init(&fork, "quay.example/ledger", 1);
    fork.seed = 9;
    fork.seed_from = 50;
    made_log_grow(&fork, 300);
    asked(w, &made, 0, 80, 200, NULL);
    asked(w, &made, 80, 100, 200, NULL);
    asked(w, &fork, 100, 100, 409, "another tree of the same size was cosigned before\n");
    asked(w, &fork, 100, 200, 422, NULL);
    asked(w, &fork, 0, 80, 409, "100\n");
    asked(w, &fork, 0, 40, 409, "100\n"); /* was never cosigned, and is the same tree anyway */
    serves(f, w, 100);
    ARENA_LOCAL(arena, 0);
    struct listing l = {.arena = arena};
    assert_int_equal(store_read(f->store, read_listing, &l, NULL), 0);
    assert_int_equal(l.n, 1);
    assert_int_equal(l.log[0].size, 100);
    assert_int_equal(l.log[0].forks, 2);
    assert_int_equal(note_read(l.pair[0], &a, NULL), 0);
    assert_int_equal(note_read(l.pair[1], &b, NULL), 0);
    assert_int_equal(note_check(&a, &made.key, NULL, NULL), 1);
    assert_int_equal(note_check(&b, &made.key, NULL, NULL), 1);
    assert_int_equal(checkpoint_read(a.text, &ours, NULL), 0);
    assert_int_equal(checkpoint_read(b.text, &theirs, NULL), 0);
    assert_int_equal(ours.size, theirs.size);
    assert_false(hash_same(&ours.root, &theirs.root));
    made_log_clear(&fork);
    witness_server_close(w);
}

/* Both of a pair of requests at once would be right by themselves. */
struct racing {
    struct witness_server *w;
    uint64_t size;
    int status;
};
static void *race(void *arg) {
    struct racing *r = arg;
    struct witness_answer a;
    BUF_LOCAL(text);
    request(&made, 10, r->size, &text);
    witness_server_add(r->w, buf_str(&text), &a);
    r->status = a.status;
    buf_clear(&a.body);
    return NULL;
}

static void of_requests_at_once_one_is_taken(void **state) {
    struct fixture *f = *state;
    struct witness_server *w = open_server(f);
    struct racing r[8];
    pthread_t thread[8];
    int taken = 0;
    asked(w, &made, 0, 10, 200, NULL);
    for (size_t i = 0; i < 8; i++) {
        r[i] = (struct racing){w, 100 + i, 0};
        assert_int_equal(pthread_create(&thread[i], NULL, race, &r[i]), 0);
    }
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_true(r[i].status == 200 || r[i].status == 409);
        if (r[i].status == 200) {
            taken++;
            serves(f, w, r[i].size);
        }
    }
    assert_int_equal(taken, 1);
    witness_server_close(w);
}

static void its_key_is_private_and_no_logs(void **state) {
    struct fixture *f = *state;
    struct witness_server *w = open_server(f), *again;
    struct err err = {0};
    struct stat st;
    BUF_LOCAL(path);
    struct vkey log = *witness_server_key(w);
    file_join(&path, f->folder, "keys/witness.key");
    assert_int_equal(stat(path.p, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    log.type = NOTE_ED25519;
    assert_int_equal(witness_server_open(f->store, f->folder, STR("mill.example/witness"), &log, 1, &again, &err),
                     -ERR_CONFLICT);
    assert_int_equal(file_write(path.p, STR("secret AAAA\n"), 0600, NULL), 0);
    assert_int_equal(witness_server_open(f->store, f->folder, STR("mill.example/witness"), NULL, 0, &again, &err),
                     -ERR_INVALID);
    assert_null(strstr(err.text, "AAAA"));
    witness_server_close(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_growing_log_is_cosigned),
        ON_BOTH_ENGINES(the_answer_is_its_own_cosignature_alone),
        ON_BOTH_ENGINES(each_refusal_has_its_status),
        ON_BOTH_ENGINES(a_proof_where_none_belongs_is_refused),
        ON_BOTH_ENGINES(an_empty_tree_has_the_empty_root),
        ON_BOTH_ENGINES(a_fork_is_refused_and_both_checkpoints_are_kept),
        ON_BOTH_ENGINES(of_requests_at_once_one_is_taken),
        ON_ENGINE("sqlite", its_key_is_private_and_no_logs),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
