// SPDX-License-Identifier: Apache-2.0
/* Entries and what opens them: written with each act, and listed. */
#include "press/proof.h"

#include "base/clock.h"
#include "base/random.h"
#include "ledger/commit.h"
#include "ledger/lines.h"
#include "press/ask.h"
#include "press/proof/parts.h"
#include "queries.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

/* --- writing --- */

struct commitment {
    struct buf key, hashes; /* base64 */
    struct hash whole;
};

static void commitment_clear(struct commitment *c) {
    sodium_memzero(c->key.p, c->key.n);
    buf_clear(&c->key);
    buf_clear(&c->hashes);
}

static void commit(const struct document_parts *parts, struct commitment *ret) {
    uint8_t key[COMMIT_KEY];
    struct hash hashes[PROOF_PARTS_MOST];
    random_bytes(key, sizeof key);
    for (size_t i = 0; i < parts->n; i++) {
        struct hash salt = commit_salt(key, (uint32_t)i);
        hashes[i] = commit_part(&salt, (uint32_t)i, parts->value[i]);
        sodium_memzero(&salt, sizeof salt);
        if (i)
            buf_add_char(&ret->hashes, ' ');
        lines_add_base64(&ret->hashes, hashes[i].b, sizeof hashes[i].b);
    }
    ret->whole = commit_join(hashes, parts->n);
    lines_add_base64(&ret->key, key, sizeof key);
    sodium_memzero(key, sizeof key);
}

static int store(struct tx *tx, const struct article_act *act, const char *ticket, int64_t now_us,
                 const struct commitment *c, struct err *reterr) {
    int64_t number = 1;
    bool of_text = parts_are_of_text(act->type);
    int rc = act->first ? 0 : ask_int(tx, &Q_article_proof_next, CELLS(cell_int(act->article_id)), 1, &number, reterr);
    if (rc < 0)
        return rc;
    return ask_run(tx, &Q_article_proof_add,
                   CELLS(cell_z(ticket), cell_int(act->article_id), cell_int(number), cell_z(act->text->language),
                         cell_int(act->text->revision), cell_z(entry_type_word(act->type)),
                         cell_z(entry_code_word(act->code)), cell_int(now_us),
                         of_text ? cell_int(act->published_us) : cell_null(),
                         of_text ? cell_text_or_null(act->picture) : cell_null(), cell_text(buf_str(&c->key)),
                         cell_text(buf_str(&c->hashes)), cell_text_or_null(act->reason)),
                   reterr);
}

int article_proof_add(struct tx *tx, const struct article_act *act, char ret_ticket[LEDGER_TICKET],
                      struct err *reterr) {
    __attribute__((cleanup(commitment_clear))) struct commitment c = {BUF_INIT, BUF_INIT, {{0}}};
    ARENA_LOCAL(a, 0);
    if (!a)
        return ask_no_memory(reterr);
    struct document_parts parts;
    parts_of(a, act, &parts);
    commit(&parts, &c);
    if (arena_failed(a) || buf_failed(&c.key) || buf_failed(&c.hashes))
        return ask_no_memory(reterr);
    int64_t now_us = clock_now_us();
    const struct entry e = {.type = act->type,
                            .day = now_us / CLOCK_DAY_US,
                            .ref = -1,
                            .committed = true,
                            .commit = c.whole,
                            .code = act->code};
    int rc = ledger_append(tx, &e, act->ref_ticket, ret_ticket, reterr);
    return rc < 0 ? rc : store(tx, act, ret_ticket, now_us, &c, reterr);
}

/* --- tickets --- */

static int take_ticket(struct str text, char ret[LEDGER_TICKET], struct err *reterr) {
    if (text.n >= LEDGER_TICKET)
        return err_set(reterr, ERR_INTERNAL, "%s", err_sentence(-ERR_INTERNAL));
    if (text.n)
        memcpy(ret, text.p, text.n);
    ret[text.n] = 0;
    return 0;
}

static int find_ticket(struct tx *tx, const struct query *q, const struct cell *cells, size_t n,
                       char ret[LEDGER_TICKET], struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, q, cells, n, &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc < 0)
        return rc;
    return take_ticket(rc > 0 ? rows_text(r, 0) : STR_NONE, ret, reterr);
}

int article_proof_publication(struct tx *tx, int64_t article_id, const char *language, char ret_ticket[LEDGER_TICKET],
                              struct err *reterr) {
    if (!language)
        return find_ticket(tx, &Q_article_proof_publication_first, CELLS(cell_int(article_id)), ret_ticket, reterr);
    return find_ticket(tx, &Q_article_proof_publication, CELLS(cell_int(article_id), cell_z(language)), ret_ticket,
                       reterr);
}

int article_proof_last(struct tx *tx, int64_t article_id, char ret_ticket[LEDGER_TICKET], struct err *reterr) {
    return find_ticket(tx, &Q_article_proof_last, CELLS(cell_int(article_id)), ret_ticket, reterr);
}

/* --- reading --- */

const char *opening_state_word(enum opening_state s) {
    static const char *const words[] = {"public", "not_due", "withdrawn", "destroyed"};
    return (unsigned)s < sizeof words / sizeof *words ? words[s] : "";
}

