// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Articles: what the office publishes. One article has one id, one column, one state and one publish time; its texts,
 * one a language, are translations of each other, and each keeps all its revisions.
 *
 * States: draft → published → withdrawn (with a public reason) → published again. Nothing is ever deleted here, but for
 * one thing: an article, or one of its texts, can be erased (press/erasure.h), from any state and for good. Then the
 * rows stay, without a word of what they said.
 * Each act leaves its entries in the ledger (press/proof.h), in the same transaction. A move leaves none.
 * A published article whose publish time lies in the future is not shown before it: not found, listed or searched
 * (content_next_due() says when to look again).
 * Revisions are kept from the first publication on; a draft that was never public is rewritten in place.
 * Bodies handed in are clean HTML: who takes them from outside passes them through html_clean() (text/html.h) first.
 * Every function runs within a transaction and leaves its strings in the arena. article.c reads, article/acts.c
 * writes. */
#include "base/arena.h"
#include "ledger/entry.h"
#include "press/column.h"
#include "store/store.h"
#include "text/language.h"

enum article_state { ARTICLE_DRAFT, ARTICLE_PUBLISHED, ARTICLE_WITHDRAWN, ARTICLE_ERASED };
const char *article_state_word(enum article_state s); /* "draft", "published", "withdrawn", "erased" */

struct article_text { /* one language */
    char language[LANGUAGE_MOST];
    int64_t revision; /* 1, 2, … */
    int64_t changed_us;
    struct str title, summary, body_html; /* body: clean HTML; not filled by lists */
    struct str source, author, keywords;  /* keywords parted by ", " */
    struct str picture_alt;
    struct str note; /* of this revision: what was corrected and why; public */
};

struct article {
    int64_t id, column_id;
    struct str column_slug;
    enum article_state state;
    int64_t published_us; /* 0: not yet */
    int64_t created_us, changed_us;
    int64_t
        withdrawn_us; /* the last withdrawal, or the erasure, and why; also when published again: look at the state */
    struct str withdrawn_reason;
    struct str picture; /* address of the lead picture, e.g. "/media/HASH.svg"; or empty */
    struct str key;     /* outside name that ties translations and repeated imports; or empty */
    struct article_text text;
    size_t languages; /* in which it exists, in order of the tag */
    const char **language;
};

/* When the public last saw this text change: its publish time until it is corrected. A text imported years later, or
 * rewritten before anybody saw it, was not modified by that. */
int64_t article_modified_us(const struct article *a);

/* Where lists put it: its publish time, or when it was made while it has none that counts. */
int64_t article_place_us(const struct article *a);

/* --- reading; published only unless `all` --- */
/* In the language asked for, else in its first, else in any (ret->text.language tells). -ERR_NOT_FOUND; unless `all`, a
 * withdrawn one is found without summary and body. */
int article_get(struct tx *tx, struct arena *a, int64_t id, const char *language, bool all, struct article *ret,
                struct err *reterr);
/* In any state. -ERR_NOT_FOUND. */
int article_find_key(struct tx *tx, struct arena *a, struct str key, struct article *ret, struct err *reterr);

struct article_list {
    struct article *item;
    size_t n;
    bool more; /* there are more in the direction of the walk */
};
struct article_where {
    const char *language;         /* only articles with a text in it; NULL: all, in the language of their first text */
    int64_t column_id;            /* 0: any */
    int64_t before_us, before_id; /* keyset: strictly older than this pair; 0, 0: from the newest */
    int64_t after_us, after_id;   /* or strictly newer, nearest first (the list then runs upwards) */
    bool all;                     /* drafts and withdrawn too */
    size_t most;                  /* 1–200 */
    bool only;                    /* nobody asks whether there are more */
};
/* By publish time, newest first (drafts by creation); the same time at any size: keyset, never OFFSET. The pair for the
 * next page is the last item's article_place_us() and id. No bodies. */
int article_list(struct tx *tx, struct arena *a, const struct article_where *where, struct article_list *ret,
                 struct err *reterr);
