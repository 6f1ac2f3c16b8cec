// SPDX-License-Identifier: Apache-2.0
/* Tests of src/web/pages: every public page on both engines, through the whole of web_serve() but without a socket. */
#include "ground.h"

#include "base/clock.h"
#include "text/datetime.h"
#include "web/loopback.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

static const struct site_unit units[] = {
    {.slug = STR("harbour"),
     .name = {STR("Harbour Division"), STR("港务处")},
     .duty = {STR("Gates & moorings <all>"), STR("闸门")},
     .phone = STR("+44 (0)20 555-0160 ext. 3"),
     .email = STR("harbour@example.org")},
    {.slug = STR("review"),
     .name = {STR("Review Office")},
     .duty = {STR("Looks again")},
     .phone = STR("ask at the desk")},
    {.slug = STR("records"), .name = {STR("Records"), STR("档案室")}},
};
static const struct site site = {
    .origin = STR("https://www.example.org"),
    .zone = "Asia/Shanghai",
    .languages = 3,
    .words = {{.language = "en", .name = STR("Alder Quay Office"), .place = STR("Alder Quay"), .unit = STR("Office")},
              {.language = "zh-CN", .name = STR("桤岸办公室"), .place = STR("桤岸"), .unit = STR("办公室")},
              {.language = "ar", .name = STR("Alder Quay Office"), .place = STR("Alder Quay"), .unit = STR("Office")}},
    .units = 3,
    .unit = units,
    .phone = STR("555 01-42"),
    .email = STR("desk@example.org"),
};
static const int64_t now_us = INT64_C(1795190400000000); /* 2026-11-21 00:00 in Shanghai */
static const int64_t minute_us = 60 * CLOCK_SECOND_US;

/* An office on the fixture's store, for one test. */
struct ground {
    struct fixture *f;
    struct views *views;
    struct office *office;
    struct arena *a;
    int64_t news;
};

static struct ground ground_begin(void **state) {
    struct ground g = {.f = *state};
    BUF_LOCAL(path);
    struct err err = {0};
    clock_set(now_us);
    g.news = ground_column(g.f, "news");
    MUST(do_column_words(g.f, g.news, "en", "News", "What happened.", e));
    MUST(do_column_words(g.f, g.news, "zh-CN", "新闻", "", e));
    buf_printf(&path, "%s/views", g.f->folder);
    must(views_open(path.p, g.f->store, &g.views, &err), &err);
    must(office_load(g.f->folder, &site, NULL, g.f->store, g.views, &g.office, &err), &err);
    g.a = arena_new(0);
    return g;
}

/* As SIGHUP does. */
static void load_again(struct ground *g, const struct site *s) {
    struct office *had = g->office;
    struct err err = {0};
    must(office_load(g->f->folder, s, NULL, g->f->store, g->views, &g->office, &err), &err);
    office_release(had);
}

static void ground_end(struct ground *g) {
    arena_free(g->a);
    office_release(g->office);
    views_close(g->views);
    clock_set(0);
}

static struct loopback_answer get(struct ground *g, int status, const char *target) {
    struct loopback_answer answer = {0};
    int got = serve_loopback(NULL, g->office, g->a, "GET", target, "Host: www.example.org", STR_NONE, &answer);
    if (got != status)
        print_error("%s\n%.*s\n", target, STR_FMT(answer.body));
    assert_int_equal(got, status);
    return answer;
}

static struct loopback_answer post(struct ground *g, const char *target, const char *cookie, const char *form) {
    struct loopback_answer answer = {0};
    struct str headers = arena_printf(
        g->a,
        "Host: www.example.org\nOrigin: https://www.example.org\nContent-Type: application/x-www-form-urlencoded\n%s",
        cookie);
    (void)serve_loopback(NULL, g->office, g->a, "POST", target, headers.p, str_of(form), &answer);
    return answer;
}

static bool holds(struct str body, const char *what) {
    return str_find(body, str_of(what), 0) != SIZE_MAX;
}

#define ASSERT_HOLDS(answer, what)                                                                                     \
    do {                                                                                                               \
        if (!holds((answer).body, what))                                                                               \
            fail_msg("not on the page: %s\n%.*s", what, STR_FMT((answer).body));                                       \
    } while (0)
#define ASSERT_LACKS(answer, what)                                                                                     \
    do {                                                                                                               \
        if (holds((answer).body, what))                                                                                \
            fail_msg("on the page: %s", what);                                                                         \
    } while (0)

static const char *address(struct ground *g, const char *prefix, int64_t id, const char *rest) {
    return arena_printf(g->a, "%s/news/%lld%s", prefix, (long long)id, rest).p;
}

static int64_t publish(struct ground *g, const char *language, const char *title, const char *body, int minutes_ago) {
    return ground_publish(g->f, g->news, language, title, body, now_us - minutes_ago * minute_us);
}

static size_t count_of(struct str body, const char *what) {
    size_t n = 0;
    for (size_t at = 0; (at = str_find(body, str_of(what), at)) != SIZE_MAX; at++)
        n++;
    return n;
}

/* --- article --- */

