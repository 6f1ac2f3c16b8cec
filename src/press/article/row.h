// SPDX-License-Identifier: Apache-2.0
#pragma once
/* From a row of the views article_shown and article_every (sql/schema/0001-press.sql) to a struct. For src/press. */
#include "press/article.h"

enum { ARTICLE_ROW_BODY = 24 }; /* the column behind the view's own, where a query selects the body too */

/* Strings go to the arena. Fills the body where with_body. */
void article_take(struct arena *a, const struct rows *r, bool with_body, struct article *ret);
/* Takes all rows into an array; ret->more where there are more than `most` (the rest is left out). */
int article_take_all(struct arena *a, struct rows *r, bool with_body, size_t most, struct article_list *ret,
                     struct err *reterr);
/* Published articles of these ids with a text in this language, in the order of the ids; the others are left out. */
int article_get_some(struct tx *tx, struct arena *a, const int64_t *ids, size_t n, const char *language, bool bodies,
                     struct article_list *ret, struct err *reterr);
/* The same in everything but revision, time and note. */
bool article_same_text(const struct article_text *x, const struct article_text *y);
/* -ERR_INVALID: a reason that cannot be shown, or a code that this act may not bear. */
int article_check_reason(struct str reason, enum entry_type act, enum entry_code code, struct err *reterr);
