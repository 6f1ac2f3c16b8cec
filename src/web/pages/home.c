// SPDX-License-Identifier: Apache-2.0
/* The home page: one leading story, what is new, the doors to the services, a shelf for each column. */
#include "press/article.h"
#include "web/page.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"

enum { LATEST_READ = 40, LATEST_SHOWN = 9, DOORS_SHOWN = 4, SHELF_SHOWN = 3, SHELF_READ = 8, SHOWN_MOST = 128 };

struct home {
    struct request *req;
    const struct column *column;
    size_t columns;
    struct article_list latest;
    int64_t shown[SHOWN_MOST]; /* no article stands on the page twice */
    size_t shown_n;
};

static bool is_shown(const struct home *h, int64_t id) {
    for (size_t i = 0; i < h->shown_n; i++)
        if (h->shown[i] == id)
            return true;
    return false;
}

static struct value *show(struct home *h, struct value *list, const struct article *a) {
    if (h->shown_n < SHOWN_MOST)
        h->shown[h->shown_n++] = a->id;
    return card_add(h->req, list, a);
}

static enum column_kind kind_of(const struct home *h, const struct article *a) {
    const struct column *c = column_of(h->column, h->columns, a->column_id);
    return c ? c->kind : COLUMN_STATIC;
}

static bool has_a_day(const struct home *h, const struct article *a) {
    enum column_kind kind = kind_of(h, a);
    return kind != COLUMN_GUIDE && kind != COLUMN_STATIC;
}

/* The newest news with a picture among the latest; else the newest that has a day; else the newest. */
static const struct article *choose_lead(const struct home *h) {
    const struct article *dated = NULL;
    for (size_t i = 0; i < h->latest.n; i++) {
        const struct article *a = &h->latest.item[i];
        if (kind_of(h, a) == COLUMN_NEWS && a->picture.n && i < LATEST_READ / 2)
            return a;
        if (!dated && has_a_day(h, a))
            dated = a;
    }
    return dated ? dated : h->latest.n ? &h->latest.item[0] : NULL;
}

static void show_lead(struct home *h) {
    const struct article *a = choose_lead(h);
    if (!a)
        return;
    struct value *list = value_set_list(h->req->view, "lead"); /* of one: {{#lead}} */
    struct value *card = show(h, list, a);
    const struct column *c = column_of(h->column, h->columns, a->column_id);
    value_set_text(card, "column_name", c ? c->name : a->column_slug);
    value_set_text(card, "column_href", c ? page_path(h->req, column_path(h->req, c)) : STR("/"));
}

static void show_latest(struct home *h) {
    struct value *list = value_set_list(h->req->view, "latest");
    size_t n = 0;
    for (size_t i = 0; i < h->latest.n && n < LATEST_SHOWN; i++)
        if (!is_shown(h, h->latest.item[i].id) && has_a_day(h, &h->latest.item[i])) {
            (void)show(h, list, &h->latest.item[i]);
            n++;
        }
    value_set_bool(h->req->view, "has_latest", n > 0);
}

static int read_column(struct home *h, int64_t column_id, size_t most, struct article_list *ret, struct err *e) {
    struct article_where where = {.language = page_language(h->req), .column_id = column_id, .most = most};
    return article_list(h->req->tx, h->req->arena, &where, ret, e);
}

/* The first column of guides is the doors. */
static int show_doors(struct home *h, const struct column *c, struct err *e) {
    struct article_list guides;
    int failed = read_column(h, c->id, DOORS_SHOWN, &guides, e);
    if (failed || guides.n == 0)
        return failed;
    struct value *list = value_set_list(h->req->view, "doors");
    for (size_t i = 0; i < guides.n; i++)
        (void)show(h, list, &guides.item[i]);
    value_set_bool(h->req->view, "has_doors", true);
    value_set_text(h->req->view, "doors_name", c->name);
    value_set_text(h->req->view, "doors_href", page_path(h->req, column_path(h->req, c)));
    return 0;
}

static int show_shelf(struct home *h, struct value *shelves, const struct column *c, struct err *e) {
    struct article_list some;
    int failed = read_column(h, c->id, SHELF_READ, &some, e);
    if (failed || some.n == 0)
        return failed;
    struct value *shelf = card_add_column(h->req, shelves, c);
    struct value *list = value_set_list(shelf, "articles");
    size_t n = 0;
    for (size_t i = 0; i < some.n && n < SHELF_SHOWN; i++)
        if (!is_shown(h, some.item[i].id)) {
            (void)show(h, list, &some.item[i]);
            n++;
        }
    value_set_bool(shelf, "has_articles", n > 0);
    value_set_bool(h->req->view, "has_columns", true);
    return 0;
}

static int show_columns(struct home *h, struct err *e) {
    struct value *shelves = value_set_list(h->req->view, "columns");
    bool doors = false;
    int failed = 0;
    for (size_t i = 0; i < h->columns && !failed; i++) {
        const struct column *c = &h->column[i];
        if (c->parent_id)
            continue;
        if (h->req->reader.easy) { /* the columns are the page's large buttons */
            (void)card_add_column(h->req, shelves, c);
        } else if (c->kind == COLUMN_GUIDE && !doors) {
            doors = true;
            failed = show_doors(h, c, e);
        } else {
            failed = show_shelf(h, shelves, c, e);
        }
    }
    return failed;
}

int home_page(struct request *req) {
    struct home h = {.req = req};
    struct err e;
    struct article_where where = {.language = page_language(req), .most = LATEST_READ};
    if (page_columns(req, &h.column, &h.columns, &e) || article_list(req->tx, req->arena, &where, &h.latest, &e))
        return request_failed(req, &e);
    show_lead(&h);
    show_latest(&h);
    if (show_columns(&h, &e))
        return request_failed(req, &e);
    value_set_text(req->view, "description",
                   page_say_text(req, "home.description", "name", req->site->words[req->language].name));
    return request_page(req, 200, "home");
}
