// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Markdown (CommonMark with tables, strikethrough off, no raw HTML) to clean
 * HTML, through md4c and html_clean(). The line under a table's head needs three dashes a column, as md4c wants it; a
 * line end between two Chinese characters is no space. Thread-safe. */
#include "base/buf.h"
#include "base/err.h"

/* Appends clean HTML. -ERR_TOO_LARGE beyond 4 MiB. */
int markdown_to_html(struct str markdown, struct buf *ret, struct err *reterr);

struct front_matter {
    struct str body; /* what follows the block; the whole text where there is none */
    size_t n;
    struct {
        struct str key, value;
    } field[32];
};
/* "key: value" lines between "---" lines at the very start (a YAML-like subset: quotes around a value are taken off).
 * Everything points into `text`. -ERR_INVALID names the line that is not "key: value", or a block without end. */
int front_matter_split(struct str text, struct front_matter *ret, struct err *reterr);
/* STR_NONE when absent. */
struct str front_matter_get(const struct front_matter *f, const char *key);
