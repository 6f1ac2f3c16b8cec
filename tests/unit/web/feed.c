// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/feed, read back by libxml2 and Jansson. */
#include "web/feed.h"

#include "../unit.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <string.h>

static struct feed_item items[] = {
    {.id = STR("tag:www.example.org,2026:en/12"),
     .url = STR("https://www.example.org/news/12"),
     .title = STR("Gates <close> & open"),
     .summary = STR("At 18:30.\x01 \"Quay\" Street stays open."),
     .source = STR("Harbour Division"),
     .keywords = STR("flood, quay,, tide"),
     .section = STR("News"),
     .picture = STR("https://www.example.org/media/a.svg"),
     .published_us = 1795077600000000, /* 2026-11-19 16:40 in Shanghai */
     .changed_us = 1795079100000000},
    {.id = STR("tag:www.example.org,2026:en/11"),
     .url = STR("https://www.example.org/news/11"),
     .title = STR("登记开始"),
     .published_us = 1794991200000000,
     .changed_us = 1794991200000000},
};
static const struct feed feed = {.title = STR("Alder Quay: latest"),
                                 .publisher = STR("Alder Quay"),
                                 .home = STR("https://www.example.org/"),
                                 .self = STR("https://www.example.org/feed"),
                                 .language = "en",
                                 .zone = "Asia/Shanghai",
                                 .n = 2,
                                 .item = items};

static void expect_xpath(const struct buf *text, const char *path, const char *value) {
    xmlDoc *doc = xmlReadMemory(text->p, (int)text->n, "feed.xml", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlXPathContext *context = xmlXPathNewContext(doc);
    xmlXPathRegisterNs(context, (const xmlChar *)"a", (const xmlChar *)"http://www.w3.org/2005/Atom");
    BUF_LOCAL(expression);
    buf_printf(&expression, "string(%s)", path);
    xmlXPathObject *found = xmlXPathEvalExpression((const xmlChar *)expression.p, context);
    assert_non_null(found);
    assert_string_equal((const char *)found->stringval, value);
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
}

static void atom_has_what_rfc_4287_asks_for(void **state) {
    (void)state;
    BUF_LOCAL(b);
    assert_int_equal(feed_add_atom(&b, &feed, NULL), 0);
    expect_xpath(&b, "/a:feed/a:title", "Alder Quay: latest");
    expect_xpath(&b, "/a:feed/a:id", "https://www.example.org/feed");
    expect_xpath(&b, "/a:feed/a:updated", "2026-11-19T17:05:00+08:00");
    expect_xpath(&b, "/a:feed/a:link[@rel='self']/@href", "https://www.example.org/feed");
    expect_xpath(&b, "count(/a:feed/a:entry)", "2");
    expect_xpath(&b, "/a:feed/a:entry[1]/a:id", "tag:www.example.org,2026:en/12");
    expect_xpath(&b, "/a:feed/a:entry[1]/a:title", "Gates <close> & open");
    expect_xpath(&b, "/a:feed/a:entry[1]/a:published", "2026-11-19T16:40:00+08:00");
    expect_xpath(&b, "/a:feed/a:entry[1]/a:author/a:name", "Harbour Division");
    expect_xpath(&b, "count(/a:feed/a:entry[1]/a:category)", "3");
    expect_xpath(&b, "/a:feed/a:entry[2]/a:title", "登记开始");
}

static void empty_fields_and_forbidden_characters_are_left_out(void **state) {
    (void)state;
    BUF_LOCAL(b);
    assert_int_equal(feed_add_atom(&b, &feed, NULL), 0);
    expect_xpath(&b, "count(/a:feed/a:entry[2]/a:summary)", "0");
    expect_xpath(&b, "count(/a:feed/a:subtitle)", "0");
    expect_xpath(&b, "/a:feed/a:entry[1]/a:summary", "At 18:30. \"Quay\" Street stays open.");
}

static void rss_has_its_channel_and_items(void **state) {
    (void)state;
    BUF_LOCAL(b);
    assert_int_equal(feed_add_rss(&b, &feed, NULL), 0);
    expect_xpath(&b, "/rss/@version", "2.0");
    expect_xpath(&b, "/rss/channel/link", "https://www.example.org/");
    expect_xpath(&b, "/rss/channel/description", "Alder Quay: latest");
    expect_xpath(&b, "/rss/channel/item[1]/guid[@isPermaLink='false']", "tag:www.example.org,2026:en/12");
    expect_xpath(&b, "/rss/channel/item[1]/link", "https://www.example.org/news/12");
    expect_xpath(&b, "/rss/channel/item[1]/pubDate", "Thu, 19 Nov 2026 08:40:00 GMT");
    expect_xpath(&b, "/rss/channel/item[1]/category", "News");
    expect_xpath(&b, "count(/rss/channel/item[2]/description)", "0");
}

static const char *text_of(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

static void json_feed_has_its_version_and_items(void **state) {
    (void)state;
    BUF_LOCAL(b);
    assert_int_equal(feed_add_json(&b, &feed, NULL), 0);
    json_t *root = json_loads(b.p, 0, NULL);
    assert_non_null(root);
    assert_string_equal(text_of(root, "version"), "https://jsonfeed.org/version/1.1");
    assert_string_equal(text_of(root, "feed_url"), "https://www.example.org/feed");
    json_t *list = json_object_get(root, "items"), *first = json_array_get(list, 0), *second = json_array_get(list, 1);
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(text_of(first, "date_published"), "2026-11-19T16:40:00+08:00");
    assert_string_equal(text_of(first, "image"), "https://www.example.org/media/a.svg");
    assert_int_equal(json_array_size(json_object_get(first, "tags")), 3);
    assert_string_equal(text_of(second, "content_text"), "登记开始");
    assert_null(json_object_get(second, "tags"));
    assert_null(json_object_get(second, "summary"));
    json_decref(root);
}

static void a_feed_without_items_is_still_one(void **state) {
    (void)state;
    struct feed empty = feed;
    empty.n = 0;
    BUF_LOCAL(atom);
    BUF_LOCAL(json);
    assert_int_equal(feed_add_atom(&atom, &empty, NULL), 0);
    expect_xpath(&atom, "count(/a:feed/a:updated)", "1");
    assert_int_equal(feed_add_json(&json, &empty, NULL), 0);
    assert_non_null(strstr(json.p, "\"items\":[]"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atom_has_what_rfc_4287_asks_for),
        cmocka_unit_test(empty_fields_and_forbidden_characters_are_left_out),
        cmocka_unit_test(rss_has_its_channel_and_items),
        cmocka_unit_test(json_feed_has_its_version_and_items),
        cmocka_unit_test(a_feed_without_items_is_still_one),
    };
    return cmocka_run_group_tests_name("web/feed", tests, NULL, NULL);
}
