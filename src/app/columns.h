// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Columns as an ini file says them: what a new office begins with, and the demonstration's.
 *
 *   [news]
 *   kind = news
 *   order = 10
 *   name.en = News
 *   name.zh-CN = 新闻
 *   description.en = … */
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

/* Within a write: adds every column with its words in every language given. -ERR_INVALID names line and reason. */
int columns_add(struct tx *tx, struct str ini, struct err *reterr);
/* Those that an office begins with (columns.ini), where the store has never had a column: a new office's, and a store
 * that site.ini names later. */
int columns_add_first(struct store *store, struct err *reterr);
