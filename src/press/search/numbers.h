// SPDX-License-Identifier: Apache-2.0
#pragma once
/* PostgreSQL: rows of search_doc and search_later for many texts, in a few statements and not some a text. A part of
 * press/search. */
#include "press/search/lists.h"

/* Within a write: takes out what there is of these texts, and gives them numbers and rows of search_doc. rows: sorted
 * by language, then by time of publication. */
int numbers_give(struct tx *tx, struct lists_text *rows, size_t n, struct err *reterr);
/* Within a write: these texts wait from now on. */
int numbers_note_waiting(struct tx *tx, const struct search_text *text, size_t n, struct err *reterr);
/* Within a write: takes these texts from those that wait. ret[i]: the ith waited. */
int numbers_take_waiting(struct tx *tx, const struct search_text *text, size_t n, bool *ret, struct err *reterr);
