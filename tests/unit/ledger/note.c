// SPDX-License-Identifier: Apache-2.0
#include "ledger/note.h"

#include "unit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* The example of C2SP signed-note. */
#define EXAMPLE_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define EXAMPLE_TEXT "This is an example message.\n"
#define EXAMPLE_LINE                                                                                                   \
    "\xE2\x80\x94 example.com/foo "                                                                                    \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

static uint8_t secret[64];
static struct vkey own, witness;

static int make_keys(void **state) {
    (void)state;
    uint8_t seed[32] = {7}, public[32];
    assert_true(sodium_init() >= 0);
    assert_int_equal(crypto_sign_seed_keypair(public, secret, seed), 0);
    assert_int_equal(vkey_make(STR("office.example/ledger"), NOTE_ED25519, public, &own, NULL), 0);
    assert_int_equal(vkey_make(STR("witness.example"), NOTE_COSIGNATURE, public, &witness, NULL), 0);
    return 0;
}

static void the_format_s_own_example_verifies(void **state) {
    (void)state;
    struct vkey k;
    struct note n;
    struct err e = {0};
    assert_int_equal(vkey_read(STR(EXAMPLE_KEY), &k, &e), 0);
    assert_string_equal(k.name, "example.com/foo");
    assert_int_equal(k.id, 0x530d903a);
    assert_int_equal(note_read(STR(EXAMPLE_TEXT "\n" EXAMPLE_LINE), &n, &e), 0);
    assert_true(str_is(n.text, EXAMPLE_TEXT));
    assert_int_equal(note_check(&n, &k, NULL, &e), 1);
}

static void a_key_comes_back_as_it_was(void **state) {
    (void)state;
    const struct vkey *keys[] = {&own, &witness};
    for (size_t i = 0; i < 2; i++) {
        BUF_LOCAL(text);
        BUF_LOCAL(again);
        struct vkey k;
        vkey_write(keys[i], &text);
        assert_int_equal(vkey_read(buf_str(&text), &k, NULL), 0);
        vkey_write(&k, &again);
        assert_string_equal(again.p, text.p);
    }
}

static void a_key_with_any_byte_changed_is_refused(void **state) {
    (void)state;
    char text[] = EXAMPLE_KEY;
    for (size_t at = 0; at < sizeof text - 1; at++)
        for (int c = 0; c < 256; c++) {
            struct vkey k;
            struct err e = {0};
            char was = text[at];
            if ((char)c == was)
                continue;
            text[at] = (char)c;
            if (vkey_read(str_part(text, sizeof text - 1), &k, &e) != -ERR_INVALID)
                fail_msg("taken with byte %zu as %d: %s", at, c, text);
            text[at] = was;
        }
}

static void a_name_has_no_space_of_any_kind_and_no_plus(void **state) {
    (void)state;
    const char *none[] = {"",
                          " ",
                          "a b",
                          "a+b",
                          "a\tb",
                          "a\nb",
                          "a\xC2\xA0z",
                          "a\xC2\x85z",
                          "a\xE2\x80\x83z",
                          "a\xE2\x80\xA8z",
                          "a\xE3\x80\x80z",
                          "a\xE1\x9A\x80z",
                          "a\xE2\x80\x80z",
                          "a\xE2\x80\x8Az",
                          "a\xE2\x80\xAFz",
                          "a\xE2\x81\x9Fz",
                          "a\xFFz",
                          "a\xE2\x80"};
    uint8_t key[32] = {0};
    struct vkey k;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (vkey_make(str_of(none[i]), NOTE_ED25519, key, &k, NULL) == 0)
            fail_msg("taken: \"%s\"", none[i]);
    assert_int_equal(vkey_make(STR("镇.example/账本"), NOTE_ED25519, key, &k, NULL), 0);
    assert_int_equal(vkey_make(STR("a\xE2\x80\x8Bz\xE2\x80\x90\x7F"), NOTE_ED25519, key, &k, NULL), 0); /* no spaces */
    char longest[NOTE_NAME_MOST + 2];
    memset(longest, 'n', sizeof longest);
    assert_int_equal(vkey_make(str_part(longest, NOTE_NAME_MOST), NOTE_ED25519, key, &k, NULL), 0);
    assert_int_equal(vkey_make(str_part(longest, NOTE_NAME_MOST + 1), NOTE_ED25519, key, &k, NULL), -ERR_INVALID);
}

