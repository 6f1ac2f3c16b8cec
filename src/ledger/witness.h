// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The witnesses of this office's own log: each has a thread that shows it every new checkpoint (the newest one, every
 * few seconds at most) with the proof that it contains the last one that witness saw, and keeps the cosignature. C2SP
 * tlog-witness v1.0.0. No act ever waits for them.
 *
 * A cosignature is stored in ledger_cosignature; ledger_state() puts those of exactly the published text under it. When
 * nothing is new, a witness is asked again every now and then: its fresh time shows that nobody was shown another log.
 * Where no quorum was reached for `alarm_s`, one entry "incident … code unwitnessed" is left, with a document
 * that says since when.
 *
 * Threads: start and stop from one; witness_list() and witness_policy() any. */
#include "ledger/log.h"
#include "ledger/note.h"
#include "ledger/tiles.h"

enum { WITNESSES_MOST = 32, WITNESS_NAME_MOST = 64 };

struct witness_peer { /* strings are the caller's, and live on */
    struct str name;  /* as the policy calls it: [a-z0-9.-] and so on, no space */
    struct vkey key;  /* a cosigner's */
    const char *url;  /* its submission prefix: URL/add-checkpoint */
};
/* "NAME VKEY URL", as site.ini says it. Strings point into the text; the URL goes to the arena. -ERR_INVALID. */
int witness_peer_read(struct str text, struct arena *a, struct witness_peer *ret, struct err *reterr);

/* The office's trust policy (C2SP tlog-policy): its log's active keys, its witnesses, `quorum` of them (0: more than
 * half). Appended. */
void witness_policy_write(const struct vkey *logs, size_t n, const char *log_url, const struct witness_peer *peers,
                          size_t n_peers, unsigned quorum, struct buf *to);

/* Leaves an entry "policy" where this is not the policy that the last one commits to. first: also where there was none
 * before. */
int witness_policy_keep(struct store *s, struct str text, bool first, bool *ret_entered, struct err *reterr);

struct witnesses;
struct witnesses_settings {
    const struct witness_peer *peer;
    size_t n;
    unsigned quorum;          /* 0: more than half */
    unsigned interval_ms;     /* between two questions to one witness, at least */
    unsigned refresh_s;       /* a checkpoint that it cosigned is shown to it again after this long */
    unsigned alarm_s;         /* 0: no incident */
    bool (*leads)(void *arg); /* does this process sequence? Others of one office only watch. NULL: it does */
    void *arg;
};
struct witnesses_settings witnesses_settings(void); /* 2 s, 10 minutes, 24 hours */

/* Settings are copied, but for the strings. n 0 is fine: nothing happens. */
int witnesses_start(struct store *s, struct tiles *tiles, const struct witnesses_settings *settings,
                    struct witnesses **ret, struct err *reterr);
void witnesses_stop(struct witnesses *w); /* within a second; NULL is fine */

/* What is known of each witness that was ever asked, by name. */
struct witness_seen {
    struct str name, url;
    int64_t since_s;  /* it is asked since */
    uint64_t size;    /* of the newest checkpoint that it cosigned; 0 with at_s 0: none yet */
    int64_t at_s;     /* when, by its own clock, POSIX seconds */
    bool current;     /* and that is the one published now */
    int64_t failed_s; /* its last answer was no cosignature: when; 0: it was one */
    struct str why;   /* then: a sentence */
};
int witness_list(struct tx *tx, struct arena *a, struct witness_seen **ret, size_t *ret_n, struct err *reterr);
