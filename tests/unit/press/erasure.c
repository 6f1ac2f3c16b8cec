// SPDX-License-Identifier: Apache-2.0
#include "press/erasure.h"

#include "base/clock.h"
#include "base/file.h"
#include "ground.h"
#include "press/ask.h"
#include "press/erasure/media.h"
#include "press/import.h"
#include "press/proof.h"
#include "press/search.h"
#include "store/fault.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND_US)
#define NOON INT64_C(1710590400000000) /* 2024-03-16 12:00 UTC: the tests' present */
#define USED "/media/0000000000000000000000000000000000000000000000000000000000000001.svg"
#define UNUSED "/media/0000000000000000000000000000000000000000000000000000000000000002.svg"
#define LINKED "/media/0000000000000000000000000000000000000000000000000000000000000003.pdf"

static struct fixture *at_noon(void **state) {
    clock_set(NOON);
    return *state;
}

struct job {
    int64_t id;
    struct erasing erasing;
};

static int run_erase(struct tx *tx, void *arg, struct err *e) {
    const struct job *j = arg;
    return article_erase(tx, j->id, &j->erasing, e);
}

static int do_erase(struct fixture *f, int64_t id, const char *language, struct err *e) {
    struct job j = {id, {language, ENTRY_CODE_PRIVACY, STR("It named a child.")}};
    return store_write(f->store, run_erase, &j, e);
}

static int finish(struct fixture *f, struct err *e) {
    return erasure_finish(f->store, f->folder, NULL, NULL, e);
}

static int64_t left_in(struct fixture *f) {
    struct reading r = reading_begin(f);
    int64_t n = -1;
    MUST(erasure_left(r.tx, &n, e));
    reading_end(&r);
    return n;
}

/* Words that are nowhere else. */
static const char *const words[] = {"Quillfeather", "Brambleton",  "Ostermarsh",
                                    "nightjarring", "corvidology", "wintergreenly"};
static struct article article_of_words(struct fixture *f) {
    struct article d = ground_draft(ground_column(f, "news"), "en", "Quillfeather found",
                                    "<p>In Brambleton a nightjarring was heard.</p>"
                                    "<p><img src=\"" UNUSED "\" alt=\"\"><a href=\"" LINKED "\">x</a></p>");
    d.published_us = NOON - HOUR;
    d.picture = STR(USED);
    d.key = STR("ostermarsh");
    d.text.summary = STR("Ostermarsh in short");
    d.text.author = STR("Corvidology Unit");
    d.text.keywords = STR("corvidology");
    d.text.picture_alt = STR("wintergreenly");
    return d;
}

static int64_t published_and_corrected(struct fixture *f) {
    struct article d = article_of_words(f);
    struct article_text t = d.text;
    int64_t id, revision;
    MUST(do_add(f, &d, &id, e));
    MUST(do_publish(f, id, 0, e));
    t.body_html = STR("<p>In Brambleton it was nothing.</p>");
    t.note = STR("Not a nightjarring.");
    MUST(do_set_text(f, id, &t, &revision, e));
    return id;
}

/* --- the act --- */

static void nothing_that_was_said_is_left_in_the_tables(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = published_and_corrected(f);
    MUST(do_erase(f, id, NULL, e));
    struct reading r = reading_begin(f);
    struct article a;
    MUST(article_get(r.tx, r.a, id, "en", true, &a, e));
    assert_int_equal(a.state, ARTICLE_ERASED);
    assert_int_equal(a.withdrawn_us, NOON);
    ASSERT_STR(a.withdrawn_reason, "It named a child.");
    assert_int_equal(a.picture.n + a.key.n + a.text.title.n + a.text.summary.n + a.text.body_html.n + a.text.source.n +
                         a.text.author.n + a.text.keywords.n + a.text.picture_alt.n + a.text.note.n,
                     0);
    MUST(article_get(r.tx, r.a, id, "en", false, &a, e)); /* a reader is told that it was there */
    assert_int_equal(a.state, ARTICLE_ERASED);
    struct revision *list;
    size_t n;
    MUST(article_revisions(r.tx, r.a, id, "en", true, &list, &n, e));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(list[i].title.n + list[i].summary.n + list[i].body_html.n + list[i].source.n +
                             list[i].author.n + list[i].keywords.n + list[i].note.n,
                         0);
    assert_int_equal(article_find_key(r.tx, r.a, STR("ostermarsh"), &a, NULL), -ERR_NOT_FOUND);
    int64_t published = -1;
    MUST(article_count(r.tx, "en", 0, &published, e));
    assert_int_equal(published, 0);
    struct search_query query;
    search_query_parse(r.a, STR("Brambleton"), &query);
    struct search_hits hits;
    const struct search_where where = {.query = &query, .language = "en", .most = 10};
    MUST(search_run(r.tx, r.a, &where, &hits, e));
    assert_int_equal(hits.count, 0);
    reading_end(&r);
}