static void add_checkpoint(struct buf *to) {
    struct checkpoint c = {STR("office.example/ledger"), 42, merkle_empty()};
    checkpoint_write(&c, to);
}

/* The text, and a note that lacks its signatures yet. */
static void begin_note(struct buf *text, struct buf *note) {
    add_checkpoint(text);
    buf_add(note, buf_str(text));
    buf_add_char(note, '\n');
}

static void what_is_signed_verifies_and_tells_the_cosigner_s_time(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    struct note n;
    struct err e = {0};
    uint64_t time = 0;
    begin_note(&text, &note);
    note_sign(buf_str(&text), &own, secret, 0, &note);
    note_sign(buf_str(&text), &witness, secret, 1710582480, &note);
    assert_int_equal(note_read(buf_str(&note), &n, &e), 0);
    assert_int_equal(n.n, 2);
    assert_int_equal(note_check(&n, &own, NULL, &e), 1);
    assert_int_equal(note_check(&n, &witness, &time, &e), 1);
    assert_int_equal(time, 1710582480);
    struct vkey other = own;
    other.id ^= 1;
    assert_int_equal(note_check(&n, &other, NULL, &e), 0);
    (void)snprintf(other.name, sizeof other.name, "other.example");
    other.id = own.id;
    assert_int_equal(note_check(&n, &other, NULL, &e), 0);
}

/* Signed by the key with a byte changed: only where the byte stands in another signature. */
static void a_note_with_any_byte_changed_is_not_signed(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    begin_note(&text, &note);
    note_sign(buf_str(&text), &own, secret, 0, &note);
    for (size_t at = 0; at < note.n; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            struct note n;
            note.p[at] ^= (char)(1u << bit);
            if (note_read(buf_str(&note), &n, NULL) == 0 && note_check(&n, &own, NULL, NULL) == 1)
                fail_msg("byte %zu, bit %u", at, bit);
            note.p[at] ^= (char)(1u << bit);
        }
}

static void a_cosignature_with_any_byte_changed_is_not_valid(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    begin_note(&text, &note);
    note_sign(buf_str(&text), &witness, secret, 5, &note);
    for (size_t at = 0; at < note.n; at++) {
        struct note n;
        note.p[at] ^= 1;
        if (note_read(buf_str(&note), &n, NULL) == 0 && note_check(&n, &witness, NULL, NULL) == 1)
            fail_msg("byte %zu", at);
        note.p[at] ^= 1;
    }
}

static void a_known_key_s_bad_signature_spoils_the_note(void **state) {
    (void)state;
    BUF_LOCAL(note);
    struct note n;
    struct vkey k;
    struct err e = {0};
    assert_int_equal(vkey_read(STR(EXAMPLE_KEY), &k, NULL), 0);
    buf_add_z(&note, EXAMPLE_TEXT "\n" EXAMPLE_LINE);
    buf_add_z(&note, "\xE2\x80\x94 example.com/foo Uw2QOkn8srV1yA==\n");
    assert_int_equal(note_read(buf_str(&note), &n, &e), 0);
    assert_int_equal(note_check(&n, &k, NULL, &e), -ERR_FORBIDDEN);
    assert_non_null(strstr(e.text, "530d903a"));
}

static void signatures_of_other_kinds_and_keys_are_passed_over(void **state) {
    (void)state;
    BUF_LOCAL(note);
    struct note n;
    struct vkey k;
    struct err e = {0};
    uint8_t large[3700];
    memset(large, 0x5A, sizeof large);
    assert_int_equal(vkey_read(STR(EXAMPLE_KEY), &k, NULL), 0);
    buf_add_z(&note, EXAMPLE_TEXT "\n");
    for (size_t i = 0; i < 20; i++) {
        buf_printf(&note, "\xE2\x80\x94 witness%zu ", i);
        size_t room = sodium_base64_encoded_len(sizeof large, sodium_base64_VARIANT_ORIGINAL);
        buf_reserve(&note, room);
        (void)sodium_bin2base64(note.p + note.n, room, large, sizeof large, sodium_base64_VARIANT_ORIGINAL);
        note.n += room - 1;
        buf_add_char(&note, '\n');
    }
    buf_add_z(&note, EXAMPLE_LINE);
    assert_int_equal(note_read(buf_str(&note), &n, &e), 0);
    assert_int_equal(n.n, 21);
    assert_int_equal(note_check(&n, &k, NULL, &e), 1);
}

