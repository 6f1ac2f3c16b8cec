// SPDX-License-Identifier: Apache-2.0
#include "press/proof.h"

#include "base/clock.h"
#include "ground.h"
#include "ledger/commit.h"
#include "ledger/lines.h"
#include "press/ask.h"
#include "press/erasure.h"
#include "queries.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND_US)
#define NOON INT64_C(1710590400000000) /* 2024-03-16 12:00 UTC: the tests' present */

static struct fixture *at_noon(void **state) {
    clock_set(NOON);
    return *state;
}

/* --- entries as they wait --- */

static const struct query waiting = {"waiting", "SELECT ticket, text FROM ledger_pending ORDER BY ticket", NULL};

enum { ENTRIES_MOST = 16 };
struct entries {
    size_t n;
    char ticket[ENTRIES_MOST][LEDGER_TICKET];
    char text[ENTRIES_MOST][ENTRY_MOST + 64];
};

static struct entries entries_of(struct fixture *f) {
    struct entries all = {0};
    struct reading r = reading_begin(f);
    struct rows *rows;
    MUST(tx_rows(r.tx, &waiting, CELLS_NONE, &rows, e));
    while (rows_next(rows, NULL) > 0) {
        assert_true(all.n < ENTRIES_MOST);
        struct str ticket = rows_text(rows, 0), text = rows_text(rows, 1);
        memcpy(all.ticket[all.n], ticket.p, ticket.n);
        memcpy(all.text[all.n++], text.p, text.n);
    }
    rows_close(rows);
    reading_end(&r);
    return all;
}

/* The nth entry is of this type and code, and about the entry of this ticket. */
static void assert_entry(const struct entries *all, size_t n, const char *type, const char *ref, const char *code) {
    char begins[128], ends[64];
    assert_true(n < all->n);
    if (*ref)
        (void)snprintf(begins, sizeof begins, "daylight/v1\n%s\n2024-03-16\nunit -\nref @%s\ncommit ", type, ref);
    else
        (void)snprintf(begins, sizeof begins, "daylight/v1\n%s\n2024-03-16\nunit -\nref -\ncommit ", type);
    (void)snprintf(ends, sizeof ends, "\ncode %s\n", code);
    struct str text = str_of(all->text[n]);
    if (!str_starts(text, begins) || !str_ends(text, ends))
        print_error("%s… %s", all->text[n], begins);
    assert_true(str_starts(text, begins) && str_ends(text, ends));
}

/* --- what opens them --- */

static struct article_proof proof_of(struct fixture *f, struct reading *r, int64_t id, int64_t number) {
    struct article_proof p;
    *r = reading_begin(f);
    MUST(article_proof_get(r->tx, r->a, id, number, &p, e));
    return p;
}

/* The commitment that stands in the entry under this ticket. */
static struct hash commitment_in(const struct entries *all, const char *ticket) {
    struct hash found = {{0}};
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->ticket[i], ticket) == 0) {
            const char *at = strstr(all->text[i], "\ncommit ");
            assert_non_null(at);
            assert_true(lines_base64(str_part(at + strlen("\ncommit "), LINES_BASE64_HASH), &found, sizeof found));
            return found;
        }
    fail_msg("no entry waits under %s", ticket);
    return found;
}

static struct opened open_one(struct reading *r, const struct article_proof *p) {
    struct opened o;
    MUST(article_proof_open(r->tx, r->a, p, &o, e));
    return o;
}

/* Key and values give the hashes, and those what stands in the entry: computed from the format, not by proof.c. */
static bool opens(const struct opened *o, const struct hash *commitment) {
    uint8_t key[COMMIT_KEY];
    struct str values[PROOF_PARTS_MOST];
    assert_true(lines_base64(o->key, key, sizeof key));
    for (size_t i = 0; i < o->n; i++)
        values[i] = o->part[i].value;
    struct hash whole = commit_document(key, values, o->n);
    return hash_same(&whole, commitment);
}

static void assert_opens(struct fixture *f, int64_t id, int64_t number) {
    struct reading r;
    struct article_proof p = proof_of(f, &r, id, number);
    struct entries all = entries_of(f);
    struct opened o = open_one(&r, &p);
    struct hash commitment = commitment_in(&all, p.ticket);
    assert_int_equal(o.state, OPENING_PUBLIC);
    assert_true(opens(&o, &commitment));
    reading_end(&r);
}

