// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The parts of a page that its elements name by a data-part attribute: title, body, published … Read for comparing a
 * page with what it should show; whatever comes in, as html.h takes it. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"

enum { PAGE_PARTS_MOST = 64 };

struct page_part {
    struct str name;
    struct str text;  /* what a reader sees of it, spaces folded */
    struct str html;  /* what is in it, as it stands there, without the parts in it */
    struct str items; /* the texts of its children, parted by ", " */
    struct str lang;  /* its attributes; empty where there are none */
    struct str datetime;
    struct str src, alt; /* of the first picture in it */
};
/* In the order of the page; strings are in the arena. -ERR_TOO_LARGE: as html_clean(), or more than PAGE_PARTS_MOST. */
int page_parts(struct str html, struct arena *a, struct page_part **ret, size_t *ret_n, struct err *reterr);
