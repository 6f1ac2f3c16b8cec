// SPDX-License-Identifier: Apache-2.0
/* Acts of the press as single calls, for its tests. */
#include "ground.h"

#include <stdlib.h>
#include <string.h>

struct act { /* what one of the functions below is handed */
    struct column column;
    const struct article *draft;
    const struct article_text *text;
    const char *language, *name, *description, *reason;
    int64_t id, other_id, us;
    enum entry_code code;
    int64_t ret;
};

static int run_column_add(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return column_add(tx, &x->column, &x->ret, e);
}

static int run_column_words(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return column_set_words(tx, x->id, x->language, str_of(x->name), str_of(x->description), e);
}

static int run_column_remove(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return column_remove(tx, x->id, e);
}

static int run_add(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return article_add(tx, x->draft, &x->ret, e);
}

static int run_set_text(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return article_set_text(tx, x->id, x->text, &x->ret, e);
}

static int run_publish(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return article_publish(tx, x->id, x->us, e);
}

static int run_publish_emergency(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return article_publish_emergency(tx, x->id, x->us, e);
}

static int run_countersign(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return article_countersign(tx, x->id, e);
}

static int run_withdraw(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return article_withdraw(tx, x->id, x->code, str_of(x->reason), e);
}

static int run_move(struct tx *tx, void *arg, struct err *e) {
    struct act *x = arg;
    return article_move(tx, x->id, x->other_id, e);
}

int do_column_add(struct fixture *f, const char *slug, enum column_kind kind, int64_t parent_id, int64_t position,
                  int64_t *ret_id, struct err *e) {
    struct act x = {.column = {.slug = str_of(slug), .kind = kind, .parent_id = parent_id, .position = position}};
    int rc = store_write(f->store, run_column_add, &x, e);
    if (rc == 0)
        *ret_id = x.ret;
    return rc;
}

int do_column_words(struct fixture *f, int64_t id, const char *language, const char *name, const char *description,
                    struct err *e) {
    struct act x = {.id = id, .language = language, .name = name, .description = description};
    return store_write(f->store, run_column_words, &x, e);
}

int do_column_remove(struct fixture *f, int64_t id, struct err *e) {
    struct act x = {.id = id};
    return store_write(f->store, run_column_remove, &x, e);
}

int do_add(struct fixture *f, const struct article *draft, int64_t *ret_id, struct err *e) {
    struct act x = {.draft = draft};
    int rc = store_write(f->store, run_add, &x, e);
    if (rc == 0)
        *ret_id = x.ret;
    return rc;
}

int do_set_text(struct fixture *f, int64_t id, const struct article_text *text, int64_t *ret_revision, struct err *e) {
    struct act x = {.id = id, .text = text};
    int rc = store_write(f->store, run_set_text, &x, e);
    if (rc == 0)
        *ret_revision = x.ret;
    return rc;
}

int do_publish(struct fixture *f, int64_t id, int64_t published_us, struct err *e) {
    struct act x = {.id = id, .us = published_us};
    return store_write(f->store, run_publish, &x, e);
}

int do_publish_emergency(struct fixture *f, int64_t id, int64_t published_us, struct err *e) {
    struct act x = {.id = id, .us = published_us};
    return store_write(f->store, run_publish_emergency, &x, e);
}

int do_countersign(struct fixture *f, int64_t id, struct err *e) {
    struct act x = {.id = id};
    return store_write(f->store, run_countersign, &x, e);
}

int do_withdraw(struct fixture *f, int64_t id, const char *reason, struct err *e) {
    return do_withdraw_for(f, id, ENTRY_CODE_OUTDATED, reason, e);
}

int do_withdraw_for(struct fixture *f, int64_t id, enum entry_code code, const char *reason, struct err *e) {
    struct act x = {.id = id, .code = code, .reason = reason};
    return store_write(f->store, run_withdraw, &x, e);
}

int do_move(struct fixture *f, int64_t id, int64_t column_id, struct err *e) {
    struct act x = {.id = id, .other_id = column_id};
    return store_write(f->store, run_move, &x, e);
}

void must(int rc, const struct err *e) {
    if (rc != 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

struct reading reading_begin(struct fixture *f) {
    struct reading r = {.a = arena_new(0)};
    assert_non_null(r.a);
    struct err e = {0};
    must(store_begin_read(f->store, &r.tx, &e), &e);
    return r;
}

void reading_end(struct reading *r) {
    store_end_read(r->tx);
    arena_free(r->a);
    *r = (struct reading){0};
}

int64_t ground_number(struct fixture *f, const struct query *q) {
    struct reading r = reading_begin(f);
    int64_t n = -1;
    MUST(tx_int(r.tx, q, CELLS_NONE, &n, e));
    reading_end(&r);
    return n;
}

int64_t ground_column(struct fixture *f, const char *slug) {
    struct reading r = reading_begin(f);
    struct column c = {0};
    int rc = column_find(r.tx, r.a, str_of(slug), "en", &c, NULL);
    reading_end(&r);
    if (rc == 0)
        return c.id;
    int64_t id = 0;
    MUST(do_column_add(f, slug, COLUMN_NEWS, 0, 0, &id, e));
    return id;
}

struct article ground_draft(int64_t column_id, const char *language, const char *title, const char *body_html) {
    struct article d = {
        .column_id = column_id,
        .text = {.title = str_of(title), .body_html = str_of(body_html), .source = STR("Harbour Office")}};
    size_t n = strlen(language);
    assert_true(n < LANGUAGE_MOST);
    memcpy(d.text.language, language, n);
    return d;
}

int64_t ground_publish(struct fixture *f, int64_t column_id, const char *language, const char *title,
                       const char *body_html, int64_t published_us) {
    struct article d = ground_draft(column_id, language, title, body_html);
    int64_t id = 0;
    MUST(do_add(f, &d, &id, e));
    MUST(do_publish(f, id, published_us, e));
    return id;
}
