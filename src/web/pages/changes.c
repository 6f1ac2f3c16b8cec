// SPDX-License-Identifier: Apache-2.0
/* The public history of an article: the list of its versions, and what changed from one to the next. */
#include "press/article.h"

#include "press/proof.h"
#include "text/html.h"
#include "text/language.h"
#include "web/diff.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/article_open.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"

#include <string.h>

enum { CONTEXT = 1 }; /* unchanged paragraphs shown around a change */

struct history {
    struct article a;
    struct column c;
    size_t n;
    struct revision *revision; /* newest first */
    struct str path;           /* of the article */
};

/* 0, or the status of an answer that is made already. */
static int history_open(struct request *req, const char *rest, bool bodies, struct history *ret) {
    struct err e;
    int status = article_open(req, rest, &ret->a, &ret->c);
    if (status)
        return status;
    ret->path = article_path(req, &ret->a);
    if (article_revisions(req->tx, req->arena, ret->a.id, ret->a.text.language, bodies, &ret->revision, &ret->n, &e))
        return request_failed(req, &e);
    page_add_crumb(req, ret->a.text.title, page_path(req, ret->path));
    value_set_bool(req->view, "noindex", true);
    return 0;
}

static struct str change_path(struct request *req, const struct history *h, int64_t number) {
    return page_path(req, arena_printf(req->arena, "%.*s/changes/%lld", STR_FMT(h->path), (long long)number));
}

struct acts {
    size_t n;
    struct article_proof *act;
};

static int read_acts(struct request *req, const struct history *h, struct acts *ret, struct err *e) {
    *ret = (struct acts){0};
    return req->office->ledger ? article_proofs(req->tx, req->arena, h->a.id, &ret->act, &ret->n, e) : 0;
}

/* Where the entry that this version left in the ledger is proven; empty where it left none. */
static struct str proof_path(struct request *req, const struct history *h, const struct acts *acts, int64_t revision) {
    for (size_t i = acts->n; i-- > 0;) { /* the oldest: when it came */
        const struct article_proof *p = &acts->act[i];
        bool text = p->type != ENTRY_WITHDRAW && p->type != ENTRY_ERASE;
        if (text && p->revision == revision && strcmp(p->language, h->a.text.language) == 0)
            return page_path(req, arena_printf(req->arena, "%.*s/proof/%lld", STR_FMT(h->path), (long long)p->number));
    }
    return STR("");
}

int changes_page(struct request *req) {
    struct history h;
    struct acts acts;
    struct err e = {0};
    int status = history_open(req, "/changes", false, &h);
    if (status)
        return status;
    if (read_acts(req, &h, &acts, &e))
        return request_failed(req, &e);
    struct value *list = value_set_list(req->view, "revisions");
    for (size_t i = 0; i < h.n; i++) {
        const struct revision *r = &h.revision[i];
        bool first = i + 1 == h.n;
        struct value *one = value_append_object(list);
        value_set_text(one, "name", page_say_number(req, "changes.version", "number", r->number));
        value_set_text(one, "made", moment_minute(req, r->made_us));
        value_set_text(one, "made_rfc3339", moment_rfc3339(req, r->made_us));
        value_set_text(one, "note", r->note);
        value_set_bool(one, "first", first);
        value_set_text(one, "href", first ? STR("") : change_path(req, &h, r->number));
        value_set_text(one, "proof", proof_path(req, &h, &acts, r->number));
    }
    value_set_text(req->view, "article_href", page_path(req, h.path));
    page_set_title(req, messages_get(req->messages, "changes.title"));
    return request_page(req, 200, "changes");
}

/* --- one change --- */

static void show_paragraph(struct value *blocks, const struct diff_paragraph *p) {
    static const char *const keys[] = {[DIFF_SAME] = "same", [DIFF_REMOVED] = "del", [DIFF_ADDED] = "ins"};
    struct value *block = value_append_object(blocks);
    struct value *parts = value_set_list(block, "parts");
    value_set_bool(block, "skipped", false);
    for (size_t i = 0; i < p->n; i++) {
        struct value *part = value_append_object(parts);
        for (size_t k = 0; k < 3; k++)
            value_set_text(part, keys[k], k == p->part[i].kind ? p->part[i].text : STR(""));
    }
}

