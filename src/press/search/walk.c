// SPDX-License-Identifier: Apache-2.0
/* Single words need no more rows than texts are wanted, and are read at once. Else there are rounds: in each the rows
 * of a span of numbers are read, as far as the hits so far say that it takes. Where one word of a question has far
 * fewer texts than the others, its rows are read first, and of theirs only those around its texts. */
#include "press/search/walk.h"

#include "base/array.h"
#include "press/ask.h"
#include "press/search/list_rows.h"
#include "press/search/lists.h"
#include "press/search/postings.h"
#include "queries.h"
#include "text/utf8.h"

#include <stdlib.h>

enum {
    FIRST_TEXTS = 4000,       /* of the first round … */
    FIRST_TEXTS_HEAD = 40000, /* … in titles and keywords */
    FARTHER_MOST = 256,       /* a round has at most so many times as many as those before … */
    FARTHER_PLACES = 16,      /* … which are read with their places */
    FIRST_ROWS = 16,          /* of a word that is asked for alone; most often they are enough */
    FEWER = 3,                /* times less to read: that word is read first */
    ROWS_ALL = 1000000000,
    DEAD_STEP = 1000,
};

struct token {
    struct str word;
    bool prefix;
    struct postings texts; /* of this round; twice the same where several words begin so */
    size_t at;
    size_t bytes; /* read so far, in all rounds */
    size_t rows;  /* of this round */
    bool early;   /* one of them begins before the round */
    bool wanted;  /* to be read now */
};
struct term { /* of a question: tokens that follow each other */
    const size_t *token;
    size_t n;
};
struct asked {
    struct walk_question *question;
    struct term *term;
    size_t n;
};
struct block {
    int64_t block, texts, first, last; /* numbers of its texts are from first to last */
};
struct round {
    struct search_span span; /* of numbers */
    size_t begin, end;       /* of w->block: in which they are */
    double texts;            /* about as many */
};
struct part { /* of the lists: what is read now. Numbers in order, parted by spaces, as queries take them */
    struct buf first, last; /* blocks: spans of them */
    struct buf each;        /* the same one by one, for beginnings */
    struct buf near;        /* only rows that reach to one of these texts; none: all */
};
struct numbers { /* of texts, or places */
    int64_t *item;
    size_t n, room;
};

struct walking {
    struct tx *tx;
    const struct walk *walk;
    struct arena *arena, *rows; /* for all rounds, for one */
    struct token *token;
    size_t tokens;
    struct asked asked[QUERY_TERMS_MOST];
    size_t n;
    bool with_places;  /* a phrase is asked for */
    bool prefixed;     /* or a word's beginning */
    bool single;       /* nothing but single words is */
    int64_t rows_most; /* of each: read at most so many; ROWS_ALL where all are needed */
    struct block *block;
    size_t blocks;
    struct round round;            /* this one, or the last */
    double texts;                  /* of all before it */
    struct token *rare;            /* read before the others from now on; NULL: none is */
    const struct postings *around; /* its texts of this round, while those of the others are read that are the same */
    double rows_a_text; /* of the word with the most: how many it had for each text of a block when that was chosen */
    struct part part;
    struct numbers here, next;
};

static void walking_clear(struct walking *w) {
    for (size_t i = 0; i < w->tokens; i++)
        postings_clear(&w->token[i].texts);
    buf_clear(&w->part.first);
    buf_clear(&w->part.last);
    buf_clear(&w->part.each);
    buf_clear(&w->part.near);
    free(w->block);
    free(w->here.item);
    free(w->next.item);
    arena_free(w->rows);
    arena_free(w->arena);
}

/* --- what is asked --- */

static size_t token_of(struct walking *w, struct str word, bool prefix) {
    for (size_t i = 0; i < w->tokens; i++)
        if (w->token[i].prefix == prefix && str_eq(w->token[i].word, word))
            return i;
    w->token[w->tokens] = (struct token){.word = word, .prefix = prefix};
    w->prefixed |= prefix;
    return w->tokens++;
}

static size_t count_tokens(struct str tokens) {
    size_t n = 0;
    struct str token;
    while (str_cut(&tokens, ' ', &token))
        n += token.n > 0;
    return n;
}

/* Asked for alone it is a word of its own: *ret. */
static bool is_character(struct walking *w, struct str token, struct str *ret) {
    BUF_LOCAL(word);
    if (utf8_count(token) != 1 || !lists_character_word(&word, token))
        return false;
    *ret = arena_buf(w->arena, &word);
    return true;
}

