// SPDX-License-Identifier: Apache-2.0
/* Asking the index: two walks, one over titles and keywords and one over everything, joined here. The engines give
 * the newest first; what is shown is read for one page of hits. */
#include "press/search.h"

#include "base/clock.h"
#include "press/article/row.h"
#include "press/ask.h"
#include "press/search/question.h"
#include "press/search/sharing.h"
#include "queries.h"
#include "text/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct hits {
    struct hit *hit;
    size_t n;
};

static int by_score(const void *x, const void *y) {
    const struct hit *a = x, *b = y;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->published_us != b->published_us)
        return a->published_us > b->published_us ? -1 : 1;
    return a->id > b->id ? -1 : a->id < b->id;
}

static int by_row(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

/* Behind `head` hits the others, without those that are among them; each in the order in which they came. */
static int join(struct arena *a, struct hits *h, size_t head, struct err *reterr) {
    int64_t *rows = arena_array(a, head + 1, sizeof *rows);
    if (!rows)
        return ask_no_memory(reterr);
    for (size_t i = 0; i < head; i++)
        rows[i] = h->hit[i].row;
    qsort(rows, head, sizeof *rows, by_row);
    size_t n = head;
    for (size_t i = head; i < h->n; i++)
        if (!bsearch(&h->hit[i].row, rows, head, sizeof *rows, by_row))
            h->hit[n++] = h->hit[i];
    h->n = n;
    return 0;
}

/* --- searching --- */

/* All hits in order, and how many there are in all. Where those of titles and keywords are too many to be shown, the
 * others are not asked for: none of them would be either. */
static int gather(struct tx *tx, struct arena *a, struct question *q, struct hits *ret, size_t *ret_all,
                  struct err *reterr) {
    ret->hit = arena_array(a, 2 * q->most, sizeof *ret->hit);
    if (!ret->hit)
        return ask_no_memory(reterr);
    size_t head = 0, all = 0;
    q->head = true;
    int rc = question_ask(tx, q, ret->hit, &head, reterr);
    q->head = false;
    if (rc == 0 && head < q->most)
        rc = question_ask(tx, q, ret->hit + head, &all, reterr);
    ret->n = head + all;
    *ret_all = head < all ? all : head;
    return rc < 0 ? rc : join(a, ret, head, reterr);
}

/* Here the way from a hit's number to its text is one statement. */
static int take_articles_postgres(struct tx *tx, struct arena *a, const struct hit *hit, size_t n,
                                  struct article_list *ret, struct err *reterr) {
    BUF_LOCAL(numbers);
    ROWS_LOCAL(r);
    for (size_t i = 0; i < n; i++)
        buf_printf(&numbers, i ? " %" PRId64 : "%" PRId64, hit[i].row);
    if (buf_failed(&numbers))
        return ask_no_memory(reterr);
    int rc = tx_rows(tx, &Q_search_articles_postgres, CELLS(cell_text(buf_str(&numbers))), &r, reterr);
    return rc < 0 ? rc : article_take_all(a, r, true, n, ret, reterr);
}

static int take_articles(struct tx *tx, struct arena *a, const char *language, struct hit *hit, size_t n,
                         struct article_list *ret, struct err *reterr) {
    int64_t ids[SEARCH_MOST];
    if (n && !ask_on_sqlite(tx))
        return take_articles_postgres(tx, a, hit, n, ret, reterr);
    int rc = question_take_ids(tx, hit, n, reterr);
    for (size_t i = 0; i < n; i++)
        ids[i] = hit[i].id;
    return rc < 0 ? rc : article_get_some(tx, a, ids, n, language, true, ret, reterr);
}

/* One page of the hits, as articles. */
static int take_page(struct tx *tx, struct arena *a, const struct search_where *where, const struct hits *all,
                     struct article_list *ret, struct err *reterr) {
    size_t skip = where->skip < all->n ? where->skip : all->n;
    size_t most = where->most < 1 ? 1 : where->most > SEARCH_MOST ? SEARCH_MOST : where->most;
    size_t n = all->n - skip < most ? all->n - skip : most;
    int rc = take_articles(tx, a, where->language, all->hit + skip, n, ret, reterr);
    if (rc == 0)
        ret->more = skip + n < all->n;
    return rc;
}

int search_run(struct tx *tx, struct arena *a, const struct search_where *where, struct search_hits *ret,
               struct err *reterr) {
    if (where->skip > SEARCH_SKIP_MOST)
        return err_refuse(reterr, ERR_INVALID, "many_hits", NULL, SEARCH_SKIP_MOST,
                          "Only the first %d hits can be looked through; add a word to the search.", SEARCH_SKIP_MOST);
    *ret = (struct search_hits){0};
    if (!where->query->n)
        return 0;
    BUF_LOCAL(match);
    int64_t due_us = clock_now_us() + 1;
    struct question q = {
        .language = where->language,
        .column_id = where->column_id,
        .from_us = where->from_us ? where->from_us : INT64_MIN,
        .until_us = where->until_us && where->until_us < due_us ? where->until_us : due_us,
        .most = SEARCH_COUNT_MOST + 1,
    };
    if (q.from_us >= q.until_us) /* the wrong way round, or not before tomorrow */
        return 0;
    struct hits all = {0};
    size_t n = 0;
    int rc = question_text(tx, where->query, &q, &match, reterr);
    if (rc == 0)
        rc = gather(tx, a, &q, &all, &n, reterr);
    if (rc == 0)
        rc = take_page(tx, a, where, &all, &ret->list, reterr);
    if (rc == 0) {
        ret->more_than_count = n > SEARCH_COUNT_MOST;
        ret->count = ret->more_than_count ? SEARCH_COUNT_MOST : (int64_t)n;
        ret->waiting = q.where.waiting;
    }
    if (rc == 0 && ret->waiting < 0)
        rc = search_later_count(tx, SEARCH_COUNT_MOST + 1, &ret->waiting, reterr);
    return rc;
}

/* --- related --- */

enum {
    RELATED_KEYWORDS = 8, /* tokens of the keywords that are looked at; the title's have the rest of a query's terms */
    RELATED_HITS = SEARCH_SHARING_HITS, /* that are looked at for each */
    RELATED_WEIGHT = 60,
    RELATED_LEAST = 4, /* one word that some fifteen share, or several that more do */
};

/* English words that say nothing of what a text is about. Other languages' are found out by being everywhere. */
static bool says_nothing(struct str token) {
    static const char *const words[] = {"about", "after", "and",   "are", "for", "from", "has",  "have",
                                        "how",   "its",   "new",   "not", "one", "our",  "out",  "that",
                                        "the",   "this",  "three", "two", "was", "what", "when", "where",
                                        "who",   "will",  "with",  "you", "your"};
    bool ascii = (unsigned char)token.p[0] < 0x80;
    if (ascii ? token.n < 3 : utf8_count(token) < 2)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(token, words[i]))
            return true;
    return false;
}

