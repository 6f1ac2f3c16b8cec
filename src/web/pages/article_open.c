// SPDX-License-Identifier: Apache-2.0
/* Finds the article of an address, or answers why it is not shown there. */
#include "web/pages/article_open.h"

#include "text/language.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/card.h"

static int show_withdrawn(struct request *req, const struct article *a, const struct column *c) {
    page_set_title(req, a->text.title);
    value_set_bool(req->view, "noindex", true);
    value_set_text(req->view, "reason", a->withdrawn_reason);
    value_set_text(req->view, "published", moment_minute(req, a->published_us));
    value_set_text(req->view, "withdrawn", moment_minute(req, a->withdrawn_us));
    value_set_text(req->view, "column_href", page_path(req, column_path(req, c)));
    value_set_text(req->view, "back_to_column", page_say_text(req, "withdrawn.back_to_column", "name", c->name));
    return request_page(req, 410, "withdrawn");
}

int article_locate(struct request *req, const char *rest, struct article *ret, struct column *ret_column) {
    struct err e;
    if (article_get(req->tx, req->arena, request_int(req, "id", 0), page_language(req), false, ret, &e) ||
        column_get(req->tx, req->arena, ret->column_id, page_language(req), ret_column, &e))
        return request_failed(req, &e);
    struct str path = article_path(req, ret);
    if (!str_eq(request_text(req, "column"), ret->column_slug))
        return request_redirect(req, 301, page_path(req, arena_printf(req->arena, "%.*s%s", STR_FMT(path), rest)));
    page_add_crumb(req, ret_column->name, page_path(req, column_path(req, ret_column)));
    card_set_column(req, ret_column);
    const char *language = arena_z(req->arena, str_of(ret->text.language));
    value_set_z(req->view, "text_language", language);
    value_set_z(req->view, "text_dir", language_is_rtl(language) ? "rtl" : "ltr");
    struct str proof = arena_printf(req->arena, "%.*s/proof", STR_FMT(path));
    value_set_text(req->view, "proof", req->office->ledger ? page_path(req, proof) : STR(""));
    return 0;
}

int article_open(struct request *req, const char *rest, struct article *ret, struct column *ret_column) {
    int status = article_locate(req, rest, ret, ret_column);
    if (status || ret->state != ARTICLE_WITHDRAWN)
        return status;
    return show_withdrawn(req, ret, ret_column);
}