static void an_article_shows_what_the_issue_lists(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    struct article draft = ground_draft(g.news, "en", "Gates close", "<p>At 18:30.</p>");
    int64_t id = 0;
    draft.text.source = STR("Harbour Division");
    draft.text.keywords = STR("flood, quay");
    draft.text.summary = STR("The gates close.");
    draft.picture = STR("/media/a.svg");
    draft.text.picture_alt = STR("Two gates");
    must(do_add(g.f, &draft, &id, &e), &e);
    must(do_publish(g.f, id, now_us - minute_us, &e), &e);
    struct loopback_answer page = get(&g, 200, address(&g, "", id, ""));
    ASSERT_HOLDS(page, "<h1 data-part=\"title\">Gates close</h1>");
    ASSERT_HOLDS(page, "2026-11-20 23:59</time>");
    ASSERT_HOLDS(page, "<b data-part=\"source\">Harbour Division</b>");
    ASSERT_HOLDS(page, "<p class=\"lead\" data-part=\"summary\">The gates close.</p>");
    ASSERT_HOLDS(page, "alt=\"Two gates\"");
    ASSERT_HOLDS(page, "<meta name=\"ContentSource\" content=\"Harbour Division\">");
    ASSERT_HOLDS(page, "<meta name=\"PubDate\" content=\"2026-11-20 23:59\">");
    ASSERT_HOLDS(page, "<meta name=\"ColumnName\" content=\"News\">");
    ASSERT_HOLDS(page, "name=\"typeface\" value=\"large\"");
    ASSERT_HOLDS(page, "name=\"colour\" value=\"green\"");
    ASSERT_HOLDS(page, "/search?q=flood");
    ASSERT_LACKS(page, "null");
    ASSERT_LACKS(page, "name=\"Author\"");
    ASSERT_LACKS(page, " style=");
    assert_int_equal(page.viewed_id, id);
    ground_end(&g);
}

static void the_live_count_is_marked_and_grouped(void **state) {
    struct ground g = ground_begin(state);
    int64_t id = publish(&g, "en", "Gates close", "<p>At 18:30.</p>", 1);
    for (int i = 0; i < 1284; i++)
        (void)views_add(g.views, id, VIEW_PERSON);
    (void)views_add(g.views, id, VIEW_ROBOT);
    struct loopback_answer page = get(&g, 200, address(&g, "", id, ""));
    assert_true(str_is(page.count, "1284}}</script><span>Views <b data-count>1,284")); /* one piece: both live */
    ASSERT_HOLDS(page, "\"userInteractionCount\":1284}}</script><span>Views <b data-count>1,284</b>");
    ground_end(&g);
}

static void titles_are_text_and_never_markup(void **state) {
    struct ground g = ground_begin(state);
    int64_t id = publish(&g, "en", "</script><script>alert(1)</script> & \"more\"", "<p>x</p>", 1);
    struct loopback_answer page = get(&g, 200, address(&g, "", id, ""));
    ASSERT_LACKS(page, "<script>alert");
    ASSERT_HOLDS(page, "\\u003c/script>");
    ASSERT_HOLDS(page, "&lt;/script&gt;");
    page = get(&g, 200, "/");
    ASSERT_LACKS(page, "<script>alert");
    ground_end(&g);
}

static void structured_data_is_json_that_parses(void **state) {
    struct ground g = ground_begin(state);
    int64_t id = publish(&g, "en", "Gates \"close\" \\ </script>", "<p>At 18:30.</p>", 1);
    struct loopback_answer page = get(&g, 200, address(&g, "", id, ""));
    struct str open = STR("<script type=\"application/ld+json\">");
    size_t from = str_find(page.body, open, 0) + open.n, end = str_find(page.body, STR("</script>"), from);
    json_t *o = json_loadb(page.body.p + from, end - from, 0, NULL);
    assert_non_null(o);
    assert_string_equal(json_string_value(json_object_get(o, "headline")), "Gates \"close\" \\ </script>");
    assert_string_equal(json_string_value(json_object_get(o, "@type")), "NewsArticle");
    assert_null(json_object_get(o, "image"));
    json_decref(o);
    ground_end(&g);
}

static void open_graph_has_a_locale_where_the_language_has_a_territory(void **state) {
    struct ground g = ground_begin(state);
    struct loopback_answer page = get(&g, 200, "/");
    ASSERT_LACKS(page, "og:locale"); /* "en" is none */
    page = get(&g, 200, "/zh-CN/");
    ASSERT_HOLDS(page, "<meta property=\"og:locale\" content=\"zh_CN\">");
    ground_end(&g);
}

