// SPDX-License-Identifier: Apache-2.0
/* Any texts, any questions: what the index of either engine answers is compared with a look at all texts. */
#include "press/search/question.h"

#include "base/clock.h"
#include "ground.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND_US)
#define NOON INT64_C(1710590400000000) /* 2024-03-16 12:00 UTC: the tests' present */

static struct fixture *at_noon(void **state) {
    clock_set(NOON);
    return *state;
}

enum {
    ANY_TEXTS = 6000,
    ANY_BATCH = 1500,
    ANY_QUESTIONS = 30, /* after each batch */
    ANY_COLUMNS = 3,
    ANY_FIELDS = 4,
    ANY_MOST = 1001,
};
#define DAY (24 * HOUR)

/* What was put in, and is compared without any index. */
struct any {
    struct arena *a;
    struct search_text text[ANY_TEXTS]; /* the id is one more than the place here */
    bool there[ANY_TEXTS];
    size_t n, batch[ANY_BATCH], batch_n;
    uint64_t chance; /* the same each time */
};

static uint64_t any_below(struct any *any, uint64_t n) {
    any->chance = any->chance * 6364136223846793005U + 1442695040888963407U;
    return (any->chance >> 33) % n;
}

/* The later in the list, the rarer by a half every second one. */
static size_t any_rank(struct any *any, size_t n) {
    size_t i = 0;
    while (i + 2 < n && any_below(any, 100) < 55)
        i += 2;
    return i + any_below(any, 2);
}

static const char *const any_words[] = {"gale",  "tide", "tides", "pier", "piers",  "moor", "mooring", "light",
                                        "lamps", "lamp", "ebb",   "ebbs", "harbor", "sail", "sails",   "salt"};
static const char *const any_characters[] = {"公", "安", "水", "果", "市", "会", "议", "心", "开", "放", "ไ", "ท"};
#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

/* Words, or characters without spaces, as a person types them. */
static void any_run(struct any *any, struct buf *ret, size_t n) {
    bool unspaced = any_below(any, 3) == 0;
    for (size_t i = 0; i < n; i++) {
        if (unspaced) {
            buf_add_z(ret, any_characters[any_rank(any, COUNT_OF(any_characters))]);
            continue;
        }
        buf_add_z(ret, any_words[any_rank(any, COUNT_OF(any_words))]);
        buf_add_char(ret, ' ');
    }
    buf_add_char(ret, ' ');
}

static struct str any_tokens(struct any *any, size_t runs, int64_t own) {
    BUF_LOCAL(typed);
    BUF_LOCAL(tokens);
    for (size_t i = 0; i < runs; i++)
        any_run(any, &typed, 1 + any_below(any, 6));
    if (own)
        buf_printf(&typed, "own%d few%d", (int)own, (int)own % 499);
    tokens_add(&tokens, buf_str(&typed));
    return arena_buf(any->a, &tokens);
}

static void any_text(struct any *any, size_t i, int64_t published_us) {
    struct search_text *t = &any->text[i];
    *t = (struct search_text){
        .id = (int64_t)i + 1, .column_id = 1 + (int64_t)any_below(any, ANY_COLUMNS), .published_us = published_us};
    (void)strcpy(t->language, any_below(any, 8) ? "en" : "zh-CN");
    t->words.title = any_tokens(any, 1, 0);
    t->words.keywords = any_below(any, 2) ? any_tokens(any, 1, 0) : STR_NONE;
    t->words.body = any_tokens(any, 1 + any_below(any, 4), t->id);
    size_t space = str_find_char(t->words.body, ' ', t->words.body.n / 2);
    if (any_below(any, 2))
        t->words.summary =
            any_below(any, 2) && space != SIZE_MAX ? str_first(t->words.body, space) : any_tokens(any, 1, 0);
    any->there[i] = true;
}

