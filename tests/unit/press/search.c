// SPDX-License-Identifier: Apache-2.0
#include "press/search.h"

#include "base/clock.h"
#include "ground.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND_US)
#define NOON INT64_C(1710590400000000) /* 2024-03-16 12:00 UTC: the tests' present */

static struct fixture *at_noon(void **state) {
    clock_set(NOON);
    return *state;
}

/* The ids found, in order, as "3 1 2"; with "+" behind where there are more pages. */
static void found_where(struct fixture *f, const char *typed, struct search_where where, char ret[200]) {
    struct reading r = reading_begin(f);
    struct search_query q;
    struct search_hits hits;
    search_query_parse(r.a, str_of(typed), &q);
    where.query = &q;
    if (!where.language)
        where.language = "en";
    if (!where.most)
        where.most = 20;
    MUST(search_run(r.tx, r.a, &where, &hits, e));
    size_t n = 0;
    ret[0] = 0;
    for (size_t i = 0; i < hits.list.n; i++) {
        assert_true(hits.list.item[i].text.body_html.n > 0);
        n += (size_t)snprintf(ret + n, 200 - n, "%s%d", i ? " " : "", (int)hits.list.item[i].id);
        assert_true(n < 200);
    }
    if (hits.list.more)
        (void)snprintf(ret + n, 200 - n, "+");
    reading_end(&r);
}

#define ASSERT_FOUND(f, typed, expected, ...)                                                                          \
    do {                                                                                                               \
        char found_[200];                                                                                              \
        found_where(f, typed, (struct search_where){__VA_ARGS__}, found_);                                             \
        assert_string_equal(found_, expected);                                                                         \
    } while (0)

static void every_word_must_be_there_in_any_field(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), id = 0;
    (void)ground_publish(f, news, "en", "Harbour lights", "<p>The <em>east</em> pier is dark.</p>", NOON - 2 * HOUR);
    struct article d = ground_draft(news, "en", "Bus times", "<p>None.</p>");
    d.text.summary = STR("The pier bus leaves early");
    d.text.keywords = STR("transport, harbour");
    MUST(do_add(f, &d, &id, e));
    MUST(do_publish(f, id, NOON - HOUR, e));
    ASSERT_FOUND(f, "harbour", "2 1");
    ASSERT_FOUND(f, "HARBOUR Pier", "2 1");
    ASSERT_FOUND(f, "harbour dark", "1");
    ASSERT_FOUND(f, "transport", "2");
    ASSERT_FOUND(f, "early", "2");
    ASSERT_FOUND(f, "harbour moon", "");
    ASSERT_FOUND(f, "em", ""); /* a tag is no word */
    ASSERT_FOUND(f, "", "");
    ASSERT_FOUND(f, "?!", "");
}

static int count_with_summary(struct tx *tx, void *arg, struct err *reterr) {
    static const struct query q = {
        "with_summary", "SELECT COUNT(*) FROM search_index WHERE search_index MATCH 'summary : (pier OR 码头)'", NULL};
    return tx_int(tx, &q, CELLS_NONE, arg, reterr);
}

static void publish_summed_up(struct fixture *f, int64_t column_id, const char *language, const char *summary,
                              const char *body) {
    struct article d = ground_draft(column_id, language, "Bus times", body);
    int64_t id = 0;
    d.text.summary = str_of(summary);
    MUST(do_add(f, &d, &id, e));
    MUST(do_publish(f, id, NOON - HOUR, e));
}

static void a_summary_that_begins_the_body_is_found_and_indexed_once(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), in_summary = 0;
    publish_summed_up(f, news, "en", "The pier is dark.", "<p>The pier is dark. Mind the step.</p>");
    publish_summed_up(f, news, "zh-CN", "码头关闭。", "<p>码头关闭。</p><p>请绕行。</p>");
    publish_summed_up(f, news, "en", "The pier is op", "<p>The pier is open again.</p>");
    publish_summed_up(f, news, "en", "The pier is light.", "<p>The pier is dark.</p>");
    ASSERT_FOUND(f, "\"pier is dark\"", "4 1");
    ASSERT_FOUND(f, "\"dark mind\"", "1");
    ASSERT_FOUND(f, "码头", "2", .language = "zh-CN");
    ASSERT_FOUND(f, "light", "4");
    if (strcmp(store_engine(f->store), "sqlite") == 0) {
        MUST(store_read(f->store, count_with_summary, &in_summary, e));
        assert_int_equal(in_summary, 2);
    }
}

static void titles_and_keywords_come_first_then_the_newest(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    (void)ground_publish(f, news, "en", "Floods", "<p>Old.</p>", NOON - 9 * HOUR);           /* 1: in the title */
    (void)ground_publish(f, news, "en", "River", "<p>Floods, floods.</p>", NOON - 3 * HOUR); /* 2: in the body */
    (void)ground_publish(f, news, "en", "Road", "<p>No floods.</p>", NOON - HOUR);           /* 3: in the body */
    (void)ground_publish(f, news, "en", "Floods again", "<p>New.</p>", NOON - 5 * HOUR);     /* 4: in the title */
    (void)ground_publish(f, news, "en", "Rain", "<p>Floods.</p>", NOON - HOUR);              /* 5: as 3, at its time */
    ASSERT_FOUND(f, "floods", "4 1 5 3 2");
    ASSERT_FOUND(f, "floods", "4 1+", .most = 2);
    ASSERT_FOUND(f, "floods", "5 3+", .most = 2, .skip = 2);
    ASSERT_FOUND(f, "floods", "2", .most = 2, .skip = 4);
    ASSERT_FOUND(f, "floods", "", .most = 2, .skip = 6);
}

static void two_character_chinese_words_and_phrases_are_found(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    (void)ground_publish(f, news, "zh-CN", "市公安局召开会议", "<p>传达学习全国两会精神。</p>", NOON - 2 * HOUR);
    (void)ground_publish(f, news, "zh-CN", "公园开放", "<p>市民安心出行。</p>", NOON - HOUR);
    ASSERT_FOUND(f, "公安", "1", .language = "zh-CN");
    ASSERT_FOUND(f, "两会", "1", .language = "zh-CN");
    ASSERT_FOUND(f, "公", "2 1", .language = "zh-CN");
    ASSERT_FOUND(f, "公安 会议", "1", .language = "zh-CN");
    ASSERT_FOUND(f, "公 神", "1", .language = "zh-CN"); /* one begins a pair, one ends a text */
    ASSERT_FOUND(f, "公 心 开*", "2", .language = "zh-CN");
    ASSERT_FOUND(f, "安公", "", .language = "zh-CN");
    ASSERT_FOUND(f, "\"学习全国\"", "1", .language = "zh-CN");
    ASSERT_FOUND(f, "\"全国学习\"", "", .language = "zh-CN");
    ASSERT_FOUND(f, "公安", "", .language = "en");
}

static void a_phrase_holds_within_a_field_and_a_star_goes_on(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), id = 0;
    struct article d = ground_draft(news, "en", "Night ferry", "<p>Boat house</p><p>Ferry times: night boats.</p>");
    d.text.keywords = STR("river");
    d.text.summary = STR("Sails daily");
    MUST(do_add(f, &d, &id, e));
    MUST(do_publish(f, id, 0, e));
    ASSERT_FOUND(f, "\"night ferry\"", "1");
    ASSERT_FOUND(f, "\"ferry night\"", "");
    ASSERT_FOUND(f, "\"ferry river\"", ""); /* title into keywords */
    ASSERT_FOUND(f, "\"river sails\"", ""); /* keywords into summary */
    ASSERT_FOUND(f, "\"daily boat\"", "");  /* summary into body */
    ASSERT_FOUND(f, "\"night boat*\"", "1");
    ASSERT_FOUND(f, "nig*", "1");
    ASSERT_FOUND(f, "nig", "");
    ASSERT_FOUND(f, "\"times night\"", "1");
}

