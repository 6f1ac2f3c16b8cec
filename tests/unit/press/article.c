// SPDX-License-Identifier: Apache-2.0
#include "press/article.h"

#include "base/clock.h"
#include "ground.h"
#include "press/content.h"
#include "press/search.h"
#include "store/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND_US)
#define NOON INT64_C(1710590400000000) /* 2024-03-16 12:00 UTC: the tests' present */

static struct fixture *at_noon(void **state) {
    clock_set(NOON);
    return *state;
}

/* --- a draft --- */

static void a_draft_is_kept_as_given_and_not_shown_to_readers(void **state) {
    struct fixture *f = at_noon(state);
    int64_t column = ground_column(f, "news"), id = 0;
    struct article d = ground_draft(column, "ZH-cn", "涨潮表", "<p>正午最高</p>");
    d.published_us = NOON - HOUR;
    d.picture = STR("/media/tide.svg");
    d.key = STR("tides-2024");
    d.text.summary = STR("要点\n二");
    d.text.author = STR("Wen");
    d.text.keywords = STR("潮汐, 港口");
    d.text.picture_alt = STR("海堤");
    MUST(do_add(f, &d, &id, e));
    struct reading r = reading_begin(f);
    struct article got;
    assert_int_equal(article_get(r.tx, r.a, id, "zh-CN", false, &got, NULL), -ERR_NOT_FOUND);
    MUST(article_get(r.tx, r.a, id, "zh-CN", true, &got, e));
    assert_int_equal(got.id, id);
    assert_int_equal(got.column_id, column);
    ASSERT_STR(got.column_slug, "news");
    assert_int_equal(got.state, ARTICLE_DRAFT);
    assert_int_equal(got.published_us, NOON - HOUR);
    assert_int_equal(got.created_us, NOON);
    assert_int_equal(got.changed_us, NOON);
    assert_int_equal(got.withdrawn_us, 0);
    ASSERT_STR(got.withdrawn_reason, "");
    ASSERT_STR(got.picture, "/media/tide.svg");
    ASSERT_STR(got.key, "tides-2024");
    assert_string_equal(got.text.language, "zh-CN");
    assert_int_equal(got.text.revision, 1);
    assert_int_equal(got.text.changed_us, NOON);
    ASSERT_STR(got.text.title, "涨潮表");
    ASSERT_STR(got.text.summary, "要点\n二");
    ASSERT_STR(got.text.body_html, "<p>正午最高</p>");
    ASSERT_STR(got.text.source, "Harbour Office");
    ASSERT_STR(got.text.author, "Wen");
    ASSERT_STR(got.text.keywords, "潮汐, 港口");
    ASSERT_STR(got.text.picture_alt, "海堤");
    ASSERT_STR(got.text.note, "");
    assert_int_equal(got.languages, 1);
    assert_string_equal(got.language[0], "zh-CN");
    MUST(article_find_key(r.tx, r.a, STR("tides-2024"), &got, e));
    assert_int_equal(got.id, id);
    assert_int_equal(article_find_key(r.tx, r.a, STR("tides-2025"), &got, NULL), -ERR_NOT_FOUND);
    assert_int_equal(article_find_key(r.tx, r.a, STR_NONE, &got, NULL), -ERR_NOT_FOUND);
    assert_int_equal(article_get(r.tx, r.a, id + 1, "en", true, &got, NULL), -ERR_NOT_FOUND);
    reading_end(&r);
}

static void what_breaks_a_rule_is_refused_with_the_name_of_the_field(void **state) {
    struct fixture *f = at_noon(state);
    int64_t column = ground_column(f, "news"), id = 0;
    char *long_title = calloc(1, 3 * 301 + 1);
    assert_non_null(long_title);
    for (size_t i = 0; i < 301; i++)
        memcpy(long_title + 3 * i, "字", 3);
    const struct article good = ground_draft(column, "en", "Tides", "<p>x</p>");
    struct article bad[10];
    const char *const says[10] = {"title",  "title", "title", "title",    "source",
                                  "column", "body",  "time",  "language", "address"};
    for (size_t i = 0; i < 10; i++)
        bad[i] = good;
    bad[0].text.title = STR(" \t ");
    bad[1].text.title = str_of(long_title);
    bad[2].text.title = STR("two\nlines");
    bad[3].text.title = STR("\xc3\x28");
    bad[4].text.source = STR("a\0b");
    bad[5].column_id = column + 1;
    bad[6].text.body_html = STR("<p>\x01</p>");
    bad[7].published_us = INT64_MAX;
    memcpy(bad[8].text.language, "e n", 4);
    bad[9].picture = STR("/a\nb");
    for (size_t i = 0; i < 10; i++) {
        struct err why = {0};
        assert_int_equal(do_add(f, &bad[i], &id, &why), -ERR_INVALID);
        if (!strstr(why.text, says[i]) || !strstr(why.text, "nothing was stored"))
            fail_msg("%zu: %s", i, why.text);
    }
    assert_int_equal(id, 0);
    struct article fits = good;
    fits.text.title = str_first(str_of(long_title), 900);
    MUST(do_add(f, &fits, &id, e));
    free(long_title);
}