/* New ones, and some that were there already, of a day, of a moment or of two years. */
static void any_batch(struct any *any) {
    static const int64_t wide[] = {0, CLOCK_SECOND_US, DAY, DAY * 700};
    size_t most = (size_t)1 << any_below(any, 12);
    int64_t span = wide[any_below(any, 4)], from = NOON - (int64_t)any_below(any, 700) * DAY;
    any->batch_n = 0;
    most = most < 2 * ANY_BATCH / 3 ? most : ANY_BATCH;
    for (; any->batch_n < most; any->batch_n++) {
        bool again = any->n > 2 * ANY_BATCH && any_below(any, 5) == 0;
        size_t i = again ? any_below(any, any->n) : any->n;
        for (size_t k = 0; again && k < any->batch_n; k++)
            again = any->batch[k] != i;
        i = again ? i : any->n;
        if (i == ANY_TEXTS)
            return;
        any->n += i == any->n;
        int64_t us = from - (span ? (int64_t)(any_below(any, 1 << 30) * (uint64_t)(span >> 10) >> 20) : 0);
        if (again && any->there[i])
            us = any->text[i].published_us; /* corrected */
        struct search_text before = any->text[i];
        any_text(any, i, us);
        if (again)
            memcpy(any->text[i].language, before.language, sizeof before.language);
        any->batch[any->batch_n] = i;
    }
}

static int put_any(struct tx *tx, void *arg, struct err *e) {
    struct any *any = arg;
    static struct search_text text[ANY_BATCH];
    for (size_t i = 0; i < any->batch_n; i++)
        text[i] = any->text[any->batch[i]];
    return search_put_many(tx, text, any->batch_n, e);
}

static int withdraw_any(struct tx *tx, void *arg, struct err *e) {
    const struct any *any = arg;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < any->batch_n; i++) {
        const struct search_text *t = &any->text[any->batch[i]];
        rc = search_remove(tx, t->id, t->language, e);
    }
    return rc;
}

static void any_withdrawn(struct any *any) {
    any->batch_n = any->n / 50;
    for (size_t i = 0; i < any->batch_n; i++) {
        any->batch[i] = any_below(any, any->n);
        any->there[any->batch[i]] = false;
    }
}

/* Whether the phrase begins where the tokens do. */
static bool any_begins(struct str tokens, const struct query_term *term) {
    struct str wanted = term->tokens, want, token = STR_NONE;
    while (str_cut(&wanted, ' ', &want)) {
        if (!want.n)
            continue;
        if (!str_cut(&tokens, ' ', &token))
            return false;
        if (!wanted.n && term->prefix)
            token = str_first(token, want.n);
        if (!str_eq(token, want))
            return false;
    }
    return true;
}

static bool any_has(struct str tokens, const struct query_term *term) {
    struct str token;
    do {
        if (tokens.n && any_begins(tokens, term))
            return true;
    } while (str_cut(&tokens, ' ', &token));
    return false;
}

static bool any_is_hit(const struct any *any, size_t i, const struct question *q) {
    const struct search_text *t = &any->text[i];
    const struct str field[ANY_FIELDS] = {t->words.title, t->words.keywords, t->words.summary, t->words.body};
    if (!any->there[i] || strcmp(t->language, q->language) != 0 || (q->column_id && q->column_id != t->column_id) ||
        t->published_us < q->from_us || t->published_us >= q->until_us)
        return false;
    for (size_t k = 0; k < q->query->n; k++) {
        bool has = false;
        for (size_t at = 0; !has && at < (q->head ? 2 : ANY_FIELDS); at++)
            has = any_has(field[at], &q->query->term[k]);
        if (!has)
            return false;
    }
    return true;
}

static int newest_first(const void *x, const void *y) {
    const struct search_text *a = *(const struct search_text *const *)x, *b = *(const struct search_text *const *)y;
    if (a->published_us != b->published_us)
        return a->published_us > b->published_us ? -1 : 1;
    return a->id > b->id ? -1 : a->id < b->id;
}

/* A question as a person types it. */
static void any_typed(struct any *any, struct buf *ret) {
    for (size_t n = 1 + any_below(any, 4) % 3; n; n--) {
        uint64_t kind = any_below(any, 8);
        if (kind == 0 || (kind == 7 && n > 1)) {
            buf_printf(ret, kind ? "few%d" : "own%d", (int)any_below(any, kind ? 520 : any->n + any->n / 8) + 1);
        } else if (kind < 3) {
            buf_add_z(ret, any_characters[any_rank(any, COUNT_OF(any_characters))]);
        } else if (kind < 5) {
            buf_add_char(ret, '"');
            any_run(any, ret, 2 + any_below(any, 2));
            buf_add_char(ret, '"');
        } else if (kind == 5) {
            struct str word = str_of(any_words[any_rank(any, COUNT_OF(any_words))]);
            buf_add(ret, str_first(word, 1 + any_below(any, word.n)));
            buf_add_char(ret, '*');
        } else {
            any_run(any, ret, 1);
        }
        buf_add_char(ret, ' ');
    }
}

