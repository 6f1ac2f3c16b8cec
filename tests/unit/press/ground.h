// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What the press's tests stand on: each act as one call with a write of its own (they return what store_write() did; a
 * transaction may run on another thread, where nothing can be asserted), a read as long as the test wants it, and
 * articles made in one line. */
#include "base/arena.h"
#include "press/article.h"
#include "press/column.h"
#include "store_fixture.h"

int do_column_add(struct fixture *f, const char *slug, enum column_kind kind, int64_t parent_id, int64_t position,
                  int64_t *ret_id, struct err *e);
int do_column_words(struct fixture *f, int64_t id, const char *language, const char *name, const char *description,
                    struct err *e);
int do_column_remove(struct fixture *f, int64_t id, struct err *e);
int do_add(struct fixture *f, const struct article *draft, int64_t *ret_id, struct err *e);
int do_set_text(struct fixture *f, int64_t id, const struct article_text *text, int64_t *ret_revision, struct err *e);
int do_publish(struct fixture *f, int64_t id, int64_t published_us, struct err *e);
int do_publish_emergency(struct fixture *f, int64_t id, int64_t published_us, struct err *e);
int do_countersign(struct fixture *f, int64_t id, struct err *e);
/* As outdated, or for another reason. */
int do_withdraw_for(struct fixture *f, int64_t id, enum entry_code code, const char *reason, struct err *e);
int do_withdraw(struct fixture *f, int64_t id, const char *reason, struct err *e);
int do_move(struct fixture *f, int64_t id, int64_t column_id, struct err *e);

/* Fails the test unless rc is 0, and says why. MUST(call): the call is handed 'e', a struct err. */
void must(int rc, const struct err *e);
#define MUST(call)                                                                                                     \
    do {                                                                                                               \
        struct err e_ = {0}, *e = &e_;                                                                                 \
        int rc_ = (call);                                                                                              \
        must(rc_, e);                                                                                                  \
    } while (0)

/* A read and an arena of the test's own: `struct reading r = reading_begin(f);` … `reading_end(&r);`. */
struct reading {
    struct tx *tx;
    struct arena *a;
};
struct reading reading_begin(struct fixture *f);
void reading_end(struct reading *r);
/* The one number that a query without arguments gives, read by itself. */
int64_t ground_number(struct fixture *f, const struct query *q);

/* A column of that slug (made where missing), and in it a published article. */
int64_t ground_column(struct fixture *f, const char *slug);
struct article ground_draft(int64_t column_id, const char *language, const char *title, const char *body_html);
int64_t ground_publish(struct fixture *f, int64_t column_id, const char *language, const char *title,
                       const char *body_html, int64_t published_us);
#define ASSERT_STR(s, z)                                                                                               \
    do {                                                                                                               \
        struct str s_ = (s);                                                                                           \
        char *copy_ = strndup(s_.n ? s_.p : "", s_.n);                                                                 \
        assert_string_equal(copy_, z);                                                                                 \
        free(copy_);                                                                                                   \
    } while (0)
