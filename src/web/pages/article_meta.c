// SPDX-License-Identifier: Apache-2.0
/* Names from the guideline for government sites (domain 1.4), ogp.me and schema.org; empty values are left out. */
#include "web/pages/article_meta.h"

#include "text/flat.h"
#include "text/site.h"
#include "text/utf8.h"
#include "web/json.h"
#include "web/page.h"
#include "web/pages/card.h"

enum { DESCRIPTION_MOST = 160 }; /* characters */

/* The summary, else the first line of the text. */
static struct str description_of(struct request *req, const struct article *a, struct str plain) {
    struct str first = a->text.summary;
    if (first.n == 0 && !str_cut(&plain, '\n', &first))
        return STR_NONE;
    BUF_LOCAL(flat); /* it may be the row of a table */
    flat_add(&flat, first);
    return arena_str(req->arena, str_trim(utf8_first(buf_str(&flat), DESCRIPTION_MOST)));
}

static bool has_language(const struct article *a, const char *tag) {
    for (size_t i = 0; i < a->languages; i++)
        if (str_is(str_of(tag), a->language[i]))
            return true;
    return false;
}

/* The address of record: of the language that the text is in. */
static void set_addresses(struct request *req, const struct article *a) {
    bool in[SITE_LANGUAGES_MOST] = {false};
    for (size_t i = 0; i < req->site->languages; i++)
        in[i] = has_language(a, req->site->words[i].language);
    page_set_alternates(req, in);
    int own = site_language(req->site, str_of(a->text.language));
    size_t language = own >= 0 ? (size_t)own : req->language;
    value_set_text(req->view, "canonical", page_url(req, language, article_path(req, a)));
}

static json_t *organization(const struct request *req) {
    json_t *o = json_object();
    json_set_text(o, "@type", STR("GovernmentOrganization"));
    json_set_text(o, "name", req->site->words[req->language].name);
    json_set_text(o, "url", page_url(req, req->language, STR("/")));
    return o;
}

static json_t *named(const char *type, struct str name) {
    json_t *o = json_object();
    json_set_text(o, "@type", str_of(type));
    json_set_text(o, "name", name);
    return o;
}

static json_t *counter(int64_t views) {
    return json_pack("{s:s, s:s, s:I}", "@type", "InteractionCounter", "interactionType",
                     "https://schema.org/ViewAction", "userInteractionCount", (json_int_t)views);
}

static struct str structured(struct request *req, const struct article *a, const struct column *c,
                             struct str description, int64_t views) {
    bool news = c->kind == COLUMN_NEWS || c->kind == COLUMN_NOTICE;
    struct str author = a->text.author.n ? a->text.author : a->text.source;
    json_t *o = json_object();
    json_set_text(o, "@context", STR("https://schema.org"));
    json_set_text(o, "@type", news ? STR("NewsArticle") : STR("Article"));
    json_set_text(o, "headline", a->text.title);
    json_set_text(o, "description", description);
    json_set_text(o, "mainEntityOfPage", value_as_text(value_get(req->view, STR("canonical"))));
    json_set_text(o, "datePublished", moment_rfc3339(req, a->published_us));
    json_set_text(o, "dateModified", moment_rfc3339(req, article_modified_us(a)));
    json_set_text(o, "inLanguage", str_of(a->text.language));
    json_set_text(o, "articleSection", c->name);
    json_set_text(o, "keywords", a->text.keywords);
    json_set_text(o, "image", a->picture.n ? page_whole_url(req, a->picture) : STR(""));
    (void)json_object_set_new(o, "isAccessibleForFree", json_true());
    if (author.n)
        (void)json_object_set_new(o, "author", named(a->text.author.n ? "Person" : "Organization", author));
    (void)json_object_set_new(o, "publisher", organization(req));
    (void)json_object_set_new(o, "interactionStatistic", counter(views)); /* last: its number lives (count.h) */
    BUF_LOCAL(text);
    return json_add_take(&text, o, true) ? arena_buf(req->arena, &text) : STR("{}");
}

void article_set_meta(struct request *req, const struct article *a, const struct column *c, struct str plain,
                      int64_t views) {
    struct value *v = req->view;
    struct str description = description_of(req, a, plain);
    set_addresses(req, a);
    value_set_text(v, "description", description);
    value_set_text(v, "published", moment_minute(req, a->published_us));
    value_set_text(v, "published_rfc3339", moment_rfc3339(req, a->published_us));
    value_set_text(v, "changed_rfc3339", moment_rfc3339(req, article_modified_us(a)));
    value_set_text(v, "source", a->text.source);
    value_set_text(v, "author", a->text.author);
    value_set_text(v, "keywords_text", a->text.keywords);
    value_set_text(v, "picture_url", page_whole_url(req, a->picture));
    value_set_text(v, "structured", structured(req, a, c, description, views));
}
