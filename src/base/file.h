// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Whole files in and out, durably. Thread-safe (the file system orders what the callers do not).
 * Paths are terminated strings. Every function leaves one sentence naming the path in reterr. */
#include "base/buf.h"
#include "base/err.h"

/* Appends the whole file to *ret; -ERR_TOO_LARGE past `limit` bytes (nothing usable is then in *ret). "-" is standard
 * input. */
int file_read(const char *path, size_t limit, struct buf *ret, struct err *reterr);
/* Replaces path by exactly these bytes or leaves it as it was: temporary file beside it, fsync, rename, fsync of the
 * folder. mode as for open(2), e.g. 0600. */
int file_write(const char *path, struct str bytes, unsigned mode, struct err *reterr);
/* Makes the folder and its parents, mode 0700 for the new ones; an existing folder is fine. */
int file_make_folder(const char *path, struct err *reterr);
bool file_exists(const char *path);
/* Removes a file or a whole folder; one that is not there is fine. */
int file_remove_all(const char *path, struct err *reterr);
/* "dir/name", appended to *ret. */
void file_join(struct buf *ret, const char *dir, const char *name);
