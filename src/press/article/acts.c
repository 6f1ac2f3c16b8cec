// SPDX-License-Identifier: Apache-2.0
/* Acts upon articles. Each takes the article's row first, so that no two change it at once, and keeps what is repeated
 * elsewhere (texts' state and place, counts, search) in the same transaction. */
#include "press/article.h"

#include "base/clock.h"
#include "press/article/entries.h"
#include "press/article/held.h"
#include "press/article/row.h"
#include "press/ask.h"
#include "press/content.h"
#include "press/field.h"
#include "press/search.h"
#include "queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* From year 1 to 9999: what a date on a page can say. */
#define TIME_LEAST_US (INT64_C(-62135596800) * CLOCK_SECOND_US)
#define TIME_MOST_US (INT64_C(253402300799) * CLOCK_SECOND_US)

enum { BODY_MOST = 4 * 1024 * 1024 };

/* --- checking --- */

static int check_text(const struct article_text *t, struct err *reterr) {
    const struct field fields[] = {
        {"title", t->title, 300, FIELD_NEEDED | FIELD_ONE_LINE},
        {"summary", t->summary, 2000, 0},
        {"source", t->source, 200, FIELD_ONE_LINE},
        {"author", t->author, 200, FIELD_ONE_LINE},
        {"keywords", t->keywords, 500, FIELD_ONE_LINE},
        {"picture's description", t->picture_alt, 1000, 0},
        {"note on the revision", t->note, 1000, 0},
        {"body", t->body_html, BODY_MOST, 0},
    };
    return fields_check(fields, sizeof fields / sizeof *fields, reterr);
}

static int check_time(int64_t us, struct err *reterr) {
    if (us >= TIME_LEAST_US && us <= TIME_MOST_US)
        return 0;
    return err_set(reterr, ERR_INVALID, "The publish time is beyond the years 1 to 9999; nothing was stored.");
}

static int check_column(struct tx *tx, int64_t id, struct err *reterr) {
    int64_t there;
    int rc = ask_int(tx, &Q_column_exists, CELLS(cell_int(id)), 0, &there, reterr);
    if (rc == 0 && !there)
        return err_set(reterr, ERR_INVALID, "There is no column %" PRId64 "; nothing was stored.", id);
    return rc;
}

static int check_draft(struct tx *tx, const struct article *draft, struct err *reterr) {
    const struct field fields[] = {
        {"picture's address", draft->picture, 500, FIELD_ONE_LINE},
        {"key", draft->key, 200, FIELD_ONE_LINE},
    };
    int rc = check_text(&draft->text, reterr);
    if (rc == 0)
        rc = fields_check(fields, 2, reterr);
    if (rc == 0)
        rc = check_time(draft->published_us, reterr);
    if (rc == 0)
        rc = check_column(tx, draft->column_id, reterr);
    if (rc < 0 || !draft->key.n)
        return rc;
    int64_t taken;
    rc = ask_int(tx, &Q_article_id_of_key, CELLS(cell_text(draft->key)), 0, &taken, reterr);
    if (rc == 0 && taken)
        return err_set(reterr, ERR_CONFLICT, "Article %" PRId64 " has this key already; nothing was stored.", taken);
    return rc;
}

/* --- texts --- */

static int insert_revision(struct tx *tx, const struct query *q, int64_t id, const char *tag, int64_t number,
                           int64_t now_us, const struct article_text *t, struct err *reterr) {
    return ask_run(tx, q,
                   CELLS(cell_int(id), cell_z(tag), cell_int(number), cell_int(now_us), cell_text(t->title),
                         cell_text(t->summary), cell_text(t->source), cell_text(t->author), cell_text(t->keywords),
                         cell_text(t->picture_alt), cell_text(t->note), cell_text(t->body_html)),
                   reterr);
}

static int insert_text(struct tx *tx, const struct held *h, const char *tag, int64_t now_us,
                       const struct article_text *t, struct err *reterr) {
    int rc =
        ask_run(tx, &Q_article_text_insert,
                CELLS(cell_int(h->id), cell_z(tag), cell_int(h->column_id), cell_int(h->state), cell_int(h->sort_us),
                      cell_int(now_us), cell_text(t->title), cell_text(t->summary), cell_text(t->source),
                      cell_text(t->author), cell_text(t->keywords), cell_text(t->picture_alt), cell_text(t->note)),
                reterr);
    return rc < 0 ? rc : insert_revision(tx, &Q_article_revision_insert, h->id, tag, 1, now_us, t, reterr);
}

