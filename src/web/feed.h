// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One list of articles as Atom (RFC 4287), RSS 2.0 or JSON Feed 1.1. All addresses are whole ones. Empty fields are
 * left out. Each appends the document; -ERR_NO_MEMORY when it could not. Thread-safe. */
#include "base/buf.h"
#include "base/err.h"

struct feed_item {
    struct str id; /* a URI that never changes, whatever becomes of its address */
    struct str url;
    struct str title, summary, source, author, keywords, section, picture;
    int64_t published_us, changed_us;
};
struct feed {
    struct str title, description, publisher;
    struct str home, self, icon; /* addresses */
    const char *language, *zone;
    size_t n;
    struct feed_item *item; /* newest first */
};

int feed_add_atom(struct buf *ret, const struct feed *f, struct err *reterr);
int feed_add_rss(struct buf *ret, const struct feed *f, struct err *reterr);
int feed_add_json(struct buf *ret, const struct feed *f, struct err *reterr);
