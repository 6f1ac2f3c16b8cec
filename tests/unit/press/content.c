// SPDX-License-Identifier: Apache-2.0
#include "press/content.h"

#include "base/clock.h"
#include "ground.h"

#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND_US)
#define NOON INT64_C(1710590400000000) /* 2024-03-16 12:00 UTC: the tests' present */

static struct fixture *at_noon(void **state) {
    clock_set(NOON);
    return *state;
}

static int64_t version(struct fixture *f) {
    struct reading r = reading_begin(f);
    int64_t number = 0;
    MUST(content_version(r.tx, &number, e));
    reading_end(&r);
    return number;
}

static void what_the_public_sees_raises_the_contents_version_and_nothing_else_does(void **state) {
    struct fixture *f = at_noon(state);
    int64_t before = version(f), news = ground_column(f, "news"), guides = ground_column(f, "guides"), id = 0, revision;
    assert_int_equal(version(f), 3); /* the next number: two columns were made */
    assert_int_equal(before, 0);
    MUST(do_column_words(f, news, "en", "News", "", e));
    before = version(f);
    assert_int_equal(before, 4);
    struct article d = ground_draft(news, "en", "Tides", "<p>x</p>");
    MUST(do_add(f, &d, &id, e));
    d.text.title = STR("High tides");
    MUST(do_set_text(f, id, &d.text, &revision, e));
    MUST(do_move(f, id, guides, e));
    assert_int_equal(version(f), before);
    MUST(do_publish(f, id, 0, e));
    assert_int_equal(version(f), before + 1);
    MUST(do_publish(f, id, 0, e));
    MUST(do_set_text(f, id, &d.text, &revision, e));
    MUST(do_move(f, id, guides, e));
    assert_int_equal(version(f), before + 1);
    d.text.title = STR("Low tides");
    d.text.note = STR("It was the other way");
    MUST(do_set_text(f, id, &d.text, &revision, e));
    assert_int_equal(version(f), before + 2);
    MUST(do_move(f, id, news, e));
    assert_int_equal(version(f), before + 3);
    MUST(do_withdraw(f, id, "Wrong", e));
    assert_int_equal(version(f), before + 4);
    MUST(do_column_remove(f, guides, e));
    assert_int_equal(version(f), before + 5);
}

static void the_next_moment_of_light_is_the_nearest_publish_time_ahead(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news"), due = -1, id = 0;
    struct article d = ground_draft(news, "en", "A draft", "<p>x</p>");
    d.published_us = NOON + HOUR;
    MUST(do_add(f, &d, &id, e));
    (void)ground_publish(f, news, "en", "Past", "<p>x</p>", NOON - HOUR);
    (void)ground_publish(f, news, "en", "Now", "<p>x</p>", NOON);
    struct reading r = reading_begin(f);
    MUST(content_next_due(r.tx, NOON, &due, e));
    assert_int_equal(due, 0);
    reading_end(&r);
    (void)ground_publish(f, news, "en", "Later", "<p>x</p>", NOON + 3 * HOUR);
    int64_t sooner = ground_publish(f, news, "en", "Sooner", "<p>x</p>", NOON + 2 * HOUR);
    r = reading_begin(f);
    MUST(content_next_due(r.tx, NOON, &due, e));
    assert_int_equal(due, NOON + 2 * HOUR);
    MUST(content_next_due(r.tx, NOON + 2 * HOUR, &due, e));
    assert_int_equal(due, NOON + 3 * HOUR);
    reading_end(&r);
    MUST(do_withdraw(f, sooner, "Not at all", e));
    r = reading_begin(f);
    MUST(content_next_due(r.tx, NOON, &due, e));
    assert_int_equal(due, NOON + 3 * HOUR);
    reading_end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(what_the_public_sees_raises_the_contents_version_and_nothing_else_does),
        ON_BOTH_ENGINES(the_next_moment_of_light_is_the_nearest_publish_time_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
