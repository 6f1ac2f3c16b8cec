// SPDX-License-Identifier: Apache-2.0
#pragma once
/* From an address to a file's name, and from one name to another. A part of web/copy. */
#include "base/buf.h"
#include "text/site.h"

struct place {
    struct str address; /* in its one spelling: "/news/12", "/news/?before=…" */
    struct str file;    /* "news/12.html" */
    struct str mark;    /* the place in it, "entry-317", where it is a part of a larger page; most often empty */
};
/* Adds both to *room, which must be empty, and looks at them there. address: "/…", a query, no fragment. False: no copy
 * has it. */
bool place_find(const struct site *site, struct str address, struct buf *room, struct place *ret);

/* An address as a page at the address `base` means it: relative ones resolved, the fragment cut off. False: it leads
 * elsewhere (another host, a scheme), or nowhere but to the page itself. */
bool place_resolve(struct str base, struct str href, struct buf *ret);

/* The link from one file of the copy to another: "../assets/daylight.css". */
void place_link(struct buf *ret, struct str from_file, struct str to_file);
