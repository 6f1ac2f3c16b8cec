// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Which element of a page holds the article. */
#include "press/import/tree.h"

/* The index of the element; the body where the page is nothing but text. */
size_t main_text_find(struct draft *dr, const struct tree *t);
