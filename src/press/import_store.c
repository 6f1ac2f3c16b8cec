// SPDX-License-Identifier: Apache-2.0
/* A document becomes an article, once: a page that came before is known by its key, or by a hash of what it says. */
#include "press/import.h"

#include "press/article/row.h"
#include "press/ask.h"
#include "press/column.h"
#include "press/field.h"
#include "press/search.h"
#include "queries.h"
#include "text/html.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { HASH_BYTES = 32 };
static_assert(IMPORT_SEEN_HEX == 2 * HASH_BYTES + 1, "a hash in hex");

/* --- what it says --- */

/* With its length in front, so that no two lists of parts are the same bytes. */
static void hash_part(crypto_generichash_state *state, struct str part) {
    uint64_t n = part.n;
    unsigned char length[8];
    for (size_t i = 0; i < sizeof length; i++, n >>= 8)
        length[i] = (unsigned char)n;
    (void)crypto_generichash_update(state, length, sizeof length); /* cannot fail */
    (void)crypto_generichash_update(state, (const unsigned char *)part.p, part.n);
}

/* Of the body its text alone: a page that is saved twice differs in markup before it differs in words. What parts cells
 * is a space here, as it was when the first pages were marked. */
static int hash_of(const struct document *d, char ret[IMPORT_SEEN_HEX], struct err *reterr) {
    BUF_LOCAL(text);
    BUF_LOCAL(time);
    html_text(d->body_html, &text);
    for (size_t i = 0; i < text.n; i++)
        text.p[i] = (char)(text.p[i] == '\t' ? ' ' : text.p[i]);
    buf_add_int(&time, d->has_time ? d->published_us : 0);
    if (buf_failed(&text) || buf_failed(&time))
        return ask_no_memory(reterr);
    if (sodium_init() < 0) /* once is enough, more is free */
        return err_set(reterr, ERR_INTERNAL, "%s", err_sentence(-ERR_INTERNAL));
    crypto_generichash_state state;
    unsigned char hash[HASH_BYTES];
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash); /* cannot fail for this length */
    hash_part(&state, d->title);
    hash_part(&state, buf_str(&time));
    hash_part(&state, d->source);
    hash_part(&state, buf_str(&text));
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    (void)sodium_bin2hex(ret, IMPORT_SEEN_HEX, hash, sizeof hash);
    return 0;
}

/* --- before the store is asked --- */

static struct article_text text_of(const struct document *d) {
    return (struct article_text){.title = d->title,
                                 .summary = d->summary,
                                 .body_html = d->body_html,
                                 .source = d->source,
                                 .author = d->author,
                                 .keywords = d->keywords,
                                 .picture_alt = d->picture_alt};
}

static int prepare(const struct document *d, struct import_prepared *ret, struct err *reterr) {
    int rc = field_language(d->language, ret->language, reterr);
    return rc < 0 ? rc : hash_of(d, ret->seen, reterr);
}

int import_prepare(struct document *d, bool publish, struct arena *a, struct err *reterr) {
    struct import_prepared *p = arena_alloc(a, sizeof *p);
    struct search_words *words = arena_alloc(a, sizeof *words);
    struct article_text text = text_of(d);
    if (!p || !words)
        return ask_no_memory(reterr);
    int rc = prepare(d, p, reterr);
    if (rc == 0 && publish)
        rc = search_cut(a, &text, words, reterr);
    p->words = publish ? words : NULL;
    if (rc == 0)
        d->prepared = p;
    return rc;
}

/* --- storing --- */

struct store_job {
    struct tx *tx;
    struct arena *a;
    const struct document *d;
    struct article_text text;
    struct import_prepared prepared;
    struct import_result result;
    struct search_waiting *waiting;
};

/* What the public reads of a page that came again with other words. */
static struct str note_of(const char *language) {
    struct str tag = str_of(language);
    if (str_eq(tag, STR("zh-TW")) || str_eq(tag, STR("zh-HK")) || str_starts(tag, "zh-Hant"))
        return STR("重新匯入，內容有更動。");
    if (str_is(tag, "zh") || str_starts(tag, "zh-"))
        return STR("重新导入，内容有改动。");
    return STR("Imported again, with changes.");
}

static int remember(struct store_job *j, struct err *reterr) {
    return ask_run(j->tx, &Q_import_seen_put,
                   CELLS(cell_z(j->prepared.seen), cell_z(j->text.language), cell_int(j->result.id)), reterr);
}

/* A draft only: what was withdrawn stays so, whatever comes in. */
static int publish_draft(struct store_job *j, enum article_state state, struct err *reterr) {
    if (state != ARTICLE_DRAFT)
        return 0;
    j->result.published = true;
    return article_publish(j->tx, j->result.id, 0, reterr);
}

