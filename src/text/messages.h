// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What the program says to people, in each language: locale/LANG.ini, in ICU's message syntax.
 *
 *   [article]
 *   published = Published
 *   views = {count, plural, =0 {no views yet} one {# view} other {# views}}
 *
 * Understood: {name}, {name, number}, {name, plural, =N {…} one {…} other {…}} with # for the number, {name, select,
 * word {…} other {…}}, nested at will; '' is an apostrophe and '{…}' is quoted. Plural rules and numbers are ICU's; the
 * syntax is read here because ICU's C interface knows no named arguments. A message's key is "section.name". A
 * catalogue holds the fallback's messages where it lacks its own; an unknown key is shown as itself. Immutable after
 * loading: any thread. Messages without arguments are also in a ready value tree (messages_value) that templates see as
 * {{t.article.published}}. */
#include "base/arena.h"
#include "base/err.h"
#include "text/value.h"

struct messages;

/* ini: the file's text; tag e.g. "zh-CN"; fallback may be NULL and need not live on. Every message is checked:
 * -ERR_INVALID names line and reason. */
int messages_load(const char *tag, struct str ini, const struct messages *fallback, struct messages **ret,
                  struct err *reterr);
void messages_free(struct messages *m); /* NULL is fine */
const char *messages_tag(const struct messages *m);
/* False where the catalogue has the fallback's, or nothing. For the test that each language is complete. */
bool messages_has_own(const struct messages *m, const char *key);

struct message_arg {
    const char *name;
    struct str text; /* used when text.p is not NULL … */
    int64_t number;  /* … and this otherwise */
};
/* Plain text (not escaped), in the arena. */
struct str messages_format(const struct messages *m, struct arena *a, const char *key, const struct message_arg *args,
                           size_t n);
struct str messages_get(const struct messages *m, const char *key); /* without arguments; lives with m */
/* {section: {name: text}}, the fallback's merged in; lives with m. */
const struct value *messages_value(const struct messages *m);
/* 1284 → "1,284" in the catalogue's language. */
struct str messages_number(const struct messages *m, struct arena *a, int64_t number);
