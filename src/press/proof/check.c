// SPDX-License-Identifier: Apache-2.0
/* Finds what an owner changed behind the press's back: in the words, in what opens them, or by taking rows away. */
#include "press/proof.h"

#include "ledger/commit.h"
#include "ledger/lines.h"
#include "press/article/row.h"
#include "press/ask.h"
#include "press/proof/parts.h"
#include "queries.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LANGUAGES_MOST = 16, SENTENCE_MOST = 200 };

struct checking {
    struct tx *tx;
    struct arena *arena;
    proof_say *say;
    void *arg;
    const struct article_proof *act;
    size_t acts; /* newest first */
};

__attribute__((format(printf, 3, 4))) static void tell(const struct checking *c, const char *language,
                                                       const char *format, ...) {
    char sentence[SENTENCE_MOST];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(sentence, sizeof sentence, format, values); /* cut where it is too long */
    va_end(values);
    c->say(c->arg, &(struct proof_fault){language, str_of(sentence)});
}

/* "entry 12 (publish)" */
static const char *name_of(const struct article_proof *p, char ret[64]) {
    if (p->index < 0)
        (void)snprintf(ret, 64, "the entry that waits (%s)", entry_type_word(p->type));
    else
        (void)snprintf(ret, 64, "entry %" PRId64 " (%s)", p->index, entry_type_word(p->type));
    return ret;
}

/* --- an act and its entry --- */

static int find_entry(const struct checking *c, const struct article_proof *p, struct str *ret, struct err *reterr) {
    *ret = p->entry;
    if (p->entry.n)
        return 0;
    ROWS_LOCAL(r);
    int rc = tx_rows(c->tx, &Q_article_proof_waiting, CELLS(cell_z(p->ticket)), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc > 0)
        *ret = arena_str(c->arena, rows_text(r, 0));
    return rc < 0 ? rc : 0;
}

/* Its line "word rest"; empty where it has none. (One that waits may refer to a ticket, which is no whole entry yet.)
 */
static struct str line_of(struct str entry, const char *word) {
    struct str line, rest;
    while (lines_next(&entry, &line))
        if (lines_word(line, word, &rest))
            return rest;
    return STR_NONE;
}

static struct str type_of(struct str entry) {
    struct str head, type;
    return lines_next(&entry, &head) && lines_next(&entry, &type) ? type : STR_NONE;
}

static void check_against_entry(const struct checking *c, const struct article_proof *p, struct str entry,
                                const struct hash *hashes, size_t n) {
    char name[64];
    struct hash whole = commit_join(hashes, n), there;
    if (!str_is(type_of(entry), entry_type_word(p->type)) || !str_is(line_of(entry, "code"), entry_code_word(p->code)))
        tell(c, p->language, "act %" PRId64 ": the ledger has it as %.*s, code %.*s, and the store as %s, code %s",
             p->number, STR_FMT(type_of(entry)), STR_FMT(line_of(entry, "code")), entry_type_word(p->type),
             entry_code_word(p->code));
    if (!lines_base64(line_of(entry, "commit"), &there, sizeof there) || !hash_same(&whole, &there))
        tell(c, p->language, "act %" PRId64 ": its fingerprints are not those that %s commits to", p->number,
             name_of(p, name));
}

static void check_words(const struct checking *c, const struct article_proof *p, const struct document_parts *now,
                        const struct hash *hashes) {
    uint8_t key[COMMIT_KEY];
    char name[64];
    if (!lines_base64(p->key, key, sizeof key)) {
        tell(c, p->language, "act %" PRId64 ": its key is none", p->number);
        return;
    }
    for (size_t i = 0; i < now->n; i++) {
        struct hash salt = commit_salt(key, (uint32_t)i), ours = commit_part(&salt, (uint32_t)i, now->value[i]);
        if (!hash_same(&ours, &hashes[i]))
            tell(c, p->language, "%s of revision %" PRId64 ": it is not what %s commits to", now->name[i], p->revision,
                 name_of(p, name));
    }
}

static int check_act(const struct checking *c, const struct article_proof *p, struct err *reterr) {
    struct document_parts now;
    struct hash hashes[PROOF_PARTS_MOST];
    struct str entry, rest = p->hashes, one;
    size_t n = 0;
    int rc = find_entry(c, p, &entry, reterr);
    if (rc == 0)
        rc = parts_now(c->tx, c->arena, p, &now, reterr);
    if (rc < 0)
        return rc;
    while (n < PROOF_PARTS_MOST && str_cut(&rest, ' ', &one) && lines_base64(one, &hashes[n], sizeof hashes[n]))
        n++;
    if (!entry.n)
        tell(c, p->language, "act %" PRId64 " (%s): its entry is not in the ledger", p->number,
             entry_type_word(p->type));
    else if (n != now.n)
        tell(c, p->language, "act %" PRId64 ": it has %zu fingerprints, and %zu parts", p->number, n, now.n);
    else
        check_against_entry(c, p, entry, hashes, n);
    if (p->key.n && n == now.n)
        check_words(c, p, &now, hashes);
    return 0;
}

/* --- the present text --- */

