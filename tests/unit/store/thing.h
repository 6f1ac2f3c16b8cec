// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A table of things, on which the tests of the store try it. */
#include "store_fixture.h"

struct thing {
    int64_t id;
    const char *word;
    int64_t number;
};

/* Into a thing; all of them, by id; one, by id. A thing's number is not 13. */
extern const struct query thing_insert, thing_all, thing_one, thing_count;

/* Prints the sentence before it fails the test. */
void must(int64_t rc, const struct err *e);
/* The fixture's store, with the tables thing and child (id, thing_id). */
struct store *with_tables(void **state);
/* For store_write(): arg is a struct thing. */
int add_thing(struct tx *tx, void *arg, struct err *reterr);
void add_must(struct store *s, int64_t id, const char *word, int64_t number);
/* For store_read(): arg is an int64_t. */
int count_things(struct tx *tx, void *arg, struct err *reterr);
int64_t how_many(struct store *s);
/* For store_read(): arg is a struct thing with an id, and a word that is NULL or to be freed. */
int get_thing(struct tx *tx, void *arg, struct err *reterr);
void word_is(struct store *s, int64_t id, const char *word);
