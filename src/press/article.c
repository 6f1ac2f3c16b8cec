// SPDX-License-Identifier: Apache-2.0
/* Reading articles. Every list is one walk along one index from a pair (place, id) on; what is due in the future is
 * kept out by where the walk begins. */
#include "press/article.h"

#include "base/clock.h"
#include "press/article/row.h"
#include "press/ask.h"
#include "press/search.h"
#include "queries.h"

#include <inttypes.h>
#include <string.h>

enum { LIST_MOST = 200, SOME = 10, SOME_BODIES = 20 };

const char *article_state_word(enum article_state s) {
    static const char *const words[] = {"draft", "published", "withdrawn", "erased"};
    return (unsigned)s < sizeof words / sizeof *words ? words[s] : "";
}

int64_t article_modified_us(const struct article *a) {
    return a->text.revision > 1 && a->text.changed_us > a->published_us ? a->text.changed_us : a->published_us;
}

int64_t article_place_us(const struct article *a) {
    return a->state == ARTICLE_DRAFT || !a->published_us ? a->created_us : a->published_us;
}

/* --- rows --- */

static void take_languages(struct arena *a, struct str tags, struct article *ret) {
    size_t n = 0;
    struct str part;
    for (struct str rest = tags; str_cut(&rest, ' ', &part);)
        n++;
    const char **list = arena_array(a, n ? n : 1, sizeof *list);
    if (!list)
        return;
    n = 0;
    for (struct str rest = tags; str_cut(&rest, ' ', &part);)
        list[n++] = arena_z(a, part);
    ret->languages = n;
    ret->language = list;
}

static void take_tag(struct str tag, char ret[LANGUAGE_MOST]) {
    size_t n = tag.n < LANGUAGE_MOST ? tag.n : LANGUAGE_MOST - 1;
    if (n)
        memcpy(ret, tag.p, n);
    ret[n] = 0;
}

void article_take(struct arena *a, const struct rows *r, bool with_body, struct article *ret) {
    *ret = (struct article){
        .id = rows_int(r, 0),
        .column_id = rows_int(r, 1),
        .column_slug = arena_str(a, rows_text(r, 2)),
        .state = (enum article_state)rows_int(r, 3),
        .published_us = rows_int(r, 4),
        .created_us = rows_int(r, 5),
        .changed_us = rows_int(r, 6),
        .withdrawn_us = rows_int(r, 7),
        .withdrawn_reason = arena_str(a, rows_text(r, 8)),
        .picture = arena_str(a, rows_text(r, 9)),
        .key = arena_str(a, rows_text(r, 10)),
    };
    take_languages(a, rows_text(r, 11), ret);
    struct article_text *t = &ret->text;
    take_tag(rows_text(r, 12), t->language);
    t->revision = rows_int(r, 13);
    t->changed_us = rows_int(r, 14);
    t->title = arena_str(a, rows_text(r, 15));
    t->summary = arena_str(a, rows_text(r, 16));
    t->source = arena_str(a, rows_text(r, 17));
    t->author = arena_str(a, rows_text(r, 18));
    t->keywords = arena_str(a, rows_text(r, 19));
    t->picture_alt = arena_str(a, rows_text(r, 20));
    t->note = arena_str(a, rows_text(r, 21));
    if (with_body)
        t->body_html = arena_str(a, rows_text(r, ARTICLE_ROW_BODY));
}

int article_take_all(struct arena *a, struct rows *r, bool with_body, size_t most, struct article_list *ret,
                     struct err *reterr) {
    struct article_list list = {.item = arena_array(a, most ? most : 1, sizeof(struct article))};
    if (!list.item)
        return ask_no_memory(reterr);
    int rc;
    while ((rc = rows_next(r, reterr)) > 0) {
        if (list.n == most) {
            list.more = true;
            break;
        }
        article_take(a, r, with_body, &list.item[list.n++]);
    }
    if (rc < 0)
        return rc;
    if (arena_failed(a))
        return ask_no_memory(reterr);
    *ret = list;
    return 0;
}

/* --- one --- */

/* What a reader may see of it: nothing of a draft or before its time, and of a withdrawn one that it was there. (One
 * that was erased without ever having been public has no publish time.) */
