// SPDX-License-Identifier: Apache-2.0
/* The act of erasing: every word out of the tables, within one transaction. */
#include "press/erasure.h"

#include "base/clock.h"
#include "press/article/held.h"
#include "press/article/row.h"
#include "press/ask.h"
#include "press/content.h"
#include "press/erasure/media.h"
#include "press/search.h"
#include "queries.h"

#include <inttypes.h>
#include <string.h>

struct erasure {
    struct arena *arena;
    struct held held;
    struct article_list texts; /* those that are erased now */
    struct article_list rest;  /* those that stay */
    struct str reason;
    int64_t now_us;
    bool was_public;
};

/* --- what is meant --- */

static int nothing_there(int64_t id, const char *language, struct err *reterr) {
    return err_set(reterr, ERR_NOT_FOUND, "Article %" PRId64 " has no text in %s; nothing was changed.", id, language);
}

/* Parts the texts into those that go and those that stay; none goes that is gone already. */
static int choose(struct tx *tx, struct erasure *x, const char *language, struct err *reterr) {
    struct article_list all;
    struct article there;
    int rc = held_texts(tx, x->arena, &x->held, &all, reterr);
    if (rc < 0)
        return rc;
    x->rest.item = arena_array(x->arena, all.n ? all.n : 1, sizeof *x->rest.item);
    x->texts.item = arena_array(x->arena, all.n ? all.n : 1, sizeof *x->texts.item);
    if (!x->rest.item || !x->texts.item)
        return ask_no_memory(reterr);
    for (size_t i = 0; i < all.n; i++) {
        struct article_list *to = language && strcmp(all.item[i].text.language, language) != 0 ? &x->rest : &x->texts;
        to->item[to->n++] = all.item[i];
    }
    if (x->texts.n || !language)
        return 0;
    rc = article_get(tx, x->arena, x->held.id, language, true, &there, reterr);
    if (rc == 0 && strcmp(there.text.language, language) != 0)
        return nothing_there(x->held.id, language, reterr);
    return rc; /* erased before */
}

/* --- one text --- */

static int note_media(struct tx *tx, const struct erasure *x, const char *language, struct err *reterr) {
    ROWS_LOCAL(r);
    BUF_LOCAL(bodies);
    int rc = tx_rows(tx, &Q_erasure_bodies, CELLS(cell_int(x->held.id), cell_z(language)), &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        buf_add(&bodies, rows_text(r, 0));
        buf_add_char(&bodies, ' ');
        rc = 0;
    }
    if (rc == 0 && buf_failed(&bodies))
        rc = ask_no_memory(reterr);
    struct str rest = buf_str(&bodies), address;
    while (rc == 0 && media_next(&rest, &address))
        rc = ask_run(tx, &Q_erasure_left_add, CELLS(cell_int(x->held.id), cell_text(address)), reterr);
    return rc;
}

static int erase_text(struct tx *tx, const struct erasure *x, const char *language, struct err *reterr) {
    const struct cell cells[] = {cell_int(x->held.id), cell_z(language), cell_int(x->now_us), cell_text(x->reason)};
    int rc = note_media(tx, x, language, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_erasure_text, cells, 4, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_erasure_revisions, cells, 2, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_erasure_proofs, cells, 2, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_erasure_seen, cells, 2, reterr);
    if (rc == 0)
        rc = search_remove(tx, x->held.id, language, reterr);
    if (rc == 0 && x->held.state == ARTICLE_PUBLISHED)
        rc = held_count(tx, x->held.column_id, language, -1, reterr);
    return rc;
}

/* --- the article --- */

static int erase_pictures(struct tx *tx, const struct erasure *x, struct err *reterr) {
    struct str address[8];
    size_t n = 0;
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_erasure_pictures, CELLS(cell_int(x->held.id)), &r, reterr);
    while (rc == 0 && n < sizeof address / sizeof *address && (rc = rows_next(r, reterr)) > 0) {
        address[n++] = arena_str(x->arena, rows_text(r, 0));
        rc = 0;
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct str rest = address[i], one;
        if (media_next(&rest, &one))
            rc = ask_run(tx, &Q_erasure_left_add, CELLS(cell_int(x->held.id), cell_text(one)), reterr);
    }
    return rc;
}

static int shrink(struct tx *tx, const struct erasure *x, struct err *reterr) {
    BUF_LOCAL(tags);
    const char *first = x->rest.item[0].text.language;
    for (size_t i = 0; i < x->rest.n; i++) {
        const char *tag = x->rest.item[i].text.language;
        buf_printf(&tags, "%s%s", i ? " " : "", tag);
        if (strcmp(tag, x->held.first_language) == 0)
            first = tag;
    }
    if (buf_failed(&tags))
        return ask_no_memory(reterr);
    return ask_run(tx, &Q_erasure_languages,
                   CELLS(cell_int(x->held.id), cell_text(buf_str(&tags)), cell_z(first), cell_int(x->now_us)), reterr);
}

static int erase(struct tx *tx, struct erasure *x, enum entry_code code, struct err *reterr) {
    struct subject s = held_subject(&x->held);
    struct str moment = arena_int(x->arena, x->now_us);
    int rc = x->held.state == ARTICLE_PUBLISHED ? entries_adopt(tx, &s, &x->texts, NULL, reterr) : 0;
    if (rc == 0 && !x->rest.n)
        rc = erase_pictures(tx, x, reterr);
    for (size_t i = 0; rc == 0 && i < x->texts.n; i++)
        rc = erase_text(tx, x, x->texts.item[i].text.language, reterr);
    if (rc == 0)
        rc = x->rest.n ? shrink(tx, x, reterr)
                       : ask_run(tx, &Q_erasure_article,
                                 CELLS(cell_int(x->held.id), cell_int(x->now_us), cell_text(x->reason)), reterr);
    if (rc == 0 && x->was_public)
        rc = entries_withdraw(tx, &s, &x->texts, ENTRY_ERASE, code, x->reason, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_erasure_left_add, CELLS(cell_int(x->held.id), cell_text(moment)), reterr);
    return rc < 0 ? rc : content_changed(tx, reterr);
}

int article_erase(struct tx *tx, int64_t id, const struct erasing *e, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    if (!a)
        return ask_no_memory(reterr);
    struct erasure x = {.arena = a, .reason = str_trim(e->reason), .now_us = clock_now_us()};
    struct err gone = {0};
    int rc = article_check_reason(e->reason, ENTRY_ERASE, e->code, reterr);
    if (rc == 0)
        rc = held_take(tx, a, id, &x.held, &gone);
    if (rc == -ERR_GONE)
        return 0;
    if (rc < 0) {
        if (gone.code && reterr)
            *reterr = gone;
        return rc;
    }
    x.was_public = x.held.first_published_us != 0;
    rc = choose(tx, &x, e->language, reterr);
    return rc < 0 || !x.texts.n ? rc : erase(tx, &x, e->code, reterr);
}
