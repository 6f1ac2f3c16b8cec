// SPDX-License-Identifier: Apache-2.0
/* The office's own words, and its assets' addresses. */
#include "web/frame.h"

#include "text/utf8.h"
#include "web/assets.h"
#include "web/office.h"

static const char *const members[] = {"t", "site", "assets", "og_icon", "home"};

/* --- telephones --- */

static bool is_digit(uint32_t c) {
    return c >= '0' && c <= '9';
}

static bool parts_digits(uint32_t c) { /* also the hyphens and spaces at which a line does not break */
    return c == ' ' || c == '-' || c == '.' || c == ')' || c == 0xa0 || c == 0x2010 || c == 0x2011 || c == 0x2013;
}

/* "(0)" behind a country's number is dialled at home only; brackets around anything but digits are a remark. */
static bool bracket_goes_on(struct str *rest) {
    size_t end = str_find_char(*rest, ')', 0);
    for (size_t i = 0; i < end; i++)
        if (end == SIZE_MAX || !is_digit((unsigned char)rest->p[i]))
            return false;
    if (str_starts(*rest, "0)"))
        *rest = str_from(*rest, 2);
    return true;
}

struct str frame_phone_link(struct arena *a, struct str phone) {
    BUF_LOCAL(digits);
    while (phone.n) {
        uint32_t c = utf8_next(&phone);
        if (is_digit(c) || (c == '+' && digits.n == 0))
            buf_add_char(&digits, (char)c);
        else if (digits.n && !parts_digits(c) && !(c == '(' && bracket_goes_on(&phone)))
            break;
    }
    return arena_buf(a, &digits);
}

/* --- the frame --- */

static struct str domain(struct str origin) {
    size_t at = str_find(origin, STR("://"), 0);
    return at == SIZE_MAX ? origin : str_from(origin, at + 3);
}

static void add_site(struct value *frame, struct arena *a, const struct site *s, const struct site_words *w) {
    struct value *site = value_set_object(frame, "site");
    value_set_text(site, "name", w->name);
    value_set_text(site, "place", w->place.n ? w->place : w->name);
    value_set_text(site, "unit", w->place.n ? w->unit : STR(""));
    value_set_text(site, "tagline", w->tagline);
    value_set_text(site, "address", w->address);
    value_set_text(site, "phone", s->phone);
    value_set_text(site, "phone_link", frame_phone_link(a, s->phone));
    value_set_text(site, "email", s->email);
    value_set_text(site, "domain", domain(s->origin));
    value_set_text(site, "id_code", s->site_id_code);
    value_set_text(site, "icp", s->icp_number);
    value_set_text(site, "police", s->police_number);
    value_set_bool(site, "has_units", s->units > 0);
    value_set_bool(site, "has_contact", s->phone.n || s->email.n);
    value_set_bool(site, "has_numbers", s->site_id_code.n || s->icp_number.n || s->police_number.n);
}

static void add_assets(struct value *frame, const struct assets *all) {
    static const struct {
        const char *key, *file;
    } files[] = {{"css", "daylight.css"},     {"js", "daylight.js"},    {"ledger_css", "ledger.css"},
                 {"ledger_js", "ledger.js"},  {"proof_js", "proof.js"}, {"icon", "icon.svg"},
                 {"icon_192", "icon-192.png"}};
    struct value *assets = value_set_object(frame, "assets");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        value_set_text(assets, files[i].key, assets_address(all, files[i].file));
}

const struct value *frame_of(struct arena *a, const struct office *o, size_t language) {
    const struct site *s = &o->site;
    struct value *frame = value_object(a);
    struct str icon = assets_address(o->assets, "icon-512.png");
    value_set_shared(frame, "t", messages_value(o->messages[language]));
    add_site(frame, a, s, &s->words[language]);
    add_assets(frame, o->assets);
    value_set_text(frame, "og_icon", icon.n ? arena_printf(a, "%.*s%.*s", STR_FMT(s->origin), STR_FMT(icon)) : icon);
    value_set_text(frame, "home", language ? arena_printf(a, "/%s/", s->words[language].language) : STR("/"));
    return frame;
}

void frame_lend(const struct value *frame, struct value *view) {
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        value_set_shared(view, members[i], value_get(frame, str_of(members[i])));
}
