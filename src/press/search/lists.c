// SPDX-License-Identifier: Apache-2.0
/* A block's new texts are cut into rows by word; with them, where it is time, come the rows that are to be put together
 * with them. All go out in a few statements. */
#include "press/search/lists.h"

#include "base/array.h"
#include "base/table.h"
#include "press/ask.h"
#include "press/search/list_rows.h"
#include "press/search/postings.h"
#include "queries.h"
#include "text/utf8.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    LISTS_WHOLE = 4096,       /* texts of a block put together … */
    LISTS_WHOLE_HEAD = 16384, /* … and of titles and keywords */
    PART_LEAST = 512,         /* texts that are a part as they come, if they come at once */
    LOOSE_MOST = 64,          /* texts that may stand as they came … */
    LOOSE_SHARE = 4,          /* … or one in so many of what is put together */
    WHOLE = 2,                /* the level of a part's rows */
    JOIN_ROWS = 4000,         /* looked at in a step */
};
#define BEHIND_ALL_WORDS "\xf4\x8f\xbf\xbf" /* U+10FFFF */

int64_t lists_block(int64_t docid, bool head) {
    return (head ? LISTS_HEAD_FIRST : 0) + (docid >> LISTS_BITS);
}

void lists_column_word(struct buf *ret, int64_t column_id) {
    buf_printf(ret, "@c%" PRId64, column_id);
}

bool lists_character_word(struct buf *ret, struct str token) {
    struct str rest = token;
    if (!utf8_is_unspaced(utf8_next(&rest)))
        return false;
    buf_add_char(ret, '*');
    buf_add(ret, str_first(token, token.n - rest.n));
    return true;
}

struct str lists_own_summary(const struct search_words *w) {
    struct str beginning = str_first(w->body, w->summary.n);
    bool whole = beginning.n == w->body.n || w->body.p[beginning.n] == ' ';
    return whole && str_eq(beginning, w->summary) ? STR_NONE : w->summary;
}

/* --- the words of new texts --- */

struct word {
    struct str key;
    struct buf texts, places;
    int64_t first, last, place; /* of what is in them */
};

struct gathering {
    struct arena *arena; /* words, and what texts point at */
    struct table words;
    struct postings_row *row;
    size_t n, room;
    bool head;
    int64_t texts, first, last; /* how many, and their numbers */
};

static struct str key_of_word(const void *item) {
    return ((const struct word *)item)->key;
}

static struct word *word_of(struct gathering *g, struct str key) {
    struct word *w = table_find(&g->words, key);
    if (w)
        return w;
    w = arena_alloc(g->arena, sizeof *w);
    if (!w)
        return NULL;
    *w = (struct word){.key = arena_str(g->arena, key), .texts = BUF_INIT, .places = BUF_INIT};
    if (arena_failed(g->arena) || !table_add(&g->words, w)) {
        arena_set_failed(g->arena);
        return NULL;
    }
    return w;
}

/* place 0: none. */
static void add_place(struct gathering *g, struct str key, int64_t docid, int64_t place) {
    struct word *w = word_of(g, key);
    if (!w)
        return;
    if (!w->texts.n || w->last != docid) {
        if (w->texts.n)
            postings_add_number(&w->places, 0);
        else
            w->first = w->last = docid;
        postings_add_number(&w->texts, docid - w->last);
        w->last = docid;
        w->place = 0;
    }
    if (place) {
        postings_add_number(&w->places, place - w->place);
        w->place = place;
    }
}

/* A field's, and a gap behind it, so that no phrase reaches from one into another. */
static void add_tokens(struct gathering *g, struct str tokens, int64_t docid, int64_t *place) {
    struct str rest = tokens, token;
    BUF_LOCAL(character);
    while (str_cut(&rest, ' ', &token))
        if (token.n) {
            add_place(g, token, docid, (*place)++);
            buf_reset(&character);
            if (lists_character_word(&character, token))
                add_place(g, buf_str(&character), docid, 0);
        }
    (*place)++;
    if (buf_failed(&character))
        arena_set_failed(g->arena);
}

static void add_text(struct gathering *g, const struct lists_text *t) {
    BUF_LOCAL(column);
    int64_t place = 1;
    lists_column_word(&column, t->text->column_id);
    if (buf_failed(&column))
        arena_set_failed(g->arena);
    add_place(g, buf_str(&column), t->docid, 0);
    add_tokens(g, t->text->words.title, t->docid, &place);
    add_tokens(g, t->text->words.keywords, t->docid, &place);
    if (g->head)
        return;
    add_tokens(g, lists_own_summary(&t->text->words), t->docid, &place);
    add_tokens(g, t->text->words.body, t->docid, &place);
}

