// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Rows of search_list (PostgreSQL) on their way to the store: many go out in one statement. A part of press/search. */
#include "press/search/postings.h"
#include "store/store.h"

enum { LIST_ROWS_TEXTS = 960 /* bytes of a row's texts, which are some 500 of a word that most have */ };

struct list_rows {
    struct tx *tx;
    int64_t block, level;                        /* of all of them; the level may be set until the first is added */
    struct buf first, last, word, texts, places; /* a line a row */
};

/* Within a write. */
void list_rows_begin(struct list_rows *r, struct tx *tx, int64_t block);
void list_rows_clear(struct list_rows *r);
/* A word's texts, with their places, in as many rows as they take. Sorts them. */
int list_rows_add(struct list_rows *r, struct str word, struct postings *p, struct err *reterr);
/* Those that are still here. */
int list_rows_send(struct list_rows *r, struct err *reterr);
