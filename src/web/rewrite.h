// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The links of a page or a stylesheet, told one by one and replaced; every other byte stays as it was.
 *
 * HTML is read as browsers cut it into tags (WHATWG HTML 13.2.5): comments, scripts, styles and text hold no links,
 * however they look. Anything is taken, also what is not HTML; nothing is refused. Memory: what buf.h says.
 * Thread-safe: nothing here has state. */
#include "base/buf.h"

struct rewrite_link {
    struct str name;  /* of the attribute: "href", "src", "srcset" (a candidate each) …; "url" in a stylesheet */
    struct str value; /* character references read, without white space around it */
};
/* True: *ret, which was empty, takes the place of the value (it is escaped for you). False: the value stays. */
typedef bool rewrite_fn(void *arg, const struct rewrite_link *link, struct buf *ret);

/* Attributes that hold an address: href, src, srcset, action, formaction, poster, data, and those of our own:
 * data-shown, data-opening, data-ledger. Appends. */
void rewrite_html(struct str html, rewrite_fn *fn, void *arg, struct buf *ret);
/* url(…) of a stylesheet, quoted or not; @import takes one, too. Appends. */
void rewrite_css(struct str css, rewrite_fn *fn, void *arg, struct buf *ret);