/* An article has this key: the document is its text in one language, new, changed or the same. */
static int put_text(struct store_job *j, const struct article *there, struct err *reterr) {
    int64_t revision;
    j->result.id = there->id;
    bool has_language = strcmp(there->text.language, j->text.language) == 0;
    if (has_language && article_same_text(&there->text, &j->text)) {
        j->result.already = true;
        return 0;
    }
    j->result.new_language = !has_language;
    j->result.new_revision = has_language;
    if (has_language)
        j->text.note = note_of(j->text.language);
    int rc = article_set_text(j->tx, there->id, &j->text, &revision, reterr);
    return rc < 0 ? rc : remember(j, reterr);
}

static int add(struct store_job *j, int64_t column_id, bool publish, struct err *reterr) {
    const struct document *d = j->d;
    struct article draft = {
        .column_id = column_id, .published_us = d->has_time ? d->published_us : 0, .key = d->key, .text = j->text};
    if (str_starts(d->picture, "/") && !str_starts(d->picture, "//"))
        draft.picture = d->picture;
    else
        j->result.picture_left_out = d->picture.n != 0;
    if (d->column.n) {
        int rc = ask_int(j->tx, &Q_column_id_of_slug, CELLS(cell_text(d->column)), column_id, &draft.column_id, reterr);
        if (rc < 0)
            return rc;
    }
    static const struct search_words later;
    const struct search_words *words = j->waiting && j->waiting->later ? &later : j->prepared.words;
    int rc = publish ? article_add_published(j->tx, &draft, words, j->waiting, &j->result.id, reterr)
                     : article_add(j->tx, &draft, &j->result.id, reterr);
    j->result.published = publish;
    return rc < 0 ? rc : remember(j, reterr);
}

/* By key, else by what it says; 0 and id 0 where it is new. */
static int find(struct store_job *j, int64_t *ret_id, bool *ret_by_key, struct err *reterr) {
    int64_t id = 0;
    int rc = j->d->key.n ? ask_int(j->tx, &Q_article_id_of_key, CELLS(cell_text(j->d->key)), 0, &id, reterr) : 0;
    *ret_by_key = id != 0;
    if (rc == 0 && !id)
        rc = ask_int(j->tx, &Q_import_seen_find, CELLS(cell_z(j->prepared.seen), cell_z(j->text.language)), 0, &id,
                     reterr);
    *ret_id = id;
    return rc;
}

static bool waits(const struct store_job *j, int64_t id) {
    for (size_t i = 0; j->waiting && i < j->waiting->n; i++)
        if (j->waiting->text[i].id == id)
            return true;
    return false;
}

static int put(struct store_job *j, int64_t column_id, bool publish, struct err *reterr) {
    int64_t id;
    bool by_key;
    struct article there = {.state = ARTICLE_DRAFT};
    int rc = find(j, &id, &by_key, reterr);
    if (rc == 0 && id)
        rc = article_get(j->tx, j->a, id, j->text.language, true, &there, reterr);
    if (rc == 0 && id && waits(j, id)) /* what is put in now must not be older than what waits */
        rc = search_put_waiting(j->tx, j->waiting, reterr);
    if (rc < 0)
        return rc;
    if (by_key) {
        rc = put_text(j, &there, reterr);
    } else if (id) {
        j->result.id = id;
        j->result.already = true;
        if (j->d->key.n)
            rc = ask_run(j->tx, &Q_article_set_key, CELLS(cell_int(id), cell_text(j->d->key)), reterr);
    } else {
        return add(j, column_id, publish, reterr);
    }
    return rc == 0 && publish ? publish_draft(j, there.state, reterr) : rc;
}

int import_store(struct tx *tx, const struct document *d, int64_t column_id, bool publish,
                 struct search_waiting *waiting, struct import_result *ret, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    if (!a)
        return ask_no_memory(reterr);
    struct store_job j = {.tx = tx, .a = a, .d = d, .text = text_of(d), .waiting = waiting};
    /* The key is asked for before article_add() checks it. */
    const struct field key = {"key", d->key, 200, FIELD_ONE_LINE};
    int rc = fields_check(&key, 1, reterr);
    if (rc == 0 && d->prepared)
        j.prepared = *d->prepared;
    else if (rc == 0)
        rc = prepare(d, &j.prepared, reterr);
    memcpy(j.text.language, j.prepared.language, sizeof j.text.language);
    if (rc == 0)
        rc = put(&j, column_id, publish, reterr);
    if (rc == 0)
        *ret = j.result;
    return rc;
}
