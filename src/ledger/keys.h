// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The log's keys as files of DIR/keys: "ledger.key" signs, "ledger-spare.key" is announced in entry 0 and kept
 * elsewhere, "ledger-N.key" came by rotation. Mode 0600, two lines: "secret <base64 of a 32-byte seed>" and the
 * verifier key. Only the signer reads secrets, and what is below when keys change. DIR/keys/ledger.vkeys, which holds
 * none, lists the verifier keys in the order in which they came. It is a signed note, whose text is
 *
 *     daylight/keys/v1
 *     active <vkey>      signs every checkpoint (several while a rotation is under way)
 *     spare <vkey>
 *     retired <vkey>
 *
 * and whose signatures are those of the keys that are active by it, and of those that were before it and whose secrets
 * are still there. So whoever trusts one of the keys can follow from list to list.
 * These bytes are the public document that key entries commit to. All keys bear the log's origin as name.
 * Every function reads the files anew; those that change them want the signer's lock held (ledger/signer.h).
 * Threads: safe. Errors: IO, FULL, INVALID (a file is not as above), NOT_FOUND (this office has no keys). */
#include "ledger/note.h"

enum { KEYS_MOST = 64, KEY_SECRET = 64, KEYS_DOCUMENT_MOST = 64 * 1024 };
enum key_state { KEY_ACTIVE, KEY_SPARE, KEY_RETIRED, KEY_STATES };
struct keys {
    size_t n;
    struct {
        enum key_state state;
        struct vkey key;
    } item[KEYS_MOST];
};
const char *key_state_word(enum key_state s);
/* Makes the signer's first state, both keys and the list. -ERR_CONFLICT where there is a list, a state of something
 * that was signed, or a key without a state. What was cut off is completed with the keys that are there; none is ever
 * written over. */
int keys_make(struct str folder, struct str origin, struct err *reterr);
int keys_read(struct str folder, struct keys *ret, struct err *reterr);
/* The bytes of ledger.vkeys, appended: what a key entry commits to. */
int keys_document(struct str folder, struct buf *to, struct err *reterr);
/* Reads such a document: a list that at least one of its active keys has signed. */
int keys_read_document(struct str bytes, struct keys *ret, struct err *reterr);
/* Its text, without the signatures: exactly what keys_write_list() writes. */
int keys_read_list(struct str text, struct keys *ret, struct err *reterr);
void keys_write_list(const struct keys *k, struct buf *to);
/* In whatever state. */
bool keys_has(const struct keys *k, const struct vkey *key);
/* The secret of one of the keys; who asks wipes it. */
int keys_secret(struct str folder, const struct vkey *key, uint8_t ret[KEY_SECRET], struct err *reterr);
/* A new active key beside the old. -ERR_CONFLICT: the list is full, or a rotation is under way already. */
int keys_rotate(struct str folder, struct err *reterr);
/* The oldest active key signs no more, and its secret is removed. -ERR_CONFLICT when it is the only one. */
int keys_retire(struct str folder, struct err *reterr);
/* Removes secrets of retired keys, which are there where keys_retire() or keys_use_spare() was cut off. */
int keys_tidy(struct str folder, struct err *reterr);
/* The spare, whose secret is read from `file`, becomes the only active key, as those before it were lost or got into
 * wrong hands: they are retired, their secrets removed, and a new spare is made. -ERR_FORBIDDEN: that is another key.
 */
int keys_use_spare(struct str folder, const char *file, struct err *reterr);
