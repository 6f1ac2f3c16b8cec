// SPDX-License-Identifier: Apache-2.0
#include "ledger/witness.h"

#include "../store_fixture.h"
#include "base/clock.h"
#include "ledger/policy.h"
#include "ledger/witness_server.h"
#include "little_server.h"
#include "made_log.h"
#include "queries.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- an office with a log --- */

struct office {
    struct fixture *f;
    struct made_log log;
    struct tiles *tiles;
};

static int store_log(struct tx *tx, void *arg, struct err *reterr) {
    const struct office *o = arg;
    const struct made_log *m = &o->log;
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(note);
    struct hash empty = merkle_empty(), root = made_log_root(m, m->size);
    int64_t had = 0,
            rc = tx_run(tx, &Q_ledger_state_add, CELLS(cell_z(m->key.name), ledger_hash_cell(a, &empty)), reterr);
    struct ledger_state state;
    if (rc >= 0)
        rc = ledger_state(tx, a, &state, reterr);
    had = rc < 0 ? 0 : (int64_t)state.size;
    for (int64_t i = had; rc >= 0 && i < (int64_t)m->size; i++) {
        BUF_LOCAL(text);
        made_log_entry(m, (uint64_t)i, &text);
        rc = tx_run(tx, &Q_ledger_entry_add,
                    CELLS(cell_int(i), cell_text(arena_printf(a, "%032lld", (long long)i)), cell_text(buf_str(&text))),
                    reterr);
    }
    if (rc >= 0)
        rc = tx_run(tx, &Q_ledger_state_grow,
                    CELLS(cell_int(had), cell_int((int64_t)m->size), ledger_hash_cell(a, &root)), reterr);
    made_log_checkpoint(m, m->size, &note);
    if (rc >= 0)
        rc = tx_run(tx, &Q_ledger_state_publish,
                    CELLS(cell_int((int64_t)m->size), cell_int(clock_now_us()), cell_text(buf_str(&note))), reterr);
    return rc < 0 ? (int)rc : 0;
}

static void office_grow(struct office *o, uint64_t size) {
    struct err err = {0};
    made_log_grow(&o->log, size);
    if (store_write(o->f->store, store_log, o, &err))
        fail_msg("%s", err.text);
    tiles_forget(o->tiles);
}

static void office_open(struct office *o, struct fixture *f, uint64_t size) {
    *o = (struct office){.f = f};
    made_log_init(&o->log, "quay.example/ledger", 1);
    assert_int_equal(tiles_open(f->store, str_of(f->folder), &o->tiles, NULL), 0);
    office_grow(o, size);
}

static void office_close(struct office *o) {
    tiles_close(o->tiles);
    made_log_clear(&o->log);
}

/* --- a witness, with a store of its own, behind a web server --- */

struct other {
    struct fixture *f;
    struct witness_server *witness;
    struct little *server;
    char url[128];
    struct witness_peer peer;
    atomic_int away; /* answers 500 */
    atomic_int asked;
};

static void serve(void *arg, const struct little_question *q, struct buf *to) {
    struct other *o = arg;
    struct witness_answer a;
    atomic_fetch_add(&o->asked, 1);
    if (!str_is(q->path, "/witness/add-checkpoint") || atomic_load(&o->away)) {
        little_reply(to, atomic_load(&o->away) ? 500 : 404, NULL, STR("no\n"));
        return;
    }
    witness_server_add(o->witness, q->body, &a);
    little_reply(to, a.status, a.type, buf_str(&a.body));
    buf_clear(&a.body);
}

static void other_open(struct other *o, const struct made_log *log, const char *name) {
    memset(o, 0, sizeof *o);
    o->f = fixture_store("sqlite");
    assert_int_equal(witness_server_open(o->f->store, o->f->folder, str_of(name), &log->key, 1, &o->witness, NULL), 0);
    o->server = little_start(serve, o);
    (void)snprintf(o->url, sizeof o->url, "%s/witness", little_url(o->server)); /* fits */
    o->peer = (struct witness_peer){str_of(name), *witness_server_key(o->witness), o->url};
}

