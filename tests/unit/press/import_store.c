// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "ground.h"
#include "press/import.h"
#include "press/search.h"

#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND_US)
#define NOON INT64_C(1710590400000000) /* 2024-03-16 12:00 UTC: the tests' present */

struct job {
    const struct document *d;
    int64_t column_id;
    bool publish;
    struct import_result result;
};

static int run(struct tx *tx, void *arg, struct err *e) {
    struct job *j = arg;
    j->result = (struct import_result){0};
    return import_store(tx, j->d, j->column_id, j->publish, NULL, &j->result, e);
}

static struct import_result import(struct fixture *f, const struct document *d, bool publish) {
    struct job j = {.d = d, .column_id = ground_column(f, "news"), .publish = publish};
    MUST(store_write(f->store, run, &j, e));
    return j.result;
}

static struct document page(const char *language, const char *title, const char *body) {
    struct document d = {.title = str_of(title),
                         .body_html = str_of(body),
                         .source = STR("Harbour Office"),
                         .summary = STR("In short"),
                         .has_time = true,
                         .published_us = NOON - HOUR};
    memcpy(d.language, language, strlen(language));
    return d;
}

static struct article get(struct fixture *f, struct reading *r, int64_t id, const char *language) {
    struct article got;
    *r = reading_begin(f);
    MUST(article_get(r->tx, r->a, id, language, true, &got, e));
    return got;
}

static struct fixture *at_noon(void **state) {
    clock_set(NOON);
    return *state;
}

static void what_was_prepared_beforehand_is_the_same_page(void **state) {
    struct fixture *f = at_noon(state);
    struct document plain = page("EN", "Tides", "<p>High at noon</p>"), ready = plain;
    struct arena *a = arena_new(0);
    MUST(import_prepare(&ready, true, a, e));
    struct import_result first = import(f, &ready, true), again = import(f, &plain, true);
    assert_true(first.published && !first.already);
    assert_true(again.already && !again.published);
    assert_int_equal(again.id, first.id);
    plain = ready = page("en", "Ferry", "<p>Every hour</p>");
    MUST(import_prepare(&ready, false, a, e));
    first = import(f, &plain, false);
    again = import(f, &ready, true);
    assert_true(!first.published && again.already && again.published);
    memcpy(plain.language, "e n", 4);
    assert_int_equal(import_prepare(&plain, true, a, NULL), -ERR_INVALID);
    arena_free(a);
}

struct batch {
    struct document d[3];
    int64_t column_id;
};

static int run_batch(struct tx *tx, void *arg, struct err *e) {
    const struct batch *b = arg;
    struct search_waiting waiting = {0};
    struct import_result result;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < 3; i++)
        rc = import_store(tx, &b->d[i], b->column_id, true, &waiting, &result, e);
    if (rc == 0)
        rc = search_put_waiting(tx, &waiting, e);
    search_waiting_clear(&waiting);
    return rc;
}

static int64_t found(struct fixture *f, const char *language, const char *word) {
    struct reading r = reading_begin(f);
    struct search_query q;
    struct search_hits hits;
    search_query_parse(r.a, str_of(word), &q);
    struct search_where where = {.query = &q, .language = language, .most = 20};
    MUST(search_run(r.tx, r.a, &where, &hits, e));
    reading_end(&r);
    return hits.count;
}

static void a_batch_waits_for_the_search_and_the_last_words_of_a_page_are_found(void **state) {
    struct fixture *f = at_noon(state);
    struct batch b = {.column_id = ground_column(f, "news"),
                      .d = {page("en", "Tides", "<p>low</p>"), page("zh-CN", "潮汐", "<p>低</p>"),
                            page("en", "Tides", "<p>high</p>")}};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < 3; i++) {
        b.d[i].key = STR("tides");
        MUST(import_prepare(&b.d[i], true, a, e));
    }
    MUST(store_write(f->store, run_batch, &b, e));
    assert_int_equal(found(f, "en", "low"), 0);
    assert_int_equal(found(f, "en", "high"), 1);
    assert_int_equal(found(f, "en", "tides"), 1);
    assert_int_equal(found(f, "zh-CN", "潮汐"), 1);
    arena_free(a);
}

