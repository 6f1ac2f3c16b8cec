// SPDX-License-Identifier: Apache-2.0
/* Columns from an ini file: a section adds the column, its words follow when their line is read. */
#include "app/columns.h"

#include "base/embedded.h"
#include "base/ini.h"
#include "press/column.h"
#include "text/language.h"

extern const struct embedded_file app_files[]; /* columns.ini */

enum { COLUMNS_MOST = 64, WORDS_MOST = 8 };

struct words {
    char language[LANGUAGE_MOST];
    struct str name, description;
};

struct draft {
    struct column column;
    size_t n;
    struct words words[WORDS_MOST];
};

struct reading {
    struct arena *arena;
    size_t n;
    struct draft *draft;
};

static struct draft *draft_of(struct reading *r, struct str slug) {
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(r->draft[i].column.slug, slug))
            return &r->draft[i];
    if (r->n == COLUMNS_MOST)
        return NULL;
    r->draft[r->n].column.slug = arena_str(r->arena, slug);
    return &r->draft[r->n++];
}

static struct words *words_of(struct draft *d, struct str tag) {
    char language[LANGUAGE_MOST];
    if (!language_normalise(tag, language))
        return NULL;
    for (size_t i = 0; i < d->n; i++)
        if (str_is(str_of(language), d->words[i].language))
            return &d->words[i];
    if (d->n == WORDS_MOST)
        return NULL;
    struct words *w = &d->words[d->n++];
    (void)language_normalise(tag, w->language); /* as just before */
    return w;
}

static int take_words(struct reading *r, struct draft *d, struct str key, struct str value, struct err *reterr) {
    size_t dot = str_find_char(key, '.', 0);
    struct str word = str_first(key, dot);
    struct words *w = dot == SIZE_MAX ? NULL : words_of(d, str_from(key, dot + 1));
    if (w && str_is(word, "name"))
        w->name = arena_str(r->arena, value);
    else if (w && str_is(word, "description"))
        w->description = arena_str(r->arena, value);
    else
        return err_set(reterr, ERR_INVALID, "a column has no setting %.*s", STR_FMT(key));
    return 0;
}

static int take_pair(void *arg, struct str section, struct str key, struct str value, struct err *reterr) {
    struct reading *r = arg;
    struct draft *d = section.n ? draft_of(r, section) : NULL;
    if (!d)
        return err_set(reterr, ERR_INVALID, "a column is a [section], and there are at most %d", COLUMNS_MOST);
    if (str_is(key, "kind"))
        return column_kind_parse(value, &d->column.kind)
                   ? 0
                   : err_set(reterr, ERR_INVALID, "there is no kind of column \"%.*s\"", STR_FMT(value));
    if (str_is(key, "order"))
        return str_to_int(value, &d->column.position)
                   ? 0
                   : err_set(reterr, ERR_INVALID, "order takes a whole number, not \"%.*s\"", STR_FMT(value));
    return take_words(r, d, key, value, reterr);
}

static int add_one(struct tx *tx, const struct draft *d, struct err *reterr) {
    int64_t id = 0;
    int bad = column_add(tx, &d->column, &id, reterr);
    for (size_t i = 0; !bad && i < d->n; i++)
        bad = column_set_words(tx, id, d->words[i].language, d->words[i].name, d->words[i].description, reterr);
    return bad;
}

int columns_add(struct tx *tx, struct str ini, struct err *reterr) {
    ARENA_LOCAL(arena, 0);
    struct reading r = {.arena = arena, .draft = arena_array(arena, COLUMNS_MOST, sizeof *r.draft)};
    if (!r.draft)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory to read the columns");
    int bad = ini_read(ini, take_pair, &r, reterr);
    if (!bad && arena_failed(arena))
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory to read the columns");
    for (size_t i = 0; !bad && i < r.n; i++)
        bad = add_one(tx, &r.draft[i], reterr);
    return bad;
}

static int had_any(struct tx *tx, void *arg, struct err *reterr) {
    return column_ever(tx, arg, reterr);
}

static int add_first(struct tx *tx, void *arg, struct err *reterr) {
    bool *had = arg;
    int bad = column_ever(tx, had, reterr);
    return bad || *had ? bad : columns_add(tx, app_files[0].bytes, reterr);
}

int columns_add_first(struct store *store, struct err *reterr) {
    bool had = false;
    int bad = store_read(store, had_any, &had, reterr);
    return bad || had ? bad : store_write(store, add_first, &had, reterr); /* two may begin at once */
}
