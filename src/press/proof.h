// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What an act upon an article leaves in the ledger, and what opens it again.
 *
 * Each act appends one entry (ledger/log.h) for each text that it touches, and one row of article_proof, in the act's
 * own transaction: neither is there without the other. An entry commits (ledger/commit.h) to a document of these parts:
 *
 *     publish, emergency, correct, countersign   id, language, published, title, source, author, keywords, summary,
 *                                                picture, picture_alt, note, body
 *     withdraw, erase                            id, language, reason
 *
 * id: the article's, decimal. language: BCP 47. published: the publish time, RFC 3339 in UTC with microseconds.
 * picture: its address. body: clean HTML, as stored. All UTF-8; what is not there is empty.
 *
 * The key that opens a text's document is given out while the text is public: the article is published, and its time
 * has come. An erasure destroys it; what remains then proves the act and tells nothing of the words.
 * Reasons are public for good, so documents of withdrawals and erasures stay open.
 * Every function runs within a transaction and leaves its strings in the arena. proof.c writes and lists,
 * proof/opening.c opens, proof/check.c compares. */
#include "ledger/log.h"
#include "press/article.h"

enum { PROOF_PARTS_MOST = 12 };

enum opening_state {
    OPENING_PUBLIC,
    OPENING_NOT_DUE,   /* its time has not come */
    OPENING_WITHDRAWN, /* the article is not published now */
    OPENING_DESTROYED, /* erased */
};
const char *opening_state_word(enum opening_state s); /* "public", "not_due", "withdrawn", "destroyed" */

struct article_proof { /* one act upon one text */
    int64_t article_id;
    int64_t number; /* 1, 2, … of the article, all languages together */
    char language[LANGUAGE_MOST];
    int64_t revision;
    enum entry_type type;
    enum entry_code code;
    int64_t made_us;
    int64_t published_us; /* these two as committed; 0 and empty where the document has no such part */
    struct str picture;
    struct str reason; /* of a withdrawal or an erasure */
    char ticket[LEDGER_TICKET];
    int64_t index;    /* -1: the entry waits for its place */
    struct str entry; /* its text; empty while it waits */
    enum opening_state opening;
    struct str key, hashes; /* as stored, whether public or not: for this module */
};
/* Newest first; none is no error. */
int article_proofs(struct tx *tx, struct arena *a, int64_t article_id, struct article_proof **ret, size_t *ret_n,
                   struct err *reterr);
/* -ERR_NOT_FOUND. */
int article_proof_get(struct tx *tx, struct arena *a, int64_t article_id, int64_t number, struct article_proof *ret,
                      struct err *reterr);

struct article_act_named { /* an act upon a text that readers may know of */
    int64_t index;         /* of its entry */
    int64_t article_id, number;
    char language[LANGUAGE_MOST];
    struct str column_slug, title; /* of the text as it is now; no title: it was erased */
    bool newest;                   /* of the acts upon its text */
};
/* By their entries in [from, until), in that order. */
int article_acts_of_entries(struct tx *tx, struct arena *a, int64_t from, int64_t until, struct article_act_named **ret,
                            size_t *ret_n, struct err *reterr);

struct opened_part {
    const char *name;
    struct str value; /* from what the store says now; empty unless the opening is public */
    struct str hash;  /* base64, as it was committed */
};
struct opened { /* a document, as far as it is public */
    enum opening_state state;
    struct str key; /* base64; empty unless public */
    size_t n;
    struct opened_part part[PROOF_PARTS_MOST];
};
int article_proof_open(struct tx *tx, struct arena *a, const struct article_proof *p, struct opened *ret,
                       struct err *reterr);
/* The same for machines, as docs/ledger-format.md describes an opening:
 * {"format": "daylight/opening/v1", "state", "article", "number", "language", "revision", "type", "code", "index" or
 * null, "entry" or null, "key" or null, "parts": [{"name", "value" (where public), "hash"}, …]} */
int article_opening_json(struct arena *a, const struct article_proof *p, const struct opened *o, struct str *ret,
                         struct err *reterr);

/* --- checking --- */
struct proof_fault {
    const char *language; /* of which text; "": of the article */
    struct str what;      /* a sentence without its end: "title: it is not what entry 12 (publish) commits to" */
};
typedef void proof_say(void *arg, const struct proof_fault *f);
/* Compares everything that the store holds of an article with what the ledger's entries commit to: each act with its
 * entry, the words of each revision with the act's commitment, the present text with the revision that was entered
 * last. Also of a withdrawn article; of an erased text, that nothing is there. Every disagreement is told; the result
 * is only about whether it could be looked at. Needs no ledger to run. */
int article_proof_check(struct tx *tx, int64_t article_id, proof_say *say, void *arg, struct err *reterr);
/* Entries in [from, until) that must be an act upon an article, and whose act is not there. */
int article_proof_check_entries(struct tx *tx, int64_t from, int64_t until, proof_say *say, void *arg,
                                struct err *reterr);

/* --- writing --- */
struct article_act {
    int64_t article_id;
    const struct article_text *text; /* with its revision; of a withdrawal or an erasure only that and the language */
    int64_t published_us;
    struct str picture;
    enum entry_type type;
    enum entry_code code;
    const char *ref_ticket; /* of the entry that this one is about; NULL: none */
    bool first;             /* of the article, as the caller knows: nothing is looked up */
    struct str reason;      /* of a withdrawal or an erasure */
};
int article_proof_add(struct tx *tx, const struct article_act *act, char ret_ticket[LEDGER_TICKET], struct err *reterr);
/* Of the entry by which this text (NULL: the article, in whichever language it was first) was last published; "" where
 * there is none. */
int article_proof_publication(struct tx *tx, int64_t article_id, const char *language, char ret_ticket[LEDGER_TICKET],
                              struct err *reterr);
/* The newest entry's of an article; "" where there is none. What waits for it waits for all before it. */
int article_proof_last(struct tx *tx, int64_t article_id, char ret_ticket[LEDGER_TICKET], struct err *reterr);
