// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A saved page made small and harmless before it is parsed: comments, styles, scripts (but JSON-LD), drawings and
 * attributes that mean nothing to the import are left out; tags that would nest without end are, too. Controls and what
 * is hidden become <label hidden>, so that their words are not lost. (text/html/tame.h does the like for clean HTML,
 * which needs none of a page's declarations.) Thread-safe. */
#include "base/buf.h"
#include "base/err.h"

enum { THIN_DEPTH = 256, THIN_TAGS_MOST = 100000, THIN_VALUE_MOST = 8192, THIN_BYTES_MOST = 4 * 1024 * 1024 };

/* Appends. -ERR_TOO_LARGE beyond THIN_TAGS_MOST tags or THIN_BYTES_MOST bytes that stay. */
int thin(struct str html, struct buf *ret, struct err *reterr);