static void other_close(struct other *o) {
    little_stop(o->server);
    witness_server_close(o->witness);
    fixture_end(o->f);
}

/* --- what is seen of it --- */

struct seen {
    struct arena *arena;
    struct witness_seen *item;
    size_t n;
    struct ledger_state state;
    int64_t incidents;
    struct str incident;
};

static const struct query pending_texts = {"pending_texts", "SELECT text FROM ledger_pending ORDER BY ticket", NULL};

static int read_seen(struct tx *tx, void *arg, struct err *reterr) {
    struct seen *s = arg;
    ROWS_LOCAL(rows);
    int bad = witness_list(tx, s->arena, &s->item, &s->n, reterr);
    if (!bad)
        bad = ledger_state(tx, s->arena, &s->state, reterr);
    if (!bad)
        bad = tx_rows(tx, &pending_texts, CELLS_NONE, &rows, reterr);
    while (!bad && rows_next(rows, reterr) > 0) {
        s->incidents++;
        s->incident = arena_str(s->arena, rows_text(rows, 0));
    }
    return bad;
}

static struct seen look(struct fixture *f, struct arena *arena) {
    struct seen s = {.arena = arena};
    assert_int_equal(store_read(f->store, read_seen, &s, NULL), 0);
    return s;
}

/* How many cosignatures stand under the published checkpoint. */
static size_t cosigned(struct fixture *f, const struct other *others, size_t n) {
    ARENA_LOCAL(arena, 0);
    struct seen s = look(f, arena);
    struct note note;
    size_t found = 0;
    assert_int_equal(note_read(s.state.checkpoint, &note, NULL), 0);
    for (size_t i = 0; i < n; i++)
        found += note_check(&note, &others[i].peer.key, NULL, NULL) == 1;
    return found;
}

#define UNTIL(condition)                                                                                               \
    do {                                                                                                               \
        int64_t end_us = clock_ticks_us() + 20 * CLOCK_SECOND_US;                                                      \
        while (!(condition) && clock_ticks_us() < end_us)                                                              \
            (void)usleep(5000);                                                                                        \
        assert_true(condition);                                                                                        \
    } while (0)

static struct witnesses *start(struct office *o, const struct other *others, size_t n, struct witnesses_settings s) {
    static struct witness_peer peer[WITNESSES_MOST];
    struct witnesses *w;
    struct err err = {0};
    for (size_t i = 0; i < n; i++)
        peer[i] = others[i].peer;
    s.peer = peer;
    s.n = n;
    if (witnesses_start(o->f->store, o->tiles, &s, &w, &err))
        fail_msg("%s", err.text);
    return w;
}

static struct witnesses_settings hasty(void) {
    struct witnesses_settings s = witnesses_settings();
    s.interval_ms = 10;
    return s;
}

/* --- tests --- */

static void every_witness_cosigns_what_is_published(void **state) {
    struct office o;
    struct other w[3];
    office_open(&o, *state, 300);
    for (size_t i = 0; i < 3; i++)
        other_open(&w[i], &o.log, i == 0 ? "a.example/w" : i == 1 ? "b.example/w" : "c.example/w");
    struct witnesses *all = start(&o, w, 3, hasty());
    UNTIL(cosigned(o.f, w, 3) == 3);
    office_grow(&o, 301);
    assert_true(cosigned(o.f, w, 3) < 3); /* never under another text */
    UNTIL(cosigned(o.f, w, 3) == 3);
    office_grow(&o, 1000);
    UNTIL(cosigned(o.f, w, 3) == 3);
    ARENA_LOCAL(arena, 0);
    struct seen s = look(o.f, arena);
    assert_int_equal(s.n, 3);
    assert_true(str_is(s.item[0].name, "a.example/w"));
    assert_int_equal(s.item[0].size, 1000);
    assert_true(s.item[0].current);
    assert_in_range(s.item[0].at_s, s.item[0].since_s - 1, s.item[0].since_s + 60);
    assert_int_equal(s.item[0].failed_s, 0);
    witnesses_stop(all);
    for (size_t i = 0; i < 3; i++)
        other_close(&w[i]);
    office_close(&o);
}

