// SPDX-License-Identifier: Apache-2.0
/* Who does what, and how to reach them: the office itself, then its units as site.ini names them. */
#include "web/pages/pages.h"

#include "text/json_writer.h"
#include "text/site.h"
#include "web/frame.h"
#include "web/page.h"

/* In the page's language, else in the first one, which the page then says of it. */
static struct str words_of(const struct request *req, const struct str *in, struct str *ret_tag) {
    bool own = req->language == 0 || in[req->language].n > 0;
    *ret_tag = own ? STR("") : str_of(req->site->words[0].language);
    return own ? in[req->language] : in[0];
}

/* In a narrow column it breaks behind the @. */
static void set_email(struct value *to, struct str email) {
    size_t at = str_find_char(email, '@', 0), n = at == SIZE_MAX ? email.n : at + 1;
    value_set_text(to, "email", email);
    value_set_text(to, "email_name", str_first(email, n));
    value_set_text(to, "email_host", str_from(email, n));
}

static void add_unit(const struct request *req, struct value *list, const struct site_unit *u) {
    struct value *one = value_append_object(list);
    struct str tag;
    value_set_text(one, "slug", u->slug);
    value_set_text(one, "name", words_of(req, u->name, &tag));
    value_set_text(one, "name_tag", tag);
    value_set_text(one, "duty", words_of(req, u->duty, &tag));
    value_set_text(one, "duty_tag", tag);
    value_set_text(one, "phone", u->phone);
    value_set_text(one, "phone_link", frame_phone_link(req->arena, u->phone));
    set_email(one, u->email);
    value_set_bool(one, "has_contact", u->phone.n || u->email.n);
}

/* --- for machines (schema.org) --- */

static void write_organization(struct json_writer *w, struct str name, struct str phone, struct str email) {
    json_text(w, "@type", STR("GovernmentOrganization"));
    json_text_if(w, "name", name);
    json_text_if(w, "telephone", phone);
    json_text_if(w, "email", email);
}

static void write_units(const struct request *req, struct json_writer *w) {
    json_begin(w, "department", '[');
    for (size_t i = 0; i < req->site->units; i++) {
        const struct site_unit *u = &req->site->unit[i];
        struct str tag;
        json_begin(w, NULL, '{');
        write_organization(w, words_of(req, u->name, &tag), u->phone, u->email);
        json_text_if(w, "description", words_of(req, u->duty, &tag));
        json_end(w, '}');
    }
    json_end(w, ']');
}

static struct str structured(const struct request *req) {
    BUF_LOCAL(text);
    const struct site *s = req->site;
    const struct site_words *words = &s->words[req->language];
    struct json_writer w = {.to = &text, .in_html = true};
    json_begin(&w, NULL, '{');
    json_text(&w, "@context", STR("https://schema.org"));
    write_organization(&w, words->name, s->phone, s->email);
    json_text(&w, "url", page_url(req, req->language, STR("/")));
    json_text_if(&w, "address", words->address);
    if (s->units)
        write_units(req, &w);
    json_end(&w, '}');
    return arena_buf(req->arena, &text);
}

int units_page(struct request *req) {
    const struct site *s = req->site;
    page_set_title(req, messages_get(req->messages, "units.title"));
    value_set_text(req->view, "description",
                   page_say_text(req, "units.description", "name", s->words[req->language].name));
    set_email(req->view, s->email);
    struct value *list = value_set_list(req->view, "units");
    for (size_t i = 0; i < s->units; i++)
        add_unit(req, list, &s->unit[i]);
    value_set_bool(req->view, "reachable", s->words[req->language].address.n || s->phone.n || s->email.n);
    value_set_text(req->view, "structured", structured(req));
    return request_page(req, 200, "units");
}
