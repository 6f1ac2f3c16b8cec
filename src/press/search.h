// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Full-text search over published articles. The index holds text/tokens of title, keywords, summary and body; it is
 * written by article/acts.c within the same transaction, and can be rebuilt. Titles and keywords are indexed alone,
 * too.
 *
 * The order is one that a person can be told: first those that have all the words in title or keywords, then the
 * others; within each, the newest first. The same on both engines.
 * Every search is bounded: at most 1,000 hits are gathered and counted. Where there are more, they are the newest. (On
 * SQLite, of texts that have no place in the order of the index yet, those that came into it last: search/place.h;
 * search_rebuild_step() gives all of them a place.)
 * Of a text of more than 512 KB of tokens (some 45,000 Chinese characters) the rest is not found. */
#include "press/article.h"
#include "text/tokens.h"

enum { SEARCH_COUNT_MOST = 1000, SEARCH_SKIP_MOST = 1000, SEARCH_MOST = 200, SEARCH_RELATED_MOST = 20 };

struct search_where {
    const struct search_query *query;
    const char *language;
    int64_t column_id;         /* 0: any */
    int64_t from_us, until_us; /* publish time in [from, until); 0: open */
    size_t skip, most;         /* skip at most 1,000; most at most 200 */
};
struct search_hits {
    struct article_list list; /* bodies filled, for snippets */
    int64_t count;            /* exact up to 1,000 … */
    bool more_than_count;     /* … and "more than" beyond */
    int64_t waiting;          /* texts that cannot be found yet: search_later_count(), up to SEARCH_COUNT_MOST + 1 */
};
/* A query without terms finds nothing. What is due in the future is not found. -ERR_INVALID beyond the limits of skip.
 */
int search_run(struct tx *tx, struct arena *a, const struct search_where *where, struct search_hits *ret,
               struct err *reterr);

/* What the index says of each word of all titles and keywords, gathered in memory by one walk: for who shows all
 * articles one after the other. As of the moment when it was gathered; immutable, for any thread. */
struct search_sharing;
int search_sharing_gather(struct store *s, struct search_sharing **ret, struct err *reterr);
void search_sharing_free(struct search_sharing *w); /* NULL is fine */

/* Others that share words of title and keywords, those with the rarest in common first. *n: room in, found out.
 * sharing: asked instead of the index; or NULL. */
int search_related(struct tx *tx, const struct search_sharing *sharing, int64_t id, const struct article_text *text,
                   int64_t *ret_ids, size_t *n, struct err *reterr);

/* Within a write: (re)indexes one text of an article that exists, or takes it out. text: language, title, keywords,
 * summary and body are used. */
int search_put(struct tx *tx, int64_t id, const struct article_text *text, struct err *reterr);
int search_remove(struct tx *tx, int64_t id, const char *language, struct err *reterr);

/* The same in two steps. The first needs no store and may be done before, on any thread; strings in the arena. The
 * second takes the text to stand in this column at this time; language: canonical. */
struct search_words { /* tokens parted by spaces */
    struct str title, keywords, summary, body;
};
int search_cut(struct arena *a, const struct article_text *text, struct search_words *ret, struct err *reterr);
struct search_text {
    int64_t id;
    char language[LANGUAGE_MOST];
    int64_t column_id, published_us;
    struct search_words words;
};
/* Many at once, each text of the list once: SQLite's index wants them in an order of its own, and a number of them one
 * after the other, in the order in which they come, costs several times as much. */
int search_put_many(struct tx *tx, const struct search_text *text, size_t n, struct err *reterr);
/* What is put in at the end of a write. Begin with {0}; words are not copied. */
struct search_waiting {
    struct search_text *text;
    size_t n, room;
    bool later; /* they are only noted as waiting for the index (see search_later_put()); words may be empty */
};
int search_wait(struct search_waiting *w, const struct search_text *text, struct err *reterr);
int search_put_waiting(struct tx *tx, struct search_waiting *w, struct err *reterr);
void search_waiting_clear(struct search_waiting *w);

