// SPDX-License-Identifier: Apache-2.0
/* Tests of src/web/shelf: what lies on it is what the store says, read once; on both engines. */
#include "web/shelf.h"

#include "base/clock.h"
#include "ground.h"
#include "web/office.h"

#include <stdlib.h>
#include <string.h>

static const struct site site = {
    .origin = STR("https://www.example.org"),
    .zone = "UTC",
    .languages = 2,
    .words = {{.language = "en", .name = STR("Office")}, {.language = "zh-CN", .name = STR("办公室")}},
};
static const int64_t now_us = INT64_C(1795190400000000);

struct ground {
    int64_t one, two; /* articles */
    struct office office;
    struct reading reading;
    struct shelf *shelf;
    struct request req;
};

static void ground_begin(struct ground *g, void **state, bool with_shelf) {
    struct fixture *f = *state;
    clock_set(now_us);
    int64_t column = ground_column(f, "news");
    *g = (struct ground){.office = {.site = site, .store = f->store}};
    g->one = ground_publish(f, column, "en", "One", "<p>First.</p>", now_us - 1);
    g->two = ground_publish(f, column, "en", "Two", "<p>Second.</p>", now_us - 1);
    g->reading = reading_begin(f);
    g->shelf = with_shelf ? shelf_new() : NULL;
    g->req = (struct request){
        .arena = g->reading.a, .office = &g->office, .site = &site, .tx = g->reading.tx, .shelf = g->shelf};
}

static void ground_end(struct ground *g) {
    shelf_clear(g->shelf);
    shelf_free(g->shelf);
    reading_end(&g->reading);
    clock_set(0);
}

static struct article expect(struct ground *g, int64_t id, const char *title) {
    struct article a;
    MUST(shelf_article(&g->req, id, &a, e));
    assert_int_equal(a.id, id);
    ASSERT_STR(a.text.title, title);
    return a;
}

static void an_article_is_read_once(void **state) {
    struct ground g;
    ground_begin(&g, state, true);
    struct article first = expect(&g, g.one, "One"), again = expect(&g, g.one, "One");
    assert_ptr_equal(first.text.title.p, again.text.title.p);
    ASSERT_STR(again.text.body_html, "<p>First.</p>");
    ground_end(&g);
}

static void another_one_takes_its_place(void **state) {
    struct ground g;
    struct article none;
    struct err e;
    ground_begin(&g, state, true);
    (void)expect(&g, g.one, "One");
    (void)expect(&g, g.two, "Two");
    (void)expect(&g, g.one, "One");
    assert_int_equal(shelf_article(&g.req, 999, &none, &e), -ERR_NOT_FOUND);
    assert_int_equal(shelf_article(&g.req, 999, &none, &e), -ERR_NOT_FOUND);
    (void)expect(&g, g.one, "One");
    g.req.language = 1; /* each language is asked for by itself */
    (void)expect(&g, g.one, "One");
    g.req.language = 0;
    (void)expect(&g, g.one, "One");
    shelf_clear(g.shelf);
    (void)expect(&g, g.one, "One");
    ground_end(&g);
}

static void without_a_shelf_all_is_read(void **state) {
    struct ground g;
    ground_begin(&g, state, false);
    struct article first = expect(&g, g.one, "One"), again = expect(&g, g.one, "One");
    assert_ptr_not_equal(first.text.title.p, again.text.title.p);
    struct article_proof *acts;
    size_t n;
    MUST(shelf_acts(&g.req, g.one, &acts, &n, e));
    assert_non_null(shelf_tiles(&g.req, NULL, 1));
    ground_end(&g);
}

static void acts_lie_beside_their_article(void **state) {
    struct ground g;
    struct article_proof *acts = NULL, *again = NULL, *others = NULL;
    size_t n = 0, m = 0;
    ground_begin(&g, state, true);
    (void)expect(&g, g.one, "One");
    MUST(shelf_acts(&g.req, g.one, &acts, &n, e));
    MUST(shelf_acts(&g.req, g.one, &again, &m, e));
    assert_int_equal(n, m);
    assert_true(n > 0);
    assert_ptr_equal(acts, again);
    MUST(shelf_acts(&g.req, g.two, &others, &m, e)); /* of one that does not lie on it */
    assert_int_equal(others[0].article_id, g.two);
    assert_int_equal(acts[0].article_id, g.one);
    (void)expect(&g, g.two, "Two");
    MUST(shelf_acts(&g.req, g.two, &others, &m, e));
    assert_int_equal(others[0].article_id, g.two);
    ground_end(&g);
}

static void tiles_are_those_of_one_size(void **state) {
    struct ground g;
    ground_begin(&g, state, true);
    struct tiles_at *at = shelf_tiles(&g.req, NULL, 5);
    assert_ptr_equal(at, shelf_tiles(&g.req, NULL, 5));
    assert_int_equal(at->size, 5);
    assert_ptr_equal(at->tx, g.req.tx);
    at->first = (void *)at; /* as if one had been read */
    assert_null(shelf_tiles(&g.req, NULL, 6)->first);
    assert_int_equal(shelf_tiles(&g.req, NULL, 6)->size, 6);
    ground_end(&g);
}

static void a_ledger_that_is_not_there_stays_a_failure(void **state) {
    struct ground g;
    struct ledger_state s;
    struct err e;
    ground_begin(&g, state, true);
    for (int i = 0; i < 2; i++)
        assert_int_equal(shelf_ledger(&g.req, &s, &e), -ERR_NOT_FOUND);
    ground_end(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(an_article_is_read_once),     ON_BOTH_ENGINES(another_one_takes_its_place),
        ON_BOTH_ENGINES(without_a_shelf_all_is_read), ON_BOTH_ENGINES(acts_lie_beside_their_article),
        ON_BOTH_ENGINES(tiles_are_those_of_one_size), ON_BOTH_ENGINES(a_ledger_that_is_not_there_stays_a_failure),
    };
    return cmocka_run_group_tests_name("web/shelf", tests, NULL, NULL);
}
