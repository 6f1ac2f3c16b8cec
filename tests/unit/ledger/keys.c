// SPDX-License-Identifier: Apache-2.0
#include "ledger/keys.h"

#include "base/file.h"
#include "ledger/signer_state.h"
#include "unit.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORIGIN STR("office.example/ledger")

static char folder[64];

static int make_folder(void **state) {
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/daylight-keys-XXXXXX");
    assert_non_null(mkdtemp(folder));
    char keys[80];
    (void)snprintf(keys, sizeof keys, "%s/keys", folder);
    return mkdir(keys, 0700);
}

static int remove_folder(void **state) {
    (void)state;
    return file_remove_all(folder, NULL);
}

static const char *path_of(const char *name) {
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/keys/%s", folder, name);
    return path;
}

static struct str here(void) {
    return str_of(folder);
}

static void make(void) {
    struct err e = {0};
    if (keys_make(here(), ORIGIN, &e))
        fail_msg("%s", e.text);
}

static void read_into(struct keys *k) {
    struct err e = {0};
    if (keys_read(here(), k, &e))
        fail_msg("%s", e.text);
}

static size_t count(const struct keys *k, enum key_state s) {
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++)
        n += k->item[i].state == s;
    return n;
}

static bool has_secret(const struct vkey *key) {
    uint8_t secret[KEY_SECRET];
    return keys_secret(here(), key, secret, NULL) == 0 && memcmp(secret + 32, key->key, 32) == 0;
}

static void an_office_begins_with_an_active_key_and_a_spare(void **state) {
    (void)state;
    struct keys k;
    make();
    read_into(&k);
    assert_int_equal(k.n, 2);
    assert_int_equal(k.item[0].state, KEY_ACTIVE);
    assert_int_equal(k.item[1].state, KEY_SPARE);
    assert_string_equal(k.item[0].key.name, "office.example/ledger");
    assert_true(k.item[0].key.id != k.item[1].key.id);
    assert_true(has_secret(&k.item[0].key));
    assert_false(has_secret(&k.item[1].key)); /* the spare is not for signing */
}

static void only_the_owner_may_read_secrets(void **state) {
    (void)state;
    struct stat s;
    make();
    static const char *const names[] = {"ledger.key", "ledger-spare.key", "ledger.state"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(stat(path_of(names[i]), &s), 0);
        assert_int_equal(s.st_mode & 0777, 0600);
    }
    assert_int_equal(stat(path_of("ledger.vkeys"), &s), 0);
    assert_int_equal(s.st_mode & 0777, 0644);
}

static void keys_are_never_made_over_others(void **state) {
    (void)state;
    struct err e = {0};
    make();
    assert_int_equal(keys_make(here(), ORIGIN, &e), -ERR_CONFLICT);
    assert_int_equal(unlink(path_of("ledger.vkeys")), 0);
    assert_int_equal(signer_state_make(here(), ORIGIN, 5, merkle_empty(), &e), 0); /* something was signed */
    assert_int_equal(keys_make(here(), ORIGIN, &e), -ERR_CONFLICT);
}

static void what_a_crash_left_before_the_list_was_written_is_completed(void **state) {
    (void)state;
    struct keys k;
    make();
    read_into(&k);
    struct vkey was = k.item[0].key;
    assert_int_equal(unlink(path_of("ledger.vkeys")), 0);
    assert_int_equal(unlink(path_of("ledger-spare.key")), 0);
    make();
    read_into(&k);
    assert_int_equal(k.n, 2);
    assert_true(has_secret(&k.item[0].key));
    assert_memory_equal(k.item[0].key.key, was.key, sizeof was.key); /* what was there is not written over */
}

static void a_key_without_a_state_is_no_beginning(void **state) {
    (void)state;
    struct err e = {0};
    BUF_LOCAL(before);
    BUF_LOCAL(after);
    make();
    assert_int_equal(file_read(path_of("ledger.key"), 4096, &before, NULL), 0);
    assert_int_equal(unlink(path_of("ledger.vkeys")), 0);
    assert_int_equal(unlink(path_of("ledger.state")), 0);
    assert_int_equal(keys_make(here(), ORIGIN, &e), -ERR_CONFLICT);
    assert_non_null(strstr(e.text, "Nothing was changed"));
    assert_int_equal(file_read(path_of("ledger.key"), 4096, &after, NULL), 0);
    assert_string_equal(after.p, before.p);
}