/* Article and text, in a state that h says already; the id and the language come into h. */
static int insert(struct tx *tx, const struct query *q, const struct article *x, int64_t now_us, struct held *h,
                  struct err *reterr) {
    int rc = field_language(x->text.language, h->languages, reterr);
    if (rc == 0)
        rc = check_draft(tx, x, reterr);
    h->id = rc == 0 ? tx_next_id(tx, "article", reterr) : rc;
    if (h->id < 0)
        return (int)h->id;
    rc = ask_run(tx, q,
                 CELLS(cell_int(h->id), cell_int(x->column_id), cell_z(h->languages), cell_int(now_us),
                       cell_int_or_null(h->published_us), cell_text_or_null(x->picture), cell_text_or_null(x->key)),
                 reterr);
    return rc < 0 ? rc : insert_text(tx, h, h->languages, now_us, &x->text, reterr);
}

int article_add(struct tx *tx, const struct article *draft, int64_t *ret_id, struct err *reterr) {
    int64_t now_us = clock_now_us();
    struct held h = {
        .state = ARTICLE_DRAFT, .column_id = draft->column_id, .sort_us = now_us, .published_us = draft->published_us};
    int rc = insert(tx, &Q_article_insert, draft, now_us, &h, reterr);
    if (rc == 0)
        *ret_id = h.id;
    return rc;
}

/* At once, or with others. */
static int put_words(struct tx *tx, const struct held *h, const struct search_words *words,
                     struct search_waiting *waiting, struct err *reterr) {
    struct search_text one = {.id = h->id, .column_id = h->column_id, .published_us = h->published_us, .words = *words};
    memcpy(one.language, h->languages, sizeof one.language);
    return waiting ? search_wait(waiting, &one, reterr) : search_put_many(tx, &one, 1, reterr);
}

int article_add_published(struct tx *tx, const struct article *x, const struct search_words *words,
                          struct search_waiting *waiting, int64_t *ret_id, struct err *reterr) {
    int64_t now_us = clock_now_us(), place_us = x->published_us ? x->published_us : now_us;
    struct held h = {.state = ARTICLE_PUBLISHED,
                     .column_id = x->column_id,
                     .sort_us = place_us,
                     .published_us = place_us,
                     .first_published_us = now_us,
                     .picture = x->picture};
    int rc = insert(tx, &Q_article_insert_published, x, now_us, &h, reterr);
    if (rc < 0)
        return rc;
    struct article one = {.text = x->text};
    memcpy(one.text.language, h.languages, sizeof one.text.language); /* as it is written in the store */
    one.text.revision = 1;
    h.first_language = one.text.language;
    struct subject s = held_subject(&h);
    rc = held_count(tx, h.column_id, h.first_language, 1, reterr);
    if (rc == 0)
        rc = words ? put_words(tx, &h, words, waiting, reterr) : search_put(tx, h.id, &one.text, reterr);
    if (rc == 0)
        rc = content_changed(tx, reterr);
    if (rc == 0)
        rc = entries_publish_new(tx, &s, &one.text, reterr);
    if (rc == 0)
        *ret_id = h.id;
    return rc;
}

/* Puts tag in its place among the tags, which are in order. */
static int add_language(struct held *h, const char *tag, struct err *reterr) {
    char joined[sizeof h->languages];
    size_t n = 0, tags = 0;
    bool placed = false;
    struct str rest = str_of(h->languages), part;
    while (str_cut(&rest, ' ', &part)) {
        if (!placed && str_compare(part, str_of(tag)) > 0) {
            n += (size_t)snprintf(joined + n, sizeof joined - n, "%s ", tag);
            placed = true;
        }
        n += (size_t)snprintf(joined + n, sizeof joined - n, "%.*s ", STR_FMT(part));
        if (++tags == ARTICLE_LANGUAGES_MOST - 1)
            return err_set(reterr, ERR_INVALID, "An article has %d languages at most; nothing was stored.",
                           ARTICLE_LANGUAGES_MOST - 1);
    }
    if (!placed)
        n += (size_t)snprintf(joined + n, sizeof joined - n, "%s ", tag);
    joined[n - 1] = 0;
    memcpy(h->languages, joined, n);
    return 0;
}