static struct term make_term(struct walking *w, const struct query_term *from) {
    size_t n = count_tokens(from->tokens), at = 0;
    size_t *list = arena_array(w->arena, n ? n : 1, sizeof *list);
    struct str rest = from->tokens, token;
    while (list && str_cut(&rest, ' ', &token))
        if (token.n) {
            bool prefix = from->prefix && at + 1 == n;
            list[at++] = prefix && n == 1 && is_character(w, token, &token) ? token_of(w, token, false)
                                                                            : token_of(w, token, prefix);
        }
    return (struct term){list, at};
}

static void add_asked(struct walking *w, struct walk_question *one, struct str column) {
    struct asked *a = &w->asked[w->n++];
    const struct search_query *q = one->query;
    one->n = 0;
    one->done = !one->most || !q->n;
    *a = (struct asked){.question = one, .term = arena_array(w->arena, q->n + 1, sizeof *a->term)};
    for (size_t i = 0; a->term && i < q->n; i++)
        a->term[a->n++] = make_term(w, &q->term[i]);
    for (size_t i = 0; i < a->n; i++)
        w->with_places |= a->term[i].n > 1;
    if (a->term && column.n)
        a->term[a->n++] = make_term(w, &(struct query_term){.tokens = column});
    w->single &= a->n == 1 && a->term[0].n == 1 && !w->token[a->term[0].token[0]].prefix;
}

static int begin(struct walking *w, struct walk_question *one, size_t n, struct err *reterr) {
    BUF_LOCAL(column);
    size_t most = n; /* a column each */
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < one[i].query->n; k++)
            most += count_tokens(one[i].query->term[k].tokens);
    if (w->walk->column_id)
        lists_column_word(&column, w->walk->column_id);
    if (!w->arena || buf_failed(&column) || !(w->token = arena_array(w->arena, most, sizeof *w->token)))
        return ask_no_memory(reterr);
    struct str kept = arena_buf(w->arena, &column);
    for (size_t i = 0; i < n; i++)
        add_asked(w, &one[i], kept);
    return arena_failed(w->arena) ? ask_no_memory(reterr) : 0;
}

static int read_blocks(struct walking *w, struct err *reterr) {
    ROWS_LOCAL(r);
    size_t room = 0;
    int rc = tx_rows(w->tx, &Q_search_blocks_postgres,
                     CELLS(cell_int(lists_block(w->walk->span.first, w->walk->head)),
                           cell_int(lists_block(w->walk->span.last, w->walk->head))),
                     &r, reterr);
    for (; rc == 0 && (rc = rows_next(r, reterr)) > 0; rc = 0) {
        struct block *more = array_grow(w->block, w->blocks, &room, sizeof *more);
        if (!more)
            return ask_no_memory(reterr);
        w->block = more;
        w->block[w->blocks++] = (struct block){rows_int(r, 0), rows_int(r, 1), rows_int(r, 2), rows_int(r, 3)};
    }
    return rc;
}

/* --- reading rows --- */

static int add_row(struct walking *w, struct token *t, int64_t docid, struct str texts, struct str places,
                   struct err *reterr) {
    t->rows++;
    t->early |= docid < w->round.span.first;
    struct postings_row row = {t->word, texts, STR_NONE, docid};
    if (w->with_places)
        row.places = arena_str(w->rows, places);
    t->bytes += texts.n;
    const struct postings_wanted wanted = {w->with_places, w->round.span.first, w->round.span.last, w->around};
    return postings_take(&t->texts, &row, &wanted, reterr);
}

static int ask_rows(struct walking *w, bool prefix, struct str words, struct rows **ret, struct err *reterr) {
    const struct part *p = &w->part;
    if (buf_failed(&p->first) || buf_failed(&p->last) || buf_failed(&p->each) || buf_failed(&p->near))
        return ask_no_memory(reterr);
    struct cell first = cell_int(w->round.span.first), last = cell_int(w->round.span.last),
                near = cell_text(buf_str(&p->near)), places = cell_int(w->with_places);
    return prefix
               ? tx_rows(w->tx, &Q_search_list_beginnings_postgres,
                         CELLS(cell_text(buf_str(&p->each)), cell_text(words), first, last, near, places), ret, reterr)
               : tx_rows(w->tx, &Q_search_list_rows_postgres,
                         CELLS(cell_text(buf_str(&p->first)), cell_text(buf_str(&p->last)), cell_text(words), first,
                               last, cell_int(w->rows_most), near, places),
                         ret, reterr);
}

