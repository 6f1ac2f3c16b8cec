// SPDX-License-Identifier: Apache-2.0
#pragma once
/* PostgreSQL's errors, as codes and sentences of ours. */
#include "store/postgres/connection.h"

/* What result r (may be NULL) of connection c says. Notes in c whether the transaction may be run again, and whether c
 * is of further use. what: the query's name, or what was being done. Returns the negative code. */
int pg_failure(struct pg_connection *c, const PGresult *r, const char *what, struct err *reterr);
/* A connection that could not be made, or broke. */
int pg_failure_away(const PGconn *db, struct err *reterr);
