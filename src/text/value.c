// SPDX-License-Identifier: Apache-2.0
/* The view tree: members and items are singly linked; views are small. A name's tag tells nearly all names apart
 * without looking at their bytes: a page asks hundreds of times. */
#include "text/value.h"

#include <string.h>

struct value {
    enum value_kind kind;
    bool truth;
    struct str text;
    const char *key;            /* as a member */
    uint32_t tag;               /* of the key */
    struct value *next;         /* the next member or item */
    struct value *first, *last; /* of a list or object */
    struct arena *arena;
};

static uint32_t tag_of(struct str key) {
    if (key.n == 0)
        return 0;
    const unsigned char *p = (const unsigned char *)key.p;
    return (uint32_t)(key.n & 0xff) << 24 | (uint32_t)p[0] << 16 | (uint32_t)p[key.n / 2] << 8 | p[key.n - 1];
}

static struct value *value_new(struct arena *a, enum value_kind kind) {
    struct value *v = arena_alloc(a, sizeof *v);
    if (v) {
        v->kind = kind;
        v->arena = a;
    }
    return v;
}

struct value *value_text(struct arena *a, struct str s) {
    struct value *v = value_new(a, VALUE_TEXT);
    if (v)
        v->text = s;
    return v;
}

struct value *value_z(struct arena *a, const char *z) {
    return value_text(a, str_of(z));
}

struct value *value_int(struct arena *a, int64_t i) {
    return value_text(a, arena_int(a, i));
}

struct value *value_bool(struct arena *a, bool b) {
    struct value *v = value_new(a, VALUE_BOOL);
    if (v)
        v->truth = b;
    return v;
}

struct value *value_list(struct arena *a) {
    return value_new(a, VALUE_LIST);
}

struct value *value_object(struct arena *a) {
    return value_new(a, VALUE_OBJECT);
}

static void link_last(struct value *parent, struct value *v) {
    if (parent->last)
        parent->last->next = v;
    else
        parent->first = v;
    parent->last = v;
}

/* One value may stand in several trees (a shared message table): a member that is linked already is linked through a
 * copy. */
static struct value *unlinked(struct value *parent, struct value *v) {
    if (!v->key && !v->next)
        return v;
    struct value *copy = arena_alloc(parent->arena, sizeof *copy);
    if (copy) {
        *copy = *v;
        copy->next = NULL;
        copy->key = NULL;
    }
    return copy;
}

static void member_remove(struct value *object, const char *key, uint32_t tag) {
    struct value *before = NULL;
    for (struct value *v = object->first; v; before = v, v = v->next) {
        if (v->tag != tag || strcmp(v->key, key) != 0)
            continue;
        if (before)
            before->next = v->next;
        else
            object->first = v->next;
        if (object->last == v)
            object->last = before;
        return;
    }
}

void value_set(struct value *object, const char *key, struct value *v) {
    if (!object || !v || object->kind != VALUE_OBJECT)
        return;
    uint32_t tag = tag_of(str_of(key));
    member_remove(object, key, tag);
    v = unlinked(object, v);
    if (!v)
        return;
    v->key = key;
    v->tag = tag;
    link_last(object, v);
}

void value_set_shared(struct value *object, const char *key, const struct value *v) {
    struct value *copy = object && v ? arena_alloc(object->arena, sizeof *copy) : NULL;
    if (!copy)
        return;
    *copy = *v;
    copy->next = NULL;
    copy->key = NULL;
    value_set(object, key, copy);
}

void value_append(struct value *list, struct value *v) {
    if (!list || !v || list->kind != VALUE_LIST)
        return;
    v = unlinked(list, v);
    if (!v)
        return;
    v->key = ""; /* marks it as linked */
    link_last(list, v);
}

void value_set_text(struct value *object, const char *key, struct str s) {
    if (object)
        value_set(object, key, value_text(object->arena, s));
}

void value_set_z(struct value *object, const char *key, const char *z) {
    value_set_text(object, key, str_of(z));
}

void value_set_int(struct value *object, const char *key, int64_t i) {
    if (object)
        value_set(object, key, value_int(object->arena, i));
}

void value_set_bool(struct value *object, const char *key, bool b) {
    if (object)
        value_set(object, key, value_bool(object->arena, b));
}

void value_set_text_if(struct value *object, const char *key, struct str s) {
    if (s.n)
        value_set_text(object, key, s);
}

struct value *value_set_object(struct value *object, const char *key) {
    struct value *v = object ? value_object(object->arena) : NULL;
    value_set(object, key, v);
    return v;
}

struct value *value_set_list(struct value *object, const char *key) {
    struct value *v = object ? value_list(object->arena) : NULL;
    value_set(object, key, v);
    return v;
}

struct value *value_append_object(struct value *list) {
    struct value *v = list ? value_object(list->arena) : NULL;
    value_append(list, v);
    return v;
}

enum value_kind value_kind(const struct value *v) {
    return v ? v->kind : VALUE_NULL;
}

struct str value_as_text(const struct value *v) {
    return v && v->kind == VALUE_TEXT ? v->text : STR_NONE;
}

bool value_as_bool(const struct value *v) {
    return v && v->kind == VALUE_BOOL && v->truth;
}

bool value_is_true(const struct value *v) {
    switch (value_kind(v)) {
    case VALUE_BOOL:
        return v->truth;
    case VALUE_TEXT:
        return v->text.n > 0;
    case VALUE_LIST:
        return v->first != NULL;
    case VALUE_OBJECT:
        return true;
    default:
        return false;
    }
}

const struct value *value_get(const struct value *object, struct str key) {
    if (!object || object->kind != VALUE_OBJECT)
        return NULL;
    uint32_t tag = tag_of(key);
    for (const struct value *v = object->first; v; v = v->next)
        if (v->tag == tag && str_is(key, v->key))
            return v;
    return NULL;
}

const struct value *value_first(const struct value *list) {
    return list && list->kind == VALUE_LIST ? list->first : NULL;
}

const struct value *value_next(const struct value *item) {
    return item ? item->next : NULL;
}
