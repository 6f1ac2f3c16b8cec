// SPDX-License-Identifier: Apache-2.0
#pragma once
/* This office as a witness of other offices' logs: C2SP tlog-witness v1.0.0, and of its editor's draft of July 2026 the
 * monitoring address.
 *
 * It cosigns a checkpoint only when that is consistent with the last one that it cosigned for the same log, and has
 * stored it, in the same transaction that compared them, before the answer leaves. Its key, DIR/keys/witness.key, signs
 * nothing else. Of each log it keeps the newest checkpoint whole, the last WITNESS_KEPT of them, and every
 * pair of signed checkpoints that prove a fork, for good.
 *
 * Threads: any number on one struct witness_server. */
#include "base/arena.h"
#include "ledger/note.h"
#include "ledger/witness_request.h"
#include "store/store.h"

enum { WITNESS_LOGS_MOST = 64, WITNESS_KEPT = 1000 };

struct witness_server;

/* logs: verifier keys of the logs that are witnessed; several of one name are one log's. name: e.g.
 * "quay.example/witness". The key is made where there is none. -ERR_CONFLICT: the key is also a log's. */
int witness_server_open(struct store *s, const char *folder, struct str name, const struct vkey *logs, size_t n,
                        struct witness_server **ret, struct err *reterr);
void witness_server_close(struct witness_server *w); /* NULL is fine */
const struct vkey *witness_server_key(const struct witness_server *w);

struct witness_answer {
    int status;       /* 200, 400, 403, 404, 409, 422; 5xx: the store */
    const char *type; /* media type */
    struct buf body; /* 200: the cosignature's line; 409 of type text/x.tlog.size: the size; else a sentence. The caller
                        clears it */
};
/* Answers add-checkpoint; always answers. */
void witness_server_add(struct witness_server *w, struct str request, struct witness_answer *ret);

/* The newest checkpoint that was cosigned for the log whose origin has this SHA-256 (hex, lower case), with its own
 * signatures and ours. -ERR_NOT_FOUND. */
int witness_server_latest(struct tx *tx, struct arena *a, struct str origin_hash, struct str *ret, struct err *reterr);

struct witnessed { /* a log that this office witnesses */
    struct str origin;
    uint64_t size;
    int64_t at_s;  /* when it was cosigned last, POSIX seconds */
    int64_t forks; /* pairs of checkpoints that prove one */
};
int witness_server_list(struct tx *tx, struct arena *a, struct witnessed **ret, size_t *ret_n, struct err *reterr);
/* Pair number `which` (from 0, oldest first) of a log: two notes. -ERR_NOT_FOUND. */
int witness_server_fork(struct tx *tx, struct arena *a, struct str origin, int64_t which, struct str ret[2],
                        struct err *reterr);
