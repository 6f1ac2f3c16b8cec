// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Signed notes, verifier keys, checkpoints and cosignatures: C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0,
 * tlog-cosignature v1.0.1.
 *
 * Reads and writes bytes, checks signatures; no files, no network. Ed25519 only (types 01 and 04); lines of other
 * types and of unknown keys are kept and ignored. Views point into the text handed in.
 * Threads: safe. Errors: -ERR_INVALID with a sentence (malformed), -ERR_FORBIDDEN (a signature does not verify). */
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "ledger/merkle.h"

enum { NOTE_MOST = 1 << 20, NOTE_LINES_MOST = 128, NOTE_NAME_MOST = 255, VKEY_TEXT_MOST = 320 };
enum note_type { NOTE_ED25519 = 1, NOTE_COSIGNATURE = 4 };

struct vkey { /* "<name>+<8 hex>+<base64>" */
    char name[NOTE_NAME_MOST + 1];
    uint32_t id;
    enum note_type type;
    uint8_t key[32];
};
int vkey_read(struct str text, struct vkey *ret, struct err *reterr);
void vkey_write(const struct vkey *k, struct buf *to);
/* Fills name, type, key and computes the id. -ERR_INVALID: the name is empty, long, no UTF-8, or holds a space or '+'.
 */
int vkey_make(struct str name, enum note_type type, const uint8_t key[32], struct vkey *ret, struct err *reterr);

struct note_line {
    struct str name; /* into the note */
    uint32_t id;
    struct str payload; /* base64 text after the key id is NOT cut off: the whole base64 field */
    struct str whole;   /* the line with its \n */
};
struct note {
    struct str text; /* signed bytes, with the final \n */
    size_t n;
    struct note_line line[NOTE_LINES_MOST];
};
int note_read(struct str bytes, struct note *ret, struct err *reterr);
/* 1: signed by k; 0: no line of k; -ERR_FORBIDDEN: a line of k that does not verify (the whole note is to be refused).
 * For a cosignature *ret_time (may be NULL) is its POSIX time, of several lines the latest. Who knows several keys asks
 * for each of them: one refusal outweighs every signature. */
int note_check(const struct note *n, const struct vkey *k, uint64_t *ret_time, struct err *reterr);
/* Appends "— name base64\n". secret: 64-byte libsodium Ed25519 secret key belonging to k. time: only for cosignatures.
 */
void note_sign(struct str text, const struct vkey *k, const uint8_t secret[64], uint64_t time, struct buf *to);

struct checkpoint {
    struct str origin; /* into the text */
    uint64_t size;
    struct hash root;
};
/* Reads a note's text: origin, size, root; extension lines are accepted and ignored. */
int checkpoint_read(struct str text, struct checkpoint *ret, struct err *reterr);
void checkpoint_write(const struct checkpoint *c, struct buf *to); /* the text, without signatures */
