// SPDX-License-Identifier: Apache-2.0
/* Finds the article of an address, or answers why it is not shown there. */
#include "web/pages/article_open.h"

#include "press/proof.h"
#include "text/language.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/card.h"
#include "web/pages/record.h"
#include "web/shelf.h"

#include <string.h>

static int show_gone(struct request *req, const struct article *a, const struct column *c, const char *template) {
    value_set_bool(req->view, "noindex", true);
    value_set_text(req->view, "reason", a->withdrawn_reason);
    value_set_text(req->view, "published", moment_minute(req, a->published_us));
    value_set_text(req->view, "withdrawn", moment_minute(req, a->withdrawn_us));
    value_set_text(req->view, "column_href", page_path(req, column_path(req, c)));
    value_set_text(req->view, "back_to_column", page_say_text(req, "withdrawn.back_to_column", "name", c->name));
    return request_page(req, 410, template);
}

/* A copy has the page in the languages of its text only. */
static void note_languages(struct request *req, const struct article *a, const struct column *c) {
    bool *in = arena_array(req->arena, SITE_LANGUAGES_MOST, sizeof *in);
    for (size_t i = 0; in && i < a->languages; i++) {
        int language = site_language(req->site, str_of(a->language[i]));
        if (language >= 0)
            in[language] = true;
    }
    req->in = in;
    req->instead = column_path(req, c);
}

static int find_column(struct request *req, int64_t id, struct column *ret, struct err *e) {
    const struct column *all, *found;
    size_t n;
    int failed = page_columns(req, &all, &n, e);
    if (failed)
        return failed;
    found = column_of(all, n, id);
    if (!found)
        return err_set(e, ERR_NOT_FOUND, "%s", err_sentence(ERR_NOT_FOUND));
    *ret = *found;
    return 0;
}

int article_locate(struct request *req, const char *rest, struct article *ret, struct column *ret_column) {
    struct err e;
    if (shelf_article(req, request_int(req, "id", 0), ret, &e) || find_column(req, ret->column_id, ret_column, &e))
        return request_failed(req, &e);
    struct str path = article_path(req, ret);
    if (!str_eq(request_text(req, "column"), ret->column_slug))
        return request_redirect(req, 301, page_path(req, arena_printf(req->arena, "%.*s%s", STR_FMT(path), rest)));
    page_add_crumb(req, ret_column->name, page_path(req, column_path(req, ret_column)));
    card_set_column(req, ret_column);
    note_languages(req, ret, ret_column);
    const char *language = arena_z(req->arena, str_of(ret->text.language));
    value_set_z(req->view, "text_language", language);
    value_set_z(req->view, "text_dir", language_is_rtl(language) ? "rtl" : "ltr");
    struct str proof = ARENA_JOIN(req->arena, path, STR("/proof"));
    value_set_text(req->view, "proof", req->office->ledger ? page_path(req, proof) : STR(""));
    return 0;
}

static int show_withdrawn(struct request *req, const struct article *a, const struct column *c) {
    page_set_title(req, a->text.title);
    return show_gone(req, a, c, "withdrawn");
}

/* The ground of the erasure, as the ledger has it; empty for a text whose acts are not on record. */
static int find_ground(struct request *req, const struct article *a, struct str *ret, struct err *e) {
    struct article_proof *acts;
    size_t n;
    int failed = shelf_acts(req, a->id, &acts, &n, e);
    *ret = STR("");
    for (size_t i = 0; !failed && i < n; i++)
        if (acts[i].type == ENTRY_ERASE && strcmp(acts[i].language, a->text.language) == 0)
            *ret = record_code(req, acts[i].code);
    return failed;
}

static int show_erased(struct request *req, const struct article *a, const struct column *c) {
    struct str ground;
    struct err e;
    if (find_ground(req, a, &ground, &e))
        return request_failed(req, &e);
    page_set_title(req, messages_get(req->messages, "erased.title"));
    value_set_text(req->view, "ground", ground);
    return show_gone(req, a, c, "erased");
}

int article_open(struct request *req, const char *rest, struct article *ret, struct column *ret_column) {
    int status = article_locate(req, rest, ret, ret_column);
    if (status)
        return status;
    if (ret->state == ARTICLE_ERASED)
        return show_erased(req, ret, ret_column);
    return ret->state == ARTICLE_WITHDRAWN ? show_withdrawn(req, ret, ret_column) : 0;
}
