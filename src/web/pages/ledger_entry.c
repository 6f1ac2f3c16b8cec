// SPDX-License-Identifier: Apache-2.0
/* One entry in words and as it stands in the ledger; and the incidents, which are entries with a document. */
#include "ledger/merkle.h"
#include "ledger/sequencer.h"
#include "press/proof.h"
#include "queries.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"
#include "web/pages/record.h"
#include "web/tlog.h"

#include <sodium.h>
#include <string.h>

static struct str base64(const struct request *req, const struct hash *h) {
    char text[sodium_base64_ENCODED_LEN(sizeof h->b, sodium_base64_VARIANT_ORIGINAL)];
    (void)sodium_bin2base64(text, sizeof text, h->b, sizeof h->b, sodium_base64_VARIANT_ORIGINAL); /* gives text */
    return arena_str(req->arena, str_of(text));
}

static void add_crumb(struct request *req) {
    page_add_crumb(req, messages_get(req->messages, "ledger.title"), page_path(req, STR("/ledger/")));
    value_set_text(req->view, "ledger_href", page_path(req, STR("/ledger/")));
}

/* --- one entry --- */

/* Each line of the entry with what it means. */
static void show_lines(struct request *req, struct str text) {
    static const char *const meanings[] = {"ledger.field_version", "ledger.field_type", "ledger.field_day",
                                           "ledger.field_unit",    "ledger.field_ref",  "ledger.field_commit",
                                           "ledger.field_code"};
    struct value *lines = value_set_list(req->view, "lines");
    struct str line;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings && str_cut(&text, '\n', &line); i++) {
        struct value *one = value_append_object(lines);
        value_set_text(one, "text", line);
        value_set_text(one, "meaning", messages_get(req->messages, meanings[i]));
    }
}

static int show_proof(struct request *req, const struct ledger_state *s, int64_t index, struct err *e) {
    struct tiles_at at = {ledger_tiles(req->office->ledger), req->tx, s->signed_size, req->arena, s->signed_size, NULL};
    struct merkle_proof path;
    value_set_text(req->view, "proof_href", arena_printf(req->arena, "/ledger/proof/%lld", (long long)index));
    int failed = merkle_prove_inclusion((uint64_t)index, s->signed_size, tiles_source, &at, &path, e);
    if (failed)
        return failed;
    value_set_text(req->view, "covered", page_say_number(req, "ledger.covered", "count", (int64_t)s->signed_size));
    value_set_text(req->view, "path", page_say_number(req, "ledger.path", "count", (int64_t)path.n));
    return 0;
}

/* What keys, policies and incidents stand for is public; a text's commitment opens on the page of the text. */
static int show_document(struct request *req, struct value *to, const struct entry *entry, struct err *e) {
    bool public = entry->type == ENTRY_KEY || entry->type == ENTRY_POLICY || entry->type == ENTRY_INCIDENT;
    struct str text = STR("");
    int failed = public && entry->committed ? ledger_document(req->tx, req->arena, &entry->commit, &text, e) : 0;
    char hex[2 * sizeof entry->commit.b + 1];
    (void)sodium_bin2hex(hex, sizeof hex, entry->commit.b, sizeof entry->commit.b); /* gives hex */
    value_set_text(to, "document", text);
    value_set_text(to, "document_href", arena_printf(req->arena, "/ledger/document/%s", hex));
    return failed == -ERR_NOT_FOUND ? 0 : failed;
}

