// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What the parts of `daylight verify` share: a verdict, and what is said with it. */
#include "app/command.h"
#include "ledger/fetch.h"
#include "ledger/trust.h"

#include <jansson.h>

enum verdict {
    VERDICT_PROVEN,  /* exit 0 */
    VERDICT_REFUTED, /* exit 1 */
    VERDICT_UNKNOWN, /* exit 2 */
};

/* Filled by one verify_…(), printed by verify_print(). */
struct finding {
    const struct arguments *arguments;
    struct arena *arena;
    enum verdict verdict;
    struct err why;     /* of what is not proven */
    struct buf subject; /* what was verified, in a few words */
    struct buf lines;   /* what is known besides, a sentence a line */
    json_t *json;       /* an object: the same for programs */
};

/* From a code: 0 proven, -ERR_FORBIDDEN refuted, everything else unknown. why is set by who fails. */
void finding_settle(struct finding *f, int bad);
/* Adds a line. */
void finding_say(struct finding *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
void finding_set(struct finding *f, const char *key, json_t *value); /* takes it; NULL: nothing is set */
/* Prints and lets go of it. What a command returns. */
int finding_print(struct finding *f, struct err *reterr);
struct finding finding_start(const struct arguments *arguments, struct arena *arena);

/* Keys that --vkey and --policy name. *ret_policy: the policy's text in the arena, or empty. */
int verify_given_keys(struct finding *f, struct trust *t, struct str *ret_policy);
/* Looks at a note's cosignatures and says who cosigned it when. -ERR_FORBIDDEN: one does not verify. own: the policy is
 * the reader's own, so that it has to be met (else -ERR_NOT_FOUND); the log's own is only told. */
int verify_witnesses(struct finding *f, struct str policy, bool own, struct str note);
/* The place of a log: "https://host" is https://host/ledger; a folder that holds "ledger/checkpoint" is that. */
int verify_open_log(const char *where, struct fetch **ret, struct err *reterr);

int verify_log(struct finding *f, const char *where);
int verify_proof(struct finding *f, const char *path);
int verify_article(struct finding *f, const char *url);
