// SPDX-License-Identifier: Apache-2.0
/* An article's page. What machines read of it is in article_meta.c. */
#include "press/article.h"

#include "press/views.h"
#include "text/escape.h"
#include "text/flat.h"
#include "text/html.h"
#include "text/language.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/article_meta.h"
#include "web/pages/article_open.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"
#include "web/qr.h"

enum { RELATED_MOST = 5 };

/* --- the text --- */

/* Where the table that begins at `from` ends; tables within it belong to it. */
static size_t table_end(struct str html, size_t from) {
    struct str open = STR("<table"), shut = STR("</table>");
    size_t depth = 0;
    for (size_t at = from;;) {
        size_t next_open = str_find(html, open, at), next_shut = str_find(html, shut, at);
        if (next_shut == SIZE_MAX)
            return html.n;
        if (next_open < next_shut) {
            depth++;
            at = next_open + open.n;
        } else {
            at = next_shut + shut.n;
            if (--depth == 0)
                return at;
        }
    }
}

static void add_part(struct value *parts, struct str html, bool table) {
    if (html.n == 0)
        return;
    struct value *part = value_append_object(parts);
    value_set_text(part, "html", html);
    value_set_bool(part, "table", table);
}

/* Cut at the tables, so that the template can put each into a region that scrolls by itself. */
static void show_body(struct request *req, struct str body_html) {
    BUF_LOCAL(held);
    html_mind_breaks(body_html, &held);
    struct str html = arena_buf(req->arena, &held);
    struct value *parts = value_set_list(req->view, "body");
    for (size_t at = 0; at < html.n;) {
        size_t table = str_find(html, STR("<table"), at);
        if (table == SIZE_MAX)
            table = html.n;
        add_part(parts, str_part(html.p + at, table - at), false);
        at = table < html.n ? table_end(html, table) : html.n;
        add_part(parts, str_part(html.p + table, at - table), true);
    }
}

static struct str without_dots(struct str s) {
    if (str_ends(s, "…"))
        s.n -= sizeof "…" - 1;
    return str_trim(str_ends(s, "...") ? str_first(s, s.n - 3) : s);
}

/* The summary stands above the text, unless the text says the same; where it opens with it, that paragraph leads. */
static void show_lead(struct request *req, const struct article_text *t, struct str plain) {
    struct str summary = without_dots(str_trim(t->summary)), first, rest = plain;
    if (!str_cut(&rest, '\n', &first))
        first = STR_NONE;
    bool opens = summary.n && str_eq(str_trim(first), str_trim(t->summary));
    BUF_LOCAL(flat); /* as import makes a summary */
    flat_add(&flat, plain);
    bool said =
        summary.n && (str_find(plain, summary, 0) != SIZE_MAX || str_find(buf_str(&flat), summary, 0) != SIZE_MAX);
    value_set_bool(req->view, "led", opens);
    value_set_text(req->view, "lead", said ? STR("") : t->summary);
}

/* --- around it --- */

static void show_keywords(struct request *req, struct str keywords) {
    struct value *list = value_set_list(req->view, "keywords");
    struct str word, search = page_path(req, STR("/search"));
    while (str_cut(&keywords, ',', &word)) {
        word = str_trim(word);
        if (word.n == 0)
            continue;
        BUF_LOCAL(href);
        buf_printf(&href, "%.*s?q=", STR_FMT(search));
        escape_url(&href, word);
        struct value *one = value_append_object(list);
        value_set_text(one, "word", word);
        value_set_text(one, "href", arena_buf(req->arena, &href));
        value_set_bool(req->view, "has_keywords", true);
    }
}

static void show_changes(struct request *req, const struct article *a, struct str path) {
    if (a->text.revision < 2)
        return;
    struct value *changes = value_set_object(req->view, "changes");
    const struct message_arg args[] = {{.name = "when", .text = moment_minute(req, a->text.changed_us)},
                                       {.name = "count", .number = a->text.revision - 1}};
    value_set_text(changes, "changed", messages_format(req->messages, req->arena, "article.changed", args, 2));
    value_set_text(changes, "note", a->text.note);
    value_set_text(changes, "href", page_path(req, arena_printf(req->arena, "%.*s/changes", STR_FMT(path))));
}

