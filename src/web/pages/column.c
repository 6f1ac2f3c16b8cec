// SPDX-License-Identifier: Apache-2.0
/* A column's page: its articles, newest first, page after page by keyset: "?before=PLACE-ID". */
#include "press/article.h"
#include "web/page.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"

enum { COLUMN_PAGE = 20 };
/* A copy's pages end where an article's own number says so: what is published or withdrawn moves the ends near it, and
 * all other pages stay as they are. */
enum { COPY_LEAST = 10, COPY_MOST = 60, COPY_END = 16 };

/* "1763540400000000-12": a publish time in microseconds and an id. */
static bool parse_key(struct str text, int64_t *ret_us, int64_t *ret_id) {
    struct str us;
    return str_cut(&text, '-', &us) && str_to_int(us, ret_us) && str_to_int(text, ret_id) && *ret_us > 0 && *ret_id > 0;
}

static struct str page_key(struct request *req, struct str path, const char *direction, const struct article *a) {
    struct str here = page_path(req, path);
    return arena_printf(req->arena, "%.*s?%s=%lld-%lld", STR_FMT(here), direction, (long long)a->published_us,
                        (long long)a->id);
}

/* A walk towards the newer comes nearest first. */
static void turn_round(struct article_list *list) {
    for (size_t i = 0, j = list->n; i + 1 < j--; i++) {
        struct article kept = list->item[i];
        list->item[i] = list->item[j];
        list->item[j] = kept;
    }
}

static void end_for_copy(struct article_list *list) {
    for (size_t n = COPY_LEAST; n < list->n; n++)
        if (list->item[n - 1].id % COPY_END == 0) {
            list->n = n;
            list->more = true;
        }
}

static void show_articles(struct request *req, const struct column *c, const struct article_list *list) {
    struct value *articles = value_set_list(req->view, "articles");
    for (size_t i = 0; i < list->n; i++)
        (void)card_add(req, articles, &list->item[i]);
    value_set_bool(req->view, "has_articles", list->n > 0);
    value_set_bool(req->view, "guide", c->kind == COLUMN_GUIDE || c->kind == COLUMN_STATIC);
}

static void show_pages(struct request *req, const struct column *c, const struct article_list *list, bool newer,
                       bool older) {
    struct str path = column_path(req, c);
    if (list->n == 0)
        return;
    value_set_bool(req->view, "has_pages", newer || older);
    value_set_text(req->view, "newer", newer ? page_key(req, path, "after", &list->item[0]) : STR(""));
    value_set_text(req->view, "older", older ? page_key(req, path, "before", &list->item[list->n - 1]) : STR(""));
}

static int show_children(struct request *req, const struct column *of, struct err *e) {
    const struct column *all;
    size_t n;
    int failed = page_columns(req, &all, &n, e);
    if (failed)
        return failed;
    struct value *children = value_set_list(req->view, "children");
    for (size_t i = 0; i < n; i++)
        if (all[i].parent_id == of->id) {
            (void)card_add_column(req, children, &all[i]);
            value_set_bool(req->view, "has_children", true);
        }
    const struct column *parent = of->parent_id ? column_of(all, n, of->parent_id) : NULL;
    if (parent)
        page_add_crumb(req, parent->name, page_path(req, column_path(req, parent)));
    else
        value_set_bool(req->view, "has_crumbs", true);
    return 0;
}

/* The part of the column that the address asks for; an unknown key is a request not understood. */
static int read_part(struct request *req, const struct column *c, struct article_list *ret, bool *ret_newer,
                     bool *ret_older, struct err *e) {
    bool copy = page_is_copy(req);
    struct article_where where = {
        .language = page_language(req), .column_id = c->id, .most = copy ? COPY_MOST : COLUMN_PAGE};
    struct str before = request_text(req, "before"), after = request_text(req, "after");
    if ((before.n && after.n) || (before.n && !parse_key(before, &where.before_us, &where.before_id)) ||
        (after.n && !parse_key(after, &where.after_us, &where.after_id)))
        return err_set(e, ERR_INVALID, "%s", err_sentence(ERR_INVALID));
    int failed = article_list(req->tx, req->arena, &where, ret, e);
    if (failed)
        return failed;
    if (after.n)
        turn_round(ret);
    if (copy)
        end_for_copy(ret);
    *ret_newer = after.n ? ret->more : before.n > 0;
    *ret_older = after.n ? true : ret->more;
    return 0;
}

int column_page(struct request *req) {
    struct column c;
    struct article_list list;
    bool newer = false, older = false;
    int64_t count;
    struct err e;
    if (column_find(req->tx, req->arena, request_text(req, "column"), page_language(req), &c, &e) ||
        read_part(req, &c, &list, &newer, &older, &e) || article_count(req->tx, page_language(req), c.id, &count, &e) ||
        show_children(req, &c, &e))
        return request_failed(req, &e);
    bool whole = request_text(req, "before").n == 0 && request_text(req, "after").n == 0;
    if (!whole && !list.n) /* a kept address: the column as it is, instead of "nothing has been published" */
        return request_redirect(req, 303, page_path(req, column_path(req, &c)));
    page_set_title(req, whole ? c.name : page_say_text(req, "column.earlier", "name", c.name));
    value_set_bool(req->view, "noindex", !whole);
    value_set_text(req->view, "description", c.description);
    card_set_column(req, &c);
    show_articles(req, &c, &list);
    show_pages(req, &c, &list, newer, older);
    value_set_text(req->view, "count", whole ? page_say_number(req, "column.count", "count", count) : STR(""));
    value_set_text(req->view, "feed_atom",
                   page_path(req, arena_printf(req->arena, "/%.*s/feed.atom", STR_FMT(c.slug))));
    return request_page(req, 200, "column");
}

/* The address without its slash at the end. */
int column_slash(struct request *req) {
    struct column c;
    struct err e;
    if (column_find(req->tx, req->arena, request_text(req, "column"), page_language(req), &c, &e))
        return request_failed(req, &e);
    struct str before = request_text(req, "before"), after = request_text(req, "after");
    struct str path = page_path(req, column_path(req, &c));
    if (before.n && parse_key(before, &(int64_t){0}, &(int64_t){0}))
        path = arena_printf(req->arena, "%.*s?before=%.*s", STR_FMT(path), STR_FMT(before));
    else if (after.n && parse_key(after, &(int64_t){0}, &(int64_t){0}))
        path = arena_printf(req->arena, "%.*s?after=%.*s", STR_FMT(path), STR_FMT(after));
    return request_redirect(req, 301, path);
}
