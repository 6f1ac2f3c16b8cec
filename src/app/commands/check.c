// SPDX-License-Identifier: Apache-2.0
/* `daylight check`: reads everything that the folder holds, and tells what is not sound. */
#include "app/commands.h"
#include "app/folder.h"
#include "app/output.h"
#include "base/file.h"
#include "ledger/audit.h"
#include "ledger/sequencer.h"
#include "press/article.h"
#include "press/erasure.h"
#include "press/proof.h"
#include "press/search.h"
#include "press/views.h"
#include "text/html.h"

#include <stdio.h>
#include <unistd.h>

enum { SOME = 100, STRETCH = 4096 };

struct checking {
    const struct folder *folder;
    struct article_where where;
    bool more;
    int64_t articles, texts, indexed, dead, waiting;
    uint64_t entries; /* of the ledger */
    bool json;
    json_t *faults; /* array of strings */
    size_t count;
};

static void fault(struct checking *c, const char *where, const char *what) {
    BUF_LOCAL(line);
    buf_printf(&line, "%s: %s", where, what);
    c->count++;
    if (!c->json)
        printf("%s\n", line.p);
    else if (json_array_append_new(c->faults, json_string(line.p)))
        fprintf(stderr, "%s\n", line.p); /* no memory for the list: said here at least */
}

static void check_body(struct checking *c, const char *where, struct str body) {
    BUF_LOCAL(clean);
    struct err err = {0};
    if (html_clean(body, &clean, &err) || buf_failed(&clean))
        fault(c, where, err.text[0] ? err.text : "not enough memory to check its text");
    else if (!str_eq(buf_str(&clean), body))
        fault(c, where, "its text is not clean HTML");
}

static int check_index(struct checking *c, struct tx *tx, const char *where, const struct article *a,
                       struct err *reterr) {
    static const char *const sentences[] = {
        [SEARCH_MISSING] = "it is not in the search index; daylight rebuild puts it there",
        [SEARCH_STALE] = "the search index holds other words of it; daylight rebuild mends that",
        [SEARCH_LEFT_OVER] = "it is not published, and yet in the search index; daylight rebuild takes it out",
    };
    enum search_state state = SEARCH_SOUND;
    int bad = search_check(tx, a, &state, reterr);
    if (!bad && sentences[state])
        fault(c, where, sentences[state]);
    return bad;
}

struct told { /* of one article, or of none */
    struct checking *c;
    int64_t id;
};

static void proof_fault(void *arg, const struct proof_fault *f) {
    const struct told *t = arg;
    BUF_LOCAL(where);
    if (t->id)
        buf_printf(&where, "article %lld", (long long)t->id);
    else
        buf_add_z(&where, "ledger");
    if (f->language[0])
        buf_printf(&where, " (%s)", f->language);
    BUF_LOCAL(what);
    buf_add(&what, f->what);
    fault(t->c, where.p, what.p);
}

static int check_text(struct checking *c, struct tx *tx, const struct article *a, struct err *reterr) {
    char where[64];
    (void)snprintf(where, sizeof where, "article %lld (%s)", (long long)a->id, a->text.language); /* fits */
    if (a->state != ARTICLE_ERASED && !a->text.title.n)
        fault(c, where, "it has no title");
    check_body(c, where, a->text.body_html);
    if (str_starts(a->picture, "/media/") && !folder_has_media(c->folder->path, a->picture))
        fault(c, where, "its picture is not in media/");
    c->texts++;
    return check_index(c, tx, where, a, reterr);
}

/* One article in all its languages, and its acts. */
static int check_article(struct checking *c, struct tx *tx, int64_t id, struct err *reterr) {
    ARENA_LOCAL(arena, 0);
    struct article a;
    int bad = article_get(tx, arena, id, NULL, true, &a, reterr);
    if (bad)
        return bad;
    size_t languages = a.languages;
    const char **language = a.language;
    for (size_t i = 0; i < languages; i++) {
        bad = article_get(tx, arena, id, language[i], true, &a, reterr);
        if (bad)
            return bad;
        bad = check_text(c, tx, &a, reterr);
        if (bad)
            return bad;
    }
    c->articles++;
    return article_proof_check(tx, id, proof_fault, &(struct told){c, id}, reterr);
}

static int check_some(struct tx *tx, void *arg, struct err *reterr) {
    struct checking *c = arg;
    ARENA_LOCAL(arena, 0);
    struct article_list list;
    int bad = article_list(tx, arena, &c->where, &list, reterr);
    for (size_t i = 0; !bad && i < list.n; i++) {
        const struct article *a = &list.item[i];
        bad = check_article(c, tx, a->id, reterr);
        c->where.before_us = article_place_us(a);
        c->where.before_id = a->id;
    }
    if (!bad)
        c->more = list.more;
    return bad;
}

