// SPDX-License-Identifier: Apache-2.0
/* With the real signer: this program is its own "daylight signer". */
#include "ledger/sequencer.h"

#include "base/clock.h"
#include "base/file.h"
#include "flip.h"
#include "ledger/keys.h"
#include "ledger/note.h"
#include "ledger/signer.h"
#include "queries.h"
#include "store/fault.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, SHORT_MS = 300 };
#define ORIGIN STR("example.org/ledger")

static void must(int rc, const struct err *e) {
    if (rc != 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

/* --- an office with a ledger --- */

static void must_found(struct fixture *f) {
    struct err e = {0};
    char keys[100];
    (void)snprintf(keys, sizeof keys, "%s/keys", f->folder);
    must(file_make_folder(keys, &e), &e);
    must(ledger_found(f->store, str_of(f->folder), ORIGIN, &e), &e);
}

static struct ledger *must_open(struct fixture *f) {
    struct err e = {0};
    struct ledger *l = NULL;
    must(ledger_open(f->store, str_of(f->folder), "/proc/self/exe", &l, &e), &e);
    return l;
}

static struct ledger *found_and_open(struct fixture *f) {
    must_found(f);
    struct ledger *l = must_open(f);
    struct err e = {0};
    must(ledger_why(l, &e), &e);
    return l;
}

struct act {
    int n;             /* entries, each about the one before it */
    const char *about; /* the first one's reference */
    char first[LEDGER_TICKET], last[LEDGER_TICKET];
};

static int run_act(struct tx *tx, void *arg, struct err *reterr) {
    struct act *x = arg;
    int rc = 0;
    for (int i = 0; rc == 0 && i < x->n; i++) {
        struct entry e = {.type = ENTRY_PUBLISH, .day = 20000 + i % 2, .unit = "harbour", .ref = -1, .committed = true};
        e.commit.b[0] = (uint8_t)i;
        char before[LEDGER_TICKET];
        memcpy(before, x->last, sizeof before);
        rc = ledger_append(tx, &e, i ? before : x->about, x->last, reterr);
        if (i == 0)
            memcpy(x->first, x->last, sizeof x->first);
    }
    return rc;
}

static int act(struct store *s, struct ledger *l, struct act *x, int64_t *ret_index, struct err *e) {
    int rc = store_write(s, run_act, x, e);
    return rc == 0 ? ledger_settle(l, x->last, PATIENCE_MS, ret_index, e) : rc;
}

static int64_t must_act(struct fixture *f, struct ledger *l, int n) {
    struct act x = {.n = n};
    struct err e = {0};
    int64_t index = -1;
    must(act(f->store, l, &x, &index, &e), &e);
    return index;
}

/* A store knows a statement again by its address: none is used twice. */
static struct statement {
    char text[600];
    struct query query;
} statements[64];
static size_t statements_n;

static int run_sql(struct tx *tx, void *arg, struct err *reterr) {
    int64_t n = tx_run(tx, &((struct statement *)arg)->query, CELLS_NONE, reterr);
    return n < 0 ? (int)n : 0;
}

static void must_sql(struct fixture *f, const char *sql) {
    struct err e = {0};
    assert_true(statements_n < sizeof statements / sizeof *statements);
    struct statement *s = &statements[statements_n++];
    (void)snprintf(s->text, sizeof s->text, "%s", sql);
    s->query = (struct query){"by the test", s->text, NULL};
    must(store_write(f->store, run_sql, s, &e), &e);
}

struct seen {
    struct arena *a;
    struct tx *tx;
    struct ledger_state state;
};

static struct seen look(struct fixture *f) {
    struct seen s = {.a = arena_new(0)};
    struct err e = {0};
    must(store_begin_read(f->store, &s.tx, &e), &e);
    must(ledger_state(s.tx, s.a, &s.state, &e), &e);
    return s;
}

static void forget(struct seen *s) {
    store_end_read(s->tx);
    arena_free(s->a);
}

/* Everything again from the store alone: entries, root, checkpoint, signature, counts, nothing waits. */
static void assert_sound(struct fixture *f, uint64_t size) {
    struct err e = {0};
    struct seen s = look(f);
    assert_int_equal(s.state.size, size);
    assert_int_equal(s.state.signed_size, size);
    struct str *text;
    size_t n;
    must(ledger_entries(s.tx, s.a, 0, size + 1, &text, &n, &e), &e);
    assert_int_equal(n, size);
    struct merkle_edge edge = {0};
    for (size_t i = 0; i < n; i++) {
        struct hash leaf = merkle_leaf(text[i].p, text[i].n);
        merkle_edge_add(&edge, &leaf);
    }
    struct hash root = merkle_edge_root(&edge);
    assert_memory_equal(&root, &s.state.root, sizeof root);
    struct note note;
    struct checkpoint c;
    struct keys keys;
    must(note_read(s.state.checkpoint, &note, &e), &e);
    must(checkpoint_read(note.text, &c, &e), &e);
    must(keys_read(str_of(f->folder), &keys, &e), &e);
    assert_true(str_eq(c.origin, ORIGIN));
    assert_int_equal(c.size, size);
    assert_memory_equal(&root, &c.root, sizeof root);
    assert_int_equal(note_check(&note, &keys.item[0].key, NULL, &e), 1);
    struct ledger_count *count;
    uint64_t counted = 0;
    must(ledger_counts(s.tx, s.a, 100, &count, &n, &e), &e);
    for (size_t i = 0; i < n; i++)
        counted += (uint64_t)count[i].n;
    assert_int_equal(counted, size);
    forget(&s);
}

static void assert_stopped(struct fixture *f, struct ledger *l, const char *word) {
    struct err e = {0};
    struct act x = {.n = 1};
    assert_int_equal(ledger_why(l, &e), -ERR_LEDGER);
    if (!strstr(e.text, word))
        print_error("%s\n", e.text);
    assert_non_null(strstr(e.text, word));
    struct seen before = look(f);
    assert_int_equal(store_write(f->store, run_act, &x, &e), 0);
    assert_int_equal(ledger_settle(l, x.last, SHORT_MS, NULL, &e), -ERR_LEDGER);
    assert_non_null(strstr(e.text, word));
    struct seen after = look(f);
    assert_true(str_eq(before.state.checkpoint, after.state.checkpoint));
    forget(&before);
    forget(&after);
}

static void path_of(struct fixture *f, const char *name, char ret[128]) {
    (void)snprintf(ret, 128, "%s/%s", f->folder, name);
}

/* --- the way of an act --- */

static void a_ledger_begins_with_its_keys_and_a_signed_checkpoint(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    struct ledger *l = NULL;
    assert_int_equal(ledger_open(f->store, str_of(f->folder), "/proc/self/exe", &l, &e), -ERR_NOT_FOUND);
    must_found(f);
    must(ledger_found(f->store, str_of(f->folder), ORIGIN, &e), &e); /* does nothing */
    l = must_open(f);
    ledger_close(l); /* what waits is entered before */
    assert_sound(f, 1);
    struct seen s = look(f);
    struct str text, list;
    struct entry entry;
    struct keys keys;
    BUF_LOCAL(expected);
    must(ledger_entry(s.tx, s.a, 0, &text, &e), &e);
    must(entry_read(text, &entry, &e), &e);
    assert_int_equal(entry.type, ENTRY_KEY);
    assert_int_equal(entry.code, ENTRY_CODE_FOUNDING);
    must(ledger_document(s.tx, s.a, &entry.commit, &list, &e), &e);
    must(keys_document(str_of(f->folder), &expected, &e), &e);
    assert_true(str_eq(list, buf_str(&expected)));
    must(keys_read_document(list, &keys, &e), &e);
    forget(&s);
}

static void a_founding_that_was_cut_off_is_begun_anew(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    char list[128];
    must_found(f);
    must_sql(f, "DELETE FROM ledger_pending");
    must_sql(f, "DELETE FROM ledger_state");
    must(ledger_found(f->store, str_of(f->folder), ORIGIN, &e), &e); /* keys and no store */
    must_sql(f, "DELETE FROM ledger_pending");
    must_sql(f, "DELETE FROM ledger_state");
    path_of(f, "keys/ledger.vkeys", list);
    assert_int_equal(unlink(list), 0);
    must(ledger_found(f->store, str_of(f->folder), ORIGIN, &e), &e); /* keys and no list of them */
    ledger_close(must_open(f));
    assert_sound(f, 1);
    must_sql(f, "DELETE FROM ledger_entry");
    must_sql(f, "DELETE FROM ledger_state");
    assert_int_equal(unlink(list), 0);
    assert_int_equal(ledger_found(f->store, str_of(f->folder), ORIGIN, &e), -ERR_CONFLICT); /* it has signed */
}

static void keys_without_their_list_stop_it(void **state) {
    struct fixture *f = *state;
    char list[128];
    ledger_close(found_and_open(f));
    path_of(f, "keys/ledger.vkeys", list);
    assert_int_equal(unlink(list), 0);
    struct ledger *l = must_open(f);
    assert_stopped(f, l, "ledger.vkeys");
    ledger_close(l);
}

static void an_act_is_settled_when_a_signed_checkpoint_covers_it(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    int64_t first = must_act(f, l, 1), second = must_act(f, l, 1);
    assert_true(first == 0 || first == 1); /* entry 0 may have waited beside it, and is older */
    assert_int_equal(first, 1);
    assert_int_equal(second, 2);
    assert_sound(f, 3);
    struct ledger_figures figures;
    ledger_figures(l, &figures);
    assert_int_equal(figures.role, LEDGER_LEADS);
    assert_int_equal(figures.signed_size, 3);
    assert_int_equal(figures.entries, 3);
    ledger_close(l);
}

static void entries_of_one_act_keep_their_order_and_name_each_other_by_index(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct err e = {0};
    struct act x = {.n = 40};
    int64_t last;
    must(act(f->store, l, &x, &last, &e), &e);
    assert_int_equal(last, 40);
    struct act y = {.n = 1, .about = x.first};
    must(act(f->store, l, &y, &last, &e), &e);
    struct seen s = look(f);
    for (int64_t i = 1; i <= 41; i++) {
        struct str text;
        struct entry entry;
        must(ledger_entry(s.tx, s.a, i, &text, &e), &e);
        must(entry_read(text, &entry, &e), &e);
        assert_int_equal(entry.ref, i == 1 ? -1 : i == 41 ? 1 : i - 1);
    }
    forget(&s);
    assert_sound(f, 42);
    ledger_close(l);
}

enum { THREADS = 16, ACTS = 12 };
struct client {
    pthread_t thread;
    struct fixture *f;
    struct ledger *l;
    int rc;
    struct err e;
    int64_t index[ACTS];
};

static void *be_client(void *arg) {
    struct client *c = arg;
    for (int i = 0; i < ACTS && c->rc == 0; i++) {
        struct act x = {.n = 1};
        c->rc = act(c->f->store, c->l, &x, &c->index[i], &c->e);
    }
    return NULL;
}

static void many_acts_at_once_get_an_index_each(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct client c[THREADS] = {0};
    bool taken[THREADS * ACTS + 1] = {false};
    for (int i = 0; i < THREADS; i++) {
        c[i].f = f;
        c[i].l = l;
        assert_int_equal(pthread_create(&c[i].thread, NULL, be_client, &c[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(c[i].thread, NULL), 0);
        must(c[i].rc, &c[i].e);
        for (int k = 0; k < ACTS; k++) {
            assert_in_range(c[i].index[k], 1, THREADS * ACTS);
            assert_false(taken[c[i].index[k]]);
            taken[c[i].index[k]] = true;
        }
    }
    assert_sound(f, THREADS * ACTS + 1);
    ledger_close(l);
}

static void a_batch_of_more_than_fit_is_taken_in_several(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    assert_int_equal(must_act(f, l, LEDGER_BATCH_MOST + 300), LEDGER_BATCH_MOST + 300);
    assert_sound(f, LEDGER_BATCH_MOST + 301);
    ledger_close(l);
    char path[128];
    path_of(f, "ledger/tile/0/004", path);
    assert_true(file_exists(path));
    path_of(f, "ledger/tile/entries/004", path);
    assert_true(file_exists(path));
    l = must_open(f); /* and goes on where it was */
    assert_int_equal(must_act(f, l, 1), LEDGER_BATCH_MOST + 301);
    assert_sound(f, LEDGER_BATCH_MOST + 302);
    ledger_close(l);
}

static void a_ticket_that_does_not_exist_is_never_settled(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct err e = {0};
    assert_int_equal(ledger_settle(l, "00000000000000000000000000000000", 50, NULL, &e), -ERR_LEDGER);
    ledger_close(l);
}

/* --- several processes --- */

static void one_leads_the_others_follow_and_take_over(void **state) {
    struct fixture *f = *state;
    struct ledger *first = found_and_open(f), *second = must_open(f);
    struct ledger_figures figures;
    ledger_figures(second, &figures);
    assert_int_equal(figures.role, LEDGER_FOLLOWS);
    assert_int_equal(must_act(f, second, 1), 1);
    assert_int_equal(must_act(f, first, 1), 2);
    ledger_close(first);
    assert_int_equal(must_act(f, second, 1), 3);
    ledger_figures(second, &figures);
    assert_int_equal(figures.role, LEDGER_LEADS);
    assert_sound(f, 4);
    ledger_close(second);
}

static void a_folder_without_keys_copies_the_tiles(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f), *copy = NULL;
    struct err e = {0};
    char folder[128], path[200];
    (void)must_act(f, l, 300);
    path_of(f, "elsewhere", folder);
    must(file_make_folder(folder, &e), &e);
    must(ledger_open(f->store, str_of(folder), "/proc/self/exe", &copy, &e), &e);
    struct ledger_figures figures;
    ledger_figures(copy, &figures);
    assert_int_equal(figures.role, LEDGER_COPIES);
    assert_int_equal(figures.size, 301);
    (void)snprintf(path, sizeof path, "%s/ledger/tile/entries/000", folder);
    assert_true(file_exists(path));
    assert_int_equal(must_act(f, copy, 1), 301);
    ledger_close(copy);
    ledger_close(l);
}

static void keys_of_another_ledger_sign_nothing_here(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct err e = {0};
    (void)must_act(f, l, 1);
    ledger_close(l);
    char keys[128];
    path_of(f, "keys", keys);
    must(file_remove_all(keys, &e), &e);
    must(file_make_folder(keys, &e), &e);
    must(keys_make(str_of(f->folder), ORIGIN, &e), &e);
    l = must_open(f);
    assert_stopped(f, l, "keys");
    ledger_close(l);
}

/* --- what does not agree --- */

/* The store as it was, by hand: the newest entries and the state are gone. */
static void roll_back_to(struct fixture *f, const struct ledger_state *s) {
    char sql[600];
    BUF_LOCAL(root);
    struct arena *a = arena_new(0);
    buf_add(&root, ledger_hash_cell(a, &s->root).s);
    arena_free(a);
    (void)snprintf(sql, sizeof sql, "DELETE FROM ledger_entry WHERE idx >= %d", (int)s->size);
    must_sql(f, sql);
    (void)snprintf(sql, sizeof sql,
                   "UPDATE ledger_state SET size = %d, root = '%s', signed_size = %d, checkpoint = '%.*s'",
                   (int)s->size, root.p, (int)s->signed_size, STR_FMT(s->checkpoint));
    must_sql(f, sql);
}

static void an_old_copy_of_the_store_is_refused(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    (void)must_act(f, l, 5);
    struct seen old = look(f);
    store_end_read(old.tx);
    (void)must_act(f, l, 5);
    ledger_close(l);
    roll_back_to(f, &old.state);
    arena_free(old.a);
    l = must_open(f);
    assert_stopped(f, l, "lies behind");
    ledger_close(l);
}

static void an_old_copy_that_grew_on_otherwise_is_refused(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    (void)must_act(f, l, 5);
    ledger_close(l);
    must_sql(f, "UPDATE ledger_entry SET text = replace(text, 'harbour', 'harbor') WHERE idx = 3");
    l = must_open(f);
    assert_stopped(f, l, "damaged");
    ledger_close(l);
}

static void what_waits_and_is_not_what_was_accepted_is_not_entered(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct err e = {0};
    (void)must_act(f, l, 1);
    ledger_close(l);
    struct act x = {.n = 1};
    must(store_write(f->store, run_act, &x, &e), &e);
    must_sql(f, "UPDATE ledger_pending SET text = replace(text, 'harbour', 'harbor')");
    l = must_open(f);
    assert_int_equal(ledger_settle(l, x.last, PATIENCE_MS, NULL, &e), -ERR_LEDGER);
    assert_non_null(strstr(e.text, "not what was accepted"));
    ledger_close(l);
    assert_sound(f, 2);
}

static void a_tile_with_other_bytes_stops_it(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct err e = {0};
    char path[128];
    (void)must_act(f, l, 200);
    path_of(f, "ledger/tile/0", path);
    must(file_make_folder(path, &e), &e);
    path_of(f, "ledger/tile/0/000", path);
    char zeros[8192] = "";
    must(file_write(path, str_part(zeros, sizeof zeros), 0600, &e), &e);
    struct act x = {.n = 200};
    must(store_write(f->store, run_act, &x, &e), &e);
    assert_int_equal(ledger_settle(l, x.last, PATIENCE_MS, NULL, &e), -ERR_LEDGER);
    assert_non_null(strstr(e.text, "do not do it again"));
    assert_non_null(strstr(e.text, "0/000"));
    assert_stopped(f, l, "0/000");
    ledger_close(l);
    must(file_remove_all(path, &e), &e);
    l = must_open(f); /* the way out: then what waited goes on */
    must(ledger_settle(l, x.last, PATIENCE_MS, NULL, &e), &e);
    ledger_close(l);
    assert_sound(f, 402); /* the entry of assert_stopped too */
}

/* --- ends in the middle --- */

static void what_was_signed_and_not_published_is_published_at_the_next_start(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    (void)must_act(f, l, 1);
    struct seen old = look(f);
    store_end_read(old.tx);
    (void)must_act(f, l, 1);
    ledger_close(l);
    struct seen now = look(f);
    char sql[600];
    (void)snprintf(sql, sizeof sql, "UPDATE ledger_state SET signed_size = 2, checkpoint = '%.*s'",
                   STR_FMT(old.state.checkpoint));
    must_sql(f, sql);
    l = must_open(f);
    ledger_close(l);
    struct seen again = look(f);
    assert_true(str_eq(now.state.checkpoint, again.state.checkpoint));
    arena_free(old.a);
    forget(&now);
    forget(&again);
    assert_sound(f, 3);
}

/* What is not synced may be lost by a store that restarts beside us. */
static void what_the_store_lost_of_a_publication_is_published_again(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    (void)must_act(f, l, 1);
    struct seen before = look(f), after;
    must_sql(f, "UPDATE ledger_state SET signed_size = 1, checkpoint = 'an earlier one'");
    int64_t until = clock_ticks_us() + PATIENCE_MS * INT64_C(1000);
    for (after = look(f); after.state.signed_size < 2 && clock_ticks_us() < until; after = look(f)) {
        forget(&after);
        (void)usleep(20000);
    }
    assert_true(str_eq(before.state.checkpoint, after.state.checkpoint));
    forget(&before);
    forget(&after);
    ledger_close(l);
    assert_sound(f, 2);
}

static void what_was_entered_and_not_signed_is_signed_at_the_next_start(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct err e = {0};
    char path[128];
    (void)must_act(f, l, 1);
    struct seen old = look(f);
    store_end_read(old.tx);
    path_of(f, "keys/ledger.state", path);
    BUF_LOCAL(signer);
    must(file_read(path, 100000, &signer, &e), &e);
    (void)must_act(f, l, 1);
    ledger_close(l);
    char sql[600];
    (void)snprintf(sql, sizeof sql, "UPDATE ledger_state SET signed_size = 2, checkpoint = '%.*s'",
                   STR_FMT(old.state.checkpoint));
    must_sql(f, sql);
    must(file_write(path, buf_str(&signer), 0600, &e), &e);
    arena_free(old.a);
    l = must_open(f);
    assert_int_equal(must_act(f, l, 1), 3);
    ledger_close(l);
    assert_sound(f, 4);
}

/* The store's nth call fails, for every n: what is acknowledged stands, what is not waits or never was. */
static void whichever_call_of_the_store_fails_it_goes_on_when_the_store_is_back(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    uint64_t acted = 1;
    (void)must_act(f, l, 1);
    for (int n = 1; n < 40; n++) {
        struct act x = {.n = 2};
        struct err e = {0};
        store_fail_at(n);
        int rc = act(f->store, l, &x, NULL, &e);
        (void)store_fail_at(0);
        assert_true(rc == 0 || rc == -ERR_STORE_AWAY);
        if (rc == 0)
            acted += 2;
        else
            assert_int_equal(ledger_settle(l, x.last, 1, NULL, &e), -ERR_LEDGER);
    }
    (void)must_act(f, l, 1);
    ledger_close(l);
    assert_sound(f, acted + 2);
}

/* --- rebuilding --- */

struct said {
    int lines;
    char text[2000];
};

static void note_line(void *arg, const char *line) {
    struct said *s = arg;
    size_t n = strlen(s->text);
    s->lines++;
    (void)snprintf(s->text + n, sizeof s->text - n, "%s\n", line);
}

static void rebuilding_mends_tiles_and_names_them(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct err e = {0};
    struct said said = {0};
    char damaged[128], missing[128];
    (void)must_act(f, l, 600);
    ledger_close(l);
    must(ledger_rebuild(f->store, str_of(f->folder), true, note_line, NULL, &said, NULL, &e), &e);
    assert_int_equal(said.lines, 0);
    path_of(f, "ledger/tile/0/001", damaged);
    path_of(f, "ledger/tile/entries/000", missing);
    flip_bit(damaged, 4000);
    assert_int_equal(unlink(missing), 0);
    must(ledger_rebuild(f->store, str_of(f->folder), false, note_line, NULL, &said, NULL, &e), &e);
    assert_false(file_exists(missing)); /* only looked */
    assert_int_equal(said.lines, 3);
    said = (struct said){0};
    must(ledger_rebuild(f->store, str_of(f->folder), true, note_line, NULL, &said, NULL, &e), &e);
    assert_non_null(strstr(said.text, "0/001: not what"));
    assert_non_null(strstr(said.text, "entry 381"));
    assert_non_null(strstr(said.text, "entries/000: missing"));
    said = (struct said){0};
    must(ledger_rebuild(f->store, str_of(f->folder), true, note_line, NULL, &said, NULL, &e), &e);
    assert_int_equal(said.lines, 0);
    l = must_open(f);
    (void)must_act(f, l, 1);
    ledger_close(l);
}

static void rebuilding_counts_anew(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct err e = {0};
    struct said said = {0};
    (void)must_act(f, l, 300);
    ledger_close(l);
    static const char *const damage[] = {"UPDATE ledger_count SET n = n + 1", "DELETE FROM ledger_count",
                                         "INSERT INTO ledger_count (day, type, n) VALUES (3, 'publish', 7)",
                                         "UPDATE ledger_count SET type = 'nonsense' WHERE type = 'key'"};
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        must_sql(f, damage[i]);
        for (int mend = 0; mend < 2; mend++) {
            said = (struct said){0};
            must(ledger_rebuild(f->store, str_of(f->folder), mend, note_line, NULL, &said, NULL, &e), &e);
            assert_int_equal(said.lines, 1);
            assert_non_null(strstr(said.text, "counts"));
        }
        said = (struct said){0};
        must(ledger_rebuild(f->store, str_of(f->folder), false, note_line, NULL, &said, NULL, &e), &e);
        assert_int_equal(said.lines, 0);
    }
}

static void rebuilding_writes_nothing_where_the_entries_are_not_those_that_were_signed(void **state) {
    struct fixture *f = *state;
    struct ledger *l = found_and_open(f);
    struct err e = {0};
    struct said said = {0};
    char path[128];
    (void)must_act(f, l, 300);
    ledger_close(l);
    path_of(f, "ledger/tile/entries/000", path);
    BUF_LOCAL(before);
    BUF_LOCAL(after);
    must(file_read(path, 100000, &before, &e), &e);
    must_sql(f, "UPDATE ledger_entry SET text = replace(text, 'harbour', 'harbor') WHERE idx = 77");
    assert_int_equal(ledger_rebuild(f->store, str_of(f->folder), true, note_line, NULL, &said, NULL, &e), -ERR_LEDGER);
    assert_non_null(strstr(said.text, "entry 77:"));
    must(file_read(path, 100000, &after, &e), &e);
    assert_true(str_eq(buf_str(&before), buf_str(&after)));
    must_sql(f, "DELETE FROM ledger_entry WHERE idx = 100");
    assert_int_equal(ledger_rebuild(f->store, str_of(f->folder), true, note_line, NULL, &said, NULL, &e), -ERR_LEDGER);
    assert_non_null(strstr(e.text, "lacks entry 100"));
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "signer") == 0)
        return signer_main(str_of(argv[2]), 3);
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_ledger_begins_with_its_keys_and_a_signed_checkpoint),
        ON_BOTH_ENGINES(a_founding_that_was_cut_off_is_begun_anew),
        ON_BOTH_ENGINES(keys_without_their_list_stop_it),
        ON_BOTH_ENGINES(an_act_is_settled_when_a_signed_checkpoint_covers_it),
        ON_BOTH_ENGINES(entries_of_one_act_keep_their_order_and_name_each_other_by_index),
        ON_BOTH_ENGINES(many_acts_at_once_get_an_index_each),
        ON_BOTH_ENGINES(a_batch_of_more_than_fit_is_taken_in_several),
        ON_BOTH_ENGINES(a_ticket_that_does_not_exist_is_never_settled),
        ON_BOTH_ENGINES(one_leads_the_others_follow_and_take_over),
        ON_BOTH_ENGINES(a_folder_without_keys_copies_the_tiles),
        ON_BOTH_ENGINES(keys_of_another_ledger_sign_nothing_here),
        ON_BOTH_ENGINES(an_old_copy_of_the_store_is_refused),
        ON_BOTH_ENGINES(an_old_copy_that_grew_on_otherwise_is_refused),
        ON_BOTH_ENGINES(what_waits_and_is_not_what_was_accepted_is_not_entered),
        ON_BOTH_ENGINES(a_tile_with_other_bytes_stops_it),
        ON_BOTH_ENGINES(what_was_signed_and_not_published_is_published_at_the_next_start),
        ON_BOTH_ENGINES(what_the_store_lost_of_a_publication_is_published_again),
        ON_BOTH_ENGINES(what_was_entered_and_not_signed_is_signed_at_the_next_start),
        ON_BOTH_ENGINES(whichever_call_of_the_store_fails_it_goes_on_when_the_store_is_back),
        ON_BOTH_ENGINES(rebuilding_mends_tiles_and_names_them),
        ON_BOTH_ENGINES(rebuilding_counts_anew),
        ON_BOTH_ENGINES(rebuilding_writes_nothing_where_the_entries_are_not_those_that_were_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
