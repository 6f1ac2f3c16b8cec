// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a signed note, a checkpoint and a verifier key: refused, or written as the same bytes again, and never
 * signed by a key that did not sign. An input "sign" BYTE TEXT is signed first, so that it verifies; then one bit of it
 * is changed, at a place that BYTE and the text choose, and what verifies after that is still the text that was signed.
 */
#include "ledger/note.h"

#include "fuzz.h"

#include <sodium.h>
#include <string.h>

static struct vkey key, cosigner;
static uint8_t secret[64], cosigner_secret[64];

static void make_keys(void) {
    uint8_t public[32], seed[32] = {1};
    FUZZ_CHECK(sodium_init() >= 0, "libsodium\n");
    (void)crypto_sign_seed_keypair(public, secret, seed); /* always 0 */
    FUZZ_CHECK(!vkey_make(STR("office.example/ledger"), NOTE_ED25519, public, &key, NULL), "a key\n");
    seed[0] = 2;
    (void)crypto_sign_seed_keypair(public, cosigner_secret, seed); /* always 0 */
    FUZZ_CHECK(!vkey_make(STR("witness.example"), NOTE_COSIGNATURE, public, &cosigner, NULL), "a key\n");
}

static void read_key(struct str bytes) {
    struct vkey k;
    BUF_LOCAL(again);
    struct err err = {0};
    int bad = vkey_read(bytes, &k, &err);
    FUZZ_CHECK(bad ? bad == -ERR_INVALID && err.text[0] : !err.text[0], "%d \"%s\"\n", bad, err.text);
    if (bad)
        return;
    vkey_write(&k, &again);
    FUZZ_CHECK(str_eq(buf_str(&again), bytes), "%s\n", again.p);
}

static void read_checkpoint(struct str bytes) {
    struct checkpoint c;
    struct err err = {0};
    BUF_LOCAL(again);
    int bad = checkpoint_read(bytes, &c, &err);
    FUZZ_CHECK(bad ? bad == -ERR_INVALID && strstr(err.text, "checkpoint") : !err.text[0], "%d \"%s\"\n", bad,
               err.text);
    if (bad)
        return;
    checkpoint_write(&c, &again);
    struct str rest = str_from(bytes, again.n); /* extension lines: none is empty, each ends */
    FUZZ_CHECK(again.n <= bytes.n && str_eq(buf_str(&again), str_first(bytes, again.n)), "%s\n", again.p);
    FUZZ_CHECK(!rest.n ||
                   (!str_starts(rest, "\n") && str_ends(rest, "\n") && str_find(rest, STR("\n\n"), 0) == SIZE_MAX),
               "%.*s\n", STR_FMT(rest));
}

/* What a note says is all that it holds. */
static bool read_note(struct str bytes, struct note *n) {
    struct err err = {0};
    BUF_LOCAL(again);
    int bad = note_read(bytes, n, &err);
    FUZZ_CHECK(bad ? bad == -ERR_INVALID && err.text[0] : !err.text[0], "%d \"%s\"\n", bad, err.text);
    if (bad)
        return false;
    FUZZ_CHECK(n->n >= 1 && n->n <= NOTE_LINES_MOST && str_ends(n->text, "\n"), "%zu signatures\n", n->n);
    buf_add(&again, n->text);
    buf_add_char(&again, '\n');
    for (size_t i = 0; i < n->n; i++) {
        FUZZ_CHECK(str_starts(n->line[i].whole, "\xE2\x80\x94 ") && n->line[i].name.n && n->line[i].payload.n >= 8,
                   "line %zu\n", i);
        buf_add(&again, n->line[i].whole);
    }
    FUZZ_CHECK(str_eq(buf_str(&again), bytes), "%s\n", again.p);
    return true;
}

static void sign(struct str bytes) {
    static struct note n;
    BUF_LOCAL(note);
    uint64_t time = 0;
    unsigned chosen = (unsigned char)bytes.p[0];
    struct str text = str_from(bytes, 1);
    if (!text.n || !str_ends(text, "\n"))
        return;
    buf_add(&note, text);
    buf_add_char(&note, '\n');
    note_sign(text, &key, secret, 0, &note);
    note_sign(text, &cosigner, cosigner_secret, chosen, &note);
    if (!read_note(buf_str(&note), &n))
        return; /* the text is none: a control character, or no UTF-8 */
    FUZZ_CHECK(note_check(&n, &key, NULL, NULL) == 1 && note_check(&n, &cosigner, &time, NULL) == 1 && time == chosen,
               "%s\n", note.p);
    for (size_t i = 0; i < text.n; i++)
        chosen = chosen * 31 + (unsigned char)text.p[i];
    note.p[chosen / 8 % note.n] ^= (char)(1u << chosen % 8);
    if (!read_note(buf_str(&note), &n))
        return;
    bool by_key = note_check(&n, &key, NULL, NULL) == 1, by_cosigner = note_check(&n, &cosigner, NULL, NULL) == 1;
    FUZZ_CHECK(!(by_key && by_cosigner), "both signed %s\n", note.p);
    FUZZ_CHECK(!(by_key || by_cosigner) || str_eq(n.text, text), "signed: %s\n", note.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static struct note note;
    struct str bytes = str_part((const char *)data, n);
    if (!key.name[0])
        make_keys();
    if (str_starts(bytes, "sign") && n > 4) {
        sign(str_from(bytes, 4));
        return 0;
    }
    read_key(bytes);
    read_checkpoint(bytes);
    if (read_note(bytes, &note))
        FUZZ_CHECK(note_check(&note, &key, NULL, NULL) != 1 && note_check(&note, &cosigner, NULL, NULL) != 1,
                   "nobody signed it\n");
    return 0;
}