static void the_acts_stay_proven_and_only_the_last_can_be_opened(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = published_and_corrected(f);
    MUST(do_withdraw(f, id, "Quillfeather asked for it.", e));
    MUST(do_erase(f, id, NULL, e));
    struct reading r = reading_begin(f);
    struct article_proof *list;
    struct opened o;
    size_t n;
    MUST(article_proofs(r.tx, r.a, id, &list, &n, e));
    assert_int_equal(n, 4);
    assert_int_equal(list[0].type, ENTRY_ERASE);
    assert_int_equal(list[0].code, ENTRY_CODE_PRIVACY);
    assert_int_equal(list[0].opening, OPENING_PUBLIC);
    MUST(article_proof_open(r.tx, r.a, &list[0], &o, e));
    ASSERT_STR(o.part[2].value, "It named a child.");
    for (size_t i = 1; i < n; i++) {
        assert_int_equal(list[i].opening, OPENING_DESTROYED);
        assert_int_equal(list[i].key.n + list[i].picture.n + list[i].reason.n, 0);
        MUST(article_proof_open(r.tx, r.a, &list[i], &o, e));
        assert_int_equal(o.state, OPENING_DESTROYED);
        assert_int_equal(o.key.n, 0);
        for (size_t k = 0; k < o.n; k++) {
            assert_int_equal(o.part[k].value.n, 0);
            assert_int_equal(o.part[k].hash.n, 44);
        }
    }
    reading_end(&r);
}

static void what_is_erased_stays_so(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = published_and_corrected(f), revision;
    struct article_text t = {.language = "en", .title = STR("Again"), .note = STR("Again.")},
                        zh = {.language = "zh-CN", .title = STR("再来"), .note = STR("再来")};
    MUST(do_erase(f, id, NULL, e));
    MUST(do_erase(f, id, NULL, e)); /* once more is no act */
    assert_int_equal(do_publish(f, id, 0, NULL), -ERR_GONE);
    assert_int_equal(do_set_text(f, id, &t, &revision, NULL), -ERR_GONE);
    assert_int_equal(do_set_text(f, id, &zh, &revision, NULL), -ERR_GONE);
    assert_int_equal(do_withdraw(f, id, "Again.", NULL), -ERR_GONE);
    struct reading r = reading_begin(f);
    struct article_proof *list;
    size_t n;
    MUST(article_proofs(r.tx, r.a, id, &list, &n, e));
    assert_int_equal(n, 3);
    reading_end(&r);
    assert_int_equal(do_erase(f, id + 1, NULL, NULL), -ERR_NOT_FOUND);
}

static void a_reason_and_a_ground_are_asked_for(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = published_and_corrected(f);
    struct job j = {id, {NULL, ENTRY_CODE_PRIVACY, STR("  ")}};
    assert_int_equal(store_write(f->store, run_erase, &j, NULL), -ERR_INVALID);
    j.erasing = (struct erasing){NULL, ENTRY_CODE_AGAIN, STR("Because.")};
    assert_int_equal(store_write(f->store, run_erase, &j, NULL), -ERR_INVALID);
    assert_int_equal(left_in(f), 0);
}

