// SPDX-License-Identifier: Apache-2.0
/* Opens what an entry committed to: with the words that the store has now, so that whoever changed them there is found
 * out by the reader's own arithmetic. */
#include "press/proof.h"

#include "press/ask.h"
#include "press/proof/parts.h"
#include "text/json_writer.h"

int article_proof_open(struct tx *tx, struct arena *a, const struct article_proof *p, struct opened *ret,
                       struct err *reterr) {
    struct document_parts parts;
    bool open = p->opening == OPENING_PUBLIC;
    int rc = parts_now(tx, a, p, &parts, reterr);
    if (rc < 0)
        return rc;
    *ret = (struct opened){.state = p->opening, .key = open ? p->key : STR_NONE, .n = parts.n};
    struct str rest = p->hashes, hash;
    for (size_t i = 0; i < parts.n; i++)
        ret->part[i] = (struct opened_part){parts.name[i], open ? parts.value[i] : STR_NONE,
                                            str_cut(&rest, ' ', &hash) ? hash : STR_NONE};
    return 0;
}

/* --- for machines --- */

static void write_text_or_nothing(struct json_writer *w, const char *key, struct str s) {
    if (s.n)
        json_text(w, key, s);
    else
        json_nothing(w, key);
}

static void write_parts(struct json_writer *w, const struct opened *o) {
    json_begin(w, "parts", '[');
    for (size_t i = 0; i < o->n; i++) {
        const struct opened_part *p = &o->part[i];
        json_begin(w, NULL, '{');
        json_text(w, "name", str_of(p->name));
        json_text(w, "hash", p->hash);
        if (o->key.n)
            json_text(w, "value", p->value);
        json_end(w, '}');
    }
    json_end(w, ']');
}

int article_opening_json(struct arena *a, const struct article_proof *p, const struct opened *o, struct str *ret,
                         struct err *reterr) {
    BUF_LOCAL(text);
    struct json_writer w = {.to = &text};
    json_begin(&w, NULL, '{');
    json_text(&w, "format", STR("daylight/opening/v1"));
    json_text(&w, "state", str_of(opening_state_word(o->state)));
    json_int(&w, "article", p->article_id);
    json_int(&w, "number", p->number);
    json_text(&w, "language", str_of(p->language));
    json_int(&w, "revision", p->revision);
    json_text(&w, "type", str_of(entry_type_word(p->type)));
    json_text(&w, "code", str_of(entry_code_word(p->code)));
    if (p->index < 0)
        json_nothing(&w, "index");
    else
        json_int(&w, "index", p->index);
    write_text_or_nothing(&w, "entry", p->entry);
    write_text_or_nothing(&w, "key", o->key);
    write_parts(&w, o);
    json_end(&w, '}');
    *ret = arena_buf(a, &text);
    return arena_failed(a) ? ask_no_memory(reterr) : 0;
}