static void assert_closed(struct fixture *f, int64_t id, int64_t number, enum opening_state state) {
    struct reading r;
    struct article_proof p = proof_of(f, &r, id, number);
    struct opened o = open_one(&r, &p);
    assert_int_equal(o.state, state);
    assert_int_equal(o.key.n, 0);
    for (size_t i = 0; i < o.n; i++) {
        assert_int_equal(o.part[i].value.n, 0);
        assert_int_equal(o.part[i].hash.n, LINES_BASE64_HASH); /* salted: tells nothing, and still proves the act */
    }
    reading_end(&r);
}

/* --- publishing --- */

static struct article whole_draft(struct fixture *f) {
    struct article d = ground_draft(ground_column(f, "news"), "zh-CN", "涨潮表", "<p>正午最高</p>");
    d.picture = STR("/media/tide.svg");
    d.published_us = NOON - HOUR + 42;
    d.text.summary = STR("要点");
    d.text.author = STR("Wen");
    d.text.keywords = STR("潮汐, 港口");
    d.text.picture_alt = STR("海堤");
    return d;
}

static void publishing_leaves_an_entry_that_commits_to_every_part_of_the_text(void **state) {
    static const char *const parts[][2] = {{"id", "1"},
                                           {"language", "zh-CN"},
                                           {"published", "2024-03-16T11:00:00.000042Z"},
                                           {"title", "涨潮表"},
                                           {"source", "Harbour Office"},
                                           {"author", "Wen"},
                                           {"keywords", "潮汐, 港口"},
                                           {"summary", "要点"},
                                           {"picture", "/media/tide.svg"},
                                           {"picture_alt", "海堤"},
                                           {"note", ""},
                                           {"body", "<p>正午最高</p>"}};
    struct fixture *f = at_noon(state);
    struct article d = whole_draft(f);
    int64_t id;
    MUST(do_add(f, &d, &id, e));
    assert_int_equal(entries_of(f).n, 0); /* a draft is no public act */
    MUST(do_publish(f, id, 0, e));
    struct entries all = entries_of(f);
    assert_int_equal(all.n, 1);
    assert_entry(&all, 0, "publish", "", "-");
    assert_opens(f, id, 1);
    struct reading r;
    struct article_proof p = proof_of(f, &r, id, 1);
    struct opened o = open_one(&r, &p);
    assert_int_equal(o.n, sizeof parts / sizeof *parts);
    for (size_t i = 0; i < o.n; i++) {
        assert_string_equal(o.part[i].name, parts[i][0]);
        ASSERT_STR(o.part[i].value, parts[i][1]);
    }
    assert_int_equal(p.revision, 1);
    assert_int_equal(p.made_us, NOON);
    assert_int_equal(p.index, -1);
    assert_string_equal(p.language, "zh-CN");
    reading_end(&r);
}

/* What anybody could do who has the store and not the key of the commitment. */
static void another_word_no_longer_gives_the_commitment(void **state) {
    struct fixture *f = at_noon(state);
    struct article d = whole_draft(f);
    int64_t id;
    MUST(do_add(f, &d, &id, e));
    MUST(do_publish(f, id, 0, e));
    struct entries all = entries_of(f);
    struct reading r;
    struct article_proof p = proof_of(f, &r, id, 1);
    struct opened o = open_one(&r, &p);
    struct hash commitment = commitment_in(&all, p.ticket);
    for (size_t i = 0; i < o.n; i++) {
        struct opened other = o;
        other.part[i].value = STR("another word");
        assert_false(opens(&other, &commitment));
    }
    struct opened swapped = o; /* a word moved from one part to the next */
    swapped.part[3].value = STR("涨潮");
    swapped.part[4].value = STR("表Harbour Office");
    assert_false(opens(&swapped, &commitment));
    reading_end(&r);
}

static void two_equal_texts_have_commitments_of_their_own(void **state) {
    struct fixture *f = at_noon(state);
    int64_t column = ground_column(f, "news");
    (void)ground_publish(f, column, "en", "Tides", "<p>High at noon</p>", 0);
    (void)ground_publish(f, column, "en", "Tides", "<p>High at noon</p>", 0);
    struct entries all = entries_of(f);
    assert_int_equal(all.n, 2);
    assert_string_not_equal(all.text[0], all.text[1]);
}