/* What a stranger sees while the log's key is being changed: he knows the old key, or the new one, or both. */
static void a_note_of_two_keys_verifies_under_either(void **state) {
    (void)state;
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    struct note n;
    struct vkey fresh;
    struct err e = {0};
    uint8_t seed[32] = {8}, public[32], fresh_secret[64];
    (void)crypto_sign_seed_keypair(public, fresh_secret, seed); /* always 0 */
    assert_int_equal(vkey_make(STR("office.example/ledger"), NOTE_ED25519, public, &fresh, NULL), 0);
    begin_note(&text, &note);
    note_sign(buf_str(&text), &own, secret, 0, &note);
    size_t second = note.n;
    note_sign(buf_str(&text), &fresh, fresh_secret, 0, &note);
    assert_int_equal(note_read(buf_str(&note), &n, &e), 0);
    assert_int_equal(note_check(&n, &own, NULL, &e), 1);
    assert_int_equal(note_check(&n, &fresh, NULL, &e), 1);
    /* A damaged signature of the new key: who knows the old one alone takes the note, who knows both refuses it. */
    char *byte = &note.p[note.n - 20];
    *byte = *byte == 'A' ? 'B' : 'A';
    assert_int_equal(note_read(buf_str(&note), &n, &e), 0);
    assert_int_equal(note_check(&n, &own, NULL, &e), 1);
    assert_int_equal(note_check(&n, &fresh, NULL, &e), -ERR_FORBIDDEN);
    buf_cut(&note, second); /* before the change, and after the retirement: one of them is nobody */
    assert_int_equal(note_read(buf_str(&note), &n, &e), 0);
    assert_int_equal(note_check(&n, &own, NULL, &e), 1);
    assert_int_equal(note_check(&n, &fresh, NULL, &e), 0);
}

static void a_stranger_s_line_may_have_any_name_and_any_base64(void **state) {
    (void)state;
    BUF_LOCAL(note);
    struct note n;
    struct vkey k;
    struct err e = {0};
    assert_int_equal(vkey_read(STR(EXAMPLE_KEY), &k, NULL), 0);
    buf_add_z(&note, EXAMPLE_TEXT "\n\xE2\x80\x94 ");
    for (int i = 0; i < 100; i++)
        buf_add_z(&note, "镇/账本/");
    buf_add_z(&note, "\x7F AAAAAAAAAB==\n" EXAMPLE_LINE);
    if (note_read(buf_str(&note), &n, &e))
        fail_msg("%s", e.text);
    assert_int_equal(note_check(&n, &k, NULL, &e), 1);
}

static void a_text_may_hold_empty_lines(void **state) {
    (void)state;
    BUF_LOCAL(note);
    struct note n;
    struct str text = STR("one\n\n\xE2\x80\x94 not a signature\n\ntwo\n");
    buf_add(&note, text);
    buf_add_char(&note, '\n');
    note_sign(text, &own, secret, 0, &note);
    assert_int_equal(note_read(buf_str(&note), &n, NULL), 0);
    assert_true(str_eq(n.text, text));
    assert_int_equal(note_check(&n, &own, NULL, NULL), 1);
}

static void what_is_no_note_is_refused_in_words(void **state) {
    (void)state;
    const char *none[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "\n\n" EXAMPLE_LINE,
        "text\n" EXAMPLE_LINE,
        "text\n\n\xE2\x80\x94 name\n",
        "text\n\n\xE2\x80\x94 name AAAA\n",
        "text\n\n\xE2\x80\x94 name AAAAAAA!\n",
        "text\n\n\xE2\x80\x94 na+me AAAAAAAA\n",
        "text\n\n\xE2\x80\x94  AAAAAAAA\n",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n\xE2\x80\x94 name AAAAAAAA",
        "te\txt\n\n\xE2\x80\x94 name AAAAAAAA\n",
        "te\rxt\n\n\xE2\x80\x94 name AAAAAAAA\n",
        "te\xC3xt\n\n\xE2\x80\x94 name AAAAAAAA\n",
        "text\n\n\xE2\x80\x94 n\xFF AAAAAAAA\n",
        "text\n\n\xE2\x80\x94 name AAAAAA==\n",
        "text\n\n\xE2\x80\x94 name AAAAAAAAA===\n",
        "text\n\n\xE2\x80\x94 name AAAAAAAA AAA\n",
        "text\n\n\xE2\x80\x94 name AAAAAAAA!!!!\n",
        "text\n\n\xE2\x80\x94 name AAAA====AAAA\n",
        "text\n\n\xE2\x80\x94 name AAAAAAAA\n\n",
        "text\n\n\xE2\x80\x94 name AAAAAAAA\n\n\xE2\x80\x94 other AAAA\n",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct note n;
        struct err e = {0};
        if (note_read(str_of(none[i]), &n, &e) != -ERR_INVALID)
            fail_msg("taken: %s", none[i]);
        assert_non_null(strstr(e.text, "signed note"));
    }
}