static int64_t any_loose(struct fixture *f) {
    static const struct query loose = {"loose", "SELECT COUNT(*) FROM search_doc WHERE docid < 4398046511104", NULL};
    return ground_number(f, &loose);
}

static void check_any_question(struct fixture *f, struct any *any, int64_t loose) {
    static const size_t most[] = {1, 3, 20, 200, ANY_MOST};
    static const struct search_text *expected[ANY_TEXTS];
    static struct hit hit[ANY_MOST];
    struct reading r = reading_begin(f);
    struct search_query query;
    struct question q = {.query = &query,
                         .language = any_below(any, 8) ? "en" : "zh-CN",
                         .column_id = any_below(any, 3) ? 0 : 1 + (int64_t)any_below(any, ANY_COLUMNS),
                         .from_us = INT64_MIN,
                         .until_us = INT64_MAX,
                         .most = most[any_below(any, 5)],
                         .with_ids = any_below(any, 4) == 0 && !loose};
    BUF_LOCAL(typed);
    BUF_LOCAL(match);
    any_typed(any, &typed);
    search_query_parse(r.a, buf_str(&typed), &query);
    if (any_below(any, 3) == 0)
        q.until_us = NOON - (int64_t)any_below(any, 700) * DAY;
    if (any_below(any, 3) == 0)
        q.from_us = (q.until_us == INT64_MAX ? NOON : q.until_us) - (int64_t)any_below(any, 300) * DAY;
    for (int head = 1; query.n && head >= 0; head--) {
        size_t n = 0, wanted = 0;
        q.head = head;
        for (size_t i = 0; i < any->n; i++)
            if (any_is_hit(any, i, &q))
                expected[wanted++] = &any->text[i];
        qsort(expected, wanted, sizeof *expected, newest_first);
        buf_reset(&match);
        MUST(question_text(r.tx, &query, &q, &match, e));
        MUST(question_ask(r.tx, &q, hit, &n, e));
        if (strcmp(store_engine(f->store), "sqlite") == 0 && loose && wanted > q.most)
            continue; /* it has those that came last: press/search.h */
        MUST(question_take_ids(r.tx, hit, n, e));
        wanted = wanted < q.most ? wanted : q.most;
        for (size_t i = 0; i < n && i < wanted; i++)
            if (hit[i].id != expected[i]->id)
                fail_msg("%s (column %d, most %zu, head %d): %zu found, the %zuth is %d, not %d", typed.p,
                         (int)q.column_id, q.most, head, n, i, (int)hit[i].id, (int)expected[i]->id);
        if (n != wanted)
            fail_msg("%s (column %d, most %zu, head %d): %zu found, not %zu", typed.p, (int)q.column_id, q.most, head,
                     n, wanted);
    }
    reading_end(&r);
}

static void whatever_is_put_in_whatever_is_asked_finds_what_a_look_at_all_texts_finds(void **state) {
    struct fixture *f = at_noon(state);
    static struct any any;
    any = (struct any){.a = arena_new(0), .chance = 1};
    struct search_merge at = {0};
    while (any.n < ANY_TEXTS) {
        any_batch(&any);
        MUST(store_write(f->store, put_any, &any, e));
        if (any_below(&any, 3) == 0) {
            any_withdrawn(&any);
            MUST(store_write(f->store, withdraw_any, &any, e));
        }
        for (uint64_t steps = any_below(&any, 4); steps; steps--) {
            MUST(search_merge_step(f->store, &at, e));
            if (at.done)
                at = (struct search_merge){0};
        }
        int64_t loose = any_loose(f);
        for (int i = 0; i < ANY_QUESTIONS; i++)
            check_any_question(f, &any, loose);
    }
    arena_free(any.a);
}

/* --- one word, in rows that lie over each other --- */

enum { GALES = 10000, GALES_MOST = 1001 };
static struct search_text gales[GALES];
static size_t gales_n;

struct few {
    struct search_text *text;
    size_t n;
};

