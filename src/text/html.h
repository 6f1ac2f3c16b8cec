// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Clean HTML: whatever comes in is parsed as browsers parse it (Gumbo) and written anew from an allow-list.
 *
 * Clean HTML is: h2–h6 (an h1 becomes h2, and levels never jump), p, ul, ol(start), li, dl dt dd, table caption thead
 * tbody tr th(scope) td (colspan, rowspan 1–100), blockquote, pre, code, a(href), img(src alt width height), figure,
 * figcaption, strong, em, sub, sup, del, br, hr, abbr(title), bdo and lang/dir attributes. A table is one grid with
 * header cells (a first row of a table without any is made th); one that only lays the page out gives its content.
 * Links: http, https, mailto, tel and relative; others lose the href, and so do links within the page, because no id
 * survives. Pictures: http, https and relative, always with alt; one alone in its paragraph is a figure. Scripts,
 * styles, event attributes, frames, forms and comments never survive; an unknown element gives its children. Text
 * directly in the body is wrapped in p; empty elements are dropped; b → strong, i → em. The output is well-formed,
 * deterministic, one block a line, and cleaning it again gives the same bytes (a test holds this). Depth is bounded at
 * 256: deeper elements give their text only. Thread-safe. */
#include "base/buf.h"
#include "base/err.h"

/* html: UTF-8 (see charset.h). Appends. -ERR_TOO_LARGE beyond 16 MiB, 1,000,000 tags and texts, or the memory that
 * html/build.c allows for them. */
int html_clean(struct str html, struct buf *ret, struct err *reterr);
/* The text a person reads, blocks parted by one line feed, the cells of a row by one tab, spaces folded. Of clean HTML:
 * of anything else it gives something, and harms nothing. Appends. */
void html_text(struct str clean, struct buf *ret);
/* Clean HTML for showing, with its lines broken well: a number with hyphens (a telephone's, a day) comes into <span
 * class="one">, which the style sheet keeps on one line, and behind the @ of an e-mail address comes a <wbr>. No longer
 * clean HTML: never stored. Appends. */
void html_mind_breaks(struct str html, struct buf *ret);