static int add_text(struct tx *tx, struct held *h, const char *tag, const struct article_text *t, struct err *reterr) {
    int64_t now_us = clock_now_us();
    int rc = add_language(h, tag, reterr);
    if (rc == 0)
        rc = insert_text(tx, h, tag, now_us, t, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_article_set_languages, CELLS(cell_int(h->id), cell_z(h->languages), cell_int(now_us)),
                     reterr);
    if (rc == 0 && h->state == ARTICLE_PUBLISHED)
        rc = held_count(tx, h->column_id, tag, 1, reterr);
    return rc;
}

static int change_text(struct tx *tx, const struct held *h, const char *tag, int64_t present,
                       const struct article_text *t, int64_t *ret_revision, struct err *reterr) {
    bool was_public = h->first_published_us != 0;
    if (was_public && !str_trim(t->note).n)
        return err_set(reterr, ERR_INVALID,
                       "What was once public is corrected with a note that says what changed and why; nothing was "
                       "stored.");
    int64_t now_us = clock_now_us(), number = was_public ? present + 1 : present;
    int rc = insert_revision(tx, was_public ? &Q_article_revision_insert : &Q_article_revision_rewrite, h->id, tag,
                             number, now_us, t, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_article_text_update,
                     CELLS(cell_int(h->id), cell_z(tag), cell_int(number), cell_int(now_us), cell_text(t->title),
                           cell_text(t->summary), cell_text(t->source), cell_text(t->author), cell_text(t->keywords),
                           cell_text(t->picture_alt), cell_text(t->note)),
                     reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_article_set_changed, CELLS(cell_int(h->id), cell_int(now_us)), reterr);
    if (rc == 0)
        *ret_revision = number;
    return rc;
}

bool article_same_text(const struct article_text *x, const struct article_text *y) {
    return str_eq(x->title, y->title) && str_eq(x->summary, y->summary) && str_eq(x->source, y->source) &&
           str_eq(x->author, y->author) && str_eq(x->keywords, y->keywords) && str_eq(x->picture_alt, y->picture_alt) &&
           str_eq(x->body_html, y->body_html);
}

/* What the public sees of it: an entry of its own, and the words in the index. */
static int show_text(struct tx *tx, const struct held *h, const struct article_text *t, bool there,
                     const struct article *before, struct err *reterr) {
    struct subject s = held_subject(h);
    struct article_list one = {.item = &(struct article){.text = before->text}, .n = 1};
    int rc = there ? entries_adopt(tx, &s, &one, NULL, reterr) : 0;
    if (rc == 0)
        rc = there ? entries_correct(tx, &s, t, reterr) : entries_translate(tx, &s, t, reterr);
    return rc < 0 ? rc : search_put(tx, h->id, t, reterr);
}

int article_set_text(struct tx *tx, int64_t id, const struct article_text *text, int64_t *ret_revision,
                     struct err *reterr) {
    struct article_text t = *text;
    struct held h;
    struct article present;
    ARENA_LOCAL(a, 0);
    if (!a)
        return ask_no_memory(reterr);
    int rc = field_language(text->language, t.language, reterr);
    if (rc == 0)
        rc = check_text(&t, reterr);
    if (rc == 0)
        rc = held_take(tx, a, id, &h, reterr);
    if (rc == 0)
        rc = article_get(tx, a, id, t.language, true, &present, reterr);
    if (rc < 0)
        return rc;
    t.revision = 1;
    bool there = strcmp(present.text.language, t.language) == 0;
    if (there && present.state == ARTICLE_ERASED)
        return err_set(reterr, ERR_GONE,
                       "This text of article %" PRId64 " was erased, and stays so; nothing was stored.", id);
    if (there && article_same_text(&present.text, &t)) {
        *ret_revision = present.text.revision;
        return 0;
    }
    rc = there ? change_text(tx, &h, t.language, present.text.revision, &t, &t.revision, reterr)
               : add_text(tx, &h, t.language, &t, reterr);
    if (rc == 0 && h.state == ARTICLE_PUBLISHED)
        rc = show_text(tx, &h, &t, there, &present, reterr);
    if (rc == 0 && h.state != ARTICLE_DRAFT)
        rc = content_changed(tx, reterr);
    if (rc == 0)
        *ret_revision = t.revision;
    return rc;
}