static void a_translation_is_about_the_first_text(void **state) {
    struct fixture *f = at_noon(state);
    struct article d = ground_draft(ground_column(f, "news"), "zh-CN", "潮汐", "<p>正午</p>");
    struct article_text en = {.language = "en", .title = STR("Tides"), .body_html = STR("<p>Noon</p>")},
                        fr = {.language = "fr", .title = STR("Marées"), .body_html = STR("<p>Midi</p>")};
    int64_t id, revision;
    MUST(do_add(f, &d, &id, e));
    MUST(do_set_text(f, id, &en, &revision, e));
    MUST(do_publish(f, id, 0, e));
    MUST(do_set_text(f, id, &fr, &revision, e));
    struct entries all = entries_of(f);
    assert_int_equal(all.n, 3);
    assert_entry(&all, 0, "publish", "", "-"); /* zh-CN was first, though en is before it by name */
    assert_entry(&all, 1, "publish", all.ticket[0], "translation");
    assert_entry(&all, 2, "publish", all.ticket[0], "translation");
    for (int64_t number = 1; number <= 3; number++)
        assert_opens(f, id, number);
    struct reading r = reading_begin(f);
    struct article_proof *list;
    size_t n;
    MUST(article_proofs(r.tx, r.a, id, &list, &n, e));
    assert_int_equal(n, 3);
    assert_string_equal(list[0].language, "fr");
    assert_string_equal(list[1].language, "en");
    assert_string_equal(list[2].language, "zh-CN");
    char last[LEDGER_TICKET];
    MUST(article_proof_last(r.tx, id, last, e));
    assert_string_equal(last, all.ticket[2]);
    MUST(article_proof_last(r.tx, id + 1, last, e));
    assert_string_equal(last, "");
    reading_end(&r);
}

/* --- later acts --- */

static void corrections_and_withdrawals_are_about_the_publication_and_again_too(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>Noon</p>", NOON - HOUR), revision;
    struct article_text t = {
        .language = "en", .title = STR("Tides"), .body_html = STR("<p>One</p>"), .note = STR("It was one o'clock.")};
    MUST(do_set_text(f, id, &t, &revision, e));
    MUST(do_withdraw(f, id, "Out of date.", e));
    t.body_html = STR("<p>Two</p>");
    MUST(do_set_text(f, id, &t, &revision, e)); /* while it is not public: no public act */
    MUST(do_publish(f, id, 0, e));
    struct entries all = entries_of(f);
    assert_int_equal(all.n, 4);
    assert_entry(&all, 0, "publish", "", "-");
    assert_entry(&all, 1, "correct", all.ticket[0], "-");
    assert_entry(&all, 2, "withdraw", all.ticket[0], "outdated");
    assert_entry(&all, 3, "publish", all.ticket[0], "again");
    for (int64_t number = 1; number <= 4; number++)
        assert_opens(f, id, number); /* the old text by its old words, the reason by its own document */
    struct reading r;
    struct article_proof p = proof_of(f, &r, id, 3);
    struct opened o = open_one(&r, &p);
    assert_int_equal(o.n, 3);
    assert_string_equal(o.part[2].name, "reason");
    ASSERT_STR(o.part[2].value, "Out of date.");
    ASSERT_STR(p.reason, "Out of date.");
    reading_end(&r);
    p = proof_of(f, &r, id, 4);
    assert_int_equal(p.revision, 3);
    reading_end(&r);
}

static void a_text_is_opened_while_it_is_public_and_only_then(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>Noon</p>", NOON + HOUR);
    assert_int_equal(entries_of(f).n, 1); /* at once … */
    assert_closed(f, id, 1, OPENING_NOT_DUE);
    clock_set(NOON + HOUR);
    assert_opens(f, id, 1); /* … and open when its time has come */
    MUST(do_withdraw(f, id, "Out of date.", e));
    assert_closed(f, id, 1, OPENING_WITHDRAWN);
    assert_opens(f, id, 2);
    MUST(do_publish(f, id, 0, e));
    assert_opens(f, id, 1);
    assert_opens(f, id, 3);
}

static void a_ground_that_is_none_is_refused(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>Noon</p>", 0);
    assert_int_equal(do_withdraw_for(f, id, ENTRY_CODE_FORK, "Because.", NULL), -ERR_INVALID);
    assert_int_equal(do_withdraw_for(f, id, ENTRY_CODE_NONE, "Because.", NULL), -ERR_INVALID);
    assert_int_equal(entries_of(f).n, 1);
    MUST(do_withdraw_for(f, id, ENTRY_CODE_LAW, "Because.", e));
    struct entries all = entries_of(f);
    assert_entry(&all, 1, "withdraw", all.ticket[0], "law");
}

