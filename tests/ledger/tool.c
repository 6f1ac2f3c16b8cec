// SPDX-License-Identifier: Apache-2.0
/* What our formats say, for tools written elsewhere to check, and what those tools say, for ours to check:
 *
 *   ledger-tool proofs MOST      entries, roots and every proof of every tree of up to MOST entries, in lines
 *   ledger-tool notes FOLDER N   N notes with several signatures, and the keys that made them
 *   ledger-tool open FOLDER      opens the notes of a folder, whoever made them; then with each byte changed
 *   ledger-tool log SIZE         a whole log in a new folder, which it names, with some proofs in proof/INDEX
 *   ledger-tool acts STORE N     leaves N entries in an office's store, as acts do, for its sequencer to find
 *
 * Exit status 0; 1 and a sentence where ours does not agree with itself or with them. */
#include "made_log.h"

#include "base/file.h"
#include "ledger/lines.h"
#include "ledger/log.h"
#include "ledger/proof.h"
#include "ledger/tile.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE_MOST = 4096, NOTE_BYTES_MOST = 1 << 16, KEYS_A_NOTE = 4 };

#define MUST(true_, ...)                                                                                               \
    do {                                                                                                               \
        if (!(true_)) {                                                                                                \
            (void)fprintf(stderr, __VA_ARGS__);                                                                        \
            (void)fprintf(stderr, " (%s)\n", #true_);                                                                  \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* --- proofs --- */

/* Every full subtree there is: row[l][i] of 2^l leaves. */
struct rows {
    struct hash *row[64];
};

static int from_rows(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)reterr;
    *ret = ((struct rows *)arg)->row[level][index];
    return 0;
}

static void say_hash(struct buf *line, const struct hash *h) {
    buf_add_char(line, ' ');
    lines_add_base64(line, h->b, sizeof h->b);
}

static void say(struct buf *line) {
    buf_add_char(line, '\n');
    MUST(!buf_failed(line) && fwrite(line->p, 1, line->n, stdout) == line->n, "the line could not be written");
    buf_reset(line);
}

static void say_proof(const char *word, uint64_t a, uint64_t b, const struct merkle_proof *p, struct buf *line) {
    buf_printf(line, "%s %llu %llu", word, (unsigned long long)a, (unsigned long long)b);
    for (size_t i = 0; i < p->n; i++)
        say_hash(line, &p->hash[i]);
    say(line);
}

/* One byte of the proof changed, another one from proof to proof: ours must refuse it. (The unit test changes each byte
 * in small trees.) */
static uint8_t *some_byte(struct merkle_proof *p, uint64_t turn) {
    uint64_t at = p->n ? turn * 37 % (p->n * 32) : 0;
    return &p->hash[at / 32].b[at % 32];
}

static void inclusion(uint64_t index, uint64_t size, struct rows *rows, const struct hash *root, struct buf *line) {
    struct merkle_proof p;
    const struct hash *leaf = &rows->row[0][index];
    MUST(!merkle_prove_inclusion(index, size, from_rows, rows, &p, NULL), "entry %llu", (unsigned long long)index);
    MUST(merkle_check_inclusion(index, size, leaf, p.hash, p.n, root), "entry %llu", (unsigned long long)index);
    say_proof("in", index, size, &p, line);
    *some_byte(&p, index * 7 + size) ^= 0x10;
    MUST(!p.n || !merkle_check_inclusion(index, size, leaf, p.hash, p.n, root), "a changed proof is taken");
}

static void consistency(uint64_t old, uint64_t new, struct rows *rows, const struct hash *roots, struct buf *line) {
    struct merkle_proof p;
    MUST(!merkle_prove_consistency(old, new, from_rows, rows, &p, NULL), "size %llu", (unsigned long long)old);
    MUST(merkle_check_consistency(old, new, &roots[old], &roots[new], p.hash, p.n), "size %llu",
         (unsigned long long)old);
    say_proof("grows", old, new, &p, line);
    *some_byte(&p, old * 7 + new) ^= 0x10;
    MUST(!p.n || !merkle_check_consistency(old, new, &roots[old], &roots[new], p.hash, p.n),
         "a changed proof is taken");
}

static struct hash *must_calloc(size_t n) {
    struct hash *h = calloc(n + 1, sizeof *h);
    MUST(h, "there is no memory");
    return h;
}

static void say_entries(const struct made_log *m, uint64_t most, struct rows *rows, struct buf *line) {
    rows->row[0] = must_calloc(most);
    for (uint64_t i = 0; i < most; i++) {
        BUF_LOCAL(entry);
        made_log_entry(m, i, &entry);
        rows->row[0][i] = merkle_leaf(entry.p, entry.n);
        buf_printf(line, "entry %llu ", (unsigned long long)i);
        lines_add_base64(line, entry.p, entry.n);
        say(line);
    }
    for (unsigned l = 1; most >> l; l++) {
        rows->row[l] = must_calloc(most >> l);
        for (uint64_t i = 0; i < most >> l; i++)
            rows->row[l][i] = merkle_node(&rows->row[l - 1][2 * i], &rows->row[l - 1][2 * i + 1]);
    }
}

static void say_roots(uint64_t most, struct rows *rows, struct hash *roots, struct buf *line) {
    struct merkle_edge edge = {0};
    for (uint64_t size = 0; size <= most; size++) {
        struct hash grown = merkle_edge_root(&edge);
        MUST(!merkle_root(size, from_rows, rows, &roots[size], NULL) && hash_same(&grown, &roots[size]),
             "the root of %llu entries", (unsigned long long)size);
        buf_printf(line, "root %llu", (unsigned long long)size);
        say_hash(line, &roots[size]);
        say(line);
        if (size < most)
            merkle_edge_add(&edge, &rows->row[0][size]);
    }
}

static int proofs(const char *most_text) {
    uint64_t most;
    MUST(lines_decimal(str_of(most_text), SIZE_MOST, &most), "MOST is a number up to %d", SIZE_MOST);
    struct made_log m = {0}; /* only its entries: nothing is written */
    struct rows rows = {0};
    struct hash *roots = must_calloc(most);
    BUF_LOCAL(line);
    say_entries(&m, most, &rows, &line);
    say_roots(most, &rows, roots, &line);
    for (uint64_t size = 0; size <= most; size++) {
        for (uint64_t i = 0; i < size; i++)
            inclusion(i, size, &rows, &roots[size], &line);
        for (uint64_t old = 0; old <= size; old++)
            consistency(old, size, &rows, roots, &line);
    }
    for (unsigned l = 0; l < 64; l++)
        free(rows.row[l]);
    free(roots);
    return 0;
}

/* --- notes --- */

static void write_to(const char *folder, unsigned number, const char *ending, struct str bytes) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%u.%s", folder, number, ending); /* the folder is a test's */
    FILE *f = fopen(path, "wb");
    MUST(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && !fclose(f), "%s cannot be written", path);
}

/* Texts of each kind: checkpoints, and what only a signed note may be. */
static void add_text(unsigned number, const char *origin, struct buf *to) {
    static const char *const texts[] = {"This is an example message.\n", "one\n\ntwo\n\n\nthree\n", "\xE6\xB8\xAF\n"};
    if (number % 5 == 4) {
        buf_add_z(to, texts[number / 5 % 3]);
        return;
    }
    struct checkpoint c = {str_of(origin), number ? (UINT64_C(1) << number % 63) - number % 2 : 0, merkle_empty()};
    if (c.size)
        c.root = merkle_leaf(&number, sizeof number);
    checkpoint_write(&c, to);
}

static const char *name_of(unsigned number) {
    static char longest[NOTE_NAME_MOST + 1];
    memset(longest, 'n', NOTE_NAME_MOST);
    const char *const names[] = {"quay.example/ledger", "\xE6\xB8\xAF.example/ledger", "PeterNeumann", longest,
                                 "mill.example:8443/witness"};
    return names[number % 5];
}

static void write_note(const char *folder, unsigned number) {
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    BUF_LOCAL(vkeys);
    add_text(number, name_of(number), &text);
    buf_add(&note, buf_str(&text));
    buf_add_char(&note, '\n');
    for (unsigned i = 0; i <= number % KEYS_A_NOTE; i++) {
        uint8_t seed[32] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)i}, public[32], secret[64];
        struct vkey k;
        enum note_type type = i % 2 ? NOTE_COSIGNATURE : NOTE_ED25519;
        (void)crypto_sign_seed_keypair(public, secret, seed); /* always 0 */
        MUST(!vkey_make(str_of(name_of(number + i)), type, public, &k, NULL), "key %u of note %u", i, number);
        note_sign(buf_str(&text), &k, secret, 1790000000 + number, &note);
        vkey_write(&k, &vkeys);
        buf_add_char(&vkeys, '\n');
    }
    write_to(folder, number, "note", buf_str(&note));
    write_to(folder, number, "vkeys", buf_str(&vkeys));
}