/* --- published at once --- */

struct put {
    const struct article *article;
    const struct search_words *words;
    int64_t id;
};

static int add_published(struct tx *tx, void *arg, struct err *e) {
    struct put *p = arg;
    return article_add_published(tx, p->article, p->words, NULL, &p->id, e);
}

/* All that is stored of an article but its id, key and what chance made. */
static void add_rows_of(struct reading *r, int64_t id, struct buf *to) {
    static const struct query queries[] = {
        {"article",
         "SELECT column_id, state, first_language, languages, sort_us, published_us, first_published_us, "
         "created_us, changed_us, withdrawn_us, withdrawn_reason, picture FROM article WHERE id = $1",
         NULL},
        {"text",
         "SELECT language, column_id, state, sort_us, revision, changed_us, title, summary, source, author, "
         "keywords, picture_alt FROM article_text WHERE article_id = $1",
         NULL},
        {"note",
         "SELECT note, erased_us, erased_reason, 1, 2, 3, 4, 5, 6, 7, 8, 9 FROM article_text "
         "WHERE article_id = $1",
         NULL},
        {"revision",
         "SELECT language, number, made_us, title, summary, source, author, keywords, picture_alt, note, "
         "body_html, 1 FROM article_revision WHERE article_id = $1",
         NULL},
        {"search",
         "SELECT language, column_id, published_us, 1, 2, 3, 4, 5, 6, 7, 8, 9 FROM search_doc "
         "WHERE article_id = $1",
         NULL},
        {"proof",
         "SELECT number, language, revision, type, code, made_us, published_us, picture, reason, "
         "LENGTH(opening), LENGTH(parts), 1 FROM article_proof WHERE article_id = $1",
         NULL},
    };
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        ROWS_LOCAL(rows);
        MUST(tx_rows(r->tx, &queries[i], CELLS(cell_int(id)), &rows, e));
        while (rows_next(rows, NULL) > 0)
            for (int k = 0; k < 12; k++)
                buf_printf(to, "%s.%d %.*s\n", queries[i].name, k,
                           STR_FMT(rows_null(rows, k) ? STR("NULL") : rows_text(rows, k)));
    }
}

static void published_at_once_is_stored_as_added_and_then_published(void **state) {
    struct fixture *f = at_noon(state);
    int64_t column = ground_column(f, "news"), two_steps = 0, before = 0, after = 0;
    struct article d = ground_draft(column, "ZH-cn", "涨潮表", "<p>正午最高</p>");
    d.picture = STR("/media/tide.svg");
    d.text.keywords = STR("潮汐");
    for (int timed = 0; timed < 2; timed++) {
        BUF_LOCAL(expected);
        BUF_LOCAL(got);
        struct put at_once = {.article = &d};
        d.published_us = timed ? NOON - HOUR : 0;
        MUST(do_add(f, &d, &two_steps, e));
        MUST(do_publish(f, two_steps, 0, e));
        struct reading r = reading_begin(f);
        MUST(article_count(r.tx, "zh-CN", column, &before, e));
        reading_end(&r);
        r = reading_begin(f);
        struct search_words words;
        struct article_text text = d.text;
        MUST(search_cut(r.a, &text, &words, e));
        at_once.words = timed ? &words : NULL;
        MUST(store_write(f->store, add_published, &at_once, e));
        reading_end(&r);
        r = reading_begin(f);
        MUST(article_count(r.tx, "zh-CN", column, &after, e));
        add_rows_of(&r, two_steps, &expected);
        add_rows_of(&r, at_once.id, &got);
        assert_true(expected.n > 500);
        assert_string_equal(expected.p, got.p);
        assert_int_equal(after, before + 1);
        struct article a;
        enum search_state state_of = SEARCH_MISSING;
        MUST(article_get(r.tx, r.a, at_once.id, "zh-CN", true, &a, e));
        MUST(search_check(r.tx, &a, &state_of, e));
        assert_int_equal(state_of, SEARCH_SOUND);
        reading_end(&r);
    }
}

static void what_cannot_be_added_is_not_published_at_once_either(void **state) {
    struct fixture *f = at_noon(state);
    struct article d = ground_draft(ground_column(f, "news"), "en", "", "<p>x</p>");
    struct put at_once = {.article = &d};
    struct err e = {0};
    assert_int_equal(store_write(f->store, add_published, &at_once, &e), -ERR_INVALID);
    assert_non_null(strstr(e.text, "title"));
}

