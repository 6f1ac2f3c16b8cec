// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What a verifier knows of a log before it looks: the keys that may sign for it, and the newest checkpoint that it has
 * seen. Kept in one small file, a line of its form, the keys, an empty line, the checkpoint as it was:
 *
 *     daylight-trust/v1
 *     log <vkey>
 *
 *     <checkpoint>          may be missing
 *
 * Who is trusted for the first time is the caller's to say. Threads: one at a time on one struct.
 * Errors: -ERR_INVALID (not such a file, not a checkpoint), -ERR_FORBIDDEN (refuted), -ERR_NOT_FOUND, IO. */
#include "ledger/fetch.h"
#include "ledger/keys.h"
#include "ledger/note.h"

enum { TRUST_KEYS_MOST = 32, CHECKPOINT_MOST = 1 << 18 };

struct trust {
    size_t keys;
    struct vkey key[TRUST_KEYS_MOST];
    struct buf note;              /* the checkpoint; empty: none was seen */
    struct checkpoint checkpoint; /* what it says */
};
#define TRUST_INIT ((struct trust){.note = BUF_INIT})
void trust_clear(struct trust *t);
#define TRUST_LOCAL(name) __attribute__((cleanup(trust_clear))) struct trust name = TRUST_INIT

/* -ERR_CONFLICT: too many. A key that is there already is not added again. */
int trust_add(struct trust *t, const struct vkey *k, struct err *reterr);
/* Keys of a text, a verifier key a line. */
int trust_add_lines(struct trust *t, struct str lines, struct err *reterr);
/* Remembers this checkpoint, which was checked. */
int trust_see(struct trust *t, struct str note, struct err *reterr);

/* Learns from the list of keys that the log's newest entry "key" commits to (the log having been proven): from now on
 * its active and spare keys are trusted, and no others. A log that does not serve the list (-ERR_NOT_FOUND) teaches
 * nothing. -ERR_FORBIDDEN: what it serves is not the list that the entry commits to. *ret_new: how many keys were not
 * known. */
int trust_learn(struct trust *t, struct fetch *from, const struct hash *commit, size_t *ret_new, struct err *reterr);
/* "document/HEX", under which the list of that hash is served. */
enum { TRUST_LIST_NAME = sizeof "document/" + 2 * sizeof(struct hash) };
void trust_list_name(const struct hash *commit, char ret[TRUST_LIST_NAME]);
/* The list of keys of that hash; its bytes are appended. -ERR_FORBIDDEN: what is served is not
 * that list, or none of its active keys signed it. */
int trust_fetch_list(struct fetch *from, const struct hash *commit, struct buf *to, struct keys *ret,
                     struct err *reterr);
/* From now on the keys that this list calls active or spare are trusted, and no others. */
int trust_list(struct trust *t, const struct keys *list, struct err *reterr);

int trust_read(const char *path, struct trust *ret, struct err *reterr);
int trust_write(const char *path, const struct trust *t, struct err *reterr);
/* Where what is known of a log is kept unless told otherwise: $XDG_STATE_HOME/daylight/logs/<SHA-256 of about, hex>.
 * about: the log's origin, or its address. Appended. -ERR_NOT_FOUND: there is no home folder. */
int trust_path(struct str about, struct buf *to, struct err *reterr);

/* Is this a checkpoint of a log of which a key is known, without a line of any key that is? */
bool trust_is_stranger(const struct trust *t, struct str note);
/* Reads a checkpoint and looks for a signature of one of the keys. *ret points into note. -ERR_INVALID: not a
 * checkpoint at all. -ERR_FORBIDDEN: of none of these keys, of another log, or a signature that does not verify.
 * *ret_key (may be NULL): which one signed. */
int trust_check(const struct trust *t, struct str note, struct checkpoint *ret, const struct vkey **ret_key,
                struct err *reterr);