static void what_a_witness_remembers_is_where_the_proof_begins(void **state) {
    struct office o;
    struct other w;
    office_open(&o, *state, 20);
    other_open(&w, &o.log, "a.example/w");
    struct witnesses *all = start(&o, &w, 1, hasty());
    UNTIL(cosigned(o.f, &w, 1) == 1);
    witnesses_stop(all);
    office_grow(&o, 40);
    /* forgotten here, as after a move: its 409 says where it stands */
    all = start(&o, &w, 0, hasty());
    witnesses_stop(all);
    ARENA_LOCAL(arena, 0);
    assert_int_equal(look(o.f, arena).n, 0);
    all = start(&o, &w, 1, hasty());
    UNTIL(cosigned(o.f, &w, 1) == 1);
    witnesses_stop(all);
    other_close(&w);
    office_close(&o);
}

static void an_unchanged_log_is_shown_again_for_a_fresh_time(void **state) {
    struct office o;
    struct other w;
    struct witnesses_settings s = hasty();
    office_open(&o, *state, 20);
    other_open(&w, &o.log, "a.example/w");
    struct witnesses *all = start(&o, &w, 1, s);
    UNTIL(cosigned(o.f, &w, 1) == 1);
    (void)usleep(200000);
    assert_int_equal(atomic_load(&w.asked), 1);
    witnesses_stop(all);
    s.refresh_s = 1;
    all = start(&o, &w, 1, s);
    UNTIL(atomic_load(&w.asked) >= 3); /* at the start, since it is not known how old it is, and a second later */
    assert_int_equal(cosigned(o.f, &w, 1), 1);
    witnesses_stop(all);
    other_close(&w);
    office_close(&o);
}

static void one_that_is_away_is_said_and_holds_up_no_other(void **state) {
    struct office o;
    struct other w[2];
    office_open(&o, *state, 20);
    other_open(&w[0], &o.log, "a.example/w");
    other_open(&w[1], &o.log, "b.example/w");
    atomic_store(&w[0].away, 1);
    struct witnesses *all = start(&o, w, 2, hasty());
    UNTIL(cosigned(o.f, w, 2) == 1);
    UNTIL(({
        ARENA_LOCAL(arena, 0);
        look(o.f, arena).item[0].failed_s > 0;
    }));
    {
        ARENA_LOCAL(arena, 0);
        struct seen s = look(o.f, arena);
        assert_true(str_starts(s.item[0].why, "it answers 500 to a checkpoint of 20 entries"));
        assert_int_equal(s.item[0].at_s, 0);
    }
    atomic_store(&w[0].away, 0);
    UNTIL(cosigned(o.f, w, 2) == 2);
    ARENA_LOCAL(arena, 0);
    assert_int_equal(look(o.f, arena).item[0].failed_s, 0);
    witnesses_stop(all);
    other_close(&w[0]);
    other_close(&w[1]);
    office_close(&o);
}

static void a_forked_log_gets_no_cosignature(void **state) {
    struct office o, fork;
    struct other w;
    struct fixture *second = fixture_store(((struct fixture *)*state)->engine);
    office_open(&o, *state, 50);
    other_open(&w, &o.log, "a.example/w");
    struct witnesses *all = start(&o, &w, 1, hasty());
    UNTIL(cosigned(o.f, &w, 1) == 1);
    witnesses_stop(all);
    /* the same office, with another history in its store */
    fork = (struct office){.f = second};
    made_log_init(&fork.log, "quay.example/ledger", 1);
    fork.log.seed = 5;
    fork.log.seed_from = 10;
    assert_int_equal(tiles_open(second->store, str_of(second->folder), &fork.tiles, NULL), 0);
    office_grow(&fork, 60);
    all = start(&fork, &w, 1, hasty());
    UNTIL(({
        ARENA_LOCAL(arena, 0);
        struct seen s = look(second, arena);
        s.n &&s.item[0].failed_s;
    }));
    {
        ARENA_LOCAL(arena, 0);
        struct seen s = look(second, arena);
        assert_non_null(strstr(s.item[0].why.p, "this log is not the one that it cosigned before (422)"));
    }
    assert_int_equal(cosigned(second, &w, 1), 0);
    witnesses_stop(all);
    /* and rolled back */
    struct fixture *third = fixture_store(second->engine);
    struct office old = {.f = third, .log = o.log};
    old.log.size = 30;
    assert_int_equal(tiles_open(third->store, str_of(third->folder), &old.tiles, NULL), 0);
    assert_int_equal(store_write(third->store, store_log, &old, NULL), 0);
    all = start(&old, &w, 1, hasty());
    UNTIL(({
        ARENA_LOCAL(arena, 0);
        struct seen s = look(third, arena);
        s.n &&s.item[0].failed_s &&strstr(s.item[0].why.p, "cosigned 50 entries of this log, and there are only 30");
    }));
    witnesses_stop(all);
    tiles_close(old.tiles);
    fixture_end(third);
    office_close(&fork);
    fixture_end(second);
    other_close(&w);
    office_close(&o);
}