static void a_text_that_was_never_corrected_is_as_old_as_its_publication(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    int64_t id = publish(&g, "en", "Gates", "<p>At 18:30.</p>", 60 * 24 * 365), revision;
    for (int corrected = 0; corrected < 2; corrected++) {
        struct loopback_answer page = get(&g, 200, address(&g, "", id, ""));
        struct str mark = STR("published_time\" content=\"");
        struct str published = str_first(str_from(page.body, str_find(page.body, mark, 0) + mark.n), 25);
        assert_true(str_starts(published, "20"));
        const char *modified = arena_printf(g.a, "modified_time\" content=\"%.*s\"", STR_FMT(published)).p;
        const char *json = arena_printf(g.a, "\"dateModified\":\"%.*s\"", STR_FMT(published)).p;
        const char *map = arena_printf(g.a, "<lastmod>%.*s</lastmod>", STR_FMT(published)).p;
        assert_int_equal(holds(page.body, modified), !corrected);
        assert_int_equal(holds(page.body, json), !corrected);
        assert_int_equal(holds(get(&g, 200, "/sitemap/1").body, map), !corrected);
        struct article next = ground_draft(g.news, "en", "Gates", "<p>At 18:45.</p>");
        next.text.note = STR("Time corrected.");
        must(do_set_text(g.f, id, &next.text, &revision, &e), &e);
    }
    ground_end(&g);
}

static void a_table_stands_in_a_region_of_its_own(void **state) {
    struct ground g = ground_begin(state);
    int64_t id =
        publish(&g, "en", "Times",
                "<p>a</p><table><tr><th>x</th></tr><tr><td><table><tr><th>in</th></tr></table></td></tr></table>"
                "<p>b</p>",
                1);
    struct loopback_answer page = get(&g, 200, address(&g, "", id, ""));
    assert_int_equal(count_of(page.body, "class=\"scroll\""), 1);
    ASSERT_HOLDS(page, "</table></td></tr></table></div>");
    ground_end(&g);
}

static void a_summary_that_the_text_repeats_is_shown_once(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    struct article draft =
        ground_draft(g.news, "en", "Gates close", "<p>The gates <strong>close</strong>.</p><p>b</p>");
    int64_t id = 0;
    draft.text.summary = STR("The gates close.");
    must(do_add(g.f, &draft, &id, &e), &e);
    must(do_publish(g.f, id, now_us - minute_us, &e), &e);
    struct loopback_answer page = get(&g, 200, address(&g, "", id, ""));
    ASSERT_LACKS(page, "class=\"lead\"");
    ASSERT_HOLDS(page, "class=\"prose led\"");
    ground_end(&g);
}

static void what_is_not_public_is_not_found(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    struct article draft = ground_draft(g.news, "en", "Secret draft", "<p>x</p>");
    int64_t id = 0;
    must(do_add(g.f, &draft, &id, &e), &e);
    int64_t future = publish(&g, "en", "Tomorrow", "<p>x</p>", -10);
    (void)get(&g, 404, address(&g, "", id, ""));
    (void)get(&g, 404, address(&g, "", future, ""));
    (void)get(&g, 404, address(&g, "", future, "/qr.svg"));
    (void)get(&g, 404, address(&g, "", future, "/changes"));
    (void)get(&g, 404, "/news/99999");
    (void)get(&g, 404, "/nowhere/");
    clock_set(now_us + 11 * minute_us);
    (void)get(&g, 200, address(&g, "", future, ""));
    ground_end(&g);
}

static void a_withdrawn_article_says_why_and_shows_no_text(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    int64_t id = publish(&g, "en", "Mill Road closed", "<p>It is closed.</p>", 1);
    must(do_withdraw(g.f, id, "It stayed open after all.", &e), &e);
    struct loopback_answer page = get(&g, 410, address(&g, "", id, ""));
    ASSERT_HOLDS(page, "It stayed open after all.");
    ASSERT_HOLDS(page, "Mill Road closed");
    ASSERT_LACKS(page, "It is closed.");
    assert_int_equal(page.viewed_id, 0);
    page = get(&g, 410, address(&g, "", id, "/changes"));
    ASSERT_LACKS(page, "It is closed.");
    ground_end(&g);
}

static void an_address_with_another_column_leads_to_the_right_one(void **state) {
    struct ground g = ground_begin(state);
    int64_t id = publish(&g, "en", "Gates", "<p>x</p>", 1);
    struct loopback_answer page = get(&g, 301, arena_printf(g.a, "/zh-CN/old/%lld/changes", (long long)id).p);
    assert_true(str_eq(page.location, str_of(address(&g, "/zh-CN", id, "/changes"))) ||
                str_ends(page.location, address(&g, "/zh-CN", id, "/changes")));
    ground_end(&g);
}

static void a_text_that_a_language_lacks_is_shown_in_another_with_a_note(void **state) {
    struct ground g = ground_begin(state);
    int64_t id = publish(&g, "en", "Only English", "<p>x</p>", 1);
    struct loopback_answer page = get(&g, 200, address(&g, "/zh-CN", id, ""));
    ASSERT_HOLDS(page, "<html lang=\"zh-CN\"");
    ASSERT_HOLDS(page, "<h1 data-part=\"title\" lang=\"en\" dir=\"ltr\">Only English</h1>");
    ASSERT_HOLDS(page, "本页暂无中文译文");
    ASSERT_HOLDS(
        page,
        arena_printf(g.a, "<link rel=\"canonical\" href=\"https://www.example.org/news/%lld\">", (long long)id).p);
    ASSERT_LACKS(page, "rel=\"alternate\" hreflang");
    ground_end(&g);
}