/* The last act that committed to this text's words. */
static const struct article_proof *last_of(const struct checking *c, const char *language) {
    for (size_t i = 0; i < c->acts; i++)
        if (strcmp(c->act[i].language, language) == 0 && parts_are_of_text(c->act[i].type))
            return &c->act[i];
    return NULL;
}

static void check_present(const struct checking *c, const struct article *a) {
    const struct article_proof *p = last_of(c, a->text.language);
    const char *language = a->text.language;
    char name[64];
    if (!p) {
        tell(c, language, "it is published, and no entry says so");
        return;
    }
    if (p->revision != a->text.revision)
        tell(c, language, "revision %" PRId64 " is shown, and %s is about revision %" PRId64, a->text.revision,
             name_of(p, name), p->revision);
    if (p->published_us != a->published_us)
        tell(c, language, "published: the time that is shown is not what %s commits to", name_of(p, name));
    if (!str_eq(p->picture, a->picture))
        tell(c, language, "picture: the one that is shown is not what %s commits to", name_of(p, name));
}

/* What lists and pages show, and what the revision says of it. */
static int check_shown(const struct checking *c, const struct article *a, struct err *reterr) {
    const struct article_text *t = &a->text;
    struct article_proof as = {.article_id = a->id, .revision = t->revision, .type = ENTRY_PUBLISH};
    struct document_parts now;
    memcpy(as.language, t->language, sizeof as.language);
    int rc = parts_now(c->tx, c->arena, &as, &now, reterr);
    if (rc < 0)
        return rc;
    const struct {
        const char *part;
        struct str shown;
    } fields[] = {{"title", t->title},       {"source", t->source},   {"author", t->author},
                  {"keywords", t->keywords}, {"summary", t->summary}, {"picture_alt", t->picture_alt},
                  {"note", t->note}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        for (size_t k = 0; k < now.n; k++)
            if (strcmp(now.name[k], fields[i].part) == 0 && !str_eq(now.value[k], fields[i].shown))
                tell(c, t->language, "%s: what is shown is not what revision %" PRId64 " says", fields[i].part,
                     t->revision);
    return 0;
}

static void check_erased(const struct checking *c, const struct article *a) {
    const struct article_text *t = &a->text;
    if (t->title.n || t->summary.n || t->source.n || t->author.n || t->keywords.n || t->picture_alt.n || t->note.n ||
        t->body_html.n)
        tell(c, t->language, "it was erased, and there are words again");
    for (size_t i = 0; i < c->acts; i++)
        if (strcmp(c->act[i].language, t->language) == 0) {
            if (c->act[i].type != ENTRY_ERASE)
                tell(c, t->language, "it was erased, and no entry says so");
            return;
        }
}

static int check_texts(const struct checking *c, int64_t id, struct err *reterr) {
    struct article_list texts = {0};
    ROWS_LOCAL(r);
    int rc = tx_rows(c->tx, &Q_article_texts, CELLS(cell_int(id)), &r, reterr);
    if (rc == 0)
        rc = article_take_all(c->arena, r, true, LANGUAGES_MOST, &texts, reterr);
    for (size_t i = 0; rc == 0 && i < texts.n; i++) {
        const struct article *a = &texts.item[i];
        if (a->state == ARTICLE_ERASED)
            check_erased(c, a);
        else
            rc = check_shown(c, a, reterr);
        if (a->state == ARTICLE_PUBLISHED)
            check_present(c, a);
    }
    return rc;
}

int article_proof_check(struct tx *tx, int64_t article_id, proof_say *say, void *arg, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct article_proof *acts;
    struct checking c = {.tx = tx, .arena = a, .say = say, .arg = arg};
    if (!a)
        return ask_no_memory(reterr);
    int rc = article_proofs(tx, a, article_id, &acts, &c.acts, reterr);
    c.act = acts;
    for (size_t i = 0; rc == 0 && i < c.acts; i++) {
        int64_t before = i + 1 < c.acts ? acts[i + 1].number : 0;
        if (acts[i].number != before + 1)
            tell(&c, "", "act %" PRId64 " is not there any more", acts[i].number - 1);
        rc = check_act(&c, &acts[i], reterr);
    }
    return rc < 0 ? rc : check_texts(&c, article_id, reterr);
}

/* --- entries whose act is gone --- */

static bool is_of_press(struct str type) {
    static const enum entry_type types[] = {ENTRY_PUBLISH, ENTRY_EMERGENCY, ENTRY_COUNTERSIGN, ENTRY_CORRECT,
                                            ENTRY_WITHDRAW};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(type, entry_type_word(types[i])))
            return true;
    return false;
}

int article_proof_check_entries(struct tx *tx, int64_t from, int64_t until, proof_say *say, void *arg,
                                struct err *reterr) {
    const struct checking c = {.tx = tx, .say = say, .arg = arg};
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_article_proof_untied, CELLS(cell_int(from), cell_int(until)), &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        struct str type = type_of(rows_text(r, 1));
        if (is_of_press(type))
            tell(&c, "", "entry %" PRId64 " (%.*s): the act that it records is not in the store", rows_int(r, 0),
                 STR_FMT(type));
        rc = 0;
    }
    return rc;
}
