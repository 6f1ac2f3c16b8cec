// SPDX-License-Identifier: Apache-2.0
/* The three feeds. */
#include "web/feed.h"

#include "text/datetime.h"
#include "web/json.h"
#include "web/xml.h"

static int64_t newest(const struct feed *f) {
    int64_t us = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->item[i].changed_us > us)
            us = f->item[i].changed_us;
    return us;
}

static int result(bool good, struct err *reterr) {
    return good ? 0 : err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

static void leaf_rfc3339(struct xml *x, const char *element, int64_t us, const char *zone) {
    BUF_LOCAL(when);
    datetime_add_rfc3339(&when, us, zone);
    xml_leaf(x, element, buf_str(&when));
}

static void leaf_http(struct xml *x, const char *element, int64_t us) {
    BUF_LOCAL(when);
    datetime_add_http(&when, us);
    xml_leaf(x, element, buf_str(&when));
}

/* --- Atom --- */

static void atom_link(struct xml *x, const char *rel, const char *type, struct str href) {
    xml_open(x, "link");
    xml_attribute(x, "rel", str_of(rel));
    xml_attribute(x, "type", str_of(type));
    xml_attribute(x, "href", href);
    xml_close(x);
}

static void atom_author(struct xml *x, struct str name) {
    if (name.n == 0)
        return;
    xml_open(x, "author");
    xml_leaf(x, "name", name);
    xml_close(x);
}

static void atom_keywords(struct xml *x, struct str keywords) {
    struct str word;
    while (str_cut(&keywords, ',', &word)) {
        word = str_trim(word);
        if (word.n == 0)
            continue;
        xml_open(x, "category");
        xml_attribute(x, "term", word);
        xml_close(x);
    }
}

static void atom_entry(struct xml *x, const struct feed *f, const struct feed_item *i) {
    xml_open(x, "entry");
    xml_leaf(x, "id", i->id);
    xml_leaf(x, "title", i->title);
    atom_link(x, "alternate", "text/html", i->url);
    leaf_rfc3339(x, "published", i->published_us, f->zone);
    leaf_rfc3339(x, "updated", i->changed_us, f->zone);
    atom_author(x, i->author.n ? i->author : i->source);
    xml_leaf(x, "summary", i->summary);
    atom_keywords(x, i->keywords);
    xml_close(x);
}

int feed_add_atom(struct buf *ret, const struct feed *f, struct err *reterr) {
    struct xml *x = xml_new();
    xml_open(x, "feed");
    xml_attribute(x, "xmlns", STR("http://www.w3.org/2005/Atom"));
    xml_attribute(x, "xml:lang", str_of(f->language));
    xml_leaf(x, "id", f->self);
    xml_leaf(x, "title", f->title);
    xml_leaf(x, "subtitle", f->description);
    leaf_rfc3339(x, "updated", newest(f), f->zone);
    atom_author(x, f->publisher);
    atom_link(x, "self", "application/atom+xml", f->self);
    atom_link(x, "alternate", "text/html", f->home);
    xml_leaf(x, "icon", f->icon);
    for (size_t i = 0; i < f->n; i++)
        atom_entry(x, f, &f->item[i]);
    return result(xml_end(x, ret), reterr);
}

/* --- RSS --- */

static void rss_item(struct xml *x, const struct feed_item *i) {
    xml_open(x, "item");
    xml_leaf(x, "title", i->title);
    xml_leaf(x, "link", i->url);
    xml_open(x, "guid");
    xml_attribute(x, "isPermaLink", STR("false"));
    xml_text(x, i->id);
    xml_close(x);
    xml_leaf(x, "description", i->summary);
    xml_leaf(x, "dc:creator", i->author.n ? i->author : i->source);
    xml_leaf(x, "category", i->section);
    leaf_http(x, "pubDate", i->published_us);
    xml_close(x);
}

int feed_add_rss(struct buf *ret, const struct feed *f, struct err *reterr) {
    struct xml *x = xml_new();
    xml_open(x, "rss");
    xml_attribute(x, "version", STR("2.0"));
    xml_attribute(x, "xmlns:atom", STR("http://www.w3.org/2005/Atom"));
    xml_attribute(x, "xmlns:dc", STR("http://purl.org/dc/elements/1.1/"));
    xml_open(x, "channel");
    xml_leaf(x, "title", f->title);
    xml_leaf(x, "link", f->home);
    xml_leaf(x, "description", f->description.n ? f->description : f->title); /* RSS wants one */
    xml_leaf(x, "language", str_of(f->language));
    leaf_http(x, "lastBuildDate", newest(f));
    xml_open(x, "atom:link");
    xml_attribute(x, "rel", STR("self"));
    xml_attribute(x, "type", STR("application/rss+xml"));
    xml_attribute(x, "href", f->self);
    xml_close(x);
    for (size_t i = 0; i < f->n; i++)
        rss_item(x, &f->item[i]);
    return result(xml_end(x, ret), reterr);
}

/* --- JSON Feed --- */

static void json_set_when(json_t *object, const char *key, int64_t us, const char *zone) {
    BUF_LOCAL(when);
    datetime_add_rfc3339(&when, us, zone);
    json_set_text(object, key, buf_str(&when));
}

static json_t *json_authors(struct str name) {
    json_t *author = json_object();
    json_set_text(author, "name", name);
    return json_pack("[o]", author);
}

static void json_set_tags(json_t *item, struct str keywords) {
    json_t *tags = json_array();
    struct str word;
    while (str_cut(&keywords, ',', &word)) {
        word = str_trim(word);
        if (word.n)
            (void)json_array_append_new(tags, json_stringn(word.p, word.n)); /* a failed one is left out */
    }
    if (json_array_size(tags))
        (void)json_object_set_new(item, "tags", tags);
    else
        json_decref(tags);
}

static json_t *json_item(const struct feed *f, const struct feed_item *i) {
    json_t *item = json_object();
    struct str author = i->author.n ? i->author : i->source;
    json_set_text(item, "id", i->id);
    json_set_text(item, "url", i->url);
    json_set_text(item, "title", i->title);
    json_set_text(item, "content_text", i->summary.n ? i->summary : i->title);
    json_set_text(item, "summary", i->summary);
    json_set_text(item, "image", i->picture);
    json_set_when(item, "date_published", i->published_us, f->zone);
    json_set_when(item, "date_modified", i->changed_us, f->zone);
    if (author.n)
        (void)json_object_set_new(item, "authors", json_authors(author));
    json_set_tags(item, i->keywords);
    return item;
}

int feed_add_json(struct buf *ret, const struct feed *f, struct err *reterr) {
    json_t *root = json_object(), *items = json_array();
    json_set_text(root, "version", STR("https://jsonfeed.org/version/1.1"));
    json_set_text(root, "title", f->title);
    json_set_text(root, "description", f->description);
    json_set_text(root, "home_page_url", f->home);
    json_set_text(root, "feed_url", f->self);
    json_set_text(root, "icon", f->icon);
    json_set_text(root, "language", str_of(f->language));
    if (f->publisher.n)
        (void)json_object_set_new(root, "authors", json_authors(f->publisher));
    bool good = root && items;
    for (size_t i = 0; i < f->n; i++)
        good = json_array_append_new(items, json_item(f, &f->item[i])) == 0 && good;
    good = json_object_set_new(root, "items", items) == 0 && good;
    return result(json_add_take(ret, root) && good, reterr);
}
