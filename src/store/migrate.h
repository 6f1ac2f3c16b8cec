// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Brings a store's schema forward: what store_migrate() does with the schema files in the binary.
 *
 * A schema file is called NNNN-what.sql, numbered from 0001 without a gap. Its SQL is one text for both engines; lines
 * between "-- only: sqlite" (or postgres) and "-- end" are for that engine. All files the store does not have yet are
 * run in order in one transaction, each noted in the table schema_version. There is no way back. */
#include "base/embedded.h"
#include "store/store.h"

/* 0; -ERR_STORE_NEWER when the store has a file beyond these; nothing is changed on failure. */
int migrate(struct store *s, const struct embedded_file *files, struct err *reterr);
/* Appends what of a schema file is for this engine. -ERR_INTERNAL when a block is not closed or not understood. */
struct buf;
int migrate_part(struct str text, const char *engine, struct buf *ret, struct err *reterr);