static void a_key_names_one_article(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = 0, other = 0;
    struct article d = ground_draft(ground_column(f, "news"), "en", "Tides", "<p>x</p>");
    d.key = STR("k");
    MUST(do_add(f, &d, &id, e));
    assert_int_equal(do_add(f, &d, &other, NULL), -ERR_CONFLICT);
    d.key = STR_NONE;
    MUST(do_add(f, &d, &other, e));
    MUST(do_add(f, &d, &other, e));
}

/* --- publishing and withdrawing --- */

static void publishing_takes_the_time_given_else_the_intended_else_now(void **state) {
    struct fixture *f = at_noon(state);
    int64_t column = ground_column(f, "news"), given = 0, intended = 0, now = 0;
    struct article d = ground_draft(column, "en", "Tides", "<p>x</p>");
    MUST(do_add(f, &d, &now, e));
    d.published_us = NOON - HOUR;
    MUST(do_add(f, &d, &intended, e));
    MUST(do_add(f, &d, &given, e));
    MUST(do_publish(f, now, 0, e));
    MUST(do_publish(f, intended, 0, e));
    MUST(do_publish(f, given, -HOUR, e)); /* 1969: also a time */
    clock_set(NOON + HOUR);
    MUST(do_publish(f, now, 0, e)); /* again: stays as it is */
    struct reading r = reading_begin(f);
    struct article got;
    MUST(article_get(r.tx, r.a, now, "en", false, &got, e));
    assert_int_equal(got.state, ARTICLE_PUBLISHED);
    assert_int_equal(got.published_us, NOON);
    assert_int_equal(got.changed_us, NOON);
    MUST(article_get(r.tx, r.a, intended, "en", false, &got, e));
    assert_int_equal(got.published_us, NOON - HOUR);
    MUST(article_get(r.tx, r.a, given, "en", false, &got, e));
    assert_int_equal(got.published_us, -HOUR);
    reading_end(&r);
    assert_int_equal(do_publish(f, 999, 0, NULL), -ERR_NOT_FOUND);
    assert_int_equal(do_publish(f, now, INT64_MIN, NULL), -ERR_INVALID);
}

static void before_its_time_a_published_article_is_not_there(void **state) {
    struct fixture *f = at_noon(state);
    int64_t column = ground_column(f, "news");
    int64_t id = ground_publish(f, column, "en", "Tomorrow", "<p>x</p>", NOON + HOUR);
    for (int hour = 0; hour < 2; hour++) {
        clock_set(NOON + hour * HOUR);
        struct reading r = reading_begin(f);
        struct article got;
        struct article_list list;
        int64_t due = -1;
        assert_int_equal(article_get(r.tx, r.a, id, "en", false, &got, NULL), hour ? 0 : -ERR_NOT_FOUND);
        MUST(article_get(r.tx, r.a, id, "en", true, &got, e));
        MUST(article_list(r.tx, r.a, &(struct article_where){.language = "en", .most = 9}, &list, e));
        assert_int_equal(list.n, hour);
        MUST(article_list(r.tx, r.a, &(struct article_where){.column_id = column, .most = 9}, &list, e));
        assert_int_equal(list.n, hour);
        MUST(article_list(r.tx, r.a, &(struct article_where){.language = "en", .after_us = 1, .most = 9}, &list, e));
        assert_int_equal(list.n, hour);
        MUST(article_list(r.tx, r.a, &(struct article_where){.all = true, .most = 9}, &list, e));
        assert_int_equal(list.n, 1);
        MUST(content_next_due(r.tx, clock_now_us(), &due, e));
        assert_int_equal(due, hour ? 0 : NOON + HOUR);
        reading_end(&r);
    }
}

static void a_withdrawn_article_says_why_and_shows_nothing_else(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Wrong tides", "<p>x</p>", NOON - HOUR);
    assert_int_equal(do_withdraw(f, id, "  ", NULL), -ERR_INVALID);
    MUST(do_withdraw(f, id, "The table was last year's. ", e));
    struct err why = {0};
    assert_int_equal(do_withdraw(f, id, "Again", &why), -ERR_CONFLICT);
    assert_non_null(strstr(why.text, "withdrawn"));
    struct reading r = reading_begin(f);
    struct article got;
    struct article_list list;
    struct revision *revisions;
    size_t n;
    MUST(article_get(r.tx, r.a, id, "en", false, &got, e));
    assert_int_equal(got.state, ARTICLE_WITHDRAWN);
    assert_int_equal(got.withdrawn_us, NOON);
    ASSERT_STR(got.withdrawn_reason, "The table was last year's.");
    ASSERT_STR(got.text.title, "Wrong tides");
    ASSERT_STR(got.text.body_html, "");
    MUST(article_get(r.tx, r.a, id, "en", true, &got, e));
    ASSERT_STR(got.text.body_html, "<p>x</p>");
    MUST(article_revisions(r.tx, r.a, id, "en", true, &revisions, &n, e));
    assert_int_equal(n, 1);
    ASSERT_STR(revisions[0].body_html, "");
    MUST(article_list(r.tx, r.a, &(struct article_where){.language = "en", .most = 9}, &list, e));
    assert_int_equal(list.n, 0);
    reading_end(&r);
    MUST(do_publish(f, id, 0, e));
    r = reading_begin(f);
    MUST(article_get(r.tx, r.a, id, "en", false, &got, e));
    assert_int_equal(got.state, ARTICLE_PUBLISHED);
    assert_int_equal(got.published_us, NOON - HOUR);
    assert_int_equal(got.withdrawn_us, NOON);
    reading_end(&r);
}

