// SPDX-License-Identifier: Apache-2.0
/* What an entry's fixed words mean to a person. */
#include "web/pages/record.h"

#include "base/clock.h"
#include "text/datetime.h"
#include "web/page.h"
#include "web/pages/card.h"

static struct str word(const struct request *req, const char *section, const char *name) {
    const char *key = arena_printf(req->arena, "ledger_%s.%s", section, name).p;
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
