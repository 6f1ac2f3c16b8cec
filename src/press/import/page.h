// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A saved page: what it declares, its main text (found by density, not by one site's class names), and around it the
 * furniture, which goes to left_out block by block. Thread-safe. */
#include "press/import/draft.h"

/* html: UTF-8. whole: all of it is the article (it came from a document, not from a site).
 * -ERR_TOO_LARGE, -ERR_INVALID (no text), -ERR_NO_MEMORY. */
int page_read(struct draft *dr, struct str html, bool whole, struct err *reterr);
