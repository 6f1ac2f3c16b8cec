// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Tells the article from its furniture by where lines stand: above the first real paragraph, below the last one, or
 * between. The readers (plain, page, docx) cut their input into blocks; sift() gives the draft its fields, puts
 * furniture into left_out, and marks the blocks that do not belong to the body as gone. */
#include "press/import/draft.h"

enum block_kind { BLOCK_PARAGRAPH, BLOCK_HEADING, BLOCK_CELL, BLOCK_ITEM };

struct block {
    struct str text; /* folded, see draft.h */
    enum block_kind kind;
    uint32_t row;    /* of a table, the same for the cells beside each other; 0: no table */
    uint32_t list;   /* the same for the items of one list; 0: none */
    uint32_t linked; /* characters of text within links */
    bool outside;    /* not in the part of the page that holds the article */
    bool gone;       /* out: left out, or a field now */
};

/* first_is_title: without a heading the first line is the title (saved text). */
void sift(struct draft *dr, struct block *blocks, size_t n, bool first_is_title);

/* A paragraph that only a text has: long, with the punctuation of sentences, not made of links. */
bool block_is_prose(const struct block *b);
/* How much of it there is to read; a character of a script without spaces weighs as much as half a word. */
size_t text_weight(struct str text);