static void one_text_of_several_is_erased_alone(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = published_and_corrected(f), revision, n = -1;
    struct article_text zh = {.language = "zh-CN", .title = STR("发现"), .body_html = STR("<p>无事</p>")};
    MUST(do_set_text(f, id, &zh, &revision, e));
    assert_int_equal(do_erase(f, id, "fr", NULL), -ERR_NOT_FOUND);
    MUST(do_erase(f, id, "en", e));
    struct reading r = reading_begin(f);
    struct article a;
    MUST(article_get(r.tx, r.a, id, "en", false, &a, e));
    assert_int_equal(a.state, ARTICLE_ERASED);
    ASSERT_STR(a.withdrawn_reason, "It named a child.");
    MUST(article_get(r.tx, r.a, id, "zh-CN", false, &a, e));
    assert_int_equal(a.state, ARTICLE_PUBLISHED);
    ASSERT_STR(a.text.title, "发现");
    ASSERT_STR(a.picture, USED); /* it belongs to all */
    assert_int_equal(a.languages, 1);
    MUST(article_get(r.tx, r.a, id, "fr", false, &a, e)); /* shown in a language that there still is */
    assert_string_equal(a.text.language, "zh-CN");
    struct article_list list;
    MUST(article_list(r.tx, r.a, &(struct article_where){.language = "en", .most = 10}, &list, e));
    assert_int_equal(list.n, 0);
    MUST(article_list(r.tx, r.a, &(struct article_where){.most = 10}, &list, e));
    assert_int_equal(list.n, 1);
    MUST(article_count(r.tx, "en", 0, &n, e));
    assert_int_equal(n, 0);
    struct article_proof *proofs;
    size_t proofs_n;
    MUST(article_proofs(r.tx, r.a, id, &proofs, &proofs_n, e));
    assert_int_equal(proofs_n, 4);
    assert_int_equal(proofs[0].type, ENTRY_ERASE);
    assert_int_equal(proofs[1].opening, OPENING_PUBLIC); /* zh-CN */
    assert_int_equal(proofs[2].opening, OPENING_DESTROYED);
    reading_end(&r);
    /* The rest goes on living: it is corrected, withdrawn, published again without the erased one. */
    zh.body_html = STR("<p>有事</p>");
    zh.note = STR("更正");
    MUST(do_set_text(f, id, &zh, &revision, e));
    MUST(do_withdraw(f, id, "Old.", e));
    MUST(do_publish(f, id, 0, e));
    r = reading_begin(f);
    MUST(article_get(r.tx, r.a, id, "en", false, &a, e));
    assert_int_equal(a.state, ARTICLE_ERASED);
    MUST(article_count(r.tx, "en", 0, &n, e));
    assert_int_equal(n, 0);
    MUST(article_count(r.tx, "zh-CN", 0, &n, e));
    assert_int_equal(n, 1);
    MUST(article_proofs(r.tx, r.a, id, &proofs, &proofs_n, e));
    assert_int_equal(proofs_n, 7);
    reading_end(&r);
    MUST(do_erase(f, id, "zh-CN", e)); /* the last one: nothing of the article is left */
    r = reading_begin(f);
    MUST(article_get(r.tx, r.a, id, "fr", false, &a, e));
    assert_int_equal(a.state, ARTICLE_ERASED);
    assert_int_equal(a.picture.n + a.key.n, 0);
    reading_end(&r);
}

static void what_was_never_public_goes_without_an_entry_and_without_a_trace(void **state) {
    struct fixture *f = at_noon(state);
    struct article d = article_of_words(f);
    int64_t id;
    MUST(do_add(f, &d, &id, e));
    MUST(do_erase(f, id, NULL, e));
    struct reading r = reading_begin(f);
    struct article a;
    struct article_proof *list;
    size_t n;
    assert_int_equal(article_get(r.tx, r.a, id, "en", false, &a, NULL), -ERR_NOT_FOUND);
    MUST(article_get(r.tx, r.a, id, "en", true, &a, e));
    assert_int_equal(a.text.title.n, 0);
    MUST(article_proofs(r.tx, r.a, id, &list, &n, e));
    assert_int_equal(n, 0);
    reading_end(&r);
}