static void a_rotation_has_two_active_keys_until_the_old_one_is_retired(void **state) {
    (void)state;
    struct keys k;
    struct err e = {0};
    make();
    assert_int_equal(keys_retire(here(), &e), -ERR_CONFLICT);
    assert_int_equal(keys_rotate(here(), &e), 0);
    read_into(&k);
    assert_int_equal(count(&k, KEY_ACTIVE), 2);
    struct vkey old = k.item[0].key, new = k.item[2].key;
    assert_true(has_secret(&old) && has_secret(&new));
    assert_int_equal(keys_rotate(here(), &e), -ERR_CONFLICT);
    assert_int_equal(keys_retire(here(), &e), 0);
    read_into(&k);
    assert_int_equal(k.item[0].state, KEY_RETIRED);
    assert_int_equal(count(&k, KEY_ACTIVE), 1);
    struct vkey other = new;
    other.key[0] ^= 1;
    assert_true(keys_has(&k, &old) && keys_has(&k, &new) && !keys_has(&k, &other));
    assert_false(has_secret(&old)); /* it cannot sign any more, whoever asks */
    assert_true(has_secret(&new));
}

/* As a retirement that ended before its last step. */
static void a_secret_that_a_retired_key_left_behind_is_removed(void **state) {
    (void)state;
    struct keys k;
    BUF_LOCAL(secret);
    make();
    assert_int_equal(file_read(path_of("ledger.key"), 4096, &secret, NULL), 0);
    assert_int_equal(keys_rotate(here(), NULL), 0);
    assert_int_equal(keys_retire(here(), NULL), 0);
    assert_int_equal(file_write(path_of("ledger.key"), buf_str(&secret), 0600, NULL), 0);
    assert_int_equal(keys_tidy(here(), NULL), 0);
    read_into(&k);
    assert_false(has_secret(&k.item[0].key));
    assert_true(has_secret(&k.item[2].key));
    assert_int_equal(file_read(path_of("ledger-spare.key"), 4096, &secret, NULL), 0); /* as it was */
}

static void keys_rotate_until_the_list_is_full(void **state) {
    (void)state;
    struct err e = {0};
    struct keys k;
    make();
    for (int i = 2; i < KEYS_MOST; i++) {
        if (keys_rotate(here(), &e) || keys_retire(here(), &e))
            fail_msg("%d: %s", i, e.text);
    }
    assert_int_equal(keys_rotate(here(), &e), -ERR_CONFLICT);
    read_into(&k);
    assert_int_equal(k.n, KEYS_MOST);
    assert_int_equal(count(&k, KEY_ACTIVE), 1);
}

static void the_spare_takes_over_from_the_file_that_was_kept_elsewhere(void **state) {
    (void)state;
    struct keys k;
    struct err e = {0};
    char elsewhere[128];
    make();
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/safe", folder);
    assert_int_equal(rename(path_of("ledger-spare.key"), elsewhere), 0);
    assert_int_equal(keys_use_spare(here(), path_of("ledger.key"), &e), -ERR_FORBIDDEN);
    assert_int_equal(keys_use_spare(here(), elsewhere, &e), 0);
    read_into(&k);
    assert_int_equal(k.n, 3);
    assert_int_equal(k.item[0].state, KEY_RETIRED);
    assert_int_equal(k.item[1].state, KEY_ACTIVE);
    assert_int_equal(k.item[2].state, KEY_SPARE); /* a new one */
    assert_false(has_secret(&k.item[0].key));
    assert_true(has_secret(&k.item[1].key));
    assert_int_equal(keys_use_spare(here(), elsewhere, &e), -ERR_FORBIDDEN); /* it is none any more */
    assert_int_equal(keys_use_spare(here(), path_of("ledger-spare.key"), &e), 0);
}

static void the_spare_takes_over_where_the_other_key_was_lost(void **state) {
    (void)state;
    struct keys k;
    struct err e = {0};
    make();
    assert_int_equal(unlink(path_of("ledger.key")), 0);
    assert_int_equal(keys_rotate(here(), &e), 0); /* its list is signed by the new key only, which nobody knows … */
    read_into(&k);
    assert_int_equal(count(&k, KEY_ACTIVE), 2);
    assert_int_equal(keys_use_spare(here(), path_of("ledger-spare.key"), &e), 0); /* … this one was announced */
    read_into(&k);
    assert_int_equal(count(&k, KEY_ACTIVE), 1);
    assert_int_equal(k.item[1].state, KEY_ACTIVE);
    assert_true(has_secret(&k.item[1].key));
}

static size_t signatures(const struct vkey *by, size_t *ret_all) {
    BUF_LOCAL(document);
    struct note n;
    struct err e = {0};
    if (keys_document(here(), &document, &e) || note_read(buf_str(&document), &n, &e))
        fail_msg("%s", e.text);
    *ret_all = n.n;
    return note_check(&n, by, NULL, NULL) == 1;
}

