// SPDX-License-Identifier: Apache-2.0
/* What the owner of a store can change beside the entries. */
#include "ledger/audit.h"

#include "base/file.h"
#include "ledger/keys.h"
#include "ledger/sequencer.h"
#include "ledger/signer.h"
#include "store_fixture.h"

#include <stdio.h>
#include <string.h>

static void must(int rc, const struct err *e) {
    if (rc != 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

static int run_sql(struct tx *tx, void *arg, struct err *reterr) {
    const struct query q = {"change", arg, NULL};
    int64_t n = tx_run(tx, &q, CELLS_NONE, reterr);
    return n < 0 ? (int)n : n == 0 ? -ERR_NOT_FOUND : 0;
}

static void change(struct fixture *f, const char *statement) {
    struct err e = {0};
    must(store_write(f->store, run_sql, (void *)(uintptr_t)statement, &e), &e);
}

static void found_and_sign(struct fixture *f) {
    struct err e = {0};
    struct ledger *l;
    char keys[100];
    (void)snprintf(keys, sizeof keys, "%s/keys", f->folder);
    must(file_make_folder(keys, &e), &e);
    must(ledger_found(f->store, str_of(f->folder), STR("office.example/ledger"), &e), &e);
    must(ledger_open(f->store, str_of(f->folder), "/proc/self/exe", &l, &e), &e);
    must(ledger_settle_all(l, 20000, &e), &e);
    ledger_close(l);
}

struct said {
    int lines;
    char text[1000];
};

static void note_line(void *arg, const char *line) {
    struct said *s = arg;
    s->lines++;
    (void)snprintf(s->text, sizeof s->text, "%s", line);
}

static void says(struct fixture *f, const char *words) {
    struct said said = {0};
    struct err e = {0};
    must(ledger_audit(f->store, note_line, &said, &e), &e);
    assert_int_equal(said.lines, words ? 1 : 0);
    if (words && !strstr(said.text, words))
        fail_msg("%s", said.text);
}

static void a_store_without_a_ledger_is_not_looked_at(void **state) {
    struct fixture *f = *state;
    struct said said = {0};
    assert_int_equal(ledger_audit(f->store, note_line, &said, NULL), -ERR_NOT_FOUND);
}

static void a_sound_ledger_has_nothing_to_say(void **state) {
    found_and_sign(*state);
    says(*state, NULL);
}

static void a_list_of_keys_that_was_changed_is_named(void **state) {
    found_and_sign(*state);
    change(*state, "UPDATE ledger_document SET text = replace(text, 'spare', 'retired')");
    says(*state, "entry 0 (key): the public document that it stands for was changed");
}

static void a_list_of_keys_that_is_gone_is_named(void **state) {
    found_and_sign(*state);
    change(*state, "DELETE FROM ledger_document");
    says(*state, "entry 0 (key): the public document that it stands for is not in the store");
}

static void a_checkpoint_of_another_name_or_signature_is_named(void **state) {
    found_and_sign(*state);
    change(*state, "UPDATE ledger_state SET origin = 'other.example/ledger'");
    says(*state, "of another log");
    change(*state, "UPDATE ledger_state SET origin = 'office.example/ledger'");
    change(*state, "UPDATE ledger_state SET checkpoint = replace(checkpoint, '— office', '— other')");
    says(*state, "not signed by its keys");
    change(*state, "UPDATE ledger_state SET checkpoint = 'hello'");
    says(*state, "its checkpoint is none");
}

static void what_waits_and_is_not_what_was_accepted_is_named(void **state) {
    found_and_sign(*state);
    change(*state, "INSERT INTO ledger_pending (ticket, text, hash) SELECT ticket, text, "
                   "'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' FROM ledger_entry");
    says(*state, "is not what was accepted");
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "signer") == 0)
        return signer_main(str_of(argv[2]), 3);
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_store_without_a_ledger_is_not_looked_at),
        ON_BOTH_ENGINES(a_sound_ledger_has_nothing_to_say),
        ON_BOTH_ENGINES(a_list_of_keys_that_was_changed_is_named),
        ON_BOTH_ENGINES(a_list_of_keys_that_is_gone_is_named),
        ON_BOTH_ENGINES(a_checkpoint_of_another_name_or_signature_is_named),
        ON_BOTH_ENGINES(what_waits_and_is_not_what_was_accepted_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