static void translations_are_tied_by_hreflang(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    int64_t id = publish(&g, "en", "Gates", "<p>x</p>", 1), revision;
    struct article chinese = ground_draft(g.news, "zh-CN", "闸门", "<p>关闭</p>");
    must(do_set_text(g.f, id, &chinese.text, &revision, &e), &e);
    struct loopback_answer page = get(&g, 200, address(&g, "/zh-CN", id, ""));
    ASSERT_HOLDS(page, "<h1 data-part=\"title\">闸门</h1>");
    ASSERT_HOLDS(page,
                 arena_printf(g.a, "hreflang=\"en\" href=\"https://www.example.org/news/%lld\"", (long long)id).p);
    ASSERT_HOLDS(page, "hreflang=\"x-default\"");
    ASSERT_LACKS(page, "rel=\"alternate\" hreflang=\"ar\"");
    ground_end(&g);
}

static void a_right_to_left_language_turns_the_page_and_not_the_text(void **state) {
    struct ground g = ground_begin(state);
    int64_t id = publish(&g, "en", "Gates", "<p>x</p>", 1);
    struct loopback_answer page = get(&g, 200, address(&g, "/ar", id, ""));
    ASSERT_HOLDS(page, "<html lang=\"ar\" dir=\"rtl\"");
    ASSERT_HOLDS(page, "lang=\"en\" dir=\"ltr\">\n<p>x</p>");
    ground_end(&g);
}

static void the_qr_code_is_a_picture(void **state) {
    struct ground g = ground_begin(state);
    int64_t id = publish(&g, "en", "Gates", "<p>x</p>", 1);
    struct loopback_answer page = get(&g, 200, address(&g, "", id, "/qr.svg"));
    assert_true(str_starts(page.content_type, "image/svg+xml"));
    ASSERT_HOLDS(page, "<svg");
    assert_int_equal(page.viewed_id, 0);
    ground_end(&g);
}

/* --- history --- */

static void the_history_shows_each_version_and_what_changed(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    int64_t id = publish(&g, "en", "Gates", "<p>They close at 18:30.</p><p>Stay safe.</p>", 1), revision;
    struct loopback_answer page = get(&g, 200, address(&g, "", id, ""));
    ASSERT_LACKS(page, "/changes");
    struct article next = ground_draft(g.news, "en", "Gates", "<p>They close at 18:45.</p><p>Stay safe.</p>");
    next.text.note = STR("Time corrected.");
    must(do_set_text(g.f, id, &next.text, &revision, &e), &e);
    assert_int_equal(revision, 2);
    page = get(&g, 200, address(&g, "", id, ""));
    ASSERT_HOLDS(page, "Time corrected.");
    ASSERT_HOLDS(page, address(&g, "", id, "/changes"));
    page = get(&g, 200, address(&g, "", id, "/changes"));
    ASSERT_HOLDS(page, "Version 2");
    ASSERT_HOLDS(page, "Version 1");
    page = get(&g, 200, address(&g, "", id, "/changes/2"));
    ASSERT_HOLDS(page, "They close at 18:<del>30</del><ins>45</ins>.");
    ASSERT_HOLDS(page, "1 word added, 1 word taken out");
    (void)get(&g, 404, address(&g, "", id, "/changes/1"));
    (void)get(&g, 404, address(&g, "", id, "/changes/3"));
    ground_end(&g);
}

/* --- home, column --- */

static void an_empty_office_has_a_home_page(void **state) {
    struct ground g = ground_begin(state);
    struct loopback_answer page = get(&g, 200, "/");
    ASSERT_HOLDS(page, "Nothing has been published yet. <a href=\"/zh-CN/\"");
    ASSERT_HOLDS(page, "<h1 class=\"unseen\">Alder Quay Office</h1>");
    (void)get(&g, 200, "/news/");
    ground_end(&g);
}

static void no_article_stands_on_the_home_page_twice(void **state) {
    struct ground g = ground_begin(state);
    for (int i = 0; i < 12; i++)
        (void)publish(&g, "en", arena_printf(g.a, "Title %c", 'A' + i).p, "<p>x</p>", i + 1);
    struct loopback_answer page = get(&g, 200, "/");
    for (int i = 0; i < 8; i++)
        assert_int_equal(count_of(page.body, arena_printf(g.a, ">Title %c</a>", 'A' + i).p), 1);
    ground_end(&g);
}

/* Follows the link of that rel until there is none; adds the titles in order. */
static void walk(struct ground *g, const char *rel, struct str start, struct buf *titles, struct str *ret_last) {
    struct str mark = arena_printf(g->a, "rel=\"%s\" href=\"", rel);
    for (struct str at = start;;) {
        struct loopback_answer page = get(g, 200, arena_str(g->a, at).p);
        *ret_last = at;
        for (size_t i = 0; (i = str_find(page.body, STR("<h2><a href="), i)) != SIZE_MAX; i++) {
            size_t from = str_find_char(page.body, '>', i + 5) + 1;
            buf_add(titles, str_part(page.body.p + from, str_find_char(page.body, '<', from) - from));
            buf_add_char(titles, ' ');
        }
        size_t link = str_find(page.body, mark, 0);
        if (link == SIZE_MAX)
            return;
        at = str_from(page.body, link + mark.n);
        at = str_first(at, str_find_char(at, '"', 0));
    }
}

