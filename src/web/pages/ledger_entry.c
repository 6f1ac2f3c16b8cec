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
    if (page_is_copy(req)) /* the tree grows, the page stays as it is */
        return 0;
    int failed = merkle_prove_inclusion((uint64_t)index, s->signed_size, tiles_source, &at, &path, e);
    if (failed)
        return failed;
    value_set_text(req->view, "covered", page_say_number(req, "ledger.covered", "count", (int64_t)s->signed_size));
    value_set_text(req->view, "path", page_say_number(req, "ledger.path", "count", (int64_t)path.n));
    return 0;
}

/* What keys, policies and incidents stand for is public; a text's commitment opens on the page of the text. */
static int show_document(struct request *req, const struct entry *entry, struct err *e) {
    bool public = entry->type == ENTRY_KEY || entry->type == ENTRY_POLICY || entry->type == ENTRY_INCIDENT;
    struct str text = STR("");
    int failed = public && entry->committed ? ledger_document(req->tx, req->arena, &entry->commit, &text, e) : 0;
    char hex[2 * sizeof entry->commit.b + 1];
    (void)sodium_bin2hex(hex, sizeof hex, entry->commit.b, sizeof entry->commit.b); /* gives hex */
    value_set_text(req->view, "document", text);
    value_set_text(req->view, "document_href", arena_printf(req->arena, "/ledger/document/%s", hex));
    return failed == -ERR_NOT_FOUND ? 0 : failed;
}

static bool is_newest(const struct article_proof *acts, size_t n, const struct article_proof *act) {
    for (size_t i = 0; i < n; i++)
        if (acts[i].number > act->number && strcmp(acts[i].language, act->language) == 0)
            return false;
    return true;
}

/* A copy has an act once: the newest one upon a text on the text's own page of proof, an earlier one on its own. */
static int act_in_copy(struct request *req, const struct article *a, int64_t number, struct str *ret, struct err *e) {
    struct article_proof *acts;
    size_t n;
    struct str path = article_path(req, a);
    int failed = article_proofs(req->tx, req->arena, a->id, &acts, &n, e);
    for (size_t i = 0; !failed && i < n; i++) {
        int language = site_language(req->site, str_of(acts[i].language));
        if (acts[i].number != number || language < 0)
            continue;
        struct str own = is_newest(acts, n, &acts[i]) ? STR("") : arena_printf(req->arena, "/%lld", (long long)number);
        *ret = request_path_in(req, (size_t)language,
                               arena_printf(req->arena, "%.*s/proof%.*s", STR_FMT(path), STR_FMT(own)));
    }
    return failed;
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
    struct str href = page_path(req, arena_printf(req->arena, "%.*s/proof/%lld", STR_FMT(path), number));
    rc = page_is_copy(req) ? act_in_copy(req, &a, number, &href, e) : 0;
    value_set_text(req->view, "about_href", href);
    return rc;
}

static void show_neighbours(struct request *req, int64_t index, int64_t size) {
    value_set_text(req->view, "previous", index > 0 ? record_path(req, index - 1) : STR(""));
    value_set_text(req->view, "next", index + 1 < size ? record_path(req, index + 1) : STR(""));
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
    if (ledger_entry(req->tx, req->arena, index, &text, &e) || entry_read(text, &entry, &e) ||
        show_proof(req, &state, index, &e) || show_document(req, &entry, &e) || show_article(req, index, &e))
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
