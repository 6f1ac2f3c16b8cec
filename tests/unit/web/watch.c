// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/watch, on both engines. */
#include "web/watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "press/content.h"
#include "store/fault.h"
#include "store_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void changed(void *arg) {
    atomic_fetch_add((atomic_int *)arg, 1);
}

static bool comes_to(atomic_int *count, int value) {
    for (int i = 0; i < 2000 && atomic_load(count) < value; i++)
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    return atomic_load(count) == value;
}

static int touch(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return content_changed(tx, reterr);
}

static void a_change_is_noticed_once_by_itself_or_when_asked(void **state) {
    struct fixture *f = *state;
    struct watch *w = NULL;
    atomic_int count = 0;
    assert_int_equal(watch_start(f->store, NULL, NULL, 10, changed, &count, &w, NULL), 0);
    nanosleep(&(struct timespec){0, 100000000}, NULL);
    assert_int_equal(atomic_load(&count), 0);
    assert_int_equal(store_write(f->store, touch, NULL, NULL), 0);
    assert_true(comes_to(&count, 1));
    nanosleep(&(struct timespec){0, 100000000}, NULL);
    assert_int_equal(atomic_load(&count), 1);
    watch_stop(w);
    assert_int_equal(watch_start(f->store, NULL, NULL, 3600000, changed, &count, &w, NULL), 0);
    assert_int_equal(store_write(f->store, touch, NULL, NULL), 0);
    watch_look(w);
    assert_int_equal(atomic_load(&count), 2);
    watch_stop(w);
}

static void ring(void *arg) {
    assert_int_equal(bell_ring(arg, NULL), 0);
}

static void a_ring_is_caught_up_with_at_once_and_once(void **state) {
    struct fixture *f = *state;
    struct watch *w = NULL;
    struct bell *bell = NULL;
    char path[80];
    atomic_int count = 0;
    (void)snprintf(path, sizeof path, "%s/changed", f->folder); /* fits */
    assert_int_equal(bell_open(path, &bell, NULL), 0);
    assert_int_equal(watch_start(f->store, NULL, bell, 3600000, changed, &count, &w, NULL), 0);
    nanosleep(&(struct timespec){0, 200000000}, NULL); /* its own first look is over */
    assert_int_equal(store_write(f->store, touch, NULL, NULL), 0);
    assert_true(watch_is_current(w)); /* nobody rang */
    watch_look(w);
    assert_int_equal(atomic_exchange(&count, 0), 1);
    store_set_herald(f->store, ring, path);
    for (int i = 1; i <= 50; i++) {
        assert_int_equal(store_write(f->store, touch, NULL, NULL), 0);
        assert_false(watch_is_current(w));
        watch_catch_up(w);
        assert_true(watch_is_current(w));
        assert_int_equal(atomic_load(&count), i);
        watch_catch_up(w); /* asks nobody */
    }
    ring(path); /* for nothing */
    watch_catch_up(w);
    assert_int_equal(atomic_load(&count), 50);
    (void)store_fail_at(1); /* the next question to the store fails */
    ring(path);
    watch_catch_up(w);
    assert_false(watch_store_answers(w));
    assert_true(watch_is_current(w)); /* what is cached is served; the clock looks again */
    assert_int_equal(store_fail_at(0), 0);
    watch_stop(w);
    bell_close(bell);
}

struct looker {
    struct watch *w;
    atomic_int *told;
    atomic_bool early;
};

static void changed_slowly(void *arg) {
    nanosleep(&(struct timespec){0, 100000000}, NULL);
    changed(arg);
}

static void *look_too(void *arg) {
    struct looker *l = arg;
    watch_look(l->w);
    if (atomic_load(l->told) == 0)
        atomic_store(&l->early, true);
    return NULL;
}

static void no_look_is_over_before_what_was_found_has_been_told(void **state) {
    struct fixture *f = *state;
    struct looker l = {0};
    atomic_int count = 0;
    pthread_t thread[4];
    l.told = &count;
    assert_int_equal(watch_start(f->store, NULL, NULL, 3600000, changed_slowly, &count, &l.w, NULL), 0);
    nanosleep(&(struct timespec){0, 200000000}, NULL); /* its own first look is over */
    assert_int_equal(store_write(f->store, touch, NULL, NULL), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, look_too, &l), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    assert_false(atomic_load(&l.early));
    assert_int_equal(atomic_load(&count), 1);
    watch_stop(l.w);
}

static int publish_later(struct tx *tx, void *arg, struct err *reterr) {
    static const struct query column = {
        "test_column", "INSERT INTO press_column (id, slug, kind, position) VALUES (1, 'news', 'news', 1)", NULL};
    static const struct query article = {
        "test_article",
        "INSERT INTO article (id, column_id, state, first_language, languages, sort_us, created_us, changed_us) "
        "VALUES (1, 1, 1, 'en', 'en', $1, 1, 1)",
        NULL};
    int64_t done = tx_run(tx, &column, CELLS_NONE, reterr);
    if (done >= 0)
        done = tx_run(tx, &article, CELLS(cell_int(*(int64_t *)arg)), reterr);
    return done < 0 ? (int)done : content_changed(tx, reterr);
}

