// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What machines read of an article's page: the Chinese government's page tags, Open Graph, hreflang, schema.org. */
#include "press/article.h"
#include "web/request.h"

/* plain: the body's text. views: the count at this moment. */
void article_set_meta(struct request *req, const struct article *a, const struct column *c, struct str plain,
                      int64_t views);
