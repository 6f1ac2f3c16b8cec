// SPDX-License-Identifier: Apache-2.0
/* Every block gives points to the element it stands in, and so to all around it: prose for its length, links nothing.
 * From the body downwards we follow whoever holds most of the points, and stop where they part. What the page itself
 * calls its article goes first, if there is one and it has the points. */
#include "press/import/main_text.h"

#include "press/import/furniture.h"
#include "text/utf8.h"

enum { SHARE = 60 }; /* percent of the points that the way down must keep */

static bool in_aside(const struct tree *t, uint32_t i) {
    for (uint32_t k = i, n = 0; k && n < 600; k = t->node[k].parent, n++) {
        uint16_t tag = t->node[k].tag;
        struct str role = tree_get(t, k, "role");
        if (tag == GUMBO_TAG_ARTICLE || tag == GUMBO_TAG_MAIN)
            return false;
        if (tag == GUMBO_TAG_NAV || tag == GUMBO_TAG_HEADER || tag == GUMBO_TAG_FOOTER || tag == GUMBO_TAG_ASIDE ||
            str_is(role, "navigation") || str_is(role, "banner") || str_is(role, "contentinfo") ||
            str_is(role, "complementary"))
            return true;
    }
    return false;
}

/* strict: prose only; else whatever is neither links nor furniture. */
static uint64_t points_of(const struct tree *t, size_t b, bool strict) {
    const struct block *block = &t->block[b];
    struct furniture_part parts[FURNITURE_PARTS_MOST];
    if (block->kind == BLOCK_HEADING)
        return 0;
    if (strict && !block_is_prose(block))
        return 0;
    if (!strict && (block->linked * 2 > utf8_count(block->text) || furniture_split(block->text, parts) ||
                    furniture_of(block->text)))
        return 0;
    if (in_aside(t, t->block_node[b]))
        return 0;
    size_t weight = text_weight(block->text), linked = block->linked * 2;
    return weight > linked ? weight - linked : 0;
}

static bool is_holder(uint16_t tag) {
    switch ((GumboTag)tag) {
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_TD:
        return true;
    default:
        return false;
    }
}

static size_t best_child(const struct tree *t, const uint64_t *points, size_t i) {
    size_t best = SIZE_MAX;
    for (size_t k = i + 1; k < t->node[i].end; k = t->node[k].end)
        if (best == SIZE_MAX || points[k] > points[best])
            best = k;
    return best;
}

/* One <div> a line is how some pages write their paragraphs: do not follow into such a line. */
static bool is_one_line(const struct tree *t, size_t i) {
    for (size_t k = i + 1; k < t->node[i].end; k++)
        if (tree_is_block_tag(t->node[k].tag) || t->node[k].tag == GUMBO_TAG_BR)
            return false;
    return true;
}

static size_t descend(const struct tree *t, const uint64_t *points, size_t from) {
    size_t good = from;
    for (size_t i = from, next; (next = best_child(t, points, i)) != SIZE_MAX; i = next) {
        if (points[next] * 100 < points[i] * SHARE || !points[next] || is_one_line(t, next))
            break;
        if (is_holder(t->node[next].tag))
            good = next;
    }
    return good;
}

/* The one element that the page calls its article, or SIZE_MAX: none, several, or one without much text. */
static size_t named(const struct tree *t, const uint64_t *points, bool (*is)(const struct tree *, size_t)) {
    size_t found = SIZE_MAX;
    for (size_t i = t->body; i < t->node[t->body].end; i++) {
        if (!points[i] || !is(t, i) || points[i] * 2 < points[t->body])
            continue;
        if (found != SIZE_MAX && i >= t->node[found].end)
            return SIZE_MAX;
        if (found == SIZE_MAX)
            found = i;
    }
    return found;
}

static bool is_article_body(const struct tree *t, size_t i) {
    return str_is(str_trim(tree_get(t, i, "itemprop")), "articleBody");
}

static bool is_article(const struct tree *t, size_t i) {
    return t->node[i].tag == GUMBO_TAG_ARTICLE || str_is(tree_get(t, i, "role"), "article");
}

static bool is_main(const struct tree *t, size_t i) {
    return t->node[i].tag == GUMBO_TAG_MAIN || str_is(tree_get(t, i, "role"), "main");
}

static void add_up(const struct tree *t, uint64_t *points, bool strict) {
    for (size_t i = 0; i < t->n; i++)
        points[i] = 0;
    for (size_t b = 0; b < t->blocks; b++)
        points[t->block_node[b]] += points_of(t, b, strict);
    for (size_t i = t->n; i-- > 1;)
        points[t->node[i].parent] += points[i];
}

size_t main_text_find(struct draft *dr, const struct tree *t) {
    uint64_t *points = arena_array(dr->a, t->n, sizeof *points);
    if (!points)
        return t->body;
    add_up(t, points, true);
    if (!points[t->body])
        add_up(t, points, false);
    size_t found = named(t, points, is_article_body);
    if (found == SIZE_MAX)
        found = named(t, points, is_article);
    if (found != SIZE_MAX)
        return found;
    found = named(t, points, is_main);
    return descend(t, points, found == SIZE_MAX ? t->body : found);
}
