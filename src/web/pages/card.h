// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What several pages show alike: an article in a list, a column, an article's address, a moment. */
#include "press/article.h"
#include "press/column.h"
#include "web/request.h"

/* "/news/12" */
struct str article_path(const struct request *req, const struct article *a);
/* "/news/" */
struct str column_path(const struct request *req, const struct column *c);
/* "2026-11-19 16:40" in the site's zone. */
struct str moment_minute(const struct request *req, int64_t us);
struct str moment_rfc3339(const struct request *req, int64_t us);

/* {title, href, day, summary, picture}; every member is set, so that none is looked for further out. */
struct value *card_add(struct request *req, struct value *list, const struct article *a);
/* {slug, name, about, href} */
struct value *card_add_column(struct request *req, struct value *list, const struct column *c);
/* view.column for the layout's meta tags, and the column's feeds. */
void card_set_column(struct request *req, const struct column *c);
/* The column of that id, or NULL. */
const struct column *column_of(const struct column *all, size_t n, int64_t id);
/* The tag of the page's language. */
const char *page_language(const struct request *req);