/* Answers that are no cosignature of ours. */
static const char *wrong_answer;
static int wrong_status;
static void serve_wrong(void *arg, const struct little_question *q, struct buf *to) {
    (void)arg, (void)q;
    little_reply(to, wrong_status, wrong_status == 409 ? "text/x.tlog.size" : "text/plain", str_of(wrong_answer));
}

static void answers_that_are_none_are_not_kept(void **state) {
    static const struct {
        int status;
        const char *answer, *why;
    } wrong[] = {
        {200, "", "cosignature"},
        {200, "hello\n", ""},
        {200, "— a.example/w AAAA\n", ""},
        {200, "— b.example/w AAAAAAAAAAAA\n", "cosignature"},
        {403, "no\n", "(403)"},
        {404, "no\n", "(404)"},
        {409, "x\n", "409"},
        {409, "0\n", "409"},
        {409, "20\n", "not the one that it cosigned before (409)"},
        {409, "99\n", "only 20"},
        {422, "no\n", "(422)"},
        {302, "", "302"},
    };
    struct office o;
    office_open(&o, *state, 20);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct other w = {0};
        wrong_answer = wrong[i].answer;
        wrong_status = wrong[i].status;
        struct little *server = little_start(serve_wrong, NULL);
        w.peer = (struct witness_peer){
            STR("a.example/w"), {.name = "a.example/w", .type = NOTE_COSIGNATURE}, little_url(server)};
        assert_int_equal(vkey_make(w.peer.name, NOTE_COSIGNATURE, o.log.key.key, &w.peer.key, NULL), 0);
        struct witnesses *all = start(&o, &w, 1, hasty());
        UNTIL(({
            ARENA_LOCAL(arena, 0);
            struct seen s = look(o.f, arena);
            s.n &&s.item[0].failed_s &&strstr(s.item[0].why.p, wrong[i].why);
        }));
        assert_int_equal(cosigned(o.f, &w, 1), 0);
        witnesses_stop(all);
        all = start(&o, &w, 0, hasty()); /* forgets it */
        witnesses_stop(all);
        little_stop(server);
    }
    office_close(&o);
}

/* A witness whose signatures are good, and not what was asked for. */
struct liar {
    uint8_t secret[64];
    struct vkey key;
    bool other_text; /* else the time lies far ahead */
};

static void serve_lie(void *arg, const struct little_question *q, struct buf *to) {
    const struct liar *l = arg;
    BUF_LOCAL(answer);
    struct str checkpoint = str_from(q->body, str_find(q->body, STR("\n\n"), 0) + 2);
    size_t end = str_find(checkpoint, STR("\n\n"), 0) + 1;
    if (l->other_text) { /* what was sent, its signatures too, becomes the text */
        buf_add_char(&answer, '\n');
        note_sign(checkpoint, &l->key, l->secret, (uint64_t)(clock_now_us() / CLOCK_SECOND_US), &answer);
    } else {
        note_sign(str_first(checkpoint, end), &l->key, l->secret, INT64_MAX, &answer);
    }
    little_reply(to, 200, "text/plain", buf_str(&answer));
}

