// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/network. */
#include "web/network.h"

#include "unit.h"

#include <string.h>

static struct address parsed(const char *text) {
    struct address a;
    assert_true(address_parse(str_of(text), &a));
    return a;
}

static void addresses_are_read_as_proxies_write_them(void **state) {
    (void)state;
    static const struct {
        const char *text, *plain;
    } cases[] = {
        {"192.0.2.7", "192.0.2.7"},        {" 192.0.2.7 ", "192.0.2.7"},     {"192.0.2.7:443", "192.0.2.7"},
        {"2001:db8::1", "2001:db8::1"},    {"[2001:db8::1]", "2001:db8::1"}, {"[2001:db8::1]:80", "2001:db8::1"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address a = parsed(cases[i].text);
        char text[ADDRESS_TEXT_MOST];
        address_text(&a, text);
        assert_string_equal(text, cases[i].plain);
    }
    static const char *const bad[] = {"", "unknown", "192.0.2", "192.0.2.256", ":", "2001:db8::1::2", "_x"};
    struct address a;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(address_parse(str_of(bad[i]), &a));
}

static void networks_hold_what_their_bits_say(void **state) {
    (void)state;
    struct networks n;
    assert_int_equal(networks_parse(STR("10.0.0.0/8, 192.0.2.128/25\t2001:db8::/32,203.0.113.5"), &n, NULL), 0);
    assert_int_equal(n.n, 4);
    static const struct {
        const char *text;
        bool in;
    } cases[] = {
        {"10.255.0.1", true},       {"11.0.0.1", false},    {"192.0.2.128", true},
        {"192.0.2.127", false},     {"203.0.113.5", true},  {"203.0.113.4", false},
        {"2001:db8:ffff::1", true}, {"2001:db9::1", false}, {"::ffff:10.1.1.1", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address a = parsed(cases[i].text);
        assert_int_equal(networks_have(&n, &a), cases[i].in);
    }
    struct networks all;
    assert_int_equal(networks_parse(STR("0.0.0.0/0"), &all, NULL), 0);
    struct address four = parsed("198.51.100.1"), six = parsed("::1");
    assert_true(networks_have(&all, &four));
    assert_false(networks_have(&all, &six));
}

static void a_part_that_is_no_network_is_named(void **state) {
    (void)state;
    static const char *const bad[] = {"10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/", "example.org", "10.0.0.0/x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct networks n = {.n = 7};
        struct err err = {0};
        assert_int_equal(networks_parse(str_of(bad[i]), &n, &err), -ERR_INVALID);
        assert_non_null(strstr(err.text, bad[i]));
        assert_int_equal(n.n, 7);
    }
}

static void the_client_is_the_last_address_that_is_not_a_proxy(void **state) {
    (void)state;
    struct networks proxies;
    assert_int_equal(networks_parse(STR("10.0.0.0/8"), &proxies, NULL), 0);
    static const struct {
        const char *peer, *forwarded, *client;
    } cases[] = {
        {"203.0.113.1", "198.51.100.1", "203.0.113.1"}, /* a stranger's word is not taken */
        {"10.0.0.1", "198.51.100.1", "198.51.100.1"},
        {"10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"}, /* what the client made up stands left */
        {"10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"},
        {"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
        {"10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"},
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", ",", "10.0.0.1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address peer = parsed(cases[i].peer);
        struct address client = client_address(&peer, str_of(cases[i].forwarded), &proxies);
        char text[ADDRESS_TEXT_MOST];
        address_text(&client, text);
        assert_string_equal(text, cases[i].client);
    }
    struct address local = {.kind = ADDRESS_LOCAL};
    struct address client = client_address(&local, STR("198.51.100.1"), &(struct networks){0});
    assert_int_equal(client.kind, ADDRESS_IP4);
}

static void the_machine_itself_is_loopback(void **state) {
    (void)state;
    static const char *const yes[] = {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"};
    static const char *const no[] = {"128.0.0.1", "::2", "10.0.0.1"};
    for (size_t i = 0; i < 4; i++) {
        struct address a = parsed(yes[i]);
        assert_true(address_is_loopback(&a));
    }
    for (size_t i = 0; i < 3; i++) {
        struct address a = parsed(no[i]);
        assert_false(address_is_loopback(&a));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_as_proxies_write_them),
        cmocka_unit_test(networks_hold_what_their_bits_say),
        cmocka_unit_test(a_part_that_is_no_network_is_named),
        cmocka_unit_test(the_client_is_the_last_address_that_is_not_a_proxy),
        cmocka_unit_test(the_machine_itself_is_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