static int notes(const char *folder, const char *n_text) {
    uint64_t n;
    MUST(lines_decimal(str_of(n_text), 10000, &n), "N is a number up to 10000");
    for (unsigned i = 0; i < n; i++)
        write_note(folder, i);
    return 0;
}

/* Signed by all of these keys? */
static bool opens(struct str bytes, struct str vkeys) {
    static struct note n;
    struct str line;
    struct vkey k;
    if (note_read(bytes, &n, NULL))
        return false;
    while (lines_next(&vkeys, &line)) {
        MUST(!vkey_read(line, &k, NULL), "not a key: %.*s", STR_FMT(line));
        if (note_check(&n, &k, NULL, NULL) != 1)
            return false;
    }
    return true;
}

static int open_notes(const char *folder) {
    unsigned number = 0, changed = 0;
    for (;; number++) {
        char path[4096];
        BUF_LOCAL(note);
        BUF_LOCAL(vkeys);
        (void)snprintf(path, sizeof path, "%s/%u.note", folder, number);
        if (file_read(path, NOTE_BYTES_MOST, &note, NULL))
            break;
        (void)snprintf(path, sizeof path, "%s/%u.vkeys", folder, number);
        MUST(!file_read(path, NOTE_BYTES_MOST, &vkeys, NULL) && vkeys.n, "%s cannot be read", path);
        MUST(opens(buf_str(&note), buf_str(&vkeys)), "note %u is refused:\n%s", number, note.p);
        for (size_t i = 0; i < note.n; i++, changed++) {
            char was = note.p[i];
            note.p[i] = (char)(was ^ 1 << (i + number) % 8);
            MUST(!opens(buf_str(&note), buf_str(&vkeys)), "note %u is taken with byte %zu changed:\n%s", number, i,
                 note.p);
            note.p[i] = was;
        }
    }
    MUST(number, "there are no notes in %s", folder);
    printf("%u notes open, %u changed ones do not\n", number, changed);
    return 0;
}

