// SPDX-License-Identifier: Apache-2.0
/* The site map: one page for people, and the maps for search engines (sitemaps.org 0.9, hreflang, news). */
#include "press/article.h"

#include "base/clock.h"
#include "queries.h"
#include "text/datetime.h"
#include "web/page.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"
#include "web/xml.h"

enum { URLS_MOST = 5000, NEWS_MOST = 1000, NEWS_DAYS = 2, SHELF_SHOWN = 5, LIST_MOST = 200 };

static int64_t ids_a_part(const struct request *req) {
    return URLS_MOST / (int64_t)req->site->languages;
}

static int answer(struct request *req, struct xml *x) {
    BUF_LOCAL(text);
    struct err e;
    if (!xml_end(x, &text)) {
        (void)err_set(&e, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
        return request_failed(req, &e);
    }
    return request_bytes(req, "application/xml; charset=utf-8", buf_str(&text));
}

/* --- for people --- */

static int show_column(struct request *req, struct value *columns, const struct column *c, struct err *e) {
    struct article_where where = {.language = page_language(req), .column_id = c->id, .most = SHELF_SHOWN};
    struct article_list list;
    int failed = article_list(req->tx, req->arena, &where, &list, e);
    if (failed)
        return failed;
    struct value *articles = value_set_list(card_add_column(req, columns, c), "articles");
    for (size_t i = 0; i < list.n; i++)
        (void)card_add(req, articles, &list.item[i]);
    return 0;
}

int sitemap_page(struct request *req) {
    const struct column *all;
    size_t n;
    struct err e;
    if (page_columns(req, &all, &n, &e))
        return request_failed(req, &e);
    struct value *columns = value_set_list(req->view, "columns");
    for (size_t i = 0; i < n; i++)
        if (show_column(req, columns, &all[i], &e))
            return request_failed(req, &e);
    page_set_title(req, messages_get(req->messages, "sitemap.title"));
    return request_page(req, 200, "sitemap");
}

/* --- for search engines --- */

static void add_part(const struct request *req, struct xml *x, int64_t number) {
    struct str path = arena_printf(req->arena, "/sitemap/%lld", (long long)number);
    xml_open(x, "sitemap");
    xml_leaf(x, "loc", page_url(req, 0, path));
    xml_close(x);
}

/* Part 0 holds the pages that are no articles, part n the articles of the nth range of ids. Gives how many there are.
 */
static int count_parts(const struct request *req, int64_t *ret, struct err *e) {
    int64_t last = 0;
    int failed = tx_int(req->tx, &Q_sitemap_last, CELLS_NONE, &last, e);
    if (failed && failed != -ERR_NOT_FOUND)
        return failed;
    *ret = 1 + (last + ids_a_part(req) - 1) / ids_a_part(req);
    return 0;
}

int sitemap_index(struct request *req) {
    int64_t parts;
    struct err e = {0};
    if (count_parts(req, &parts, &e))
        return request_failed(req, &e);
    struct xml *x = xml_new();
    xml_open(x, "sitemapindex");
    xml_attribute(x, "xmlns", STR("http://www.sitemaps.org/schemas/sitemap/0.9"));
    for (int64_t i = 0; i < parts; i++)
        add_part(req, x, i);
    return answer(req, x);
}

static void add_alternate(const struct request *req, struct xml *x, const char *tag, size_t language, struct str path) {
    xml_open(x, "xhtml:link");
    xml_attribute(x, "rel", STR("alternate"));
    xml_attribute(x, "hreflang", str_of(tag));
    xml_attribute(x, "href", page_url(req, language, path));
    xml_close(x);
}

static bool listed(struct str languages, const char *tag) {
    struct str one;
    while (str_cut(&languages, ' ', &one))
        if (str_is(one, tag))
            return true;
    return false;
}

/* languages: tags parted by spaces, or empty for all of the site's. changed_us 0: not said. */
static void add_url(const struct request *req, struct xml *x, size_t language, struct str path, struct str languages,
                    int64_t changed_us) {
    xml_open(x, "url");
    xml_leaf(x, "loc", page_url(req, language, path));
    xml_leaf(x, "lastmod", changed_us ? moment_rfc3339(req, changed_us) : STR(""));
    for (size_t i = 0; i < req->site->languages && req->site->languages > 1; i++) {
        const char *tag = req->site->words[i].language;
        if (languages.n == 0 || listed(languages, tag))
            add_alternate(req, x, tag, i, path);
    }
    if (req->site->languages > 1 && (languages.n == 0 || listed(languages, req->site->words[0].language)))
        add_alternate(req, x, "x-default", 0, path);
    xml_close(x);
}

static int add_pages(struct request *req, struct xml *x, struct err *e) {
    static const char *const paths[] = {"/", "/sitemap", "/about/accessibility", "/about/views"};
    const struct column *all;
    size_t n;
    int failed = page_columns(req, &all, &n, e);
    if (failed)
        return failed;
    for (size_t language = 0; language < req->site->languages; language++) {
        if (req->site->units)
            add_url(req, x, language, STR("/about/units"), STR(""), 0);
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
            add_url(req, x, language, str_of(paths[i]), STR(""), 0);
        for (size_t i = 0; i < n; i++)
            add_url(req, x, language, column_path(req, &all[i]), STR(""), 0);
    }
    return 0;
}

static int add_articles(const struct request *req, struct xml *x, int64_t number, struct err *e) {
    int64_t from = (number - 1) * ids_a_part(req), until = from + ids_a_part(req);
    ROWS_LOCAL(r);
    int got =
        tx_rows(req->tx, &Q_sitemap_texts, CELLS(cell_int(from), cell_int(until), cell_int(clock_now_us())), &r, e);
    while (got >= 0 && (got = rows_next(r, e)) > 0) {
        int language = site_language(req->site, rows_text(r, 2));
        struct article a = {.id = rows_int(r, 0),
                            .column_slug = rows_text(r, 1),
                            .published_us = rows_int(r, 5),
                            .text = {.changed_us = rows_int(r, 4), .revision = rows_int(r, 6)}};
        if (language >= 0)
            add_url(req, x, (size_t)language, article_path(req, &a), rows_text(r, 3), article_modified_us(&a));
    }
    return got;
}

int sitemap_part(struct request *req) {
    int64_t number = request_int(req, "part", 0), parts;
    struct err e = {0};
    int bad = count_parts(req, &parts, &e);
    if (!bad && number >= parts)
        bad = err_set(&e, ERR_NOT_FOUND, "%s", err_sentence(ERR_NOT_FOUND));
    if (bad)
        return request_failed(req, &e);
    struct xml *x = xml_new();
    xml_open(x, "urlset");
    xml_attribute(x, "xmlns", STR("http://www.sitemaps.org/schemas/sitemap/0.9"));
    xml_attribute(x, "xmlns:xhtml", STR("http://www.w3.org/1999/xhtml"));
    int failed = number ? add_articles(req, x, number, &e) : add_pages(req, x, &e);
    if (failed < 0) {
        (void)xml_end(x, NULL);
        return request_failed(req, &e);
    }
    return answer(req, x);
}

/* --- the last two days, for news search --- */

static void add_news(const struct request *req, struct xml *x, size_t language, const struct article *a) {
    xml_open(x, "url");
    xml_leaf(x, "loc", page_url(req, language, article_path(req, a)));
    xml_open(x, "news:news");
    xml_open(x, "news:publication");
    xml_leaf(x, "news:name", req->site->words[language].name);
    xml_leaf(x, "news:language",
             str_is_nocase(str_of(a->text.language), "zh-CN") ? STR("zh-cn") : str_first(str_of(a->text.language), 2));
    xml_close(x);
    xml_leaf(x, "news:publication_date", moment_rfc3339(req, a->published_us));
    xml_leaf(x, "news:title", a->text.title);
    xml_close(x);
    xml_close(x);
}

static int add_recent(const struct request *req, struct xml *x, size_t language, size_t *left, struct err *e) {
    struct article_where where = {.language = req->site->words[language].language, .most = LIST_MOST};
    int64_t since = clock_now_us() - NEWS_DAYS * CLOCK_DAY_US;
    struct article_list list = {.more = true};
    while (list.more && *left) {
        int failed = article_list(req->tx, req->arena, &where, &list, e);
        if (failed)
            return failed;
        for (size_t i = 0; i < list.n && *left; i++, --*left) {
            if (list.item[i].published_us < since)
                return 0;
            add_news(req, x, language, &list.item[i]);
            where.before_us = list.item[i].published_us;
            where.before_id = list.item[i].id;
        }
    }
    return 0;
}

int sitemap_news(struct request *req) {
    size_t left = NEWS_MOST;
    struct err e;
    struct xml *x = xml_new();
    xml_open(x, "urlset");
    xml_attribute(x, "xmlns", STR("http://www.sitemaps.org/schemas/sitemap/0.9"));
    xml_attribute(x, "xmlns:news", STR("http://www.google.com/schemas/sitemap-news/0.9"));
    for (size_t i = 0; i < req->site->languages; i++)
        if (add_recent(req, x, i, &left, &e)) {
            (void)xml_end(x, NULL);
            return request_failed(req, &e);
        }
    return answer(req, x);
}
