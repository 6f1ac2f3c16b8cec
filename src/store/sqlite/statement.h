// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Prepared statements, kept for the next time. Placeholders are bound by name: SQLite numbers "$2" by its first
 * appearance in the text, so binding by position could change the wrong row without a word. */
#include "store/sqlite/connection.h"

struct statement {
    struct statement *next; /* in its bucket */
    const struct query *query;
    const char *text; /* as it was when prepared: tells a query apart that took a dead one's place */
    sqlite3_stmt *stmt;
    int parameters;
    unsigned char index[STORE_PARAMETERS_MOST + 1]; /* of $1 … in SQLite's own numbering; 0: not in the text */
    bool busy;
};

/* Prepared, marked busy, all values bound. Give it back with statement_end(). Without `copy` the texts must live until
 * then. */
int statement_get(struct connection *c, const struct query *q, const struct cell *cells, size_t n, bool copy,
                  struct statement **ret, struct err *reterr);
void statement_end(struct statement *s);
/* Prepares one statement of the engine's own. */
int statement_prepare(sqlite3 *db, const struct query *q, struct statement **ret, struct err *reterr);
void statement_free(struct statement *s);
