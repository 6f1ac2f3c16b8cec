// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Columns: the named sections of the site, a tree. A column's slug is the first part of its articles' addresses.
 * Every function runs within a transaction (store.h) and leaves its strings in the arena. */
#include "base/arena.h"
#include "store/store.h"

/* How fresh a column must be (Chinese inspection indicators, domain 1.5): news 14 days, notice 6 months; guide, figures
 * and static have no clock. */
#define COLUMN_KIND_LIST(X)                                                                                            \
    X(NEWS, "news", 14) X(NOTICE, "notice", 183) X(GUIDE, "guide", 0) X(FIGURES, "figures", 0) X(STATIC, "static", 0)
enum column_kind {
#define X(name, word, days) COLUMN_##name,
    COLUMN_KIND_LIST(X)
#undef X
        COLUMN_KINDS
};
const char *column_kind_word(enum column_kind kind);
bool column_kind_parse(struct str word, enum column_kind *ret);
int column_kind_fresh_days(enum column_kind kind); /* 0: no clock */

struct column {
    int64_t id, parent_id; /* parent_id 0: top */
    struct str slug;       /* see column_slug_ok() */
    enum column_kind kind;
    int64_t position;
    struct str name, description; /* in the language asked for, else in any */
};

/* [a-z0-9-]{1,40}, not beginning or ending with '-', none of the site's own first words of addresses ("search", "desk",
 * …), and not what looks like a language of two letters ("en", "zh-cn", "zh-hant"). */
bool column_slug_ok(struct str slug);
/* Takes parent, slug, kind and position (not the words: column_set_words()).
 * -ERR_INVALID (slug, kind, parent), -ERR_CONFLICT (slug taken). Gives the id. */
int column_add(struct tx *tx, const struct column *c, int64_t *ret_id, struct err *reterr);
/* False for a store that has never had one; true for one whose columns were all taken away. */
int column_ever(struct tx *tx, bool *ret, struct err *reterr);
/* Name (1–100 characters) and description (at most 500) in one language; replaces. */
int column_set_words(struct tx *tx, int64_t id, const char *language, struct str name, struct str description,
                     struct err *reterr);
int column_find(struct tx *tx, struct arena *a, struct str slug, const char *language, struct column *ret,
                struct err *reterr); /* -ERR_NOT_FOUND */
int column_get(struct tx *tx, struct arena *a, int64_t id, const char *language, struct column *ret,
               struct err *reterr);
/* All: each column by position, and directly behind it those below it. */
int column_list(struct tx *tx, struct arena *a, const char *language, struct column **ret, size_t *ret_n,
                struct err *reterr);
/* -ERR_CONFLICT while it has articles or children. */
int column_remove(struct tx *tx, int64_t id, struct err *reterr);
