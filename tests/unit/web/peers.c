// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/peers. */
#include "web/peers.h"

#include "base/clock.h"
#include "unit.h"

#include <sodium.h>
#include <unistd.h>

static struct address parsed(const char *text) {
    struct address a;
    assert_true(address_parse(str_of(text), &a));
    return a;
}

static struct peer *added(struct peers *p, int fd, const struct address *a) {
    enum peers_verdict why;
    bool displaced;
    struct peer *peer = peers_add(p, fd, a, NULL, &why, &displaced);
    assert_non_null(peer);
    assert_int_equal(why, PEERS_WELCOME);
    assert_false(displaced);
    return peer;
}

static void an_address_may_have_so_many_and_no_more(void **state) {
    (void)state;
    struct networks none = {0};
    struct peers *p = peers_new(0, 2, &none);
    struct address a = parsed("192.0.2.1"), b = parsed("192.0.2.2");
    struct peer *first = added(p, -1, &a);
    assert_int_equal(peers_admit(p, &a), PEERS_WELCOME);
    struct peer *second = added(p, -1, &a);
    assert_int_equal(peers_admit(p, &a), PEERS_ADDRESS_FULL);
    assert_int_equal(peers_admit(p, &b), PEERS_WELCOME);
    peers_remove(p, first);
    assert_int_equal(peers_admit(p, &a), PEERS_WELCOME);
    unsigned open;
    peers_figures(p, &open);
    assert_int_equal(open, 1);
    peers_remove(p, second);
    peers_free(p);
}

static void a_household_of_ipv6_counts_as_one(void **state) {
    (void)state;
    struct networks none = {0};
    struct peers *p = peers_new(0, 1, &none);
    struct address a = parsed("2001:db8:1:2::1"), same = parsed("2001:db8:1:2:ffff::9"),
                   other = parsed("2001:db8:1:3::1");
    (void)added(p, -1, &a); /* peers_free() frees it */
    assert_int_equal(peers_admit(p, &same), PEERS_ADDRESS_FULL);
    assert_int_equal(peers_admit(p, &other), PEERS_WELCOME);
    peers_free(p);
}

static void our_proxies_and_local_sockets_have_no_limit(void **state) {
    (void)state;
    struct networks proxies;
    assert_int_equal(networks_parse(STR("10.0.0.0/8"), &proxies, NULL), 0);
    struct peers *p = peers_new(0, 1, &proxies);
    struct address proxy = parsed("10.1.1.1"), local = {.kind = ADDRESS_LOCAL};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(peers_admit(p, &proxy), PEERS_WELCOME);
        assert_int_equal(peers_admit(p, &local), PEERS_WELCOME);
        (void)added(p, -1, &proxy); /* peers_free() frees them */
        (void)added(p, -1, &local);
    }
    peers_free(p);
    p = peers_new(0, 0, &(struct networks){0}); /* 0: no limit for anybody */
    struct address a = parsed("192.0.2.1");
    (void)added(p, -1, &a); /* peers_free() frees it */
    assert_int_equal(peers_admit(p, &a), PEERS_WELCOME);
    peers_free(p);
}

static bool is_shut(int fd) {
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void whose_deadline_has_passed_is_cut_off(void **state) {
    (void)state;
    int late[2], early[2], never[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, late), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, early), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, never), 0);
    struct peers *p = peers_new(0, 0, &(struct networks){0});
    struct address a = parsed("192.0.2.1");
    struct peer *one = added(p, late[0], &a), *two = added(p, early[0], &a);
    (void)added(p, never[0], &a); /* peers_free() frees it */
    atomic_store(&one->deadline_us, clock_ticks_us() - 1);
    atomic_store(&two->deadline_us, clock_ticks_us() + 60 * CLOCK_SECOND_US);
    assert_int_equal(peers_sweep(p), 1);
    assert_true(is_shut(late[1]) && !is_shut(early[1]) && !is_shut(never[1]));
    assert_int_equal(peers_sweep(p), 0); /* each once */
    peers_free(p);
    for (int i = 0; i < 2; i++) {
        close(late[i]);
        close(early[i]);
        close(never[i]);
    }
}

static void draining_ends_who_rests_and_lets_the_busy_finish(void **state) {
    (void)state;
    int idle[2], busy[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, idle), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, busy), 0);
    struct peers *p = peers_new(0, 0, &(struct networks){0});
    struct address a = parsed("192.0.2.1");
    (void)added(p, idle[0], &a); /* peers_free() frees it */
    struct peer *works = added(p, busy[0], &a);
    atomic_store(&works->busy, true);
    peers_drain(p);
    char byte;
    assert_int_equal(recv(idle[0], &byte, 1, MSG_DONTWAIT), 0);
    assert_int_equal(recv(busy[0], &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(write(busy[0], "x", 1), 1); /* it may still answer */
    peers_rest(p, works);
    assert_int_equal(recv(busy[0], &byte, 1, MSG_DONTWAIT), 0);
    peers_free(p);
    for (int i = 0; i < 2; i++) {
        close(idle[i]);
        close(busy[i]);
    }
}

/* --- when as many are open as may be --- */

enum { CROWD = 200 };

struct crowd {
    struct peers *p;
    struct address from;
    int fd[CROWD + 1][2];
    struct peer *peer[CROWD + 1];
};

/* The one that came as number i fell silent then. */
static void crowd_add(struct crowd *c, int i, bool expect_displaced) {
    enum peers_verdict why;
    bool displaced;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, c->fd[i]), 0);
    c->peer[i] = peers_add(c->p, c->fd[i][0], &c->from, NULL, &why, &displaced);
    assert_int_equal(why, PEERS_WELCOME);
    assert_int_equal(displaced, expect_displaced);
    atomic_store(&c->peer[i]->silent_us, 1000000 + i);
}