static void too_many_signatures_and_too_many_bytes_are_refused(void **state) {
    (void)state;
    BUF_LOCAL(note);
    struct note n;
    buf_add_z(&note, "text\n\n");
    for (size_t i = 0; i < NOTE_LINES_MOST; i++)
        buf_add_z(&note, "\xE2\x80\x94 name AAAAAAAA\n");
    assert_int_equal(note_read(buf_str(&note), &n, NULL), 0);
    buf_add_z(&note, "\xE2\x80\x94 name AAAAAAAA\n");
    assert_int_equal(note_read(buf_str(&note), &n, NULL), -ERR_INVALID);
    BUF_LOCAL(large);
    for (size_t i = 0; i < NOTE_MOST; i++)
        buf_add_char(&large, 'x');
    buf_add_z(&large, "\n\n" EXAMPLE_LINE);
    assert_int_equal(note_read(buf_str(&large), &n, NULL), -ERR_INVALID);
}

static void a_checkpoint_is_three_lines_and_perhaps_more(void **state) {
    (void)state;
    struct checkpoint c;
    BUF_LOCAL(text);
    add_checkpoint(&text);
    assert_string_equal(text.p, "office.example/ledger\n42\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    assert_int_equal(checkpoint_read(buf_str(&text), &c, NULL), 0);
    assert_true(str_is(c.origin, "office.example/ledger"));
    assert_int_equal(c.size, 42);
    buf_add_z(&text, "an extension\n");
    assert_int_equal(checkpoint_read(buf_str(&text), &c, NULL), 0);
    const char *none[] = {"",
                          "o\n",
                          "o\n1\n",
                          "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                          "o\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                          "o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                          "o\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                          "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
                          "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                          "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n",
                          "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nx"};
    assert_int_equal(checkpoint_read(STR("o\0p\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &c, NULL),
                     -ERR_INVALID);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct err e = {0};
        if (checkpoint_read(str_of(none[i]), &c, &e) != -ERR_INVALID)
            fail_msg("taken: %s", none[i]);
        assert_non_null(strstr(e.text, "checkpoint"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_s_own_example_verifies),
        cmocka_unit_test(a_key_comes_back_as_it_was),
        cmocka_unit_test(a_key_with_any_byte_changed_is_refused),
        cmocka_unit_test(a_name_has_no_space_of_any_kind_and_no_plus),
        cmocka_unit_test(what_is_signed_verifies_and_tells_the_cosigner_s_time),
        cmocka_unit_test(a_note_with_any_byte_changed_is_not_signed),
        cmocka_unit_test(a_cosignature_with_any_byte_changed_is_not_valid),
        cmocka_unit_test(a_known_key_s_bad_signature_spoils_the_note),
        cmocka_unit_test(signatures_of_other_kinds_and_keys_are_passed_over),
        cmocka_unit_test(a_note_of_two_keys_verifies_under_either),
        cmocka_unit_test(a_stranger_s_line_may_have_any_name_and_any_base64),
        cmocka_unit_test(a_text_may_hold_empty_lines),
        cmocka_unit_test(what_is_no_note_is_refused_in_words),
        cmocka_unit_test(too_many_signatures_and_too_many_bytes_are_refused),
        cmocka_unit_test(a_checkpoint_is_three_lines_and_perhaps_more),
    };
    return cmocka_run_group_tests(tests, make_keys, NULL);
}
