// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The last steps that every reader shares: clean body, summary, language, and what is missing. */
#include "press/import/draft.h"

/* html: the body as found. declared: a language tag, or empty. -ERR_INVALID when there is nothing to read in it. */
int body_finish(struct draft *dr, struct str html, struct str declared_language, struct err *reterr);
/* The same of a body that is clean already. */
int body_finish_clean(struct draft *dr, struct str clean, struct str declared_language, struct err *reterr);
