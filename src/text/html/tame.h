// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Makes HTML harmless to the parser before it is parsed.
 *
 * Gumbo's work for one tag grows with the number of open elements, so that a million nested tags would keep it busy for
 * hours. This reads the tags as the HTML standard's tokenizer does (13.2.5), leaves out what never survives (comments,
 * scripts, drawings, forms, unknown tags) and the tags that nest too deeply, and copies everything else byte by byte.
 * Afterwards at most HTML_TAME_DEPTH blocks are open at any point. Thread-safe. */
#include "base/buf.h"
#include "base/err.h"

enum { HTML_TAME_DEPTH = 256, HTML_TAME_TABLES = 32, HTML_NODES_MOST = 1000 * 1000 };

/* Appends. -ERR_TOO_LARGE beyond HTML_NODES_MOST tags and texts. */
int html_tame(struct str html, struct buf *ret, struct err *reterr);
