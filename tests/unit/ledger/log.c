// SPDX-License-Identifier: Apache-2.0
#include "ledger/log.h"

#include "base/clock.h"
#include "ledger/commit.h"
#include "queries.h"
#include "store_fixture.h"

#include <stdio.h>
#include <string.h>

static const struct query pending = {"pending", "SELECT ticket, text FROM ledger_pending ORDER BY ticket", NULL},
                          cosign = {"cosign",
                                    "INSERT INTO ledger_cosignature (witness, size, at_s, line, checkpoint) "
                                    "VALUES ($1, 1, 5, $2, $3)",
                                    NULL};

static void must(int rc, const struct err *e) {
    if (rc != 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

static struct entry publish(void) {
    return (struct entry){.type = ENTRY_PUBLISH, .day = 20000, .unit = "harbour", .ref = -1, .committed = true};
}

/* --- transactions; nothing can be asserted in them --- */

struct left {
    int n;             /* entries, each about the one before it */
    const char *about; /* the first one's reference, or NULL */
    bool undone;
    char ticket[3][LEDGER_TICKET];
};

static int leave(struct tx *tx, void *arg, struct err *reterr) {
    struct left *x = arg;
    int rc = 0;
    for (int i = 0; rc == 0 && i < x->n; i++) {
        struct entry e = publish();
        rc = ledger_append(tx, &e, i ? x->ticket[i - 1] : x->about, x->ticket[i], reterr);
    }
    return rc == 0 && x->undone ? err_set(reterr, ERR_INVALID, "undone on purpose") : rc;
}

/* As the sequencer does: the entry of a ticket gets this index. */
struct placed {
    int64_t index;
    const char *ticket;
};

static int place(struct tx *tx, void *arg, struct err *reterr) {
    const struct placed *x = arg;
    char text[32];
    (void)snprintf(text, sizeof text, "text of %d", (int)x->index);
    int64_t n = tx_run(tx, &Q_ledger_entry_add, CELLS(cell_int(x->index), cell_z(x->ticket), cell_z(text)), reterr);
    if (n == 1)
        n = tx_run(tx, &Q_ledger_pending_settle, CELLS(cell_int(x->index)), reterr);
    return n < 0 ? (int)n : 0;
}

static void must_place(struct fixture *f, int64_t index, const char *ticket) {
    struct placed x = {index, ticket};
    struct err e = {0};
    must(store_write(f->store, place, &x, &e), &e);
}

struct reading {
    struct tx *tx;
    struct arena *a;
};

static struct reading begin(struct fixture *f) {
    struct reading r = {.a = arena_new(0)};
    struct err e = {0};
    assert_non_null(r.a);
    must(store_begin_read(f->store, &r.tx, &e), &e);
    return r;
}

static void end(struct reading *r) {
    store_end_read(r->tx);
    arena_free(r->a);
}

static int64_t index_of(struct fixture *f, const char *ticket) {
    struct reading r = begin(f);
    struct err e = {0};
    int64_t index = -2;
    must(ledger_index(r.tx, ticket, &index, &e), &e);
    end(&r);
    return index;
}

/* --- tests --- */

static void an_act_leaves_its_entry_which_waits_under_a_ticket(void **state) {
    struct fixture *f = *state;
    struct left x = {.n = 1};
    struct err e = {0};
    must(store_write(f->store, leave, &x, &e), &e);
    assert_int_equal(strlen(x.ticket[0]), LEDGER_TICKET - 1);
    assert_int_equal(index_of(f, x.ticket[0]), -1);
    struct reading r = begin(f);
    struct str text;
    assert_int_equal(ledger_entry(r.tx, r.a, 0, &text, &e), -ERR_NOT_FOUND);
    end(&r);
    must_place(f, 0, x.ticket[0]);
    assert_int_equal(index_of(f, x.ticket[0]), 0);
}

static void an_act_that_is_undone_leaves_nothing(void **state) {
    struct fixture *f = *state;
    struct left x = {.n = 2, .undone = true};
    struct err e = {0};
    assert_int_equal(store_write(f->store, leave, &x, &e), -ERR_INVALID);
    struct reading r = begin(f);
    int64_t index;
    assert_int_equal(ledger_index(r.tx, x.ticket[0], &index, &e), -ERR_NOT_FOUND);
    assert_int_equal(ledger_index(r.tx, x.ticket[1], &index, &e), -ERR_NOT_FOUND);
    end(&r);
}

static void entries_keep_their_order_though_the_clock_stands_or_goes_back(void **state) {
    struct fixture *f = *state;
    struct left x = {.n = 3}, y = {.n = 1};
    struct err e = {0};
    clock_set(1800000000000000);
    must(store_write(f->store, leave, &x, &e), &e);
    clock_set(1700000000000000);
    must(store_write(f->store, leave, &y, &e), &e);
    clock_set(0);
    assert_true(strcmp(x.ticket[0], x.ticket[1]) < 0);
    assert_true(strcmp(x.ticket[1], x.ticket[2]) < 0);
    assert_true(strcmp(x.ticket[2], y.ticket[0]) < 0);
}

static void an_entry_about_one_that_waits_names_its_ticket(void **state) {
    struct fixture *f = *state;
    struct left x = {.n = 2};
    struct err e = {0};
    must(store_write(f->store, leave, &x, &e), &e);
    struct reading r = begin(f);
    struct rows *rows;
    must(tx_rows(r.tx, &pending, CELLS_NONE, &rows, &e), &e);
    char line[64];
    (void)snprintf(line, sizeof line, "\nref @%s\n", x.ticket[0]);
    assert_int_equal(rows_next(rows, &e), 1);
    assert_true(str_find(rows_text(rows, 1), STR("\nref -\n"), 0) != SIZE_MAX);
    assert_int_equal(rows_next(rows, &e), 1);
    assert_true(str_find(rows_text(rows, 1), str_of(line), 0) != SIZE_MAX);
    rows_close(rows);
    end(&r);
}

static void an_entry_about_one_that_stands_names_its_index(void **state) {
    struct fixture *f = *state;
    struct left x = {.n = 1};
    struct err e = {0};
    must(store_write(f->store, leave, &x, &e), &e);
    must_place(f, 41, x.ticket[0]);
    struct left y = {.n = 1, .about = x.ticket[0]};
    must(store_write(f->store, leave, &y, &e), &e);
    struct reading r = begin(f);
    struct rows *rows;
    must(tx_rows(r.tx, &pending, CELLS_NONE, &rows, &e), &e);
    assert_int_equal(rows_next(rows, &e), 1);
    assert_true(str_find(rows_text(rows, 1), STR("\nref 41\n"), 0) != SIZE_MAX);
    rows_close(rows);
    end(&r);
}

static void an_entry_about_nothing_known_is_refused(void **state) {
    struct fixture *f = *state;
    struct left x = {.n = 1, .about = "00000000000000000000000000000000"};
    struct err e = {0};
    assert_int_equal(store_write(f->store, leave, &x, &e), -ERR_NOT_FOUND);
}

static void entries_are_read_in_order_and_a_gap_is_damage(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must_place(f, 0, "a");
    must_place(f, 1, "b");
    must_place(f, 3, "d");
    struct reading r = begin(f);
    struct str *list, text;
    size_t n;
    must(ledger_entries(r.tx, r.a, 0, 2, &list, &n, &e), &e);
    assert_int_equal(n, 2);
    assert_true(str_is(list[1], "text of 1"));
    must(ledger_entries(r.tx, r.a, 3, 10, &list, &n, &e), &e);
    assert_int_equal(n, 1);
    must(ledger_entries(r.tx, r.a, 4, 10, &list, &n, &e), &e);
    assert_int_equal(n, 0);
    assert_int_equal(ledger_entries(r.tx, r.a, 0, 4, &list, &n, &e), -ERR_LEDGER);
    must(ledger_entry(r.tx, r.a, 3, &text, &e), &e);
    assert_true(str_is(text, "text of 3"));
    end(&r);
}

static const char checkpoint[] = "example.org/ledger\n1\nAAAA\n", own_line[] = "— example.org/ledger b3du\n";

static int found(struct tx *tx, void *arg, struct err *reterr) {
    struct arena *a = arg;
    struct hash root = {{1, 2, 3}};
    struct str note = arena_printf(a, "%s\n%s", checkpoint, own_line);
    int64_t n =
        tx_run(tx, &Q_ledger_state_add, CELLS(cell_z("example.org/ledger"), ledger_hash_cell(a, &root)), reterr);
    if (n >= 0)
        n = tx_run(tx, &Q_ledger_state_grow, CELLS(cell_int(0), cell_int(1), ledger_hash_cell(a, &root)), reterr);
    if (n >= 0)
        n = tx_run(tx, &Q_ledger_state_publish, CELLS(cell_int(1), cell_int(7), cell_text(note)), reterr);
    if (n >= 0)
        n = tx_run(tx, &cosign, CELLS(cell_z("b"), cell_z("— b bbb\n"), cell_z(checkpoint)), reterr);
    if (n >= 0)
        n = tx_run(tx, &cosign, CELLS(cell_z("a"), cell_z("— a aaa\n"), cell_z(checkpoint)), reterr);
    if (n >= 0)
        n = tx_run(tx, &cosign, CELLS(cell_z("c"), cell_z("— c of another\n"), cell_z("x\n")), reterr);
    return n < 0 ? (int)n : 0;
}

static void the_state_has_the_cosignatures_of_its_checkpoint(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    struct ledger_state s;
    struct reading r = begin(f);
    assert_int_equal(ledger_state(r.tx, r.a, &s, &e), -ERR_NOT_FOUND);
    end(&r);
    struct arena *a = arena_new(0);
    must(store_write(f->store, found, a, &e), &e);
    arena_free(a);
    r = begin(f);
    must(ledger_state(r.tx, r.a, &s, &e), &e);
    assert_true(str_is(s.origin, "example.org/ledger"));
    assert_int_equal(s.size, 1);
    assert_int_equal(s.signed_size, 1);
    assert_int_equal(s.signed_us, 7);
    assert_int_equal(s.root.b[2], 3);
    assert_true(str_is(s.checkpoint, "example.org/ledger\n1\nAAAA\n\n— example.org/ledger b3du\n— a aaa\n— b bbb\n"));
    end(&r);
}

struct kept {
    struct hash hash;
};

static int keep(struct tx *tx, void *arg, struct err *reterr) {
    struct kept *x = arg;
    return ledger_document_add(tx, STR("quorum none\n"), &x->hash, reterr);
}

static void a_document_is_found_by_its_hash_and_kept_once(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    struct kept x;
    must(store_write(f->store, keep, &x, &e), &e);
    must(store_write(f->store, keep, &x, &e), &e);
    struct hash expected = commit_public(STR("quorum none\n")), none = {{0}};
    assert_memory_equal(&x.hash, &expected, sizeof expected);
    struct reading r = begin(f);
    struct str text;
    must(ledger_document(r.tx, r.a, &x.hash, &text, &e), &e);
    assert_true(str_is(text, "quorum none\n"));
    assert_int_equal(ledger_document(r.tx, r.a, &none, &text, &e), -ERR_NOT_FOUND);
    end(&r);
}

static int count(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    int64_t n = 0;
    for (int64_t day = 100; n >= 0 && day < 103; day++)
        n = tx_run(tx, &Q_ledger_count_add, CELLS(cell_int(day), cell_z("publish"), cell_int(day)), reterr);
    if (n >= 0)
        n = tx_run(tx, &Q_ledger_count_add, CELLS(cell_int(102), cell_z("correct"), cell_int(1)), reterr);
    return n < 0 ? (int)n : 0;
}

static void counts_are_of_the_last_days_that_have_any(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(store_write(f->store, count, NULL, &e), &e);
    must(store_write(f->store, count, NULL, &e), &e);
    struct reading r = begin(f);
    struct ledger_count *list;
    size_t n;
    must(ledger_counts(r.tx, r.a, 2, &list, &n, &e), &e);
    assert_int_equal(n, 3);
    assert_int_equal(list[0].day, 102);
    assert_int_equal(list[0].type, ENTRY_CORRECT);
    assert_int_equal(list[0].n, 2);
    assert_int_equal(list[1].type, ENTRY_PUBLISH);
    assert_int_equal(list[1].n, 204);
    assert_int_equal(list[2].day, 101);
    end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(an_act_leaves_its_entry_which_waits_under_a_ticket),
        ON_BOTH_ENGINES(an_act_that_is_undone_leaves_nothing),
        ON_BOTH_ENGINES(entries_keep_their_order_though_the_clock_stands_or_goes_back),
        ON_BOTH_ENGINES(an_entry_about_one_that_waits_names_its_ticket),
        ON_BOTH_ENGINES(an_entry_about_one_that_stands_names_its_index),
        ON_BOTH_ENGINES(an_entry_about_nothing_known_is_refused),
        ON_BOTH_ENGINES(entries_are_read_in_order_and_a_gap_is_damage),
        ON_BOTH_ENGINES(the_state_has_the_cosignatures_of_its_checkpoint),
        ON_BOTH_ENGINES(a_document_is_found_by_its_hash_and_kept_once),
        ON_BOTH_ENGINES(counts_are_of_the_last_days_that_have_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
