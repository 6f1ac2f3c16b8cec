// SPDX-License-Identifier: Apache-2.0
/* Names from the guideline for government sites (domain 1.4), ogp.me and schema.org; empty values are left out. */
#include "web/pages/article_meta.h"

#include "text/flat.h"
#include "text/json_writer.h"
#include "text/site.h"
#include "text/utf8.h"
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

static void set_named(struct json_writer *w, const char *key, const char *type, struct str name, struct str url) {
    json_begin(w, key, '{');
    json_text(w, "@type", str_of(type));
    json_text_if(w, "name", name);
    json_text_if(w, "url", url);
    json_end(w, '}');
}

static void set_counter(struct json_writer *w, int64_t views) {
    json_begin(w, "interactionStatistic", '{');
    json_text(w, "@type", STR("InteractionCounter"));
    json_text(w, "interactionType", STR("https://schema.org/ViewAction"));
    json_int(w, "userInteractionCount", views);
    json_end(w, '}');
}

static struct str structured(struct request *req, const struct article *a, const struct column *c,
                             struct str description, int64_t views) {
    BUF_LOCAL(text);
    struct json_writer w = {.to = &text, .in_html = true};
    bool news = c->kind == COLUMN_NEWS || c->kind == COLUMN_NOTICE;
    struct str author = a->text.author.n ? a->text.author : a->text.source;
    json_begin(&w, NULL, '{');
    json_text(&w, "@context", STR("https://schema.org"));
    json_text(&w, "@type", news ? STR("NewsArticle") : STR("Article"));
    json_text_if(&w, "headline", a->text.title);
    json_text_if(&w, "description", description);
    json_text_if(&w, "mainEntityOfPage", value_as_text(value_get(req->view, STR("canonical"))));
    json_text_if(&w, "datePublished", moment_rfc3339(req, a->published_us));
    json_text_if(&w, "dateModified", moment_rfc3339(req, article_modified_us(a)));
    json_text(&w, "inLanguage", str_of(a->text.language));
    json_text_if(&w, "articleSection", c->name);
    json_text_if(&w, "keywords", a->text.keywords);
    json_text_if(&w, "image", a->picture.n ? page_whole_url(req, a->picture) : STR(""));
    json_truth(&w, "isAccessibleForFree", true);
    if (author.n)
        set_named(&w, "author", a->text.author.n ? "Person" : "Organization", author, STR(""));
    set_named(&w, "publisher", "GovernmentOrganization", req->site->words[req->language].name,
              page_url(req, req->language, STR("/")));
    set_counter(&w, views); /* last: its number lives (count.h) */
    json_end(&w, '}');
    return arena_buf(req->arena, &text);
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