static void crowd_end(struct crowd *c, int n) {
    peers_free(c->p);
    for (int i = 0; i < n; i++) {
        close(c->fd[i][0]);
        close(c->fd[i][1]);
    }
}

static void the_longest_silent_makes_room(void **state) {
    (void)state;
    struct crowd c = {.p = peers_new(CROWD - 60, 0, &(struct networks){0}), .from = parsed("192.0.2.1")};
    int most = CROWD - 60;
    for (int i = 0; i < most; i++)
        crowd_add(&c, i, false);
    atomic_store(&c.peer[0]->busy, true);             /* it is being answered */
    atomic_store(&c.peer[1]->silent_us, 2 * 1000000); /* it has spoken just now */
    crowd_add(&c, most, true);
    assert_true(is_shut(c.fd[2][1]));
    assert_false(is_shut(c.fd[0][1]) || is_shut(c.fd[1][1]) || is_shut(c.fd[3][1]));
    atomic_store(&c.peer[3]->silent_us, 3 * 1000000); /* speaks after it was chosen */
    peers_remove(c.p, c.peer[4]);                     /* leaves after it was chosen: there is room */
    crowd_add(&c, most + 1, false);
    crowd_add(&c, most + 2, true);
    assert_true(is_shut(c.fd[5][1]));
    assert_false(is_shut(c.fd[3][1]));
    peers_remove(c.p, c.peer[2]);
    peers_remove(c.p, c.peer[5]);
    unsigned open;
    peers_figures(c.p, &open);
    assert_int_equal(open, most);
    for (int i = most + 3; i < CROWD; i++) { /* beyond those that were chosen at once */
        crowd_add(&c, i, true);
        int next = i - most + 3;
        assert_true(is_shut(c.fd[next][1]));
        assert_false(is_shut(c.fd[next + 1][1]));
        peers_remove(c.p, c.peer[next]);
    }
    crowd_end(&c, CROWD);
}

static void where_nobody_is_silent_the_new_one_is_refused(void **state) {
    (void)state;
    struct crowd c = {.p = peers_new(2, 0, &(struct networks){0}), .from = parsed("192.0.2.1")};
    enum peers_verdict why = PEERS_WELCOME;
    bool displaced = true;
    for (int i = 0; i < 2; i++) {
        crowd_add(&c, i, false);
        atomic_store(&c.peer[i]->busy, true);
    }
    assert_null(peers_add(c.p, -1, &c.from, NULL, &why, &displaced));
    assert_int_equal(why, PEERS_FULL);
    assert_false(displaced);
    atomic_store(&c.peer[1]->busy, false);
    usleep(150000); /* it is not looked for at once again */
    crowd_add(&c, 2, true);
    assert_true(is_shut(c.fd[1][1]));
    crowd_end(&c, 3);
}

/* Those that make room are closed by others, in their time. */
static void few_more_than_the_limit_are_open_until_those_that_make_room_are_closed(void **state) {
    (void)state;
    struct crowd c = {.p = peers_new(100, 0, &(struct networks){0}), .from = parsed("192.0.2.1")};
    enum peers_verdict why = PEERS_WELCOME;
    bool displaced = true;
    for (int i = 0; i < 100 + PEERS_SPARE; i++)
        crowd_add(&c, i, i >= 100);
    assert_int_equal(peers_admit(c.p, &c.from), PEERS_FULL);
    assert_null(peers_add(c.p, -1, &c.from, NULL, &why, &displaced));
    assert_int_equal(why, PEERS_FULL);
    peers_remove(c.p, c.peer[0]);
    assert_int_equal(peers_admit(c.p, &c.from), PEERS_WELCOME);
    crowd_end(&c, 100 + PEERS_SPARE);
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_may_have_so_many_and_no_more),
        cmocka_unit_test(a_household_of_ipv6_counts_as_one),
        cmocka_unit_test(our_proxies_and_local_sockets_have_no_limit),
        cmocka_unit_test(whose_deadline_has_passed_is_cut_off),
        cmocka_unit_test(the_longest_silent_makes_room),
        cmocka_unit_test(where_nobody_is_silent_the_new_one_is_refused),
        cmocka_unit_test(few_more_than_the_limit_are_open_until_those_that_make_room_are_closed),
        cmocka_unit_test(draining_ends_who_rests_and_lets_the_busy_finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
