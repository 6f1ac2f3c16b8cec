// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Saved text: the first line is the title, lines are paragraphs (or, where the text is evidently wrapped at a width,
 * parts of them), and runs of bullets or of growing numbers are lists. Thread-safe. */
#include "press/import/draft.h"

enum { PLAIN_BYTES_MOST = 2 * 1024 * 1024, PLAIN_LINES_MOST = 50000 };

/* text: UTF-8 with \n. -ERR_TOO_LARGE, -ERR_INVALID (nothing to read). */
int plain_read(struct draft *dr, struct str text, struct err *reterr);
