// SPDX-License-Identifier: Apache-2.0
/* Writing the index: a text's tokens into FTS5's fields, or into a tsvector with positions. Both are written out in
 * full here, so that no engine cuts words of its own. */
#include "press/search.h"

#include "base/array.h"
#include "press/article/row.h"
#include "press/ask.h"
#include "press/search/facets.h"
#include "press/search/lists.h"
#include "press/search/numbers.h"
#include "press/search/place.h"
#include "press/search/walk.h"
#include "queries.h"
#include "text/html.h"

#include <stdlib.h>
#include <string.h>

enum {
    TOKENS_MOST = 512 * 1024, /* bytes of one text's */
    REBUILD_STEP = 100,
    GATHERED_MOST = 8 * 1024 * 1024, /* bytes of words, while the index is rebuilt */
    CHECK_TOKENS = 64,               /* at either end of a body */
    LANGUAGES_MOST = 16,
};

struct words { /* as tokens parted by spaces */
    struct buf title, keywords, summary, body;
};

static void words_clear(struct words *w) {
    buf_clear(&w->title);
    buf_clear(&w->keywords);
    buf_clear(&w->summary);
    buf_clear(&w->body);
}

/* Cuts to n bytes, between two tokens. */
static void cut_tokens(struct buf *tokens, size_t n) {
    if (tokens->n <= n)
        return;
    while (n && tokens->p[n] != ' ')
        n--;
    buf_cut(tokens, n);
}

static int words_make(struct words *w, const struct article_text *t, struct err *reterr) {
    BUF_LOCAL(text);
    html_text(t->body_html, &text);
    tokens_add(&w->title, t->title);
    tokens_add(&w->keywords, t->keywords);
    tokens_add(&w->summary, t->summary);
    tokens_add(&w->body, buf_str(&text));
    if (buf_failed(&text) || buf_failed(&w->title) || buf_failed(&w->keywords) || buf_failed(&w->summary) ||
        buf_failed(&w->body))
        return ask_no_memory(reterr);
    cut_tokens(&w->body, TOKENS_MOST - w->title.n - w->keywords.n - w->summary.n);
    return 0;
}

static struct search_words words_view(const struct words *w) {
    return (struct search_words){buf_str(&w->title), buf_str(&w->keywords), buf_str(&w->summary), buf_str(&w->body)};
}

int search_cut(struct arena *a, const struct article_text *text, struct search_words *ret, struct err *reterr) {
    __attribute__((cleanup(words_clear))) struct words w = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
    int rc = words_make(&w, text, reterr);
    if (rc < 0)
        return rc;
    *ret = (struct search_words){arena_buf(a, &w.title), arena_buf(a, &w.keywords), arena_buf(a, &w.summary),
                                 arena_buf(a, &w.body)};
    return arena_failed(a) ? ask_no_memory(reterr) : 0;
}

/* --- SQLite --- */

static int put_row(struct tx *tx, int64_t docid, const struct search_text *t, struct err *reterr) {
    BUF_LOCAL(facets);
    search_facets_add(&facets, t->language, t->column_id, t->published_us);
    if (buf_failed(&facets))
        return ask_no_memory(reterr);
    int rc =
        ask_run(tx, &Q_search_index_insert_sqlite,
                CELLS(cell_int(docid), cell_text(buf_str(&facets)), cell_text(t->words.title),
                      cell_text(t->words.keywords), cell_text(lists_own_summary(&t->words)), cell_text(t->words.body)),
                reterr);
    return rc < 0 ? rc
                  : ask_run(tx, &Q_search_head_insert_sqlite,
                            CELLS(cell_int(docid), cell_text(t->words.title), cell_text(t->words.keywords)), reterr);
}