/* --- imports --- */

struct import {
    const struct document *document;
    int64_t column_id;
    struct import_result result;
};

static int run_import(struct tx *tx, void *arg, struct err *e) {
    struct import *i = arg;
    i->result = (struct import_result){0};
    return import_store(tx, i->document, i->column_id, true, NULL, &i->result, e);
}

static void imports_remember_nothing_of_it(void **state) {
    struct fixture *f = at_noon(state);
    struct document d = {.title = STR("Quillfeather"), .body_html = STR("<p>Brambleton</p>"), .language = "en"};
    struct import i = {.document = &d, .column_id = ground_column(f, "news")};
    MUST(store_write(f->store, run_import, &i, e));
    int64_t id = i.result.id;
    MUST(store_write(f->store, run_import, &i, e));
    assert_true(i.result.already);
    MUST(do_erase(f, id, NULL, e));
    MUST(store_write(f->store, run_import, &i, e));
    assert_false(i.result.already); /* nobody can know that it is the same */
    assert_int_not_equal(i.result.id, id);
}

static void an_erased_text_does_not_come_back_by_its_articles_key(void **state) {
    struct fixture *f = at_noon(state);
    struct document d = {.title = STR("Quillfeather"),
                         .body_html = STR("<p>Brambleton</p>"),
                         .language = "en",
                         .key = STR("ostermarsh")},
                    zh = {.title = STR("发现"), .body_html = STR("<p>无事</p>"), .language = "zh-CN", .key = d.key};
    struct import i = {.document = &zh, .column_id = ground_column(f, "news")};
    MUST(store_write(f->store, run_import, &i, e));
    int64_t id = i.result.id;
    i.document = &d;
    MUST(store_write(f->store, run_import, &i, e));
    assert_int_equal(i.result.id, id);
    MUST(do_erase(f, id, "en", e));
    assert_int_equal(store_write(f->store, run_import, &i, NULL), -ERR_GONE);
}

/* --- what a transaction cannot do --- */

static void put(struct fixture *f, const char *address) {
    char path[200];
    (void)snprintf(path, sizeof path, "%s/media", f->folder);
    MUST(file_make_folder(path, e));
    (void)snprintf(path, sizeof path, "%s%s", f->folder, address);
    MUST(file_write(path, STR("picture"), 0600, e));
}

static bool has(struct fixture *f, const char *address) {
    char path[200];
    (void)snprintf(path, sizeof path, "%s%s", f->folder, address);
    return file_exists(path);
}

static void media_go_unless_another_article_uses_them(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = published_and_corrected(f);
    struct article other = ground_draft(ground_column(f, "news"), "en", "Other", "<p>x</p>");
    int64_t other_id;
    other.picture = STR(USED);
    MUST(do_add(f, &other, &other_id, e));
    put(f, USED);
    put(f, UNUSED);
    put(f, LINKED);
    MUST(do_erase(f, id, NULL, e));
    assert_true(has(f, UNUSED));
    MUST(finish(f, e));
    assert_true(has(f, USED));
    assert_false(has(f, UNUSED)); /* of an earlier revision */
    assert_false(has(f, LINKED));
    MUST(do_erase(f, other_id, NULL, e));
    MUST(finish(f, e));
    assert_false(has(f, USED));
}

static void addresses_of_media_are_found_wherever_they_stand(void **state) {
    (void)state;
    struct str rest = STR("<img src=\"" USED "\"> /media/short.svg /media/ " UNUSED "/media/" LINKED "x/" LINKED "."),
               found;
    assert_true(media_next(&rest, &found));
    ASSERT_STR(found, USED);
    assert_true(media_next(&rest, &found));
    ASSERT_STR(found, UNUSED);
    assert_true(media_next(&rest, &found));
    ASSERT_STR(found, LINKED "x");
    assert_true(media_next(&rest, &found));
    ASSERT_STR(found, LINKED);
    assert_false(media_next(&rest, &found));
}