static void an_article_comes_to_light_at_its_time(void **state) {
    struct fixture *f = *state;
    struct watch *w = NULL;
    atomic_int count = 0;
    clock_set(1000 * CLOCK_SECOND_US);
    int64_t due = 2000 * CLOCK_SECOND_US;
    assert_int_equal(store_write(f->store, publish_later, &due, NULL), 0);
    assert_int_equal(watch_start(f->store, NULL, NULL, 3600000, changed, &count, &w, NULL), 0);
    watch_look(w);
    assert_int_equal(atomic_load(&count), 0);
    clock_set(due - 1);
    watch_look(w);
    assert_int_equal(atomic_load(&count), 0);
    clock_set(due);
    watch_look(w);
    assert_int_equal(atomic_load(&count), 1);
    clock_set(due + 1);
    watch_look(w);
    assert_int_equal(atomic_load(&count), 1);
    watch_stop(w);
    clock_set(0);
}

/* As a store stands that was migrated: a text of the index whose title is not in the index of titles. */
static int make_old(struct tx *tx, void *arg, struct err *reterr) {
    static const struct query steps[] = {
        {"column", "INSERT INTO press_column (id, slug, kind, position) VALUES (1, 'news', 'news', 1)", NULL},
        {"article",
         "INSERT INTO article (id, column_id, state, first_language, languages, sort_us, created_us, changed_us) "
         "VALUES (1, 1, 1, 'en', 'en', 1, 1, 1)",
         NULL},
        {"text",
         "INSERT INTO article_text VALUES (1, 'en', 1, 1, 1, 1, 1, 'Tides', '', '', '', 'harbour', '', '', NULL, NULL)",
         NULL},
        {"doc", "INSERT INTO search_doc VALUES (1, 1, 'en', 1, 1)", NULL},
        {"left", "INSERT INTO search_head_left VALUES (2)", NULL},
    };
    (void)arg;
    int64_t done = 0;
    for (size_t i = 0; done >= 0 && i < sizeof steps / sizeof *steps; i++)
        done = tx_run(tx, &steps[i], CELLS_NONE, reterr);
    return done < 0 ? (int)done : 0;
}

static int count_titles(struct tx *tx, void *arg, struct err *reterr) {
    static const struct query q = {
        "titles", "SELECT COUNT(*) FROM search_head WHERE search_head MATCH 'title : tides AND keywords : harbour'",
        NULL};
    return tx_int(tx, &q, CELLS_NONE, arg, reterr);
}

static void titles_of_an_older_office_come_into_their_index_by_themselves(void **state) {
    struct fixture *f = *state;
    if (strcmp(f->engine, "sqlite") != 0)
        return; /* has had them from the beginning */
    struct watch *w = NULL;
    atomic_int count = 0;
    int64_t titles = 0;
    log_set(LOG_NOTHING, LOG_LOGFMT);
    assert_int_equal(store_write(f->store, make_old, NULL, NULL), 0);
    assert_int_equal(watch_start(f->store, NULL, NULL, 10, changed, &count, &w, NULL), 0);
    assert_true(comes_to(&count, 1)); /* said when all are in */
    assert_int_equal(store_read(f->store, count_titles, &titles, NULL), 0);
    assert_int_equal(titles, 1);
    nanosleep(&(struct timespec){0, 100000000}, NULL);
    assert_int_equal(atomic_load(&count), 1);
    watch_stop(w);
}

static void it_knows_whether_the_store_answers(void **state) {
    struct fixture *f = *state;
    struct watch *w = NULL;
    atomic_int count = 0;
    assert_int_equal(watch_start(f->store, NULL, NULL, 3600000, changed, &count, &w, NULL), 0);
    nanosleep(&(struct timespec){0, 200000000}, NULL); /* its own first look is over */
    assert_true(watch_store_answers(w));
    (void)store_fail_at(1); /* the next question to the store fails */
    watch_look(w);
    assert_false(watch_store_answers(w));
    assert_int_equal(store_fail_at(0), 0);
    watch_look(w);
    assert_true(watch_store_answers(w));
    assert_int_equal(atomic_load(&count), 0); /* nothing changed meanwhile */
    watch_stop(w);
    watch_stop(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_change_is_noticed_once_by_itself_or_when_asked),
        ON_BOTH_ENGINES(a_ring_is_caught_up_with_at_once_and_once),
        ON_BOTH_ENGINES(no_look_is_over_before_what_was_found_has_been_told),
        ON_BOTH_ENGINES(an_article_comes_to_light_at_its_time),
        ON_BOTH_ENGINES(titles_of_an_older_office_come_into_their_index_by_themselves),
        ON_BOTH_ENGINES(it_knows_whether_the_store_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