/* A number, kept in search_doc. */
static int number_text(struct tx *tx, const struct search_text *t, int64_t *ret_docid, struct err *reterr) {
    int rc = search_remove(tx, t->id, t->language, reterr);
    if (rc == 0)
        rc = search_place_find(tx, t->language, t->id, t->published_us, ret_docid, reterr);
    return rc < 0 ? rc
                  : ask_run(tx, &Q_search_doc_insert,
                            CELLS(cell_int(*ret_docid), cell_int(t->id), cell_z(t->language), cell_int(t->column_id),
                                  cell_int(t->published_us)),
                            reterr);
}

static int find_place(struct tx *tx, int64_t id, int64_t *ret_column_id, int64_t *ret_published_us,
                      struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_search_where_it_stands, CELLS(cell_int(id)), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(reterr, ERR_NOT_FOUND, "%s", err_sentence(-ERR_NOT_FOUND));
    *ret_column_id = rows_int(r, 0);
    *ret_published_us = rows_int(r, 1);
    return 0;
}

/* --- many --- */

/* A language after the other. */
static int by_time(const void *x, const void *y) {
    const struct search_text *a = ((const struct lists_text *)x)->text, *b = ((const struct lists_text *)y)->text;
    int order = strcmp(a->language, b->language);
    if (order)
        return order;
    if (a->published_us != b->published_us)
        return a->published_us < b->published_us ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static int by_docid(const void *x, const void *y) {
    const struct lists_text *a = x, *b = y;
    return a->docid < b->docid ? -1 : a->docid > b->docid;
}

static int put_rows(struct tx *tx, const struct lists_text *rows, size_t n, struct err *reterr) {
    int rc = 0;
    if (!ask_on_sqlite(tx))
        return lists_put(tx, rows, n, reterr);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = put_row(tx, rows[i].docid, rows[i].text, reterr);
    return rc;
}

/* Numbers in order of time, so that neighbours leave each other room; rows in order of numbers. */
int search_put_many(struct tx *tx, const struct search_text *text, size_t n, struct err *reterr) {
    int rc = 0;
    struct lists_text *rows = calloc(n + 1, sizeof *rows);
    if (!rows)
        return ask_no_memory(reterr);
    for (size_t i = 0; i < n; i++)
        rows[i].text = &text[i];
    qsort(rows, n, sizeof *rows, by_time);
    if (!ask_on_sqlite(tx)) {
        rc = numbers_give(tx, rows, n, reterr);
    } else {
        for (size_t i = 0; rc == 0 && i < n; i++)
            rc = number_text(tx, rows[i].text, &rows[i].docid, reterr);
    }
    qsort(rows, n, sizeof *rows, by_docid);
    if (rc == 0)
        rc = put_rows(tx, rows, n, reterr);
    free(rows);
    return rc;
}

int search_wait(struct search_waiting *w, const struct search_text *text, struct err *reterr) {
    struct search_text *more = array_grow(w->text, w->n, &w->room, sizeof *more);
    if (!more)
        return ask_no_memory(reterr);
    w->text = more;
    w->text[w->n++] = *text;
    return 0;
}

static int note_waiting(struct tx *tx, const struct search_waiting *w, struct err *reterr) {
    if (!ask_on_sqlite(tx))
        return numbers_note_waiting(tx, w->text, w->n, reterr);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < w->n; i++)
        rc = ask_run(tx, &Q_search_later_add_sqlite, CELLS(cell_int(w->text[i].id), cell_z(w->text[i].language)),
                     reterr);
    return rc;
}

int search_put_waiting(struct tx *tx, struct search_waiting *w, struct err *reterr) {
    int rc = w->later ? note_waiting(tx, w, reterr) : search_put_many(tx, w->text, w->n, reterr);
    if (rc == 0)
        w->n = 0;
    return rc;
}

void search_waiting_clear(struct search_waiting *w) {
    free(w->text);
    *w = (struct search_waiting){0};
}

/* --- one --- */

