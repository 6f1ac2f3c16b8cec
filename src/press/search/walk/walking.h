// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A walk under way (press/search/walk.h): what is asked, which numbers of texts it has got to, and what was read of
 * them. walk.c says how far it goes, read.c reads the rows, match.c finds what they have in common. */
#include "base/arena.h"
#include "press/search/postings.h"
#include "press/search/walk.h"

#define WALKING_ROWS_ALL INT64_C(1000000000)

struct token {
    struct str word;
    bool prefix;
    struct postings texts; /* of this round; twice the same where several words begin so */
    size_t at;
    size_t bytes;   /* read so far, in all rounds */
    size_t rows;    /* of this round */
    int64_t begins; /* where the last of them does: of numbers up to there nothing is left unread */
    bool wanted;    /* to be read now */
};
struct term { /* of a question: tokens that follow each other */
    const size_t *token;
    size_t n;
};
struct asked {
    struct walk_question *question;
    struct term *term;
    size_t n;
};
struct block {
    int64_t block, texts, first, last; /* numbers of its texts are from first to last */
};
struct round {
    struct search_span span; /* of numbers */
    size_t begin, end;       /* of w->block: in which they are */
    double texts;            /* about as many */
};
struct part { /* of the lists: what is read now. Numbers in order, parted by spaces, as queries take them */
    struct buf first, last; /* blocks: spans of them */
    struct buf each;        /* the same one by one, for beginnings */
    struct buf near;        /* only rows that reach to one of these texts; none: all */
};
struct numbers { /* of texts, or places */
    int64_t *item;
    size_t n, room;
};

struct walking {
    struct tx *tx;
    const struct walk *walk;
    struct arena *arena, *rows; /* for all rounds, for one */
    struct token *token;
    size_t tokens;
    struct asked asked[QUERY_TERMS_MOST];
    size_t n;
    bool with_places;  /* a phrase is asked for */
    bool prefixed;     /* or a word's beginning */
    bool single;       /* nothing but single words is */
    int64_t rows_most; /* of each: read at most so many; WALKING_ROWS_ALL where all are needed */
    struct block *block;
    size_t blocks;
    struct round round;            /* this one, or the last */
    double texts;                  /* of all before it */
    struct token *rare;            /* read before the others from now on; NULL: none is */
    const struct postings *around; /* its texts of this round, while those of the others are read that are the same */
    double rows_a_text; /* of the word with the most: how many it had for each text of a block when that was chosen */
    struct part part;
    struct numbers here, next;
};

/* Reads the first rows of each word, `most` at most, in all that the walk may go through. */
int walking_read_first(struct walking *w, int64_t most, struct err *reterr);
/* Reads what the questions need of w->round. */
int walking_read_round(struct walking *w, struct err *reterr);
/* Adds each question's hits among what was read. */
int walking_match(struct walking *w, struct err *reterr);
