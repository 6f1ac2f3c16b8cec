// SPDX-License-Identifier: Apache-2.0
/* Robots, prefetches, staff, people: one pass over the User-Agent, a few looks at other headers. */
#include "web/visitor.h"

/* In lower case; ordered by first letter, so that one comparison tells most positions from all of them. "bot" stands
 * for Googlebot, bingbot, robot …; "http" catches the address that crawlers leave, and HTTP libraries. */
static const char *const robot_words[] = {
    "aiohttp",
    "apache-http",
    "archive.org",
    "axios",
    "bot",
    "checker",
    "crawl",
    "curl",
    "daum",
    "dataprovider",
    "facebookexternalhit",
    "feed",
    "fetch",
    "go-http",
    "headless",
    "http:",
    "https:",
    "httpclient",
    "httrack",
    "httpx",
    "ia_archiver",
    "java/",
    "libwww",
    "lighthouse",
    "lwp",
    "mediapartners",
    "monitor",
    "node-fetch",
    "okhttp",
    "phantomjs",
    "postman",
    "preview",
    "python",
    "ruby",
    "scan",
    "scrapy",
    "slurp",
    "spider",
    "transcoder",
    "validator",
    "w3c_",
    "wget",
    "yandex.com/bots",
};
enum { ROBOT_WORDS = sizeof robot_words / sizeof *robot_words };

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool word_at(struct str s, size_t at, const char *word) {
    for (size_t i = 0; word[i]; i++)
        if (at + i >= s.n || lower(s.p[at + i]) != word[i])
            return false;
    return true;
}

/* Cubot is a maker of telephones. */
static bool is_telephone(struct str s, size_t at) {
    return at >= 2 && word_at(s, at - 2, "cubot");
}

bool visitor_is_robot(struct str user_agent) {
    for (size_t at = 0; at < user_agent.n; at++) {
        char c = lower(user_agent.p[at]);
        for (size_t i = 0; i < ROBOT_WORDS && robot_words[i][0] <= c; i++)
            if (robot_words[i][0] == c && word_at(user_agent, at, robot_words[i]) && !is_telephone(user_agent, at))
                return true;
    }
    return user_agent.n == 0;
}

static bool is_prefetch(struct str purpose) {
    return str_find_nocase(purpose, STR("prefetch"), 0) != SIZE_MAX ||
           str_find_nocase(purpose, STR("prerender"), 0) != SIZE_MAX ||
           str_find_nocase(purpose, STR("preview"), 0) != SIZE_MAX;
}

enum view_kind visitor_kind(const struct incoming *in, const struct address *client, const struct networks *staff) {
    if (str_is(in->method, "HEAD"))
        return VIEW_HEAD;
    if (in->from.n || (in->robot ? in->robot > 0 : visitor_is_robot(in->user_agent)))
        return VIEW_ROBOT;
    if (is_prefetch(in->purpose))
        return VIEW_PREFETCH;
    if (client->kind != ADDRESS_NONE && networks_have(staff, client))
        return VIEW_STAFF;
    return VIEW_PERSON;
}
