// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What the signer signed last, DIR/keys/ledger.state (0600): one block of 4,096 bytes that is written with one pwrite()
 * and fdatasync() before a signature leaves. The record stands in it twice, 512 bytes apart, each with its SHA-256: a
 * torn write leaves the old or the new one whole, and one flipped bit leaves the other copy.
 *
 *     daylight-signer/v1 \n origin \n size \n base64(root) \n base64(SHA-256 of the lines before) \n zeros
 *
 * The lock on the file makes the signer, and with it the sequencer, one. For keys.c and signer.c.
 * Errors: -ERR_TOO_MANY (another process holds the lock), -ERR_LEDGER (missing or unreadable: the sentence says how to
 * mend), IO, FULL. */
#include "ledger/note.h"

enum { SIGNER_STATE = 4096 };

struct signer_state {
    char origin[NOTE_NAME_MOST + 1];
    uint64_t size;
    struct hash root;
};

/* A new file. */
int signer_state_make(struct str folder, struct str origin, uint64_t size, struct hash root, struct err *reterr);
/* Opens for reading and writing, and locks; *ret_fd is closed by the caller, which gives the lock back. */
int signer_state_open(struct str folder, int *ret_fd, struct err *reterr);
/* Of two good records that differ the larger tree counts: it was about to be signed, and contains the other.
 * *ret_whole: both are as they were written; else one is damaged or older, and writing mends it. */
int signer_state_read(int fd, struct str folder, struct signer_state *ret, bool *ret_whole, struct err *reterr);
/* 0 only when it is on the disk. After a failure the descriptor is not to be trusted any more. */
int signer_state_write(int fd, const struct signer_state *s, struct err *reterr);