static void show_skipped(struct request *req, struct value *blocks, size_t n) {
    struct value *block = value_append_object(blocks);
    value_set_text(block, "skipped", page_say_number(req, "changes.skipped", "count", (int64_t)n));
}

static bool near_change(const struct diff *d, size_t at) {
    size_t from = at > CONTEXT ? at - CONTEXT : 0;
    for (size_t i = from; i < d->n && i <= at + CONTEXT; i++)
        if (d->paragraph[i].changed)
            return true;
    return false;
}

/* Nothing where before and after are the same. */
static void show_field(struct request *req, struct value *fields, const char *name, struct str before, struct str after,
                       struct diff *sum) {
    struct diff d;
    diff_texts(req->arena, before, after, &d);
    if (d.added + d.removed == 0 && str_eq(before, after))
        return;
    struct value *field = value_append_object(fields);
    struct value *blocks = value_set_list(field, "blocks");
    value_set_text(field, "name", messages_get(req->messages, name));
    for (size_t i = 0; i < d.n;) {
        size_t end = i;
        while (end < d.n && !near_change(&d, end))
            end++;
        if (end > i)
            show_skipped(req, blocks, end - i);
        if (end < d.n)
            show_paragraph(blocks, &d.paragraph[end++]);
        i = end;
    }
    value_set_bool(req->view, "has_fields", true);
    sum->added += d.added;
    sum->removed += d.removed;
}

static void show_fields(struct request *req, const struct revision *before, const struct revision *after) {
    BUF_LOCAL(old);
    BUF_LOCAL(new);
    html_text(before->body_html, &old);
    html_text(after->body_html, &new);
    struct value *fields = value_set_list(req->view, "fields");
    struct diff sum = {0};
    show_field(req, fields, "changes.field_title", before->title, after->title, &sum);
    show_field(req, fields, "changes.field_summary", before->summary, after->summary, &sum);
    show_field(req, fields, "changes.field_source", before->source, after->source, &sum);
    show_field(req, fields, "changes.field_author", before->author, after->author, &sum);
    show_field(req, fields, "changes.field_keywords", before->keywords, after->keywords, &sum);
    show_field(req, fields, "changes.field_body", arena_buf(req->arena, &old), arena_buf(req->arena, &new), &sum);
    const struct message_arg args[] = {{.name = "added", .number = (int64_t)sum.added},
                                       {.name = "removed", .number = (int64_t)sum.removed}};
    value_set_text(req->view, "amount", messages_format(req->messages, req->arena, "changes.amount", args, 2));
}

int change_page(struct request *req) {
    struct history h;
    struct acts acts;
    struct err e;
    int64_t number = request_int(req, "number", 0);
    const char *rest = arena_printf(req->arena, "/changes/%lld", (long long)number).p;
    int status = history_open(req, rest ? rest : "", true, &h);
    if (status)
        return status;
    size_t at = 0;
    while (at < h.n && h.revision[at].number != number)
        at++;
    if (at + 1 >= h.n) { /* unknown, or the first: nothing came before it */
        (void)err_set(&e, ERR_NOT_FOUND, "%s", err_sentence(ERR_NOT_FOUND));
        return request_failed(req, &e);
    }
    const struct revision *after = &h.revision[at], *before = &h.revision[at + 1];
    if (read_acts(req, &h, &acts, &e))
        return request_failed(req, &e);
    show_fields(req, before, after);
    struct str history = page_path(req, arena_printf(req->arena, "%.*s/changes", STR_FMT(h.path)));
    page_add_crumb(req, messages_get(req->messages, "changes.title"), history);
    page_set_title(req, page_say_number(req, "changes.change", "number", number));
    value_set_text(req->view, "history_href", history);
    value_set_text(req->view, "made", moment_minute(req, after->made_us));
    value_set_text(req->view, "made_rfc3339", moment_rfc3339(req, after->made_us));
    value_set_text(req->view, "before", moment_minute(req, before->made_us));
    value_set_text(req->view, "note", after->note);
    value_set_text(req->view, "proof", proof_path(req, &h, &acts, number));
    return request_page(req, 200, "change");
}