/* The rows of all wanted tokens that are prefixes, or are not, in w->part. */
static int read_tokens(struct walking *w, bool prefix, struct err *reterr) {
    BUF_LOCAL(words);
    ROWS_LOCAL(r);
    size_t n = 0, *which = arena_array(w->rows, w->tokens + 1, sizeof *which);
    for (size_t i = 0; which && i < w->tokens; i++)
        if (w->token[i].wanted && w->token[i].prefix == prefix) {
            if (n)
                buf_add_char(&words, ' ');
            buf_add(&words, w->token[i].word);
            which[n++] = i;
        }
    if (which && !n)
        return 0;
    if (!which || buf_failed(&words))
        return ask_no_memory(reterr);
    int rc = ask_rows(w, prefix, buf_str(&words), &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0)
        rc = add_row(w, &w->token[which[rows_int(r, 0) - 1]], rows_int(r, 1), rows_text(r, 2), rows_text(r, 3), reterr);
    if (rc == 0 && arena_failed(w->rows))
        rc = ask_no_memory(reterr);
    return rc;
}

static int read_wanted(struct walking *w, struct err *reterr) {
    int rc = read_tokens(w, false, reterr);
    if (rc == 0)
        rc = read_tokens(w, true, reterr);
    for (size_t i = 0; rc == 0 && i < w->tokens; i++) {
        rc = postings_sort(&w->token[i].texts, reterr);
        w->token[i].wanted = false;
    }
    return rc;
}

/* --- which rows --- */

static void add_to_list(struct buf *list, int64_t n) {
    if (list->n)
        buf_add_char(list, ' ');
    buf_add_int(list, n);
}

static void begin_part(struct walking *w) {
    buf_reset(&w->part.first);
    buf_reset(&w->part.last);
    buf_reset(&w->part.each);
    buf_reset(&w->part.near);
}

static void add_span(struct walking *w, int64_t first, int64_t last) {
    add_to_list(&w->part.first, first);
    add_to_list(&w->part.last, last);
}

/* Blocks [from, to) of w->block. */
static void add_blocks(struct walking *w, size_t from, size_t to) {
    add_span(w, w->block[from].block, w->block[to - 1].block);
    for (size_t i = from; i < to; i++)
        add_to_list(&w->part.each, w->block[i].block);
}

/* Blocks in which a token has texts in this round; and around those, where they are fewer than the rows that would be
 * read otherwise. */
static void add_texts(struct walking *w, const struct postings *t) {
    double rows = w->rows_a_text * w->round.texts;
    size_t begin = w->round.begin, end = begin; /* blocks to be added */
    for (size_t i = 0, at = begin; i < t->n; i++) {
        int64_t block = lists_block(t->item[i].docid, w->walk->head);
        while (at + 1 < w->round.end && w->block[at].block < block)
            at++;
        if (i && t->item[i].docid == t->item[i - 1].docid)
            continue;
        if ((double)t->n < rows)
            add_to_list(&w->part.near, t->item[i].docid);
        if (begin < end && at > end)
            add_blocks(w, begin, end);
        if (begin == end || at > end)
            begin = at;
        end = at + 1;
    }
    if (begin < end)
        add_blocks(w, begin, end);
}

static bool is_asked(const struct walking *w, size_t token) {
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; !w->asked[i].question->done && k < w->asked[i].n; k++)
            for (size_t j = 0; j < w->asked[i].term[k].n; j++)
                if (w->asked[i].term[k].token[j] == token)
                    return true;
    return false;
}

/* Chooses the one token that is to be read before the others, if there is one. Those are not read whole from then on:
 * once chosen, it stays. */
static void choose_rare(struct walking *w) {
    if (w->rare || w->n != 1 || w->tokens < 2 || w->texts < 1)
        return;
    struct token *rare = &w->token[0];
    size_t most = 0;
    for (size_t i = 0; i < w->tokens; i++) {
        rare = w->token[i].bytes < rare->bytes ? &w->token[i] : rare;
        most = w->token[i].bytes > most ? w->token[i].bytes : most;
    }
    if (rare->bytes * FEWER > most)
        return;
    w->rare = rare;
    w->rows_a_text = (double)most / LIST_ROWS_TEXTS / w->texts;
}

