// SPDX-License-Identifier: Apache-2.0
#pragma once
/* INI files: [section] lines, key = value lines, comment lines that begin with ; or #. UTF-8, any length of line.
 *
 * Keys and values are trimmed; a value goes to the end of its line and may hold any character (so ; # and = are its
 * own). A line that begins with white space goes on with the value before it, parted by one line feed. Nothing else is
 * understood: a wrong line ends the reading with -ERR_INVALID, "line 7: …". Reads from memory; thread-safe.
 * (inih, weighed first, cuts lines at 200 bytes as packaged: too short for a Chinese sentence.) */
#include "base/err.h"
#include "base/str.h"

/* Called for each pair, in order; section is "" before the first. A negative return ends the reading and is passed on;
 * reterr then gets "line 7: " in front. The strings are valid during the call only. */
typedef int ini_fn(void *arg, struct str section, struct str key, struct str value, struct err *reterr);

int ini_read(struct str text, ini_fn *fn, void *arg, struct err *reterr);
