// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Writes the part of a page that stays, as HTML for html_clean(): without the blocks that are gone, without elements
 * that are empty then, links and pictures with the page's address before them. */
#include "press/import/declared.h"

/* Appends what is within element `main`. False: no memory, or past the buffer's limit. */
bool page_write(struct draft *dr, const struct tree *t, const struct declared *says, size_t main, struct buf *ret);