static void a_new_page_becomes_a_draft_or_is_published_at_its_own_time(void **state) {
    struct fixture *f = at_noon(state);
    struct document d = page("en", "Tides", "<p>High at noon</p>");
    d.author = STR("Wen");
    d.keywords = STR("tides, harbour");
    d.picture = STR("/media/tide.svg");
    d.picture_alt = STR("The pier");
    d.key = STR("tides");
    struct import_result draft = import(f, &d, false);
    assert_false(draft.already || draft.new_revision || draft.new_language || draft.published ||
                 draft.picture_left_out);
    struct reading r;
    struct article got = get(f, &r, draft.id, "en");
    assert_int_equal(got.state, ARTICLE_DRAFT);
    assert_int_equal(got.published_us, NOON - HOUR);
    ASSERT_STR(got.picture, "/media/tide.svg");
    ASSERT_STR(got.key, "tides");
    ASSERT_STR(got.column_slug, "news");
    ASSERT_STR(got.text.title, "Tides");
    ASSERT_STR(got.text.summary, "In short");
    ASSERT_STR(got.text.body_html, "<p>High at noon</p>");
    ASSERT_STR(got.text.source, "Harbour Office");
    ASSERT_STR(got.text.author, "Wen");
    ASSERT_STR(got.text.keywords, "tides, harbour");
    ASSERT_STR(got.text.picture_alt, "The pier");
    reading_end(&r);
    d = page("en", "Ferry", "<p>Every hour</p>");
    struct import_result published = import(f, &d, true);
    assert_true(published.published);
    got = get(f, &r, published.id, "en");
    assert_int_equal(got.state, ARTICLE_PUBLISHED);
    assert_int_equal(got.published_us, NOON - HOUR);
    reading_end(&r);
    d = page("en", "Market", "<p>On Sunday</p>");
    d.has_time = false;
    published = import(f, &d, true);
    got = get(f, &r, published.id, "en");
    assert_int_equal(got.published_us, NOON);
    reading_end(&r);
}

static void the_same_page_again_is_recognised_and_not_doubled(void **state) {
    struct fixture *f = at_noon(state);
    struct document d = page("en", "Tides", "<p>High at noon</p>");
    int64_t id = import(f, &d, true).id;
    d.body_html = STR("<p>High <strong>at</strong> noon</p>"); /* the same words, saved otherwise */
    d.summary = STR("Another summary");
    struct import_result again = import(f, &d, true);
    assert_true(again.already);
    assert_false(again.published);
    assert_int_equal(again.id, id);
    struct reading r = reading_begin(f);
    int64_t n;
    MUST(article_count(r.tx, "en", 0, &n, e));
    assert_int_equal(n, 1);
    reading_end(&r);
    struct document other[5];
    for (size_t i = 0; i < 5; i++)
        other[i] = d;
    other[0].title = STR("Tide");
    other[1].published_us++;
    other[2].source = STR("Harbour Office1");
    other[3].body_html = STR("<p>Low at noon</p>");
    other[4].has_time = false;
    for (size_t i = 0; i < 5; i++) {
        struct import_result one = import(f, &other[i], false);
        assert_false(one.already);
        assert_int_equal(one.id, id + 1 + (int64_t)i);
        assert_true(import(f, &other[i], false).already);
    }
    memcpy(d.language, "fr", 3);
    assert_false(import(f, &d, false).already);
}

static void a_draft_that_is_imported_again_to_be_published_is(void **state) {
    struct fixture *f = at_noon(state);
    struct document d = page("en", "Tides", "<p>High at noon</p>");
    struct import_result first = import(f, &d, false), second = import(f, &d, true);
    assert_true(second.already && second.published);
    assert_int_equal(second.id, first.id);
    struct reading r;
    assert_int_equal(get(f, &r, first.id, "en").state, ARTICLE_PUBLISHED);
    reading_end(&r);
}

static void what_was_withdrawn_does_not_come_back_by_import(void **state) {
    struct fixture *f = at_noon(state);
    struct document d = page("en", "Tides", "<p>High at noon</p>");
    d.key = STR("tides");
    int64_t id = import(f, &d, true).id;
    MUST(do_withdraw(f, id, "Wrong", e));
    assert_true(import(f, &d, true).already);
    d.body_html = STR("<p>Low at noon</p>");
    assert_true(import(f, &d, true).new_revision);
    struct reading r;
    assert_int_equal(get(f, &r, id, "en").state, ARTICLE_WITHDRAWN);
    reading_end(&r);
}

static void the_same_key_with_other_words_is_a_revision_with_a_note_in_its_language(void **state) {
    struct fixture *f = at_noon(state);
    static const char *const languages[] = {"en", "zh-CN", "zh-TW"};
    static const char *const notes[] = {"Imported again, with changes.", "重新导入，内容有改动。",
                                        "重新匯入，內容有更動。"};
    static const char *const keys[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++) {
        struct document d = page(languages[i], "Tides", "<p>High at noon</p>");
        d.key = str_of(keys[i]);
        int64_t id = import(f, &d, true).id;
        assert_true(import(f, &d, true).already);
        d.body_html = STR("<p>Low at noon</p>");
        struct import_result second = import(f, &d, true);
        assert_true(second.new_revision);
        assert_false(second.already || second.new_language || second.published);
        assert_int_equal(second.id, id);
        struct reading r;
        struct article got = get(f, &r, id, languages[i]);
        assert_int_equal(got.text.revision, 2);
        ASSERT_STR(got.text.note, notes[i]);
        ASSERT_STR(got.text.body_html, "<p>Low at noon</p>");
        reading_end(&r);
        d.body_html = STR("<p>High at noon</p>"); /* back to the first words: a revision too */
        assert_true(import(f, &d, true).new_revision);
    }
}

