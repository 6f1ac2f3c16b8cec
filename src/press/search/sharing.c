// SPDX-License-Identifier: Apache-2.0
/* All words of titles and keywords, each with the first texts that the index would give for it: a hundred thousand
 * articles ask a million times, and for a few ten thousand words. */
#include "press/search/sharing.h"

#include "base/clock.h"
#include "base/table.h"
#include "press/ask.h"
#include "press/search/place.h"
#include "queries.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 2000, KEY_MOST = LANGUAGE_MOST + 1 + TOKEN_MOST };

struct word {
    struct str key; /* language, NUL, token */
    struct search_hit *hit;
    size_t n, room;
};

struct search_sharing {
    struct arena *arena;
    struct table words;
};

static struct str key_of_word(const void *item) {
    return ((const struct word *)item)->key;
}

/* Empty: no word is so long. */
static struct str key_of(char room[KEY_MOST], const char *language, struct str token) {
    size_t n = strlen(language);
    if (n >= LANGUAGE_MOST || token.n > TOKEN_MOST)
        return STR_NONE;
    memcpy(room, language, n + 1);
    memcpy(room + n + 1, token.p, token.n);
    return str_part(room, n + 1 + token.n);
}

/* --- gathering --- */

static struct word *word_of(struct search_sharing *w, struct str key) {
    struct word *word = table_find(&w->words, key);
    if (word)
        return word;
    word = arena_alloc(w->arena, sizeof *word);
    if (!word)
        return NULL;
    word->key = arena_str(w->arena, key);
    if (arena_failed(w->arena) || !table_add(&w->words, word)) {
        arena_set_failed(w->arena);
        return NULL;
    }
    return word;
}

static void add_hit(struct search_sharing *w, struct word *word, const struct search_hit *hit) {
    if (word->n == SEARCH_SHARING_HITS || (word->n && word->hit[word->n - 1].id == hit->id))
        return;
    if (word->n == word->room) {
        size_t room = word->room ? 3 * word->room : 2;
        struct search_hit *more = arena_array(w->arena, room, sizeof *more);
        if (!more)
            return;
        if (word->n)
            memcpy(more, word->hit, word->n * sizeof *more);
        word->hit = more;
        word->room = room;
    }
    word->hit[word->n++] = *hit;
}

static void add_text(struct search_sharing *w, const char *language, struct str text, const struct search_hit *hit) {
    BUF_LOCAL(tokens);
    char room[KEY_MOST];
    tokens_add(&tokens, text);
    if (buf_failed(&tokens))
        arena_set_failed(w->arena);
    struct str rest = buf_str(&tokens), token;
    while (str_cut(&rest, ' ', &token)) {
        struct str key = key_of(room, language, token);
        struct word *word = key.n ? word_of(w, key) : NULL;
        if (word)
            add_hit(w, word, hit);
    }
}

struct step {
    struct search_sharing *w;
    int64_t now_us, behind; /* the row that the last one ended at */
    bool loose;             /* at those that have no place in the order of the index */
    bool done;
};

static int take_step(struct tx *tx, void *arg, struct err *reterr) {
    struct step *step = arg;
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, step->loose ? &Q_search_loose_heads : &Q_search_heads,
                     CELLS(cell_int(step->behind), cell_int(STEP)), &r, reterr);
    size_t n = 0;
    for (; rc == 0 && (rc = rows_next(r, reterr)) > 0; rc = 0, n++) {
        struct search_hit hit = {.id = rows_int(r, 1), .published_us = rows_int(r, 2)};
        char language[LANGUAGE_MOST] = "";
        struct str tag = str_first(rows_text(r, 3), sizeof language - 1);
        memcpy(language, tag.p, tag.n);
        step->behind = rows_int(r, 0);
        if (hit.published_us > step->now_us)
            continue;
        add_text(step->w, language, rows_text(r, 4), &hit);
        add_text(step->w, language, rows_text(r, 5), &hit);
    }
    step->done = n < STEP && step->loose;
    if (n < STEP && !step->done) {
        step->loose = true;
        step->behind = PLACE_FIRST;
    }
    return rc < 0 ? rc : arena_failed(step->w->arena) ? ask_no_memory(reterr) : 0;
}

int search_sharing_gather(struct store *s, struct search_sharing **ret, struct err *reterr) {
    struct search_sharing *w = calloc(1, sizeof *w);
    if (w)
        *w = (struct search_sharing){arena_new(0), {.key = key_of_word}};
    if (!w || !w->arena) {
        search_sharing_free(w);
        return ask_no_memory(reterr);
    }
    struct step step = {.w = w, .now_us = clock_now_us(), .behind = PLACE_FIRST - 1};
    int bad = 0;
    while (!bad && !step.done)
        bad = store_read(s, take_step, &step, reterr);
    if (bad) {
        search_sharing_free(w);
        return bad;
    }
    *ret = w;
    return 0;
}

void search_sharing_free(struct search_sharing *w) {
    if (!w)
        return;
    arena_free(w->arena);
    table_clear(&w->words);
    free(w);
}

size_t search_sharing_find(const struct search_sharing *w, const char *language, struct str token,
                           const struct search_hit **ret) {
    char room[KEY_MOST];
    struct str key = key_of(room, language, token);
    const struct word *word = key.n ? table_find(&w->words, key) : NULL;
    *ret = word ? word->hit : NULL;
    return word ? word->n : 0;
}
