// SPDX-License-Identifier: Apache-2.0
#include "press/search/place.h"

#include "base/clock.h"
#include "ground.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND_US)
#define NOON INT64_C(1710590400000000) /* 2024-03-16 12:00 UTC: the tests' present */

/* Pairs of texts of a language whose numbers say otherwise than their times; and how many have no place. */
static struct query bent = {"bent",
                            "SELECT COUNT(*) FROM search_doc a JOIN search_doc b "
                            "ON a.language = b.language AND a.docid < b.docid AND a.docid >= 4398046511104 "
                            "WHERE (a.published_us, a.article_id) < (b.published_us, b.article_id)",
                            NULL},
                    loose = {"loose", "SELECT COUNT(*) FROM search_doc WHERE docid < 4398046511104", NULL},
                    all = {"all", "SELECT COUNT(*) FROM search_doc", NULL},
                    buried = {"buried",
                              "SELECT COUNT(*) FROM search_doc WHERE docid IN (SELECT docid FROM search_dead)", NULL};

struct texts {
    size_t n;
    struct search_text text[200];
};

static int put(struct tx *tx, void *arg, struct err *e) {
    const struct texts *t = arg;
    return search_put_many(tx, t->text, t->n, e);
}

static struct search_text text(int64_t id, const char *language, int64_t published_us) {
    struct search_text t = {.id = id, .column_id = 1, .published_us = published_us, .words = {.title = STR("tides")}};
    (void)snprintf(t.language, sizeof t.language, "%s", language);
    return t;
}

/* Of all kinds: close together, at the same time, far apart, before 1970. */
static int64_t some_time(void) {
    int64_t times[] = {NOON,
                       NOON - rand() % 50,
                       NOON - rand() % 40 * CLOCK_SECOND_US,
                       NOON - rand() % 3000 * HOUR,
                       -(rand() % 5) * HOUR,
                       (int64_t)(rand() % 100000) << 33};
    return times[rand() % 6];
}

/* What a walk over the numbers from..until would find, and what there is. */
static void compare_span(struct fixture *f, int64_t from_us, int64_t until_us) {
    static const struct query in_span = {"in_span", "SELECT COUNT(*) FROM search_doc WHERE docid >= $1 AND docid <= $2",
                                         NULL},
                              in_time = {
                                  "in_time",
                                  "SELECT COUNT(*) FROM search_doc WHERE language = 'zh-CN' AND published_us >= $1 AND "
                                  "published_us < $2 AND docid >= 4398046511104",
                                  NULL};
    struct reading r = reading_begin(f);
    struct search_span span;
    int64_t language, found = 0, there = 0;
    MUST(search_place_language(r.tx, "zh-CN", &language, e));
    MUST(search_place_span(r.tx, language, from_us, until_us, &span, e));
    MUST(tx_int(r.tx, &in_span, CELLS(cell_int(span.first), cell_int(span.last)), &found, e));
    MUST(tx_int(r.tx, &in_time, CELLS(cell_int(from_us), cell_int(until_us)), &there, e));
    assert_int_equal(found, there);
    reading_end(&r);
}

static void numbers_go_in_order_of_publication_whatever_comes_when(void **state) {
    struct fixture *f = *state;
    srand(20);
    struct texts t;
    int64_t next = 1;
    for (int turn = 0; turn < 30; turn++) {
        t.n = 1 + (size_t)rand() % 60;
        for (size_t i = 0; i < t.n; i++) /* every fourth is one that was there, at another time or the same */
            t.text[i] =
                text(next > 100 && i % 4 == 0 ? 1 + (int64_t)i : next++, rand() % 2 ? "en" : "zh-CN", some_time());
        MUST(store_write(f->store, put, &t, e));
        assert_int_equal(ground_number(f, &bent), 0);
        assert_int_equal(ground_number(f, &buried), 0);
    }
    /* half of them came within a second, in any order */
    assert_in_range(ground_number(f, &loose), 0, ground_number(f, &all) / 2);
    compare_span(f, INT64_MIN, INT64_MAX);
    for (int i = 0; i < 300; i++) {
        int64_t from = some_time() + rand() % 3 - 1, until = some_time() + rand() % 3 - 1;
        compare_span(f, from, until);
        compare_span(f, from, INT64_MAX);
        compare_span(f, INT64_MIN, until);
    }
}

static void ten_thousand_of_one_moment_have_their_places(void **state) {
    struct fixture *f = *state;
    struct texts t = {.n = 200};
    for (int64_t turn = 0; turn < 50; turn++) {
        for (int64_t i = 0; i < 200; i++)
            t.text[i] = text(1 + turn * 200 + i, "en", NOON);
        MUST(store_write(f->store, put, &t, e));
    }
    t = (struct texts){.n = 3,
                       .text = {text(20001, "en", NOON - 1), text(20002, "en", NOON + 1), text(20003, "en", NOON)}};
    MUST(store_write(f->store, put, &t, e));
    static struct query order = {
        "order",
        "SELECT COUNT(*) FROM (SELECT ROW_NUMBER() OVER (ORDER BY docid) AS x, ROW_NUMBER() "
        "OVER (ORDER BY published_us DESC, article_id DESC) AS y FROM search_doc) AS z WHERE x <> y",
        NULL};
    assert_int_equal(ground_number(f, &loose), 0);
    assert_int_equal(ground_number(f, &order), 0);
}

/* Until no number is left beside it: then it has no place, and is found all the same. */
static void what_is_corrected_again_and_again_stays_where_it_is(void **state) {
    struct fixture *f = *state;
    clock_set(NOON);
    int64_t news = ground_column(f, "news"), revision = 0;
    for (int i = 0; i < 3; i++)
        (void)ground_publish(f, news, "en", "Tides", "<p>x</p>", NOON - HOUR);
    for (int i = 0; i < 40; i++) {
        char body[32];
        (void)snprintf(body, sizeof body, "<p>ebb %d</p>", i);
        struct article_text now = ground_draft(0, "en", "Tides", body).text;
        now.note = STR("Corrected.");
        MUST(do_set_text(f, 2, &now, &revision, e));
        struct reading r = reading_begin(f);
        struct search_query q;
        struct search_hits hits;
        search_query_parse(r.a, STR("tides"), &q);
        struct search_where where = {.query = &q, .language = "en", .most = 20};
        MUST(search_run(r.tx, r.a, &where, &hits, e));
        assert_int_equal(hits.count, 3);
        for (size_t n = 0; n < 3; n++)
            assert_int_equal(hits.list.item[n].id, 3 - n);
        reading_end(&r);
    }
    assert_int_equal(ground_number(f, &loose), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(numbers_go_in_order_of_publication_whatever_comes_when),
        ON_ENGINE("sqlite", ten_thousand_of_one_moment_have_their_places),
        ON_BOTH_ENGINES(what_is_corrected_again_and_again_stays_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
