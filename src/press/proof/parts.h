// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The documents that entries commit to, part by part (press/proof.h lists them). */
#include "press/proof.h"

struct document_parts {
    size_t n;
    const char *const *name;
    struct str value[PROOF_PARTS_MOST];
};
/* Whether an entry of this type commits to a text; else it commits to a reason. */
bool parts_are_of_text(enum entry_type t);
/* What the store says now of the words that an act was about, whether public or not. A revision that is not there reads
 * as empty. */
int parts_now(struct tx *tx, struct arena *a, const struct article_proof *p, struct document_parts *ret,
              struct err *reterr);
/* Names and values; strings go to the arena, or are the act's own. */
void parts_of(struct arena *a, const struct article_act *act, struct document_parts *ret);