int search_put(struct tx *tx, int64_t id, const struct article_text *text, struct err *reterr) {
    __attribute__((cleanup(words_clear))) struct words w = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
    struct search_text one = {.id = id};
    int rc = find_place(tx, id, &one.column_id, &one.published_us, reterr);
    if (rc == 0)
        rc = words_make(&w, text, reterr);
    if (rc < 0)
        return rc;
    memcpy(one.language, text->language, sizeof one.language);
    one.words = words_view(&w);
    return search_put_many(tx, &one, 1, reterr);
}

int search_remove(struct tx *tx, int64_t id, const char *language, struct err *reterr) {
    /* SQLite looks up in search_doc what has no place; the lists are asked for their numbers alone. */
    int64_t dies_from = ask_on_sqlite(tx) ? PLACE_FIRST : 0;
    int rc = ask_run(tx, &Q_search_later_remove, CELLS(cell_int(id), cell_z(language)), reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_search_bury, CELLS(cell_int(id), cell_z(language), cell_int(dies_from)), reterr);
    return rc < 0 ? rc : ask_run(tx, &Q_search_remove, CELLS(cell_int(id), cell_z(language)), reterr);
}

/* --- checking --- */

/* title : "…", with some tokens in a row, and AND before it where something stands; nothing for none. */
static void add_phrase(struct buf *ret, const char *field, struct str tokens) {
    tokens = str_trim(tokens);
    if (tokens.n)
        buf_printf(ret, "%s%s : \"%.*s\"", ret->n ? " AND " : "", field, STR_FMT(tokens));
}

/* The first and the last of many: between them the whole would be a walk as long as the text. */
static void take_ends(struct str all, struct str ret[2]) {
    size_t first = 0, last = all.n, n;
    for (n = 0; n < CHECK_TOKENS && first < all.n; n++)
        first += str_find_char(str_from(all, first), ' ', 0) == SIZE_MAX
                     ? all.n - first
                     : str_find_char(str_from(all, first), ' ', 0) + 1;
    for (n = 0; last > 0 && n <= CHECK_TOKENS; last--)
        n += all.p[last - 1] == ' ';
    ret[0] = str_first(all, first);
    ret[1] = str_from(all, last ? last + 1 : 0);
}

static int check_sqlite(struct tx *tx, const struct article *a, const struct words *w, int64_t *ret_sound,
                        struct err *reterr) {
    BUF_LOCAL(facets);
    BUF_LOCAL(match);
    BUF_LOCAL(head);
    struct str ends[2];
    add_phrase(&head, "title", buf_str(&w->title));
    add_phrase(&head, "keywords", buf_str(&w->keywords));
    search_facets_add(&facets, a->text.language, a->column_id, a->published_us);
    buf_printf(&match, "facets : \"%.*s\"", STR_FMT(buf_str(&facets)));
    add_phrase(&match, "title", buf_str(&w->title));
    add_phrase(&match, "keywords", buf_str(&w->keywords));
    struct search_words words = words_view(w);
    add_phrase(&match, "summary", lists_own_summary(&words));
    take_ends(buf_str(&w->body), ends);
    add_phrase(&match, "body", ends[0]);
    add_phrase(&match, "body", ends[1]);
    if (buf_failed(&facets) || buf_failed(&match) || buf_failed(&head))
        return ask_no_memory(reterr);
    int rc = ask_int(tx, &Q_search_check_sqlite,
                     CELLS(cell_int(a->id), cell_z(a->text.language), cell_int(a->column_id), cell_int(a->published_us),
                           cell_text(buf_str(&match))),
                     0, ret_sound, reterr);
    if (rc == 0 && *ret_sound && head.n) /* a title may be of signs alone */
        rc = ask_int(tx, &Q_search_check_head_sqlite,
                     CELLS(cell_int(a->id), cell_z(a->text.language), cell_text(buf_str(&head))), 0, ret_sound, reterr);
    return rc;
}