static void a_draft_cannot_be_withdrawn(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = 0;
    struct article d = ground_draft(ground_column(f, "news"), "en", "Tides", "<p>x</p>");
    MUST(do_add(f, &d, &id, e));
    struct err why = {0};
    assert_int_equal(do_withdraw(f, id, "Why not", &why), -ERR_CONFLICT);
    assert_non_null(strstr(why.text, "draft"));
    assert_int_equal(do_withdraw(f, id + 1, "Why not", &why), -ERR_NOT_FOUND);
}

/* --- texts and revisions --- */

static struct article_text text_of(const char *language, const char *title, const char *body, const char *note) {
    struct article d = ground_draft(0, language, title, body);
    d.text.note = str_of(note);
    return d.text;
}

static void translations_are_tied_and_each_is_found_in_its_language(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>x</p>", 0), revision = 0;
    struct article_text zh = text_of("zh-CN", "潮汐", "<p>水</p>", ""), ar = text_of("ar", "المد", "<p>ماء</p>", "");
    MUST(do_set_text(f, id, &zh, &revision, e));
    assert_int_equal(revision, 1);
    MUST(do_set_text(f, id, &ar, &revision, e));
    struct reading r = reading_begin(f);
    struct article got;
    MUST(article_get(r.tx, r.a, id, "zh-CN", false, &got, e));
    ASSERT_STR(got.text.title, "潮汐");
    ASSERT_STR(got.text.body_html, "<p>水</p>");
    assert_int_equal(got.languages, 3);
    assert_string_equal(got.language[0], "ar");
    assert_string_equal(got.language[1], "en");
    assert_string_equal(got.language[2], "zh-CN");
    MUST(article_get(r.tx, r.a, id, "fr", false, &got, e));
    assert_string_equal(got.text.language, "en"); /* the first one written */
    int64_t n;
    MUST(article_count(r.tx, "zh-CN", 0, &n, e));
    assert_int_equal(n, 1);
    reading_end(&r);
}

static void an_article_has_fifteen_languages_at_most(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>x</p>", 0), revision = 0;
    static const char *const more[] = {"aa", "zu", "bg", "cs", "da", "el", "fi",
                                       "ga", "hr", "it", "ja", "ko", "lt", "mt"};
    for (size_t i = 0; i < 14; i++) {
        struct article_text t = text_of(more[i], "Tides", "<p>x</p>", "");
        MUST(do_set_text(f, id, &t, &revision, e));
    }
    struct article_text t = text_of("pl", "Tides", "<p>x</p>", "");
    assert_int_equal(do_set_text(f, id, &t, &revision, NULL), -ERR_INVALID);
    struct reading r = reading_begin(f);
    struct article got;
    MUST(article_get(r.tx, r.a, id, "en", false, &got, e));
    assert_int_equal(got.languages, 15);
    assert_string_equal(got.language[0], "aa");
    assert_string_equal(got.language[14], "zu");
    reading_end(&r);
}

static void what_was_public_keeps_every_revision_with_its_note(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>one</p>", 0), revision = 0;
    clock_set(NOON + HOUR);
    struct article_text t = text_of("en", "Tides", "<p>two</p>", "");
    struct err why = {0};
    assert_int_equal(do_set_text(f, id, &t, &revision, &why), -ERR_INVALID);
    assert_non_null(strstr(why.text, "note"));
    t.note = STR("The hour was wrong");
    MUST(do_set_text(f, id, &t, &revision, e));
    assert_int_equal(revision, 2);
    clock_set(NOON + 2 * HOUR);
    t.title = STR("High tides");
    t.note = STR("The title was vague");
    MUST(do_set_text(f, id, &t, &revision, e));
    assert_int_equal(revision, 3);
    struct reading r = reading_begin(f);
    struct article got;
    struct revision *list;
    size_t n;
    MUST(article_get(r.tx, r.a, id, "en", false, &got, e));
    assert_int_equal(got.text.revision, 3);
    assert_int_equal(got.text.changed_us, NOON + 2 * HOUR);
    assert_int_equal(got.changed_us, NOON + 2 * HOUR);
    ASSERT_STR(got.text.title, "High tides");
    ASSERT_STR(got.text.note, "The title was vague");
    MUST(article_revisions(r.tx, r.a, id, "en", true, &list, &n, e));
    assert_int_equal(n, 3);
    static const char *const bodies[] = {"<p>two</p>", "<p>two</p>", "<p>one</p>"};
    static const char *const notes[] = {"The title was vague", "The hour was wrong", ""};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(list[i].number, 3 - i);
        assert_int_equal(list[i].made_us, NOON + (2 - (int64_t)i) * HOUR);
        ASSERT_STR(list[i].body_html, bodies[i]);
        ASSERT_STR(list[i].note, notes[i]);
    }
    MUST(article_revisions(r.tx, r.a, id, "en", false, &list, &n, e));
    assert_int_equal(n, 3);
    ASSERT_STR(list[0].body_html, "");
    MUST(article_revisions(r.tx, r.a, id, "zh-CN", false, &list, &n, e));
    assert_int_equal(n, 0);
    reading_end(&r);
}

