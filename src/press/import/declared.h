// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What a page declares about itself: the meta names of Chinese government pages (ArticleTitle, PubDate, ContentSource
 * …), JSON-LD, Open Graph, Dublin Core, <title>, <base>, <html lang>. "null" and unfilled templates count as nothing.
 */
#include "press/import/tree.h"

enum declared_slot {
    DECLARED_TITLE,    /* of the article, not of the page */
    DECLARED_OG_TITLE, /* may carry the site's name */
    DECLARED_TIME,
    DECLARED_SOURCE,
    DECLARED_AUTHOR,
    DECLARED_KEYWORDS,
    DECLARED_SUMMARY,
    DECLARED_PICTURE,
    DECLARED_SITE,
    DECLARED_COLUMN,
    DECLARED_LANGUAGE,
    DECLARED_URL,
    DECLARED_SLOTS
};

struct declared {
    struct str value[DECLARED_SLOTS];
    int rank[DECLARED_SLOTS]; /* 0: nothing yet; else the lower the better */
    struct str page_title, base, picture_alt;
};

void declared_read(struct draft *dr, const struct tree *t, struct declared *ret);
/* A page's title without the names of site and column at its ends. */
struct str declared_strip(const struct declared *d, struct str title);
/* An address of the page made absolute, where the page says where it is. */
struct str declared_resolve(struct draft *dr, const struct declared *d, struct str address);
