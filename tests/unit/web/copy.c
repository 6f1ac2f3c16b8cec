// SPDX-License-Identifier: Apache-2.0
/* Tests of src/web/copy: which file an address is, and what the pages of a copy say and lead to; on both engines. */
#include "web/copy.h"

#include "base/clock.h"
#include "ground.h"
#include "web/copy/place.h"

#include <stdlib.h>
#include <string.h>

static const struct site site = {
    .origin = STR("https://www.example.org"),
    .zone = "Asia/Shanghai",
    .languages = 2,
    .words = {{.language = "en", .name = STR("Alder Quay Office")}, {.language = "zh-CN", .name = STR("桤岸办公室")}},
};
static const int64_t now_us = INT64_C(1795190400000000); /* 2026-11-21 00:00 in Shanghai */
static const int64_t minute_us = 60 * CLOCK_SECOND_US;

/* --- names --- */

static void expect_place(const char *address, const char *wanted_address, const char *file) {
    BUF_LOCAL(room);
    struct place p;
    if (!place_find(&site, str_of(address), &room, &p))
        fail_msg("no copy has %s", address);
    ASSERT_STR(p.address, wanted_address);
    ASSERT_STR(p.file, file);
}

static void files_are_called_as_their_addresses(void **state) {
    (void)state;
    expect_place("/", "/", "index.html");
    expect_place("/zh-CN/", "/zh-CN/", "zh-CN/index.html");
    expect_place("/zh-cn/news", "/zh-CN/news/", "zh-CN/news/index.html");
    expect_place("/news/", "/news/", "news/index.html");
    expect_place("/news", "/news/", "news/index.html");
    expect_place("/news/12", "/news/12", "news/12.html");
    expect_place("/news/12/", "/news/12", "news/12.html");
    expect_place("/news/12/proof/3", "/news/12/proof/3", "news/12/proof/3.html");
    expect_place("/news/12/proof.json", "/news/12/proof.json", "news/12/proof.json");
    expect_place("/news/12/changes/2", "/news/12/changes/2", "news/12/changes/2.html");
    expect_place("/about/views", "/about/views", "about/views.html");
    expect_place("/sitemap", "/sitemap", "sitemap.html");
    expect_place("/sitemap/3", "/sitemap/3", "sitemap/3");
    expect_place("/sitemap.xml", "/sitemap.xml", "sitemap.xml");
    expect_place("/news/feed.atom", "/news/feed.atom", "news/feed.atom");
    expect_place("/ledger/", "/ledger/", "ledger/index.html");
    expect_place("/ledger", "/ledger/", "ledger/index.html");
    expect_place("/ledger/entry/7", "/ledger/entry/0", "ledger/entry/0.html");
    expect_place("/zh-CN/ledger/entry/317", "/zh-CN/ledger/entry/300", "zh-CN/ledger/entry/300.html");
    expect_place("/ledger/entry/9223372036854775807", "/ledger/entry/9223372036854775800",
                 "ledger/entry/9223372036854775800.html");
    expect_place("/ledger/checkpoint", "/ledger/checkpoint", "ledger/checkpoint");
    expect_place("/ledger/tile/0/x001/067.p/8", "/ledger/tile/0/x001/067.p/8", "ledger/tile/0/x001/067.p/8");
    expect_place("/404.html", "/404.html", "404.html");
    expect_place("/zh-CN/404.html", "/zh-CN/404.html", "zh-CN/404.html");
    expect_place("/%6eews/12", "/news/12", "news/12.html");
}

static void further_pages_of_a_list_are_files_of_their_own(void **state) {
    (void)state;
    expect_place("/news/?before=1763540400000000-12", "/news/?before=1763540400000000-12",
                 "news/before-1763540400000000-12.html");
    expect_place("/ledger/?before=25", "/ledger/?before=25", "ledger/before-25.html");
    expect_place("/news/?x=1&before=5-6&y", "/news/?before=5-6", "news/before-5-6.html");
    expect_place("/news/?before=..%2f..%2fx", "/news/", "news/index.html");
    expect_place("/news/12?before=5", "/news/12", "news/12.html");
    expect_place("/news/12?utm=x", "/news/12", "news/12.html");
}

