// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The one writer of a SQLite file: it takes all waiting changes, runs each in a savepoint, commits once, and only then
 * wakes those who wait. Any thread may call writer_run(). */
#include "store/sqlite/connection.h"

struct writer;

/* Takes the connection over. */
int writer_start(struct connection *c, struct writer **ret, struct err *reterr);
/* Finishes what is queued, ends the thread, closes the connection. NULL is fine. */
void writer_stop(struct writer *w);
/* As store_write(), or store_write_soon(). */
int writer_run(struct writer *w, tx_fn *fn, void *arg, bool soon, struct err *reterr);
/* As store_set_rider(). */
void writer_set_rider(struct writer *w, const struct store_rider *r);