/* The next newer and next older that are published, of its column and language; id 0 where none. */
int article_neighbours(struct tx *tx, struct arena *a, const struct article *of, struct article *ret_newer,
                       struct article *ret_older, struct err *reterr);
struct search_sharing; /* press/search.h: asked instead of the index; or NULL */
/* Up to `most` others that share words of title and keywords, best first, same language. No bodies. */
int article_related(struct tx *tx, struct arena *a, const struct search_sharing *sharing, const struct article *of,
                    size_t most, struct article_list *ret, struct err *reterr);
/* Published texts in a language and a column (0: all); those due in the future are counted. Kept, not counted anew. */
int article_count(struct tx *tx, const char *language, int64_t column_id, int64_t *ret, struct err *reterr);

struct revision {
    int64_t number, made_us;
    struct str title, summary, body_html, source, author, keywords, note;
};
/* Newest first; bodies only where `bodies` and the article is published. */
int article_revisions(struct tx *tx, struct arena *a, int64_t id, const char *language, bool bodies,
                      struct revision **ret, size_t *ret_n, struct err *reterr);

/* --- writing --- */
/* A draft (published_us is kept as the intended time); gives the id. Checks all fields, -ERR_INVALID in words: UTF-8;
 * title 1–300 characters; summary 2,000; source and author 200; keywords 500; picture_alt and note 1,000; body 4 MiB;
 * a language, a column that exists, a time within the years 1 to 9999. -ERR_CONFLICT: the key is taken. */
int article_add(struct tx *tx, const struct article *draft, int64_t *ret_id, struct err *reterr);
/* The same as article_add() and article_publish() with 0, row for row; words: what search_cut() made of its text, or
 * NULL; waiting: where they go, to be put in by the caller (press/search.h), or NULL. */
struct search_words;
struct search_waiting;
int article_add_published(struct tx *tx, const struct article *article, const struct search_words *words,
                          struct search_waiting *waiting, int64_t *ret_id, struct err *reterr);
/* Adds a language (15 at most) or a new revision of one. Of what was ever public a note is asked for, which is public
 * too: -ERR_INVALID. Unchanged text makes no revision (0, *ret_revision the present one). */
int article_set_text(struct tx *tx, int64_t id, const struct article_text *text, int64_t *ret_revision,
                     struct err *reterr);
/* published_us 0: the time it has, else now. A published one stays as it is. */
int article_publish(struct tx *tx, int64_t id, int64_t published_us, struct err *reterr);
/* The same without the usual second look: it is to be countersigned afterwards, and the page says so until then. */
int article_publish_emergency(struct tx *tx, int64_t id, int64_t published_us, struct err *reterr);
/* Somebody else stands behind what was published in an emergency, as it reads now. -ERR_CONFLICT unless that waits. */
int article_countersign(struct tx *tx, int64_t id, struct err *reterr);
/* When it was published in an emergency, if it waits for its countersignature; else 0. */
int article_emergency(struct tx *tx, int64_t id, int64_t *ret_us, struct err *reterr);
/* The reason is shown to the public; -ERR_INVALID when empty or longer than 1,000 characters. code: error, outdated,
 * privacy, law or other; what the ledger tells of the reason. -ERR_CONFLICT unless published. */
int article_withdraw(struct tx *tx, int64_t id, enum entry_code code, struct str reason, struct err *reterr);
/* Moves to another column; the old address redirects because the id stays. */
int article_move(struct tx *tx, int64_t id, int64_t column_id, struct err *reterr);

/* Texts that were published before the office had a ledger get their entries, in steps. Begin with {0}; call within
 * writes, each with a copy of what the last one left, until done. */
struct article_adopting {
    bool done;
    int64_t last_id; /* so far */
    int64_t texts;   /* given an entry so far */
};
int article_adopt_step(struct tx *tx, struct article_adopting *at, struct err *reterr);
/* Whether that was done once to the end: from then on each act leaves its own. */
int article_adopted(struct tx *tx, bool *ret, struct err *reterr);
