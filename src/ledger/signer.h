// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The signer: a process of its own that remembers the last tree it signed and never signs another that does not
 * contain it. It has no network and no store; it opens the keys and its state file, then forbids itself everything but
 * reading and writing those descriptors (seccomp), and answers on one SOCK_SEQPACKET pair. Whoever takes over the
 * server can have the true log signed on, and nothing else.
 *
 * State, DIR/keys/ledger.state (0600): one 4,096-byte block written with one pwrite() and fdatasync() before a
 * signature leaves; the record (origin, size, root, SHA-256 over it) stands in it twice, 512 bytes apart: a torn write
 * leaves old or new whole, one flipped bit leaves the other copy. Neither readable: it refuses to sign, and says how to
 * mend. The lock on that file (flock) makes the sequencer one.
 *
 * Threads: one thread uses a struct signer. */
#include "ledger/keys.h"

struct signer;
/* Starts it: exec of program with the hidden command "signer FOLDER" and the socket as descriptor 3. -ERR_TOO_MANY:
 * another process holds the lock. -ERR_LEDGER: keys or state cannot be used; the sentence says what to do. */
int signer_start(const char *program, struct str folder, struct signer **ret, struct err *reterr);
void signer_stop(struct signer *s); /* waits for it to end; NULL is fine */
/* What it signed last: size 0 and the empty root if nothing yet. */
int signer_last(struct signer *s, uint64_t *ret_size, struct hash *ret_root, struct err *reterr);
/* A checkpoint with one signature a key, appended to `to`. proof: from signer_last() to (size, root).
 * -ERR_LEDGER: smaller than the last, or not consistent with it; nothing was signed. */
int signer_sign(struct signer *s, uint64_t size, const struct hash *root, const struct merkle_proof *proof,
                struct buf *to, struct err *reterr);
/* The child's main(): runs until the socket closes; its exit code. */
int signer_main(struct str folder, int fd);
/* The way out of a lost or unreadable state: writes one from a checkpoint that the office's own key signed (the newest
 * that anybody holds). -ERR_FORBIDDEN: not signed by it. -ERR_CONFLICT: the present state is newer. */
int signer_recover(struct str folder, struct str checkpoint, struct err *reterr);