static void grep(const char *folder, const char *word, size_t *found) {
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (const struct dirent *one; (one = readdir(d));) {
        char path[600];
        BUF_LOCAL(bytes);
        (void)snprintf(path, sizeof path, "%s/%s", folder, one->d_name);
        if (one->d_name[0] == '.')
            continue;
        if (one->d_type == DT_DIR) {
            grep(path, word, found);
            continue;
        }
        MUST(file_read(path, 1 << 26, &bytes, e));
        if (str_find_nocase(buf_str(&bytes), str_of(word), 0) != SIZE_MAX) {
            print_message("%s: %s\n", path, word);
            ++*found;
        }
    }
    (void)closedir(d);
}

/* Also of what the file held before: earlier revisions, earlier rows of the index. */
static void no_word_of_it_is_left_in_the_folder(void **state) {
    struct fixture *f = at_noon(state);
    struct fixture *reader = f; /* another connection, as a server has some */
    int64_t column = ground_column(f, "news");
    for (int i = 0; i < 200; i++)
        (void)ground_publish(f, column, "en", "Tides", "<p>High at noon, and low in the evening.</p>", 0);
    int64_t id = published_and_corrected(f);
    struct reading r = reading_begin(reader);
    struct article_proof *list;
    size_t n, found = 0;
    MUST(article_proofs(r.tx, r.a, id, &list, &n, e));
    char keys[2][64];
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        (void)snprintf(keys[i], sizeof keys[i], "%.*s", STR_FMT(list[i].key));
    reading_end(&r);
    for (int i = 0; i < 100; i++)
        (void)ground_publish(f, column, "en", "Tides", "<p>High at noon, and low in the evening.</p>", 0);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        found = 0;
        grep(f->folder, words[i], &found);
        assert_true(found > 0); /* or the test would say nothing */
    }
    MUST(do_erase(f, id, NULL, e));
    assert_int_equal(left_in(f), 1);
    MUST(finish(f, e));
    assert_int_equal(left_in(f), 0);
    found = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        grep(f->folder, words[i], &found);
    for (size_t i = 0; i < n; i++)
        grep(f->folder, keys[i], &found);
    assert_int_equal(found, 0);
}

static void an_erasure_that_was_cut_off_is_finished_by_the_next_call(void **state) {
    struct fixture *f = at_noon(state);
    int64_t id = published_and_corrected(f);
    put(f, UNUSED);
    MUST(do_erase(f, id, NULL, e));
    for (int n = 1;; n++) {
        store_fail_at(n);
        int rc = finish(f, NULL);
        if (store_fail_at(0) > 0) {
            assert_int_equal(rc, 0);
            assert_true(n > 5);
            break;
        }
        assert_int_equal(rc, -ERR_STORE_AWAY);
    }
    assert_int_equal(left_in(f), 0);
    assert_false(has(f, UNUSED));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(nothing_that_was_said_is_left_in_the_tables),
        ON_BOTH_ENGINES(the_acts_stay_proven_and_only_the_last_can_be_opened),
        ON_BOTH_ENGINES(what_is_erased_stays_so),
        ON_BOTH_ENGINES(a_reason_and_a_ground_are_asked_for),
        ON_BOTH_ENGINES(one_text_of_several_is_erased_alone),
        ON_BOTH_ENGINES(what_was_never_public_goes_without_an_entry_and_without_a_trace),
        ON_BOTH_ENGINES(imports_remember_nothing_of_it),
        ON_BOTH_ENGINES(an_erased_text_does_not_come_back_by_its_articles_key),
        ON_BOTH_ENGINES(media_go_unless_another_article_uses_them),
        cmocka_unit_test(addresses_of_media_are_found_wherever_they_stand),
        ON_ENGINE("sqlite", no_word_of_it_is_left_in_the_folder),
        ON_BOTH_ENGINES(an_erasure_that_was_cut_off_is_finished_by_the_next_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
