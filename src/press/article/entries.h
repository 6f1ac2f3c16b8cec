// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Which entries an act leaves in the ledger, and which earlier ones they refer to. For article/acts.c, within its
 * transaction, while the article's row is held. */
#include "press/article.h"
#include "press/proof.h"

struct subject { /* the article as it is after the act */
    int64_t id, published_us;
    struct str picture;
    const char *first_language;
};

/* A text that became public again is about its own earlier entry; one that is public for the first time beside others
 * is a translation of the article's first, which goes first. */
int entries_publish(struct tx *tx, const struct subject *s, const struct article_list *texts, bool emergency,
                    struct err *reterr);
/* The same for an article that has just been made, in its one language. */
int entries_publish_new(struct tx *tx, const struct subject *s, const struct article_text *text, struct err *reterr);
/* A text added to a published article. */
int entries_translate(struct tx *tx, const struct subject *s, const struct article_text *text, struct err *reterr);
/* These are about each text's last publication. */
int entries_correct(struct tx *tx, const struct subject *s, const struct article_text *text, struct err *reterr);
int entries_countersign(struct tx *tx, const struct subject *s, const struct article_list *texts, struct err *reterr);
int entries_withdraw(struct tx *tx, const struct subject *s, const struct article_list *texts, enum entry_type type,
                     enum entry_code code, struct str reason, struct err *reterr);
/* For texts that were published before there was a ledger: an entry for each that has none. Before an act upon them,
 * too: what is corrected or withdrawn then is what the entry says. *texts_n (may be NULL) grows by what was done. */
int entries_adopt(struct tx *tx, const struct subject *s, const struct article_list *texts, int64_t *texts_n,
                  struct err *reterr);