static void the_same_text_again_is_no_revision(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>one</p>", 0), revision = 0;
    struct article_text t = text_of("en", "Tides", "<p>one</p>", "Another note");
    clock_set(NOON + HOUR);
    MUST(do_set_text(f, id, &t, &revision, e));
    assert_int_equal(revision, 1);
    struct reading r = reading_begin(f);
    struct article got;
    MUST(article_get(r.tx, r.a, id, "en", false, &got, e));
    assert_int_equal(got.changed_us, NOON);
    ASSERT_STR(got.text.note, "");
    reading_end(&r);
}

static void a_draft_that_was_never_public_is_rewritten_in_place(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = 0, revision = 0;
    struct article d = ground_draft(ground_column(f, "news"), "en", "Tides", "<p>one</p>");
    MUST(do_add(f, &d, &id, e));
    struct article_text t = text_of("en", "High tides", "<p>two</p>", "");
    MUST(do_set_text(f, id, &t, &revision, e));
    assert_int_equal(revision, 1);
    MUST(do_publish(f, id, 0, e));
    struct reading r = reading_begin(f);
    struct article got;
    struct revision *list;
    size_t n;
    MUST(article_get(r.tx, r.a, id, "en", false, &got, e));
    ASSERT_STR(got.text.title, "High tides");
    ASSERT_STR(got.text.body_html, "<p>two</p>");
    MUST(article_revisions(r.tx, r.a, id, "en", true, &list, &n, e));
    assert_int_equal(n, 1);
    ASSERT_STR(list[0].title, "High tides");
    ASSERT_STR(list[0].body_html, "<p>two</p>");
    reading_end(&r);
}

static void a_withdrawn_text_is_corrected_as_one_that_was_public(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>one</p>", 0), revision = 0;
    MUST(do_withdraw(f, id, "Wrong", e));
    struct article_text t = text_of("en", "Tides", "<p>two</p>", "");
    assert_int_equal(do_set_text(f, id, &t, &revision, NULL), -ERR_INVALID);
    t.note = STR("Right now");
    MUST(do_set_text(f, id, &t, &revision, e));
    assert_int_equal(revision, 2);
    assert_int_equal(do_set_text(f, id + 1, &t, &revision, NULL), -ERR_NOT_FOUND);
}

/* --- lists --- */

static void a_list_walks_by_time_in_both_directions_and_splits_equal_times_by_id(void **state) {
    struct fixture *f = at_noon(state);
    int64_t column = ground_column(f, "news"), id[7];
    /* Two by two at the same time. */
    for (int i = 0; i < 7; i++)
        id[i] = ground_publish(f, column, "en", "Tides", "<p>x</p>", NOON - (7 - i / 2) * HOUR);
    struct reading r = reading_begin(f);
    struct article_where where = {.language = "en", .column_id = column, .most = 3};
    struct article_list list;
    int seen = 7;
    do {
        MUST(article_list(r.tx, r.a, &where, &list, e));
        assert_int_equal(list.more, seen > 3);
        for (size_t i = 0; i < list.n; i++)
            assert_int_equal(list.item[i].id, id[--seen]);
        where.before_us = list.item[list.n - 1].published_us;
        where.before_id = list.item[list.n - 1].id;
    } while (list.more);
    assert_int_equal(seen, 0);
    MUST(article_list(r.tx, r.a, &where, &list, e));
    assert_int_equal(list.n, 0);
    where =
        (struct article_where){.language = "en", .most = 3, .after_us = where.before_us, .after_id = where.before_id};
    MUST(article_list(r.tx, r.a, &where, &list, e));
    assert_int_equal(list.n, 3);
    assert_true(list.more);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(list.item[i].id, id[1 + i]);
    assert_int_equal(list.item[0].text.body_html.n, 0);
    ASSERT_STR(list.item[0].column_slug, "news");
    reading_end(&r);
}