static void tokens_of_every_script_come_back_from_both_engines(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    static const struct {
        const char *title, *typed;
    } words[] = {
        {"Café crème", "cafe"}, {"ภาษาไทย", "ไทย"}, {"हिन्दी", "हिन्दी"},    {"Ελληνικά", "ελληνικά"},
        {"العربية", "العربية"}, {"עברית", "עברית"}, {"Привет", "привет"},  {"日本語", "日本"},
        {"한국어", "한국어"},   {"1e5", "1e5"},     {"3G", "3g"},          {"COVID19", "covid19"},
        {"x2y", "x2y"},         {"ﬁne", "fine"},    {"Straße", "strasse"}, {"២០២៤", "២០២៤"},
    };
    size_t n = sizeof words / sizeof *words;
    for (size_t i = 0; i < n; i++)
        (void)ground_publish(f, news, "en", words[i].title, "<p>x</p>", NOON - HOUR);
    for (size_t i = 0; i < n; i++) {
        char expected[8], found[200];
        (void)snprintf(expected, sizeof expected, "%zu", i + 1);
        found_where(f, words[i].typed, (struct search_where){0}, found);
        if (strcmp(found, expected) != 0)
            fail_msg("%s found \"%s\", not %s", words[i].typed, found, expected);
    }
}

static void column_and_time_narrow_a_search(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), guides = ground_column(f, "guides");
    (void)ground_publish(f, news, "en", "Tides", "<p>x</p>", NOON - 24 * 40 * HOUR);  /* 1: February */
    (void)ground_publish(f, guides, "en", "Tides", "<p>x</p>", NOON - 24 * HOUR);     /* 2 */
    (void)ground_publish(f, news, "en", "Tides", "<p>x</p>", NOON - HOUR);            /* 3 */
    (void)ground_publish(f, news, "en", "Tides", "<p>x</p>", NOON + HOUR);            /* 4: not yet */
    (void)ground_publish(f, news, "en", "Tides", "<p>x</p>", -200 * 24 * 365 * HOUR); /* 5: in 1770 */
    ASSERT_FOUND(f, "tides", "3 2 1 5");
    ASSERT_FOUND(f, "tides", "3 1 5", .column_id = news);
    ASSERT_FOUND(f, "tides", "2", .column_id = guides);
    ASSERT_FOUND(f, "tides", "3 2", .from_us = NOON - 24 * HOUR);
    ASSERT_FOUND(f, "tides", "3", .from_us = NOON - 24 * HOUR + 1);
    ASSERT_FOUND(f, "tides", "2 1", .from_us = NOON - 24 * 40 * HOUR, .until_us = NOON - HOUR);
    ASSERT_FOUND(f, "tides", "1 5", .until_us = NOON - 24 * HOUR);
    ASSERT_FOUND(f, "tides", "3 2", .from_us = NOON - 24 * HOUR, .until_us = NOON + 24 * HOUR);
    ASSERT_FOUND(f, "tides", "", .from_us = NOON, .until_us = NOON - HOUR);
    ASSERT_FOUND(f, "tides", "", .from_us = NOON, .until_us = NOON - 24 * 40 * HOUR);
    ASSERT_FOUND(f, "tides", "", .from_us = NOON + 24 * 40 * HOUR);
    ASSERT_FOUND(f, "tides", "", .from_us = NOON + 24 * 40 * HOUR, .column_id = news);
    clock_set(NOON + HOUR);
    ASSERT_FOUND(f, "tides", "4 3 2 1 5");
}

static void what_is_withdrawn_moved_or_corrected_is_found_as_it_is_now(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), guides = ground_column(f, "guides"), revision = 0, draft = 0;
    int64_t id = ground_publish(f, news, "en", "Tides", "<p>low</p>", 0);
    struct article d = ground_draft(news, "en", "Tides drafted", "<p>x</p>");
    MUST(do_add(f, &d, &draft, e));
    ASSERT_FOUND(f, "tides", "1");
    struct article_text t = ground_draft(news, "en", "Ebb", "<p>high</p>").text;
    t.note = STR("Corrected");
    MUST(do_set_text(f, id, &t, &revision, e));
    ASSERT_FOUND(f, "tides", "");
    ASSERT_FOUND(f, "ebb high", "1");
    MUST(do_move(f, id, guides, e));
    ASSERT_FOUND(f, "ebb", "", .column_id = news);
    ASSERT_FOUND(f, "ebb", "1", .column_id = guides);
    MUST(do_withdraw(f, id, "Wrong", e));
    ASSERT_FOUND(f, "ebb", "");
    MUST(do_publish(f, id, 0, e));
    ASSERT_FOUND(f, "ebb", "1");
}

/* --- what came many at once, and is put in afterwards --- */

static int add_for_later(struct tx *tx, void *arg, struct err *e) {
    static const char *const titles[] = {"Spring tides", "Neap tides", "Storm tides", "Ebb tides"};
    static const struct search_words none;
    struct search_waiting waiting = {.later = true};
    int rc = 0;
    for (int i = 0; rc == 0 && i < 4; i++) {
        int64_t id;
        struct article d = ground_draft(*(int64_t *)arg, "en", titles[i], "<p>low water</p>");
        d.published_us = NOON - (i + 1) * HOUR;
        rc = article_add_published(tx, &d, &none, &waiting, &id, e);
    }
    if (rc == 0)
        rc = search_put_waiting(tx, &waiting, e);
    search_waiting_clear(&waiting);
    return rc;
}

static int later_step(struct tx *tx, void *arg, struct err *e) {
    (void)arg;
    return search_later_step(tx, e);
}

struct kept { /* words that were cut before others acted */
    struct arena *a;
    struct search_text text[4];
    size_t n;
};

static int later_read(struct tx *tx, void *arg, struct err *e) {
    struct kept *k = arg;
    struct search_later *list;
    int rc = search_later_list(tx, k->a, 4, &list, &k->n, e);
    return rc < 0 ? rc : search_later_read(tx, k->a, list, k->n, k->text, e);
}

static int later_put(struct tx *tx, void *arg, struct err *e) {
    const struct kept *k = arg;
    return search_later_put(tx, k->text, k->n, e);
}

static int64_t waiting_now(struct fixture *f) {
    struct reading r = reading_begin(f);
    int64_t n = -1;
    bool any = false;
    MUST(search_later_count(r.tx, INT64_MAX, &n, e));
    MUST(search_later_any(r.tx, &any, e));
    assert_int_equal(any, n > 0);
    reading_end(&r);
    return n;
}

static void check_state(struct fixture *f, int64_t id, enum search_state expected) {
    struct reading r = reading_begin(f);
    struct article a;
    enum search_state state;
    MUST(article_get(r.tx, r.a, id, "en", true, &a, e));
    MUST(search_check(r.tx, &a, &state, e));
    assert_int_equal(state, expected);
    reading_end(&r);
}

