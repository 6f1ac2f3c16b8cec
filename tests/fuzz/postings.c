// SPDX-License-Identifier: Apache-2.0
/* Any bytes but NUL, which the store refuses, as a row of search_list, a line of texts and one of places: what is taken
 * has numbers in order, and reads the same when it is written again. */
#include "press/search/postings.h"

#include "fuzz.h"

enum { FIRST_DOCID = 7 };

static const struct postings_wanted all = {true, INT64_MIN, INT64_MAX, NULL};

static void compare_places(const struct posting *a, const struct posting *b) {
    const char *x = a->places, *y = b->places;
    int64_t at_x = 0, at_y = 0;
    bool more = true;
    while (more) {
        more = postings_place(&x, &at_x);
        FUZZ_CHECK(more == postings_place(&y, &at_y) && at_x == at_y, "place %lld, then %lld\n", (long long)at_x,
                   (long long)at_y);
    }
}

static void write_again(const struct postings *p) {
    BUF_LOCAL(texts);
    BUF_LOCAL(places);
    struct postings again = {0};
    for (size_t i = 0; i < p->n; i++)
        postings_add(&texts, &places, i ? p->item[i - 1].docid : p->item[i].docid, &p->item[i]);
    struct postings_row row = {STR("word"), buf_str(&texts), buf_str(&places), p->n ? p->item[0].docid : 0, INT64_MAX};
    FUZZ_CHECK(postings_take(&again, &row, &all, NULL) == 0 && again.n == p->n, "%zu texts, then %zu\n", p->n, again.n);
    for (size_t i = 0; i < p->n; i++) {
        FUZZ_CHECK(p->item[i].docid == again.item[i].docid && p->item[i].docid >= (i ? p->item[i - 1].docid : 0),
                   "text %zu\n", i);
        compare_places(&p->item[i], &again.item[i]);
    }
    postings_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    char *copy = malloc(n ? n : 1); /* as long as it is, for who reads beyond */
    if (!copy)
        return 0;
    for (size_t i = 0; i < n; i++)
        copy[i] = data[i] ? (char)data[i] : '\n';
    struct str places = str_part(copy, n), texts = STR_NONE;
    (void)str_cut(&places, '\n', &texts); /* nothing: no texts */
    struct postings p = {0};
    struct postings_row row = {STR("word"), texts, places, FIRST_DOCID, INT64_MAX};
    (void)postings_take(&p, &row, &all, NULL); /* what could be read is used */
    write_again(&p);
    postings_clear(&p);
    free(copy);
    return 0;
}