static void a_list_holds_only_its_language_and_column_and_what_is_public(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), guides = ground_column(f, "guides"), revision = 0, draft = 0;
    int64_t both = ground_publish(f, news, "en", "Tides", "<p>x</p>", NOON - 3 * HOUR);
    struct article_text zh = text_of("zh-CN", "潮汐", "<p>水</p>", "");
    MUST(do_set_text(f, both, &zh, &revision, e));
    int64_t guide = ground_publish(f, guides, "en", "How to read tides", "<p>x</p>", NOON - 2 * HOUR);
    int64_t gone = ground_publish(f, news, "en", "Wrong", "<p>x</p>", NOON - HOUR);
    MUST(do_withdraw(f, gone, "Wrong", e));
    struct article d = ground_draft(news, "zh-CN", "草稿", "<p>x</p>");
    MUST(do_add(f, &d, &draft, e));
    const struct {
        struct article_where where;
        int64_t id[4];
        size_t n;
    } cases[] = {
        {{.language = "en", .most = 9}, {guide, both}, 2},
        {{.language = "en", .column_id = news, .most = 9}, {both}, 1},
        {{.language = "zh-CN", .most = 9}, {both}, 1},
        {{.language = "zh-CN", .column_id = guides, .most = 9}, {0}, 0},
        {{.language = "fr", .most = 9}, {0}, 0},
        {{.most = 9}, {guide, both}, 2},
        {{.all = true, .most = 9}, {draft, gone, guide, both}, 4},
        {{.all = true, .language = "en", .most = 9}, {gone, guide, both}, 3},
        {{.all = true, .language = "zh-CN", .column_id = news, .most = 9}, {draft, both}, 2},
        {{.all = true, .column_id = guides, .most = 0}, {guide}, 1},
    };
    struct reading r = reading_begin(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article_list list;
        MUST(article_list(r.tx, r.a, &cases[i].where, &list, e));
        if (list.n != cases[i].n)
            fail_msg("case %zu: %zu instead of %zu", i, list.n, cases[i].n);
        for (size_t k = 0; k < list.n; k++)
            if (list.item[k].id != cases[i].id[k])
                fail_msg("case %zu: place %zu", i, k);
        if (list.n && cases[i].where.language)
            assert_string_equal(list.item[0].text.language, cases[i].where.language);
    }
    reading_end(&r);
}

static void neighbours_are_of_the_same_column_and_language(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), guides = ground_column(f, "guides");
    int64_t older = ground_publish(f, news, "en", "Older", "<p>x</p>", NOON - 5 * HOUR);
    (void)ground_publish(f, guides, "en", "Guide", "<p>x</p>", NOON - 4 * HOUR);
    int64_t middle = ground_publish(f, news, "en", "Middle", "<p>x</p>", NOON - 3 * HOUR);
    (void)ground_publish(f, news, "zh-CN", "中文", "<p>x</p>", NOON - 2 * HOUR);
    int64_t newer = ground_publish(f, news, "en", "Newer", "<p>x</p>", NOON - HOUR);
    (void)ground_publish(f, news, "en", "Tomorrow", "<p>x</p>", NOON + HOUR);
    struct reading r = reading_begin(f);
    struct article of, up, down;
    MUST(article_get(r.tx, r.a, middle, "en", false, &of, e));
    MUST(article_neighbours(r.tx, r.a, &of, &up, &down, e));
    assert_int_equal(up.id, newer);
    assert_int_equal(down.id, older);
    MUST(article_get(r.tx, r.a, newer, "en", false, &of, e));
    MUST(article_neighbours(r.tx, r.a, &of, &up, &down, e));
    assert_int_equal(up.id, 0);
    assert_int_equal(down.id, middle);
    MUST(article_get(r.tx, r.a, older, "en", false, &of, e));
    MUST(article_neighbours(r.tx, r.a, &of, &up, &down, e));
    assert_int_equal(up.id, middle);
    assert_int_equal(down.id, 0);
    reading_end(&r);
}

/* --- counts and moving --- */

static void assert_counts(struct fixture *f, const char *language, int64_t column, int64_t in_column, int64_t in_all) {
    struct reading r = reading_begin(f);
    int64_t n;
    MUST(article_count(r.tx, language, column, &n, e));
    assert_int_equal(n, in_column);
    MUST(article_count(r.tx, language, 0, &n, e));
    assert_int_equal(n, in_all);
    reading_end(&r);
}

