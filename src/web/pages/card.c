// SPDX-License-Identifier: Apache-2.0
/* The pieces that pages share. */
#include "web/pages/card.h"

#include "text/datetime.h"
#include "web/page.h"

const char *page_language(const struct request *req) {
    return req->site->words[req->language].language;
}

struct str article_path(const struct request *req, const struct article *a) {
    return ARENA_JOIN(req->arena, STR("/"), a->column_slug, STR("/"), arena_int(req->arena, a->id));
}

struct str column_path(const struct request *req, const struct column *c) {
    return ARENA_JOIN(req->arena, STR("/"), c->slug, STR("/"));
}

struct str moment_minute(const struct request *req, int64_t us) {
    BUF_LOCAL(text);
    datetime_add_minute(&text, us, req->site->zone);
    return arena_buf(req->arena, &text);
}

struct str moment_rfc3339(const struct request *req, int64_t us) {
    BUF_LOCAL(text);
    datetime_add_rfc3339(&text, us, req->site->zone);
    return arena_buf(req->arena, &text);
}

static struct str moment_day(const struct request *req, int64_t us) {
    BUF_LOCAL(text);
    datetime_add_day(&text, us, req->site->zone);
    return arena_buf(req->arena, &text);
}

struct value *card_add(struct request *req, struct value *list, const struct article *a) {
    struct value *card = value_append_object(list);
    value_set_text(card, "title", a->text.title);
    value_set_text(card, "href", page_path(req, article_path(req, a)));
    value_set_text(card, "day", moment_day(req, a->published_us));
    value_set_text(card, "summary", a->text.summary);
    value_set_text(card, "picture", a->picture);
    return card;
}

struct value *card_add_column(struct request *req, struct value *list, const struct column *c) {
    struct value *card = value_append_object(list);
    value_set_text(card, "slug", c->slug);
    value_set_text(card, "name", c->name);
    value_set_text(card, "about", c->description);
    value_set_text(card, "href", page_path(req, column_path(req, c)));
    return card;
}

/* What the Chinese page tags call the kind of a column (domain 1.4). */
static struct str column_type(struct request *req, enum column_kind kind) {
    static const char *const keys[COLUMN_KINDS] = {
        [COLUMN_NEWS] = "column.type_news",     [COLUMN_NOTICE] = "column.type_notice",
        [COLUMN_GUIDE] = "column.type_guide",   [COLUMN_FIGURES] = "column.type_figures",
        [COLUMN_STATIC] = "column.type_static",
    };
    return messages_get(req->messages, keys[kind]);
}

void card_set_column(struct request *req, const struct column *c) {
    struct value *column = value_set_object(req->view, "column");
    value_set_text(column, "name", c->name);
    value_set_text(column, "description", c->description);
    value_set_text(column, "keywords", c->name);
    value_set_text(column, "type", column_type(req, c->kind));
    value_set_text(req->view, "column_slug", c->slug);
    const struct message_arg args[] = {{.name = "site", .text = req->site->words[req->language].name},
                                       {.name = "column", .text = c->name}};
    page_add_feeds(req, column_path(req, c), messages_format(req->messages, req->arena, "feed.title", args, 2));
}

const struct column *column_of(const struct column *all, size_t n, int64_t id) {
    for (size_t i = 0; i < n; i++)
        if (all[i].id == id)
            return &all[i];
    return NULL;
}
