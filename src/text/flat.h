// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A text of lines and cells (html_text()) in one line, for a summary or a snippet: between cells comes " · ", and
 * between lines too, unless the first ends as a sentence does: then a space, or nothing behind a wide stop. Pure. */
#include "base/buf.h"

/* What comes in place of the line feed or tab at text.p[at]. Static. */
struct str flat_between(struct str text, size_t at);
/* Appends. */
void flat_add(struct buf *ret, struct str text);