static void counts_follow_every_act(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), guides = ground_column(f, "guides"), id = 0, revision = 0;
    assert_counts(f, "en", news, 0, 0);
    struct article d = ground_draft(news, "en", "Tides", "<p>x</p>");
    MUST(do_add(f, &d, &id, e));
    assert_counts(f, "en", news, 0, 0);
    MUST(do_publish(f, id, 0, e));
    MUST(do_publish(f, id, 0, e));
    assert_counts(f, "en", news, 1, 1);
    (void)ground_publish(f, guides, "en", "Guide", "<p>x</p>", 0);
    struct article_text zh = text_of("zh-CN", "潮汐", "<p>水</p>", "");
    MUST(do_set_text(f, id, &zh, &revision, e));
    zh.title = STR("潮汐表");
    zh.note = STR("补充");
    MUST(do_set_text(f, id, &zh, &revision, e));
    assert_counts(f, "zh-CN", news, 1, 1);
    MUST(do_move(f, id, guides, e));
    MUST(do_move(f, id, guides, e));
    assert_counts(f, "en", news, 0, 2);
    assert_counts(f, "en", guides, 2, 2);
    assert_counts(f, "zh-CN", guides, 1, 1);
    MUST(do_withdraw(f, id, "Wrong", e));
    assert_counts(f, "en", guides, 1, 1);
    assert_counts(f, "zh-CN", guides, 0, 0);
    MUST(do_move(f, id, news, e));
    assert_counts(f, "en", news, 0, 1);
    MUST(do_publish(f, id, 0, e));
    assert_counts(f, "en", news, 1, 2);
    assert_counts(f, "zh-CN", news, 1, 1);
}

static void a_moved_article_stands_in_the_lists_of_its_new_column(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), guides = ground_column(f, "guides");
    int64_t id = ground_publish(f, news, "en", "Tides", "<p>x</p>", 0);
    MUST(do_move(f, id, guides, e));
    assert_int_equal(do_move(f, id, 999, NULL), -ERR_INVALID);
    assert_int_equal(do_move(f, 999, news, NULL), -ERR_NOT_FOUND);
    struct reading r = reading_begin(f);
    struct article got;
    struct article_list list;
    MUST(article_get(r.tx, r.a, id, "en", false, &got, e));
    ASSERT_STR(got.column_slug, "guides");
    MUST(article_list(r.tx, r.a, &(struct article_where){.language = "en", .column_id = guides, .most = 9}, &list, e));
    assert_int_equal(list.n, 1);
    ASSERT_STR(list.item[0].column_slug, "guides");
    MUST(article_list(r.tx, r.a, &(struct article_where){.language = "en", .column_id = news, .most = 9}, &list, e));
    assert_int_equal(list.n, 0);
    reading_end(&r);
}

static void an_act_that_fails_halfway_leaves_nothing_of_itself(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), guides = ground_column(f, "guides"), id = 0, revision = 0;
    struct article d = ground_draft(news, "en", "Tides", "<p>x</p>");
    MUST(do_add(f, &d, &id, e));
    struct article_text zh = text_of("zh-CN", "潮汐", "<p>水</p>", "");
    MUST(do_set_text(f, id, &zh, &revision, e));
    struct article_text changed = text_of("en", "High tides", "<p>y</p>", "Sharper");
    for (int act = 0; act < 4; act++) {
        static const int64_t before[4] = {0, 1, 1, 1}; /* published in a language, before each act */
        int left = 0, n = 1;
        for (; !left; n++) {
            assert_counts(f, "en", act < 3 ? news : guides, before[act], before[act]);
            assert_counts(f, "zh-CN", act < 3 ? news : guides, before[act], before[act]);
            store_fail_at(n);
            int rc = act == 0   ? do_publish(f, id, 0, NULL)
                     : act == 1 ? do_set_text(f, id, &changed, &revision, NULL)
                     : act == 2 ? do_move(f, id, guides, NULL)
                                : do_withdraw(f, id, "Wrong", NULL);
            left = store_fail_at(0);
            assert_int_equal(rc, left ? 0 : -ERR_STORE_AWAY);
            struct reading r = reading_begin(f);
            struct article got;
            MUST(article_get(r.tx, r.a, id, "en", true, &got, e));
            assert_int_equal(got.state, left ? (act < 3 ? ARTICLE_PUBLISHED : ARTICLE_WITHDRAWN)
                                             : (act < 1 ? ARTICLE_DRAFT : ARTICLE_PUBLISHED));
            assert_int_equal(got.text.revision, act + (left != 0) > 1 ? 2 : 1);
            assert_int_equal(got.column_id, act + (left != 0) > 2 ? guides : news);
            reading_end(&r);
        }
        assert_true(n > 4);
    }
    assert_counts(f, "en", guides, 0, 0);
}

/* --- related --- */

