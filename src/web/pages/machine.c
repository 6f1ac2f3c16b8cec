// SPDX-License-Identifier: Apache-2.0
/* Small files that browsers and robots ask for. */
#include "text/language.h"
#include "text/utf8.h"
#include "web/assets.h"
#include "web/json.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"
#include "web/xml.h"

int robots_txt(struct request *req) {
    BUF_LOCAL(text);
    buf_add_z(&text, "User-agent: *\n");
    for (size_t i = 0; i < req->site->languages; i++) {
        buf_printf(&text, "Disallow: %.*s\n", STR_FMT(request_path_in(req, i, STR("/search"))));
        buf_printf(&text, "Disallow: %.*s\n", STR_FMT(request_path_in(req, i, STR("/reader"))));
    }
    buf_printf(&text, "\nSitemap: %.*s\n", STR_FMT(page_url(req, 0, STR("/sitemap.xml"))));
    buf_printf(&text, "Sitemap: %.*s\n", STR_FMT(page_url(req, 0, STR("/sitemap-news.xml"))));
    return request_bytes(req, "text/plain; charset=utf-8", buf_str(&text));
}

static int no_memory(struct request *req) {
    struct err e;
    (void)err_set(&e, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    return request_failed(req, &e);
}

/* OpenSearch 1.1 allows 16 characters for a short name: the place says enough where the whole name does not fit. */
static struct str short_name(const struct site_words *w) {
    enum { SHORT_MOST = 16 };
    bool fits = utf8_count(w->name) <= SHORT_MOST;
    return utf8_first(fits || !w->place.n ? w->name : w->place, SHORT_MOST);
}

int opensearch_xml(struct request *req) {
    struct str name = req->site->words[req->language].name, search = page_url(req, req->language, STR("/search"));
    BUF_LOCAL(text);
    struct xml *x = xml_new();
    xml_open(x, "OpenSearchDescription");
    xml_attribute(x, "xmlns", STR("http://a9.com/-/spec/opensearch/1.1/"));
    xml_leaf(x, "ShortName", short_name(&req->site->words[req->language]));
    xml_leaf(x, "Description", page_say_text(req, "search_engine.name", "name", name));
    xml_leaf(x, "InputEncoding", STR("UTF-8"));
    xml_open(x, "Image");
    xml_attribute(x, "type", STR("image/png"));
    xml_attribute(x, "width", STR("192"));
    xml_attribute(x, "height", STR("192"));
    xml_text(x, page_whole_url(req, assets_address(req->office->assets, "icon-192.png")));
    xml_close(x);
    xml_open(x, "Url");
    xml_attribute(x, "type", STR("text/html"));
    xml_attribute(x, "template", arena_printf(req->arena, "%.*s?q={searchTerms}", STR_FMT(search)));
    xml_close(x);
    if (!xml_end(x, &text))
        return no_memory(req);
    return request_bytes(req, "application/opensearchdescription+xml; charset=utf-8", buf_str(&text));
}

static void add_icon(const struct request *req, json_t *icons, const char *file, const char *type, const char *sizes,
                     const char *purpose) {
    json_t *icon = json_object();
    json_set_text(icon, "src", assets_address(req->office->assets, file));
    json_set_text(icon, "type", str_of(type));
    json_set_text(icon, "sizes", str_of(sizes));
    json_set_text(icon, "purpose", str_of(purpose));
    (void)json_array_append_new(icons, icon); /* one icon less where memory is short */
}

static void add_shortcut(const struct request *req, json_t *shortcuts, const char *key, const char *path) {
    json_t *shortcut = json_object();
    json_set_text(shortcut, "name", messages_get(req->messages, key));
    json_set_text(shortcut, "url", page_path(req, str_of(path)));
    (void)json_array_append_new(shortcuts, shortcut);
}

int manifest_json(struct request *req) {
    const struct site_words *w = &req->site->words[req->language];
    json_t *root = json_object(), *icons = json_array(), *shortcuts = json_array();
    json_set_text(root, "id", page_path(req, STR("/")));
    json_set_text(root, "name", w->name);
    json_set_text(root, "short_name", w->place.n ? w->place : w->name);
    json_set_text(root, "description", w->tagline);
    json_set_text(root, "lang", str_of(w->language));
    json_set_text(root, "dir", language_is_rtl(w->language) ? STR("rtl") : STR("ltr"));
    json_set_text(root, "start_url", page_path(req, STR("/")));
    json_set_text(root, "scope", STR("/"));
    json_set_text(root, "display", STR("standalone"));
    json_set_text(root, "background_color", STR("#ffffff"));
    json_set_text(root, "theme_color", STR("#f5b700"));
    add_icon(req, icons, "icon.svg", "image/svg+xml", "any", "any");
    add_icon(req, icons, "icon-192.png", "image/png", "192x192", "any");
    add_icon(req, icons, "icon-512.png", "image/png", "512x512", "any");
    add_icon(req, icons, "icon-512.png", "image/png", "512x512", "maskable");
    (void)json_object_set_new(root, "icons", icons);
    add_shortcut(req, shortcuts, "search.title", "/search");
    add_shortcut(req, shortcuts, "site.settings", "/reader");
    (void)json_object_set_new(root, "shortcuts", shortcuts);
    BUF_LOCAL(text);
    if (!json_add_take(&text, root))
        return no_memory(req);
    return request_bytes(req, "application/manifest+json; charset=utf-8", buf_str(&text));
}
