// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Mustache templates (mustache.github.io/mustache.5, specification 1.4 with inheritance, without lambdas).
 *
 * A struct templates is a set of named templates, parsed once, immutable afterwards: any number of threads may render
 * from it. {{x}} escapes for HTML text and quoted attributes; {{{x}}} and {{&x}} do not and are for clean HTML only.
 * Partials {{>name}} and parents {{<name}} are looked up in the same set; a missing one renders as nothing.
 * Nesting of partials is bounded (64), and so is the work for one page (4 million tags and lines): beyond it rendering
 * fails with -ERR_INTERNAL. */
#include "base/buf.h"
#include "base/err.h"
#include "text/value.h"

struct templates;

struct templates *templates_new(void);
void templates_free(struct templates *t);
/* Parses text (copied) as template `name`; a second one of that name replaces the first.
 * -ERR_INVALID with name, line and reason in words. */
int templates_add(struct templates *t, const char *name, struct str text, struct err *reterr);
bool templates_has(const struct templates *t, const char *name);
/* The same templates with `constants`, an object, put in for good: what a view says of its members' names is not looked
 * for any more, so that no value anywhere in a view may have one of these names and say something else. Only what
 * stands in a section of one of them ({{#t}}) is looked for there first, as ever; templates that it includes do not
 * know of it. `t` must live as long as the result; `constants` need not. NULL: no memory. */
struct templates *templates_fold(const struct templates *t, const struct value *constants);
/* Appends to *ret. -ERR_NOT_FOUND for an unknown name; a failed buf is -ERR_NO_MEMORY. */
int templates_render(const struct templates *t, const char *name, const struct value *view, struct buf *ret,
                     struct err *reterr);