/* The page of the text that the entry stands for, while there is one; which of them it is only the store knows. */
static int show_article(struct request *req, int64_t index, struct err *e) {
    ROWS_LOCAL(r);
    struct article a;
    int rc = tx_rows(req->tx, &Q_ledger_entry_article, CELLS(cell_int(index)), &r, e);
    if (rc == 0)
        rc = rows_next(r, e);
    if (rc <= 0)
        return rc;
    long long number = (long long)rows_int(r, 1);
    rc = article_get(req->tx, req->arena, rows_int(r, 0), page_language(req), false, &a, e);
    if (rc)
        return rc == -ERR_NOT_FOUND ? 0 : rc;
    struct str path = article_path(req, &a);
    value_set_text(req->view, "about_title", a.text.title);
    value_set_z(req->view, "about_language", arena_z(req->arena, str_of(a.text.language)));
    value_set_text(req->view, "about_href",
                   page_path(req, arena_printf(req->arena, "%.*s/proof/%lld", STR_FMT(path), number)));
    return 0;
}

static void show_neighbours(struct request *req, int64_t index, int64_t size) {
    value_set_text(req->view, "previous", index > 0 ? record_path(req, index - 1) : STR(""));
    value_set_text(req->view, "next", index + 1 < size ? record_path(req, index + 1) : STR(""));
}

/* --- a hundred of them: in a copy, where a file each would be a third of all files --- */

/* A copy has an act once: the newest one upon a text on the text's own page of proof, an earlier one on its own. */
static void show_act(struct request *req, struct value *one, const struct article_act_named *act) {
    int language = site_language(req->site, str_of(act->language));
    struct str number = act->newest ? STR("") : arena_printf(req->arena, "/%lld", (long long)act->number);
    struct str path = arena_printf(req->arena, "/%.*s/%lld/proof%.*s", STR_FMT(act->column_slug),
                                   (long long)act->article_id, STR_FMT(number));
    value_set_text(one, "about_title", language < 0 ? STR("") : act->title);
    value_set_z(one, "about_language", arena_z(req->arena, str_of(act->language)));
    value_set_text(one, "about_href", language < 0 ? STR("") : request_path_in(req, (size_t)language, path));
}

/* The tree grows, the page stays as it is: no path, only where the proof file is. */
static int show_whole(struct request *req, struct value *one, int64_t index, struct str text, struct err *e) {
    struct entry entry;
    struct hash leaf = merkle_leaf(text.p, text.n);
    int failed = entry_read(text, &entry, e);
    if (failed)
        return failed;
    record_show(req, one, index, &entry);
    value_set_int(one, "index", index);
    value_set_text(one, "text", text);
    value_set_text(one, "leaf", base64(req, &leaf));
    value_set_text(one, "proof_href", arena_printf(req->arena, "/ledger/proof/%lld", (long long)index));
    return show_document(req, one, &entry, e);
}

static int show_hundred(struct request *req, int64_t from, int64_t to, struct err *e) {
    struct value *list = value_set_list(req->view, "entries");
    struct article_act_named *act;
    struct str *text;
    size_t n, acts, at = 0;
    int failed = ledger_entries(req->tx, req->arena, from, (size_t)(to - from), &text, &n, e);
    if (!failed)
        failed = article_acts_of_entries(req->tx, req->arena, from, to, &act, &acts, e);
    for (size_t i = 0; !failed && i < n; i++) {
        struct value *one = value_append_object(list);
        failed = show_whole(req, one, from + (int64_t)i, text[i], e);
        while (!failed && at < acts && act[at].index < from + (int64_t)i)
            at++;
        if (!failed && at < acts && act[at].index == from + (int64_t)i)
            show_act(req, one, &act[at]);
    }
    if (!failed && n)
        show_lines(req, text[0]);
    return failed;
}

static int hundred_page(struct request *req, int64_t index, int64_t size) {
    struct err e = {0};
    int64_t from = index - index % COPY_ENTRIES, to = from + COPY_ENTRIES < size ? from + COPY_ENTRIES : size;
    if (show_hundred(req, from, to, &e))
        return request_failed(req, &e);
    const struct message_arg args[] = {{.name = "first", .text = messages_number(req->messages, req->arena, from)},
                                       {.name = "last", .text = messages_number(req->messages, req->arena, to - 1)}};
    value_set_text(req->view, "previous", from > 0 ? record_path(req, from - 1) : STR(""));
    value_set_text(req->view, "next", to < size ? record_path(req, to) : STR(""));
    value_set_bool(req->view, "noindex", true);
    add_crumb(req);
    page_set_title(req, messages_format(req->messages, req->arena, "ledger.from", args, 2));
    return request_page(req, 200, "ledger_entries");
}

