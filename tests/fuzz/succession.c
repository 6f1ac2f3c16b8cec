// SPDX-License-Identifier: Apache-2.0
/* A log whose keys changed as the bytes say, in any order and by anybody: whoever knows one key is led to those that a
 * plain reading of docs/ledger-format.md says, or nowhere. The first byte says which key is known; then lists, each
 * parted by 0: a byte with a bit for each of eight keys that signs it, and pairs of a key's number and its state (a, s,
 * r). What is left over is read as "keys" itself. */
#include "ledger/succession.h"

#include "base/file.h"
#include "fuzz.h"
#include "ledger/commit.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KEYS = 8, LISTS_MOST = 5 };

static struct vkey key[KEYS], stranger; /* who signs the checkpoint: of no list */
static uint8_t secret[KEYS][64], stranger_secret[64];
static char folder[64];
static struct fetch *from;

struct list {
    uint8_t signers, in, active, spare; /* bits */
    struct buf text;
};

static void end(void) {
    fetch_close(from);
    (void)file_remove_all(folder, NULL);
}

static void begin(void) {
    FUZZ_CHECK(sodium_init() >= 0, "libsodium\n");
    for (uint8_t i = 0; i <= KEYS; i++) {
        uint8_t public[32], seed[32] = {i};
        (void)crypto_sign_seed_keypair(public, i < KEYS ? secret[i] : stranger_secret, seed); /* always 0 */
        FUZZ_CHECK(!vkey_make(STR("log.example"), NOTE_ED25519, public, i < KEYS ? &key[i] : &stranger, NULL),
                   "keys\n");
    }
    (void)snprintf(folder, sizeof folder, "%s", "/tmp/daylight-fuzz-XXXXXX"); /* fits */
    FUZZ_CHECK(mkdtemp(folder) && !fetch_open(folder, NULL, &from, NULL), "folder\n");
    char path[128];
    (void)snprintf(path, sizeof path, "%s/document", folder);
    FUZZ_CHECK(!file_make_folder(path, NULL), "folder\n");
    (void)atexit(end);
}

/* False: no list can be written of these bytes. */
static bool read_list(struct str bytes, struct list *ret) {
    *ret = (struct list){.text = BUF_INIT};
    if (bytes.n < 3)
        return false;
    ret->signers = (uint8_t)bytes.p[0];
    buf_add_z(&ret->text, "daylight/keys/v1\n");
    for (size_t i = 1; i + 1 < bytes.n; i += 2) {
        uint8_t k = (uint8_t)bytes.p[i] % KEYS, bit = (uint8_t)(1u << k);
        char state = bytes.p[i + 1];
        if (ret->in & bit)
            return false;
        ret->in |= bit;
        ret->active |= state == 'a' ? bit : 0;
        ret->spare |= state == 's' ? bit : 0;
        buf_add_z(&ret->text, state == 'a' ? "active " : state == 's' ? "spare " : "retired ");
        vkey_write(&key[k], &ret->text);
        buf_add_char(&ret->text, '\n');
    }
    return ret->in;
}

static void put(const char *name, const struct buf *bytes) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb"); /* file_write() would wait for the disk */
    FUZZ_CHECK(f && fwrite(bytes->p, 1, bytes->n, f) == bytes->n && fclose(f) == 0, "%s\n", path);
}

static void put_list(const struct list *l, uint64_t index, struct succession *s, char name[TRUST_LIST_NAME]) {
    BUF_LOCAL(document);
    buf_add(&document, buf_str(&l->text));
    buf_add_char(&document, '\n');
    for (size_t k = 0; k < KEYS; k++)
        if (l->signers >> k & 1)
            note_sign(buf_str(&l->text), &key[k], secret[k], 0, &document);
    struct hash commit = commit_public(buf_str(&document));
    FUZZ_CHECK(!succession_add(s, index, &commit, NULL), "add\n");
    trust_list_name(&commit, name);
    put(name, &document);
}

/* What the format says. 0: it leads nowhere. */
static uint8_t leads_to(const struct list *list, size_t n, uint8_t known) {
    uint8_t good = known, in = 0;
    bool met = false;
    for (size_t i = 0; i < n; i++) {
        if (!list[i].active || !(list[i].signers & list[i].active))
            return 0; /* not a list at all */
        bool is_signed = list[i].signers & good & list[i].in;
        if (!met && !is_signed)
            continue;
        if (!is_signed || (in & ~list[i].in))
            return 0;
        met = true;
        in = list[i].in;
        good = list[i].active | list[i].spare;
    }
    return met ? good : 0;
}

static void follow(const struct list *list, size_t n, uint8_t known_key) {
    struct succession s = {.n = 0}, by;
    struct trust t = TRUST_INIT;
    struct err err = {0};
    char name[LISTS_MOST][TRUST_LIST_NAME];
    BUF_LOCAL(keys);
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    struct checkpoint c = {STR("log.example"), 100, merkle_empty()};
    for (size_t i = 0; i < n; i++)
        put_list(&list[i], i, &s, name[i]);
    succession_write(&s, &keys);
    put("keys", &keys);
    checkpoint_write(&c, &text);
    buf_printf(&note, "%s\n", text.p);
    note_sign(buf_str(&text), &stranger, stranger_secret, 0, &note);
    FUZZ_CHECK(!trust_add(&t, &key[known_key], NULL), "trust\n");
    int bad = succession_follow(&t, from, buf_str(&note), &by, &err);
    uint8_t right = leads_to(list, n, (uint8_t)(1u << known_key)), got = 0;
    FUZZ_CHECK(bad == 0 ? right : bad == -ERR_FORBIDDEN && !right && err.text[0], "%d %s: %02x\n", bad, err.text,
               right);
    for (size_t i = 0; i < t.keys; i++)
        for (size_t k = 0; k < KEYS; k++)
            got |= memcmp(t.key[i].key, key[k].key, 32) == 0 ? (uint8_t)(1u << k) : 0;
    FUZZ_CHECK(got == (bad ? 1u << known_key : right), "%02x, not %02x\n", got, right);
    for (size_t i = 0; i < n; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        (void)unlink(path); /* two lists may be one file */
    }
}

static void read_keys(struct str text) {
    struct succession s;
    BUF_LOCAL(again);
    int bad = succession_read(text, &s, NULL);
    FUZZ_CHECK(bad == 0 || bad == -ERR_INVALID, "%d\n", bad);
    if (bad)
        return;
    succession_write(&s, &again);
    FUZZ_CHECK(str_eq(buf_str(&again), text), "%s\n", again.p); /* one spelling */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct list list[LISTS_MOST];
    size_t n = 0;
    if (!from)
        begin();
    if (!size)
        return 0;
    struct str rest = str_part((const char *)data + 1, size - 1), part;
    bool good = true;
    while (good && n < LISTS_MOST && str_cut(&rest, 0, &part))
        good = read_list(part, &list[n++]);
    if (good && n)
        follow(list, n, data[0] % KEYS);
    for (size_t i = 0; i < n; i++)
        buf_clear(&list[i].text);
    read_keys(rest);
    return 0;
}
