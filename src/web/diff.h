// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What changed between two texts, for people: paragraphs first, then words within those that changed.
 *
 * Shortest edits by Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its Variations", 1986). A paragraph is
 * a line. A word is a run of letters and digits, a single character of a script without spaces, or what stands between.
 * Texts that differ in too much (more than DIFF_EDITS_MOST edits) are shown as one taken out and one put in, so that
 * time and memory stay bounded. Everything is in the arena and points into the two texts. Thread-safe. */
#include "base/arena.h"

enum { DIFF_EDITS_MOST = 1000 };

enum diff_kind { DIFF_SAME, DIFF_REMOVED, DIFF_ADDED };
struct diff_part { /* of a paragraph */
    enum diff_kind kind;
    struct str text;
};
struct diff_paragraph {
    bool changed;
    size_t n;
    struct diff_part *part;
};
struct diff {
    size_t n;
    struct diff_paragraph *paragraph;
    size_t added, removed; /* words (characters of scripts without spaces) */
};

/* old and new: text with one paragraph a line. */
void diff_texts(struct arena *a, struct str before, struct str after, struct diff *ret);
