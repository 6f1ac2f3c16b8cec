// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Where markup begins and ends in the bytes of an HTML file, as the HTML standard's tokenizer reads it (13.2.5): for
 * what goes over a file before the parser does (html/tame.h, press/import/thin.h). Pure. */
#include "base/str.h"

enum html_mark {
    HTML_MARK_NONE, /* a mere less-than sign */
    HTML_MARK_START,
    HTML_MARK_END,
    HTML_MARK_OTHER, /* a comment, a declaration */
};

struct html_markup {
    enum html_mark mark;
    struct str name; /* of a tag */
    size_t end;      /* of a tag: behind its name; of the others: behind all of it */
};

/* At the '<' of s.p[at]. */
struct html_markup html_markup_at(struct str s, size_t at);
/* The next attribute of a tag, moving *at behind it; the value is without its quotes, empty where there is none. False
 * at the tag's end: *at is then behind its '>', or SIZE_MAX where the file ends within the tag, which is none then. */
bool html_attribute_next(struct str s, size_t *at, struct str *ret_name, struct str *ret_value);
/* From behind a tag's name to behind its '>'; SIZE_MAX where the file ends within the tag. */
size_t html_tag_end(struct str s, size_t at);
/* From behind a start tag to the '<' of its end tag, or SIZE_MAX. nests: elements of that name hold others. */
size_t html_find_end(struct str s, size_t from, struct str name, bool nests);