static void what_needs_a_server_is_in_no_copy(void **state) {
    (void)state;
    static const char *const none[] = {"/search",
                                       "/search?q=flood",
                                       "/zh-CN/search",
                                       "/reader",
                                       "/healthz",
                                       "/metrics",
                                       "/opensearch.xml",
                                       "/news/12/qr.svg",
                                       "/manifest.webmanifest",
                                       "/witness/vkey",
                                       "/..",
                                       "/a/../b",
                                       "/.git/config",
                                       "/a/b/c/d/e",
                                       "news",
                                       "",
                                       "/news/%00",
                                       "/news/12/proof/3.json/x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        BUF_LOCAL(room);
        struct place p;
        if (place_find(&site, str_of(none[i]), &room, &p))
            fail_msg("a copy has %s as %.*s", none[i], STR_FMT(p.file));
    }
}

static void links_lead_from_file_to_file(void **state) {
    (void)state;
    static const char *const cases[][3] = {{"index.html", "news/index.html", "news/index.html"},
                                           {"news/12.html", "news/13.html", "13.html"},
                                           {"news/12.html", "news/12.html", "12.html"},
                                           {"news/12/proof.html", "assets/a.css", "../../assets/a.css"},
                                           {"news/12.html", "news/12/proof.html", "12/proof.html"},
                                           {"zh-CN/news/1.html", "index.html", "../../index.html"},
                                           {"new/1.html", "news/1.html", "../news/1.html"},
                                           {"a.html", "assets/a b%.css", "assets/a%20b%25.css"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_LOCAL(link);
        place_link(&link, str_of(cases[i][0]), str_of(cases[i][1]));
        assert_string_equal(link.p, cases[i][2]);
    }
}

static void relative_links_are_resolved_as_browsers_do(void **state) {
    (void)state;
    static const char *const cases[][3] = {{"/news/12", "13", "/news/13"},
                                           {"/news/12", "../about/", "/about/"},
                                           {"/news/12", "./", "/news/"},
                                           {"/news/12", "..", "/"},
                                           {"/news/12", "../../../x", "/x"},
                                           {"/news/12", "?before=5", "/news/12?before=5"},
                                           {"/news/?before=5", "12#part", "/news/12"},
                                           {"/news/12", "/a?b#c", "/a?b"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_LOCAL(got);
        assert_true(place_resolve(str_of(cases[i][0]), str_of(cases[i][1]), &got));
        assert_string_equal(got.p, cases[i][2]);
    }
    static const char *const elsewhere[] = {
        "#main", "", "//other.example/x", "https://a.example/", "mailto:a@b", "tel:+86", "data:,x"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
        BUF_LOCAL(got);
        assert_false(place_resolve(STR("/news/12"), str_of(elsewhere[i]), &got));
    }
}

/* --- pages --- */

struct ground {
    struct fixture *f;
    struct views *views;
    struct office *office;
    struct arena *a;
    struct copier *copier;
    int64_t news;
    struct buf led; /* files that were led to, one a line */
};

static void lead(void *arg, struct str address, struct str file, struct str from) {
    struct ground *g = arg;
    (void)address, (void)from;
    buf_printf(&g->led, "%.*s\n", STR_FMT(file));
}

static void ground_begin(struct ground *g, void **state) {
    BUF_LOCAL(path);
    struct err err = {0};
    *g = (struct ground){.f = *state, .led = BUF_INIT};
    clock_set(now_us);
    g->news = ground_column(g->f, "news");
    MUST(do_column_words(g->f, g->news, "en", "News", "What happened.", e));
    buf_printf(&path, "%s/views", g->f->folder);
    must(views_open(path.p, g->f->store, &g->views, &err), &err);
    must(office_load(g->f->folder, &site, NULL, g->f->store, g->views, &g->office, &err), &err);
    g->office->copied_us = now_us;
    g->office->lives = true;
    g->a = arena_new(0);
    g->copier = copier_new(g->office, lead, g);
}

static void ground_end(struct ground *g) {
    copier_free(g->copier);
    arena_free(g->a);
    office_release(g->office);
    views_close(g->views);
    buf_clear(&g->led);
    clock_set(0);
}

static struct copied make_from(struct ground *g, const char *address, const char *from) {
    struct copied made;
    struct err e = {0};
    must(copy_make(g->copier, g->a, str_of(address), str_of(from), &made, &e), &e);
    return made;
}

static struct copied make(struct ground *g, const char *address) {
    return make_from(g, address, "");
}

static void expect(const struct copied *c, const char *what, bool there) {
    if ((str_find(c->bytes, str_of(what), 0) != SIZE_MAX) != there)
        fail_msg("%s: %s\n%.*s", there ? "missing" : "there", what, STR_FMT(c->bytes));
}
#define HAS(c, what) expect(&(c), what, true)
#define LACKS(c, what) expect(&(c), what, false)

static const char *address(struct ground *g, int64_t id, const char *rest) {
    return arena_printf(g->a, "/news/%lld%s", (long long)id, rest).p;
}

static void pages_are_made_with_relative_links(void **state) {
    struct ground g;
    ground_begin(&g, state);
    int64_t id = ground_publish(g.f, g.news, "en", "Gates close",
                                "<p><a href=\"/news/\">All</a> <a href=\"/search?q=x\">Search</a> <a "
                                "href=\"https://other.example/a\">Other</a></p>",
                                now_us - minute_us);
    struct copied page = make(&g, address(&g, id, ""));
    HAS(page, "<a href=\"index.html\">All</a>");
    HAS(page, "<a href=\"https://www.example.org/search?q=x\">Search</a>"); /* the living site has it */
    HAS(page, "<a href=\"https://other.example/a\">Other</a>");
    HAS(page, "<link rel=\"stylesheet\" href=\"../assets/daylight.");
    HAS(page, "<link rel=\"canonical\" href=\"https://www.example.org/news/");
    HAS(page, "<a class=\"skip\" href=\"#main\">");
    assert_non_null(strstr(g.led.p, "news/index.html\n"));
    assert_non_null(strstr(g.led.p, "assets/daylight."));
    assert_null(strstr(g.led.p, "search"));
    ground_end(&g);
}

static void a_copy_says_when_and_offers_nothing_that_needs_a_server(void **state) {
    struct ground g;
    ground_begin(&g, state);
    int64_t id = ground_publish(g.f, g.news, "en", "Gates close", "<p>x</p>", now_us - minute_us);
    for (int i = 0; i < 1284; i++)
        (void)views_add(g.views, id, VIEW_PERSON);
    struct copied page = make(&g, address(&g, id, ""));
    HAS(page, "<time data-copied>2026-11-21 00:00</time>");
    assert_true(str_is(str_part(page.bytes.p + page.at, page.n), "2026-11-21 00:00"));
    HAS(page, arena_printf(g.a, "<a href=\"https://www.example.org/news/%lld\">The living page</a>", (long long)id).p);
    HAS(page, "Views then <b data-count>1,284</b>");
    LACKS(page, "<form");
    LACKS(page, "/search");
    LACKS(page, "/reader");
    LACKS(page, "qr.svg");
    assert_int_equal(views_get(g.views, id), 1284); /* making it is no reading */
    g.office->lives = false;
    page = make(&g, address(&g, id, ""));
    LACKS(page, "The living page");
    page = make(&g, "/sitemap");
    LACKS(page, "/search");
    page = make(&g, "/about/accessibility");
    LACKS(page, "/reader");
    ground_end(&g);
}

static void a_text_is_there_in_the_languages_that_it_has(void **state) {
    struct ground g;
    ground_begin(&g, state);
    int64_t id = ground_publish(g.f, g.news, "en", "Gates close", "<p>x</p>", now_us - minute_us);
    struct copied page = make(&g, address(&g, id, ""));
    HAS(page, "<a href=\"../zh-CN/news/index.html\" lang=\"zh-CN\"");
    page = make(&g, "/news/");
    HAS(page, "<a href=\"../zh-CN/news/index.html\" lang=\"zh-CN\"");
    ground_end(&g);
}

/* Follows the links to the older from the first page; gives the files, one a line, and checks the way back. */
static struct str walk(struct ground *g) {
    BUF_LOCAL(files);
    struct str at = STR("/news/"), from = STR(""), last = STR("");
    while (at.n) {
        struct copied page = make_from(g, arena_z(g->a, at), arena_z(g->a, from));
        buf_printf(&files, "%.*s\n", STR_FMT(page.file));
        if (last.n) {
            struct str name = str_from(last, strlen("news/"));
            HAS(page, arena_printf(g->a, "<a rel=\"prev\" href=\"%.*s\">", STR_FMT(name)).p);
        }
        last = page.file;
        from = at;
        struct str mark = STR("<a rel=\"next\" href=\"before-");
        size_t next = str_find(page.bytes, mark, 0);
        struct str key = next == SIZE_MAX ? STR("") : str_from(page.bytes, next + mark.n);
        key = str_first(key, str_find(key, STR(".html"), 0));
        at = key.n ? arena_printf(g->a, "/news/?before=%.*s", STR_FMT(key)) : STR("");
    }
    return arena_buf(g->a, &files);
}

static void pages_of_a_list_stay_as_they_are_when_something_is_published(void **state) {
    struct ground g;
    ground_begin(&g, state);
    for (int i = 0; i < 70; i++)
        (void)ground_publish(g.f, g.news, "en", "Notice", "<p>x</p>", now_us - (100 - i) * minute_us);
    struct str before = walk(&g), line;
    (void)ground_publish(g.f, g.news, "en", "Newest", "<p>x</p>", now_us - minute_us);
    copier_free(g.copier);
    g.copier = copier_new(g.office, lead, &g);
    struct str after = walk(&g);
    size_t pages = 0, kept = 0;
    while (str_cut(&before, '\n', &line)) {
        pages++;
        kept += str_find(after, arena_printf(g.a, "%.*s\n", STR_FMT(line)), 0) != SIZE_MAX;
    }
    assert_true(pages >= 3);
    assert_int_equal(kept, pages);
    ground_end(&g);
}

static void what_is_not_there_says_so_in_its_place(void **state) {
    struct ground g;
    ground_begin(&g, state);
    int64_t id = ground_publish(g.f, g.news, "en", "Gates close", "<p>x</p>", now_us - minute_us);
    MUST(do_withdraw(g.f, id, "It named the wrong street.", e));
    struct copied page = make(&g, address(&g, id, ""));
    HAS(page, "It named the wrong street.");
    page = make(&g, "/news/4711");
    HAS(page, "<p class=\"label\">404</p>");
    assert_true(str_is(page.file, "news/4711.html"));
    page = make(&g, "/404.html");
    HAS(page, "<link rel=\"stylesheet\" href=\"/assets/daylight.");
    HAS(page, "href=\"/index.html\"");
    struct copied none;
    struct err e = {0};
    assert_int_equal(copy_make(g.copier, g.a, STR("/search"), STR(""), &none, &e), -ERR_NOT_FOUND);
    ground_end(&g);
}

static void a_moved_article_is_found_at_both_addresses(void **state) {
    struct ground g;
    ground_begin(&g, state);
    int64_t id = ground_publish(g.f, g.news, "en", "Gates close", "<p>x</p>", now_us - minute_us);
    MUST(do_move(g.f, id, ground_column(g.f, "notices"), e));
    struct copied page = make(&g, address(&g, id, ""));
    assert_true(str_starts(page.file, "news/"));
    HAS(page, "<h1 data-part=\"title\">Gates close</h1>");
    HAS(page, "<link rel=\"canonical\" href=\"https://www.example.org/notices/");
    ground_end(&g);
}

/* Every page as one copier makes it that has made many, some of them several times, and as another makes it first. */
static void a_page_is_the_same_whatever_was_made_before_it(void **state) {
    struct ground g;
    ground_begin(&g, state);
    static const char *const columns[] = {"news", "2024", "2025"};
    const char *pages[64] = {"/", "/zh-CN/", "/404.html", "/zh-CN/404.html", "/sitemap", "/zh-CN/sitemap"};
    size_t n = 6;
    int64_t first = 0;
    for (size_t i = 0; i < 12; i++) { /* articles of all columns have the same lines, with the same links in them */
        const char *column = columns[i % 3];
        const char *body =
            arena_printf(g.a,
                         "<p>x</p>\n<p><a href=\"/2024/%lld\">All</a></p>\n<p><a href=\"/2025/\">2025</a></p>\n"
                         "<p><a href=\"../news/\">News</a></p>\n<p><a href=\"?a=b\">Again</a></p>\n",
                         (long long)first)
                .p;
        int64_t id =
            ground_publish(g.f, ground_column(g.f, column), i % 2 ? "zh-CN" : "en", "Title", body, now_us - minute_us);
        struct article_text corrected = ground_draft(0, i % 2 ? "zh-CN" : "en", "Title anew", body).text;
        corrected.note = STR("The title was wrong.");
        int64_t revision;
        MUST(do_set_text(g.f, id, &corrected, &revision, e));
        first = i == 1 ? id : first;
        for (int part = 0; part < 3; part++)
            pages[n++] = arena_printf(g.a, "%s/%s/%lld%s", i % 2 ? "/zh-CN" : "", column, (long long)id,
                                      part == 0   ? ""
                                      : part == 1 ? "/changes"
                                                  : "/changes/2")
                             .p;
    }
    for (size_t i = 0; i < 3 * n; i++) {
        struct copied late = make(&g, pages[i % n]);
        struct copier *before = g.copier;
        g.copier = copier_new(g.office, lead, &g);
        struct copied alone = make(&g, pages[i % n]);
        copier_free(g.copier);
        g.copier = before;
        if (!str_eq(late.bytes, alone.bytes))
            fail_msg("%s\n%.*s\n--- and alone ---\n%.*s", pages[i % n], STR_FMT(late.bytes), STR_FMT(alone.bytes));
        assert_true(str_find(alone.bytes, STR("<p class=\"label\">404</p>"), 0) == SIZE_MAX ||
                    strstr(pages[i % n], "404"));
    }
    ground_end(&g);
}

static void what_was_read_is_read_again_after_a_rest(void **state) {
    struct ground g;
    ground_begin(&g, state);
    int64_t id = ground_publish(g.f, g.news, "en", "Gates close", "<p>x</p>", now_us - minute_us), revision;
    struct copied page = make(&g, address(&g, id, ""));
    HAS(page, "<h1 data-part=\"title\">Gates close</h1>");
    struct article_text corrected = ground_draft(0, "en", "Gates stay open", "<p>x</p>").text;
    corrected.note = STR("The title was wrong.");
    copier_rest(g.copier);
    MUST(do_set_text(g.f, id, &corrected, &revision, e));
    page = make(&g, address(&g, id, ""));
    HAS(page, "<h1 data-part=\"title\">Gates stay open</h1>");
    ground_end(&g);
}

static void the_beginning_leads_to_all_homes_and_to_what_no_page_names(void **state) {
    struct ground g;
    ground_begin(&g, state);
    ARENA_LOCAL(a, 0);
    struct str checkpoint = STR("x");
    MUST(copy_begin(g.copier, a, &checkpoint, e));
    assert_int_equal(checkpoint.n, 0);
    assert_string_equal(g.led.p, "index.html\n404.html\nzh-CN/index.html\nzh-CN/404.html\nrobots.txt\nsitemap.xml\n"
                                 "sitemap-news.xml\n");
    (void)make(&g, "/sitemap.xml");
    assert_non_null(strstr(g.led.p, "sitemap/0\n"));
    ground_end(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_called_as_their_addresses),
        cmocka_unit_test(further_pages_of_a_list_are_files_of_their_own),
        cmocka_unit_test(what_needs_a_server_is_in_no_copy),
        cmocka_unit_test(links_lead_from_file_to_file),
        cmocka_unit_test(relative_links_are_resolved_as_browsers_do),
        ON_BOTH_ENGINES(pages_are_made_with_relative_links),
        ON_BOTH_ENGINES(a_copy_says_when_and_offers_nothing_that_needs_a_server),
        ON_BOTH_ENGINES(a_text_is_there_in_the_languages_that_it_has),
        ON_BOTH_ENGINES(pages_of_a_list_stay_as_they_are_when_something_is_published),
        ON_BOTH_ENGINES(what_is_not_there_says_so_in_its_place),
        ON_BOTH_ENGINES(a_moved_article_is_found_at_both_addresses),
        ON_BOTH_ENGINES(a_page_is_the_same_whatever_was_made_before_it),
        ON_BOTH_ENGINES(what_was_read_is_read_again_after_a_rest),
        ON_BOTH_ENGINES(the_beginning_leads_to_all_homes_and_to_what_no_page_names),
    };
    return cmocka_run_group_tests_name("web/copy", tests, NULL, NULL);
}