/* Nothing of the round has been read yet. */
static int begin_round(struct walking *w, struct err *reterr) {
    arena_free(w->rows);
    w->rows = arena_new(0);
    for (size_t i = 0; i < w->tokens; i++) {
        postings_reset(&w->token[i].texts);
        w->token[i].at = w->token[i].rows = 0;
        w->token[i].early = false;
    }
    begin_part(w);
    return w->rows ? 0 : ask_no_memory(reterr);
}

static int read_round(struct walking *w, struct err *reterr) {
    int rc = begin_round(w, reterr);
    if (rc < 0)
        return rc;
    choose_rare(w);
    struct token *rare = w->rare;
    add_blocks(w, w->round.begin, w->round.end);
    for (size_t i = 0; i < w->tokens; i++)
        w->token[i].wanted = rare ? &w->token[i] == rare : is_asked(w, i);
    rc = read_wanted(w, reterr);
    if (rc < 0 || !rare || !rare->texts.n)
        return rc;
    begin_part(w);
    add_texts(w, &rare->texts);
    for (size_t i = 0; i < w->tokens; i++)
        w->token[i].wanted = &w->token[i] != rare;
    w->around = &rare->texts;
    rc = read_wanted(w, reterr);
    w->around = NULL;
    return rc;
}

/* --- what they have in common --- */

/* Moves a token on to this text; false: it has it not. */
static bool move_to(struct token *t, int64_t docid) {
    const struct posting *item = t->texts.item;
    size_t step = 1, low = t->at, high, n = t->texts.n;
    while (low + step < n && item[low + step].docid < docid) {
        low += step;
        step *= 2;
    }
    high = low + step < n ? low + step : n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (item[middle].docid < docid)
            low = middle + 1;
        else
            high = middle;
    }
    t->at = low;
    return low < n && item[low].docid == docid;
}

static int by_number(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static bool add_number(struct numbers *to, int64_t n) {
    int64_t *more = array_grow(to->item, to->n, &to->room, sizeof *more);
    if (!more)
        return false;
    to->item = more;
    to->item[to->n++] = n;
    return true;
}

/* Where the token stands in the text that it is at. */
static int take_places(const struct token *t, struct numbers *ret, struct err *reterr) {
    size_t lists = 0;
    ret->n = 0;
    const struct posting *item = t->texts.item;
    for (size_t i = t->at; i < t->texts.n && item[i].docid == item[t->at].docid; i++, lists++) {
        const char *places = item[i].places;
        for (int64_t place = 0; postings_place(&places, &place);) {
            if (!add_number(ret, place))
                return ask_no_memory(reterr);
        }
    }
    if (lists > 1 && ret->n)
        qsort(ret->item, ret->n, sizeof *ret->item, by_number);
    return 0;
}

/* Leaves of `here` those behind which, so much farther, one of `next` stands. */
static void keep_followed(struct numbers *here, const struct numbers *next, int64_t farther) {
    size_t n = 0;
    for (size_t i = 0, k = 0; i < here->n; i++) {
        while (k < next->n && next->item[k] < here->item[i] + farther)
            k++;
        if (k < next->n && next->item[k] == here->item[i] + farther)
            here->item[n++] = here->item[i];
    }
    here->n = n;
}

/* 1: the tokens follow each other in the text that they are at. */
static int is_phrase(struct walking *w, const struct term *term, struct err *reterr) {
    int rc = take_places(&w->token[term->token[0]], &w->here, reterr);
    for (size_t i = 1; rc == 0 && i < term->n && w->here.n; i++) {
        rc = take_places(&w->token[term->token[i]], &w->next, reterr);
        keep_followed(&w->here, &w->next, (int64_t)i);
    }
    return rc < 0 ? rc : w->here.n > 0;
}

/* 1: the text has all that is asked for. */
static int has_all(struct walking *w, const struct asked *a, int64_t docid, struct err *reterr) {
    int rc = 1;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < a->term[i].n; k++)
            if (!move_to(&w->token[a->term[i].token[k]], docid))
                return 0;
    for (size_t i = 0; rc > 0 && i < a->n; i++)
        if (a->term[i].n > 1)
            rc = is_phrase(w, &a->term[i], reterr);
    return rc;
}

static struct token *shortest(struct walking *w, const struct asked *a) {
    struct token *t = &w->token[a->term[0].token[0]];
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < a->term[i].n; k++)
            t = w->token[a->term[i].token[k]].texts.n < t->texts.n ? &w->token[a->term[i].token[k]] : t;
    return t;
}

