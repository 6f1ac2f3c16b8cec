// SPDX-License-Identifier: Apache-2.0
#pragma once
/* DIR/media: files of articles, each named by the SHA-256 of its bytes ("64 hex digits.ext"), served for ever.
 * Known kinds only; an SVG is served so that nothing in it can run. */
#include "web/request.h"

/* "HASH.ext" and nothing else; a known ending. Gives its content type, or NULL. */
const char *media_content_type(struct str file);

/* A row: {METHOD_GET, "/media/{file}", WHO_ANYONE, CACHE_FOREVER, false, media_params, media_serve, "…", .storeless =
 * true}. */
extern const struct param media_params[];
int media_serve(struct request *req);
