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

static void an_address_may_have_so_many_and_no_more(void **state) {
    (void)state;
    struct networks none = {0};
    struct peers *p = peers_new(2, &none);
    struct address a = parsed("192.0.2.1"), b = parsed("192.0.2.2");
    struct peer *first = peers_add(p, -1, &a, NULL);
    assert_true(peers_admit(p, &a));
    struct peer *second = peers_add(p, -1, &a, NULL);
    assert_false(peers_admit(p, &a));
    assert_true(peers_admit(p, &b));
    peers_remove(p, first);
    assert_true(peers_admit(p, &a));
    unsigned open;
    peers_figures(p, &open);
    assert_int_equal(open, 1);
    peers_remove(p, second);
    peers_free(p);
}

static void a_household_of_ipv6_counts_as_one(void **state) {
    (void)state;
    struct networks none = {0};
    struct peers *p = peers_new(1, &none);
    struct address a = parsed("2001:db8:1:2::1"), same = parsed("2001:db8:1:2:ffff::9"),
                   other = parsed("2001:db8:1:3::1");
    (void)peers_add(p, -1, &a, NULL); /* peers_free() frees it */
    assert_false(peers_admit(p, &same));
    assert_true(peers_admit(p, &other));
    peers_free(p);
}

static void our_proxies_and_local_sockets_have_no_limit(void **state) {
    (void)state;
    struct networks proxies;
    assert_int_equal(networks_parse(STR("10.0.0.0/8"), &proxies, NULL), 0);
    struct peers *p = peers_new(1, &proxies);
    struct address proxy = parsed("10.1.1.1"), local = {.kind = ADDRESS_LOCAL};
    for (int i = 0; i < 5; i++) {
        assert_true(peers_admit(p, &proxy) && peers_admit(p, &local));
        (void)peers_add(p, -1, &proxy, NULL); /* peers_free() frees them */
        (void)peers_add(p, -1, &local, NULL);
    }
    peers_free(p);
    p = peers_new(0, &(struct networks){0}); /* 0: no limit for anybody */
    struct address a = parsed("192.0.2.1");
    (void)peers_add(p, -1, &a, NULL); /* peers_free() frees it */
    assert_true(peers_admit(p, &a));
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
    struct peers *p = peers_new(0, &(struct networks){0});
    struct address a = parsed("192.0.2.1");
    struct peer *one = peers_add(p, late[0], &a, NULL), *two = peers_add(p, early[0], &a, NULL);
    (void)peers_add(p, never[0], &a, NULL); /* peers_free() frees it */
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
    struct peers *p = peers_new(0, &(struct networks){0});
    struct address a = parsed("192.0.2.1");
    (void)peers_add(p, idle[0], &a, NULL); /* peers_free() frees it */
    struct peer *works = peers_add(p, busy[0], &a, NULL);
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

int main(void) {
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_may_have_so_many_and_no_more),
        cmocka_unit_test(a_household_of_ipv6_counts_as_one),
        cmocka_unit_test(our_proxies_and_local_sockets_have_no_limit),
        cmocka_unit_test(whose_deadline_has_passed_is_cut_off),
        cmocka_unit_test(draining_ends_who_rests_and_lets_the_busy_finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