static void a_column_is_walked_to_its_end_and_back_without_a_gap(void **state) {
    struct ground g = ground_begin(state);
    enum { ALL = 45 };
    for (int i = ALL; i-- > 0;)
        (void)publish(&g, "en", arena_printf(g.a, "T%d", i).p, "<p>x</p>", i / 4 + 1); /* four share each moment */
    BUF_LOCAL(forth);
    BUF_LOCAL(back);
    struct str last, first;
    buf_add_char(&forth, ' ');
    buf_add_char(&back, ' ');
    walk(&g, "next", STR("/news/"), &forth, &last);
    for (int i = 0; i < ALL; i++)
        assert_int_equal(count_of(buf_str(&forth), arena_printf(g.a, " T%d ", i).p), 1);
    assert_true(str_starts(last, "/news/?before="));
    walk(&g, "prev", last, &back, &first);
    for (int i = 0; i < ALL; i++)
        assert_true(holds(buf_str(&back), arena_printf(g.a, " T%d ", i).p));
    ground_end(&g);
}

static void an_address_without_its_slash_leads_to_a_column_that_exists_only(void **state) {
    struct ground g = ground_begin(state);
    assert_true(str_ends(get(&g, 301, "/news").location, "/news/"));
    assert_true(str_ends(get(&g, 301, "/zh-CN/news").location, "/zh-CN/news/"));
    assert_true(
        str_ends(get(&g, 301, "/news?before=1763540400000000-12").location, "/news/?before=1763540400000000-12"));
    (void)get(&g, 404, "/unknown");
    (void)get(&g, 404, "/zh-CN/unknown");
    (void)get(&g, 404, "/unknown/");
    ground_end(&g);
}

static void a_key_that_is_none_is_refused(void **state) {
    struct ground g = ground_begin(state);
    assert_true(str_is(get(&g, 303, "/news/?before=1-1").location, "/news/"));
    assert_true(str_is(get(&g, 303, "/zh-CN/news/?before=1-1").location, "/zh-CN/news/"));
    (void)get(&g, 400, "/news/?before=yesterday");
    (void)get(&g, 400, "/news/?before=1-2&after=3-4");
    (void)get(&g, 400, "/news/?after=-5-1");
    ground_end(&g);
}

/* --- search --- */

static void search_finds_two_characters_and_marks_them(void **state) {
    struct ground g = ground_begin(state);
    int64_t id = publish(&g, "zh-CN", "东码头闸门关闭", "<p>港务处通知：防洪闸门将于周四关闭。</p>", 1);
    struct loopback_answer page = get(&g, 200, "/zh-CN/search?q=%E9%98%B2%E6%B4%AA");
    ASSERT_HOLDS(page, "<mark>防洪</mark>");
    ASSERT_HOLDS(page, address(&g, "/zh-CN", id, ""));
    ASSERT_HOLDS(page, "找到 1 条与“防洪”相关的内容");
    ground_end(&g);
}

static void search_filters_by_column_and_day(void **state) {
    struct ground g = ground_begin(state);
    (void)ground_column(g.f, "notices");
    (void)publish(&g, "en", "Flood gates", "<p>flood</p>", 1);
    ASSERT_HOLDS(get(&g, 200, "/search?q=flood&column=news"), "1 page found");
    ASSERT_HOLDS(get(&g, 200, "/search?q=flood&column=notices"), "Nothing was found");
    assert_true(str_is(get(&g, 303, "/search?q=flood&column=news&page=7").location, "/search?q=flood&column=news"));
    ASSERT_HOLDS(get(&g, 200, "/search?q=flood&from=2026-11-20&until=2026-11-20"), "1 page found");
    ASSERT_HOLDS(get(&g, 200, "/search?q=flood&from=2026-11-21"), "Nothing was found");
    ASSERT_HOLDS(get(&g, 200, "/search?q=flood&until=2026-11-19"), "Nothing was found");
    (void)get(&g, 400, "/search?q=flood&from=2026-13-01");
    ground_end(&g);
}

static void search_goes_on_over_pages_and_counts_honestly(void **state) {
    struct ground g = ground_begin(state);
    for (int i = 0; i < 25; i++)
        (void)publish(&g, "en", arena_printf(g.a, "Flood %d", i).p, "<p>flood</p>", i + 1);
    struct loopback_answer first = get(&g, 200, "/search?q=flood");
    ASSERT_HOLDS(first, "25 pages found");
    assert_int_equal(count_of(first.body, "<h3>"), 20);
    ASSERT_HOLDS(first, "/search?q=flood&amp;page=2");
    struct loopback_answer second = get(&g, 200, "/search?q=flood&page=2");
    assert_int_equal(count_of(second.body, "<h3>"), 5);
    ASSERT_HOLDS(second, "<ol class=\"list full\" start=\"21\">");
    ASSERT_LACKS(second, "page=3");
    ground_end(&g);
}