static void add_words(struct str text, struct buf *tokens, struct search_query *words, size_t room) {
    tokens_add(tokens, text);
    struct str rest = buf_str(tokens), token;
    while (words->n < room && str_cut(&rest, ' ', &token)) {
        bool known = says_nothing(token);
        for (size_t i = 0; i < words->n && !known; i++)
            known = str_eq(words->term[i].tokens, token);
        if (!known)
            words->term[words->n++] = (struct query_term){.tokens = token};
    }
}

/* The articles that share each word: of the ith from room + i * RELATED_HITS on. */
static int ask_sharing(struct tx *tx, const char *language, const struct str *word, size_t n, struct hit *room,
                       size_t *n_hits, struct err *reterr) {
    struct question q = {.language = language,
                         .from_us = INT64_MIN,
                         .until_us = clock_now_us() + 1,
                         .most = RELATED_HITS,
                         .with_ids = true};
    return !n ? 0 : question_ask_each(tx, &q, word, n, room, n_hits, reterr);
}

static size_t recall_sharing(const struct search_sharing *sharing, const char *language, struct str token,
                             struct hit *room) {
    const struct search_hit *known;
    size_t n = search_sharing_find(sharing, language, token, &known);
    for (size_t i = 0; i < n; i++)
        room[i] = (struct hit){.id = known[i].id, .published_us = known[i].published_us};
    return n;
}