static int put_few(struct tx *tx, void *arg, struct err *reterr) {
    const struct few *few = arg;
    return search_put_many(tx, few->text, few->n, reterr);
}

/* n texts in one write, from a time on, each so much older than the one before. */
static void put_gales(struct fixture *f, size_t n, int64_t us, int64_t step_us) {
    struct few few = {gales + gales_n, n};
    for (size_t i = 0; i < n; i++, gales_n++) {
        gales[gales_n] = (struct search_text){
            .id = (int64_t)gales_n + 1, .column_id = 1, .language = "en", .published_us = us - (int64_t)i * step_us};
        gales[gales_n].words.title = STR("gale");
        gales[gales_n].words.body = STR("gale tide");
    }
    MUST(store_write(f->store, put_few, &few, e));
}

/* each: as for articles that share a word. */
static void check_gales(struct fixture *f, size_t most, bool head, bool each) {
    static const struct search_text *expected[GALES];
    static struct hit hit[GALES_MOST];
    struct reading r = reading_begin(f);
    const struct str word = STR("gale");
    const struct search_query query = {.n = 1, .term = {{.tokens = word}}};
    struct question q = {.query = &query,
                         .language = "en",
                         .from_us = INT64_MIN,
                         .until_us = NOON + 1,
                         .most = most,
                         .with_ids = each,
                         .head = head};
    BUF_LOCAL(match);
    size_t n = 0;
    for (size_t i = 0; i < gales_n; i++)
        expected[i] = &gales[i];
    qsort(expected, gales_n, sizeof *expected, newest_first);
    if (each) {
        MUST(question_ask_each(r.tx, &q, &word, 1, hit, &n, e));
    } else {
        MUST(question_text(r.tx, &query, &q, &match, e));
        MUST(question_ask(r.tx, &q, hit, &n, e));
        MUST(question_take_ids(r.tx, hit, n, e));
    }
    assert_int_equal(n, most < gales_n ? most : gales_n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(hit[i].id, expected[i]->id);
    reading_end(&r);
}

static void check_all_gales(struct fixture *f) {
    static const size_t most[] = {1, 16, 20, 200, GALES_MOST};
    for (size_t i = 0; i < COUNT_OF(most); i++)
        for (int head = 1; head >= 0; head--)
            check_gales(f, most[i], head, false);
    check_gales(f, 20, true, true);
}

static void what_came_last_and_lies_between_what_came_at_once_is_in_its_place(void **state) {
    struct fixture *f = at_noon(state);
    gales_n = 0;
    put_gales(f, 600, NOON - 10 * DAY, HOUR);
    for (int i = 0; i < 15; i++)
        put_gales(f, 1, NOON - DAY - i * HOUR, 0);
    put_gales(f, 1, NOON - 10 * DAY - HOUR / 2, 0);
    check_all_gales(f);
}

static void imports_of_the_same_time_are_found_as_if_they_were_one(void **state) {
    struct fixture *f = at_noon(state);
    gales_n = 0;
    for (int i = 0; i < 16; i++)
        put_gales(f, 600, NOON - 10 * DAY - (i ? i * 90 + 45 : 0) * CLOCK_SECOND_US,
                  (i ? 8 * 3600 : 90) * CLOCK_SECOND_US);
    check_all_gales(f);
}

static void a_dead_text_among_the_first_hits_does_not_hide_one(void **state) {
    struct fixture *f = at_noon(state);
    gales_n = 0;
    put_gales(f, 600, NOON - 10 * DAY, HOUR);
    for (int i = 0; i < 30; i++)
        put_gales(f, 1, NOON - DAY - i * HOUR, 0);
    for (size_t i = 3; i < 620; i += 7) { /* its number is another one then */
        gales[i].published_us -= HOUR / 3;
        MUST(store_write(f->store, put_few, &(struct few){&gales[i], 1}, e));
    }
    check_all_gales(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(what_came_last_and_lies_between_what_came_at_once_is_in_its_place),
        ON_BOTH_ENGINES(imports_of_the_same_time_are_found_as_if_they_were_one),
        ON_BOTH_ENGINES(a_dead_text_among_the_first_hits_does_not_hide_one),
        ON_BOTH_ENGINES(whatever_is_put_in_whatever_is_asked_finds_what_a_look_at_all_texts_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