/* Whether this number is found by all of these phrases. */
static int check_lists(struct tx *tx, const struct article *a, int64_t docid, bool head, const struct str *phrase,
                       size_t n, int64_t *ret_sound, struct err *reterr) {
    struct search_query query = {0};
    for (size_t i = 0; i < n; i++)
        if (str_trim(phrase[i]).n)
            query.term[query.n++] = (struct query_term){.tokens = str_trim(phrase[i])};
    struct walk walk = {.head = head, .column_id = a->column_id, .span = {docid, docid}};
    int64_t found;
    struct walk_question one = {.query = &query, .most = 1, .docid = &found};
    if (!query.n) /* a title may be of signs alone */
        return 0;
    int rc = walk_ask(tx, &walk, &one, 1, reterr);
    *ret_sound = one.n == 1;
    return rc;
}

static int check_postgres(struct tx *tx, const struct article *a, const struct words *w, int64_t *ret_sound,
                          struct err *reterr) {
    int64_t docid = 0;
    struct str phrase[5] = {buf_str(&w->title), buf_str(&w->keywords), buf_str(&w->summary)};
    take_ends(buf_str(&w->body), phrase + 3);
    int rc =
        ask_int(tx, &Q_search_docid,
                CELLS(cell_int(a->id), cell_z(a->text.language), cell_int(a->column_id), cell_int(a->published_us)), 0,
                &docid, reterr);
    *ret_sound = docid != 0;
    if (rc == 0 && docid)
        rc = check_lists(tx, a, docid, false, phrase, 5, ret_sound, reterr);
    if (rc == 0 && *ret_sound)
        rc = check_lists(tx, a, docid, true, phrase, 2, ret_sound, reterr);
    return rc;
}

int search_check(struct tx *tx, const struct article *a, enum search_state *ret, struct err *reterr) {
    __attribute__((cleanup(words_clear))) struct words w = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
    int64_t there = 0, waits = 0, sound = 0;
    int rc = ask_int(tx, &Q_search_has, CELLS(cell_int(a->id), cell_z(a->text.language)), 0, &there, reterr);
    if (rc == 0 && there && a->state == ARTICLE_PUBLISHED)
        rc = words_make(&w, &a->text, reterr);
    if (rc == 0 && there && a->state == ARTICLE_PUBLISHED)
        rc = ask_on_sqlite(tx) ? check_sqlite(tx, a, &w, &sound, reterr) : check_postgres(tx, a, &w, &sound, reterr);
    if (rc == 0 && !there)
        rc = ask_int(tx, &Q_search_later_has, CELLS(cell_int(a->id), cell_z(a->text.language)), 0, &waits, reterr);
    if (a->state == ARTICLE_PUBLISHED)
        *ret = waits ? SEARCH_SOUND : !there ? SEARCH_MISSING : sound ? SEARCH_SOUND : SEARCH_STALE;
    else
        *ret = there || waits ? SEARCH_LEFT_OVER : SEARCH_SOUND;
    return rc;
}

int search_count(struct tx *tx, int64_t *ret_texts, int64_t *ret_dead, struct err *reterr) {
    int64_t rows = 0, dead = 0;
    bool sqlite = ask_on_sqlite(tx);
    int rc = ask_int(tx, &Q_search_count, CELLS_NONE, 0, ret_texts, reterr);
    if (rc == 0 && sqlite)
        rc = ask_int(tx, &Q_search_count_rows_sqlite, CELLS_NONE, 0, &rows, reterr);
    if (rc == 0 && !sqlite)
        rc = ask_int(tx, &Q_search_dead_count_postgres, CELLS_NONE, 0, &dead, reterr);
    *ret_dead = rows > *ret_texts ? rows - *ret_texts : dead;
    return rc;
}

/* --- rebuilding --- */

static int clear_sqlite(struct tx *tx, struct err *reterr) {
    int rc = ask_run(tx, &Q_search_clear_index_sqlite, CELLS_NONE, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_search_clear_head_sqlite, CELLS_NONE, reterr);
    return rc < 0 ? rc : ask_run(tx, &Q_search_head_left_clear_sqlite, CELLS_NONE, reterr);
}

