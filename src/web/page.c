// SPDX-License-Identifier: Apache-2.0
/* The frame around every page: who the office is, the reader's settings, the menu, the ways to other languages. */
#include "web/page.h"

#include "press/column.h"
#include "text/datetime.h"
#include "text/escape.h"
#include "text/language.h"
#include "web/count.h"
#include "web/frame.h"
#include "web/office.h"

#include <string.h>

/* The paper of each colour, as in daylight.css: for <meta name="theme-color">. */
static const char *const papers[COLOURS] = {"#ffffff", "#fbf5e6", "#c7edcc", "#e3eefb", "#e8e8e6", "#14181d"};

static bool has(const struct request *req, const char *key) {
    return value_get(req->view, str_of(key)) != NULL;
}

static const struct site_words *words(const struct request *req) {
    return &req->site->words[req->language];
}

bool page_is_copy(const struct request *req) {
    return req->office->copied_us != 0;
}

struct str page_say_number(const struct request *req, const char *key, const char *name, int64_t number) {
    struct message_arg arg = {.name = name, .number = number};
    return messages_format(req->messages, req->arena, key, &arg, 1);
}

struct str page_say_text(const struct request *req, const char *key, const char *name, struct str text) {
    struct message_arg arg = {.name = name, .text = text.p ? text : STR("")};
    return messages_format(req->messages, req->arena, key, &arg, 1);
}

struct str page_path(const struct request *req, struct str path) {
    return request_path_in(req, req->language, path);
}

struct str page_url(const struct request *req, size_t language, struct str path) {
    struct str local = request_path_in(req, language, path);
    return ARENA_JOIN(req->arena, req->site->origin, local);
}

/* A picture's address may be a path of this site or a whole address. */
struct str page_whole_url(const struct request *req, struct str address) {
    if (!str_starts(address, "/"))
        return address;
    return ARENA_JOIN(req->arena, req->site->origin, address);
}

void page_set_title(struct request *req, struct str title) {
    value_set_text(req->view, "title", title);
}

void page_add_crumb(struct request *req, struct str name, struct str href) {
    struct value *crumbs = (struct value *)value_get(req->view, STR("crumbs")); /* this request's own */
    if (!crumbs)
        crumbs = value_set_list(req->view, "crumbs");
    struct value *crumb = value_append_object(crumbs);
    value_set_text(crumb, "name", name);
    value_set_text(crumb, "href", href);
    value_set_bool(req->view, "has_crumbs", true);
}

void page_add_feeds(struct request *req, struct str path, struct str title) {
    static const struct {
        const char *file, *type, *kind;
    } kinds[] = {{"feed.atom", "application/atom+xml", "Atom"},
                 {"rss.xml", "application/rss+xml", "RSS"},
                 {"feed.json", "application/feed+json", "JSON Feed"}};
    struct value *feeds = value_set_list(req->view, "feeds");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct value *feed = value_append_object(feeds);
        struct str file = ARENA_JOIN(req->arena, path, str_of(kinds[i].file));
        value_set_text(feed, "title", title);
        value_set_z(feed, "type", kinds[i].type);
        value_set_z(feed, "kind", kinds[i].kind);
        value_set_text(feed, "href", page_path(req, file));
    }
}

void page_find_count(struct request *req) {
    struct str piece = count_find(buf_str(&req->body));
    if (piece.n == 0)
        return;
    req->count_at = (size_t)(piece.p - req->body.p);
    req->count_n = piece.n;
}

/* --- the parts of page_fill() --- */

/* The settings page brings the reader back to where he was. */
static struct str settings_link(struct request *req) {
    struct str page = page_path(req, STR("/reader"));
    if (req->address.n == 0 || req->address.n > 500 || str_find(req->address, page, 0) == 0)
        return page;
    BUF_LOCAL(link);
    buf_printf(&link, "%.*s?back=", STR_FMT(page));
    escape_url(&link, req->address);
    return arena_buf(req->arena, &link);
}

static void fill_links(struct request *req) {
    static const struct {
        const char *key, *path;
    } pages[] = {{"search", "/search"},
                 {"reader", "/reader"},
                 {"accessibility", "/about/accessibility"},
                 {"views", "/about/views"},
                 {"units", "/about/units"},
                 {"sitemap", "/sitemap"},
                 {"manifest", "/manifest.webmanifest"},
                 {"opensearch", "/opensearch.xml"}};
    struct value *links = value_set_object(req->view, "links");
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        value_set_text(links, pages[i].key, page_path(req, str_of(pages[i].path)));
    value_set_text(links, "settings", settings_link(req));
    bool ledger = req->office->ledger != NULL;
    value_set_text(links, "ledger", ledger ? page_path(req, STR("/ledger/")) : STR(""));
    value_set_text(links, "auditor", ledger ? page_path(req, STR("/ledger/about")) : STR(""));
    value_set_text(req->view, "back", req->address.n ? req->address : STR("/"));
}

