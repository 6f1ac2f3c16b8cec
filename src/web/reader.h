// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The reader's settings and the one cookie that keeps them: "reader=large.green.easy". Thread-safe. */
#include "base/buf.h"
#include "web/request.h"

/* From a Cookie header; what is missing or not understood is the default (medium, white, not easy). */
struct reader reader_parse(struct str cookie_header);
/* "large.green.easy" */
void reader_add(struct buf *ret, const struct reader *r);
/* A Set-Cookie value that keeps r for a year; the default settings take the cookie away. Appends. */
void reader_add_cookie(struct buf *ret, const struct reader *r, bool secure);
/* One number for each combination, below READER_FORMS. */
enum { READER_FORMS = TYPEFACES * COLOURS * 2 };
unsigned reader_form(const struct reader *r);