static int clear(struct tx *tx, struct err *reterr) {
    int rc = ask_on_sqlite(tx) ? clear_sqlite(tx, reterr) : lists_clear(tx, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_search_clear_docs, CELLS_NONE, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_search_dead_clear, CELLS_NONE, reterr);
    return rc < 0 ? rc : ask_run(tx, &Q_search_later_clear, CELLS_NONE, reterr);
}

struct gathered {
    struct arena *arena; /* the words */
    struct search_waiting waiting;
};

static int put_gathered(struct tx *tx, struct gathered *g, struct err *reterr) {
    int rc = search_put_waiting(tx, &g->waiting, reterr);
    arena_free(g->arena);
    g->arena = arena_new(0);
    return rc < 0 || g->arena ? rc : ask_no_memory(reterr);
}

/* All texts of an article. */
static int gather(struct tx *tx, int64_t id, int64_t published_us, struct gathered *g, int64_t *texts,
                  struct err *reterr) {
    ARENA_LOCAL(a, 0);
    if (!a)
        return ask_no_memory(reterr);
    struct article_list list = {0};
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_article_texts, CELLS(cell_int(id)), &r, reterr);
    if (rc == 0)
        rc = article_take_all(a, r, true, LANGUAGES_MOST, &list, reterr);
    for (size_t i = 0; rc == 0 && i < list.n; i++) {
        const struct article *x = &list.item[i];
        struct search_text one = {.id = id, .column_id = x->column_id, .published_us = published_us};
        memcpy(one.language, x->text.language, sizeof one.language);
        rc = search_cut(g->arena, &x->text, &one.words, reterr);
        if (rc == 0)
            rc = search_wait(&g->waiting, &one, reterr);
    }
    *texts += (int64_t)list.n;
    return rc == 0 && arena_used(g->arena) > GATHERED_MOST ? put_gathered(tx, g, reterr) : rc;
}

static int next_ids(struct tx *tx, const struct search_rebuild *at, int64_t (*ret)[2], size_t *ret_n,
                    struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_search_rebuild_ids,
                     CELLS(cell_int(at->last_us), cell_int(at->last_id), cell_int(REBUILD_STEP)), &r, reterr);
    size_t n = 0;
    while (rc == 0 && n < REBUILD_STEP && (rc = rows_next(r, reterr)) > 0) {
        ret[n][0] = rows_int(r, 0);
        ret[n++][1] = rows_int(r, 1);
        rc = 0;
    }
    *ret_n = n;
    return rc;
}

static int put_some(struct tx *tx, struct search_rebuild *now, int64_t (*ids)[2], size_t n, struct err *reterr) {
    struct gathered g = {.arena = arena_new(0)};
    int rc = g.arena ? 0 : ask_no_memory(reterr);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        now->last_id = ids[i][0];
        now->last_us = ids[i][1];
        rc = gather(tx, now->last_id, now->last_us, &g, &now->texts, reterr);
    }
    if (rc == 0)
        rc = put_gathered(tx, &g, reterr);
    search_waiting_clear(&g.waiting);
    arena_free(g.arena);
    return rc;
}

int search_rebuild_step(struct tx *tx, struct search_rebuild *at, struct err *reterr) {
    struct search_rebuild now = *at;
    int64_t ids[REBUILD_STEP][2];
    size_t n = 0;
    int rc = 0;
    if (!now.begun) {
        now = (struct search_rebuild){.begun = true, .last_us = INT64_MIN, .last_id = INT64_MIN};
        rc = clear(tx, reterr);
    }
    if (rc == 0)
        rc = next_ids(tx, &now, ids, &n, reterr);
    if (rc == 0)
        rc = put_some(tx, &now, ids, n, reterr);
    now.done = n < REBUILD_STEP;
    if (rc == 0)
        *at = now;
    return rc;
}