int ledger_entry_page(struct request *req) {
    struct ledger_state state;
    struct str text;
    struct entry entry;
    struct err e = {0};
    int64_t index = request_int(req, "index", -1);
    int status = tlog_open(req, &state);
    if (status)
        return status;
    if (index < 0 || (uint64_t)index >= state.signed_size)
        return request_failed(req, &(struct err){.code = -ERR_NOT_FOUND});
    if (page_is_copy(req))
        return hundred_page(req, index, (int64_t)state.signed_size);
    if (ledger_entry(req->tx, req->arena, index, &text, &e) || entry_read(text, &entry, &e) ||
        show_proof(req, &state, index, &e) || show_document(req, req->view, &entry, &e) || show_article(req, index, &e))
        return request_failed(req, &e);
    struct hash leaf = merkle_leaf(text.p, text.n);
    record_show(req, value_set_object(req->view, "entry"), index, &entry);
    show_lines(req, text);
    show_neighbours(req, index, (int64_t)state.signed_size);
    add_crumb(req);
    value_set_text(req->view, "leaf", base64(req, &leaf));
    page_set_title(req, page_say_text(req, "ledger.entry", "index", messages_number(req->messages, req->arena, index)));
    return request_page(req, 200, "ledger_entry");
}

/* --- incidents --- */

enum { INCIDENTS_MOST = 200 };

static int show_incident(struct request *req, struct value *list, int64_t index, struct str text, struct err *e) {
    struct entry entry;
    struct str document = STR("");
    int failed = entry_read(text, &entry, e);
    if (!failed && entry.committed)
        failed = ledger_document(req->tx, req->arena, &entry.commit, &document, e);
    if (failed && failed != -ERR_NOT_FOUND)
        return failed;
    struct value *one = value_append_object(list);
    record_show(req, one, index, &entry);
    value_set_text(one, "document", document);
    return 0;
}

static int show_incidents(struct request *req, struct err *e) {
    struct value *list = value_set_list(req->view, "incidents");
    ROWS_LOCAL(r);
    int more = tx_rows(req->tx, &Q_ledger_incidents, CELLS(cell_int(INCIDENTS_MOST)), &r, e);
    if (more)
        return more;
    while ((more = rows_next(r, e)) > 0) {
        int failed = show_incident(req, list, rows_int(r, 0), arena_str(req->arena, rows_text(r, 1)), e);
        if (failed)
            return failed;
        value_set_bool(req->view, "has_incidents", true);
    }
    return more;
}

int ledger_incidents_page(struct request *req) {
    struct ledger_state state;
    struct err e = {0};
    int status = tlog_find(req, &state);
    if (status)
        return status;
    if (show_incidents(req, &e))
        return request_failed(req, &e);
    add_crumb(req);
    page_set_title(req, messages_get(req->messages, "ledger.incidents"));
    return request_page(req, 200, "ledger_incidents");
}

/* --- for auditors --- */

int ledger_about_page(struct request *req) {
    struct ledger_state state;
    struct str vkey = STR("");
    struct err e = {0};
    int status = tlog_find(req, &state);
    if (status)
        return status;
    if (state.checkpoint.n && tlog_vkey(req, &vkey, &e))
        return request_failed(req, &e);
    add_crumb(req);
    value_set_text(req->view, "vkey", vkey);
    value_set_text(req->view, "origin", req->site->origin);
    page_set_title(req, messages_get(req->messages, "auditor.title"));
    value_set_text(req->view, "description", messages_get(req->messages, "auditor.stand"));
    return request_page(req, 200, "ledger_about");
}
