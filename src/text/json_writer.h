// SPDX-License-Identifier: Apache-2.0
#pragma once
/* JSON (RFC 8259) written straight into a buf, member by member, without a tree before it: for documents that are made
 * by the hundred thousand, and for what stands in a page. What is written is what Jansson's JSON_COMPACT writes of the
 * same members. Reading, and other documents made now and then, stay with Jansson.
 *
 *     struct json_writer w = {.to = &text};
 *     json_begin(&w, NULL, '{');
 *     json_text(&w, "name", name);
 *     json_end(&w, '}');
 *
 * key: of a member of an object, ASCII and without anything to escape; NULL: an item of a list, or the whole. Whether
 * memory sufficed is the buf's to say. One thread at a time. */
#include "base/buf.h"

struct json_writer {
    struct buf *to;
    bool in_html; /* for a <script>: escape.h */
    bool more;    /* the next one comes behind another */
};

void json_begin(struct json_writer *w, const char *key, char bracket); /* '{' or '[' */
void json_end(struct json_writer *w, char bracket);                    /* '}' or ']' */
void json_text(struct json_writer *w, const char *key, struct str s);
void json_text_if(struct json_writer *w, const char *key, struct str s); /* nothing where s is empty */
void json_int(struct json_writer *w, const char *key, int64_t i);
void json_truth(struct json_writer *w, const char *key, bool b);
void json_nothing(struct json_writer *w, const char *key); /* null */