static void a_search_is_shown_as_text(void **state) {
    struct ground g = ground_begin(state);
    struct loopback_answer page = get(&g, 200, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E");
    ASSERT_LACKS(page, "<script>alert");
    ASSERT_HOLDS(get(&g, 200, "/search"), "All the words must be there.");
    ground_end(&g);
}

/* --- the reader's settings --- */

static void a_choice_sets_the_one_cookie_and_goes_back(void **state) {
    struct ground g = ground_begin(state);
    assert_int_equal(get(&g, 200, "/").set_cookie.n, 0);
    struct loopback_answer answer = post(&g, "/reader", "", "back=%2Fnews%2F&colour=green");
    assert_true(str_starts(answer.set_cookie, "reader=medium.green;"));
    assert_true(str_ends(answer.location, "/news/"));
    answer = post(&g, "/reader", "Cookie: reader=medium.green", "typeface=large&easy=on");
    assert_true(str_starts(answer.set_cookie, "reader=large.green.easy;"));
    answer = post(&g, "/reader", "Cookie: reader=large.green.easy", "reset=yes&colour=dark");
    assert_true(holds(answer.set_cookie, "Max-Age=0"));
    ground_end(&g);
}

static void a_choice_that_is_none_is_refused(void **state) {
    struct ground g = ground_begin(state);
    assert_int_equal(post(&g, "/reader", "", "colour=pink").set_cookie.n, 0);
    struct loopback_answer answer = post(&g, "/reader", "", "colour=green&back=https%3A%2F%2Felsewhere.example%2F");
    assert_int_equal(answer.location.n, 0);
    assert_int_equal(answer.set_cookie.n, 0);
    ground_end(&g);
}

static void the_settings_are_in_the_page_without_a_script(void **state) {
    struct ground g = ground_begin(state);
    struct loopback_answer page = {0};
    (void)serve_loopback(NULL, g.office, g.a, "GET", "/", "Host: x\nCookie: reader=large.green.easy", STR_NONE, &page);
    ASSERT_HOLDS(page, "data-colour=\"green\" data-typeface=\"large\" data-easy");
    ASSERT_HOLDS(page, "href=\"tel:5550142\"");
    ground_end(&g);
}

/* --- machines --- */

static void expect_xml(struct loopback_answer answer) {
    xmlDoc *doc = xmlReadMemory(answer.body.p, (int)answer.body.n, "x.xml", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlFreeDoc(doc);
}

static void expect_json(struct loopback_answer answer) {
    json_t *root = json_loadb(answer.body.p, answer.body.n, 0, NULL);
    assert_non_null(root);
    json_decref(root);
}

static void every_file_for_machines_parses(void **state) {
    struct ground g = ground_begin(state);
    (void)publish(&g, "en", "A & B <c>", "<p>x</p>", 1);
    static const char *const xml[] = {"/feed.atom",        "/rss.xml",       "/news/feed.atom", "/news/rss.xml",
                                      "/zh-CN/feed.atom",  "/sitemap.xml",   "/sitemap/0",      "/sitemap/1",
                                      "/sitemap-news.xml", "/opensearch.xml"};
    for (size_t i = 0; i < sizeof xml / sizeof *xml; i++)
        expect_xml(get(&g, 200, xml[i]));
    expect_json(get(&g, 200, "/feed.json"));
    expect_json(get(&g, 200, "/news/feed.json"));
    expect_json(get(&g, 200, "/zh-CN/manifest.webmanifest"));
    ASSERT_HOLDS(get(&g, 200, "/robots.txt"), "Sitemap: https://www.example.org/sitemap.xml");
    (void)get(&g, 404, "/nowhere/feed.atom");
    (void)get(&g, 404, "/sitemap/2"); /* no part that the site map names */
    ground_end(&g);
}

static void the_name_for_search_boxes_has_at_most_sixteen_characters(void **state) {
    struct ground g = ground_begin(state);
    struct loopback_answer answer = get(&g, 200, "/opensearch.xml");
    struct str open = STR("<ShortName>");
    size_t from = str_find(answer.body, open, 0) + open.n, end = str_find(answer.body, STR("</ShortName>"), from);
    assert_true(end != SIZE_MAX && end > from && end - from <= 16);
    ground_end(&g);
}

static void the_site_map_lists_every_published_text_once(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    int64_t id = publish(&g, "en", "Gates", "<p>x</p>", 1), revision;
    int64_t later = publish(&g, "en", "Later", "<p>x</p>", -10);
    struct article chinese = ground_draft(g.news, "zh-CN", "闸门", "<p>关闭</p>");
    must(do_set_text(g.f, id, &chinese.text, &revision, &e), &e);
    struct loopback_answer part = get(&g, 200, "/sitemap/1");
    assert_int_equal(count_of(part.body, "<loc>"), 2);
    ASSERT_HOLDS(part, arena_printf(g.a, "<loc>https://www.example.org/zh-CN/news/%lld</loc>", (long long)id).p);
    ASSERT_LACKS(part, arena_printf(g.a, "/news/%lld<", (long long)later).p);
    ASSERT_HOLDS(get(&g, 200, "/sitemap.xml"), "/sitemap/1</loc>");
    assert_int_equal(count_of(get(&g, 200, "/sitemap-news.xml").body, "<loc>"), 2);
    clock_set(now_us + 3 * CLOCK_DAY_US);
    assert_int_equal(count_of(get(&g, 200, "/sitemap-news.xml").body, "<loc>"), 0);
    ground_end(&g);
}

static void the_offices_own_words_are_text_and_never_markup(void **state) {
    struct ground g = ground_begin(state);
    struct site strange = site;
    strange.words[0].name = STR("<b>A</b> & \"C\" 'd' </script>");
    load_again(&g, &strange);
    int64_t id = publish(&g, "en", "Title", "<p>x</p>", 1);
    const char *const pages[] = {"/", address(&g, "", id, ""), "/about/units", "/news/4711"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct loopback_answer page = get(&g, i < 3 ? 200 : 404, pages[i]);
        ASSERT_LACKS(page, "<b>A");
        ASSERT_LACKS(page, "{{");
        ASSERT_HOLDS(page, "content=\"&lt;b&gt;A&lt;/b&gt; &amp; &quot;C&quot; &#39;d&#39; &lt;/script&gt;\"");
        if (i == 1 || i == 2)
            ASSERT_HOLDS(
                page, "\"GovernmentOrganization\",\"name\":\"\\u003cb>A\\u003c/b> & \\\"C\\\" 'd' \\u003c/script>\"");
    }
    ASSERT_HOLDS(get(&g, 200, "/rss.xml"), "<title>&lt;b&gt;A&lt;/b&gt; &amp; ");
    ASSERT_HOLDS(get(&g, 200, "/feed.json"), "\"title\":\"<b>A</b> & \\\"C\\\" 'd' </script>");
    ASSERT_HOLDS(get(&g, 200, "/opensearch.xml"), "&lt;b&gt;A&lt;/b&gt; &amp; ");
    ground_end(&g);
}

static void the_units_are_shown_with_what_each_does_and_how_to_reach_it(void **state) {
    struct ground g = ground_begin(state);
    struct loopback_answer page = get(&g, 200, "/about/units");
    ASSERT_HOLDS(page, "<li id=\"unit-harbour\"><div><h3>Harbour Division</h3>");
    ASSERT_HOLDS(page, "Gates &amp; moorings &lt;all&gt;");
    ASSERT_HOLDS(page, "<a href=\"tel:+44205550160\">+44 (0)20 555-0160 ext. 3</a>");
    ASSERT_HOLDS(page, "<a href=\"mailto:harbour@example.org\">");
    ASSERT_HOLDS(page, "<dd>ask at the desk</dd>");
    ASSERT_HOLDS(page, "<a href=\"tel:5550142\">555 01-42</a>");
    ASSERT_HOLDS(page, "\"department\":[{\"@type\":\"GovernmentOrganization\",\"name\":\"Harbour Division\"");
    size_t order[] = {str_find(page.body, STR("id=\"office\""), 0), str_find(page.body, STR("unit-harbour"), 0),
                      str_find(page.body, STR("unit-review"), 0), str_find(page.body, STR("unit-records"), 0)};
    assert_true(order[0] < order[1] && order[1] < order[2] && order[2] < order[3] && order[3] != SIZE_MAX);
    struct loopback_answer chinese = get(&g, 200, "/zh-CN/about/units");
    ASSERT_HOLDS(chinese, "<h3>港务处</h3>");
    ASSERT_HOLDS(chinese, "<h3 lang=\"en\">Review Office</h3>");
    ASSERT_HOLDS(chinese, "<p lang=\"en\">Looks again</p>");
    ground_end(&g);
}

static void the_page_of_the_units_is_linked_where_there_are_units(void **state) {
    struct ground g = ground_begin(state);
    ASSERT_HOLDS(get(&g, 200, "/"), "href=\"/about/units\"");
    ASSERT_HOLDS(get(&g, 200, "/zh-CN/sitemap"), "<li><a href=\"/zh-CN/about/units\">机构与联系方式</a></li>");
    ASSERT_HOLDS(get(&g, 200, "/sitemap/0"), "<loc>https://www.example.org/zh-CN/about/units</loc>");
    struct site without = site;
    without.units = 0;
    load_again(&g, &without);
    ASSERT_LACKS(get(&g, 200, "/about/views"), "/about/units");
    ASSERT_LACKS(get(&g, 200, "/sitemap/0"), "/about/units");
    ASSERT_HOLDS(get(&g, 200, "/about/units"), "desk@example.org");
    ground_end(&g);
}

static void every_plain_page_comes_out_in_every_language(void **state) {
    struct ground g = ground_begin(state);
    static const char *const paths[] = {
        "/", "/search", "/reader", "/about/accessibility", "/about/views", "/about/units", "/sitemap"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        for (size_t l = 0; l < 3; l++) {
            static const char *const prefixes[] = {"", "/zh-CN", "/ar"};
            struct loopback_answer page = get(&g, 200, arena_printf(g.a, "%s%s", prefixes[l], paths[i]).p);
            ASSERT_HOLDS(page, "</html>");
            ASSERT_LACKS(page, "{{");
            ASSERT_LACKS(page, " style=");
        }
    ground_end(&g);
}

/* What is put into the templates beforehand changes no page. */
static void pages_are_what_the_templates_say_as_they_are_written(void **state) {
    struct ground g = ground_begin(state);
    struct templates *folded[SITE_LANGUAGES_MOST];
    int64_t id = publish(&g, "en", "Flood gates", "<p>one</p>\n<table><tr><td>x</td></tr></table>", 3);
    struct article_text corrected = ground_draft(0, "en", "Flood gates", "<p>two</p>").text;
    corrected.note = STR("It was two.");
    int64_t gone = publish(&g, "en", "Gone", "<p>x</p>", 2), revision;
    MUST(do_set_text(g.f, id, &corrected, &revision, e));
    MUST(do_withdraw(g.f, gone, "It named the wrong street.", e));
    const char *const paths[] = {"/",
                                 "/news/",
                                 "/search?q=gates",
                                 "/reader",
                                 "/about/accessibility",
                                 "/about/views",
                                 "/about/units",
                                 "/sitemap",
                                 "/news/4711",
                                 address(&g, "", id, ""),
                                 address(&g, "", id, "/changes"),
                                 address(&g, "", id, "/changes/2"),
                                 address(&g, "", gone, "")};
    memcpy(folded, g.office->templates_in, sizeof folded);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        for (size_t l = 0; l < 3; l++) {
            struct loopback_answer put_in = {0}, written = {0};
            const char *target = arena_printf(g.a, "%s%s", l == 0 ? "" : l == 1 ? "/zh-CN" : "/ar", paths[i]).p;
            int status = serve_loopback(NULL, g.office, g.a, "GET", target, "Host: a", STR_NONE, &put_in);
            g.office->templates_in[l] = g.office->templates;
            assert_int_equal(serve_loopback(NULL, g.office, g.a, "GET", target, "Host: a", STR_NONE, &written), status);
            g.office->templates_in[l] = folded[l];
            if (!str_eq(put_in.body, written.body))
                fail_msg("%s\n%.*s\n--- and as written ---\n%.*s", target, STR_FMT(put_in.body), STR_FMT(written.body));
        }
    ground_end(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(an_article_shows_what_the_issue_lists),
        ON_BOTH_ENGINES(the_live_count_is_marked_and_grouped),
        ON_BOTH_ENGINES(titles_are_text_and_never_markup),
        ON_BOTH_ENGINES(structured_data_is_json_that_parses),
        ON_BOTH_ENGINES(open_graph_has_a_locale_where_the_language_has_a_territory),
        ON_BOTH_ENGINES(a_text_that_was_never_corrected_is_as_old_as_its_publication),
        ON_BOTH_ENGINES(a_table_stands_in_a_region_of_its_own),
        ON_BOTH_ENGINES(a_summary_that_the_text_repeats_is_shown_once),
        ON_BOTH_ENGINES(what_is_not_public_is_not_found),
        ON_BOTH_ENGINES(a_withdrawn_article_says_why_and_shows_no_text),
        ON_BOTH_ENGINES(an_address_with_another_column_leads_to_the_right_one),
        ON_BOTH_ENGINES(a_text_that_a_language_lacks_is_shown_in_another_with_a_note),
        ON_BOTH_ENGINES(translations_are_tied_by_hreflang),
        ON_BOTH_ENGINES(a_right_to_left_language_turns_the_page_and_not_the_text),
        ON_BOTH_ENGINES(the_qr_code_is_a_picture),
        ON_BOTH_ENGINES(the_history_shows_each_version_and_what_changed),
        ON_BOTH_ENGINES(an_empty_office_has_a_home_page),
        ON_BOTH_ENGINES(no_article_stands_on_the_home_page_twice),
        ON_BOTH_ENGINES(a_column_is_walked_to_its_end_and_back_without_a_gap),
        ON_BOTH_ENGINES(an_address_without_its_slash_leads_to_a_column_that_exists_only),
        ON_BOTH_ENGINES(a_key_that_is_none_is_refused),
        ON_BOTH_ENGINES(search_finds_two_characters_and_marks_them),
        ON_BOTH_ENGINES(search_filters_by_column_and_day),
        ON_BOTH_ENGINES(search_goes_on_over_pages_and_counts_honestly),
        ON_BOTH_ENGINES(a_search_is_shown_as_text),
        ON_BOTH_ENGINES(a_choice_sets_the_one_cookie_and_goes_back),
        ON_BOTH_ENGINES(a_choice_that_is_none_is_refused),
        ON_BOTH_ENGINES(the_settings_are_in_the_page_without_a_script),
        ON_BOTH_ENGINES(every_file_for_machines_parses),
        ON_BOTH_ENGINES(the_name_for_search_boxes_has_at_most_sixteen_characters),
        ON_BOTH_ENGINES(the_site_map_lists_every_published_text_once),
        ON_BOTH_ENGINES(the_offices_own_words_are_text_and_never_markup),
        ON_BOTH_ENGINES(the_units_are_shown_with_what_each_does_and_how_to_reach_it),
        ON_BOTH_ENGINES(the_page_of_the_units_is_linked_where_there_are_units),
        ON_BOTH_ENGINES(every_plain_page_comes_out_in_every_language),
        ON_BOTH_ENGINES(pages_are_what_the_templates_say_as_they_are_written),
    };
    return cmocka_run_group_tests_name("web/pages", tests, NULL, NULL);
}