static void each_list_is_signed_by_the_keys_before_it_and_by_its_own(void **state) {
    (void)state;
    struct keys k;
    size_t all;
    make();
    read_into(&k);
    struct vkey first = k.item[0].key, spare = k.item[1].key;
    assert_int_equal(signatures(&first, &all), 1);
    assert_int_equal(all, 1);
    assert_int_equal(keys_rotate(here(), NULL), 0);
    read_into(&k);
    struct vkey second = k.item[2].key;
    assert_true(signatures(&first, &all) && signatures(&second, &all) && all == 2);
    assert_int_equal(keys_retire(here(), NULL), 0);
    assert_true(signatures(&first, &all) && signatures(&second, &all) && all == 2); /* its last one */
    assert_int_equal(keys_use_spare(here(), path_of("ledger-spare.key"), NULL), 0);
    assert_true(signatures(&second, &all) && signatures(&spare, &all) && all == 2);
}

static void a_list_that_was_changed_is_refused(void **state) {
    (void)state;
    BUF_LOCAL(document);
    struct keys k;
    make();
    assert_int_equal(keys_document(here(), &document, NULL), 0);
    for (size_t at = 0; at < document.n; at++) {
        struct err e = {0};
        document.p[at] ^= 1;
        if (keys_read_document(buf_str(&document), &k, &e) == 0)
            fail_msg("taken with byte %zu changed: %s", at, document.p);
        assert_true(e.text[0]);
        assert_int_equal(file_write(path_of("ledger.vkeys"), buf_str(&document), 0644, NULL), 0);
        assert_int_equal(keys_read(here(), &k, &e), -ERR_INVALID);
        document.p[at] ^= 1;
    }
}

static void a_list_comes_back_as_it_was(void **state) {
    (void)state;
    struct keys k, again;
    BUF_LOCAL(text);
    BUF_LOCAL(back);
    make();
    assert_int_equal(keys_rotate(here(), NULL), 0);
    read_into(&k);
    keys_write_list(&k, &text);
    assert_int_equal(keys_read_list(buf_str(&text), &again, NULL), 0);
    keys_write_list(&again, &back);
    assert_string_equal(back.p, text.p);
}

static void what_is_no_list_is_refused_in_words(void **state) {
    (void)state;
#define KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define LIST "daylight/keys/v1\n"
    const char *none[] = {"",
                          "\n",
                          LIST,
                          "active " KEY "\n",
                          "active " KEY "\n" LIST,
                          LIST "active " KEY,
                          LIST "spare " KEY "\n",
                          LIST "signs " KEY "\n",
                          LIST "active  " KEY "\n",
                          LIST "active " KEY "\n\n",
                          LIST "active " KEY "\nspare " KEY "\n",
                          LIST "active " KEY "\nretired other\n",
                          LIST "active example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct keys k;
        struct err e = {0};
        if (keys_read_list(str_of(none[i]), &k, &e) != -ERR_INVALID)
            fail_msg("taken: %s", none[i]);
        assert_non_null(strstr(e.text, "list of a log's keys"));
    }
}

static void a_damaged_key_file_is_no_secret(void **state) {
    (void)state;
    struct keys k;
    BUF_LOCAL(text);
    make();
    read_into(&k);
    assert_int_equal(file_read(path_of("ledger.key"), 4096, &text, NULL), 0);
    for (size_t at = 0; at < text.n; at += 3) {
        text.p[at] ^= 1;
        assert_int_equal(file_write(path_of("ledger.key"), buf_str(&text), 0600, NULL), 0);
        assert_false(has_secret(&k.item[0].key));
        text.p[at] ^= 1;
    }
}

static void an_office_without_keys_says_so(void **state) {
    (void)state;
    struct keys k;
    struct err e = {0};
    assert_int_equal(keys_read(here(), &k, &e), -ERR_NOT_FOUND);
    assert_int_equal(keys_rotate(here(), &e), -ERR_NOT_FOUND);
    assert_non_null(strstr(e.text, "no keys"));
}

#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(an_office_begins_with_an_active_key_and_a_spare),
        IN_A_FOLDER(only_the_owner_may_read_secrets),
        IN_A_FOLDER(keys_are_never_made_over_others),
        IN_A_FOLDER(what_a_crash_left_before_the_list_was_written_is_completed),
        IN_A_FOLDER(a_key_without_a_state_is_no_beginning),
        IN_A_FOLDER(a_rotation_has_two_active_keys_until_the_old_one_is_retired),
        IN_A_FOLDER(a_secret_that_a_retired_key_left_behind_is_removed),
        IN_A_FOLDER(keys_rotate_until_the_list_is_full),
        IN_A_FOLDER(the_spare_takes_over_from_the_file_that_was_kept_elsewhere),
        IN_A_FOLDER(the_spare_takes_over_where_the_other_key_was_lost),
        IN_A_FOLDER(each_list_is_signed_by_the_keys_before_it_and_by_its_own),
        IN_A_FOLDER(a_list_that_was_changed_is_refused),
        IN_A_FOLDER(a_list_comes_back_as_it_was),
        cmocka_unit_test(what_is_no_list_is_refused_in_words),
        IN_A_FOLDER(a_damaged_key_file_is_no_secret),
        IN_A_FOLDER(an_office_without_keys_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