static void a_good_signature_of_another_text_or_of_the_far_future_is_not_kept(void **state) {
    struct office o;
    office_open(&o, *state, 20);
    for (int other_text = 0; other_text < 2; other_text++) {
        uint8_t seed[32] = {9}, public[32];
        struct liar liar = {.other_text = other_text != 0};
        struct other w = {0};
        (void)crypto_sign_seed_keypair(public, liar.secret, seed); /* always 0 */
        assert_int_equal(vkey_make(STR("a.example/w"), NOTE_COSIGNATURE, public, &liar.key, NULL), 0);
        struct little *server = little_start(serve_lie, &liar);
        w.peer = (struct witness_peer){STR("a.example/w"), liar.key, little_url(server)};
        struct witnesses *all = start(&o, &w, 1, hasty());
        UNTIL(little_questions(server) > 0 && ({
                  ARENA_LOCAL(arena, 0);
                  struct seen s = look(o.f, arena);
                  s.n && (s.item[0].failed_s || s.item[0].at_s);
              }));
        ARENA_LOCAL(arena, 0);
        struct seen s = look(o.f, arena);
        assert_int_equal(s.item[0].at_s, 0);
        assert_non_null(strstr(s.item[0].why.p, other_text ? "another text" : "time"));
        assert_null(strstr(s.state.checkpoint.p, "a.example/w"));
        witnesses_stop(all);
        all = start(&o, &w, 0, hasty()); /* forgets it */
        witnesses_stop(all);
        little_stop(server);
    }
    office_close(&o);
}

static void an_outage_is_one_entry_in_the_ledger(void **state) {
    struct office o;
    struct other w[2];
    struct witnesses_settings s = hasty();
    s.alarm_s = 1;
    s.quorum = 2;
    s.refresh_s = 1;
    office_open(&o, *state, 20);
    other_open(&w[0], &o.log, "a.example/w");
    other_open(&w[1], &o.log, "b.example/w");
    atomic_store(&w[1].away, 1);
    struct witnesses *all = start(&o, w, 2, s);
    UNTIL(({
        ARENA_LOCAL(arena, 0);
        look(o.f, arena).incidents > 0;
    }));
    (void)usleep(300000);
    witnesses_stop(all);
    all = start(&o, w, 2, s); /* a restart is no new outage */
    (void)usleep(500000);
    {
        ARENA_LOCAL(arena, 0);
        struct seen seen = look(o.f, arena);
        assert_int_equal(seen.incidents, 1);
        assert_non_null(strstr(seen.incident.p, "\nincident\n"));
        assert_non_null(strstr(seen.incident.p, "\ncode unwitnessed\n"));
        assert_null(strstr(seen.incident.p, "\ncommit -\n"));
    }
    witnesses_stop(all);
    other_close(&w[0]);
    other_close(&w[1]);
    office_close(&o);
}

static void who_follows_asks_nobody(void **state);
static bool never(void *arg) {
    (void)arg;
    return false;
}
static void who_follows_asks_nobody(void **state) {
    struct office o;
    struct other w;
    struct witnesses_settings s = hasty();
    s.leads = never;
    office_open(&o, *state, 20);
    other_open(&w, &o.log, "a.example/w");
    struct witnesses *all = start(&o, &w, 1, s);
    (void)usleep(100000);
    assert_int_equal(atomic_load(&w.asked), 0);
    witnesses_stop(all);
    other_close(&w);
    office_close(&o);
}

static void the_policy_names_all_and_wants_more_than_half(void **state) {
    (void)state;
    struct made_log log;
    struct witness_peer peer[3];
    struct policy p;
    BUF_LOCAL(text);
    made_log_init(&log, "quay.example/ledger", 1);
    witness_policy_write(&log.key, 1, "https://quay.example/ledger", NULL, 0, 0, &text);
    assert_int_equal(policy_read(buf_str(&text), &p, NULL), 0);
    assert_int_equal(p.quorum, -1);
    for (uint8_t i = 0; i < 3; i++) {
        uint8_t key[32] = {i};
        peer[i] = (struct witness_peer){.name = i == 0 ? STR("a") : i == 1 ? STR("b") : STR("c"), .url = "https://x/w"};
        assert_int_equal(vkey_make(STR("x/w"), NOTE_COSIGNATURE, key, &peer[i].key, NULL), 0);
    }
    for (unsigned quorum = 0; quorum <= 4; quorum++) {
        buf_reset(&text);
        witness_policy_write(&log.key, 1, "https://quay.example/ledger", peer, 3, quorum, &text);
        assert_int_equal(policy_read(buf_str(&text), &p, NULL), 0);
        assert_int_equal(p.witnesses, 3);
        assert_int_equal(p.group[0].need, quorum == 0 || quorum > 3 ? 2 : quorum);
    }
    made_log_clear(&log);
}

