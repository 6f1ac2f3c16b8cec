// SPDX-License-Identifier: Apache-2.0
/* With the real signer: this program is its own "daylight signer". */
#include "app/acts.h"

#include "base/clock.h"
#include "base/file.h"
#include "ledger/signer.h"
#include "press/article.h"
#include "store_fixture.h"

#include <stdio.h>
#include <string.h>

static void must(int rc, const struct err *e) {
    if (rc != 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

/* The fixture's store as that of an office's folder. */
static struct folder folder_of(struct fixture *f) {
    char keys[100];
    struct err e = {0};
    (void)snprintf(keys, sizeof keys, "%s/keys", f->folder);
    must(file_make_folder(keys, &e), &e);
    struct folder folder = {.path = f->folder, .store = f->store};
    folder.config.site.origin = STR("https://www.example.org");
    return folder;
}

static void close_ledger(struct folder *folder) {
    ledger_close(folder->ledger);
    folder->ledger = NULL;
}

static int leave(struct tx *tx, void *arg, struct err *reterr) {
    struct entry e = {.type = ENTRY_PUBLISH, .day = clock_now_us() / CLOCK_DAY_US, .ref = -1, .committed = true};
    return ledger_append(tx, &e, NULL, arg, reterr);
}

struct seen {
    struct arena *a;
    struct ledger_state state;
};

static int look(struct tx *tx, void *arg, struct err *reterr) {
    struct seen *s = arg;
    return ledger_state(tx, s->a, &s->state, reterr);
}

static void a_ledger_is_named_by_the_host_and_begins_with_the_first_command_that_acts(void **state) {
    struct fixture *f = *state;
    struct folder folder = folder_of(f);
    struct err e = {0};
    struct seen s = {.a = arena_new(0)};
    must(acts_begin(&folder, &e), &e);
    must(acts_begin(&folder, &e), &e); /* open already */
    must(acts_end(&folder, &e), &e);
    must(store_read(f->store, look, &s, &e), &e);
    assert_true(str_is(s.state.origin, "www.example.org/ledger"));
    assert_int_equal(s.state.signed_size, 1);
    arena_free(s.a);
    close_ledger(&folder);
}

static int publish_one(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    struct column column = {.slug = STR("news")};
    struct article draft = {.text = {.language = "en", .title = STR("Tides")}};
    int64_t id;
    int rc = column_add(tx, &column, &draft.column_id, reterr);
    if (rc == 0)
        rc = article_add(tx, &draft, &id, reterr);
    return rc < 0 ? rc : article_publish(tx, id, 0, reterr);
}

/* As a store is that was made before there were ledgers. */
static int forget_entries(struct tx *tx, void *arg, struct err *reterr) {
    static const struct query proofs = {"forget", "DELETE FROM article_proof", NULL},
                              entries = {"forget entries", "DELETE FROM ledger_pending", NULL};
    (void)arg;
    int64_t n = tx_run(tx, &proofs, CELLS_NONE, reterr);
    if (n >= 0)
        n = tx_run(tx, &entries, CELLS_NONE, reterr);
    return n < 0 ? (int)n : 0;
}

static void what_was_published_before_there_was_a_ledger_is_entered_when_it_begins(void **state) {
    struct fixture *f = *state;
    struct folder folder = folder_of(f);
    struct err e = {0};
    struct seen s = {.a = arena_new(0)};
    must(store_write(f->store, publish_one, NULL, &e), &e);
    must(store_write(f->store, forget_entries, NULL, &e), &e);
    for (int i = 0; i < 2; i++) { /* once, however often it is opened */
        must(acts_begin(&folder, &e), &e);
        must(acts_end(&folder, &e), &e);
        must(store_read(f->store, look, &s, &e), &e);
        assert_int_equal(s.state.signed_size, 2);
        close_ledger(&folder);
    }
    arena_free(s.a);
}

static void what_a_command_did_is_signed_when_it_ends(void **state) {
    struct fixture *f = *state;
    struct folder folder = folder_of(f);
    struct err e = {0};
    char ticket[LEDGER_TICKET];
    struct seen s = {.a = arena_new(0)};
    for (int i = 0; i < 3; i++) {
        must(acts_begin(&folder, &e), &e);
        must(store_write(f->store, leave, ticket, &e), &e);
        must(store_write(f->store, leave, ticket, &e), &e);
        must(acts_end(&folder, &e), &e);
        must(store_read(f->store, look, &s, &e), &e);
        assert_int_equal(s.state.signed_size, 2 * i + 3);
        close_ledger(&folder);
    }
    arena_free(s.a);
}

/* As after a crash between the list of keys and its entry. */
static void a_list_of_keys_without_its_entry_gets_it_when_the_office_is_opened(void **state) {
    struct fixture *f = *state;
    struct folder folder = folder_of(f);
    struct err e = {0};
    struct seen s = {.a = arena_new(0)};
    must(acts_begin(&folder, &e), &e);
    must(acts_end(&folder, &e), &e);
    close_ledger(&folder);
    must(keys_rotate(str_of(f->folder), &e), &e);
    for (int i = 0; i < 2; i++) { /* once, however often it is opened */
        must(acts_open(&folder, &e), &e);
        must(acts_end(&folder, &e), &e);
        must(store_read(f->store, look, &s, &e), &e);
        assert_int_equal(s.state.signed_size, 2);
        close_ledger(&folder);
    }
    arena_free(s.a);
}

static void a_stopped_ledger_refuses_acts_and_opens_for_serving(void **state) {
    struct fixture *f = *state;
    struct folder folder = folder_of(f);
    struct err e = {0};
    char path[100];
    must(acts_begin(&folder, &e), &e);
    must(acts_end(&folder, &e), &e);
    close_ledger(&folder);
    (void)snprintf(path, sizeof path, "%s/keys/ledger.state", f->folder);
    must(file_remove_all(path, &e), &e);
    assert_int_equal(acts_begin(&folder, &e), -ERR_LEDGER);
    assert_true(e.text[0]);
    close_ledger(&folder);
    must(acts_open(&folder, &e), &e);
    assert_int_equal(ledger_why(folder.ledger, &e), -ERR_LEDGER);
    close_ledger(&folder);
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "signer") == 0)
        return signer_main(str_of(argv[2]), 3);
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_ledger_is_named_by_the_host_and_begins_with_the_first_command_that_acts),
        ON_BOTH_ENGINES(what_a_command_did_is_signed_when_it_ends),
        ON_BOTH_ENGINES(what_was_published_before_there_was_a_ledger_is_entered_when_it_begins),
        ON_BOTH_ENGINES(a_list_of_keys_without_its_entry_gets_it_when_the_office_is_opened),
        ON_BOTH_ENGINES(a_stopped_ledger_refuses_acts_and_opens_for_serving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
