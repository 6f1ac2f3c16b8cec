// SPDX-License-Identifier: Apache-2.0
/* Declarations, each with a rank: a field's most specific name wins, wherever it stands on the page. */
#include "press/import/declared.h"

#include "text/utf8.h"

#include <jansson.h>
#include <libxml/uri.h>
#include <limits.h>

static const struct {
    const char *name;
    enum declared_slot slot;
    int rank;
} names[] = {
    {"articletitle", DECLARED_TITLE, 1},
    {"headline", DECLARED_TITLE, 3},
    {"dc.title", DECLARED_TITLE, 5},
    {"dcterms.title", DECLARED_TITLE, 5},
    {"og:title", DECLARED_OG_TITLE, 1},
    {"twitter:title", DECLARED_OG_TITLE, 2},
    {"pubdate", DECLARED_TIME, 1},
    {"article:published_time", DECLARED_TIME, 3},
    {"datepublished", DECLARED_TIME, 4},
    {"publishdate", DECLARED_TIME, 5},
    {"publish_date", DECLARED_TIME, 5},
    {"publish-date", DECLARED_TIME, 5},
    {"publishtime", DECLARED_TIME, 5},
    {"publish_time", DECLARED_TIME, 5},
    {"og:release_date", DECLARED_TIME, 6},
    {"dcterms.issued", DECLARED_TIME, 7},
    {"dc.date.issued", DECLARED_TIME, 7},
    {"dcterms.date", DECLARED_TIME, 8},
    {"dc.date", DECLARED_TIME, 8},
    {"parsely-pub-date", DECLARED_TIME, 9},
    {"weibo: article:create_at", DECLARED_TIME, 9},
    {"weibo:article:create_at", DECLARED_TIME, 9},
    {"contentsource", DECLARED_SOURCE, 1},
    {"source", DECLARED_SOURCE, 3},
    {"dcterms.publisher", DECLARED_SOURCE, 5},
    {"dc.publisher", DECLARED_SOURCE, 5},
    {"author", DECLARED_AUTHOR, 3},
    {"article:author", DECLARED_AUTHOR, 4},
    {"dc.creator", DECLARED_AUTHOR, 5},
    {"dcterms.creator", DECLARED_AUTHOR, 5},
    {"keywords", DECLARED_KEYWORDS, 1},
    {"news_keywords", DECLARED_KEYWORDS, 2},
    {"article:tag", DECLARED_KEYWORDS, 4},
    {"description", DECLARED_SUMMARY, 1},
    {"og:description", DECLARED_SUMMARY, 3},
    {"dc.description", DECLARED_SUMMARY, 4},
    {"dcterms.description", DECLARED_SUMMARY, 4},
    {"twitter:description", DECLARED_SUMMARY, 5},
    {"image", DECLARED_PICTURE, 1},
    {"og:image", DECLARED_PICTURE, 3},
    {"og:image:url", DECLARED_PICTURE, 4},
    {"twitter:image", DECLARED_PICTURE, 5},
    {"sitename", DECLARED_SITE, 1},
    {"og:site_name", DECLARED_SITE, 2},
    {"application-name", DECLARED_SITE, 4},
    {"columnname", DECLARED_COLUMN, 1},
    {"article:section", DECLARED_COLUMN, 2},
    {"content-language", DECLARED_LANGUAGE, 4},
    {"dc.language", DECLARED_LANGUAGE, 5},
    {"dcterms.language", DECLARED_LANGUAGE, 5},
    {"og:locale", DECLARED_LANGUAGE, 6},
    {"url", DECLARED_URL, 3},
    {"og:url", DECLARED_URL, 2},
};

/* The first of the best rank stays. */
static void offer(struct draft *dr, struct declared *d, enum declared_slot slot, int rank, struct str value) {
    if (draft_is_void(value) || value.n > 8192 || (d->rank[slot] && d->rank[slot] <= rank))
        return;
    d->value[slot] = draft_fold(dr, value);
    d->rank[slot] = rank;
}

static void read_meta(struct draft *dr, const struct tree *t, size_t i, struct declared *d) {
    static const char *const keys[] = {"name", "property", "itemprop", "http-equiv"};
    struct str content = tree_get(t, i, "content");
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        struct str key = str_trim(tree_get(t, i, keys[k]));
        for (size_t n = 0; key.n && n < sizeof names / sizeof *names; n++)
            if (str_is_nocase(key, names[n].name))
                offer(dr, d, names[n].slot, names[n].rank, content);
        if (str_is_nocase(key, "og:image:alt") && !draft_is_void(content))
            d->picture_alt = draft_fold(dr, content);
    }
}