static int publish_and_fail(struct tx *tx, void *arg, struct err *reterr) {
    int rc = article_publish(tx, *(const int64_t *)arg, 0, reterr);
    return rc < 0 ? rc : err_set(reterr, ERR_CONFLICT, "undone");
}

static void an_act_that_is_undone_leaves_no_entry(void **state) {
    struct fixture *f = at_noon(state);
    struct article d = whole_draft(f);
    int64_t id;
    MUST(do_add(f, &d, &id, e));
    assert_int_equal(store_write(f->store, publish_and_fail, &id, NULL), -ERR_CONFLICT);
    assert_int_equal(entries_of(f).n, 0);
    struct reading r = reading_begin(f);
    struct article_proof *list, p;
    size_t n = 9;
    MUST(article_proofs(r.tx, r.a, id, &list, &n, e));
    assert_int_equal(n, 0);
    assert_int_equal(article_proof_get(r.tx, r.a, id, 1, &p, NULL), -ERR_NOT_FOUND);
    reading_end(&r);
}

static void a_move_leaves_no_entry(void **state) {
    struct fixture *f = at_noon(state);
    int64_t other = ground_column(f, "other");
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>Noon</p>", 0);
    MUST(do_move(f, id, other, e));
    assert_int_equal(entries_of(f).n, 1);
}

/* --- in an emergency --- */

static int64_t emergency_of(struct fixture *f, int64_t id) {
    struct reading r = reading_begin(f);
    int64_t us = -1;
    MUST(article_emergency(r.tx, id, &us, e));
    reading_end(&r);
    return us;
}

static void what_was_published_in_an_emergency_waits_for_its_countersignature(void **state) {
    struct fixture *f = at_noon(state);
    struct article d = ground_draft(ground_column(f, "news"), "en", "Dam", "<p>Leave the valley now.</p>");
    struct article_text zh = {.language = "zh-CN", .title = STR("大坝"), .body_html = STR("<p>立即撤离。</p>")};
    int64_t id, revision;
    MUST(do_add(f, &d, &id, e));
    assert_int_equal(do_countersign(f, id, NULL), -ERR_CONFLICT);
    MUST(do_publish_emergency(f, id, 0, e));
    assert_int_equal(emergency_of(f, id), NOON);
    clock_set(NOON + HOUR);
    MUST(do_set_text(f, id, &zh, &revision, e));
    assert_int_equal(emergency_of(f, id), NOON);
    MUST(do_countersign(f, id, e));
    assert_int_equal(emergency_of(f, id), 0);
    assert_int_equal(do_countersign(f, id, NULL), -ERR_CONFLICT);
    struct entries all = entries_of(f);
    assert_int_equal(all.n, 4);
    assert_entry(&all, 0, "emergency", "", "-");
    assert_entry(&all, 1, "emergency", all.ticket[0], "translation");
    assert_entry(&all, 2, "countersign", all.ticket[0], "-");
    assert_entry(&all, 3, "countersign", all.ticket[1], "-");
    for (int64_t number = 1; number <= 4; number++)
        assert_opens(f, id, number);
}

static void a_withdrawal_ends_the_wait_for_a_countersignature(void **state) {
    struct fixture *f = at_noon(state);
    struct article d = ground_draft(ground_column(f, "news"), "en", "Dam", "<p>Leave the valley now.</p>");
    int64_t id;
    MUST(do_add(f, &d, &id, e));
    MUST(do_publish_emergency(f, id, 0, e));
    MUST(do_withdraw(f, id, "False alarm.", e));
    assert_int_equal(emergency_of(f, id), 0);
    assert_int_equal(do_countersign(f, id, NULL), -ERR_CONFLICT);
    MUST(do_publish(f, id, 0, e));
    assert_int_equal(emergency_of(f, id), 0);
    struct entries all = entries_of(f);
    assert_entry(&all, 2, "publish", all.ticket[0], "again");
}

/* --- from before there was a ledger --- */