static void related_articles_share_rare_words_best_first(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    char title[64];
    for (int i = 0; i < 60; i++) {
        (void)snprintf(title, sizeof title, "Council meeting number %d", i);
        (void)ground_publish(f, news, "en", title, "<p>x</p>", NOON - (100 + i) * HOUR);
    }
    int64_t of = ground_publish(f, news, "en", "Council repairs the harbour lighthouse", "<p>x</p>", NOON - 9 * HOUR);
    int64_t two = ground_publish(f, news, "en", "Lighthouse in the harbour reopens", "<p>x</p>", NOON - 30 * HOUR);
    int64_t one = ground_publish(f, news, "en", "A day at the lighthouse", "<p>x</p>", NOON - 8 * HOUR);
    (void)ground_publish(f, news, "zh-CN", "lighthouse harbour", "<p>x</p>", NOON - 7 * HOUR);
    (void)ground_publish(f, news, "en", "Tomorrow's lighthouse harbour", "<p>x</p>", NOON + HOUR);
    struct reading r = reading_begin(f);
    struct article got;
    struct article_list list;
    MUST(article_get(r.tx, r.a, of, "en", false, &got, e));
    MUST(article_related(r.tx, r.a, NULL, &got, 5, &list, e));
    assert_int_equal(list.n, 2);
    assert_int_equal(list.item[0].id, two);
    assert_int_equal(list.item[1].id, one);
    MUST(article_related(r.tx, r.a, NULL, &got, 1, &list, e));
    assert_int_equal(list.n, 1);
    assert_int_equal(list.item[0].id, two);
    reading_end(&r);
}

/* What all articles are related to, by the index and by what was gathered of it. */
static void gathered_words_say_what_the_index_says(void **state) {
    static const char *const words[] = {"harbour", "light", "pier", "gate", "tide", "ferry", "notice", "school"};
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), id = 0;
    uint64_t random = 1;
    for (int i = 0; i < 160; i++) {
        char title[80], keywords[40];
        const char *w[3];
        for (int k = 0; k < 3; k++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            w[k] = words[(random >> 33) % 8];
        }
        (void)snprintf(title, sizeof title, "%s %s %d of 潮汐%d", w[0], w[1], i % 40, i % 7);
        (void)snprintf(keywords, sizeof keywords, "%s, %s", w[2], w[0]);
        struct article d = ground_draft(news, i % 4 ? "en" : "zh-CN", title, "<p>harbour light</p>");
        d.text.keywords = str_of(keywords);
        MUST(do_add(f, &d, &id, e));
        MUST(do_publish(f, id, i % 50 ? NOON - (i * 37 % 160) * HOUR : NOON + HOUR, e));
    }
    MUST(do_withdraw(f, 3, "x", e));
    struct search_sharing *sharing;
    MUST(search_sharing_gather(f->store, &sharing, e));
    struct reading r = reading_begin(f);
    size_t any = 0;
    for (id = 1; id <= 160; id++) {
        struct article of;
        int64_t by_index[20], gathered[20];
        size_t n = 20, m = 20;
        if (article_get(r.tx, r.a, id, "en", true, &of, NULL))
            continue;
        MUST(search_related(r.tx, NULL, id, &of.text, by_index, &n, e));
        MUST(search_related(r.tx, sharing, id, &of.text, gathered, &m, e));
        assert_int_equal(n, m);
        assert_memory_equal(by_index, gathered, n * sizeof *gathered);
        any += n;
    }
    assert_true(any > 300);
    reading_end(&r);
    search_sharing_free(sharing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_draft_is_kept_as_given_and_not_shown_to_readers),
        ON_BOTH_ENGINES(what_breaks_a_rule_is_refused_with_the_name_of_the_field),
        ON_BOTH_ENGINES(published_at_once_is_stored_as_added_and_then_published),
        ON_BOTH_ENGINES(what_cannot_be_added_is_not_published_at_once_either),
        ON_BOTH_ENGINES(a_key_names_one_article),
        ON_BOTH_ENGINES(publishing_takes_the_time_given_else_the_intended_else_now),
        ON_BOTH_ENGINES(before_its_time_a_published_article_is_not_there),
        ON_BOTH_ENGINES(a_withdrawn_article_says_why_and_shows_nothing_else),
        ON_BOTH_ENGINES(a_draft_cannot_be_withdrawn),
        ON_BOTH_ENGINES(translations_are_tied_and_each_is_found_in_its_language),
        ON_BOTH_ENGINES(an_article_has_fifteen_languages_at_most),
        ON_BOTH_ENGINES(what_was_public_keeps_every_revision_with_its_note),
        ON_BOTH_ENGINES(the_same_text_again_is_no_revision),
        ON_BOTH_ENGINES(a_draft_that_was_never_public_is_rewritten_in_place),
        ON_BOTH_ENGINES(a_withdrawn_text_is_corrected_as_one_that_was_public),
        ON_BOTH_ENGINES(a_list_walks_by_time_in_both_directions_and_splits_equal_times_by_id),
        ON_BOTH_ENGINES(a_list_holds_only_its_language_and_column_and_what_is_public),
        ON_BOTH_ENGINES(neighbours_are_of_the_same_column_and_language),
        ON_BOTH_ENGINES(counts_follow_every_act),
        ON_BOTH_ENGINES(an_act_that_fails_halfway_leaves_nothing_of_itself),
        ON_BOTH_ENGINES(a_moved_article_stands_in_the_lists_of_its_new_column),
        ON_BOTH_ENGINES(related_articles_share_rare_words_best_first),
        ON_BOTH_ENGINES(gathered_words_say_what_the_index_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