static void the_same_key_in_another_language_is_a_translation(void **state) {
    struct fixture *f = at_noon(state);
    struct document d = page("en", "Tides", "<p>High at noon</p>");
    d.key = STR("tides");
    int64_t id = import(f, &d, true).id;
    struct document zh = page("zh-cn", "潮汐", "<p>正午最高</p>");
    zh.key = STR("tides");
    struct import_result second = import(f, &zh, true);
    assert_true(second.new_language);
    assert_false(second.new_revision || second.already);
    assert_int_equal(second.id, id);
    assert_true(import(f, &zh, true).already);
    assert_true(import(f, &d, true).already);
    struct reading r;
    struct article got = get(f, &r, id, "zh-CN");
    ASSERT_STR(got.text.title, "潮汐");
    assert_int_equal(got.languages, 2);
    assert_int_equal(got.text.revision, 1);
    reading_end(&r);
}

static void a_page_that_came_without_its_key_gets_it_when_it_comes_with_one(void **state) {
    struct fixture *f = at_noon(state);
    struct document d = page("en", "Tides", "<p>High at noon</p>");
    int64_t id = import(f, &d, true).id;
    d.key = STR("tides");
    assert_true(import(f, &d, true).already);
    struct document zh = page("zh-CN", "潮汐", "<p>正午最高</p>");
    zh.key = STR("tides");
    struct import_result second = import(f, &zh, true);
    assert_true(second.new_language);
    assert_int_equal(second.id, id);
}

static void the_document_names_its_column_where_there_is_such_a_one(void **state) {
    struct fixture *f = at_noon(state);
    (void)ground_column(f, "guides");
    struct document d = page("en", "How to read tides", "<p>Look</p>");
    d.column = STR("guides");
    struct reading r;
    struct article got = get(f, &r, import(f, &d, true).id, "en");
    ASSERT_STR(got.column_slug, "guides");
    reading_end(&r);
    d = page("en", "Tides", "<p>Look</p>");
    d.column = STR("nowhere");
    got = get(f, &r, import(f, &d, true).id, "en");
    ASSERT_STR(got.column_slug, "news");
    reading_end(&r);
}

static void a_picture_elsewhere_is_left_out_and_that_is_said(void **state) {
    struct fixture *f = at_noon(state);
    static const char *const elsewhere[] = {"https://example.org/a.jpg", "//example.org/a.jpg", "images/a.jpg"};
    for (size_t i = 0; i < 3; i++) {
        struct document d = page("en", elsewhere[i], "<p>x</p>");
        d.picture = str_of(elsewhere[i]);
        struct import_result result = import(f, &d, true);
        assert_true(result.picture_left_out);
        struct reading r;
        ASSERT_STR(get(f, &r, result.id, "en").picture, "");
        reading_end(&r);
    }
}

static void what_cannot_be_an_article_is_refused_in_words_and_leaves_nothing(void **state) {
    struct fixture *f = at_noon(state);
    struct document bad[4];
    const char *const says[4] = {"title", "language", "key", "body"};
    for (size_t i = 0; i < 4; i++)
        bad[i] = page("en", "Tides", "<p>x</p>");
    bad[0].title = STR_NONE;
    bad[1].language[0] = 0;
    bad[2].key = STR("a\nb");
    bad[3].body_html = STR("<p>\xff</p>");
    for (size_t i = 0; i < 4; i++) {
        struct job j = {.d = &bad[i], .column_id = ground_column(f, "news"), .publish = true};
        struct err why = {0};
        assert_int_equal(store_write(f->store, run, &j, &why), -ERR_INVALID);
        if (!strstr(why.text, says[i]))
            fail_msg("%zu: %s", i, why.text);
    }
    struct reading r = reading_begin(f);
    struct article_list list;
    MUST(article_list(r.tx, r.a, &(struct article_where){.all = true, .most = 9}, &list, e));
    assert_int_equal(list.n, 0);
    reading_end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(what_was_prepared_beforehand_is_the_same_page),
        ON_BOTH_ENGINES(a_batch_waits_for_the_search_and_the_last_words_of_a_page_are_found),
        ON_BOTH_ENGINES(a_new_page_becomes_a_draft_or_is_published_at_its_own_time),
        ON_BOTH_ENGINES(the_same_page_again_is_recognised_and_not_doubled),
        ON_BOTH_ENGINES(a_draft_that_is_imported_again_to_be_published_is),
        ON_BOTH_ENGINES(what_was_withdrawn_does_not_come_back_by_import),
        ON_BOTH_ENGINES(the_same_key_with_other_words_is_a_revision_with_a_note_in_its_language),
        ON_BOTH_ENGINES(the_same_key_in_another_language_is_a_translation),
        ON_BOTH_ENGINES(a_page_that_came_without_its_key_gets_it_when_it_comes_with_one),
        ON_BOTH_ENGINES(the_document_names_its_column_where_there_is_such_a_one),
        ON_BOTH_ENGINES(a_picture_elsewhere_is_left_out_and_that_is_said),
        ON_BOTH_ENGINES(what_cannot_be_an_article_is_refused_in_words_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
