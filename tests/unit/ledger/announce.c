// SPDX-License-Identifier: Apache-2.0
/* Of a folder's keys and a store; nobody signs here, so that what was left still waits. */
#include "ledger/announce.h"

#include "base/file.h"
#include "ledger/commit.h"
#include "ledger/keys.h"
#include "ledger/sequencer.h"
#include "store_fixture.h"

#include <stdio.h>
#include <string.h>

#define ORIGIN STR("office.example/ledger")

static void must(int rc, const struct err *e) {
    if (rc != 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

static void make_keys(struct fixture *f, struct str origin) {
    struct err e = {0};
    char keys[100];
    (void)snprintf(keys, sizeof keys, "%s/keys", f->folder);
    must(file_remove_all(keys, &e), &e);
    must(file_make_folder(keys, &e), &e);
    must(keys_make(str_of(f->folder), origin, &e), &e);
}

static void begin(struct fixture *f) {
    struct err e = {0};
    make_keys(f, ORIGIN);
    must(ledger_found(f->store, str_of(f->folder), ORIGIN, &e), &e);
}

static int announce(struct fixture *f, struct err *reterr) {
    return ledger_announce(f->store, str_of(f->folder), reterr);
}

struct waiting {
    int64_t n;
    char last[300];
    struct hash newest; /* of the list that the last one commits to */
    bool known;         /* … and whether the store has it */
};

static int count_waiting(struct tx *tx, void *arg, struct err *reterr) {
    static const struct query all = {"all", "SELECT text FROM ledger_pending ORDER BY ticket", NULL};
    struct waiting *w = arg;
    struct entry entry;
    ROWS_LOCAL(r);
    ARENA_LOCAL(a, 0);
    struct str text;
    int rc = tx_rows(tx, &all, CELLS_NONE, &r, reterr);
    for (w->n = 0; rc == 0 && (rc = rows_next(r, reterr)) > 0; rc = 0, w->n++)
        (void)snprintf(w->last, sizeof w->last, "%.*s", STR_FMT(rows_text(r, 0)));
    if (rc < 0 || entry_read(str_of(w->last), &entry, reterr))
        return rc < 0 ? rc : -ERR_INVALID;
    w->newest = entry.commit;
    w->known = ledger_document(tx, a, &entry.commit, &text, NULL) == 0;
    return 0;
}

static struct waiting waiting(struct fixture *f) {
    struct waiting w = {0};
    struct err e = {0};
    must(store_read(f->store, count_waiting, &w, &e), &e);
    return w;
}

static void a_list_gets_one_entry_however_often_it_is_announced(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    begin(f);
    must(announce(f, &e), &e);
    assert_int_equal(waiting(f).n, 1);
    must(keys_rotate(str_of(f->folder), &e), &e);
    for (int i = 0; i < 3; i++)
        must(announce(f, &e), &e);
    struct waiting w = waiting(f);
    BUF_LOCAL(list);
    must(keys_document(str_of(f->folder), &list, &e), &e);
    struct hash hash = commit_public(buf_str(&list));
    assert_int_equal(w.n, 2);
    assert_non_null(strstr(w.last, "\nkey\n"));
    assert_non_null(strstr(w.last, "code rotation\n"));
    assert_true(w.known && hash_same(&hash, &w.newest));
    must(keys_retire(str_of(f->folder), &e), &e);
    must(announce(f, &e), &e);
    w = waiting(f);
    assert_int_equal(w.n, 3);
    assert_non_null(strstr(w.last, "code retirement\n"));
}

static void keys_of_another_log_are_not_announced(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    begin(f);
    make_keys(f, STR("elsewhere.example/ledger"));
    assert_int_equal(announce(f, &e), -ERR_LEDGER);
    assert_non_null(strstr(e.text, "not those of this ledger"));
    assert_int_equal(waiting(f).n, 1);
}

/* The founding gets its index, as it would by the sequencer. */
static int enter_all(struct tx *tx, void *arg, struct err *reterr) {
    static const struct query enter = {
        "enter", "INSERT INTO ledger_entry (idx, ticket, text) SELECT 0, ticket, text FROM ledger_pending", NULL};
    (void)arg;
    int64_t n = tx_run(tx, &enter, CELLS_NONE, reterr);
    return n < 0 ? (int)n : 0;
}

static void a_list_that_lacks_a_key_which_was_announced_is_not_announced(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    begin(f);
    must(store_write(f->store, enter_all, NULL, &e), &e);
    make_keys(f, ORIGIN);
    assert_int_equal(announce(f, &e), -ERR_LEDGER);
    assert_int_equal(waiting(f).n, 1);
}

static void a_folder_without_keys_and_a_store_without_a_ledger_are_left_alone(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    assert_int_equal(announce(f, &e), -ERR_NOT_FOUND);
    make_keys(f, ORIGIN);
    must(announce(f, &e), &e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_list_gets_one_entry_however_often_it_is_announced),
        ON_BOTH_ENGINES(keys_of_another_log_are_not_announced),
        ON_BOTH_ENGINES(a_list_that_lacks_a_key_which_was_announced_is_not_announced),
        ON_BOTH_ENGINES(a_folder_without_keys_and_a_store_without_a_ledger_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
