// SPDX-License-Identifier: Apache-2.0
/* Commas, colons and brackets; strings are text/escape's. */
#include "text/json_writer.h"

#include "text/escape.h"

static void lead(struct json_writer *w, const char *key) {
    if (w->more)
        buf_add_char(w->to, ',');
    w->more = true;
    if (!key)
        return;
    buf_add_char(w->to, '"');
    buf_add_z(w->to, key);
    buf_add(w->to, STR("\":"));
}

void json_begin(struct json_writer *w, const char *key, char bracket) {
    lead(w, key);
    buf_add_char(w->to, bracket);
    w->more = false;
}

void json_end(struct json_writer *w, char bracket) {
    buf_add_char(w->to, bracket);
    w->more = true;
}

void json_text(struct json_writer *w, const char *key, struct str s) {
    lead(w, key);
    buf_add_char(w->to, '"');
    escape_json(w->to, s, w->in_html);
    buf_add_char(w->to, '"');
}

void json_text_if(struct json_writer *w, const char *key, struct str s) {
    if (s.n)
        json_text(w, key, s);
}

void json_int(struct json_writer *w, const char *key, int64_t i) {
    lead(w, key);
    buf_add_int(w->to, i);
}

void json_truth(struct json_writer *w, const char *key, bool b) {
    lead(w, key);
    buf_add_z(w->to, b ? "true" : "false");
}

void json_nothing(struct json_writer *w, const char *key) {
    lead(w, key);
    buf_add_z(w->to, "null");
}