static int count_index(struct tx *tx, void *arg, struct err *reterr) {
    struct checking *c = arg;
    int bad = search_count(tx, &c->indexed, &c->dead, reterr);
    return bad ? bad : search_later_count(tx, INT64_MAX, &c->waiting, reterr);
}

static int print_result(struct checking *c, struct err *reterr) {
    if (c->json)
        return output_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:O}", "articles", (json_int_t)c->articles,
                                     "texts", (json_int_t)c->texts, "indexed", (json_int_t)c->indexed, "index_dead",
                                     (json_int_t)c->dead, "index_waiting", (json_int_t)c->waiting, "ledger_entries",
                                     (json_int_t)c->entries, "faults", c->faults),
                           reterr);
    if (c->waiting)
        printf("%lld texts of a large import wait for the search index: the server puts them in, or the same import "
               "again, or daylight rebuild.\n",
               (long long)c->waiting);
    if (c->dead > c->indexed)
        printf("The search index has %lld rows of earlier texts beside %lld of present ones; daylight rebuild makes it "
               "small again.\n",
               (long long)c->dead, (long long)c->indexed);
    printf("%lld articles, %lld texts, %lld in the search index, %llu entries in the ledger, %zu faults\n",
           (long long)c->articles, (long long)c->texts, (long long)c->indexed, (unsigned long long)c->entries,
           c->count);
    return 0;
}

static void check_views(struct checking *c) {
    BUF_LOCAL(path);
    struct views *views = NULL;
    struct err err = {0};
    file_join(&path, c->folder->path, "views");
    int lock;
    if (!file_exists(path.p) || folder_lock(c->folder->path, &lock, NULL))
        return; /* never served yet, or a server has it open and sound */
    if (views_open(path.p, c->folder->store, &views, &err))
        fault(c, "views", err.text);
    views_close(views);
    (void)close(lock); /* nothing was written to it */
}

/* --- the ledger --- */

static void ledger_fault(void *arg, const char *line) {
    fault(arg, "ledger", line);
}

static int check_ledger(struct checking *c, struct err *reterr) {
    const struct folder *f = c->folder;
    struct err err = {0};
    int bad = ledger_rebuild(f->store, str_of(f->path), false, ledger_fault, NULL, c, &c->entries, &err);
    if (bad == -ERR_LEDGER)
        fault(c, "ledger", err.text);
    if (!bad || bad == -ERR_LEDGER)
        bad = ledger_audit(f->store, ledger_fault, c, &err);
    if (bad < 0 && bad != -ERR_NOT_FOUND) /* an office that was never served since there are ledgers */
        return err_set(reterr, (enum err_code) - bad, "%s", err.text);
    return 0;
}

struct stretch {
    struct checking *c;
    int64_t from;
};

static int check_stretch(struct tx *tx, void *arg, struct err *reterr) {
    const struct stretch *s = arg;
    return article_proof_check_entries(tx, s->from, s->from + STRETCH, proof_fault, &(struct told){s->c, 0}, reterr);
}

/* Every entry of the press belongs to an act that is there. */
static int check_entries(struct checking *c, struct err *reterr) {
    int bad = 0;
    for (struct stretch s = {c, 0}; !bad && (uint64_t)s.from < c->entries; s.from += STRETCH)
        bad = store_read(c->folder->store, check_stretch, &s, reterr);
    return bad;
}

/* --- erasures --- */

static int check_erasures(struct tx *tx, void *arg, struct err *reterr) {
    int64_t left = 0;
    int bad = erasure_left(tx, &left, reterr);
    if (!bad && left)
        fault(arg, "erasure",
              "one is not finished: freed room on the disk may still hold what it said; the same "
              "daylight article erase again goes on");
    return bad;
}

int check_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    int bad = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    if (!bad)
        bad = store_ping(folder.store, reterr);
    if (bad)
        return bad;
    struct checking c = {.folder = &folder,
                         .where = {.all = true, .most = SOME},
                         .more = true,
                         .faults = json_array(),
                         .json = arguments_flag(arguments, "json")};
    while (!bad && c.more)
        bad = store_read(folder.store, check_some, &c, reterr);
    if (!bad)
        bad = store_read(folder.store, count_index, &c, reterr);
    if (!bad)
        check_views(&c);
    if (!bad)
        bad = check_ledger(&c, reterr);
    if (!bad)
        bad = check_entries(&c, reterr);
    if (!bad)
        bad = store_read(folder.store, check_erasures, &c, reterr);
    if (!bad)
        bad = print_result(&c, reterr);
    json_decref(c.faults);
    return bad ? bad : c.count ? COMMAND_REFUSED : 0;
}