/* All hits in a row, each with a weight: the rarer the word, the more it says. */
static void weigh(struct hits *all, const size_t *n_hits, size_t words) {
    for (size_t i = 0; i < words; i++)
        for (size_t k = 0; k < n_hits[i]; k++) {
            struct hit hit = all->hit[i * RELATED_HITS + k];
            hit.score = n_hits[i] < RELATED_HITS ? RELATED_WEIGHT / (int64_t)n_hits[i] : 1;
            all->hit[all->n++] = hit;
        }
}

/* Adds up what is there several times, and puts the best first; what has less than RELATED_LEAST goes. A table of
 * places instead of two sorts: most of some hundred hits share one common word. */
static void rank_related(struct hits *h) {
    enum { PLACES = 1024 }; /* more than twice as many as there can be hits */
    _Static_assert(PLACES > 2 * QUERY_TERMS_MOST * RELATED_HITS, "the table stays half empty");
    unsigned short place[PLACES] = {0}; /* 0: none; else one more than the hit's */
    size_t n = 0, best = 0;
    for (size_t i = 0; i < h->n; i++) {
        size_t at = (size_t)((uint64_t)h->hit[i].id * 0x9e3779b97f4a7c15U >> 54);
        while (place[at] && h->hit[place[at] - 1].id != h->hit[i].id)
            at = (at + 1) % PLACES;
        if (place[at]) {
            h->hit[place[at] - 1].score += h->hit[i].score;
        } else {
            h->hit[n++] = h->hit[i];
            place[at] = (unsigned short)n;
        }
    }
    for (size_t i = 0; i < n; i++)
        if (h->hit[i].score >= RELATED_LEAST)
            h->hit[best++] = h->hit[i];
    h->n = best;
    if (best)
        qsort(h->hit, best, sizeof *h->hit, by_score);
}

int search_related(struct tx *tx, const struct search_sharing *known, int64_t id, const struct article_text *text,
                   int64_t *ret_ids, size_t *n, struct err *reterr) {
    struct hit room[QUERY_TERMS_MOST * RELATED_HITS];
    struct hits all = {.hit = room};
    struct search_query words = {0};
    BUF_LOCAL(keywords);
    BUF_LOCAL(title);
    add_words(text->keywords, &keywords, &words, RELATED_KEYWORDS);
    add_words(text->title, &title, &words, QUERY_TERMS_MOST);
    if (buf_failed(&keywords) || buf_failed(&title))
        return ask_no_memory(reterr);
    struct str word[QUERY_TERMS_MOST];
    size_t n_hits[QUERY_TERMS_MOST] = {0};
    int rc = 0;
    for (size_t i = 0; i < words.n; i++) {
        word[i] = words.term[i].tokens;
        if (known)
            n_hits[i] = recall_sharing(known, text->language, word[i], room + i * RELATED_HITS);
    }
    if (!known)
        rc = ask_sharing(tx, text->language, word, words.n, room, n_hits, reterr);
    if (rc < 0)
        return rc;
    weigh(&all, n_hits, words.n);
    rank_related(&all);
    size_t found = 0;
    for (size_t i = 0; i < all.n && found < *n; i++)
        if (room[i].id != id)
            ret_ids[found++] = room[i].id;
    *n = found;
    return 0;
}
