// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What the program says to people, in each language: locale/LANG.ini, ICU message format.
 *
 *   [article]
 *   published = Published
 *   views = {count, plural, one {# view} other {# views}}
 *
 * A message's key is "section.name". A catalogue falls back to the catalogue of the site's first language, then to
 * "en", then to the key itself. Immutable after loading: any thread. Messages without arguments are also in a ready
 * value tree (messages_value) that templates see as {{t.article.published}}. */
#include "base/arena.h"
#include "base/err.h"
#include "text/value.h"

struct messages;

/* ini: the file's text; tag e.g. "zh-CN"; fallback may be NULL and must outlive the result. -ERR_INVALID names line and
 * reason. */
int messages_load(const char *tag, struct str ini, const struct messages *fallback, struct messages **ret,
                  struct err *reterr);
void messages_free(struct messages *m);
const char *messages_tag(const struct messages *m);

struct message_arg {
    const char *name;
    struct str text; /* used when text.p is not NULL */
    int64_t number;
};
/* Plain text (not escaped), in the arena. */
struct str messages_format(const struct messages *m, struct arena *a, const char *key, const struct message_arg *args,
                           size_t n);
struct str messages_get(const struct messages *m, const char *key); /* without arguments; lives with m */
/* {section: {name: text}}, fallback merged in; lives with m. */
const struct value *messages_value(const struct messages *m);
/* 1284 → "1,284" in the catalogue's language. */
struct str messages_number(const struct messages *m, struct arena *a, int64_t number);
