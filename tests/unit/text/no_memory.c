// SPDX-License-Identifier: Apache-2.0
/* Every text module with each of its own allocations failing in turn: an error or a failed flag, no crash, no leak (the
 * sanitizers watch), and never half a result that looks whole. ICU's own allocations are not among them. */
#include "text/datetime.h"
#include "text/escape.h"
#include "text/language.h"
#include "text/messages.h"
#include "text/snippet.h"
#include "text/template.h"
#include "text/utf8.h"

#include "../base/alloc_faults.h"
#include "../unit.h"

#include <string.h>

static bool work_escape(struct buf *ret) {
    for (int i = 0; i < 20; i++) {
        escape_html(ret, STR("<a href=\"x\">\xff 中文 & more of it</a>"));
        escape_json(ret, STR("\"\xff\\ 中文 <more of it>"), true);
        escape_url(ret, STR("a b/中文"));
        utf8_add_repaired(ret, STR("\xff\xfe repaired"));
        if (!unescape_url(ret, STR("%E4%B8%AD+x"), true))
            return false;
    }
    return !buf_failed(ret);
}

static void escaping(void **state) {
    (void)state;
    alloc_faults_sweep(work_escape);
}

static bool work_dates(struct buf *ret) {
    const int64_t us = INT64_C(1795077600000000);
    for (int i = 0; i < 5; i++) {
        const char *zone = i % 2 ? "Asia/Shanghai" : "Europe/Berlin";
        datetime_add_minute(ret, us, zone);
        datetime_add_rfc3339(ret, us, zone);
        datetime_add_http(ret, us);
        datetime_add_long_day(ret, us, zone, "zh-CN");
        language_add_name(ret, "zh-CN");
        int64_t read;
        if (!datetime_parse(STR("2026-11-19 16:40"), zone, &read))
            return false;
        buf_add_int(ret, read);
    }
    return !buf_failed(ret);
}

static void dates_and_languages(void **state) {
    (void)state;
    alloc_faults_sweep(work_dates);
}

static bool work_search(struct buf *ret) {
    static const char text[] =
        "The flood gates close; 公安厅召开发布会，市民 Café ﾃｽﾄ. And there is more to be said of it.";
    ARENA_LOCAL(a, 0);
    struct search_query q;
    search_query_parse(a,
                       STR("flood “gates close” 公安厅 caf* \"and there is more to be said of it, which takes a longer "
                           "phrase than the first room of a growing string\" 市"),
                       &q);
    tokens_add(ret, str_of(text));
    search_query_add_fts5(ret, &q);
    snippet_add(ret, str_of(text), &q, 40);
    return !arena_failed(a) && !buf_failed(ret);
}

static void tokens_queries_and_snippets(void **state) {
    (void)state;
    alloc_faults_sweep(work_search);
}

static bool work_messages(struct buf *ret) {
    static const char en[] = "[a]\nviews = {n, plural, =0 {none} one {# view of {name}} other {# views}}\nby = By ''\n"
                             "long = a message that goes on\n  over lines, and is longer than the first room of a buf\n"
                             "[b]\nx = {k, select, a {A} other {O}}\n";
    struct messages *fallback = NULL, *m = NULL;
    struct err err = {0};
    bool ok = false;
    ARENA_LOCAL(a, 0);
    int bad = messages_load("en", str_of(en), NULL, &fallback, &err);
    if (!bad)
        bad = messages_load("zh-CN", STR("[a]\nby = 来源\n[c]\ny = 新\n"), fallback, &m, &err);
    if (!bad) {
        const struct message_arg args[] = {{.name = "n", .number = 1}, {.name = "name", .text = STR("Ann")}};
        buf_add(ret, messages_format(m, a, "a.views", args, 2));
        buf_add(ret, messages_get(m, "a.long"));
        buf_add(ret, messages_number(m, a, 1284));
        buf_add(ret, messages_format(m, a, "no.key", NULL, 0));
        buf_add(ret, value_as_text(value_get(value_get(messages_value(m), STR("c")), STR("y"))));
        ok = !arena_failed(a) && !buf_failed(ret);
    } else {
        assert_int_equal(bad, -ERR_NO_MEMORY);
        assert_non_null(strstr(err.text, "memory"));
        assert_null(m);
    }
    messages_free(m);
    messages_free(fallback);
    return ok;
}

static void messages(void **state) {
    (void)state;
    alloc_faults_sweep(work_messages);
}

static const struct {
    const char *name, *text;
} pages[] = {
    {"page", "{{<layout}}\n{{$main}}\n  {{#item}}\n  <b>{{n}}</b> {{>part}}\n  {{/item}}\n{{/main}}\n{{/layout}}"},
    {"layout", "<h1>{{title}}</h1>\n{{$main}}none{{/main}}\n{{^absent}}foot{{/absent}}"},
    {"part", "({{{title}}})"},
    {"page", "{{<layout}}{{$main}}{{#item}}[{{n}}{{>part}}]{{/item}}{{/main}}{{/layout}}"}, /* replaces the first */
};

static bool work_templates(struct buf *ret) {
    struct templates *t = templates_new();
    ARENA_LOCAL(a, 0);
    struct err err = {0};
    int bad = t ? 0 : -ERR_NO_MEMORY;
    for (size_t i = 0; !bad && i < sizeof pages / sizeof *pages; i++)
        bad = templates_add(t, pages[i].name, str_of(pages[i].text), &err);
    struct value *view = value_object(a);
    value_set_z(view, "title", "A <title> with a bad byte \xff");
    struct value *list = value_set_list(view, "item");
    for (int i = 0; i < 200; i++)
        value_set_int(value_append_object(list), "n", i);
    struct value *known = value_object(a);
    value_set_shared(known, "title", value_get(view, STR("title")));
    struct templates *folded = bad || arena_failed(a) ? NULL : templates_fold(t, known);
    if (!bad)
        bad = folded ? templates_render(folded, "page", view, ret, &err) : -ERR_NO_MEMORY;
    templates_free(folded);
    templates_free(t);
    if (bad)
        assert_int_equal(bad, -ERR_NO_MEMORY);
    return !bad && !arena_failed(a);
}

static void views_and_templates(void **state) {
    (void)state;
    alloc_faults_sweep(work_templates);
}

static void a_template_that_could_not_be_added_leaves_the_old_one(void **state) {
    (void)state;
    struct err err;
    for (size_t i = 0; i < 4; i++) {
        struct templates *t = templates_new();
        assert_int_equal(templates_add(t, "page", STR("old"), &err), 0);
        BUF_LOCAL(text);
        for (int k = 0; k < 300; k++)
            buf_add_z(&text, "{{#a}}new{{/a}}");
        alloc_faults_at(i);
        int bad = templates_add(t, "page", buf_str(&text), &err);
        (void)alloc_faults_off(); /* how many does not matter */
        assert_int_equal(bad, -ERR_NO_MEMORY);
        BUF_LOCAL(out);
        assert_int_equal(templates_render(t, "page", NULL, &out, &err), 0);
        assert_string_equal(out.p, "old");
        templates_free(t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escaping),
        cmocka_unit_test(dates_and_languages),
        cmocka_unit_test(tokens_queries_and_snippets),
        cmocka_unit_test(messages),
        cmocka_unit_test(views_and_templates),
        cmocka_unit_test(a_template_that_could_not_be_added_leaves_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
