// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/lane. */
#include "web/lane.h"

#include "base/clock.h"
#include "web_ground.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

static atomic_int answered;

static void count_answer(struct call *c) {
    (void)c;
    atomic_fetch_add(&answered, 1);
}

enum { CALLS = 8 };
struct calls {
    struct incoming in;
    struct serving serving;
    struct live live;
    struct call call[CALLS];
};

static void prepare(struct calls *c, struct ground *g, const char *path) {
    memset(c, 0, sizeof *c);
    atomic_store(&answered, 0);
    c->in.method = STR("GET");
    c->in.path = str_of(path);
    c->serving.routes = ground_routes;
    c->live.office = g->office;
    atomic_store(&c->serving.live, &c->live);
    for (int i = 0; i < CALLS; i++)
        c->call[i] = (struct call){.serving = &c->serving,
                                   .live = &c->live,
                                   .in = &c->in,
                                   .office = g->office,
                                   .begun_us = clock_ticks_us(),
                                   .quiet = true,
                                   .done = count_answer};
}

static void release(struct calls *c) {
    for (int i = 0; i < CALLS; i++)
        sheet_release(c->call[i].sheet);
}

/* Its one worker is at the first call, and stays there until ground_let_go. */
static struct lane *start_busy(struct calls *c, unsigned queue_most) {
    struct lane *l;
    assert_int_equal(lane_start(1, queue_most, &l, NULL), 0);
    assert_true(lane_push(l, &c->call[0]));
    while (!atomic_load(&ground_waiting))
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    return l;
}

static void the_queue_has_its_length_and_no_more(void **state) {
    (void)state;
    static struct calls c;
    struct ground *g = ground_new("sqlite");
    prepare(&c, g, "/slow");
    struct lane *l = start_busy(&c, 3);
    for (int i = 1; i < 4; i++)
        assert_true(lane_push(l, &c.call[i]));
    assert_false(lane_push(l, &c.call[4]));
    unsigned waiting, busy;
    lane_figures(l, &waiting, &busy);
    assert_int_equal(waiting, 3);
    assert_int_equal(busy, 1);
    assert_int_equal(atomic_load(&answered), 0);
    atomic_store(&ground_let_go, 1);
    lane_stop(l); /* what waits is served first */
    assert_int_equal(atomic_load(&answered), 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(c.call[i].sheet->status, 200);
    assert_null(c.call[4].sheet);
    assert_false(lane_push(l, &c.call[5])); /* who comes after that is refused */
    assert_int_equal(atomic_load(&answered), 4);
    lane_free(l);
    release(&c);
    ground_end(g);
    lane_stop(NULL);
    lane_free(NULL);
}

static void a_full_queue_takes_who_is_kin_to_one_in_it(void **state) {
    (void)state;
    static struct calls c;
    struct ground *g = ground_new("sqlite");
    prepare(&c, g, "/slow");
    c.call[2].kin = c.call[4].kin = c.call[5].kin = 7;
    c.call[6].kin = 8;
    struct lane *l = start_busy(&c, 2);
    assert_true(lane_push(l, &c.call[1]));
    assert_true(lane_push(l, &c.call[2]));
    assert_true(lane_follow(l, &c.call[4]));
    assert_true(lane_follow(l, &c.call[5]));
    assert_false(lane_follow(l, &c.call[6]));
    assert_false(lane_follow(l, &c.call[7])); /* of no kin */
    atomic_store(&ground_let_go, 1);
    lane_free(l); /* serves them first */
    assert_int_equal(atomic_load(&answered), 5);
    assert_int_equal(c.call[4].sheet->status, 200);
    assert_int_equal(c.call[5].sheet->status, 200);
    assert_null(c.call[6].sheet);
    release(&c);
    ground_end(g);
}

static void as_many_are_served_at_once_as_there_are_workers(void **state) {
    (void)state;
    static struct calls c;
    struct ground *g = ground_new("sqlite");
    struct lane *l = NULL;
    prepare(&c, g, "/alone");
    assert_int_equal(lane_start(3, CALLS, &l, NULL), 0);
    for (int i = 0; i < CALLS; i++)
        assert_true(lane_push(l, &c.call[i]));
    for (int i = 0; i < 2000 && atomic_load(&ground_waiting) < 3; i++)
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    nanosleep(&(struct timespec){0, 50000000}, NULL);
    assert_int_equal(atomic_load(&ground_waiting), 3);
    atomic_store(&ground_let_go, 1);
    lane_free(l); /* stops it first */
    assert_int_equal(atomic_load(&answered), CALLS);
    release(&c);
    ground_end(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_queue_has_its_length_and_no_more),
        cmocka_unit_test(a_full_queue_takes_who_is_kin_to_one_in_it),
        cmocka_unit_test(as_many_are_served_at_once_as_there_are_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
