// SPDX-License-Identifier: Apache-2.0
/* Columns: a small tree, read whole where a list is wanted and put in order here, so that no engine needs recursive
 * queries. */
#include "press/column.h"

#include "press/ask.h"
#include "press/content.h"
#include "press/field.h"
#include "queries.h"

#include <inttypes.h>
#include <string.h>

enum { COLUMN_SLUG_MOST = 40, COLUMNS_DEEP = 8 };

static const struct kind {
    const char *word;
    int fresh_days;
} kinds[] = {
#define X(name, word, days) {word, days},
    COLUMN_KIND_LIST(X)
#undef X
};

const char *column_kind_word(enum column_kind kind) {
    return (unsigned)kind < COLUMN_KINDS ? kinds[kind].word : "";
}

int column_kind_fresh_days(enum column_kind kind) {
    return (unsigned)kind < COLUMN_KINDS ? kinds[kind].fresh_days : 0;
}

bool column_kind_parse(struct str word, enum column_kind *ret) {
    for (int i = 0; i < COLUMN_KINDS; i++) {
        if (!str_is(word, kinds[i].word))
            continue;
        *ret = (enum column_kind)i;
        return true;
    }
    return false;
}

/* First words of addresses that are the site's own, now or by its design. "about" is not among them: the site's own
 * pages under it have words in their second place, articles have numbers. */
static const char *const reserved[] = {
    "accessibility", "admin",  "api", "assets", "desk",    "feed",   "healthz", "ledger",  "locale",
    "login",         "logout", "map", "media",  "metrics", "office", "open311", "qr",      "reader",
    "readyz",        "robots", "rss", "search", "sitemap", "static", "theme",   "witness",
};

static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

static bool all_lower(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if (!is_lower(s.p[i]))
            return false;
    return true;
}

/* Two letters, then parts of two or four: /LANG/… must never be mistaken for a column. */
static bool looks_like_a_language(struct str slug) {
    struct str rest = slug, part;
    for (bool first = true; str_cut(&rest, '-', &part); first = false)
        if (!all_lower(part) || (part.n != 2 && (first || part.n != 4)))
            return false;
    return true;
}

bool column_slug_ok(struct str slug) {
    if (slug.n == 0 || slug.n > COLUMN_SLUG_MOST || slug.p[0] == '-' || slug.p[slug.n - 1] == '-')
        return false;
    for (size_t i = 0; i < slug.n; i++)
        if (!is_lower(slug.p[i]) && !(slug.p[i] >= '0' && slug.p[i] <= '9') && slug.p[i] != '-')
            return false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_is(slug, reserved[i]))
            return false;
    return !looks_like_a_language(slug);
}

/* -ERR_INVALID where the parent is not there, or the tree would be too deep to be understood. */
static int check_parent(struct tx *tx, int64_t parent_id, struct err *reterr) {
    for (int depth = 1; parent_id; depth++) {
        if (depth >= COLUMNS_DEEP)
            return err_set(reterr, ERR_INVALID, "Columns may stand %d deep, no deeper; nothing was stored.",
                           COLUMNS_DEEP);
        int64_t id = parent_id;
        int rc = ask_int(tx, &Q_column_parent, CELLS(cell_int(id)), -1, &parent_id, reterr);
        if (rc < 0)
            return rc;
        if (parent_id < 0)
            return err_set(reterr, ERR_INVALID,
                           "There is no column %" PRId64 " to put this one under; nothing was stored.", id);
    }
    return 0;
}

int column_add(struct tx *tx, const struct column *c, int64_t *ret_id, struct err *reterr) {
    if (!column_slug_ok(c->slug))
        return err_set(reterr, ERR_INVALID,
                       "A column's address is 1 to 40 of a-z, 0-9 and -, none of the site's own words and not like a "
                       "language's; nothing was stored.");
    if ((unsigned)c->kind >= COLUMN_KINDS)
        return err_set(reterr, ERR_INVALID, "There is no such kind of column; nothing was stored.");
    int rc = check_parent(tx, c->parent_id, reterr);
    if (rc < 0)
        return rc;
    int64_t taken;
    rc = ask_int(tx, &Q_column_id_of_slug, CELLS(cell_text(c->slug)), 0, &taken, reterr);
    if (rc < 0)
        return rc;
    if (taken)
        return err_set(reterr, ERR_CONFLICT, "There is a column \"%.*s\" already; nothing was stored.",
                       STR_FMT(c->slug));
    int64_t id = tx_next_id(tx, "column", reterr);
    if (id < 0)
        return (int)id;
    rc = ask_run(tx, &Q_column_insert,
                 CELLS(cell_int(id), cell_int_or_null(c->parent_id), cell_text(c->slug),
                       cell_z(column_kind_word(c->kind)), cell_int(c->position)),
                 reterr);
    if (rc == 0)
        rc = content_changed(tx, reterr);
    if (rc == 0)
        *ret_id = id;
    return rc;
}

int column_ever(struct tx *tx, bool *ret, struct err *reterr) {
    int64_t has = 0;
    int rc = ask_int(tx, &Q_counter_has, CELLS(cell_z("column")), 0, &has, reterr);
    *ret = has != 0;
    return rc;
}

