// SPDX-License-Identifier: Apache-2.0
#pragma once
/* SQLite's result codes, as codes and sentences of ours. */
#include "base/err.h"

#include <sqlite3.h>

/* What db failed at last; errno was 0 before. what: the query's name, or what was being done. Returns the negative
 * code.
 */
int failure_of(sqlite3 *db, const char *what, struct err *reterr);