static void show_neighbour(struct request *req, const char *key, const struct article *a) {
    if (a->id == 0)
        return;
    struct value *list = value_set_list(req->view, key);
    (void)card_add(req, list, a);
    value_set_bool(req->view, "has_neighbours", true);
}

static int show_others(struct request *req, const struct article *a, struct err *e) {
    struct article newer, older;
    struct article_list related;
    int failed = article_neighbours(req->tx, req->arena, a, &newer, &older, e);
    if (!failed)
        failed = article_related(req->tx, req->arena, req->office->sharing, a, RELATED_MOST, &related, e);
    if (failed)
        return failed;
    show_neighbour(req, "newer", &newer);
    show_neighbour(req, "older", &older);
    struct value *list = value_set_list(req->view, "related");
    for (size_t i = 0; i < related.n; i++)
        (void)card_add(req, list, &related.item[i]);
    value_set_bool(req->view, "has_related", related.n > 0);
    return 0;
}

/* In a language that it lacks, an article is shown in one that it has, and says so. */
static void show_language(struct request *req, const struct article *a) {
    if (str_is(str_of(a->text.language), page_language(req)))
        return;
    BUF_LOCAL(name);
    language_add_name(&name, a->text.language);
    value_set_text(req->view, "other_language",
                   page_say_text(req, "article.other_language", "language", arena_buf(req->arena, &name)));
}

/* What was published without a second look says so until somebody has countersigned it. */
static int show_emergency(struct request *req, const struct article *a, struct err *e) {
    int64_t us = 0;
    int failed = article_emergency(req->tx, a->id, &us, e);
    if (!failed && us)
        value_set_text(req->view, "emergency", page_say_text(req, "article.emergency", "when", moment_minute(req, us)));
    return failed;
}

static void show_links(struct request *req, const struct article *a, struct str path) {
    value_set_text(req->view, "qr", page_path(req, arena_printf(req->arena, "%.*s/qr.svg", STR_FMT(path))));
    value_set_text(req->view, "shown_url", page_url(req, req->language, path));
    if (req->site->email.n == 0)
        return;
    BUF_LOCAL(wrong);
    buf_printf(&wrong, "mailto:%.*s?subject=", STR_FMT(req->site->email));
    escape_url(&wrong, a->text.title);
    value_set_text(req->view, "wrong", arena_buf(req->arena, &wrong));
}

int article_page(struct request *req) {
    struct article a;
    struct column c;
    struct err e;
    int status = article_open(req, "", &a, &c);
    if (status)
        return status;
    struct str path = article_path(req, &a);
    BUF_LOCAL(plain);
    html_text(a.text.body_html, &plain);
    if (show_others(req, &a, &e) || show_emergency(req, &a, &e))
        return request_failed(req, &e);
    page_set_title(req, a.text.title);
    show_lead(req, &a.text, buf_str(&plain));
    show_body(req, a.text.body_html);
    show_language(req, &a);
    show_keywords(req, a.text.keywords);
    show_changes(req, &a, path);
    show_links(req, &a, path);
    value_set_text(req->view, "picture_alt", a.text.picture_alt);
    value_set_text(req->view, "picture", a.picture);
    int64_t views = views_get(req->office->views, a.id);
    value_set_text(req->view, "views", messages_number(req->messages, req->arena, views));
    article_set_meta(req, &a, &c, buf_str(&plain), views);
    req->viewed_id = a.id;
    status = request_page(req, 200, "article");
    page_find_count(req);
    return status;
}

int article_qr(struct request *req) {
    struct article a;
    struct column c;
    struct err e;
    int status = article_open(req, "/qr.svg", &a, &c);
    if (status)
        return status;
    BUF_LOCAL(svg);
    if (qr_add_svg(&svg, page_url(req, req->language, article_path(req, &a)), &e))
        return request_failed(req, &e);
    return request_bytes(req, "image/svg+xml", buf_str(&svg));
}