static bool add_gathered(struct gathering *g, struct postings_row row) {
    struct postings_row *more = array_grow(g->row, g->n, &g->room, sizeof *more);
    if (!more)
        return false;
    g->row = more;
    g->row[g->n++] = row;
    return true;
}

static int end_words(struct gathering *g, struct err *reterr) {
    for (size_t i = 0; i < g->words.slots; i++) {
        struct word *w = g->words.slot[i];
        if (!w)
            continue;
        postings_add_number(&w->places, 0);
        if (buf_failed(&w->texts) || buf_failed(&w->places) ||
            !add_gathered(g, (struct postings_row){w->key, buf_str(&w->texts), buf_str(&w->places), w->first, w->last}))
            return ask_no_memory(reterr);
    }
    return arena_failed(g->arena) ? ask_no_memory(reterr) : 0;
}

static void gathering_clear(struct gathering *g) {
    for (size_t i = 0; i < g->words.slots; i++)
        if (g->words.slot[i]) {
            struct word *w = g->words.slot[i];
            buf_clear(&w->texts);
            buf_clear(&w->places);
        }
    table_clear(&g->words);
    free(g->row);
    arena_free(g->arena);
}

/* --- putting together --- */

static int by_word(const void *x, const void *y) {
    const struct postings_row *a = x, *b = y;
    int order = str_compare(a->word, b->word);
    return order ? order : a->first_docid < b->first_docid ? -1 : a->first_docid > b->first_docid;
}

/* Each word's rows as one, parted again where that is long. */
static int send_all(struct list_rows *rows, struct gathering *g, struct err *reterr) {
    static const struct postings_wanted all = {true, INT64_MIN, INT64_MAX, NULL};
    struct postings p = {0};
    int rc = 0;
    if (g->n)
        qsort(g->row, g->n, sizeof *g->row, by_word);
    for (size_t i = 0; rc == 0 && i < g->n;) {
        struct str word = g->row[i].word;
        postings_reset(&p);
        while (rc == 0 && i < g->n && str_eq(g->row[i].word, word))
            rc = postings_take(&p, &g->row[i++], &all, reterr);
        if (rc == 0)
            rc = list_rows_add(rows, word, &p, reterr);
    }
    postings_clear(&p);
    return rc < 0 ? rc : list_rows_send(rows, reterr);
}

/* --- a block --- */

/* part: they are one by themselves. */
static int add_to_block(struct tx *tx, int64_t block, const struct gathering *g, bool part, int64_t *ret_loose,
                        int64_t *ret_open, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_search_block_add_postgres,
                     CELLS(cell_int(block), cell_int(g->texts), cell_int(part ? 0 : g->texts), cell_int(part),
                           cell_int(g->first), cell_int(g->last)),
                     &r, reterr);
    if (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        *ret_loose = rows_int(r, 0);
        *ret_open = rows_int(r, 1);
    }
    return rc < 0 ? rc : 0;
}

/* Rows that the query takes out. */
static int take_rows(struct tx *tx, struct gathering *g, const struct query *q, const struct cell *cells, size_t n,
                     struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, q, cells, n, &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        struct postings_row row = {arena_str(g->arena, rows_text(r, 0)), arena_str(g->arena, rows_text(r, 2)),
                                   arena_str(g->arena, rows_text(r, 3)), rows_int(r, 1), INT64_MAX};
        rc = arena_failed(g->arena) || !add_gathered(g, row) ? ask_no_memory(reterr) : 0;
    }
    return rc;
}

/* Many at once need nothing of what is there. Sets the level. */
static int join_block(struct tx *tx, struct gathering *g, int64_t block, int64_t *level, struct err *reterr) {
    int64_t whole = g->head ? LISTS_WHOLE_HEAD : LISTS_WHOLE, loose = 0, open = 0;
    bool part = g->texts >= PART_LEAST;
    *level = part ? WHOLE : 0;
    int rc = add_to_block(tx, block, g, part, &loose, &open, reterr);
    if (rc < 0 || part || loose < LOOSE_MOST || loose < open / LOOSE_SHARE)
        return rc;
    bool alone = loose == g->texts && !open;
    open += loose;
    part = open >= whole;
    *level = part ? WHOLE : 1;
    rc = ask_run(tx, &Q_search_block_set_postgres, CELLS(cell_int(block), cell_int(part ? 0 : open), cell_int(part)),
                 reterr);
    return rc < 0 || alone ? rc : take_rows(tx, g, &Q_search_list_take_open_postgres, CELLS(cell_int(block)), reterr);
}

static int put_gathered(struct tx *tx, struct gathering *g, int64_t block, struct err *reterr) {
    __attribute__((cleanup(list_rows_clear))) struct list_rows rows;
    list_rows_begin(&rows, tx, block);
    int rc = end_words(g, reterr);
    if (rc == 0)
        rc = join_block(tx, g, block, &rows.level, reterr);
    return rc < 0 ? rc : send_all(&rows, g, reterr);
}

