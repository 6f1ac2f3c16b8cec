// SPDX-License-Identifier: Apache-2.0
/* Reads an opening, and checks it against the entry that it opens. */
#include "app/commands/verify_opening.h"

#include "ledger/lines.h"

#include <jansson.h>
#include <string.h>

static struct str text_of(const json_t *json, struct arena *a) {
    return json_is_string(json) ? arena_str(a, str_part(json_string_value(json), json_string_length(json))) : STR_NONE;
}

static int read_part(const json_t *json, struct arena *a, struct opening *o, struct err *reterr) {
    const json_t *value = json_object_get(json, "value");
    struct opening_part *p = &o->part[o->n];
    *p = (struct opening_part){
        .name = text_of(json_object_get(json, "name"), a), .value = text_of(value, a), .open = json_is_string(value)};
    if (!lines_base64(text_of(json_object_get(json, "hash"), a), p->hash.b, sizeof p->hash.b))
        return err_set(reterr, ERR_INVALID, "part %zu of the opening has no hash", o->n);
    o->n++;
    return 0;
}

static int read_opening(const json_t *json, struct arena *a, struct opening *o, struct err *reterr) {
    const json_t *key = json_object_get(json, "key"), *index = json_object_get(json, "index"),
                 *parts = json_object_get(json, "parts");
    if (!str_is(text_of(json_object_get(json, "format"), a), "daylight/opening/v1"))
        return err_set(reterr, ERR_INVALID, "this is no opening: its format is not daylight/opening/v1");
    o->index = json_is_integer(index) && json_integer_value(index) >= 0 ? json_integer_value(index) : -1;
    o->type = text_of(json_object_get(json, "type"), a);
    o->entry = text_of(json_object_get(json, "entry"), a);
    o->has_key = json_is_string(key);
    if (o->has_key && !lines_base64(text_of(key, a), o->key, sizeof o->key))
        return err_set(reterr, ERR_INVALID, "the opening's key is not 32 bytes in base64");
    if (!json_is_array(parts) || !json_array_size(parts) || json_array_size(parts) > COMMIT_PARTS_MOST)
        return err_set(reterr, ERR_INVALID, "the opening has no parts, or more than %d", COMMIT_PARTS_MOST);
    int bad = 0;
    for (size_t i = 0; !bad && i < json_array_size(parts); i++)
        bad = read_part(json_array_get(parts, i), a, o, reterr);
    return bad;
}

int opening_read(struct str text, struct arena *a, struct opening *ret, struct err *reterr) {
    json_error_t why;
    *ret = (struct opening){.index = -1};
    json_t *json = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (!json)
        return err_set(reterr, ERR_INVALID, "this is no opening: line %d: %s", why.line, why.text);
    int bad = read_opening(json, a, ret, reterr);
    json_decref(json);
    if (!bad && arena_failed(a))
        bad = err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to read the opening");
    return bad;
}

/* A commitment binds places, not names: which place has which name is for the format to say, or a summary could be
 * shown as a title. */
static int check_names(const struct opening *o, enum entry_type type, struct err *reterr) {
    static const char *const of_text[] = {"id",       "language", "published", "title",       "source", "author",
                                          "keywords", "summary",  "picture",   "picture_alt", "note",   "body"};
    static const char *const of_reason[] = {"id", "language", "reason"};
    bool text = type == ENTRY_PUBLISH || type == ENTRY_EMERGENCY || type == ENTRY_COUNTERSIGN || type == ENTRY_CORRECT;
    if (!text && type != ENTRY_WITHDRAW && type != ENTRY_ERASE)
        return err_set(reterr, ERR_FORBIDDEN, "an entry \"%s\" has no opening", entry_type_word(type));
    const char *const *names = text ? of_text : of_reason;
    size_t n = text ? sizeof of_text / sizeof *of_text : sizeof of_reason / sizeof *of_reason;
    if (o->n != n)
        return err_set(reterr, ERR_FORBIDDEN, "the opening has %zu parts, and an entry \"%s\" stands for %zu", o->n,
                       entry_type_word(type), n);
    for (size_t i = 0; i < n; i++)
        if (!str_is(o->part[i].name, names[i]))
            return err_set(reterr, ERR_FORBIDDEN, "part %zu of the opening is called %.*s, and is the %s", i,
                           STR_FMT(str_first(o->part[i].name, 40)), names[i]);
    return 0;
}

int opening_check(const struct opening *o, const struct entry *e, struct err *reterr) {
    struct hash hash[COMMIT_PARTS_MOST];
    if (o->type.n && !str_is(o->type, entry_type_word(e->type)))
        return err_set(reterr, ERR_FORBIDDEN, "the opening is of an entry \"%.*s\", and this entry is \"%s\"",
                       STR_FMT(str_first(o->type, 40)), entry_type_word(e->type));
    int bad = check_names(o, e->type, reterr);
    if (bad)
        return bad;
    for (size_t i = 0; i < o->n; i++) {
        const struct opening_part *p = &o->part[i];
        hash[i] = p->hash;
        if (!p->open)
            continue;
        if (!o->has_key)
            return err_set(reterr, ERR_INVALID, "the opening shows values without a key");
        struct hash salt = commit_salt(o->key, (uint32_t)i), ours = commit_part(&salt, (uint32_t)i, p->value);
        if (!hash_same(&ours, &p->hash))
            return err_set(reterr, ERR_FORBIDDEN,
                           "part %zu of the opening (%.*s) was changed: its value does not give its hash", i,
                           STR_FMT(str_first(p->name, 40)));
    }
    struct hash all = commit_join(hash, o->n);
    if (!e->committed || !hash_same(&all, &e->commit))
        return err_set(reterr, ERR_FORBIDDEN, "the opening's parts do not give the commitment of the entry");
    return 0;
}

const struct opening_part *opening_find(const struct opening *o, const char *name) {
    for (size_t i = 0; i < o->n; i++)
        if (o->part[i].open && str_is(o->part[i].name, name))
            return &o->part[i];
    return NULL;
}