static enum opening_state opening_of(const struct article_proof *p, enum article_state state, int64_t published_us) {
    if (!p->key.n)
        return OPENING_DESTROYED;
    if (!parts_are_of_text(p->type))
        return OPENING_PUBLIC;
    if (state != ARTICLE_PUBLISHED)
        return OPENING_WITHDRAWN;
    return published_us > clock_now_us() ? OPENING_NOT_DUE : OPENING_PUBLIC;
}

static int take(struct arena *a, const struct rows *r, int64_t article_id, struct article_proof *ret,
                struct err *reterr) {
    *ret = (struct article_proof){.article_id = article_id,
                                  .number = rows_int(r, 0),
                                  .revision = rows_int(r, 2),
                                  .made_us = rows_int(r, 5),
                                  .published_us = rows_int(r, 6),
                                  .picture = arena_str(a, rows_text(r, 7)),
                                  .reason = arena_str(a, rows_text(r, 8)),
                                  .index = rows_null(r, 10) ? -1 : rows_int(r, 10),
                                  .entry = arena_str(a, rows_text(r, 11)),
                                  .key = arena_str(a, rows_text(r, 12)),
                                  .hashes = arena_str(a, rows_text(r, 13))};
    struct str language = rows_text(r, 1);
    int rc = take_ticket(rows_text(r, 9), ret->ticket, reterr);
    if (rc < 0)
        return rc;
    if (language.n >= sizeof ret->language || entry_type_read(rows_text(r, 3), &ret->type) < 0 ||
        entry_code_read(rows_text(r, 4), &ret->code) < 0)
        return err_set(reterr, ERR_LEDGER,
                       "What the store holds of act %" PRId64 " upon article %" PRId64 " is no act.", ret->number,
                       article_id);
    memcpy(ret->language, language.n ? language.p : "", language.n);
    ret->opening = opening_of(ret, (enum article_state)rows_int(r, 14), rows_int(r, 15));
    return 0;
}

struct link { /* while the rows come in: their number is not known before */
    struct article_proof proof;
    struct link *next;
};

static int list(struct tx *tx, struct arena *a, int64_t article_id, int64_t from, int64_t until,
                struct article_proof **ret, size_t *ret_n, struct err *reterr) {
    ROWS_LOCAL(r);
    struct link *all = NULL, **end = &all;
    size_t n = 0;
    int rc =
        tx_rows(tx, &Q_article_proof_list, CELLS(cell_int(article_id), cell_int(from), cell_int(until)), &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        struct link *l = arena_alloc(a, sizeof *l);
        if (!l)
            return ask_no_memory(reterr);
        rc = take(a, r, article_id, &l->proof, reterr);
        *end = l;
        end = &l->next;
        n++;
    }
    struct article_proof *list = rc < 0 ? NULL : arena_array(a, n ? n : 1, sizeof *list);
    if (rc < 0 || arena_failed(a))
        return rc < 0 ? rc : ask_no_memory(reterr);
    n = 0;
    for (const struct link *l = all; l; l = l->next)
        list[n++] = l->proof;
    *ret = list;
    *ret_n = n;
    return 0;
}

int article_proofs(struct tx *tx, struct arena *a, int64_t article_id, struct article_proof **ret, size_t *ret_n,
                   struct err *reterr) {
    return list(tx, a, article_id, 1, INT64_MAX, ret, ret_n, reterr);
}

int article_proof_get(struct tx *tx, struct arena *a, int64_t article_id, int64_t number, struct article_proof *ret,
                      struct err *reterr) {
    struct article_proof *found = NULL;
    size_t n = 0;
    int rc = list(tx, a, article_id, number, number, &found, &n, reterr);
    if (rc < 0)
        return rc;
    if (n == 0)
        return err_set(reterr, ERR_NOT_FOUND, "Article %" PRId64 " has no act %" PRId64 ".", article_id, number);
    *ret = *found;
    return 0;
}

int article_acts_of_entries(struct tx *tx, struct arena *a, int64_t from, int64_t until, struct article_act_named **ret,
                            size_t *ret_n, struct err *reterr) {
    ROWS_LOCAL(r);
    size_t n = 0, most = until > from ? (size_t)(until - from) : 0;
    struct article_act_named *all = arena_array(a, most ? most : 1, sizeof *all);
    int rc = tx_rows(tx, &Q_article_proof_of_entries, CELLS(cell_int(from), cell_int(until), cell_int(clock_now_us())),
                     &r, reterr);
    while (rc == 0 && all && n < most && (rc = rows_next(r, reterr)) > 0) {
        struct article_act_named *one = &all[n++];
        struct str language = rows_text(r, 3);
        *one = (struct article_act_named){.index = rows_int(r, 0),
                                          .article_id = rows_int(r, 1),
                                          .number = rows_int(r, 2),
                                          .column_slug = arena_str(a, rows_text(r, 4)),
                                          .title = arena_str(a, rows_text(r, 5)),
                                          .newest = rows_int(r, 6) != 0};
        if (language.n && language.n < sizeof one->language)
            memcpy(one->language, language.p, language.n);
        rc = 0;
    }
    if (rc < 0 || !all || arena_failed(a))
        return rc < 0 ? rc : ask_no_memory(reterr);
    *ret = all;
    *ret_n = n;
    return 0;
}
