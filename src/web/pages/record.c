// SPDX-License-Identifier: Apache-2.0
/* What an entry's fixed words mean to a person. */
#include "web/pages/record.h"

#include "base/clock.h"
#include "ledger/witness.h"
#include "text/datetime.h"
#include "web/page.h"
#include "web/pages/card.h"

static struct str word(const struct request *req, const char *section, const char *name) {
    const char *key = ARENA_JOIN(req->arena, STR("ledger_"), str_of(section), STR("."), str_of(name)).p;
    return messages_get(req->messages, key ? key : "");
}

struct str record_type(const struct request *req, enum entry_type t) {
    return word(req, "type", entry_type_word(t));
}

struct str record_code(const struct request *req, enum entry_code c) {
    return c == ENTRY_CODE_NONE ? STR("") : word(req, "code", entry_code_word(c));
}

struct str record_long_day(const struct request *req, int64_t day) {
    BUF_LOCAL(b);
    datetime_add_long_day(&b, day * CLOCK_DAY_US, "UTC", page_language(req));
    return arena_buf(req->arena, &b);
}

struct str record_day(const struct request *req, int64_t day) {
    BUF_LOCAL(b);
    datetime_add_day(&b, day * CLOCK_DAY_US, "UTC");
    return arena_buf(req->arena, &b);
}

struct str record_path(const struct request *req, int64_t index) {
    return page_path(req, arena_printf(req->arena, "/ledger/entry/%lld", (long long)index));
}

void record_show(const struct request *req, struct value *one, int64_t index, const struct entry *e) {
    struct str unit = arena_str(req->arena, str_of(e->unit));
    value_set_text(one, "number", messages_number(req->messages, req->arena, index));
    value_set_text(one, "href", record_path(req, index));
    value_set_z(one, "kind", entry_type_word(e->type));
    value_set_text(one, "type", record_type(req, e->type));
    value_set_text(one, "code", record_code(req, e->code));
    value_set_text(one, "day", record_day(req, e->day));
    value_set_text(one, "long_day", record_long_day(req, e->day));
    value_set_text(one, "unit", unit.n ? page_say_text(req, "ledger.entry_unit", "unit", unit) : STR(""));
    value_set_text(one, "ref", e->ref < 0 ? STR("") : page_say_number(req, "ledger.entry_ref", "index", e->ref));
    value_set_text(one, "ref_href", e->ref < 0 ? STR("") : record_path(req, e->ref));
}

struct str record_ago(const struct request *req, int64_t us) {
    if (page_is_copy(req)) /* which is read whenever it is read */
        return moment_minute(req, us);
    int64_t s = (clock_now_us() - us) / CLOCK_SECOND_US;
    if (s < 0)
        s = 0;
    if (s < 120)
        return page_say_number(req, "ledger.seconds", "count", s);
    if (s < 7200)
        return page_say_number(req, "ledger.minutes", "count", s / 60);
    if (s < 172800)
        return page_say_number(req, "ledger.hours", "count", s / 3600);
    return page_say_number(req, "ledger.days", "count", s / 86400);
}

static void show_witness(const struct request *req, struct value *list, const struct witness_seen *w) {
    struct value *one = value_append_object(list);
    int64_t us = w->at_s * CLOCK_SECOND_US;
    value_set_text(one, "name", w->name);
    value_set_text(one, "when", w->at_s ? record_ago(req, us) : STR(""));
    value_set_text(one, "moment", w->at_s ? moment_rfc3339(req, us) : STR(""));
    value_set_text(one, "size",
                   w->at_s ? page_say_number(req, "ledger.witness_signed", "count", (int64_t)w->size) : STR(""));
}

int record_show_witnesses(struct request *req, struct err *e) {
    struct value *list = value_set_list(req->view, "witnesses");
    struct witness_seen *seen;
    size_t n;
    int failed = witness_list(req->tx, req->arena, &seen, &n, e);
    for (size_t i = 0; !failed && i < n; i++)
        show_witness(req, list, &seen[i]);
    value_set_bool(req->view, "has_witnesses", !failed && n > 0);
    return failed;
}