static void a_policy_that_changed_is_one_entry(void **state) {
    struct fixture *f = *state;
    bool entered = true;
    struct office o;
    office_open(&o, f, 3);
    assert_int_equal(witness_policy_keep(f->store, STR("quorum none\n"), false, &entered, NULL), 0);
    assert_false(entered);
    assert_int_equal(witness_policy_keep(f->store, STR("one\n"), true, &entered, NULL), 0);
    assert_true(entered);
    assert_int_equal(witness_policy_keep(f->store, STR("one\n"), true, &entered, NULL), 0);
    assert_false(entered);
    assert_int_equal(witness_policy_keep(f->store, STR("quorum none\n"), false, &entered, NULL), 0);
    assert_true(entered);
    ARENA_LOCAL(arena, 0);
    struct seen s = look(f, arena);
    assert_int_equal(s.incidents, 2); /* entries that wait */
    assert_non_null(strstr(s.incident.p, "\npolicy\n"));
    office_close(&o);
}

static void a_witness_is_a_name_a_key_and_an_address(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    BUF_LOCAL(key);
    BUF_LOCAL(line);
    struct vkey k;
    struct witness_peer p;
    uint8_t bytes[32] = {7};
    assert_int_equal(vkey_make(STR("mill.example/w"), NOTE_COSIGNATURE, bytes, &k, NULL), 0);
    vkey_write(&k, &key);
    buf_printf(&line, "  mill  %s   https://mill.example/witness ", key.p);
    assert_int_equal(witness_peer_read(buf_str(&line), arena, &p, NULL), 0);
    assert_true(str_is(p.name, "mill"));
    assert_string_equal(p.url, "https://mill.example/witness");
    assert_string_equal(p.key.name, "mill.example/w");
    BUF_LOCAL(chinese);
    buf_printf(&chinese, "磨坊 %s https://mill.example/witness", key.p);
    assert_int_equal(witness_peer_read(buf_str(&chinese), arena, &p, NULL), 0);
    assert_true(str_is(p.name, "磨坊"));
    assert_int_equal(witness_peer_read(buf_str(&line), arena, &p, NULL), 0);
    buf_reset(&key);
    k.type = NOTE_ED25519;
    vkey_write(&k, &key);
    const struct str wrong[] = {STR(""), STR("mill"), STR("mill https://mill.example/"),
                                arena_printf(arena, "mill %s https://mill.example/", key.p)};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(witness_peer_read(wrong[i], arena, &p, NULL), -ERR_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(every_witness_cosigns_what_is_published),
        ON_BOTH_ENGINES(what_a_witness_remembers_is_where_the_proof_begins),
        ON_BOTH_ENGINES(an_unchanged_log_is_shown_again_for_a_fresh_time),
        ON_ENGINE("sqlite", one_that_is_away_is_said_and_holds_up_no_other),
        ON_ENGINE("sqlite", a_forked_log_gets_no_cosignature),
        ON_ENGINE("sqlite", answers_that_are_none_are_not_kept),
        ON_ENGINE("sqlite", a_good_signature_of_another_text_or_of_the_far_future_is_not_kept),
        ON_BOTH_ENGINES(an_outage_is_one_entry_in_the_ledger),
        ON_ENGINE("sqlite", who_follows_asks_nobody),
        ON_BOTH_ENGINES(a_policy_that_changed_is_one_entry),
        cmocka_unit_test(the_policy_names_all_and_wants_more_than_half),
        cmocka_unit_test(a_witness_is_a_name_a_key_and_an_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
