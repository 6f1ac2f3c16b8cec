// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Trust policies: C2SP tlog-policy (draft as of June 2026): which log keys, which witnesses, how many of them.
 *
 * Keys are Ed25519, type 01 for logs and 04 for witnesses; a policy with others is refused, as what it asks for could
 * not be checked.
 * Pure. Threads: safe; a policy is const after reading. Errors: -ERR_INVALID naming the line. */
#include "ledger/note.h"

enum { POLICY_MOST = 32, POLICY_BYTES_MOST = 256 * 1024 };

struct policy_log {
    struct vkey key;
    struct str url; /* empty: none */
};
struct policy_witness {
    struct str name;
    struct vkey key;
    struct str url;
};
struct policy_group {
    struct str name;
    size_t need; /* 1…n */
    size_t n;
    uint8_t member[2 * POLICY_MOST]; /* < POLICY_MOST: witness; else group + POLICY_MOST */
};
struct policy { /* views into the text handed in */
    size_t logs, witnesses, groups;
    struct policy_log log[POLICY_MOST];
    struct policy_witness witness[POLICY_MOST];
    struct policy_group group[POLICY_MOST];
    int quorum; /* as a member number, or -1: none */
};
int policy_read(struct str text, struct policy *ret, struct err *reterr);
/* Is the note signed by a log of the policy (any, where it names none) and cosigned by its quorum? 0; -ERR_FORBIDDEN:
 * no, and why. *ret_cosigned (may be NULL): how many witnesses; ret_times (may be NULL): POLICY_MOST times, 0 where
 * not. Both are also set where the quorum is missed. */
int policy_check(const struct policy *p, struct str note, size_t *ret_cosigned, uint64_t *ret_times,
                 struct err *reterr);
