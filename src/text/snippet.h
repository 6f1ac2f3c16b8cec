// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The stretch of a text that shows best why a query found it. Thread-safe. */
#include "text/tokens.h"

/* About `most` characters around the hits of most different terms, as escaped HTML with <mark> around what was found
 * and "…" where cut; the text's beginning when nothing is found in it. Lines and cells become one line (flat.h).
 * Appends. */
void snippet_add(struct buf *ret, struct str text, const struct search_query *q, size_t most);