static struct str query_of(struct str address) {
    size_t at = str_find_char(address, '?', 0);
    return at == SIZE_MAX ? STR("") : str_from(address, at);
}

/* The same page in language i. A copy has each text in the languages that it is written in, and no searches; its lists
 * are cut in each language for itself. */
static struct str other_language(struct request *req, size_t i, struct str path) {
    bool copy = page_is_copy(req);
    struct str query = copy ? STR("") : query_of(req->address);
    struct str here = request_path_in(req, i, copy && req->in && !req->in[i] ? req->instead : path);
    return ARENA_JOIN(req->arena, here, query);
}

static void fill_languages(struct request *req) {
    struct value *languages = value_set_list(req->view, "languages");
    struct str path = req->path.n ? req->path : STR("/");
    for (size_t i = 0; i < req->site->languages; i++) {
        const char *tag = req->site->words[i].language;
        struct value *one = value_append_object(languages);
        BUF_LOCAL(name);
        language_add_name(&name, tag);
        value_set_z(one, "tag", tag);
        value_set_text(one, "name", arena_buf(req->arena, &name));
        value_set_text(one, "href", other_language(req, i, path));
        value_set_bool(one, "current", i == req->language);
    }
}

static void add_alternate(struct value *list, const char *tag, struct str url) {
    struct value *one = value_append_object(list);
    value_set_z(one, "tag", tag);
    value_set_text(one, "url", url);
}

void page_set_alternates(struct request *req, const bool *in) {
    const struct site *s = req->site;
    struct value *list = value_set_list(req->view, "alternates");
    size_t n = 0;
    for (size_t i = 0; i < s->languages; i++)
        n += !in || in[i];
    for (size_t i = 0; i < s->languages && n > 1; i++)
        if (!in || in[i])
            add_alternate(list, s->words[i].language, page_url(req, i, req->path));
    if (n > 1 && (!in || in[0]))
        add_alternate(list, "x-default", page_url(req, 0, req->path));
}

/* Open Graph wants language_TERRITORY, and has no word for "en" alone or for a script. */
static void set_locale(struct request *req) {
    struct str rest = str_of(words(req)->language), language, territory;
    if (str_cut(&rest, '-', &language) && str_cut(&rest, '-', &territory) && territory.n == 2 && !rest.p)
        value_set_text(req->view, "og_locale",
                       arena_printf(req->arena, "%.*s_%.*s", STR_FMT(language), STR_FMT(territory)));
}

static void fill_addresses(struct request *req) {
    if (!has(req, "canonical"))
        value_set_text(req->view, "canonical", page_url(req, req->language, req->path.n ? req->path : STR("/")));
    if (!has(req, "alternates"))
        page_set_alternates(req, NULL);
    if (!has(req, "feeds"))
        page_add_feeds(req, STR("/"), page_say_text(req, "feed.latest", "site", words(req)->name));
    set_locale(req);
}

static void fill_choices(struct request *req, const char *list_key, const char *const *names, size_t n, size_t now) {
    struct value *list = value_set_list(req->view, list_key);
    for (size_t i = 0; i < n; i++) {
        struct value *one = value_append_object(list);
        const char *key = ARENA_JOIN(req->arena, STR("reader."), str_of(names[i])).p;
        value_set_z(one, "value", names[i]);
        value_set_text(one, "label", messages_get(req->messages, key ? key : ""));
        value_set_z(one, "pressed", i == now ? "true" : "false");
        value_set_bool(one, "chosen", i == now);
    }
}

static void fill_reader(struct request *req) {
    const struct reader *r = &req->reader;
    value_set_bool(req->view, "easy", r->easy);
    value_set_z(req->view, "typeface", typeface_words[r->typeface]);
    value_set_z(req->view, "colour", colour_words[r->colour]);
    value_set_z(req->view, "theme_colour", papers[r->colour]);
    fill_choices(req, "typefaces", typeface_words, TYPEFACES, r->typeface);
    fill_choices(req, "colours", colour_words, COLOURS, r->colour);
}

/* The top column that `slug` is, or lies under; 0 where it is none. */
static int64_t top_of(const struct column *all, size_t n, struct str slug) {
    int64_t id = 0;
    for (size_t i = n; i-- > 0;) /* children come after their parents */
        if (id ? all[i].id == id : (slug.n && str_eq(all[i].slug, slug)))
            id = all[i].parent_id ? all[i].parent_id : all[i].id;
    return id;
}

