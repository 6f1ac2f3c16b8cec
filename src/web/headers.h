// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The headers that every answer has: security above all. One table. Immutable. */
#include "base/str.h"

enum header_for {
    HEADER_PAGES = 1,  /* HTML and everything else that a handler makes */
    HEADER_MEDIA = 2,  /* files of articles: may be shown on other sites; an SVG can run nothing */
    HEADER_SECURE = 4, /* over TLS only */
    HEADER_OPEN = 8,   /* of open routes (route.h): any site's pages may read them */
};
struct fixed_header {
    const char *name, *value;
    unsigned where; /* of enum header_for */
};
extern const struct fixed_header fixed_headers[]; /* ends with name NULL */
