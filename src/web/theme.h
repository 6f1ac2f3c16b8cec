// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Files of one kind: the compiled-in ones, replaced or joined by those of a folder of the theme. Thread-safe. */
#include "base/buf.h"
#include "base/embedded.h"
#include "base/err.h"

/* Calls fn for each file, embedded ones first (where the folder has no such file), then the folder's, each in the order
 * of their names. folder NULL or missing: none. Names that begin with a dot, folders, and files that do not end with
 * `ending` (NULL: any) are passed over. Stops at the first failure and gives it, with the file's name in front. */
int theme_each(const struct embedded_file *table, const char *folder, const char *ending,
               int (*fn)(void *arg, const char *name, struct str bytes, struct err *reterr), void *arg,
               struct err *reterr);