static int forget_entries(struct tx *tx, void *arg, struct err *reterr) {
    static const struct query proofs = {"forget", "DELETE FROM article_proof", NULL},
                              entries = {"forget entries", "DELETE FROM ledger_pending", NULL};
    (void)arg;
    int rc = ask_run(tx, &proofs, CELLS_NONE, reterr);
    return rc < 0 ? rc : ask_run(tx, &entries, CELLS_NONE, reterr);
}

static int adopt_step(struct tx *tx, void *arg, struct err *reterr) {
    return article_adopt_step(tx, arg, reterr);
}

static void texts_from_before_the_ledger_are_adopted_once(void **state) {
    struct fixture *f = at_noon(state);
    int64_t column = ground_column(f, "news"), revision;
    int64_t first = ground_publish(f, column, "en", "Tides", "<p>Noon</p>", 0);
    int64_t gone = ground_publish(f, column, "en", "Old", "<p>Old</p>", 0);
    int64_t second = ground_publish(f, column, "en", "Dam", "<p>Dry</p>", 0);
    struct article d = ground_draft(column, "en", "Draft", "<p>Not yet</p>");
    int64_t draft;
    struct article_text zh = {.language = "zh-CN", .title = STR("潮汐"), .body_html = STR("<p>正午</p>")};
    MUST(do_add(f, &d, &draft, e));
    MUST(do_set_text(f, first, &zh, &revision, e));
    MUST(do_withdraw(f, gone, "Old.", e));
    MUST(store_write(f->store, forget_entries, NULL, e));
    struct article_adopting at = {0};
    while (!at.done)
        MUST(store_write(f->store, adopt_step, &at, e));
    assert_int_equal(at.texts, 3);
    struct entries all = entries_of(f);
    assert_int_equal(all.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_entry(&all, i, "publish", "", "adopted");
    assert_opens(f, first, 1);
    assert_opens(f, first, 2);
    assert_opens(f, second, 1);
    at = (struct article_adopting){0};
    MUST(store_write(f->store, adopt_step, &at, e));
    assert_true(at.done);
    assert_int_equal(at.texts, 0);
}

static void an_act_upon_a_text_without_entries_adopts_it_first(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>Noon</p>", 0), revision;
    struct article_text t = {
        .language = "en", .title = STR("Tides"), .body_html = STR("<p>One</p>"), .note = STR("It was one o'clock.")};
    MUST(store_write(f->store, forget_entries, NULL, e));
    MUST(do_set_text(f, id, &t, &revision, e));
    struct entries all = entries_of(f);
    assert_int_equal(all.n, 2);
    assert_entry(&all, 0, "publish", "", "adopted");
    assert_entry(&all, 1, "correct", all.ticket[0], "-");
    struct reading r;
    struct article_proof p = proof_of(f, &r, id, 1);
    assert_int_equal(p.revision, 1);
    reading_end(&r);
    assert_opens(f, id, 1);
    assert_opens(f, id, 2);
    MUST(store_write(f->store, forget_entries, NULL, e));
    MUST(do_withdraw(f, id, "Old.", e));
    all = entries_of(f);
    assert_int_equal(all.n, 2);
    assert_entry(&all, 0, "publish", "", "adopted");
    assert_entry(&all, 1, "withdraw", all.ticket[0], "outdated");
}

/* --- for machines --- */

static int sequence_first(struct tx *tx, void *arg, struct err *reterr) {
    const struct entries *all = arg;
    return ask_run(tx, &Q_ledger_entry_add, CELLS(cell_int(7), cell_z(all->ticket[0]), cell_z(all->text[0])), reterr);
}

static json_t *opening_json(struct reading *r, const struct article_proof *p) {
    struct opened o = open_one(r, p);
    struct str text;
    MUST(article_opening_json(r->a, p, &o, &text, e));
    json_t *json = json_loadb(text.p, text.n, 0, NULL);
    assert_non_null(json);
    return json;
}

static const char *said(const json_t *json, const char *key) {
    return json_string_value(json_object_get(json, key));
}

static void an_opening_says_where_its_entry_stands_once_it_does(void **state) {
    struct fixture *f = at_noon(state);
    struct article d = whole_draft(f);
    int64_t id;
    MUST(do_add(f, &d, &id, e));
    MUST(do_publish(f, id, 0, e));
    struct reading r;
    struct article_proof p = proof_of(f, &r, id, 1);
    json_t *json = opening_json(&r, &p);
    assert_string_equal(said(json, "format"), "daylight/opening/v1");
    assert_string_equal(said(json, "state"), "public");
    assert_string_equal(said(json, "type"), "publish");
    assert_string_equal(said(json, "language"), "zh-CN");
    assert_true(json_is_null(json_object_get(json, "index")));
    assert_true(json_is_null(json_object_get(json, "entry")));
    assert_int_equal(strlen(said(json, "key")), LINES_BASE64_HASH);
    const json_t *parts = json_object_get(json, "parts"), *title = json_array_get(parts, 3);
    assert_int_equal(json_array_size(parts), 12);
    assert_string_equal(said(title, "name"), "title");
    assert_string_equal(said(title, "value"), "涨潮表");
    assert_int_equal(strlen(said(title, "hash")), LINES_BASE64_HASH);
    json_decref(json);
    reading_end(&r);
    struct entries all = entries_of(f);
    MUST(store_write(f->store, sequence_first, &all, e));
    p = proof_of(f, &r, id, 1);
    assert_int_equal(p.index, 7);
    json = opening_json(&r, &p);
    assert_int_equal(json_integer_value(json_object_get(json, "index")), 7);
    assert_string_equal(said(json, "entry"), all.text[0]);
    json_decref(json);
    reading_end(&r);
}

static void a_closed_opening_has_hashes_and_neither_key_nor_words(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>Noon</p>", 0);
    MUST(do_withdraw(f, id, "Old.", e));
    struct reading r;
    struct article_proof p = proof_of(f, &r, id, 1);
    json_t *json = opening_json(&r, &p);
    assert_string_equal(said(json, "state"), "withdrawn");
    assert_true(json_is_null(json_object_get(json, "key")));
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(json, "parts"), i, part) {
        assert_null(json_object_get(part, "value"));
        assert_int_equal(strlen(said(part, "hash")), LINES_BASE64_HASH);
    }
    json_decref(json);
    reading_end(&r);
}