static void what_waits_is_not_found_and_then_as_whatever_came_at_once(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    MUST(store_write(f->store, add_for_later, &news, e));
    assert_int_equal(waiting_now(f), 4);
    ASSERT_FOUND(f, "tides", "");
    check_state(f, 1, SEARCH_SOUND);
    MUST(store_write(f->store, later_step, NULL, e));
    assert_int_equal(waiting_now(f), 0);
    ASSERT_FOUND(f, "tides", "1 2 3 4");
    ASSERT_FOUND(f, "\"low water\"", "1 2 3 4");
    check_state(f, 1, SEARCH_SOUND);
    MUST(store_write(f->store, later_step, NULL, e)); /* nothing waits: nothing happens */
    ASSERT_FOUND(f, "tides", "1 2 3 4");
}

static void what_is_done_to_a_text_that_waits_holds_against_words_cut_before(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), guides = ground_column(f, "guides"), revision;
    MUST(store_write(f->store, add_for_later, &news, e));
    struct kept k = {.a = arena_new(0)};
    MUST(store_read(f->store, later_read, &k, e));
    assert_int_equal(k.n, 4);
    struct article_text t = ground_draft(news, "en", "No more", "<p>high</p>").text;
    t.note = STR("Corrected");
    MUST(do_set_text(f, 1, &t, &revision, e));
    MUST(do_withdraw(f, 2, "Wrong", e));
    MUST(do_move(f, 3, guides, e));
    assert_int_equal(waiting_now(f), 1);
    MUST(store_write(f->store, later_put, &k, e));
    arena_free(k.a);
    assert_int_equal(waiting_now(f), 0);
    ASSERT_FOUND(f, "tides", "3 4");
    ASSERT_FOUND(f, "high", "1");
    ASSERT_FOUND(f, "tides", "3", .column_id = guides);
    for (int64_t id = 1; id <= 4; id++)
        check_state(f, id, SEARCH_SOUND);
}

struct many {
    int64_t column_id;
    int n;
};