/* --- a whole log --- */

static void write_proof(const struct made_log *m, struct rows *rows, uint64_t index) {
    struct proof_file p = {.index = index};
    char name[64];
    BUF_LOCAL(checkpoint);
    BUF_LOCAL(bytes);
    made_log_read(m, "checkpoint", &checkpoint);
    p.checkpoint = buf_str(&checkpoint);
    MUST(!merkle_prove_inclusion(index, m->size, from_rows, rows, &p.path, NULL), "entry %llu",
         (unsigned long long)index);
    proof_write(&p, &bytes);
    (void)snprintf(name, sizeof name, "proof/%llu", (unsigned long long)index);
    made_log_write(m, name, buf_str(&bytes));
}

static int whole_log(const char *size_text) {
    uint64_t size;
    struct made_log m;
    struct rows rows = {0};
    MUST(lines_decimal(str_of(size_text), 1 << 24, &size) && size, "SIZE is a number from 1");
    made_log_init(&m, "quay.example/ledger", 1);
    made_log_grow(&m, size);
    rows.row[0] = m.leaf;
    for (unsigned l = 1; size >> l; l++) {
        rows.row[l] = must_calloc(size >> l);
        for (uint64_t i = 0; i < size >> l; i++)
            rows.row[l][i] = merkle_node(&rows.row[l - 1][2 * i], &rows.row[l - 1][2 * i + 1]);
    }
    for (uint64_t i = 0; i < size; i += i / 3 + 1)
        write_proof(&m, &rows, i);
    write_proof(&m, &rows, size - 1);
    for (unsigned l = 0; l < 64; l++)
        free(rows.row[l]);
    printf("%s\n", m.folder);
    return 0;
}

/* --- a log of many acts --- */

enum { ACTS_AT_ONCE = 1000 };

static int leave_entries(struct tx *tx, void *arg, struct err *reterr) {
    uint64_t first = *(uint64_t *)arg;
    int rc = 0;
    for (uint64_t i = first; rc == 0 && i < first + ACTS_AT_ONCE; i++) {
        char ticket[LEDGER_TICKET];
        struct entry e = {.type = ENTRY_PUBLISH, .day = 20600 + (int64_t)(i / 1000), .ref = -1, .committed = true};
        e.commit = merkle_leaf(&i, sizeof i);
        rc = ledger_append(tx, &e, NULL, ticket, reterr);
    }
    return rc;
}

static int acts(const char *url, const char *n_text) {
    uint64_t n;
    struct store *store;
    struct err err = {0};
    MUST(lines_decimal(str_of(n_text), 1 << 24, &n) && n % ACTS_AT_ONCE == 0, "N is a multiple of %d", ACTS_AT_ONCE);
    MUST(!store_open(url, &store, &err), "%s", err.text);
    for (uint64_t first = 0; first < n; first += ACTS_AT_ONCE)
        MUST(!store_write(store, leave_entries, &first, &err), "%s", err.text);
    store_close(store);
    return 0;
}

int main(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "";
    MUST(sodium_init() >= 0, "libsodium does not start");
    if (argc == 3 && !strcmp(word, "proofs"))
        return proofs(argv[2]);
    if (argc == 4 && !strcmp(word, "notes"))
        return notes(argv[2], argv[3]);
    if (argc == 3 && !strcmp(word, "open"))
        return open_notes(argv[2]);
    if (argc == 3 && !strcmp(word, "log"))
        return whole_log(argv[2]);
    if (argc == 4 && !strcmp(word, "acts"))
        return acts(argv[2], argv[3]);
    (void)fprintf(stderr, "ledger-tool proofs MOST | notes FOLDER N | open FOLDER | log SIZE | acts STORE N\n");
    return 2;
}
