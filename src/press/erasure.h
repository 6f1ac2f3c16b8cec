// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Erasing: an article, or one of its texts, is destroyed for good, and what proves its acts stays.
 *
 * article_erase() is the act. It takes every word out of the tables (all revisions, the index, what imports remember)
 * and destroys the keys that opened the text's commitments: from then on nobody can tell them from chance. Rows,
 * numbers, times and entries stay, and an entry "erase" is added, with the public reason, for the page that stands in
 * its place. What was never public is erased without an entry, and its address is as if it had never been.
 *
 * A transaction cannot do the rest, so it is noted in erasure_left and done by erasure_finish(): media that no other
 * article uses are removed, and the store is written anew, because freed room keeps its bytes. On SQLite the whole file
 * is (VACUUM; the search index too, word by word; then the journal is emptied), on PostgreSQL the tables that held the
 * text, once the transactions that may still see it have ended (it waits two minutes at most). Writes wait meanwhile;
 * it needs as much free room as the store has. What is cut off or refused is done by the next call. What is beyond us
 * and the operator has to see to: backups, replicas, PostgreSQL's own log (docs/press.md). */
#include "press/article.h"

struct erasing {
    const char *language; /* NULL: all that there is */
    enum entry_code code; /* as of a withdrawal */
    struct str reason;    /* public */
};
/* Within a write. What is erased already stays so, and makes no further entry. -ERR_NOT_FOUND, -ERR_INVALID. */
int article_erase(struct tx *tx, int64_t id, const struct erasing *e, struct err *reterr);

/* Articles whose erasure is not finished. */
int erasure_left(struct tx *tx, int64_t *ret, struct err *reterr);
/* Finishes all of them, or does nothing where none is left. folder: the data folder. say (may be NULL) is told what
 * begins now, as in "the store is written anew". Not within a transaction. */
int erasure_finish(struct store *s, const char *folder, void (*say)(void *arg, const char *what), void *arg,
                   struct err *reterr);