/* --- changed behind the press's back --- */

struct told {
    size_t n;
    char all[2000];
};

static void hear(void *arg, const struct proof_fault *f) {
    struct told *t = arg;
    size_t at = strlen(t->all);
    (void)snprintf(t->all + at, sizeof t->all - at, "[%s] %.*s\n", f->language, STR_FMT(f->what));
    t->n++;
}

static struct told check(struct fixture *f, int64_t id) {
    struct told t = {0};
    struct reading r = reading_begin(f);
    MUST(article_proof_check(r.tx, id, hear, &t, e));
    reading_end(&r);
    return t;
}

static int run_sql(struct tx *tx, void *arg, struct err *reterr) {
    return ask_run(tx, &(struct query){arg, arg, NULL}, CELLS_NONE, reterr);
}

static int64_t published_in_two_languages(struct fixture *f) {
    struct article d = whole_draft(f);
    struct article_text en = {.language = "en", .title = STR("Tides"), .body_html = STR("<p>Noon</p>")};
    int64_t id, revision;
    MUST(do_add(f, &d, &id, e));
    MUST(do_publish(f, id, 0, e));
    MUST(do_set_text(f, id, &en, &revision, e));
    en.note = STR("It was one o'clock.");
    en.body_html = STR("<p>One</p>");
    MUST(do_set_text(f, id, &en, &revision, e));
    return id;
}

