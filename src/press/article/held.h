// SPDX-License-Identifier: Apache-2.0
#pragma once
/* An article whose row an act has taken, so that no two change it at once. For article/acts.c and article/erase.c. */
#include "press/article.h"
#include "press/article/entries.h"

enum { ARTICLE_LANGUAGES_MOST = 16 };

struct held {
    int64_t id;
    enum article_state state;
    int64_t column_id, sort_us, published_us, first_published_us;
    char languages[ARTICLE_LANGUAGES_MOST * LANGUAGE_MOST];
    const char *first_language;
    struct str picture;
};

/* Takes the row for this transaction. -ERR_NOT_FOUND; -ERR_GONE: erased. */
int held_take(struct tx *tx, struct arena *a, int64_t id, struct held *ret, struct err *reterr);
/* Its texts with bodies, by language; but for erased ones, also where it was erased itself. */
int held_texts(struct tx *tx, struct arena *a, const struct held *h, struct article_list *ret, struct err *reterr);
/* What entries say of it. */
struct subject held_subject(const struct held *h);
/* One more, or less, published text in a column. */
int held_count(struct tx *tx, int64_t column_id, const char *language, int64_t more, struct err *reterr);
