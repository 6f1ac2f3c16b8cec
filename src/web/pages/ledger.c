// SPDX-License-Identifier: Apache-2.0
/* The ledger for people: how far it is, who watches it, what came in. */
#include "base/clock.h"
#include "ledger/sequencer.h"
#include "ledger/witness_server.h"
#include "text/datetime.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/card.h"
#include "web/pages/pages.h"
#include "web/pages/record.h"
#include "web/tlog.h"

#include <string.h>

enum { ENTRIES_A_PAGE = 25, DAYS = 30 };

/* --- the checkpoint --- */

/* The third line of a checkpoint is its root, the first its origin. */
static struct str line_of(struct str note, unsigned number) {
    struct str line = STR_NONE;
    for (unsigned i = 0; i <= number; i++)
        if (!str_cut(&note, '\n', &line))
            return STR("");
    return line;
}

static int show_checkpoint(struct request *req, const struct ledger_state *s, struct err *e) {
    struct str key;
    value_set_bool(req->view, "none_yet", s->checkpoint.n == 0);
    int failed = s->checkpoint.n ? tlog_vkey(req, &key, e) : 0;
    if (failed || s->checkpoint.n == 0)
        return failed;
    struct value *v = value_set_object(req->view, "checkpoint");
    value_set_text(v, "figure", messages_number(req->messages, req->arena, (int64_t)s->signed_size));
    value_set_text(v, "size", page_say_number(req, "ledger.size", "count", (int64_t)s->signed_size));
    value_set_text(v, "signed", page_say_text(req, "ledger.signed", "ago", record_ago(req, s->signed_us)));
    value_set_text(v, "minute", moment_minute(req, s->signed_us));
    value_set_text(v, "moment", moment_rfc3339(req, s->signed_us));
    value_set_text(v, "root", line_of(s->checkpoint, 2));
    value_set_text(v, "origin", line_of(s->checkpoint, 0));
    value_set_text(v, "key", key);
    return 0;
}

/* --- what came in, by kind and day --- */

/* The kinds in the order in which they are shown: acts first, what the ledger says of itself last. */
static enum entry_type shown(int place) {
    return (enum entry_type)((place + ENTRY_PUBLISH) % ENTRY_TYPE_COUNT);
}

struct counts {
    int64_t today;
    int64_t n[ENTRY_TYPE_COUNT][DAYS]; /* the last is today */
    int64_t sum[ENTRY_TYPE_COUNT], most[ENTRY_TYPE_COUNT], top, all;
};

static int read_counts(struct request *req, struct counts *ret, struct err *e) {
    struct ledger_count *counts;
    size_t n;
    memset(ret, 0, sizeof *ret);
    ret->today = clock_now_us() / CLOCK_DAY_US;
    int failed = ledger_counts(req->tx, req->arena, DAYS, &counts, &n, e);
    for (size_t i = 0; !failed && i < n; i++) {
        int64_t at = counts[i].day - (ret->today - DAYS + 1);
        if (at < 0 || at >= DAYS)
            continue;
        enum entry_type t = counts[i].type;
        ret->n[t][at] = counts[i].n;
        ret->sum[t] += counts[i].n;
        ret->all += counts[i].n;
        if (counts[i].n > ret->most[t])
            ret->most[t] = counts[i].n;
        if (counts[i].n > ret->top)
            ret->top = counts[i].n;
    }
    return failed;
}

/* One strip a kind: bars on one scale for all of them; the least is still seen. */
static void show_strip(struct request *req, struct value *list, const struct counts *c, enum entry_type t) {
    enum { HEIGHT = 40, LEAST = 3 };
    struct value *strip = value_append_object(list), *bars;
    const struct message_arg args[] = {
        {.name = "kind", .text = record_type(req, t)},
        {.name = "count", .number = c->sum[t]},
        {.name = "most", .text = messages_number(req->messages, req->arena, c->most[t])},
    };
    value_set_text(strip, "kind", args[0].text);
    value_set_text(strip, "sum", messages_number(req->messages, req->arena, c->sum[t]));
    value_set_text(strip, "words", messages_format(req->messages, req->arena, "ledger.counts_strip", args, 3));
    bars = value_set_list(strip, "bars");
    for (int i = 0; i < DAYS; i++) {
        if (c->n[t][i] == 0)
            continue;
        struct value *bar = value_append_object(bars);
        int64_t height = (c->n[t][i] * HEIGHT + c->top - 1) / c->top;
        if (height < LEAST)
            height = LEAST;
        value_set_text(bar, "x", arena_printf(req->arena, "%.2f", 100.0 * (i + 0.1) / DAYS));
        value_set_int(bar, "y", HEIGHT - height);
        value_set_int(bar, "height", height);
    }
}

static void show_table(struct request *req, const struct counts *c) {
    struct value *rows = value_set_list(req->view, "count_rows");
    for (int i = DAYS - 1; i >= 0; i--) {
        int64_t sum = 0;
        for (int t = 0; t < ENTRY_TYPE_COUNT; t++)
            sum += c->n[t][i];
        if (sum == 0)
            continue;
        struct value *row = value_append_object(rows);
        value_set_text(row, "day", record_day(req, c->today - DAYS + 1 + i));
        struct value *cells = value_set_list(row, "cells");
        for (int place = 0; place < ENTRY_TYPE_COUNT; place++) {
            enum entry_type t = shown(place);
            if (c->sum[t] == 0)
                continue;
            struct value *cell = value_append_object(cells);
            value_set_text(cell, "n", c->n[t][i] ? messages_number(req->messages, req->arena, c->n[t][i]) : STR("–"));
        }
        value_set_text(row, "sum", messages_number(req->messages, req->arena, sum));
    }
}

