// SPDX-License-Identifier: Apache-2.0
/* The one table of what this server answers: first fit wins, so fixed addresses stand before "/{column}/{id}". */
#include "web/route.h"

#include "web/assets.h"
#include "web/media.h"
#include "web/pages/pages.h"
#include "web/system.h"
#include "web/tlog.h"
#include "web/witnessing.h"

enum { ID_MOST = 1000000000, PAGES_MOST = 50, SLUG_MOST = 40, QUERY_MOST = 200, ADDRESS_MOST = 1024 };

static const struct param none[] = {{0}};
static const struct param column_params[] = {{.name = "column", .kind = PARAM_SLUG, .most = SLUG_MOST},
                                             {.name = "before", .kind = PARAM_TEXT, .most = 40},
                                             {.name = "after", .kind = PARAM_TEXT, .most = 40},
                                             {0}};
static const struct param feed_params[] = {{.name = "column", .kind = PARAM_SLUG, .most = SLUG_MOST}, {0}};
static const struct param article_params[] = {
    {.name = "column", .kind = PARAM_SLUG, .most = SLUG_MOST}, {.name = "id", .kind = PARAM_INT, .most = ID_MOST}, {0}};
static const struct param change_params[] = {{.name = "column", .kind = PARAM_SLUG, .most = SLUG_MOST},
                                             {.name = "id", .kind = PARAM_INT, .most = ID_MOST},
                                             {.name = "number", .kind = PARAM_INT, .most = ID_MOST},
                                             {0}};
static const struct param opening_params[] = {{.name = "column", .kind = PARAM_SLUG, .most = SLUG_MOST},
                                              {.name = "id", .kind = PARAM_INT, .most = ID_MOST},
                                              {.name = "file", .kind = PARAM_TEXT, .most = 24},
                                              {0}};
static const struct param search_params[] = {{.name = "q", .kind = PARAM_TEXT, .most = QUERY_MOST * 4},
                                             {.name = "column", .kind = PARAM_SLUG, .most = SLUG_MOST},
                                             {.name = "from", .kind = PARAM_DAY},
                                             {.name = "until", .kind = PARAM_DAY},
                                             {.name = "page", .kind = PARAM_INT, .most = PAGES_MOST},
                                             {0}};
static const struct param reader_params[] = {
    {.name = "back", .kind = PARAM_PATH, .most = ADDRESS_MOST},
    {.name = "typeface", .kind = PARAM_CHOICE, .choices = "small|medium|large"},
    {.name = "colour", .kind = PARAM_CHOICE, .choices = "white|paper|green|blue|grey|dark"},
    {.name = "easy", .kind = PARAM_CHOICE, .choices = "on|off"},
    {.name = "reset", .kind = PARAM_CHOICE, .choices = "yes"},
    {0}};
static const struct param ledger_params[] = {{.name = "before", .kind = PARAM_INT, .most = SIZE_MAX >> 1}, {0}};
static const struct param part_params[] = {{.name = "part", .kind = PARAM_INT, .most = ID_MOST}, {0}};

#define PAGE(pattern, params, handler, summary)                                                                        \
    { METHOD_GET, pattern, WHO_ANYONE, CACHE_PAGE, true, params, handler, summary, false, false }
#define ONE(pattern, params, handler, summary)                                                                         \
    { METHOD_GET, pattern, WHO_ANYONE, CACHE_PAGE, false, params, handler, summary, false, false }
#define FIXED(pattern, params, handler, summary)                                                                       \
    { METHOD_GET, pattern, WHO_ANYONE, CACHE_FOREVER, false, params, handler, summary, true, false }
#define FRESH(pattern, params, handler, summary)                                                                       \
    { METHOD_GET, pattern, WHO_ANYONE, CACHE_CHECK, true, params, handler, summary, false, false }
#define OPEN(pattern, cache, params, handler, summary)                                                                 \
    { METHOD_GET, pattern, WHO_ANYONE, cache, false, params, handler, summary, false, true }
#define SYSTEM(pattern, who, handler, summary)                                                                         \
    { METHOD_GET, pattern, who, CACHE_NONE, false, system_params, handler, summary, true, false }

