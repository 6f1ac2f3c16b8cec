// SPDX-License-Identifier: Apache-2.0
/* A saved page becomes a document: declarations first, then the main text, then what stands around it. */
#include "press/import/page.h"

#include "press/import/body.h"
#include "press/import/declared.h"
#include "press/import/main_text.h"
#include "press/import/page_write.h"
#include "text/utf8.h"

enum { TITLE_MOST = 300 };

struct page {
    struct draft *dr;
    struct tree tree;
    struct declared says;
    size_t main; /* the element that holds the article */
};

/* --- title --- */

static bool holds(struct str whole, struct str part) {
    return part.n && str_find_nocase(whole, part, 0) != SIZE_MAX;
}

static bool is_site(const struct page *p, struct str text) {
    struct str site = p->says.value[DECLARED_SITE];
    return site.n && (str_eq_nocase(text, site) || holds(site, text));
}

static uint32_t h1_of(const struct tree *t, size_t block) {
    uint32_t i = t->block_node[block];
    while (i && t->node[i].tag != GUMBO_TAG_H1)
        i = t->node[i].parent;
    return i;
}

/* The heading that is the article's: the first <h1> within the main text, else the last before it. */
static struct str heading_of(const struct page *p, bool *ret_within) {
    struct str best = STR_NONE;
    const struct tree *t = &p->tree;
    *ret_within = false;
    for (size_t b = 0; b < t->blocks; b++) {
        uint32_t i = h1_of(t, b);
        struct str text = t->block[b].text;
        if (!i || is_site(p, text) || utf8_count(text) > TITLE_MOST)
            continue;
        if (i >= t->node[p->main].end)
            break;
        best = text;
        *ret_within = i > p->main;
        if (*ret_within)
            break;
    }
    return best;
}

/* A heading within the text is sure; one before it may be the site's name, so the page's own title has to agree. */
static void find_title(struct page *p) {
    struct document *d = &p->dr->d;
    bool within;
    struct str stripped = declared_strip(&p->says, p->says.page_title), h1 = heading_of(p, &within);
    struct str og = declared_strip(&p->says, p->says.value[DECLARED_OG_TITLE]);
    if (is_site(p, stripped))
        stripped = STR_NONE;                                            /* the same on every page */
    (void)draft_offer(p->dr, &d->title, p->says.value[DECLARED_TITLE]); /* each an offer: the first stays */
    if (within || holds(stripped, h1) || holds(h1, stripped) || holds(og, h1) || (!stripped.n && !og.n))
        (void)draft_offer(p->dr, &d->title, h1);
    (void)draft_offer(p->dr, &d->title, og);
    (void)draft_offer(p->dr, &d->title, stripped);
    if (!str_eq(p->says.page_title, d->title))
        draft_left_out(p->dr, p->says.page_title);
}

/* --- other declarations --- */

/* "a;b，c" → "a, b, c" */
static struct str keywords_of(struct draft *dr, struct str raw) {
    BUF_LOCAL(b);
    bool gap = false;
    while (raw.n) {
        uint32_t c = utf8_next(&raw);
        if (c == ',' || c == ';' || c == '|' || c == 0xff0c || c == 0xff1b || c == 0x3001) {
            gap = true;
            continue;
        }
        if (c == ' ' && (gap || !b.n))
            continue;
        if (gap && b.n)
            buf_add_z(&b, ", ");
        gap = false;
        utf8_add(&b, c);
    }
    return arena_buf(dr->a, &b);
}

static void take_time(struct page *p, struct str text) {
    struct when w;
    if (text.n && (when_read(text, p->dr->o->zone, &w) || when_find(text, p->dr->o->zone, &w)))
        (void)draft_offer_time(p->dr, &w, text); /* the first that there is */
}

static void take_declared(struct page *p) {
    struct document *d = &p->dr->d;
    const struct str *says = p->says.value;
    take_time(p, says[DECLARED_TIME]);
    (void)draft_offer(p->dr, &d->source, says[DECLARED_SOURCE]);
    bool address = str_starts_nocase(says[DECLARED_AUTHOR], "http"); /* a profile's, not a name */
    if (!address)
        (void)draft_offer(p->dr, &d->author, says[DECLARED_AUTHOR]);
    (void)draft_offer(p->dr, &d->keywords, keywords_of(p->dr, says[DECLARED_KEYWORDS]));
    (void)draft_offer(p->dr, &d->summary, says[DECLARED_SUMMARY]);
    d->picture = declared_resolve(p->dr, &p->says, says[DECLARED_PICTURE]);
    if (d->picture.n)
        d->picture_alt = p->says.picture_alt;
}

