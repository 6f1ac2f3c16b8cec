// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Markdown, with or without front matter: an author's own text, from which no furniture is taken. Thread-safe. */
#include "press/import/draft.h"

/* text: UTF-8. -ERR_INVALID (front matter, nothing to read), -ERR_TOO_LARGE. */
int marked_read(struct draft *dr, struct str text, struct err *reterr);