/* --- JSON-LD --- */

static struct str json_text(const json_t *j) {
    return json_is_string(j) ? str_part(json_string_value(j), json_string_length(j)) : STR_NONE;
}

/* A text, or the name (or url) of an object, or the first of an array of either. */
static struct str json_name(const json_t *j, const char *key) {
    for (int i = 0; i < 4 && json_is_array(j); i++)
        j = json_array_get(j, 0);
    return json_is_object(j) ? json_text(json_object_get(j, key)) : json_text(j);
}

static struct str json_list(struct draft *dr, const json_t *j) {
    if (!json_is_array(j))
        return json_text(j);
    BUF_LOCAL(b);
    for (size_t i = 0; i < json_array_size(j) && i < 64; i++) {
        struct str one = json_name(json_array_get(j, i), "name");
        if (b.n && one.n)
            buf_add_z(&b, ", ");
        buf_add(&b, one);
    }
    return arena_buf(dr->a, &b);
}

static bool is_article_type(struct str type) {
    static const char *const types[] = {"NewsArticle",          "Article",
                                        "BlogPosting",          "Report",
                                        "ReportageNewsArticle", "AnalysisNewsArticle",
                                        "SpecialAnnouncement",  "PublicAnnouncement"};
    if (str_starts(type, "http://schema.org/"))
        type = str_from(type, 18);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(type, types[i]))
            return true;
    return false;
}

static bool is_article(const json_t *j) {
    const json_t *type = json_object_get(j, "@type");
    for (size_t i = 0; i < json_array_size(type); i++)
        if (is_article_type(json_text(json_array_get(type, i))))
            return true;
    return is_article_type(json_text(type));
}

static void read_article(struct draft *dr, const json_t *j, struct declared *d) {
    offer(dr, d, DECLARED_TITLE, 2, json_text(json_object_get(j, "headline")));
    offer(dr, d, DECLARED_TITLE, 4, json_text(json_object_get(j, "name")));
    offer(dr, d, DECLARED_TIME, 2, json_text(json_object_get(j, "datePublished")));
    offer(dr, d, DECLARED_SOURCE, 2, json_name(json_object_get(j, "sourceOrganization"), "name"));
    offer(dr, d, DECLARED_SOURCE, 4, json_name(json_object_get(j, "publisher"), "name"));
    offer(dr, d, DECLARED_AUTHOR, 2,
          json_list(dr, json_is_object(json_object_get(j, "author"))
                            ? json_object_get(json_object_get(j, "author"), "name")
                            : json_object_get(j, "author")));
    offer(dr, d, DECLARED_KEYWORDS, 3, json_list(dr, json_object_get(j, "keywords")));
    offer(dr, d, DECLARED_SUMMARY, 2, json_text(json_object_get(j, "description")));
    offer(dr, d, DECLARED_PICTURE, 2, json_name(json_object_get(j, "image"), "url"));
    offer(dr, d, DECLARED_LANGUAGE, 2, json_text(json_object_get(j, "inLanguage")));
    offer(dr, d, DECLARED_COLUMN, 3, json_name(json_object_get(j, "articleSection"), "name"));
    offer(dr, d, DECLARED_URL, 4, json_text(json_object_get(j, "url")));
}

/* An article may be the document, in a list, or in "@graph"; deeper ones are other pages' articles. */
static void find_article(struct draft *dr, const json_t *j, struct declared *d, int depth) {
    for (size_t i = 0; depth < 3 && json_is_array(j) && i < json_array_size(j); i++)
        find_article(dr, json_array_get(j, i), d, depth + 1);
    if (!json_is_object(j))
        return;
    if (is_article(j))
        read_article(dr, j, d);
    else if (depth < 3)
        find_article(dr, json_object_get(j, "@graph"), d, depth + 1);
    if (depth < 3)
        find_article(dr, json_object_get(j, "mainEntity"), d, depth + 1);
}

static void read_json(struct draft *dr, const struct tree *t, size_t i, struct declared *d) {
    if (!str_is_nocase(tree_get(t, i, "type"), "application/ld+json") || t->node[i].end != i + 2)
        return;
    struct str text = tree_text(t, i + 1);
    json_t *j = json_loadb(text.p, text.n, JSON_ALLOW_NUL, NULL);
    if (j)
        find_article(dr, j, d, 0);
    json_decref(j);
}

/* --- microdata --- */