int page_columns(struct request *req, const struct column **ret, size_t *ret_n, struct err *e) {
    if (!req->columns && req->office->columns[req->language]) {
        req->columns = req->office->columns[req->language];
        req->columns_n = req->office->columns_n;
    }
    if (!req->columns) {
        struct column *all = NULL;
        int failed = column_list(req->tx, req->arena, words(req)->language, &all, &req->columns_n, e);
        if (failed)
            return failed;
        req->columns = all;
    }
    *ret = req->columns;
    *ret_n = req->columns_n;
    return 0;
}

/* Where a request was refused before its handler ran, the menu needs a look into the store of its own; not where it is
 * we who failed: then the store may be the reason. */
static int menu_columns(struct request *req, const struct column **ret, size_t *ret_n) {
    struct column *all = NULL;
    struct tx *tx;
    *ret = NULL;
    if (req->tx || req->columns || req->office->columns[req->language])
        return page_columns(req, ret, ret_n, NULL);
    if (!req->err.code || err_http_status(req->err.code) >= 500)
        return -ERR_NOT_FOUND;
    int failed = store_begin_read(req->office->store, &tx, NULL);
    if (failed)
        return failed;
    failed = column_list(tx, req->arena, words(req)->language, &all, ret_n, NULL);
    store_end_read(tx);
    *ret = all;
    return failed;
}

static void fill_menu(struct request *req) {
    const struct column *all = NULL;
    size_t n = 0;
    if (req->reader.easy || menu_columns(req, &all, &n) != 0)
        return; /* a page without its menu is better than none */
    struct value *menu = value_set_list(req->view, "menu");
    int64_t within = top_of(all, n, value_as_text(value_get(req->view, STR("column_slug"))));
    for (size_t i = 0; i < n; i++) {
        if (all[i].parent_id)
            continue;
        struct value *one = value_append_object(menu);
        struct str path = ARENA_JOIN(req->arena, STR("/"), all[i].slug, STR("/"));
        bool here = str_eq(path, req->path);
        value_set_text(one, "name", all[i].name);
        value_set_text(one, "href", page_path(req, path));
        value_set_bool(one, "here", here);
        value_set_bool(one, "within", !here && all[i].id == within);
        value_set_bool(req->view, "has_menu", true);
    }
}

/* When the copy was taken, and where the living page is. */
static void fill_copy(struct request *req) {
    if (!page_is_copy(req))
        return;
    struct value *copy = value_set_object(req->view, "copy");
    BUF_LOCAL(minute);
    datetime_add_minute(&minute, req->office->copied_us, req->site->zone);
    value_set_text(copy, "minute", arena_buf(req->arena, &minute));
    struct str living = page_url(req, req->language, req->path.n && req->route ? req->path : STR("/"));
    value_set_text(copy, "living", req->office->lives ? living : STR(""));
}

void page_fill(struct request *req) {
    frame_lend(req->office->frame[req->language], req->view);
    const char *language = words(req)->language;
    value_set_z(req->view, "language", language);
    value_set_bool(req->view, "rtl", language_is_rtl(language));
    if (!has(req, "title"))
        page_set_title(req, words(req)->name);
    fill_reader(req);
    fill_links(req);
    fill_languages(req);
    fill_addresses(req);
    fill_menu(req);
    fill_copy(req);
}

/* --- the page in plain words --- */

static const char *error_section(int status) {
    static const struct {
        int status;
        const char *section;
    } known[] = {{400, "bad"},      {401, "forbidden"}, {403, "forbidden"}, {404, "missing"}, {405, "method"},
                 {409, "conflict"}, {410, "gone"},      {413, "large"},     {414, "address"}, {415, "format"},
                 {429, "busy"},     {431, "headers"},   {500, "broken"},    {503, "away"},    {507, "away"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].section;
    return status < 500 ? "bad" : "broken";
}

static struct str error_words(struct request *req, const char *section, const char *part) {
    const char *key = arena_printf(req->arena, "error.%s_%s", section, part).p;
    return messages_get(req->messages, key ? key : "");
}

void page_fill_error(struct request *req, int status, struct str detail) {
    const char *section = error_section(status);
    struct value *error = value_set_object(req->view, "error");
    value_set_int(error, "status", status);
    value_set_text(error, "title", error_words(req, section, "title"));
    value_set_text(error, "text", error_words(req, section, "text"));
    value_set_text(error, "advice", error_words(req, section, "advice"));
    value_set_text(error, "detail", detail);
    page_set_title(req, error_words(req, section, "title"));
    value_set_bool(req->view, "noindex", true);
}
