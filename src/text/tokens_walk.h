// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The walker under tokens.c and snippet.c: a text's tokens one by one, each with its place in the text. Not for others.
 */
#include "base/str.h"
#include "text/tokens.h"

struct token_walk {
    struct str text;
    size_t at;
    /* the token that token_walk_next() found */
    char token[TOKEN_MOST + 1];
    size_t n;
    size_t begin, end; /* its bytes in the text */
    size_t first_end;  /* the end of its first character there (with what hangs on it) */
    bool unspaced;     /* a pair, or one character, of a script without spaces */
    bool alone;        /* the last character of such a run */
    bool ran_on;       /* … that has a pair before it */
};

struct token_walk token_walk_init(struct str text);
bool token_walk_next(struct token_walk *w);