/* Those of the dead between both numbers, in order, into w->here. */
static int read_dead(struct walking *w, int64_t first, int64_t last, struct err *reterr) {
    size_t came = DEAD_STEP;
    int rc = 0;
    w->here.n = 0;
    while (rc == 0 && came == DEAD_STEP) {
        ROWS_LOCAL(r);
        rc = tx_rows(w->tx, &Q_search_dead_list, CELLS(cell_int(first), cell_int(last), cell_int(DEAD_STEP)), &r,
                     reterr);
        for (came = 0; rc == 0 && (rc = rows_next(r, reterr)) > 0; came++) {
            first = rows_int(r, 0) + 1;
            rc = add_number(&w->here, first - 1) ? 0 : ask_no_memory(reterr);
        }
    }
    return rc;
}

/* Takes the dead out of those from `from` on. *ret: there were any. */
static int sift_dead(struct walking *w, struct walk_question *q, size_t from, bool *ret, struct err *reterr) {
    *ret = false;
    if (q->n == from || !w->walk->dead)
        return 0;
    int rc = read_dead(w, q->docid[from], q->docid[q->n - 1], reterr);
    size_t n = from;
    for (size_t i = from, k = 0; rc == 0 && i < q->n; i++) {
        while (k < w->here.n && w->here.item[k] < q->docid[i])
            k++;
        if (k == w->here.n || w->here.item[k] != q->docid[i])
            q->docid[n++] = q->docid[i];
    }
    *ret = n < q->n;
    q->n = n;
    return rc;
}

/* The hits of this round, behind those that there are. 1: some were dead, or among rows that begin early stand texts
 * that come late, and others may not have been read. */
static int find(struct walking *w, const struct asked *a, struct err *reterr) {
    struct walk_question *q = a->question;
    const struct token *t = shortest(w, a);
    const struct postings *texts = &t->texts;
    size_t begin = q->n, i = 0;
    bool any = false, dead = false;
    int rc = 0;
    for (size_t k = 0; k < w->tokens; k++)
        w->token[k].at = 0;
    while (rc == 0 && i < texts->n && q->n < q->most) {
        size_t from = q->n;
        for (; rc == 0 && i < texts->n && q->n < q->most; i++) {
            int64_t docid = texts->item[i].docid;
            if (i && texts->item[i - 1].docid == docid)
                continue;
            int has = has_all(w, a, docid, reterr);
            if (has > 0)
                q->docid[q->n++] = docid;
            rc = has < 0 ? has : 0;
        }
        if (rc == 0)
            rc = sift_dead(w, q, from, &dead, reterr);
        any |= dead;
    }
    bool late = t->early && (int64_t)t->rows >= w->rows_most;
    if (rc < 0 || w->rows_most == ROWS_ALL || !(any || late))
        return rc;
    q->n = begin;
    return 1;
}

/* --- rounds --- */

/* How many texts the next round should have: as many as the rest should need, and a quarter more. */
static double texts_wanted(const struct walking *w) {
    double times = 1, most = w->with_places ? FARTHER_PLACES : FARTHER_MOST;
    for (size_t i = 0; i < w->n; i++) {
        const struct walk_question *q = w->asked[i].question;
        double more = q->n ? 1.25 * (double)(q->most - q->n) / (double)q->n : most;
        if (!q->done && more > times)
            times = more;
    }
    double first = w->walk->head && !w->prefixed ? FIRST_TEXTS_HEAD : FIRST_TEXTS;
    return w->texts < 1 ? first : w->texts * (times > most ? most : times);
}

/* Adds what the round takes of a block, whose texts are taken to stand at even distances. A last quarter is not left
 * for a round of its own. */
static void add_to_round(struct round *r, const struct block *b, double wanted) {
    int64_t first = r->span.first > b->first ? r->span.first : b->first;
    double numbers = (double)(b->last - first) + 1,
           texts = numbers > 0 ? (double)b->texts * numbers / ((double)(b->last - b->first) + 1) : 0;
    double rest = wanted - r->texts;
    bool whole = texts <= 1.25 * rest;
    r->texts += whole ? texts : rest;
    r->span.last = whole ? b->last : first + (int64_t)(numbers * rest / texts);
    r->end++;
}

