// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a signed note: refused in words, or a text and lines that make up the note again; no checkpoint has two
 * spellings; and what the example's key did not sign is not signed by it. */
#include "ledger/note.h"

#include "fuzz.h"

#define EXAMPLE "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

static void check_checkpoint(struct str text) {
    struct checkpoint c;
    struct err e = {0};
    BUF_LOCAL(again);
    if (checkpoint_read(text, &c, &e)) {
        FUZZ_CHECK(e.text[0], "no words\n");
        return;
    }
    checkpoint_write(&c, &again);
    FUZZ_CHECK(again.n <= text.n && str_eq(buf_str(&again), str_first(text, again.n)), "%s\n", again.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_part((const char *)data, size);
    static struct note n;
    struct vkey key;
    struct err e = {0};
    BUF_LOCAL(again);
    check_checkpoint(bytes);
    if (vkey_read(bytes, &key, &e) == 0) {
        vkey_write(&key, &again);
        FUZZ_CHECK(str_eq(buf_str(&again), bytes), "%s\n", again.p);
        buf_reset(&again);
    }
    if (note_read(bytes, &n, &e)) {
        FUZZ_CHECK(e.text[0], "no words\n");
        return 0;
    }
    check_checkpoint(n.text);
    buf_add(&again, n.text);
    buf_add_char(&again, '\n');
    for (size_t i = 0; i < n.n; i++)
        buf_add(&again, n.line[i].whole);
    FUZZ_CHECK(str_eq(buf_str(&again), bytes), "%s\n", again.p);
    FUZZ_CHECK(vkey_read(STR(EXAMPLE), &key, &e) == 0, "%s\n", e.text);
    FUZZ_CHECK(note_check(&n, &key, NULL, &e) != 1 || str_is(n.text, "This is an example message.\n"), "forged\n");
    return 0;
}