static int for_readers(struct article *ret, struct err *reterr) {
    if (ret->state == ARTICLE_DRAFT || (ret->state == ARTICLE_ERASED && !ret->published_us) ||
        (ret->state == ARTICLE_PUBLISHED && ret->published_us > clock_now_us()))
        return err_set(reterr, ERR_NOT_FOUND, "%s", err_sentence(-ERR_NOT_FOUND));
    if (ret->state == ARTICLE_WITHDRAWN) {
        ret->text.body_html = STR_NONE;
        ret->text.summary = STR_NONE;
    }
    return 0;
}

int article_get(struct tx *tx, struct arena *a, int64_t id, const char *language, bool all, struct article *ret,
                struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_article_get, CELLS(cell_int(id), cell_z(language ? language : "")), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(reterr, ERR_NOT_FOUND, "There is no article %" PRId64 ".", id);
    struct article found;
    article_take(a, r, true, &found);
    if (arena_failed(a))
        return ask_no_memory(reterr);
    rc = all ? 0 : for_readers(&found, reterr);
    if (rc == 0)
        *ret = found;
    return rc;
}

int article_find_key(struct tx *tx, struct arena *a, struct str key, struct article *ret, struct err *reterr) {
    int64_t id = 0;
    int rc = key.n ? ask_int(tx, &Q_article_id_of_key, CELLS(cell_text(key)), 0, &id, reterr) : 0;
    if (rc < 0)
        return rc;
    if (!id)
        return err_set(reterr, ERR_NOT_FOUND, "There is no article with this key.");
    return article_get(tx, a, id, "", true, ret, reterr);
}

/* --- lists --- */

struct walk { /* strictly between two pairs */
    int64_t below_us, below_id, above_us, above_id;
    bool newer;
};

static struct walk walk_of(const struct article_where *w) {
    struct walk k = {INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN, w->after_us || w->after_id};
    if (!w->all)
        k.below_us = clock_now_us(); /* with the greatest id: up to and with this moment */
    if (k.newer) {
        k.above_us = w->after_us;
        k.above_id = w->after_id;
    } else if ((w->before_us || w->before_id) && w->before_us <= k.below_us) {
        k.below_us = w->before_us;
        k.below_id = w->before_id;
    }
    return k;
}

static const struct query *query_of(const struct article_where *w, bool by_language, bool newer) {
    static const struct query *const queries[2][2][2] = {
        {{&Q_article_every_older, &Q_article_every_newer},
         {&Q_article_every_column_older, &Q_article_every_column_newer}},
        {{&Q_article_shown_older, &Q_article_shown_newer},
         {&Q_article_shown_column_older, &Q_article_shown_column_newer}},
    };
    return queries[by_language][w->column_id != 0][newer];
}

int article_list(struct tx *tx, struct arena *a, const struct article_where *where, struct article_list *ret,
                 struct err *reterr) {
    size_t most = where->most < 1 ? 1 : where->most > LIST_MOST ? LIST_MOST : where->most;
    struct walk k = walk_of(where);
    bool by_language = where->language && !where->all;
    struct cell cells[8] = {
        where->language ? cell_z(where->language) : cell_null(),
        cell_int(k.below_us),
        cell_int(k.below_id),
        cell_int(k.above_us),
        cell_int(k.above_id),
        cell_int((int64_t)most + !where->only),
    };
    size_t n = 6;
    if (!by_language)
        cells[n++] = cell_int(where->all);
    if (where->column_id)
        cells[n++] = cell_int(where->column_id);
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, query_of(where, by_language, k.newer), cells, n, &r, reterr);
    return rc < 0 ? rc : article_take_all(a, r, false, most, ret, reterr);
}

static int one_beside(struct tx *tx, struct arena *a, const struct article_where *where, struct article *ret,
                      struct err *reterr) {
    struct article_list list;
    int rc = article_list(tx, a, where, &list, reterr);
    if (rc == 0)
        *ret = list.n ? list.item[0] : (struct article){0};
    return rc;
}

int article_neighbours(struct tx *tx, struct arena *a, const struct article *of, struct article *ret_newer,
                       struct article *ret_older, struct err *reterr) {
    int64_t place = article_place_us(of);
    struct article_where where = {.language = of->text.language, .column_id = of->column_id, .most = 1, .only = true};
    where.after_us = place;
    where.after_id = of->id;
    int rc = one_beside(tx, a, &where, ret_newer, reterr);
    if (rc < 0)
        return rc;
    where.after_us = where.after_id = 0;
    where.before_us = place;
    where.before_id = of->id;
    return one_beside(tx, a, &where, ret_older, reterr);
}