/* What many thousands of texts cost the index is more than all else that storing them costs. They may be stored
 * first, noted in the store as waiting, and put in afterwards; until then they are shown and not found. Whoever acts
 * upon such a text puts it in or takes it out at once, as ever. */
int search_later_any(struct tx *tx, bool *ret, struct err *reterr); /* does any text wait? Cheap. */
/* How many wait, counted up to `most`. */
int search_later_count(struct tx *tx, int64_t most, int64_t *ret, struct err *reterr);
struct search_later { /* one that waits */
    int64_t id, published_us;
    char language[LANGUAGE_MOST];
};
/* `most` of them (SQLite: those with the lowest ids; PostgreSQL: the first by language and time), in the order that
 * costs the index least. */
int search_later_list(struct tx *tx, struct arena *a, size_t most, struct search_later **ret, size_t *ret_n,
                      struct err *reterr);
/* Reads n and cuts their words, in any transaction, for search_later_put(), which passes over what does not wait any
 * more. */
int search_later_read(struct tx *tx, struct arena *a, const struct search_later *which, size_t n,
                      struct search_text *ret, struct err *reterr);
int search_later_put(struct tx *tx, const struct search_text *text, size_t n, struct err *reterr);
/* All three for the first some 200, within a write. */
int search_later_step(struct tx *tx, struct err *reterr);

/* Rebuilding, in steps so that the office goes on meanwhile (what is not yet back is not found). Begin with {0}; call
 * within writes, each with a copy of what the last one left, until done. */
struct search_rebuild {
    bool begun, done;
    int64_t last_us, last_id; /* so far, in order of publication */
    int64_t texts;            /* put back so far */
};
int search_rebuild_step(struct tx *tx, struct search_rebuild *at, struct err *reterr);

/* SQLite's index of titles and keywords is younger than that of all words: in an office from before it is filled in
 * steps, each within a write and of some 50 ms, the newest texts first. *ret: how many rows are left at most, 0 for
 * none (cheap). Until then, an older text whose title has the words is found among those whose body has, and is related
 * to nothing. */
int search_fill_left(struct tx *tx, int64_t *ret, struct err *reterr);
int search_fill_step(struct tx *tx, struct err *reterr);

/* SQLite's index comes in pieces, some thirty after many thousand texts, and a search looks into all of them. Makes one
 * of them where they are more than three, in writes of some 20 ms: reads and writes the whole index, so only where a
 * quarter of it or more has just been put in. PostgreSQL's comes in parts of blocks of time: blocks of
 * four parts and more are made one, after so many texts those of two. Begin with {0} or {.came}; each step is a
 * transaction of its own. What is stopped half-way is as good as it was. */
struct search_merge {
    int64_t came;               /* texts that have just been put in; 0: all of them */
    bool measured, head, begun; /* head: at the titles' index, the second */
    bool done;
    int64_t parts;         /* PostgreSQL: blocks of that many parts */
    int64_t total, merged; /* pages on SQLite, as good as counted, and texts on PostgreSQL: all, and so far */
};
int search_merge_step(struct store *s, struct search_merge *at, struct err *reterr);

/* Whether the index says of one text what it should. Place, time, title, keywords and summary are compared, and both
 * ends of the body. Rebuilding mends all of it. a: as article_get() gives it, any state. */
enum search_state {
    SEARCH_SOUND, /* or it waits (search_later_put()) */
    SEARCH_MISSING,
    SEARCH_STALE,
    SEARCH_LEFT_OVER /* not published, and yet in it */
};
int search_check(struct tx *tx, const struct article *a, enum search_state *ret, struct err *reterr);
/* Texts in the index, and rows of earlier texts in it that nothing points at; those only cost room. */
int search_count(struct tx *tx, int64_t *ret_texts, int64_t *ret_dead, struct err *reterr);
