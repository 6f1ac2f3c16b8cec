// SPDX-License-Identifier: Apache-2.0
/* What the index should say of a text is cut again, and asked for at the text's own number. */
#include "press/search.h"

#include "press/ask.h"
#include "press/search/facets.h"
#include "press/search/lists.h"
#include "press/search/walk.h"
#include "queries.h"

enum { CHECK_TOKENS = 64 /* at either end of a body */ };

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

static int check_sqlite(struct tx *tx, const struct article *a, const struct search_words *w, int64_t *ret_sound,
                        struct err *reterr) {
    BUF_LOCAL(facets);
    BUF_LOCAL(match);
    BUF_LOCAL(head);
    struct str ends[2];
    add_phrase(&head, "title", w->title);
    add_phrase(&head, "keywords", w->keywords);
    search_facets_add(&facets, a->text.language, a->column_id, a->published_us);
    buf_printf(&match, "facets : \"%.*s\"", STR_FMT(buf_str(&facets)));
    add_phrase(&match, "title", w->title);
    add_phrase(&match, "keywords", w->keywords);
    add_phrase(&match, "summary", lists_own_summary(w));
    take_ends(w->body, ends);
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

static int check_postgres(struct tx *tx, const struct article *a, const struct search_words *w, int64_t *ret_sound,
                          struct err *reterr) {
    int64_t docid = 0;
    struct str phrase[5] = {w->title, w->keywords, w->summary};
    take_ends(w->body, phrase + 3);
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
    ARENA_LOCAL(words, 0);
    struct search_words w;
    int64_t there = 0, waits = 0, sound = 0;
    if (!words)
        return ask_no_memory(reterr);
    int rc = ask_int(tx, &Q_search_has, CELLS(cell_int(a->id), cell_z(a->text.language)), 0, &there, reterr);
    if (rc == 0 && there && a->state == ARTICLE_PUBLISHED)
        rc = search_cut(words, &a->text, &w, reterr);
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
