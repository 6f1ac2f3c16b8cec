// SPDX-License-Identifier: Apache-2.0
#include "press/column.h"

#include "ground.h"

#include <stdlib.h>
#include <string.h>

static void a_slug_is_short_plain_and_not_a_word_of_the_site(void **state) {
    (void)state;
    static const char *const good[] = {"news",    "notices", "a",         "7",
                                       "2024",    "how-to",  "desk-2",    "law",
                                       "english", "zh-cn1",  "en-routes", "abcdefghijklmnopqrstuvwxyz0123456789-abc"};
    static const char *const bad[] = {
        "",   "News",   "a b",     "-a",         "a-",     "a_b",     "a.b",
        "ä",  "search", "desk",    "api",        "ledger", "open311", "media",
        "en", "zh-cn",  "zh-hans", "zh-hans-cn", "/",      "..",      "abcdefghijklmnopqrstuvwxyz0123456789-abcd5"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!column_slug_ok(str_of(good[i])))
            fail_msg("%s should do", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (column_slug_ok(str_of(bad[i])))
            fail_msg("%s should not do", bad[i]);
    assert_false(column_slug_ok(STR("a\0b")));
}

static void every_kind_has_a_word_that_reads_back(void **state) {
    (void)state;
    for (int i = 0; i < COLUMN_KINDS; i++) {
        enum column_kind kind = COLUMN_KINDS;
        assert_true(column_kind_parse(str_of(column_kind_word((enum column_kind)i)), &kind));
        assert_int_equal(kind, i);
    }
    enum column_kind kind = COLUMN_GUIDE;
    assert_false(column_kind_parse(STR("News"), &kind));
    assert_int_equal(kind, COLUMN_GUIDE);
    assert_int_equal(column_kind_fresh_days(COLUMN_NEWS), 14);
    assert_int_equal(column_kind_fresh_days(COLUMN_NOTICE), 183);
    assert_int_equal(column_kind_fresh_days(COLUMN_GUIDE), 0);
}

static void a_column_is_found_with_its_words_in_the_language_asked_for(void **state) {
    struct fixture *f = *state;
    int64_t id = 0;
    MUST(do_column_add(f, "news", COLUMN_NEWS, 0, 3, &id, e));
    MUST(do_column_words(f, id, "en", "News", "What happened", e));
    MUST(do_column_words(f, id, "ZH-cn", "新闻", "", e));
    struct reading r = reading_begin(f);
    struct column c;
    MUST(column_find(r.tx, r.a, STR("news"), "zh-CN", &c, e));
    assert_int_equal(c.id, id);
    assert_int_equal(c.kind, COLUMN_NEWS);
    assert_int_equal(c.position, 3);
    ASSERT_STR(c.name, "新闻");
    ASSERT_STR(c.description, "");
    MUST(column_get(r.tx, r.a, id, "fr", &c, e));
    ASSERT_STR(c.name, "News");
    ASSERT_STR(c.description, "What happened");
    assert_int_equal(column_find(r.tx, r.a, STR("olds"), "en", &c, NULL), -ERR_NOT_FOUND);
    assert_int_equal(column_get(r.tx, r.a, id + 1, "en", &c, NULL), -ERR_NOT_FOUND);
    reading_end(&r);
    MUST(do_column_words(f, id, "en", "Latest", "", e));
    r = reading_begin(f);
    MUST(column_get(r.tx, r.a, id, "en", &c, e));
    ASSERT_STR(c.name, "Latest");
    reading_end(&r);
}

static void a_column_without_words_shows_its_slug(void **state) {
    struct fixture *f = *state;
    int64_t id = ground_column(f, "guides");
    struct reading r = reading_begin(f);
    struct column c;
    MUST(column_get(r.tx, r.a, id, NULL, &c, e));
    ASSERT_STR(c.name, "guides");
    reading_end(&r);
}

static void a_second_column_of_the_same_slug_is_refused(void **state) {
    struct fixture *f = *state;
    int64_t id = 0;
    struct err why = {0};
    ground_column(f, "news");
    assert_int_equal(do_column_add(f, "news", COLUMN_GUIDE, 0, 0, &id, &why), -ERR_CONFLICT);
    assert_non_null(strstr(why.text, "\"news\""));
    assert_int_equal(do_column_add(f, "search", COLUMN_GUIDE, 0, 0, &id, &why), -ERR_INVALID);
    assert_int_equal(do_column_add(f, "good", COLUMN_KINDS, 0, 0, &id, &why), -ERR_INVALID);
    assert_int_equal(do_column_add(f, "good", COLUMN_NEWS, 99, 0, &id, &why), -ERR_INVALID);
    assert_int_equal(id, 0);
}

static void words_of_a_column_are_checked(void **state) {
    struct fixture *f = *state;
    int64_t id = ground_column(f, "news");
    struct err why = {0};
    assert_int_equal(do_column_words(f, id, "en", "  ", "", &why), -ERR_INVALID);
    assert_int_equal(do_column_words(f, id, "en", "a\nb", "", &why), -ERR_INVALID);
    assert_int_equal(do_column_words(f, id, "en", "\xff", "", &why), -ERR_INVALID);
    assert_int_equal(do_column_words(f, id, "not a tag", "News", "", &why), -ERR_INVALID);
    assert_int_equal(do_column_words(f, id + 1, "en", "News", "", &why), -ERR_NOT_FOUND);
}

static void the_list_puts_children_behind_their_parents_by_position(void **state) {
    struct fixture *f = *state;
    int64_t first = 0, second = 0, child = 0, grandchild = 0, other = 0;
    MUST(do_column_add(f, "second", COLUMN_NEWS, 0, 2, &second, e));
    MUST(do_column_add(f, "child", COLUMN_NEWS, second, 9, &child, e));
    MUST(do_column_add(f, "first", COLUMN_NEWS, 0, 1, &first, e));
    MUST(do_column_add(f, "grandchild", COLUMN_NEWS, child, 0, &grandchild, e));
    MUST(do_column_add(f, "other-child", COLUMN_NEWS, second, 3, &other, e));
    struct reading r = reading_begin(f);
    struct column *list;
    size_t n;
    MUST(column_list(r.tx, r.a, "en", &list, &n, e));
    assert_int_equal(n, 5);
    const int64_t order[] = {first, second, other, child, grandchild};
    for (size_t i = 0; i < n; i++)
        assert_int_equal(list[i].id, order[i]);
    reading_end(&r);
}

static void an_empty_office_has_an_empty_list(void **state) {
    struct fixture *f = *state;
    struct reading r = reading_begin(f);
    struct column *list = NULL;
    size_t n = 7;
    MUST(column_list(r.tx, r.a, "en", &list, &n, e));
    assert_int_equal(n, 0);
    reading_end(&r);
}

static void the_tree_is_eight_deep_and_no_deeper(void **state) {
    struct fixture *f = *state;
    int64_t id = 0;
    char slug[8] = "level-0";
    for (int i = 1; i <= 8; i++) {
        slug[6] = (char)('0' + i);
        MUST(do_column_add(f, slug, COLUMN_NEWS, id, 0, &id, e));
    }
    assert_int_equal(do_column_add(f, "level-9", COLUMN_NEWS, id, 0, &id, NULL), -ERR_INVALID);
    struct reading r = reading_begin(f);
    struct column *list;
    size_t n;
    MUST(column_list(r.tx, r.a, "en", &list, &n, e));
    assert_int_equal(n, 8);
    reading_end(&r);
}

static void a_column_in_use_stays_and_an_empty_one_goes(void **state) {
    struct fixture *f = *state;
    int64_t parent = ground_column(f, "parent"), child = 0, id = 0;
    MUST(do_column_add(f, "child", COLUMN_NEWS, parent, 0, &child, e));
    assert_int_equal(do_column_remove(f, parent, NULL), -ERR_CONFLICT);
    struct article d = ground_draft(child, "en", "Tide table", "<p>High at noon</p>");
    MUST(do_add(f, &d, &id, e));
    assert_int_equal(do_column_remove(f, child, NULL), -ERR_CONFLICT);
    MUST(do_publish(f, id, 0, e));
    MUST(do_move(f, id, parent, e));
    MUST(do_column_words(f, child, "en", "Child", "", e));
    MUST(do_column_remove(f, child, e));
    assert_int_equal(do_column_remove(f, child, NULL), -ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slug_is_short_plain_and_not_a_word_of_the_site),
        cmocka_unit_test(every_kind_has_a_word_that_reads_back),
        ON_BOTH_ENGINES(a_column_is_found_with_its_words_in_the_language_asked_for),
        ON_BOTH_ENGINES(a_column_without_words_shows_its_slug),
        ON_BOTH_ENGINES(a_second_column_of_the_same_slug_is_refused),
        ON_BOTH_ENGINES(words_of_a_column_are_checked),
        ON_BOTH_ENGINES(the_list_puts_children_behind_their_parents_by_position),
        ON_BOTH_ENGINES(an_empty_office_has_an_empty_list),
        ON_BOTH_ENGINES(the_tree_is_eight_deep_and_no_deeper),
        ON_BOTH_ENGINES(a_column_in_use_stays_and_an_empty_one_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
