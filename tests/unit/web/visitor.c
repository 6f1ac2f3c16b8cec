// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/visitor. */
#include "web/visitor.h"

#include "unit.h"

static void robots_that_say_so_are_known(void **state) {
    (void)state;
    static const char *const robots[] = {
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
        "facebookexternalhit/1.1",
        "curl/7.88.1",
        "Wget/1.21.3",
        "python-requests/2.31.0",
        "Go-http-client/2.0",
        "Java/17.0.1",
        "okhttp/4.9.0",
        "Apache-HttpClient/4.5 (Java/11)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
        "Sogou web spider/4.0",
        "AhrefsBot/7.0",
        "UptimeRobot/2.0",
        "W3C_Validator/1.3",
        "",
    };
    for (size_t i = 0; i < sizeof robots / sizeof *robots; i++) {
        if (!visitor_is_robot(str_of(robots[i])))
            print_error("%s\n", robots[i]);
        assert_true(visitor_is_robot(str_of(robots[i])));
    }
}

static void browsers_of_people_are_not_robots(void **state) {
    (void)state;
    static const char *const people[] = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
        "Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 "
        "Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
        "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.45 "
        "Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/20A362 "
        "MicroMessenger/8.0.42(0x18002a2e) NetType/WIFI Language/zh_CN",
        "Mozilla/5.0 (Linux; U; Android 12; zh-CN; V2055A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
        "Chrome/100.0.4896.58 UCBrowser/15.3.1.1241 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
        "Lynx/2.9.0dev.10 libwww-FM/2.14",
    };
    for (size_t i = 0; i + 1 < sizeof people / sizeof *people; i++) {
        if (visitor_is_robot(str_of(people[i])))
            print_error("%s\n", people[i]);
        assert_false(visitor_is_robot(str_of(people[i])));
    }
}

static void each_kind_is_told_by_its_own_sign(void **state) {
    (void)state;
    struct networks staff = {0};
    assert_int_equal(networks_parse(STR("10.0.0.0/8"), &staff, NULL), 0);
    struct address inside = {.kind = ADDRESS_IP4, .bytes = {10, 1, 2, 3}};
    struct address outside = {.kind = ADDRESS_IP4, .bytes = {192, 0, 2, 1}};
    struct incoming in = {.method = STR("GET"), .user_agent = STR("Mozilla/5.0 (X11) Firefox/120.0")};
    assert_int_equal(visitor_kind(&in, &outside, &staff), VIEW_PERSON);
    assert_int_equal(visitor_kind(&in, &inside, &staff), VIEW_STAFF);
    in.purpose = STR("prefetch;prerender");
    assert_int_equal(visitor_kind(&in, &inside, &staff), VIEW_PREFETCH);
    in.from = STR("someone@example.org");
    assert_int_equal(visitor_kind(&in, &inside, &staff), VIEW_ROBOT);
    in.method = STR("HEAD");
    assert_int_equal(visitor_kind(&in, &inside, &staff), VIEW_HEAD);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(robots_that_say_so_are_known),
        cmocka_unit_test(browsers_of_people_are_not_robots),
        cmocka_unit_test(each_kind_is_told_by_its_own_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