/* --- acts --- */

/* After state, place or column changed to what h says now: repeats it in the texts, and brings counts and search up to
 * date for each language. `before` is what was so far. */
static int spread(struct tx *tx, const struct held *before, const struct held *h, const struct article_list *texts,
                  struct err *reterr) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < texts->n; i++) {
        const struct article_text *t = &texts->item[i].text;
        rc = ask_run(tx, &Q_article_text_repeat,
                     CELLS(cell_int(h->id), cell_z(t->language), cell_int(h->state), cell_int(h->column_id),
                           cell_int(h->sort_us)),
                     reterr);
        if (rc == 0 && before->state == ARTICLE_PUBLISHED)
            rc = held_count(tx, before->column_id, t->language, -1, reterr);
        if (rc == 0 && h->state == ARTICLE_PUBLISHED)
            rc = held_count(tx, h->column_id, t->language, 1, reterr);
        if (rc == 0 && h->state == ARTICLE_PUBLISHED)
            rc = search_put(tx, h->id, t, reterr);
        else if (rc == 0 && before->state == ARTICLE_PUBLISHED)
            rc = search_remove(tx, h->id, t->language, reterr);
    }
    return rc < 0 || h->state == ARTICLE_DRAFT ? rc : content_changed(tx, reterr);
}

struct act { /* what every one of them has at hand */
    struct held before, now;
    struct article_list texts;
};

static int begin(struct tx *tx, struct arena *a, int64_t id, struct act *ret, struct err *reterr) {
    if (!a)
        return ask_no_memory(reterr);
    int rc = held_take(tx, a, id, &ret->before, reterr);
    if (rc == 0)
        rc = held_texts(tx, a, &ret->before, &ret->texts, reterr);
    ret->now = ret->before;
    return rc;
}

static int publish(struct tx *tx, int64_t id, int64_t published_us, bool emergency, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct act x;
    int rc = check_time(published_us, reterr);
    if (rc == 0)
        rc = begin(tx, a, id, &x, reterr);
    if (rc < 0 || x.before.state == ARTICLE_PUBLISHED)
        return rc;
    int64_t now_us = clock_now_us();
    x.now.state = ARTICLE_PUBLISHED;
    x.now.sort_us = published_us ? published_us : x.before.published_us ? x.before.published_us : now_us;
    rc = ask_run(tx, &Q_article_set_published, CELLS(cell_int(id), cell_int(x.now.sort_us), cell_int(now_us)), reterr);
    if (rc == 0)
        rc = spread(tx, &x.before, &x.now, &x.texts, reterr);
    struct subject s = held_subject(&x.now);
    return rc < 0 ? rc : entries_publish(tx, &s, &x.texts, emergency, reterr);
}

int article_publish(struct tx *tx, int64_t id, int64_t published_us, struct err *reterr) {
    return publish(tx, id, published_us, false, reterr);
}

int article_publish_emergency(struct tx *tx, int64_t id, int64_t published_us, struct err *reterr) {
    return publish(tx, id, published_us, true, reterr);
}

int article_emergency(struct tx *tx, int64_t id, int64_t *ret_us, struct err *reterr) {
    return ask_int(tx, &Q_article_proof_emergency, CELLS(cell_int(id)), 0, ret_us, reterr);
}

int article_countersign(struct tx *tx, int64_t id, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct act x;
    int64_t emergency_us = 0;
    int rc = begin(tx, a, id, &x, reterr);
    if (rc == 0)
        rc = article_emergency(tx, id, &emergency_us, reterr);
    if (rc < 0)
        return rc;
    if (!emergency_us)
        return err_set(reterr, ERR_CONFLICT,
                       "Article %" PRId64
                       " was not published in an emergency, or is countersigned already; nothing was "
                       "changed.",
                       id);
    struct subject s = held_subject(&x.now);
    rc = entries_countersign(tx, &s, &x.texts, reterr);
    if (rc == 0)
        rc = ask_run(tx, &Q_article_set_changed, CELLS(cell_int(id), cell_int(clock_now_us())), reterr);
    return rc < 0 ? rc : content_changed(tx, reterr);
}