int article_count(struct tx *tx, const char *language, int64_t column_id, int64_t *ret, struct err *reterr) {
    if (!column_id)
        return ask_int(tx, &Q_column_count_all, CELLS(cell_z(language)), 0, ret, reterr);
    return ask_int(tx, &Q_column_count, CELLS(cell_int(column_id), cell_z(language)), 0, ret, reterr);
}

/* --- by ids, for search and related --- */

static int take_some(struct tx *tx, struct arena *a, const int64_t *ids, size_t n, const char *language, bool bodies,
                     struct article_list *list, struct err *reterr) {
    struct cell cells[1 + SOME_BODIES] = {cell_z(language)};
    size_t most = bodies ? SOME_BODIES : SOME;
    for (size_t i = 0; i < most; i++)
        cells[1 + i] = cell_int(i < n ? ids[i] : 0);
    ROWS_LOCAL(r);
    struct article_list found;
    int rc = tx_rows(tx, bodies ? &Q_article_some_bodies : &Q_article_some, cells, 1 + most, &r, reterr);
    if (rc == 0)
        rc = article_take_all(a, r, bodies, most, &found, reterr);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < found.n; j++)
            if (found.item[j].id == ids[i])
                list->item[list->n++] = found.item[j];
    return 0;
}

int article_get_some(struct tx *tx, struct arena *a, const int64_t *ids, size_t n, const char *language, bool bodies,
                     struct article_list *ret, struct err *reterr) {
    struct article_list list = {.item = arena_array(a, n ? n : 1, sizeof(struct article))};
    if (!list.item)
        return ask_no_memory(reterr);
    size_t most = bodies ? SOME_BODIES : SOME;
    for (size_t i = 0; i < n; i += most) {
        int rc = take_some(tx, a, ids + i, n - i < most ? n - i : most, language, bodies, &list, reterr);
        if (rc < 0)
            return rc;
    }
    *ret = list;
    return 0;
}

int article_related(struct tx *tx, struct arena *a, const struct search_sharing *sharing, const struct article *of,
                    size_t most, struct article_list *ret, struct err *reterr) {
    int64_t ids[SEARCH_RELATED_MOST];
    size_t n = most < SEARCH_RELATED_MOST ? most : SEARCH_RELATED_MOST;
    int rc = search_related(tx, sharing, of->id, &of->text, ids, &n, reterr);
    return rc < 0 ? rc : article_get_some(tx, a, ids, n, of->text.language, false, ret, reterr);
}

/* --- revisions --- */

struct link { /* while the rows come in: their number is not known before */
    struct revision revision;
    struct link *next;
};

static void take_revision(struct arena *a, const struct rows *r, struct revision *ret) {
    *ret = (struct revision){
        .number = rows_int(r, 0),
        .made_us = rows_int(r, 1),
        .title = arena_str(a, rows_text(r, 2)),
        .summary = arena_str(a, rows_text(r, 3)),
        .source = arena_str(a, rows_text(r, 4)),
        .author = arena_str(a, rows_text(r, 5)),
        .keywords = arena_str(a, rows_text(r, 6)),
        .note = arena_str(a, rows_text(r, 7)),
        .body_html = arena_str(a, rows_text(r, 8)),
    };
}

int article_revisions(struct tx *tx, struct arena *a, int64_t id, const char *language, bool bodies,
                      struct revision **ret, size_t *ret_n, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_article_revisions, CELLS(cell_int(id), cell_z(language), cell_int(bodies)), &r, reterr);
    if (rc < 0)
        return rc;
    struct link *all = NULL, **end = &all;
    size_t n = 0;
    while ((rc = rows_next(r, reterr)) > 0) {
        struct link *l = arena_alloc(a, sizeof *l);
        if (!l)
            return ask_no_memory(reterr);
        take_revision(a, r, &l->revision);
        *end = l;
        end = &l->next;
        n++;
    }
    struct revision *list = rc < 0 ? NULL : arena_array(a, n ? n : 1, sizeof *list);
    if (rc < 0 || arena_failed(a))
        return rc < 0 ? rc : ask_no_memory(reterr);
    n = 0;
    for (const struct link *l = all; l; l = l->next)
        list[n++] = l->revision;
    *ret = list;
    *ret_n = n;
    return 0;
}