const struct route routes[] = {
    PAGE("/", none, home_page, "The home page"),
    PAGE("/search", search_params, search_page, "Search, by words, column and dates"),
    {METHOD_GET, "/reader", WHO_ANYONE, CACHE_NONE, true, reader_params, reader_page, "The reader's settings", false,
     false},
    {METHOD_POST, "/reader", WHO_ANYONE, CACHE_NONE, true, reader_params, reader_choose,
     "Keeps the reader's choice in the one cookie, and goes back", true, false},
    PAGE("/about/accessibility", none, accessibility_page, "The accessibility statement"),
    PAGE("/about/views", none, views_page, "How views are counted, and the totals by kind"),
    PAGE("/about/units", none, units_page, "The office's units, what each does, and how to reach it"),
    PAGE("/sitemap", none, sitemap_page, "The site map for people"),
    PAGE("/feed.atom", none, feed_atom, "The newest articles, as Atom"),
    PAGE("/rss.xml", none, feed_rss, "The newest articles, as RSS"),
    PAGE("/feed.json", none, feed_json, "The newest articles, as JSON Feed"),
    PAGE("/opensearch.xml", none, opensearch_xml, "Tells a browser how to search here"),
    PAGE("/manifest.webmanifest", none, manifest_json, "Lets the site be installed on a phone"),
    ONE("/sitemap.xml", none, sitemap_index, "The site map for search engines: its parts"),
    ONE("/sitemap/{part}", part_params, sitemap_part, "One part of the site map"),
    ONE("/sitemap-news.xml", none, sitemap_news, "What was published in the last two days, for news search"),
    ONE("/robots.txt", none, robots_txt, "What robots may read"),
    FIXED("/assets/{file}", asset_params, asset_serve, "Stylesheet, script and icons"),
    FIXED("/media/{file}", media_params, media_serve, "Pictures and files of articles"),
    FRESH("/ledger/", ledger_params, ledger_page, "The public ledger: checkpoint, witnesses, what came in"),
    FRESH("/ledger/entry/{index}", index_params, ledger_entry_page, "One entry in words, and its proof"),
    FRESH("/ledger/incidents", none, ledger_incidents_page, "What went wrong with the ledger"),
    FRESH("/ledger/about", none, ledger_about_page, "For auditors: what can be proven, and how to check it"),
    OPEN("/ledger/checkpoint", CACHE_CHECK, none, tlog_checkpoint_serve, "The signed head of the ledger"),
    OPEN("/ledger/tile/{path*}", CACHE_FOREVER, tile_params, tlog_tile_serve, "Tiles and entry bundles"),
    OPEN("/ledger/vkey", CACHE_CHECK, none, tlog_vkey_serve, "The key that signs the ledger, as one line"),
    OPEN("/ledger/keys", CACHE_CHECK, none, tlog_keys_serve, "The entries about the ledger's keys, and their lists"),
    OPEN("/ledger/policy", CACHE_CHECK, none, tlog_policy_serve, "Whose signatures should be under a checkpoint"),
    OPEN("/ledger/proof/{index}", CACHE_CHECK, index_params, tlog_proof_serve, "The proof of one entry, as a file"),
    OPEN("/ledger/document/{hash}", CACHE_FOREVER, document_params, tlog_document_serve,
         "A public document that an entry commits to"),
    {METHOD_POST, "/witness/add-checkpoint", WHO_ANYONE, CACHE_NONE, false, none, witnessing_add,
     "Cosigns a ledger that this office witnesses", true, OPEN_WITH_BODY},
    OPEN("/witness/vkey", CACHE_CHECK, none, witnessing_vkey, "The key that cosigns, as one line"),
    OPEN("/witness/{hash}/checkpoint", CACHE_CHECK, witness_params, witnessing_checkpoint,
         "The newest checkpoint that was cosigned for a ledger"),
    SYSTEM("/healthz", WHO_ANYONE, healthz_serve, "The process answers"),
    SYSTEM("/readyz", WHO_ANYONE, readyz_serve, "The store answers"),
    SYSTEM("/metrics", WHO_LOCAL, metrics_serve, "Figures for a monitor, in Prometheus' text format"),
    PAGE("/{column}/", column_params, column_page, "A column, newest first"),
    {METHOD_GET, "/{column}", WHO_ANYONE, CACHE_NONE, true, column_params, column_slash, "Leads to the column", false,
     false},
    PAGE("/{column}/feed.atom", feed_params, feed_atom, "A column's newest articles, as Atom"),
    PAGE("/{column}/rss.xml", feed_params, feed_rss, "A column's newest articles, as RSS"),
    PAGE("/{column}/feed.json", feed_params, feed_json, "A column's newest articles, as JSON Feed"),
    PAGE("/{column}/{id}", article_params, article_page, "An article; a reading counts as a view"),
    PAGE("/{column}/{id}/qr.svg", article_params, article_qr, "The article's address as a QR code"),
    FRESH("/{column}/{id}/proof", article_params, proof_page, "What stands in the ledger about an article"),
    {METHOD_GET, "/{column}/{id}/proof.json", WHO_ANYONE, CACHE_CHECK, true, article_params, proof_opening,
     "What opens the newest act upon an article", false, true},
    FRESH("/{column}/{id}/proof/{number}", change_params, proof_act_page, "One act upon an article"),
    {METHOD_GET, "/{column}/{id}/proof/{file}", WHO_ANYONE, CACHE_CHECK, true, opening_params, proof_opening_of,
     "What opens one act upon an article", false, true},
    PAGE("/{column}/{id}/changes", article_params, changes_page, "Every version of an article"),
    PAGE("/{column}/{id}/changes/{number}", change_params, change_page, "What changed in one version"),
    {0},
};