int article_check_reason(struct str reason, enum entry_type act, enum entry_code code, struct err *reterr) {
    const struct field field = {"reason, which is shown to the public,", reason, 1000, FIELD_NEEDED};
    if (!entry_allows(act, code))
        return err_set(reterr, ERR_INVALID, "\"%s\" is no ground for this act; nothing was changed.",
                       entry_code_word(code));
    return fields_check(&field, 1, reterr);
}

int article_withdraw(struct tx *tx, int64_t id, enum entry_code code, struct str reason, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct act x;
    int rc = article_check_reason(reason, ENTRY_WITHDRAW, code, reterr);
    if (rc == 0)
        rc = begin(tx, a, id, &x, reterr);
    if (rc < 0)
        return rc;
    if (x.before.state != ARTICLE_PUBLISHED)
        return err_set(reterr, ERR_CONFLICT, "Article %" PRId64 " is not published (%s); nothing was changed.", id,
                       article_state_word(x.before.state));
    x.now.state = ARTICLE_WITHDRAWN;
    struct subject s = held_subject(&x.before);
    rc = ask_run(tx, &Q_article_set_withdrawn,
                 CELLS(cell_int(id), cell_int(clock_now_us()), cell_text(str_trim(reason))), reterr);
    if (rc == 0)
        rc = spread(tx, &x.before, &x.now, &x.texts, reterr);
    if (rc == 0)
        rc = entries_adopt(tx, &s, &x.texts, NULL, reterr);
    return rc < 0 ? rc : entries_withdraw(tx, &s, &x.texts, ENTRY_WITHDRAW, code, str_trim(reason), reterr);
}

int article_move(struct tx *tx, int64_t id, int64_t column_id, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct act x;
    int rc = check_column(tx, column_id, reterr);
    if (rc == 0)
        rc = begin(tx, a, id, &x, reterr);
    if (rc < 0 || x.before.column_id == column_id)
        return rc;
    x.now.column_id = column_id;
    rc = ask_run(tx, &Q_article_set_column, CELLS(cell_int(id), cell_int(column_id), cell_int(clock_now_us())), reterr);
    return rc < 0 ? rc : spread(tx, &x.before, &x.now, &x.texts, reterr);
}

/* --- from before there was a ledger --- */

enum { ADOPT_STEP = 100 };
static const char adopted[] = "adopted"; /* a counter: there once all are */

static int adopt(struct tx *tx, int64_t id, int64_t *texts_n, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct act x;
    int rc = begin(tx, a, id, &x, reterr);
    if (rc < 0 || x.before.state != ARTICLE_PUBLISHED) /* withdrawn since it was listed */
        return rc;
    struct subject s = held_subject(&x.now);
    return entries_adopt(tx, &s, &x.texts, texts_n, reterr);
}

static int without_entries(struct tx *tx, int64_t last_id, int64_t ret[ADOPT_STEP], size_t *ret_n, struct err *reterr) {
    ROWS_LOCAL(r);
    size_t n = 0;
    int rc = tx_rows(tx, &Q_article_proof_missing, CELLS(cell_int(last_id), cell_int(ADOPT_STEP)), &r, reterr);
    while (rc == 0 && n < ADOPT_STEP && (rc = rows_next(r, reterr)) > 0) {
        ret[n++] = rows_int(r, 0);
        rc = 0;
    }
    *ret_n = n;
    return rc;
}

int article_adopted(struct tx *tx, bool *ret, struct err *reterr) {
    int64_t there = 0;
    int rc = ask_int(tx, &Q_counter_has, CELLS(cell_z(adopted)), 0, &there, reterr);
    *ret = there != 0;
    return rc;
}

int article_adopt_step(struct tx *tx, struct article_adopting *at, struct err *reterr) {
    int64_t ids[ADOPT_STEP], mark;
    size_t n = 0;
    int rc = without_entries(tx, at->last_id, ids, &n, reterr);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = adopt(tx, at->last_id = ids[i], &at->texts, reterr);
    if (rc < 0 || n == ADOPT_STEP)
        return rc;
    at->done = true;
    mark = tx_next_id(tx, adopted, reterr);
    return mark < 0 ? (int)mark : 0;
}
