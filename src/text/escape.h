// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One escaping function per context. Each appends to *ret. Input that is not UTF-8 is made so with U+FFFD.
 * Thread-safe. */
#include "base/buf.h"

/* HTML (and XML) text and double-quoted attributes: & < > " '; control characters, which neither knows, are left out.
 */
void escape_html(struct buf *ret, struct str s);
/* Within the quotes of a JSON string (RFC 8259 part 7). in_html: "<" becomes \u003c, so that the text may stand in a
 * <script type="application/ld+json">. */
void escape_json(struct buf *ret, struct str s, bool in_html);
/* One component of a URL path or query (RFC 3986): everything but the unreserved characters is percent-encoded. */
void escape_url(struct buf *ret, struct str s);
/* An absolute path, segment by segment: "/a b/" becomes "/a%20b/". */
void escape_url_path(struct buf *ret, struct str path);
/* The reverse of escape_url, with '+' as space where `form`; false when a % is not followed by two hex digits or
 * gives a NUL or the whole is not UTF-8: then nothing is appended. */
bool unescape_url(struct buf *ret, struct str s, bool form);