static void what_an_owner_changes_in_the_store_is_found_and_named(void **state) {
    static const char *const cases[][2] = {
        {"UPDATE article_revision SET body_html = '<p>Two</p>' WHERE language = 'en' AND number = 2",
         "[en] body of revision 2: it is not what the entry that waits (correct) commits to\n"},
        {"UPDATE article_revision SET body_html = '<p>Noom</p>' WHERE language = 'en' AND number = 1",
         "[en] body of revision 1: it is not what the entry that waits (publish) commits to\n"},
        {"UPDATE article_text SET title = 'Tide' WHERE language = 'en'",
         "[en] title: what is shown is not what revision 2 says\n"},
        {"UPDATE article_text SET note = '' WHERE language = 'en'",
         "[en] note: what is shown is not what revision 2 says\n"},
        {"UPDATE article SET published_us = published_us + 1",
         "[en] published: the time that is shown is not what the entry that waits (correct) commits to\n"
         "[zh-CN] published: the time that is shown is not what the entry that waits (publish) commits to\n"},
        {"UPDATE article SET picture = NULL",
         "[en] picture: the one that is shown is not what the entry that waits (correct) commits to\n"
         "[zh-CN] picture: the one that is shown is not what the entry that waits (publish) commits to\n"},
        {"UPDATE article_proof SET published_us = 0 WHERE number = 1",
         "[zh-CN] published of revision 1: it is not what the entry that waits (publish) commits to\n"
         "[zh-CN] published: the time that is shown is not what the entry that waits (publish) commits to\n"},
        {"UPDATE article_text SET revision = 1, title = 'Tides', note = '' WHERE language = 'en'",
         "[en] revision 1 is shown, and the entry that waits (correct) is about revision 2\n"},
        {"UPDATE article_proof SET parts = (SELECT x.parts FROM article_proof x WHERE x.number = 1) WHERE number = 2",
         NULL},
        {"UPDATE article_proof SET parts = '' WHERE number = 1",
         "[zh-CN] act 1: it has 0 fingerprints, and 12 parts\n"},
        {"UPDATE article_proof SET opening = 'x' WHERE number = 1", "[zh-CN] act 1: its key is none\n"},
        {"UPDATE article_proof SET code = 'again' WHERE number = 1",
         "[zh-CN] act 1: the ledger has it as publish, code -, and the store as publish, code again\n"},
        {"DELETE FROM article_proof WHERE number = 2", "[] act 2 is not there any more\n"},
        {"DELETE FROM article_proof WHERE language = 'zh-CN'",
         "[] act 1 is not there any more\n[zh-CN] it is published, and no entry says so\n"},
        {"DELETE FROM ledger_pending WHERE ticket IN (SELECT ticket FROM article_proof WHERE number = 1)",
         "[zh-CN] act 1 (publish): its entry is not in the ledger\n"},
        {"DELETE FROM article_revision WHERE language = 'en' AND number = 1", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture *f = fixture_store(*(const char **)state);
        clock_set(NOON);
        int64_t id = published_in_two_languages(f);
        struct told t = check(f, id);
        assert_string_equal(t.all, "");
        MUST(store_write(f->store, run_sql, (void *)(uintptr_t)cases[i][0], e));
        t = check(f, id);
        if (cases[i][1])
            assert_string_equal(t.all, cases[i][1]);
        if (!t.n)
            print_error("%s\n", cases[i][0]);
        assert_true(t.n > 0);
        fixture_end(f);
    }
}

static void what_was_changed_together_with_its_key_and_fingerprints_is_found_by_the_entry(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>Noon</p>", 0);
    int64_t other = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>Moon</p>", 0);
    assert_int_equal(id, 1);
    assert_int_equal(other, 2);
    /* A whole other text, with all that opens it. */
    MUST(store_write(f->store, run_sql,
                     (void *)(uintptr_t) "UPDATE article_revision SET body_html = '<p>Moon</p>' WHERE article_id = 1",
                     e));
    MUST(store_write(
        f->store, run_sql,
        (void *)(uintptr_t) "UPDATE article_proof SET opening = (SELECT x.opening FROM article_proof x WHERE "
                            "x.article_id = 2), "
                            "parts = (SELECT x.parts FROM article_proof x WHERE x.article_id = 2) WHERE article_id = 1",
        e));
    struct told t = check(f, id);
    assert_string_equal(t.all, "[en] act 1: its fingerprints are not those that the entry that waits (publish) commits "
                               "to\n[en] id of revision 1: it is not what the entry that waits (publish) commits to\n");
}

static int enter_all(struct tx *tx, void *arg, struct err *reterr) {
    const struct entries *all = arg;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < all->n; i++) {
        char text[ENTRY_MOST + 64];
        (void)snprintf(text, sizeof text, "%s", all->text[i]);
        rc =
            ask_run(tx, &Q_ledger_entry_add, CELLS(cell_int((int64_t)i), cell_z(all->ticket[i]), cell_z(text)), reterr);
    }
    return rc;
}

static void an_entry_whose_act_was_taken_away_is_named(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = ground_publish(f, ground_column(f, "news"), "en", "Tides", "<p>Noon</p>", 0);
    MUST(do_withdraw(f, id, "Old.", e));
    struct entries all = entries_of(f);
    MUST(store_write(f->store, enter_all, &all, e));
    struct told t = {0};
    struct reading r = reading_begin(f);
    MUST(article_proof_check_entries(r.tx, 0, 100, hear, &t, e));
    reading_end(&r);
    assert_string_equal(t.all, "");
    MUST(store_write(f->store, run_sql, (void *)(uintptr_t) "DELETE FROM article_proof WHERE number = 2", e));
    r = reading_begin(f);
    MUST(article_proof_check_entries(r.tx, 0, 100, hear, &t, e));
    reading_end(&r);
    assert_string_equal(t.all, "[] entry 1 (withdraw): the act that it records is not in the store\n");
}

