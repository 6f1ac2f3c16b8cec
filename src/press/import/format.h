// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What kind of bytes a file is: read by its first bytes, then by its name's ending. Thread-safe. */
#include "base/err.h"
#include "base/str.h"

enum format { FORMAT_TEXT, FORMAT_HTML, FORMAT_MARKDOWN, FORMAT_DOCX };
const char *format_word(enum format f); /* "text", "html", "markdown", "docx" */

/* -ERR_INVALID for an empty file; -ERR_FORMAT for what is no text, saying what it seems to be. */
int format_sniff(struct str bytes, const char *name, enum format *ret, struct err *reterr);
