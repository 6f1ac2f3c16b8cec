// SPDX-License-Identifier: Apache-2.0
/* Their order and spelling are for good: entries commit to them. */
#include "press/proof/parts.h"

#include "press/ask.h"
#include "queries.h"
#include "text/datetime.h"

#include <string.h>

bool parts_are_of_text(enum entry_type t) {
    return t == ENTRY_PUBLISH || t == ENTRY_EMERGENCY || t == ENTRY_CORRECT || t == ENTRY_COUNTERSIGN;
}

static struct str moment(struct arena *a, int64_t us) {
    BUF_LOCAL(text);
    datetime_add_utc(&text, us);
    return arena_buf(a, &text);
}

void parts_of(struct arena *a, const struct article_act *act, struct document_parts *ret) {
    static const char *const of_text[] = {"id",       "language", "published", "title",       "source", "author",
                                          "keywords", "summary",  "picture",   "picture_alt", "note",   "body"};
    static const char *const of_reason[] = {"id", "language", "reason"};
    const struct article_text *t = act->text;
    struct str id = arena_int(a, act->article_id), language = arena_str(a, str_of(t->language));
    if (parts_are_of_text(act->type))
        *ret = (struct document_parts){sizeof of_text / sizeof *of_text,
                                       of_text,
                                       {id, language, moment(a, act->published_us), t->title, t->source, t->author,
                                        t->keywords, t->summary, act->picture, t->picture_alt, t->note, t->body_html}};
    else
        *ret = (struct document_parts){sizeof of_reason / sizeof *of_reason, of_reason, {id, language, act->reason}};
}

static int read_words(struct tx *tx, struct arena *a, const struct article_proof *p, struct article_text *ret,
                      struct err *reterr) {
    *ret = (struct article_text){.revision = p->revision};
    memcpy(ret->language, p->language, sizeof ret->language);
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_article_proof_words,
                     CELLS(cell_int(p->article_id), cell_z(p->language), cell_int(p->revision)), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc <= 0)
        return rc;
    ret->title = arena_str(a, rows_text(r, 0));
    ret->source = arena_str(a, rows_text(r, 1));
    ret->author = arena_str(a, rows_text(r, 2));
    ret->keywords = arena_str(a, rows_text(r, 3));
    ret->summary = arena_str(a, rows_text(r, 4));
    ret->picture_alt = arena_str(a, rows_text(r, 5));
    ret->note = arena_str(a, rows_text(r, 6));
    ret->body_html = arena_str(a, rows_text(r, 7));
    return 0;
}

int parts_now(struct tx *tx, struct arena *a, const struct article_proof *p, struct document_parts *ret,
              struct err *reterr) {
    struct article_text text;
    int rc = read_words(tx, a, p, &text, reterr);
    if (rc < 0)
        return rc;
    parts_of(a,
             &(struct article_act){.article_id = p->article_id,
                                   .text = &text,
                                   .published_us = p->published_us,
                                   .picture = p->picture,
                                   .type = p->type,
                                   .reason = p->reason},
             ret);
    return arena_failed(a) ? ask_no_memory(reterr) : 0;
}
