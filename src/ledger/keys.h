// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The log's keys as files of DIR/keys: "ledger.key" signs, "ledger-spare.key" is announced in entry 0 and kept
 * elsewhere, "ledger-N.key" came by rotation. Mode 0600, two lines: "secret <base64 of a 32-byte seed>" and the
 * verifier key. Only the signer reads secrets. DIR/keys/ledger.vkeys, which holds none, lists the verifier keys in the
 * order in which they came:
 *
 *     active <vkey>      signs every checkpoint (several while a rotation is under way)
 *     spare <vkey>
 *     retired <vkey>
 *
 * The text of that file is the public document that key entries commit to. All keys bear the log's origin as name.
 * Every function reads the files anew; those that change them want the signer's lock held (ledger/signer.h).
 * Threads: safe. Errors: IO, FULL, INVALID (a file is not as above), NOT_FOUND (this office has no keys). */
#include "ledger/note.h"

enum { KEYS_MOST = 16, KEY_SECRET = 64 };
enum key_state { KEY_ACTIVE, KEY_SPARE, KEY_RETIRED };
struct keys {
    size_t n;
    struct {
        enum key_state state;
        struct vkey key;
    } item[KEYS_MOST];
};
/* Makes both keys, the signer's first state and the list. -ERR_CONFLICT where there is a list or a state. */
int keys_make(struct str folder, struct str origin, struct err *reterr);
int keys_read(struct str folder, struct keys *ret, struct err *reterr);
/* The text of such a list. */
int keys_read_list(struct str text, struct keys *ret, struct err *reterr);
void keys_write_list(const struct keys *k, struct buf *to);
/* The secret of one of the keys; who asks wipes it. */
int keys_secret(struct str folder, const struct vkey *key, uint8_t ret[KEY_SECRET], struct err *reterr);
/* A new active key beside the old. -ERR_CONFLICT: the list is full, or a rotation is under way already. */
int keys_rotate(struct str folder, struct err *reterr);
/* The oldest active key signs no more, and its secret is removed. -ERR_CONFLICT when it is the only one. */
int keys_retire(struct str folder, struct err *reterr);
/* The spare becomes active beside the old; its secret is read from `file`. -ERR_FORBIDDEN: that is another key. */
int keys_use_spare(struct str folder, const char *file, struct err *reterr);
