// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The log's keys as files of DIR/keys: "ledger.key" (signs), "ledger-spare.key" (announced in entry 0, to be kept
 * elsewhere), "ledger-N.key" after rotations; mode 0600, one line "secret <base64 of 32-byte seed>" beside one line
 * with the verifier key. Only the signer reads secrets; DIR/keys/ledger.vkeys, readable by all, lists the verifier
 * keys:
 *
 *     active <vkey>      signs every checkpoint (several while a rotation is under way)
 *     spare <vkey>
 *     retired <vkey>
 *
 * The text of that file is the public document that key entries commit to.
 * Threads: safe. Errors: IO, INVALID, NOT_FOUND. */
#include "ledger/note.h"

enum { KEYS_MOST = 16 };
enum key_state { KEY_ACTIVE, KEY_SPARE, KEY_RETIRED };
struct keys {
    size_t n;
    struct {
        enum key_state state;
        struct vkey key;
    } item[KEYS_MOST];
};
/* Makes both keys and the list. -ERR_CONFLICT where there are any. */
int keys_make(struct str folder, struct str origin, struct err *reterr);
int keys_read(struct str folder, struct keys *ret, struct err *reterr);
void keys_write_list(const struct keys *k, struct buf *to);
/* A new active key beside the old; retire: the oldest active one signs no more (-ERR_CONFLICT when it is the only). */
int keys_rotate(struct str folder, struct err *reterr);
int keys_retire(struct str folder, struct err *reterr);
/* The spare becomes active: its secret is read from `file`. */
int keys_use_spare(struct str folder, const char *file, struct err *reterr);
