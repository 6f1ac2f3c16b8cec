// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The tree that a page shows: what a handler hands to a template. Lives in an arena, never freed alone.
 *
 * Out of memory makes the arena failed and values NULL; every function takes NULL and does nothing, so a handler
 * builds its view without checks and the caller asks arena_failed() once. Strings are not copied: they must live as
 * long as the arena (put them there). Keys are literals or arena strings. One thread while building; immutable
 * trees may be read by many. */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct value;
enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_TEXT, VALUE_LIST, VALUE_OBJECT };

struct value *value_text(struct arena *a, struct str s);
struct value *value_z(struct arena *a, const char *z);
struct value *value_int(struct arena *a, int64_t i); /* a text of decimal digits */
struct value *value_bool(struct arena *a, bool b);
struct value *value_list(struct arena *a);
struct value *value_object(struct arena *a);

/* Replaces an earlier member of that key. v NULL removes nothing and sets nothing. A value that is in a tree already
 * may be set in another one (a shared table of messages): it is linked there through a shallow copy. */
void value_set(struct value *object, const char *key, struct value *v);
void value_append(struct value *list, struct value *v);
/* Sets a tree that others read at the same time (a table of messages): through a shallow copy, never touching it. */
void value_set_shared(struct value *object, const char *key, const struct value *v);
/* Shorthands. */
void value_set_text(struct value *object, const char *key, struct str s);
void value_set_z(struct value *object, const char *key, const char *z);
void value_set_int(struct value *object, const char *key, int64_t i);
void value_set_bool(struct value *object, const char *key, bool b);
/* Sets nothing where s is empty, so that {{#key}} is false. */
void value_set_text_if(struct value *object, const char *key, struct str s);
struct value *value_set_object(struct value *object, const char *key); /* a new one, in place */
struct value *value_set_list(struct value *object, const char *key);
struct value *value_append_object(struct value *list);

enum value_kind value_kind(const struct value *v); /* NULL: VALUE_NULL */
struct str value_as_text(const struct value *v);   /* "" unless a text */
bool value_as_bool(const struct value *v);
/* As a section of a template asks: true, a text or list that is not empty, an object. */
bool value_is_true(const struct value *v);
/* NULL when absent. */
const struct value *value_get(const struct value *object, struct str key);
/* First item, then its next; for lists. */
const struct value *value_first(const struct value *list);
const struct value *value_next(const struct value *item);