static int check_exists(struct tx *tx, int64_t id, struct err *reterr) {
    int64_t there;
    int rc = ask_int(tx, &Q_column_exists, CELLS(cell_int(id)), 0, &there, reterr);
    if (rc == 0 && !there)
        return err_set(reterr, ERR_NOT_FOUND, "There is no column %" PRId64 "; nothing was changed.", id);
    return rc;
}

int column_set_words(struct tx *tx, int64_t id, const char *language, struct str name, struct str description,
                     struct err *reterr) {
    char tag[LANGUAGE_MOST];
    const struct field fields[] = {{"name", name, 100, FIELD_NEEDED | FIELD_ONE_LINE},
                                   {"description", description, 500, FIELD_ONE_LINE}};
    int rc = field_language(language, tag, reterr);
    if (rc == 0)
        rc = fields_check(fields, 2, reterr);
    if (rc == 0)
        rc = check_exists(tx, id, reterr);
    if (rc < 0)
        return rc;
    rc = ask_run(tx, &Q_column_words_put, CELLS(cell_int(id), cell_z(tag), cell_text(name), cell_text(description)),
                 reterr);
    return rc < 0 ? rc : content_changed(tx, reterr);
}

static void take_column(struct arena *a, const struct rows *r, struct column *ret) {
    *ret = (struct column){
        .id = rows_int(r, 0),
        .parent_id = rows_int(r, 1),
        .slug = arena_str(a, rows_text(r, 2)),
        .position = rows_int(r, 4),
        .name = arena_str(a, rows_text(r, 5)),
        .description = arena_str(a, rows_text(r, 6)),
    };
    /* A kind that this version does not know has no clock. */
    if (!column_kind_parse(rows_text(r, 3), &ret->kind))
        ret->kind = COLUMN_STATIC;
    if (!ret->name.n)
        ret->name = ret->slug;
}

static int read_one(struct tx *tx, struct arena *a, const struct query *q, const char *language, struct cell which,
                    struct column *ret, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, q, CELLS(cell_z(language ? language : ""), which), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(reterr, ERR_NOT_FOUND, "There is no such column.");
    take_column(a, r, ret);
    return arena_failed(a) ? ask_no_memory(reterr) : 0;
}

int column_find(struct tx *tx, struct arena *a, struct str slug, const char *language, struct column *ret,
                struct err *reterr) {
    int bad = read_one(tx, a, &Q_column_find, language, cell_text(slug), ret, reterr);
    return bad == -ERR_NOT_FOUND
               ? err_set(reterr, ERR_NOT_FOUND, "There is no column \"%.*s\".", STR_FMT(str_first(slug, 60)))
               : bad;
}

int column_get(struct tx *tx, struct arena *a, int64_t id, const char *language, struct column *ret,
               struct err *reterr) {
    return read_one(tx, a, &Q_column_get, language, cell_int(id), ret, reterr);
}

struct link { /* while the rows come in: their number is not known before */
    struct column column;
    struct link *next;
};

/* Those below parent_id, and below each of them its own, in the order of the rows. */
static void gather(const struct link *all, int64_t parent_id, int depth, struct column *out, size_t *n) {
    if (depth > COLUMNS_DEEP)
        return;
    for (const struct link *l = all; l; l = l->next) {
        if (l->column.parent_id != parent_id)
            continue;
        out[(*n)++] = l->column;
        gather(all, l->column.id, depth + 1, out, n);
    }
}

int column_list(struct tx *tx, struct arena *a, const char *language, struct column **ret, size_t *ret_n,
                struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_column_list, CELLS(cell_z(language ? language : "")), &r, reterr);
    if (rc < 0)
        return rc;
    struct link *all = NULL, **end = &all;
    size_t n = 0;
    while ((rc = rows_next(r, reterr)) > 0) {
        struct link *l = arena_alloc(a, sizeof *l);
        if (!l)
            return ask_no_memory(reterr);
        take_column(a, r, &l->column);
        *end = l;
        end = &l->next;
        n++;
    }
    if (rc < 0)
        return rc;
    struct column *list = arena_array(a, n ? n : 1, sizeof *list);
    if (arena_failed(a))
        return ask_no_memory(reterr);
    size_t gathered = 0;
    gather(all, 0, 1, list, &gathered);
    *ret = list;
    *ret_n = gathered;
    return 0;
}

int column_remove(struct tx *tx, int64_t id, struct err *reterr) {
    int rc = check_exists(tx, id, reterr);
    if (rc < 0)
        return rc;
    int64_t in_use;
    rc = ask_int(tx, &Q_column_in_use, CELLS(cell_int(id)), 0, &in_use, reterr);
    if (rc < 0)
        return rc;
    if (in_use)
        return err_set(reterr, ERR_CONFLICT, "This column still has articles or columns below it; move them first.");
    static const struct query *const steps[] = {&Q_column_words_delete, &Q_column_count_delete, &Q_column_delete};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        rc = ask_run(tx, steps[i], CELLS(cell_int(id)), reterr);
        if (rc < 0)
            return rc;
    }
    return content_changed(tx, reterr);
}