static int run_erase(struct tx *tx, void *arg, struct err *e) {
    const struct erasing erasing = {.code = ENTRY_CODE_PRIVACY, .reason = STR("A name.")};
    return article_erase(tx, *(const int64_t *)arg, &erasing, e);
}

static void acts_are_named_by_their_entries_as_far_as_readers_may_know(void **state) {
    struct fixture *f = at_noon(state);
    int64_t news = ground_column(f, "news");
    int64_t tides = ground_publish(f, news, "en", "Tides", "<p>Noon</p>", 0);
    int64_t later = ground_publish(f, news, "en", "Later", "<p>Not yet</p>", NOON + HOUR);
    MUST(do_withdraw(f, tides, "Old.", e));
    int64_t erased = ground_publish(f, news, "en", "Name", "<p>A name</p>", 0);
    MUST(store_write(f->store, run_erase, &erased, e));
    struct entries all = entries_of(f);
    MUST(store_write(f->store, enter_all, &all, e));
    struct reading r = reading_begin(f);
    struct article_act_named *act;
    size_t n;
    MUST(article_acts_of_entries(r.tx, r.a, 0, 100, &act, &n, e));
    assert_int_equal(n, 4); /* of five */
    for (size_t i = 0; i < n; i++)
        assert_int_not_equal(act[i].article_id, later);
    assert_int_equal(act[0].index, 0);
    assert_int_equal(act[0].article_id, tides);
    assert_true(str_is(act[0].column_slug, "news") && str_is(act[0].title, "Tides"));
    assert_string_equal(act[0].language, "en");
    assert_false(act[0].newest);
    assert_int_equal(act[1].index, 2);
    assert_int_equal(act[1].number, 2);
    assert_true(act[1].newest);
    assert_int_equal(act[3].article_id, erased);
    assert_int_equal(act[3].title.n, 0);
    MUST(article_acts_of_entries(r.tx, r.a, 2, 3, &act, &n, e));
    assert_int_equal(n, 1);
    reading_end(&r);
}

int main(void) {
    static const char *sqlite = "sqlite", *postgres = "postgres";
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(publishing_leaves_an_entry_that_commits_to_every_part_of_the_text),
        ON_ENGINE("sqlite", another_word_no_longer_gives_the_commitment),
        ON_ENGINE("sqlite", two_equal_texts_have_commitments_of_their_own),
        ON_BOTH_ENGINES(a_translation_is_about_the_first_text),
        ON_BOTH_ENGINES(corrections_and_withdrawals_are_about_the_publication_and_again_too),
        ON_BOTH_ENGINES(a_text_is_opened_while_it_is_public_and_only_then),
        ON_BOTH_ENGINES(a_ground_that_is_none_is_refused),
        ON_BOTH_ENGINES(an_act_that_is_undone_leaves_no_entry),
        ON_BOTH_ENGINES(a_move_leaves_no_entry),
        ON_BOTH_ENGINES(what_was_published_in_an_emergency_waits_for_its_countersignature),
        ON_BOTH_ENGINES(a_withdrawal_ends_the_wait_for_a_countersignature),
        ON_BOTH_ENGINES(texts_from_before_the_ledger_are_adopted_once),
        ON_BOTH_ENGINES(an_act_upon_a_text_without_entries_adopts_it_first),
        ON_BOTH_ENGINES(an_opening_says_where_its_entry_stands_once_it_does),
        cmocka_unit_test_prestate(what_an_owner_changes_in_the_store_is_found_and_named, &sqlite),
        cmocka_unit_test_prestate(what_an_owner_changes_in_the_store_is_found_and_named, &postgres),
        ON_BOTH_ENGINES(what_was_changed_together_with_its_key_and_fingerprints_is_found_by_the_entry),
        ON_BOTH_ENGINES(an_entry_whose_act_was_taken_away_is_named),
        ON_BOTH_ENGINES(acts_are_named_by_their_entries_as_far_as_readers_may_know),
        ON_BOTH_ENGINES(a_closed_opening_has_hashes_and_neither_key_nor_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