static int put_block(struct tx *tx, const struct lists_text *text, size_t n, bool head, struct err *reterr) {
    struct gathering g = {.arena = arena_new(0),
                          .words = {.key = key_of_word},
                          .head = head,
                          .texts = (int64_t)n,
                          .first = text[0].docid,
                          .last = text[n - 1].docid};
    if (!g.arena)
        return ask_no_memory(reterr);
    for (size_t i = 0; i < n; i++)
        add_text(&g, &text[i]);
    int rc = put_gathered(tx, &g, lists_block(text[0].docid, head), reterr);
    gathering_clear(&g);
    return rc;
}

int lists_put(struct tx *tx, const struct lists_text *text, size_t n, struct err *reterr) {
    int rc = 0;
    for (int head = 0; head < 2; head++)
        for (size_t i = 0, next; rc == 0 && i < n; i = next) {
            int64_t block = lists_block(text[i].docid, head);
            for (next = i + 1; next < n && lists_block(text[next].docid, head) == block;)
                next++;
            rc = put_block(tx, text + i, next - i, head, reterr);
        }
    return rc;
}

/* --- parts of a block made one --- */

int lists_parted(struct tx *tx, int64_t parts, int64_t *ret, struct err *reterr) {
    return ask_int(tx, &Q_search_block_parted_texts_postgres, CELLS(cell_int(parts)), 0, ret, reterr);
}

/* Words of a block behind `from`, up to `to`. */
static int join_words(struct tx *tx, int64_t block, struct str from, struct str to, struct err *reterr) {
    struct gathering g = {.arena = arena_new(0)};
    __attribute__((cleanup(list_rows_clear))) struct list_rows rows;
    list_rows_begin(&rows, tx, block);
    rows.level = WHOLE;
    int rc = g.arena ? 0 : ask_no_memory(reterr);
    if (rc == 0)
        rc = take_rows(tx, &g, &Q_search_list_take_parted_postgres,
                       CELLS(cell_int(block), cell_text(from), cell_text(to), cell_int(LIST_ROWS_TEXTS)), reterr);
    if (rc == 0)
        rc = send_all(&rows, &g, reterr);
    gathering_clear(&g);
    return rc;
}

/* Up to which word a step goes; *ret_last: to the end. */
static int next_word(struct tx *tx, int64_t block, struct str from, struct buf *ret, bool *ret_last,
                     struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_search_list_word_postgres, CELLS(cell_int(block), cell_text(from), cell_int(JOIN_ROWS)), &r,
                     reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    *ret_last = rc == 0;
    if (rc >= 0)
        buf_add(ret, rc ? rows_text(r, 0) : STR(BEHIND_ALL_WORDS));
    return rc < 0 ? rc : buf_failed(ret) ? ask_no_memory(reterr) : 0;
}

static int join_some(struct tx *tx, int64_t block, struct str from, bool *ret_last, struct err *reterr) {
    BUF_LOCAL(to);
    int rc = next_word(tx, block, from, &to, ret_last, reterr);
    if (rc == 0)
        rc = join_words(tx, block, from, buf_str(&to), reterr);
    return rc < 0 ? rc
                  : ask_run(tx, &Q_search_block_joined_postgres,
                            CELLS(cell_int(block), *ret_last ? cell_null() : cell_text(buf_str(&to))), reterr);
}

int lists_join_step(struct tx *tx, int64_t parts, int64_t *ret, bool *ret_done, struct err *reterr) {
    BUF_LOCAL(from);
    int64_t block = 0, texts = 0;
    bool begun = false, last = false;
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_search_block_parted_postgres, CELLS(cell_int(parts)), &r, reterr), any = 0;
    if (rc == 0)
        rc = any = rows_next(r, reterr);
    if (any > 0) {
        block = rows_int(r, 0);
        begun = !rows_null(r, 1);
        texts = rows_int(r, 2);
        buf_add(&from, begun ? rows_text(r, 1) : STR_NONE);
        rc = buf_failed(&from) ? ask_no_memory(reterr) : 0;
    }
    *ret = 0;
    *ret_done = any == 0;
    if (rc < 0 || !any)
        return rc;
    if (!begun)
        rc = ask_run(tx, &Q_search_block_join_postgres, CELLS(cell_int(block)), reterr);
    if (rc == 0)
        rc = join_some(tx, block, buf_str(&from), &last, reterr);
    *ret = last ? texts : 0;
    return rc;
}

int lists_clear(struct tx *tx, struct err *reterr) {
    int rc = ask_run(tx, &Q_search_list_clear_postgres, CELLS_NONE, reterr);
    return rc < 0 ? rc : ask_run(tx, &Q_search_block_clear_postgres, CELLS_NONE, reterr);
}