/* A <time> near the head of the article, when nothing else told. */
static void find_time_element(struct page *p) {
    const struct tree *t = &p->tree;
    for (size_t i = t->body; i < t->node[p->main].end && !p->dr->d.has_time; i++) {
        if (t->node[i].tag != GUMBO_TAG_TIME || (i < p->main && p->main - i > 400))
            continue;
        struct str datetime = tree_get(t, i, "datetime");
        take_time(p, datetime.n ? datetime : tree_line(p->dr, t, i));
    }
}

/* --- blocks --- */

static void mark_outside(struct page *p) {
    struct tree *t = &p->tree;
    for (size_t b = 0; b < t->blocks; b++) {
        size_t i = t->block_node[b];
        t->block[b].outside = i < p->main || i >= t->node[p->main].end;
    }
}

/* Lists of links behind the last prose: other pages' titles. A link among them that is a file may be an annex. */
static bool is_file(struct str href) {
    static const char *const endings[] = {".pdf", ".doc", ".docx", ".xls", ".xlsx", ".zip",  ".rar", ".wps", ".ods",
                                          ".odt", ".ofd", ".csv",  ".txt", ".ppt",  ".pptx", ".jpg", ".png"};
    size_t query = str_find_char(href, '?', 0);
    struct str path = str_first(href, query);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = str_of(endings[i]).n;
        if (path.n > n && str_eq_nocase(str_from(path, path.n - n), str_of(endings[i])))
            return true;
    }
    return false;
}

static bool links_to_file(const struct tree *t, size_t b) {
    for (size_t i = t->block_node[b]; i < t->node[t->block_node[b]].end; i++)
        if (t->node[i].tag == GUMBO_TAG_A && is_file(tree_get(t, i, "href")))
            return true;
    return false;
}

static bool is_link_item(const struct tree *t, size_t b) {
    const struct block *k = &t->block[b];
    return k->kind == BLOCK_ITEM && k->linked * 10 > utf8_count(k->text) * 7 && !links_to_file(t, b);
}

static void leave_related(struct page *p) {
    struct tree *t = &p->tree;
    size_t last = SIZE_MAX;
    for (size_t b = 0; b < t->blocks; b++)
        if (!t->block[b].outside && block_is_prose(&t->block[b]))
            last = b;
    for (size_t b = last == SIZE_MAX ? t->blocks : last + 1, run; b < t->blocks; b += run ? run : 1) {
        for (run = 0; b + run < t->blocks && !t->block[b + run].outside && is_link_item(t, b + run);)
            run++;
        for (size_t k = 0; run >= 2 && k < run; k++) {
            draft_left_out(p->dr, t->block[b + k].text);
            t->block[b + k].gone = true;
        }
        if (run >= 2 && b && t->block[b - 1].kind == BLOCK_HEADING && b - 1 > last) { /* "Related news" */
            draft_left_out(p->dr, t->block[b - 1].text);
            t->block[b - 1].gone = true;
        }
    }
}

static int write_body(struct page *p, struct str language, struct err *reterr) {
    BUF_LOCAL(html);
    html.limit = TREE_BYTES_MOST;
    bool good = page_write(p->dr, &p->tree, &p->says, p->main, &html);
    tree_clear(&p->tree); /* before the body is parsed again: one tree in memory at a time */
    if (!good)
        return err_set(reterr, ERR_TOO_LARGE, "The page's text grows too large; it is no article.");
    return body_finish(p->dr, buf_str(&html), language, reterr);
}

int page_read(struct draft *dr, struct str html, bool whole, struct err *reterr) {
    struct page p = {.dr = dr};
    int r = tree_read(dr->a, html, &p.tree, reterr);
    if (r)
        return r;
    if (!tree_cut(dr, &p.tree)) {
        tree_clear(&p.tree);
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the page; nothing was taken.");
    }
    declared_read(dr, &p.tree, &p.says);
    p.main = whole ? p.tree.body : main_text_find(dr, &p.tree);
    take_declared(&p);
    if (!whole)
        find_title(&p);
    mark_outside(&p);
    for (size_t b = 0; whole && b < p.tree.blocks; b++)
        p.tree.block[b].linked = 0; /* a document's links are its own */
    if (!whole)
        leave_related(&p);
    sift(dr, p.tree.block, p.tree.blocks, whole);
    if (!dr->d.has_time)
        find_time_element(&p);
    return write_body(&p, p.says.value[DECLARED_LANGUAGE], reterr);
}
