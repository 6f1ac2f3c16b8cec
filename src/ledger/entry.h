// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Entries: what one public act leaves in the ledger. At most 256 bytes of fixed words, in lines:
 *
 *     daylight/v1
 *     <type>                one of ENTRY_TYPES
 *     <YYYY-MM-DD>          the day in UTC; the minute is visible from checkpoints only
 *     unit <slug|->         the body's own department, never a person
 *     ref <index|->         the earlier entry that this one is about
 *     commit <base64|->     32 bytes: a salted commitment (ledger/commit.h), or the hash of a public document
 *     code <word|->         one of ENTRY_CODES: reason, legal ground, kind
 *
 * each with its \n and nothing else. No name, title, address or free text, nothing that a citizen chose.
 * docs/ledger-format.md specifies it for strangers. Pure; threads: safe; errors: -ERR_INVALID. */
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "ledger/merkle.h"

enum { ENTRY_MOST = 256, ENTRY_UNIT_MOST = 32 };

/* word, what it means for a person (message key "ledger.type.WORD" has the translated words) */
#define ENTRY_TYPES(X)                                                                                                 \
    X(KEY, "key")                                                                                                      \
    X(POLICY, "policy")                                                                                                \
    X(INCIDENT, "incident")                                                                                            \
    X(PUBLISH, "publish")                                                                                              \
    X(EMERGENCY, "emergency")                                                                                          \
    X(COUNTERSIGN, "countersign")                                                                                      \
    X(CORRECT, "correct")                                                                                              \
    X(WITHDRAW, "withdraw")                                                                                            \
    X(ERASE, "erase")                                                                                                  \
    X(RECEIVE, "receive")                                                                                              \
    X(REGISTER, "register")                                                                                            \
    X(ASSIGN, "assign")                                                                                                \
    X(RECUSE, "recuse")                                                                                                \
    X(EXTEND, "extend")                                                                                                \
    X(ANSWER, "answer")                                                                                                \
    X(REVIEW, "review")                                                                                                \
    X(DECIDE, "decide")
enum entry_type {
#define X(name, word) ENTRY_##name,
    ENTRY_TYPES(X)
#undef X
        ENTRY_TYPE_COUNT
};

/* Codes; entry_allows() and the table of docs/ledger-format.md say which type may bear which. */
#define ENTRY_CODES(X)                                                                                                 \
    X(NONE, "-")                                                                                                       \
    X(FOUNDING, "founding")                                                                                            \
    X(ROTATION, "rotation")                                                                                            \
    X(RETIREMENT, "retirement")                                                                                        \
    X(ADOPTED, "adopted")         /* published before the ledger began */                                              \
    X(TRANSLATION, "translation") /* a further language of what ref names */                                           \
    X(AGAIN, "again")             /* published again after a withdrawal */                                             \
    X(ERROR, "error")             /* withdrawn or erased: it was wrong */                                              \
    X(OUTDATED, "outdated")                                                                                            \
    X(PRIVACY, "privacy")                                                                                              \
    X(LAW, "law")                                                                                                      \
    X(OTHER, "other")                                                                                                  \
    X(FORK, "fork") /* incidents */                                                                                    \
    X(ROLLBACK, "rollback")                                                                                            \
    X(UNWITNESSED, "unwitnessed")                                                                                      \
    X(OUTAGE, "outage")
enum entry_code {
#define X(name, word) ENTRY_CODE_##name,
    ENTRY_CODES(X)
#undef X
        ENTRY_CODE_COUNT
};

struct entry {
    enum entry_type type;
    int64_t day;                    /* days since 1970-01-01, UTC */
    char unit[ENTRY_UNIT_MOST + 1]; /* [a-z0-9-], "" for none */
    int64_t ref;                    /* -1: none */
    bool committed;
    struct hash commit;
    enum entry_code code;
};
const char *entry_type_word(enum entry_type t);
const char *entry_code_word(enum entry_code c);
/* 0 or -ERR_INVALID: not a word of the list. */
int entry_type_read(struct str word, enum entry_type *ret);
int entry_code_read(struct str word, enum entry_code *ret);
bool entry_allows(enum entry_type t, enum entry_code c);
/* Exactly what entry_write() writes, and nothing else. -ERR_INVALID names the rule that it breaks. */
int entry_read(struct str text, struct entry *ret, struct err *reterr);
/* Appends. -ERR_INVALID: a field is out of its bounds, or the type may not bear the code. */
int entry_write(const struct entry *e, struct buf *to, struct err *reterr);
