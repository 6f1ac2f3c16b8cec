// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Prepared statements on one connection, and binding.
 *
 * A value's type goes with it (BIGINT for a number, TEXT for a text): left to itself PostgreSQL would take $1 of
 * "$1 = 0 OR id = $1" for a 32-bit number. So a query is prepared once for each shape of its values; a NULL's type is
 * left for PostgreSQL to find. Values travel in binary form, which needs no copy; answers come as text. */
#include "store/postgres/connection.h"

/* On 0 *ret is to be cleared. */
int pg_statement_run(struct pg_connection *c, const struct query *q, const struct cell *cells, size_t n, PGresult **ret,
                     struct err *reterr);
void pg_statements_free(struct pg_connection *c);