static void read_item(struct draft *dr, const struct tree *t, size_t i, struct declared *d) {
    struct str prop = str_trim(tree_get(t, i, "itemprop"));
    struct str value = tree_get(t, i, "content");
    if (!value.n)
        value = tree_get(t, i, "datetime");
    if (str_is_nocase(prop, "datePublished"))
        offer(dr, d, DECLARED_TIME, 4, value.n ? value : tree_line(dr, t, i));
    else if (str_is_nocase(prop, "headline"))
        offer(dr, d, DECLARED_TITLE, 3, value.n ? value : tree_line(dr, t, i));
}

void declared_read(struct draft *dr, const struct tree *t, struct declared *ret) {
    *ret = (struct declared){0};
    offer(dr, ret, DECLARED_LANGUAGE, 3, tree_get(t, 0, "lang"));
    offer(dr, ret, DECLARED_LANGUAGE, 3, tree_get(t, 0, "xml:lang"));
    for (size_t i = 0; i < t->n; i++) {
        switch ((GumboTag)t->node[i].tag) {
        case GUMBO_TAG_META:
            read_meta(dr, t, i, ret);
            break;
        case GUMBO_TAG_SCRIPT:
            read_json(dr, t, i, ret);
            break;
        case GUMBO_TAG_TITLE:
            if (!ret->page_title.n)
                ret->page_title = tree_line(dr, t, i);
            break;
        case GUMBO_TAG_BASE:
            if (!ret->base.n)
                ret->base = draft_fold(dr, tree_get(t, i, "href"));
            break;
        case GUMBO_TAG_LINK:
            if (str_is_nocase(str_trim(tree_get(t, i, "rel")), "canonical"))
                offer(dr, ret, DECLARED_URL, 1, tree_get(t, i, "href"));
            break;
        case GUMBO_TAG_LAST:
            break;
        default:
            read_item(dr, t, i, ret);
        }
    }
}

/* --- a title without its site --- */

static const char *const separators[] = {" - ", " | ", " – ", " — ", " · ", " :: ", " » ", " « ",
                                         " < ", " > ", "_",   "|",   "｜",  "＿",   "—",   "-"};
enum { SURE = 14 }; /* separators before this one are never within words */

/* The last separator of the title, its bytes in *n and its number in *which. */
static size_t last_separator(struct str title, size_t *n, size_t *which) {
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
        struct str sep = str_of(separators[i]);
        for (size_t at = str_find(title, sep, 0); at != SIZE_MAX; at = str_find(title, sep, at + 1)) {
            bool spaced = i >= SURE && at && title.p[at - 1] == ' '; /* then it is one of the others */
            if (!spaced && (best == SIZE_MAX || at > best)) {
                best = at;
                *n = sep.n;
                *which = i;
            }
        }
    }
    return best;
}

static bool is_name_of(const struct declared *d, struct str part) {
    for (int slot = DECLARED_SITE; slot <= DECLARED_COLUMN; slot++) {
        struct str name = d->value[slot];
        if (name.n && (str_eq_nocase(name, part) || (part.n >= 6 && str_find_nocase(name, part, 0) != SIZE_MAX)))
            return true;
    }
    return false;
}

struct str declared_strip(const struct declared *d, struct str title) {
    for (int i = 0; i < 4; i++) {
        size_t n = 0, which = 0, at = last_separator(title, &n, &which);
        if (at == SIZE_MAX || at == 0)
            break;
        struct str head = str_trim(str_first(title, at)), tail = str_trim(str_from(title, at + n));
        bool shorter = text_weight(tail) < text_weight(head);
        if (is_name_of(d, tail) || !tail.n || (which < SURE && shorter && !d->rank[DECLARED_SITE]) ||
            (which < SURE && shorter && i > 0))
            title = head;
        else if (is_name_of(d, head))
            title = tail;
        else
            break;
    }
    return title;
}

/* --- addresses --- */

struct str declared_resolve(struct draft *dr, const struct declared *d, struct str address) {
    struct str url = d->value[DECLARED_URL];
    address = str_trim(address);
    if (!address.n || (!d->base.n && !url.n) || address.n > 4096)
        return address;
    const char *here = arena_z(dr->a, url), *base = arena_z(dr->a, d->base.n ? d->base : url);
    xmlChar *from = url.n && d->base.n ? xmlBuildURI((const xmlChar *)base, (const xmlChar *)here) : NULL;
    xmlChar *whole = xmlBuildURI((const xmlChar *)arena_z(dr->a, address), from ? from : (const xmlChar *)base);
    struct str result = whole ? arena_str(dr->a, str_of((const char *)whole)) : address;
    xmlFree(whole);
    xmlFree(from);
    return result;
}