static int show_counts(struct request *req, struct err *e) {
    struct counts *c = arena_alloc(req->arena, sizeof *c);
    if (!c)
        return err_set(e, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int failed = read_counts(req, c, e);
    if (failed)
        return failed;
    struct value *strips = value_set_list(req->view, "strips");
    for (int place = 0; place < ENTRY_TYPE_COUNT; place++)
        if (c->sum[shown(place)])
            show_strip(req, strips, c, shown(place));
    show_table(req, c);
    value_set_bool(req->view, "has_counts", c->all > 0);
    value_set_text(req->view, "counts_text",
                   page_say_number(req, c->all ? "ledger.counts_text" : "ledger.counts_none", "days", DAYS));
    value_set_text(req->view, "first_day", record_day(req, c->today - DAYS + 1));
    value_set_text(req->view, "last_day", record_day(req, c->today));
    return 0;
}

/* --- entries --- */

static struct str page_from(struct request *req, int64_t before) {
    struct str here = page_path(req, STR("/ledger/"));
    return arena_printf(req->arena, "%.*s?before=%lld", STR_FMT(here), (long long)before);
}

/* [from, to), newest first. */
static int show_entries(struct request *req, int64_t from, int64_t to, struct err *e) {
    struct value *list = value_set_list(req->view, "entries");
    struct str *text;
    size_t n;
    int failed = ledger_entries(req->tx, req->arena, from, (size_t)(to - from), &text, &n, e);
    for (size_t i = n; !failed && i-- > 0;) {
        struct entry entry;
        failed = entry_read(text[i], &entry, e);
        if (!failed)
            record_show(req, value_append_object(list), from + (int64_t)i, &entry);
    }
    return failed;
}

/* Where the first page ends. In a copy it takes the odd ones as well, so that those behind it stay as they are. */
static int64_t first_from(const struct request *req, int64_t size) {
    if (size <= ENTRIES_A_PAGE)
        return 0;
    int64_t from = size - ENTRIES_A_PAGE;
    return page_is_copy(req) ? from - from % ENTRIES_A_PAGE : from;
}

static void show_pages(struct request *req, int64_t from, int64_t to, int64_t size) {
    const struct message_arg args[] = {{.name = "first", .text = messages_number(req->messages, req->arena, to - 1)},
                                       {.name = "last", .text = messages_number(req->messages, req->arena, from)}};
    int64_t newer = to + ENTRIES_A_PAGE, last = page_is_copy(req) ? first_from(req, size) : size - 1;
    value_set_text(req->view, "range", messages_format(req->messages, req->arena, "ledger.from", args, 2));
    value_set_bool(req->view, "has_pages", to < size || from > 0);
    value_set_text(req->view, "older", from > 0 ? page_from(req, from) : STR(""));
    value_set_text(req->view, "newer",
                   to >= size      ? STR("")
                   : newer <= last ? page_from(req, newer)
                                   : page_path(req, STR("/ledger/")));
}

/* --- others' ledgers --- */

static int show_watched(struct request *req, struct err *e) {
    struct value *list = value_set_list(req->view, "watched");
    struct witnessed *all;
    size_t n = 0;
    int failed = req->office->witnessing ? witness_server_list(req->tx, req->arena, &all, &n, e) : 0;
    for (size_t i = 0; !failed && i < n; i++) {
        struct value *one = value_append_object(list);
        int64_t us = all[i].at_s * CLOCK_SECOND_US;
        value_set_text(one, "name", all[i].origin);
        value_set_text(one, "size", page_say_number(req, "ledger.size", "count", (int64_t)all[i].size));
        value_set_text(one, "when", record_ago(req, us));
        value_set_text(one, "moment", moment_rfc3339(req, us));
    }
    value_set_bool(req->view, "has_watched", !failed && n > 0);
    return failed;
}

/* --- the page --- */

static void show_links(struct request *req) {
    value_set_text(req->view, "about_href", page_path(req, STR("/ledger/about")));
    value_set_text(req->view, "incidents_href", page_path(req, STR("/ledger/incidents")));
    value_set_text(req->view, "ledger_href", page_path(req, STR("/ledger/")));
}

/* What only the first page tells. */
static int show_standing(struct request *req, const struct ledger_state *state, struct err *e) {
    int failed = show_checkpoint(req, state, e);
    if (!failed)
        failed = record_show_witnesses(req, e);
    if (!failed)
        failed = show_counts(req, e);
    return failed ? failed : show_watched(req, e);
}

int ledger_page(struct request *req) {
    struct ledger_state state;
    struct err e = {0};
    int status = tlog_find(req, &state);
    if (status)
        return status;
    int64_t size = (int64_t)state.signed_size, to = request_int(req, "before", size);
    if (to <= 0 || to > size)
        to = size;
    bool whole = to == size;
    int64_t from = whole ? first_from(req, size) : to > ENTRIES_A_PAGE ? to - ENTRIES_A_PAGE : 0;
    if (show_entries(req, from, to, &e) || (whole && show_standing(req, &state, &e)))
        return request_failed(req, &e);
    value_set_bool(req->view, "stopped", ledger_why(req->office->ledger, NULL) != 0);
    show_pages(req, from, to, size);
    show_links(req);
    page_set_title(req, messages_get(req->messages, "ledger.title"));
    value_set_text(req->view, "description", messages_get(req->messages, "ledger.stand"));
    value_set_bool(req->view, "whole", whole);
    value_set_bool(req->view, "noindex", !whole);
    return request_page(req, 200, "ledger");
}