/* Begins where the last one ended. */
static void next_round(struct walking *w) {
    struct round *r = &w->round;
    double wanted = texts_wanted(w);
    const struct block *b = w->block;
    r->texts = 0;
    r->span.first = r->end ? r->span.last + 1 : w->walk->span.first;
    r->begin = r->end && r->span.last < b[r->end - 1].last ? r->end - 1 : r->end;
    r->end = r->begin;
    do
        add_to_round(r, &b[r->end], wanted);
    while (r->end < w->blocks && r->span.last == b[r->end - 1].last && r->texts < wanted);
    if (r->span.last > w->walk->span.last)
        r->span.last = w->walk->span.last;
}

static bool is_at_the_end(const struct walking *w) {
    const struct round *r = &w->round;
    return !w->blocks || (r->end == w->blocks &&
                          (r->span.last >= w->block[w->blocks - 1].last || r->span.last >= w->walk->span.last));
}

/* *ret_again: more has to be read. */
static int find_all(struct walking *w, bool *ret_again, struct err *reterr) {
    int rc = 0;
    *ret_again = false;
    for (size_t i = 0; rc == 0 && i < w->n; i++) {
        if (w->asked[i].question->done)
            continue;
        rc = find(w, &w->asked[i], reterr);
        *ret_again |= rc > 0;
        rc = rc < 0 ? rc : 0;
    }
    return rc;
}

static bool is_over(struct walking *w) {
    bool over = true;
    for (size_t i = 0; i < w->n; i++) {
        struct walk_question *q = w->asked[i].question;
        q->done |= q->n >= q->most;
        over &= q->done;
    }
    return over;
}

/* The first rows of each word; what they do not answer is as if it had not been asked. */
static int ask_rows_most(struct walking *w, int64_t most, struct err *reterr) {
    bool again = false;
    int rc = begin_round(w, reterr);
    w->rows_most = most;
    w->round.span = w->walk->span;
    add_span(w, lists_block(w->walk->span.first, w->walk->head), lists_block(w->walk->span.last, w->walk->head));
    for (size_t i = 0; i < w->tokens; i++)
        w->token[i].wanted = is_asked(w, i);
    if (rc == 0)
        rc = read_wanted(w, reterr);
    if (rc == 0)
        rc = find_all(w, &again, reterr);
    for (size_t i = 0; i < w->n; i++) {
        struct walk_question *q = w->asked[i].question;
        bool all = q->done || (int64_t)w->token[w->asked[i].term->token[0]].rows < most;
        q->done |= !again && (all || q->n >= q->most);
        q->n = q->done ? q->n : 0;
    }
    return rc;
}

/* Each row has a text at least: as many as texts are wanted are enough, unless there are dead ones among them. */
static int ask_single(struct walking *w, struct err *reterr) {
    size_t most = FIRST_ROWS;
    int rc = ask_rows_most(w, FIRST_ROWS, reterr);
    for (size_t i = 0; i < w->n; i++)
        most = w->asked[i].question->most > most ? w->asked[i].question->most : most;
    if (rc == 0 && !is_over(w))
        rc = ask_rows_most(w, (int64_t)most, reterr);
    w->rows_most = ROWS_ALL;
    w->round = (struct round){0};
    return rc;
}

static int ask_round(struct walking *w, struct err *reterr) {
    bool again = false;
    next_round(w);
    int rc = read_round(w, reterr);
    if (rc == 0)
        rc = find_all(w, &again, reterr);
    w->texts += w->round.texts;
    return rc;
}

static int ask_rounds(struct walking *w, struct err *reterr) {
    int rc = read_blocks(w, reterr);
    while (rc == 0 && !is_over(w) && !is_at_the_end(w))
        rc = ask_round(w, reterr);
    return rc;
}

int walk_ask(struct tx *tx, const struct walk *walk, struct walk_question *one, size_t n, struct err *reterr) {
    if (n > QUERY_TERMS_MOST)
        BUG("more questions than a query has terms");
    __attribute__((cleanup(walking_clear))) struct walking w = {.tx = tx,
                                                                .walk = walk,
                                                                .arena = arena_new(0),
                                                                .single = true,
                                                                .rows_most = ROWS_ALL,
                                                                .part = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT}};
    int rc = begin(&w, one, n, reterr);
    if (rc == 0 && w.single)
        rc = ask_single(&w, reterr);
    return rc < 0 || is_over(&w) ? rc : ask_rounds(&w, reterr);
}
