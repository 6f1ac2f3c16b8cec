// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The signer: a process of its own that remembers the last tree it signed and never signs another that does not
 * contain it. It has no network and no store; it opens the keys and its state (ledger/signer_state.h), then gives up
 * every system call but reading and writing those descriptors (seccomp), and answers on one SOCK_SEQPACKET pair.
 * Whoever takes over the server can have the true log signed on, and nothing else.
 *
 * Threads: one thread uses a struct signer. Errors of the child come back as its own code and sentence. */
#include "ledger/keys.h"

struct signer;
/* Starts it: program is executed with "signer", the folder, and the socket as descriptor 3, with an empty environment.
 * -ERR_TOO_MANY: another process holds the lock. -ERR_LEDGER: keys or state cannot be used; the sentence says what to
 * do. */
int signer_start(const char *program, struct str folder, struct signer **ret, struct err *reterr);
void signer_stop(struct signer *s); /* waits for it to end; NULL is fine */
/* What it signed last: size 0 and the empty root if nothing yet. */
int signer_last(struct signer *s, uint64_t *ret_size, struct hash *ret_root, struct err *reterr);
/* A whole checkpoint note, one signature for each active key, appended to `to`. proof: from what it signed last to
 * (size, root); the same tree again needs none. -ERR_LEDGER: smaller than the last, or not consistent with it: nothing
 * was signed. After any other failure it signs no more. */
int signer_sign(struct signer *s, uint64_t size, const struct hash *root, const struct merkle_proof *proof,
                struct buf *to, struct err *reterr);
/* The child's main(): runs until the socket closes; its exit code. */
int signer_main(struct str folder, int fd);
/* The way out of a lost or unreadable state: writes one from a checkpoint that one of the office's own keys signed (the
 * newest that anybody holds). -ERR_FORBIDDEN: none did. -ERR_CONFLICT: the present state is newer, or of another tree
 * of that size. */
int signer_recover(struct str folder, struct str checkpoint, struct err *reterr);