static int publish_many(struct tx *tx, void *arg, struct err *e) {
    const struct many *m = arg;
    for (int i = 0; i < m->n; i++) {
        struct article d =
            ground_draft(m->column_id, "en", i % 100 == 7 ? "Gale warning" : "Tides", "<p>common gale</p>");
        int64_t id;
        int rc = article_add(tx, &d, &id, e);
        if (rc == 0)
            rc = article_publish(tx, id, NOON - (i + 1) * HOUR, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void hits_are_counted_exactly_up_to_a_thousand_and_more_than_that_beyond(void **state) {
    struct fixture *f = at_noon(state);
    struct many m = {ground_column(f, "news"), 1000};
    MUST(store_write(f->store, publish_many, &m, e));
    for (int extra = 0; extra < 2; extra++) {
        struct reading r = reading_begin(f);
        struct search_query q;
        struct search_hits hits;
        search_query_parse(r.a, STR("common"), &q);
        struct search_where where = {.query = &q, .language = "en", .skip = 990, .most = 20};
        MUST(search_run(r.tx, r.a, &where, &hits, e));
        assert_int_equal(hits.count, 1000);
        assert_int_equal(hits.more_than_count, extra);
        assert_int_equal(hits.list.n, extra ? 11 : 10);
        assert_false(hits.list.more);
        search_query_parse(r.a, STR("gale"), &q);
        where.skip = 0;
        MUST(search_run(r.tx, r.a, &where, &hits, e));
        for (size_t i = 0; i < 10; i++)
            ASSERT_STR(hits.list.item[i].text.title, "Gale warning");
        ASSERT_STR(hits.list.item[10].text.title, "Tides");
        assert_true(hits.list.more);
        where.skip = 1001;
        assert_int_equal(search_run(r.tx, r.a, &where, &hits, NULL), -ERR_INVALID);
        reading_end(&r);
        if (!extra)
            (void)ground_publish(f, m.column_id, "en", "Tides", "<p>common</p>", 0);
    }
}

static int run_words(struct tx *tx, void *arg, struct err *e) {
    return tx_run(tx, arg, NULL, 0, e) < 0 ? -1 : 0;
}

/* --- more than the newest few thousand --- */

enum { AGES = 4600, AGES_OLD = 4100 };
#define AGE (24 * HOUR)

/* The ith was published i days ago, but they come in no order. */
static int age_of(int n) {
    return (int)((int64_t)n * 1009 % AGES);
}

static int publish_ages(struct tx *tx, void *arg, struct err *e) {
    const int64_t *column_id = arg; /* two */
    for (int n = 0; n < AGES; n++) {
        int age = age_of(n);
        char title[40], body[120];
        (void)snprintf(title, sizeof title, age % 400 == 0 ? "seldom" : age % 5 == 0 ? "fifth" : "x");
        (void)snprintf(body, sizeof body, "<p>all%s%s</p>", age % 6 == 0 ? " sixth" : "", age > AGES_OLD ? " old" : "");
        struct article d = ground_draft(column_id[age % 2], "en", title, body);
        int64_t id;
        int rc = article_add(tx, &d, &id, e);
        if (rc == 0)
            rc = article_publish(tx, id, NOON - (age + 1) * AGE, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Every `each`th day from `first` on, the newest first, `n` in all. */
static void assert_ages(struct fixture *f, const char *typed, struct search_where where, int first, int each, int n) {
    struct reading r = reading_begin(f);
    struct search_query q;
    struct search_hits hits;
    search_query_parse(r.a, str_of(typed), &q);
    where.query = &q;
    where.language = "en";
    where.most = SEARCH_MOST;
    for (int seen = 0; seen < n && seen < 1000; seen += SEARCH_MOST) {
        where.skip = (size_t)seen;
        MUST(search_run(r.tx, r.a, &where, &hits, e));
        assert_int_equal(hits.count, n < 1000 ? n : 1000);
        assert_int_equal(hits.more_than_count, n > 1000);
        for (size_t i = 0; i < hits.list.n; i++)
            assert_int_equal(hits.list.item[i].published_us, NOON - (first + (seen + (int)i) * each + 1) * AGE);
    }
    reading_end(&r);
}

static void hits_come_the_newest_first_however_far_back_they_are(void **state) {
    struct fixture *f = at_noon(state);
    int64_t column_id[] = {ground_column(f, "news"), ground_column(f, "guides")};
    MUST(store_write(f->store, publish_ages, column_id, e));
    assert_ages(f, "old", (struct search_where){0}, AGES_OLD + 1, 1, AGES - AGES_OLD - 1);
    assert_ages(f, "seldom", (struct search_where){0}, 0, 400, 12);
    assert_ages(f, "sixth", (struct search_where){0}, 0, 6, 767);
    assert_ages(f, "sixth", (struct search_where){.column_id = column_id[0]}, 0, 6, 767);
    assert_ages(f, "sixth", (struct search_where){.column_id = column_id[1]}, 0, 6, 0);
    assert_ages(f, "fifth", (struct search_where){.until_us = NOON - 201 * AGE, .from_us = NOON - 296 * AGE}, 205, 5,
                19);
    assert_ages(f, "all", (struct search_where){0}, 0, 1, AGES);
    assert_ages(f, "all", (struct search_where){.column_id = column_id[1]}, 1, 2, AGES / 2);
    assert_ages(f, "al*", (struct search_where){.until_us = NOON - 1000 * AGE}, 1000, 1, AGES - 1000);
    assert_ages(f, "seldom all", (struct search_where){0}, 0, 400, 12);
    assert_ages(f, "all seldom", (struct search_where){.column_id = column_id[0]}, 0, 400, 12);
    assert_ages(f, "sel* ol*", (struct search_where){0}, 4400, 400, 1);
    assert_ages(f, "\"all sixth\"", (struct search_where){0}, 0, 6, 767);
    assert_ages(f, "\"sixth all\"", (struct search_where){0}, 0, 6, 0);
    assert_ages(f, "\"sixth old\"", (struct search_where){0}, 4104, 6, 83);
    assert_ages(f, "\"all sixth ol*\"", (struct search_where){0}, 4104, 6, 83);
    for (int n = 0; n < AGES; n++) /* what is dead is passed over, and others come for it */
        if (age_of(n) == 0 || age_of(n) == 6 || age_of(n) == 4400)
            MUST(do_withdraw(f, n + 1, "Wrong", e));
    assert_ages(f, "sixth", (struct search_where){0}, 12, 6, 765);
    assert_ages(f, "seldom", (struct search_where){0}, 400, 400, 10);
    assert_ages(f, "all seldom", (struct search_where){0}, 400, 400, 10);
}

/* --- PostgreSQL's lists --- */

static void a_row_that_was_not_written_by_us_is_told_and_not_taken_for_an_answer(void **state) {
    struct fixture *f = at_noon(state);
    if (strcmp(store_engine(f->store), "sqlite") == 0)
        return;
    (void)ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>x</p>", NOON - HOUR);
    static struct query spoil = {"spoil", "UPDATE search_list SET texts = '0P' WHERE word = 'tides'", NULL};
    MUST(store_write(f->store, run_words, &spoil, e));
    struct reading r = reading_begin(f);
    struct search_query q;
    struct search_hits hits;
    struct err err;
    search_query_parse(r.a, STR("tides"), &q);
    struct search_where where = {.query = &q, .language = "en", .most = 20};
    assert_int_equal(search_run(r.tx, r.a, &where, &hits, &err), -ERR_INTERNAL);
    assert_non_null(strstr(err.text, "\"tides\" cannot be read"));
    assert_non_null(strstr(err.text, "daylight rebuild"));
    reading_end(&r);
}

enum { BATCHES = 20 };

static struct search_text of_tides(int64_t id, int64_t published_us) {
    return (struct search_text){.id = id,
                                .column_id = 1,
                                .language = "en",
                                .published_us = published_us,
                                .words.title = STR("spring tides harbour lights")};
}

/* Two that come at once stand in one row of a word: one that is not due, and an old one. */
static int put_across_now(struct tx *tx, void *arg, struct err *e) {
    (void)arg;
    int rc = 0;
    for (int i = 0; rc == 0 && i < BATCHES; i++) {
        const struct search_text two[] = {of_tides(i + 1, NOON + (i + 1) * HOUR),
                                          of_tides(i + 100, NOON - (i + 30) * HOUR)};
        rc = search_put_many(tx, two, 2, e);
    }
    struct search_text newest = of_tides(200, NOON - HOUR);
    return rc < 0 ? rc : search_put_many(tx, &newest, 1, e);
}

static void rows_that_begin_with_what_is_not_due_keep_nothing_newer_away(void **state) {
    struct fixture *f = at_noon(state);
    MUST(store_write(f->store, put_across_now, NULL, e));
    struct reading r = reading_begin(f);
    struct article_text text = {.language = "en", .title = STR("spring tides harbour lights")};
    int64_t ids[3];
    size_t n = 3;
    MUST(search_related(r.tx, NULL, 1, &text, ids, &n, e));
    reading_end(&r);
    assert_int_equal(n, 3);
    assert_int_equal(ids[0], 200);
    assert_int_equal(ids[1], 100);
    assert_int_equal(ids[2], 101);
}

/* --- several processes at once --- */

enum { PROCESSES = 4, TEXTS_EACH = 40 };

struct process {
    pthread_t thread;
    struct store *store; /* its own */
    int64_t first_id;
    int rc;
};

static int put_one(struct tx *tx, void *arg, struct err *e) {
    return search_put_many(tx, arg, 1, e);
}

static void *put_texts(void *arg) {
    struct process *p = arg;
    for (int i = 0; p->rc == 0 && i < TEXTS_EACH; i++) {
        struct search_text one = of_tides(p->first_id + i, NOON - (i + 1) * HOUR);
        p->rc = store_write(p->store, put_one, &one, NULL);
    }
    return NULL;
}

static void what_several_processes_put_into_one_block_is_all_found_once(void **state) {
    struct fixture *f = at_noon(state);
    struct process p[PROCESSES] = {0};
    for (size_t i = 0; i < PROCESSES; i++) {
        p[i].first_id = (int64_t)i * 1000 + 1;
        MUST(store_open(f->url, &p[i].store, e));
        store_set_patience(p[i].store, 60000);
        assert_int_equal(pthread_create(&p[i].thread, NULL, put_texts, &p[i]), 0);
    }
    for (size_t i = 0; i < PROCESSES; i++) {
        (void)pthread_join(p[i].thread, NULL);
        store_close(p[i].store);
    }
    for (size_t i = 0; i < PROCESSES; i++)
        assert_int_equal(p[i].rc, 0);
    struct reading r = reading_begin(f);
    struct search_query q;
    struct search_hits hits;
    search_query_parse(r.a, STR("\"spring tides\""), &q);
    struct search_where where = {.query = &q, .language = "en", .most = 1};
    MUST(search_run(r.tx, r.a, &where, &hits, e));
    assert_int_equal(hits.count, PROCESSES * TEXTS_EACH);
    reading_end(&r);
    if (strcmp(store_engine(f->store), "sqlite") == 0)
        return;
    static const struct query texts = {
        "texts", "SELECT CAST(SUM(texts) AS BIGINT) FROM search_block WHERE block < (SELECT 1::BIGINT << 60)", NULL};
    static const struct query together = {"together", "SELECT COUNT(*) FROM search_list WHERE level > 0", NULL};
    assert_int_equal(ground_number(f, &texts), PROCESSES * TEXTS_EACH);
    assert_true(ground_number(f, &together) > 0);
}

/* --- an office from before PostgreSQL had lists --- */

/* Version 9 of the schema, as far as the next one looks at it. */
static void make_ninth(struct fixture *f) {
    static struct query steps[] = {
        {"keep", "ALTER TABLE search_doc RENAME TO kept", NULL},
        {"lists", "DROP TABLE search_list, search_block, search_later, search_dead, search_language", NULL},
        {"doc",
         "CREATE TABLE search_doc (article_id BIGINT NOT NULL, language TEXT NOT NULL, column_id BIGINT NOT NULL, "
         "published_us BIGINT NOT NULL, head TSVECTOR, tokens TSVECTOR, PRIMARY KEY (article_id, language))",
         NULL},
        {"fill",
         "INSERT INTO search_doc (article_id, language, column_id, published_us, head, tokens) SELECT article_id, "
         "language, column_id, published_us, 'tides:1', 'tides:1' FROM kept",
         NULL},
        {"drop", "DROP TABLE kept", NULL},
        {"version", "DELETE FROM schema_version WHERE version > 9", NULL}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        MUST(store_write(f->store, run_words, &steps[i], e));
}

/* Version 10, whose lists are made anew. */
static void make_tenth(struct fixture *f) {
    static struct query steps[] = {
        {"block",
         "ALTER TABLE search_block DROP COLUMN parts, DROP COLUMN joined, DROP COLUMN first_docid, DROP COLUMN "
         "last_docid",
         NULL},
        {"lists", "DROP INDEX search_list_words, search_list_blocks, search_list_open", NULL},
        {"index", "CREATE INDEX search_list_words ON search_list (block, word, first_docid, last_docid)", NULL},
        {"version", "DELETE FROM schema_version WHERE version > 10", NULL}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        MUST(store_write(f->store, run_words, &steps[i], e));
}

static void check_is_found_once_its_texts_are_put_in(struct fixture *f, void (*make_older)(struct fixture *)) {
    struct many m = {ground_column(f, "news"), 230};
    MUST(store_write(f->store, publish_many, &m, e));
    make_older(f);
    fixture_reopen(f);
    MUST(store_migrate(f->store, e));
    assert_int_equal(waiting_now(f), 230);
    ASSERT_FOUND(f, "warning", "");
    check_state(f, 8, SEARCH_SOUND);
    MUST(do_withdraw(f, 108, "Wrong", e));
    int64_t newer = ground_publish(f, m.column_id, "en", "Gale warning", "<p>x</p>", 0);
    for (int steps = 0; waiting_now(f) && steps < 5; steps++)
        MUST(store_write(f->store, later_step, NULL, e));
    assert_int_equal(waiting_now(f), 0);
    assert_int_equal(newer, 231);
    ASSERT_FOUND(f, "warning", "231 8 208");
    ASSERT_FOUND(f, "\"common gale\"", "1 2+", .most = 2);
    for (int64_t id = 1; id <= newer; id++)
        check_state(f, id, SEARCH_SOUND);
}

static void an_office_of_version_nine_is_found_whole_once_its_texts_are_put_in(void **state) {
    check_is_found_once_its_texts_are_put_in(at_noon(state), make_ninth);
}

static void an_office_of_version_ten_is_found_whole_once_its_texts_are_put_in(void **state) {
    check_is_found_once_its_texts_are_put_in(at_noon(state), make_tenth);
}

static void a_short_beginning_finds_titles_and_texts(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    (void)ground_publish(f, news, "en", "Harbour", "<p>x</p>", NOON - 3 * HOUR);
    (void)ground_publish(f, news, "en", "Ha", "<p>x</p>", NOON - 2 * HOUR);
    (void)ground_publish(f, news, "en", "Tides", "<p>happy</p>", NOON - HOUR);
    ASSERT_FOUND(f, "h*", "2 1 3");
    ASSERT_FOUND(f, "ha*", "2 1 3");
    ASSERT_FOUND(f, "har*", "1");
    ASSERT_FOUND(f, "hb*", "");
    ASSERT_FOUND(f, "t* ha*", "3");
    (void)ground_publish(f, news, "zh-CN", "水费通知", "<p>x</p>", NOON - HOUR);
    (void)ground_publish(f, news, "zh-CN", "x", "<p>停水</p>", NOON - HOUR);
    ASSERT_FOUND(f, "水", "4 5", .language = "zh-CN");
    ASSERT_FOUND(f, "水费*", "4", .language = "zh-CN");
}

static void beyond_a_thousand_the_newest_are_gathered_whenever_they_came(void **state) {
    struct fixture *f = at_noon(state);
    struct many m = {ground_column(f, "news"), 1200}; /* the newest first */
    MUST(store_write(f->store, publish_many, &m, e));
    ASSERT_FOUND(f, "common", "1 2 3+", .most = 3);
    ASSERT_FOUND(f, "common", "1000 1001", .skip = 999, .most = 3);
    ASSERT_FOUND(f, "tides", "1 2+", .most = 2);
}

/* --- rebuilding --- */

static int rebuild_step(struct tx *tx, void *arg, struct err *e) {
    struct search_rebuild *at = arg, now = at[0];
    int rc = search_rebuild_step(tx, &now, e);
    at[1] = now;
    return rc;
}

static void a_rebuild_puts_in_what_waits(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    MUST(store_write(f->store, add_for_later, &news, e));
    struct search_rebuild at[2] = {{0}, {0}};
    for (; !at[0].done; at[0] = at[1])
        MUST(store_write(f->store, rebuild_step, at, e));
    assert_int_equal(waiting_now(f), 0);
    ASSERT_FOUND(f, "tides", "1 2 3 4");
}

static void a_rebuilt_index_finds_the_same(void **state) {
    struct fixture *f = at_noon(state);
    struct many m = {ground_column(f, "news"), 230};
    int64_t revision = 0;
    MUST(store_write(f->store, publish_many, &m, e));
    int64_t id = ground_publish(f, m.column_id, "en", "Lighthouse", "<p>x</p>", 0);
    struct article_text zh = ground_draft(0, "zh-CN", "灯塔", "<p>海</p>").text;
    MUST(do_set_text(f, id, &zh, &revision, e));
    int64_t gone = ground_publish(f, m.column_id, "en", "Lighthouse gone", "<p>x</p>", 0);
    MUST(do_withdraw(f, gone, "Wrong", e));
    struct search_rebuild at[2] = {{0}, {0}};
    int steps = 0;
    for (; !at[0].done; at[0] = at[1], steps++)
        MUST(store_write(f->store, rebuild_step, at, e));
    assert_int_equal(steps, 3);
    assert_int_equal(at[0].texts, 232);
    ASSERT_FOUND(f, "lighthouse", "231");
    ASSERT_FOUND(f, "灯塔", "231", .language = "zh-CN");
    ASSERT_FOUND(f, "warning", "8 108 208");
}

/* --- an office from before there was an index of titles --- */

static int fill_step(struct tx *tx, void *arg, struct err *e) {
    (void)arg;
    return search_fill_step(tx, e);
}

static int64_t left_to_fill(struct fixture *f) {
    struct reading r = reading_begin(f);
    int64_t left = -1;
    MUST(search_fill_left(r.tx, &left, e));
    reading_end(&r);
    return left;
}

/* As it was before numbers had places, and before titles had an index. Of texts whose words are plain ones. */
static void make_old(struct fixture *f) {
    static struct query steps[] = {
        {"number",
         "UPDATE search_doc SET docid = (SELECT COUNT(*) FROM search_doc d WHERE (d.article_id, d.language) <= "
         "(search_doc.article_id, search_doc.language))",
         NULL},
        {"clear", "INSERT INTO search_index (search_index) VALUES ('delete-all')", NULL},
        {"head", "INSERT INTO search_head (search_head) VALUES ('delete-all')", NULL},
        {"index",
         "INSERT INTO search_index (rowid, facets, title, keywords, summary, body) SELECT d.docid, 'len c' || "
         "d.column_id || ' m' || STRFTIME('%Y%m', d.published_us / 1000000, 'unixepoch'), LOWER(r.title), '', '', "
         "LOWER(SUBSTR(r.body_html, 4, LENGTH(r.body_html) - 7)) FROM search_doc d JOIN article_revision r "
         "ON r.article_id = d.article_id AND r.language = d.language AND r.number = 1 "
         "WHERE d.language = 'en' ORDER BY d.docid",
         NULL},
        {"left", "INSERT INTO search_head_left SELECT MAX(docid) + 1 FROM search_doc", NULL},
        {"count", "UPDATE counter SET next = 1000000 WHERE name = 'search_doc'", NULL}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        MUST(store_write(f->store, run_words, &steps[i], e));
}

static void an_office_from_before_finds_all_and_its_titles_first_once_they_are_put_in(void **state) {
    struct fixture *f = at_noon(state);
    struct many m = {ground_column(f, "news"), 1200};
    MUST(store_write(f->store, publish_many, &m, e)); /* the twelve of the title "Gale warning": 8, 108 … 1108 */
    assert_int_equal(left_to_fill(f), 0);
    if (strcmp(store_engine(f->store), "sqlite") != 0) {
        MUST(store_write(f->store, fill_step, NULL, e));
        return;
    }
    make_old(f);
    ASSERT_FOUND(f, "warning", "8 108 208 308 408 508 608 708 808 908 1008 1108");
    ASSERT_FOUND(f, "gale", "200 201+", .most = 2); /* the newest in the index, by time */
    MUST(store_write(f->store, fill_step, NULL, e));
    assert_int_equal(left_to_fill(f), 201);
    ASSERT_FOUND(f, "gale", "208 308+", .most = 2);
    int64_t newer = ground_publish(f, m.column_id, "en", "Gale over", "<p>x</p>", 0);
    MUST(do_withdraw(f, 108, "Wrong", e));
    MUST(store_write(f->store, fill_step, NULL, e));
    assert_int_equal(left_to_fill(f), 0);
    MUST(store_write(f->store, fill_step, NULL, e));
    assert_int_equal(newer, 1201);
    ASSERT_FOUND(f, "gale", "1201 8 208 308+", .most = 4);
    ASSERT_FOUND(f, "common", "200 201+", .most = 2); /* of those without a place the last that came */
    struct search_rebuild at[2] = {{0}, {0}};
    for (; !at[0].done; at[0] = at[1])
        MUST(store_write(f->store, rebuild_step, at, e));
    ASSERT_FOUND(f, "gale", "1201 8 208 308+", .most = 4);
    ASSERT_FOUND(f, "common", "1 2+", .most = 2);
}

/* --- pieces --- */

/* Steps until it is done; at most so many. */
static int merge(struct fixture *f, int64_t came, int most) {
    struct search_merge at = {.came = came};
    int n = 0;
    for (; n < most && !at.done; n++)
        MUST(search_merge_step(f->store, &at, e));
    return n;
}

static int64_t pieces(struct fixture *f, bool head) {
    static const struct query both[] = {{"pieces", "SELECT COUNT(DISTINCT segid) FROM search_index_idx", NULL},
                                        {"heads", "SELECT COUNT(DISTINCT segid) FROM search_head_idx", NULL}};
    struct reading r = reading_begin(f);
    int64_t n = 0;
    MUST(tx_int(r.tx, &both[head], CELLS_NONE, &n, e));
    reading_end(&r);
    return n;
}

static void an_index_in_pieces_is_made_one_and_finds_the_same(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    for (int i = 1; i <= 15; i++)
        (void)ground_publish(f, news, "en", i % 5 ? "Tides" : "Gale", "<p>low gale</p>", NOON - i * HOUR);
    bool sqlite = strcmp(store_engine(f->store), "sqlite") == 0;
    if (sqlite)
        assert_true(pieces(f, false) > 3);
    assert_int_equal(merge(f, 2, 20), 1); /* not for two of fifteen */
    if (sqlite)
        assert_true(pieces(f, false) > 3);
    (void)merge(f, 0, 2); /* and stopped there */
    ASSERT_FOUND(f, "gale", "5 10 15 1 2+", .most = 5);
    assert_in_range(merge(f, 4, 20), sqlite ? 3 : 1, sqlite ? 19 : 1);
    ASSERT_FOUND(f, "gale", "5 10 15 1 2+", .most = 5);
    ASSERT_FOUND(f, "\"low gale\"", "1 2+", .most = 2);
    if (!sqlite)
        return;
    assert_int_equal(pieces(f, false), 1);
    assert_int_equal(pieces(f, true), 1);
    assert_int_equal(merge(f, 0, 20), 1); /* a look */
}

/* --- parts of a block --- */

enum { PARTS = 3, PART_TEXTS = 600, PART_WORDS = 64 };

struct part {
    int number;
    char body[PART_TEXTS][PART_WORDS];
};

/* A text a minute, each part's between the others'; one of each has a word that is seldom, and each has two of its own.
 */
static int put_part(struct tx *tx, void *arg, struct err *e) {
    struct part *p = arg;
    static struct search_text text[PART_TEXTS];
    for (int i = 0; i < PART_TEXTS; i++) {
        int id = i * PARTS + p->number + 1;
        (void)snprintf(p->body[i], PART_WORDS, "common gale %sown%d also%d", i == 70 ? "seldom " : "", id, id);
        text[i] = (struct search_text){.id = id,
                                       .column_id = 1,
                                       .language = "en",
                                       .published_us = NOON - id * (HOUR / 60),
                                       .words.title = STR("tides"),
                                       .words.body = str_of(p->body[i])};
    }
    return search_put_many(tx, text, PART_TEXTS, e);
}

static int64_t count_found(struct fixture *f, const char *typed) {
    struct reading r = reading_begin(f);
    struct search_query q;
    struct search_hits hits;
    search_query_parse(r.a, str_of(typed), &q);
    struct search_where where = {.query = &q, .language = "en", .most = 1};
    MUST(search_run(r.tx, r.a, &where, &hits, e));
    reading_end(&r);
    return hits.count;
}

static void check_parts_found(struct fixture *f, int parts) {
    assert_int_equal(count_found(f, "seldom"), parts);
    assert_int_equal(count_found(f, "\"gale seldom\" common"), parts);
    assert_int_equal(count_found(f, "\"common gale\""), parts * PART_TEXTS < 1000 ? parts * PART_TEXTS : 1000);
    for (int id = 1; id <= PARTS * PART_TEXTS; id += 97) {
        char word[40];
        (void)snprintf(word, sizeof word, "own%d", id);
        assert_int_equal(count_found(f, word), (id - 1) % PARTS < parts);
    }
}

static void parts_of_a_block_become_one_and_find_the_same(void **state) {
    struct fixture *f = at_noon(state);
    static struct part p;
    static const struct query seldom = {"seldom", "SELECT COUNT(*) FROM search_list WHERE word = 'seldom'", NULL},
                              common = {"common", "SELECT COUNT(*) FROM search_list WHERE word = 'common'", NULL};
    for (p.number = 0; p.number < 2; p.number++)
        MUST(store_write(f->store, put_part, &p, e));
    assert_int_equal(ground_number(f, &seldom), 2);
    int64_t rows = ground_number(f, &common);
    assert_int_equal(merge(f, 0, 2), 2); /* a look and a step: stopped half-way, among the words with "a" */
    check_parts_found(f, 2);
    MUST(store_write(f->store, put_part, &p, e)); /* a part that comes meanwhile */
    check_parts_found(f, 3);
    assert_in_range(merge(f, 0, 20), 3, 19);
    assert_int_equal(ground_number(f, &seldom), 1);
    assert_true(ground_number(f, &common) <= rows);
    check_parts_found(f, 3);
    assert_int_equal(merge(f, 0, 20), 1); /* a look */
    struct search_text one = {
        .id = 9999, .column_id = 1, .language = "en", .published_us = NOON - HOUR / 2, .words.title = STR("seldom")};
    MUST(store_write(f->store, put_one, &one, e));
    assert_int_equal(count_found(f, "seldom"), 4);
}

/* --- parts that come while others are made one --- */

enum { JOINED_PROCESSES = 3, JOINED_BATCHES = 6, JOINED_TEXTS = 520 };

struct joined {
    pthread_t thread;
    struct store *store; /* its own */
    int number, rc;
    _Atomic int *left; /* who still puts in */
};

static int put_joined(struct tx *tx, void *arg, struct err *e) {
    const int *from = arg;
    struct search_text *text = calloc(JOINED_TEXTS, sizeof *text);
    char(*body)[PART_WORDS] = calloc(JOINED_TEXTS, sizeof *body);
    assert_non_null(text);
    assert_non_null(body);
    for (int i = 0; i < JOINED_TEXTS; i++) {
        int id = *from + i;
        (void)snprintf(body[i], PART_WORDS, "common gale own%d also%d", id, id);
        text[i] = (struct search_text){.id = id,
                                       .column_id = 1,
                                       .language = "en",
                                       .published_us = NOON - (int64_t)(id * 7919 % 10007) * (HOUR / 30),
                                       .words.title = STR("tides"),
                                       .words.body = str_of(body[i])};
    }
    int rc = search_put_many(tx, text, JOINED_TEXTS, e);
    free(text);
    free(body);
    return rc;
}

static void *put_joined_batches(void *arg) {
    struct joined *p = arg;
    for (int i = 0; p->rc == 0 && i < JOINED_BATCHES; i++) {
        int from = (p->number * JOINED_BATCHES + i) * JOINED_TEXTS + 1;
        p->rc = store_write(p->store, put_joined, &from, NULL);
    }
    (*p->left)--;
    return NULL;
}

static void *join_meanwhile(void *arg) {
    struct joined *p = arg;
    struct search_merge at = {0};
    while (p->rc == 0 && (*p->left || !at.done)) {
        if (at.done)
            at = (struct search_merge){0};
        p->rc = search_merge_step(p->store, &at, NULL);
    }
    return NULL;
}

static void parts_that_come_while_others_are_made_one_are_all_found(void **state) {
    struct fixture *f = at_noon(state);
    struct joined p[JOINED_PROCESSES + 1] = {0};
    _Atomic int left = JOINED_PROCESSES;
    for (int i = 0; i <= JOINED_PROCESSES; i++) {
        p[i].number = i;
        p[i].left = &left;
        MUST(store_open(f->url, &p[i].store, e));
        store_set_patience(p[i].store, 60000);
        assert_int_equal(
            pthread_create(&p[i].thread, NULL, i == JOINED_PROCESSES ? join_meanwhile : put_joined_batches, &p[i]), 0);
    }
    for (int i = 0; i <= JOINED_PROCESSES; i++) {
        (void)pthread_join(p[i].thread, NULL);
        store_close(p[i].store);
    }
    for (int i = 0; i <= JOINED_PROCESSES; i++)
        assert_int_equal(p[i].rc, 0);
    (void)merge(f, 0, 100);
    static const struct query
        doubled = {"doubled",
                   "SELECT COUNT(*) FROM (SELECT 1 FROM search_list GROUP BY word, block, first_docid "
                   "HAVING COUNT(*) > 1) AS twice",
                   NULL},
        own = {"own",
               "SELECT COUNT(*) FROM search_list WHERE word LIKE 'own%' AND level = 2 AND "
               "first_docid = last_docid",
               NULL},
        parted = {"parted", "SELECT COUNT(*) FROM search_block WHERE parts > 1 OR joined IS NOT NULL", NULL};
    assert_int_equal(ground_number(f, &doubled), 0);
    assert_int_equal(ground_number(f, &parted), 0);
    assert_int_equal(ground_number(f, &own), JOINED_PROCESSES * JOINED_BATCHES * JOINED_TEXTS);
    for (int id = 1; id <= JOINED_PROCESSES * JOINED_BATCHES * JOINED_TEXTS; id += 487) {
        char typed[40];
        (void)snprintf(typed, sizeof typed, "\"gale own%d\"", id);
        assert_int_equal(count_found(f, typed), 1);
    }
}

/* --- checking --- */

static enum search_state state_of(struct fixture *f, int64_t id, const char *language) {
    struct reading r = reading_begin(f);
    struct article a;
    enum search_state state = SEARCH_SOUND;
    MUST(article_get(r.tx, r.a, id, language, true, &a, e));
    MUST(search_check(r.tx, &a, &state, e));
    reading_end(&r);
    return state;
}

static void what_the_index_should_say_is_compared(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), revision = 0;
    int64_t first = ground_publish(f, news, "en", "Lighthouse", "<p>One two three.</p>", 0);
    int64_t second = ground_publish(f, news, "en", "Harbour \"lights\" & more", "<p></p>", 0);
    struct article_text zh = ground_draft(0, "zh-CN", "灯塔与港口", "<p>海上的灯塔。</p>").text;
    MUST(do_set_text(f, first, &zh, &revision, e));
    struct article_text changed = ground_draft(0, "en", "Lighthouse", "<p>One two four.</p>").text;
    changed.note = STR("Corrected.");
    MUST(do_set_text(f, first, &changed, &revision, e));
    BUF_LOCAL(long_body);
    for (int i = 0; i < 500; i++)
        buf_printf(&long_body, "<p>w%d 港口</p>", i);
    int64_t third = ground_publish(f, news, "en", "Long", long_body.p, 0);
    for (int64_t id = first; id <= third; id++)
        assert_int_equal(state_of(f, id, "en"), SEARCH_SOUND);
    assert_int_equal(state_of(f, first, "zh-CN"), SEARCH_SOUND);
    MUST(do_withdraw(f, second, "Wrong", e));
    assert_int_equal(state_of(f, second, "en"), SEARCH_SOUND);

    static struct query lose = {"lose", "DELETE FROM search_doc WHERE article_id = 1 AND language = 'en'", NULL};
    static struct query later = {"later", "UPDATE search_doc SET published_us = published_us + 1 WHERE article_id = 3",
                                 NULL};
    static struct query other = {
        "other", "UPDATE article_revision SET body_html = '<p>Other words</p>' WHERE language = 'zh-CN'", NULL};
    static struct query hide = {"hide", "UPDATE article SET state = 0 WHERE id = 3", NULL};
    MUST(store_write(f->store, run_words, &lose, e));
    MUST(store_write(f->store, run_words, &later, e));
    MUST(store_write(f->store, run_words, &other, e));
    assert_int_equal(state_of(f, first, "en"), SEARCH_MISSING);
    assert_int_equal(state_of(f, first, "zh-CN"), SEARCH_STALE);
    assert_int_equal(state_of(f, third, "en"), SEARCH_STALE);
    MUST(store_write(f->store, run_words, &hide, e));
    assert_int_equal(state_of(f, third, "en"), SEARCH_LEFT_OVER);
    if (strcmp(store_engine(f->store), "sqlite") == 0) {
        int64_t fourth = ground_publish(f, news, "en", "Pier", "<p>One</p>", 0);
        make_old(f);
        assert_int_equal(state_of(f, fourth, "en"), SEARCH_SOUND); /* is still to come */
        MUST(store_write(f->store, fill_step, NULL, e));
        assert_int_equal(state_of(f, fourth, "en"), SEARCH_SOUND);
        static struct query clear = {"clear", "INSERT INTO search_head (search_head) VALUES ('delete-all')", NULL};
        MUST(store_write(f->store, run_words, &clear, e));
        assert_int_equal(state_of(f, fourth, "en"), SEARCH_STALE);
    }
}

static void rows_that_nothing_points_at_are_counted_where_there_are_any(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), revision = 0, texts = 0, dead = 0;
    int64_t id = ground_publish(f, news, "en", "Lighthouse", "<p>One.</p>", 0);
    struct article_text changed = ground_draft(0, "en", "Lighthouse", "<p>Two.</p>").text;
    changed.note = STR("Corrected.");
    MUST(do_set_text(f, id, &changed, &revision, e));
    (void)ground_publish(f, news, "en", "Harbour", "<p>One.</p>", 0);
    struct reading r = reading_begin(f);
    MUST(search_count(r.tx, &texts, &dead, e));
    reading_end(&r);
    assert_int_equal(texts, 2);
    assert_int_equal(dead, 1);
}

static void an_enormous_text_is_indexed_to_its_bound_and_still_stored_whole(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    BUF_LOCAL(body);
    buf_add_z(&body, "<p>beginning ");
    for (int i = 0; i < 120000; i++)
        buf_printf(&body, "w%05x ", i);
    buf_add_z(&body, "ending</p>");
    assert_false(buf_failed(&body));
    int64_t id = ground_publish(f, news, "en", "Whole law", body.p, 0);
    ASSERT_FOUND(f, "\"beginning w00000\"", "1");
    ASSERT_FOUND(f, "w04e20", "1"); /* the 20,000th: beyond what a tsvector has places for */
    ASSERT_FOUND(f, "ending", "");
    struct reading r = reading_begin(f);
    struct article got;
    MUST(article_get(r.tx, r.a, id, "en", false, &got, e));
    assert_true(str_eq(got.text.body_html, buf_str(&body)));
    reading_end(&r);
}

static void what_the_index_notes_beside_the_words_is_no_word(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    (void)ground_publish(f, news, "en", "Tides", "<p>low</p>", NOON - HOUR);
    (void)ground_publish(f, news, "en", "Lens c1x m2024", "<p>len c1 m202403</p>", NOON - HOUR);
    ASSERT_FOUND(f, "len", "2");
    ASSERT_FOUND(f, "len*", "2");
    ASSERT_FOUND(f, "l*", "2 1");
    ASSERT_FOUND(f, "c*", "2");
    ASSERT_FOUND(f, "c1", "2");
    ASSERT_FOUND(f, "m20*", "2");
    ASSERT_FOUND(f, "m202403", "2");
    ASSERT_FOUND(f, "\"len c1 m202403\"", "2");
    ASSERT_FOUND(f, "tides len", "");
}

static int publish_alike(struct tx *tx, void *arg, struct err *e) {
    const struct many *m = arg;
    for (int i = 0; i < m->n; i++) {
        struct article d = ground_draft(m->column_id, i < 3 ? "en" : "zh-CN", "2024", "<p>x</p>");
        int64_t id;
        int rc = article_add(tx, &d, &id, e);
        if (rc == 0)
            rc = article_publish(tx, id, NOON - HOUR + i, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void a_word_that_another_language_has_far_more_often_is_found_all_the_same(void **state) {
    struct fixture *f = at_noon(state);
    bool sqlite = strcmp(store_engine(f->store), "sqlite") == 0; /* where it is a question of how many */
    struct many m = {ground_column(f, "news"), sqlite ? 4100 : 100};
    MUST(store_write(f->store, publish_alike, &m, e));
    ASSERT_FOUND(f, "2024", "3 2 1");
    ASSERT_FOUND(f, "2024", sqlite ? "4100 4099+" : "100 99+", .language = "zh-CN", .most = 2);
    struct reading r = reading_begin(f);
    struct article_text text = ground_draft(0, "en", "2024", "<p>x</p>").text;
    int64_t ids[5];
    size_t n = 5;
    MUST(search_related(r.tx, NULL, 2, &text, ids, &n, e));
    assert_int_equal(n, 2);
    assert_int_equal(ids[0], 3);
    assert_int_equal(ids[1], 1);
    reading_end(&r);
}

static void whatever_is_typed_both_engines_take_the_query(void **state) {
    struct fixture *f = at_noon(state);
    (void)ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>x</p>", 0);
    static const char *const typed[] = {
        "'",    "\"",     "\"\"",       "a' & 'b",   "tides:*",      "NEAR(a b)",
        "AND",  "OR NOT", "title:x",    "x\\",       "!tides",       "(tides",
        "*",    "* *",    "{title}: x", "^tides",    "tides -x",     "'; DROP TABLE article",
        "\xff", "a\0b",   "<-> | &",    "\"a\" \"b", "\xe2\x80\x9c", "$1 $2 %s"};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        char found[200];
        found_where(f, typed[i], (struct search_where){0}, found);
    }
    ASSERT_FOUND(f, "tides:*", "1");
    ASSERT_FOUND(f, "!tides", "1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(every_word_must_be_there_in_any_field),
        ON_BOTH_ENGINES(a_summary_that_begins_the_body_is_found_and_indexed_once),
        ON_BOTH_ENGINES(titles_and_keywords_come_first_then_the_newest),
        ON_BOTH_ENGINES(two_character_chinese_words_and_phrases_are_found),
        ON_BOTH_ENGINES(a_phrase_holds_within_a_field_and_a_star_goes_on),
        ON_BOTH_ENGINES(tokens_of_every_script_come_back_from_both_engines),
        ON_BOTH_ENGINES(column_and_time_narrow_a_search),
        ON_BOTH_ENGINES(what_is_withdrawn_moved_or_corrected_is_found_as_it_is_now),
        ON_BOTH_ENGINES(what_waits_is_not_found_and_then_as_whatever_came_at_once),
        ON_BOTH_ENGINES(what_is_done_to_a_text_that_waits_holds_against_words_cut_before),
        ON_BOTH_ENGINES(a_rebuild_puts_in_what_waits),
        ON_BOTH_ENGINES(hits_are_counted_exactly_up_to_a_thousand_and_more_than_that_beyond),
        ON_BOTH_ENGINES(hits_come_the_newest_first_however_far_back_they_are),
        ON_BOTH_ENGINES(a_row_that_was_not_written_by_us_is_told_and_not_taken_for_an_answer),
        ON_BOTH_ENGINES(rows_that_begin_with_what_is_not_due_keep_nothing_newer_away),
        ON_BOTH_ENGINES(what_several_processes_put_into_one_block_is_all_found_once),
        ON_ENGINE("postgres", an_office_of_version_nine_is_found_whole_once_its_texts_are_put_in),
        ON_ENGINE("postgres", an_office_of_version_ten_is_found_whole_once_its_texts_are_put_in),
        ON_BOTH_ENGINES(a_short_beginning_finds_titles_and_texts),
        ON_BOTH_ENGINES(beyond_a_thousand_the_newest_are_gathered_whenever_they_came),
        ON_BOTH_ENGINES(a_rebuilt_index_finds_the_same),
        ON_BOTH_ENGINES(an_office_from_before_finds_all_and_its_titles_first_once_they_are_put_in),
        ON_BOTH_ENGINES(an_index_in_pieces_is_made_one_and_finds_the_same),
        ON_ENGINE("postgres", parts_of_a_block_become_one_and_find_the_same),
        ON_ENGINE("postgres", parts_that_come_while_others_are_made_one_are_all_found),
        ON_BOTH_ENGINES(what_the_index_should_say_is_compared),
        ON_BOTH_ENGINES(rows_that_nothing_points_at_are_counted_where_there_are_any),
        ON_BOTH_ENGINES(an_enormous_text_is_indexed_to_its_bound_and_still_stored_whole),
        ON_BOTH_ENGINES(what_the_index_notes_beside_the_words_is_no_word),
        ON_BOTH_ENGINES(a_word_that_another_language_has_far_more_often_is_found_all_the_same),
        ON_BOTH_ENGINES(whatever_is_typed_both_engines_take_the_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
