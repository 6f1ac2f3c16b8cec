// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The links of a page or a stylesheet, told one by one and replaced; every other byte stays as it was.
 *
 * HTML is read as browsers cut it into tags (WHATWG HTML 13.2.5): comments, scripts, styles and text hold no links,
 * however they look. Anything is taken, also what is not HTML; nothing is refused. Memory: what buf.h says.
 * Thread-safe, but for the memory of lines, which belongs to one thread: nothing else here has state. */
#include "base/buf.h"

struct rewrite_link {
    struct str name;  /* of the attribute: "href", "src", "srcset" (a candidate each) …; "url" in a stylesheet */
    struct str value; /* character references read, without white space around it */
    bool own;         /* set it where another page of the same kin would have another answer */
};
/* True: *ret, which was empty, takes the place of the value (it is escaped for you). False: the value stays. */
typedef bool rewrite_fn(void *arg, struct rewrite_link *link, struct buf *ret);

/* Attributes that hold an address: href, src, srcset, action, formaction, poster, data, and those of our own:
 * data-shown, data-opening, data-ledger. Appends. */
void rewrite_html(struct str html, rewrite_fn *fn, void *arg, struct buf *ret);

/* The same for many pages that are alike: lines without links of the page's own are asked for the first times they
 * come, and remembered. kin: what else an answer depends on, such as the folder that pages stand in. */
struct rewrite_memory;
struct rewrite_memory *rewrite_memory_new(void); /* NULL: no memory */
void rewrite_memory_free(struct rewrite_memory *m);
void rewrite_html_alike(struct rewrite_memory *m, struct str kin, struct str html, rewrite_fn *fn, void *arg,
                        struct buf *ret);
/* url(…) of a stylesheet, quoted or not; @import takes one, too. Appends. */
void rewrite_css(struct str css, rewrite_fn *fn, void *arg, struct buf *ret);
