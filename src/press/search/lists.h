// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Writing PostgreSQL's index: rows of search_list, each some texts of a block that have a word
 * (press/search/postings.h).
 *
 * A block is a span of the numbers that texts have (place.h): 2^24 of them, some four and a half years. The words of
 * titles and keywords, which are a fourteenth and are asked for first, have blocks of their own. All rows of a word
 * stand side by side in an index, by block and then by number, and a question reads those of the newest numbers first.
 *
 * What comes is appended: rows of its own for each word. When those (64 at least) are a quarter of what was put
 * together before, they are put together with it, until that is enough (LISTS_WHOLE): then it is a part of the block,
 * and left alone. Many that come at once (PART_LEAST) are a part as they are. So each text is written a few times in
 * all, and whoever pays for it pays for a part of a block. The parts of a block are made one after an import of many
 * and in a rebuild: search_merge_step(). A text's own column is a word as well: lists_column_word(). What a number says
 * that is dead (search_dead) stays until the index is made anew. A part of press/search. */
#include "press/search.h"

enum { LISTS_BITS = 24 };
#define LISTS_HEAD_FIRST (INT64_C(1) << 60) /* blocks from here on are of titles and keywords */

/* "*水": a character of a script without spaces begins tokens of all that follows it, and is asked for alone; its texts
 * are kept as a word's are. Appends; false: the token does not begin so. */
bool lists_character_word(struct buf *ret, struct str token);
/* The block of a number. */
int64_t lists_block(int64_t docid, bool head);
/* "@c5": no token has that sign. Appends. */
void lists_column_word(struct buf *ret, int64_t column_id);

/* The usual summary is the body's beginning: whatever finds it finds the body, which has the same words in the same
 * order. It is left out then: the index is a seventh smaller. */
struct str lists_own_summary(const struct search_words *w);

struct lists_text {
    int64_t docid;
    const struct search_text *text;
};
/* Within a write: n texts, in order of their numbers, none of which is in the index. */
int lists_put(struct tx *tx, const struct lists_text *text, size_t n, struct err *reterr);
/* How many texts stand in blocks of so many parts, and more. */
int lists_parted(struct tx *tx, int64_t parts, int64_t *ret, struct err *reterr);
/* Within a write: makes the parts of such a block one, a step, some thousand rows from the first word to the last. Rows
 * are as good before as after, so whoever reads meanwhile finds the same, and what is stopped half-way goes on there.
 * *ret: texts of a block that is one now, or 0; *ret_done: nothing was left to do. */
int lists_join_step(struct tx *tx, int64_t parts, int64_t *ret, bool *ret_done, struct err *reterr);
/* Within a write: takes all out. */
int lists_clear(struct tx *tx, struct err *reterr);
