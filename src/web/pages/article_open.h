// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The article that an address "/{column}/{id}…" names, for the pages that belong to one. */
#include "press/article.h"
#include "web/request.h"

/* 0: *ret and *ret_column are filled, the crumbs and the column's meta tags set. Else the answer is made and this is
 * its status: 404, 301 to the column where it stands now (rest: what follows the id, "" or "/changes"), 410 with the
 * reason of a withdrawal. */
int article_open(struct request *req, const char *rest, struct article *ret, struct column *ret_column);
/* The same, but a withdrawn article is found as well (ret->state). */
int article_locate(struct request *req, const char *rest, struct article *ret, struct column *ret_column);
