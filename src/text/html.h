// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Clean HTML: whatever comes in is parsed as browsers parse it (Gumbo) and written anew from an allow-list.
 *
 * Clean HTML is: h2–h6 (an h1 becomes h2, and levels never jump), p, ul, ol(start), li, dl dt dd, table caption thead
 * tbody tr th(scope) td (colspan, rowspan 1–100), blockquote, pre, code, a(href), img(src alt width height), figure,
 * figcaption, strong, em, sub, sup, br, hr, abbr(title), bdo and lang/dir attributes. Every table has header cells (a
 * first row of a table without any is made th). Links: http, https, mailto, tel and relative; others lose the href.
 * Pictures: http, https and relative, always with alt. Scripts, styles, event attributes, frames, forms and comments
 * never survive; an unknown element gives its children. Text directly in the body is wrapped in p; empty p are dropped;
 * b → strong, i → em. The output is well-formed, deterministic, and cleaning it again gives the same bytes (a test
 * holds this). Depth is bounded at 256: deeper elements give their text only. Thread-safe. */
#include "base/buf.h"
#include "base/err.h"

/* html: UTF-8 (see charset.h). Appends. -ERR_TOO_LARGE beyond 16 MiB or 1,000,000 nodes. */
int html_clean(struct str html, struct buf *ret, struct err *reterr);
/* The text a person reads, blocks parted by one line feed, spaces folded. Of clean or any HTML. Appends. */
int html_text(struct str html, struct buf *ret, struct err *reterr);
