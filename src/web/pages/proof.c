// SPDX-License-Identifier: Apache-2.0
/* The proof of an article: the acts that stand in the ledger, what opens them, and the check in the reader's browser
 * (assets/proof.js). The same openings for programs. */
#include "press/proof.h"

#include "text/language.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/article_open.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"
#include "web/pages/record.h"
#include "web/shelf.h"
#include "web/tlog.h"

#include <string.h>

struct proof {
    struct article a;
    struct str path; /* of the article: "/news/12" */
    size_t n;
    struct article_proof *act;        /* newest first */
    const struct article_proof *here; /* the one that is shown; NULL: there is none */
    bool newest;                      /* and it is the last one of its text */
    struct opened opened;
};

/* --- which act --- */

static const struct article_proof *newest_of(const struct proof *p, const char *language) {
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->act[i].language, language) == 0)
            return &p->act[i];
    return NULL;
}

static const struct article_proof *numbered(const struct proof *p, int64_t number) {
    for (size_t i = 0; i < p->n; i++)
        if (p->act[i].number == number)
            return &p->act[i];
    return NULL;
}

/* number 0: the newest act upon the text that the article's page shows. 0, or the status of an answer that is made
 * already. */
static int proof_open(struct request *req, int64_t number, struct str rest, struct proof *ret) {
    struct err e = {0};
    struct column c;
    *ret = (struct proof){0};
    if (!req->office->ledger)
        return request_refused(req, ERR_NOT_FOUND, "no_ledger", "This office keeps no ledger.");
    int status = article_locate(req, arena_z(req->arena, rest), &ret->a, &c);
    if (status)
        return status;
    ret->path = article_path(req, &ret->a);
    if (shelf_acts(req, ret->a.id, &ret->act, &ret->n, &e))
        return request_failed(req, &e);
    ret->here = number ? numbered(ret, number) : newest_of(ret, ret->a.text.language);
    if (number && !ret->here)
        return request_refused(req, ERR_NOT_FOUND, "no_act", "This page has no act of that number.");
    ret->newest = ret->here && ret->here == newest_of(ret, ret->here->language);
    if (ret->here && article_proof_open(req->tx, req->arena, ret->here, &ret->opened, &e))
        return request_failed(req, &e);
    return 0;
}

/* --- openings, for programs --- */

static int send_opening(struct request *req, int64_t number, struct str rest) {
    struct proof p;
    struct str json;
    struct err e = {0};
    int status = proof_open(req, number, rest, &p);
    if (status)
        return status;
    if (!p.here)
        return request_refused(req, ERR_NOT_FOUND, "not_on_record",
                               "Nothing about this page stands in the ledger yet.");
    if (article_opening_json(req->arena, p.here, &p.opened, &json, &e))
        return request_failed(req, &e);
    return request_bytes(req, "application/json", json);
}

int proof_opening(struct request *req) {
    return send_opening(req, 0, STR("/proof.json"));
}

/* "3.json", in this one spelling. */
static int64_t number_of(struct str file) {
    int64_t number = 0;
    if (!str_ends(file, ".json") || !str_to_int(str_first(file, file.n - 5), &number) || number <= 0)
        return 0;
    char same[32];
    int n = snprintf(same, sizeof same, "%lld.json", (long long)number);
    return str_eq(file, str_part(same, (size_t)n)) ? number : 0;
}

int proof_opening_of(struct request *req) {
    struct str file = request_text(req, "file");
    int64_t number = number_of(file);
    if (!number)
        return request_refused(req, ERR_NOT_FOUND, "opening_name", "An opening is called NUMBER.json.");
    return send_opening(req, number, arena_printf(req->arena, "/proof/%.*s", STR_FMT(file)));
}

/* --- the page --- */

static struct str act_path(struct request *req, const struct proof *p, int64_t number, const char *ending) {
    return page_path(req, arena_printf(req->arena, "%.*s/proof/%lld%s", STR_FMT(p->path), (long long)number, ending));
}

static bool is_of_text(const struct article_proof *act) {
    return act->type != ENTRY_WITHDRAW && act->type != ENTRY_ERASE;
}

/* "a further language · Version 2 · 简体中文" */
static struct str act_words(struct request *req, const struct proof *p, const struct article_proof *act) {
    BUF_LOCAL(words);
    buf_add(&words, record_code(req, act->code));
    if (is_of_text(act)) {
        buf_add_z(&words, words.n ? " · " : "");
        buf_add(&words, page_say_number(req, "proof.act_version", "number", act->revision));
    }
    if (p->a.languages > 1) {
        buf_add_z(&words, words.n ? " · " : "");
        language_add_name(&words, act->language);
    }
    return arena_buf(req->arena, &words);
}

static int show_acts(struct request *req, const struct proof *p, struct err *e) {
    struct value *list = value_set_list(req->view, "acts");
    for (size_t i = 0; i < p->n; i++) {
        const struct article_proof *act = &p->act[i];
        struct entry entry;
        struct value *one = value_append_object(list);
        int failed = act->index >= 0 ? entry_read(act->entry, &entry, e) : 0;
        if (failed)
            return failed;
        value_set_text(one, "type", record_type(req, act->type));
        value_set_text(one, "about", act_words(req, p, act));
        value_set_text(one, "day", act->index >= 0 ? record_day(req, entry.day) : STR(""));
        value_set_text(one, "long_day", act->index >= 0 ? record_long_day(req, entry.day) : STR(""));
        value_set_text(one, "entry", page_say_number(req, "proof.act_entry", "index", act->index));
        value_set_text(one, "href", act->index >= 0 ? record_path(req, act->index) : STR(""));
        value_set_text(one, "show", act_path(req, p, act->number, ""));
        value_set_bool(one, "here", act == p->here);
    }
    value_set_bool(req->view, "has_acts", p->n > 0);
    return 0;
}

/* What the entry committed to, part by part, marked for the check: where no page shows it as it was. */
static void show_parts(struct request *req, const struct proof *p) {
    struct value *list = value_set_list(req->view, "parts");
    const char *language = p->here->language;
    for (size_t i = 0; i < p->opened.n; i++) {
        const struct opened_part *part = &p->opened.part[i];
        if (part->value.n == 0)
            continue;
        struct value *one = value_append_object(list);
        struct str key = arena_printf(req->arena, "check.part_%s", part->name);
        value_set_text(one, "label", messages_get(req->messages, key.p ? key.p : ""));
        value_set_z(one, "name", part->name);
        value_set_text(one, "value", part->value);
        value_set_bool(one, "body", strcmp(part->name, "body") == 0);
        value_set_bool(req->view, "parts_shown", true);
    }
    value_set_z(req->view, "part_language", arena_z(req->arena, str_of(language)));
    value_set_z(req->view, "part_dir", language_is_rtl(language) ? "rtl" : "ltr");
}

/* The newest act upon a text is checked against the text's own page; an earlier one against what stands here. */
static void show_check(struct request *req, const struct proof *p, bool numbered_page) {
    const struct article_proof *act = p->here;
    int language = site_language(req->site, str_of(act->language));
    bool on_page = p->newest && language >= 0;
    struct str shown = on_page ? request_path_in(req, (size_t)language, p->path) : act_path(req, p, act->number, "");
    bool open = p->opened.state == OPENING_PUBLIC;
    value_set_bool(req->view, "check", true);
    value_set_text(req->view, "shown", shown);
    value_set_text(req->view, "shown_url",
                   arena_printf(req->arena, "%.*s%.*s", STR_FMT(req->site->origin), STR_FMT(shown)));
    struct str own = page_path(req, arena_printf(req->arena, "%.*s/proof.json", STR_FMT(p->path)));
    bool once = page_is_copy(req) && !numbered_page; /* where no act comes between page and opening */
    value_set_text(req->view, "opening", once ? own : act_path(req, p, act->number, ".json"));
    value_set_text(req->view, "proof_href",
                   act->index < 0 ? STR("") : arena_printf(req->arena, "/ledger/proof/%lld", (long long)act->index));
    value_set_bool(req->view, "open", open && is_of_text(act));
    if (!on_page && open)
        show_parts(req, p);
}

static struct str stand(struct request *req, const struct proof *p, const struct entry *entry) {
    if (!p->here)
        return messages_get(req->messages, "proof.stand_none");
    if (p->here->index < 0)
        return messages_get(req->messages, "proof.stand_waiting");
    const struct message_arg args[] = {
        {.name = "index", .text = messages_number(req->messages, req->arena, p->here->index)},
        {.name = "day", .text = record_long_day(req, entry->day)}};
    return messages_format(req->messages, req->arena, is_of_text(p->here) ? "proof.stand" : "proof.stand_act", args, 2);
}

static void show_titles(struct request *req, const struct proof *p) {
    struct str title = p->a.text.title, label = messages_get(req->messages, "proof.label");
    if (title.n == 0) /* erased */
        title = page_say_number(req, "proof.nameless", "id", p->a.id);
    page_add_crumb(req, title, page_path(req, p->path));
    if (p->here) {
        const struct message_arg args[] = {{.name = "act", .text = record_type(req, p->here->type)},
                                           {.name = "title", .text = title}};
        page_set_title(req, messages_format(req->messages, req->arena, "proof.title_act", args, 2));
    } else {
        page_set_title(req, label);
    }
    value_set_text(req->view, "text_title", title);
    if (p->here && !p->newest) {
        struct str type = record_type(req, p->here->type), words = act_words(req, p, p->here);
        value_set_text(req->view, "act",
                       arena_printf(req->arena, "%.*s%s%.*s", STR_FMT(type), words.n ? " · " : "", STR_FMT(words)));
    }
}

static int show_page(struct request *req, int64_t number) {
    struct proof p;
    struct ledger_state state;
    struct entry entry = {0};
    struct err e = {0};
    struct str rest = number ? arena_printf(req->arena, "/proof/%lld", (long long)number) : STR("/proof");
    int status = tlog_find(req, &state);
    if (!status)
        status = proof_open(req, number, rest, &p);
    if (status)
        return status;
    bool placed = p.here && p.here->index >= 0;
    if ((placed && entry_read(p.here->entry, &entry, &e)) || show_acts(req, &p, &e) || record_show_witnesses(req, &e))
        return request_failed(req, &e);
    if (p.here)
        show_check(req, &p, number != 0);
    show_titles(req, &p);
    value_set_text(req->view, "stand", stand(req, &p, &entry));
    value_set_text(req->view, "means",
                   placed ? page_say_number(req, "proof.means_text", "index", p.here->index) : STR(""));
    value_set_text(req->view, "article_href", page_path(req, p.path));
    value_set_bool(req->view, "noindex", true);
    return request_page(req, 200, "proof");
}

int proof_page(struct request *req) {
    return show_page(req, 0);
}

int proof_act_page(struct request *req) {
    int64_t number = request_int(req, "number", 0);
    if (number == 0) /* acts are counted from 1 */
        return request_failed(req, &(struct err){.code = -ERR_NOT_FOUND});
    return show_page(req, number);
}
