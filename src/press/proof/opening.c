// SPDX-License-Identifier: Apache-2.0
/* Opens what an entry committed to: with the words that the store has now, so that whoever changed them there is found
 * out by the reader's own arithmetic. */
#include "press/proof.h"

#include "press/ask.h"
#include "press/proof/parts.h"

#include <jansson.h>
#include <stdlib.h>

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

static json_t *text_or_null(struct str s) {
    return s.n ? json_stringn(s.p, s.n) : json_null();
}

static json_t *parts_json(const struct opened *o) {
    json_t *list = json_array();
    for (size_t i = 0; list && i < o->n; i++) {
        const struct opened_part *p = &o->part[i];
        json_t *one = json_pack("{s:s, s:s%}", "name", p->name, "hash", p->hash.n ? p->hash.p : "", p->hash.n);
        if ((o->key.n && json_object_set_new(one, "value", json_stringn(p->value.n ? p->value.p : "", p->value.n))) ||
            json_array_append_new(list, one)) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

int article_opening_json(struct arena *a, const struct article_proof *p, const struct opened *o, struct str *ret,
                         struct err *reterr) {
    json_t *json = json_pack(
        "{s:s, s:s, s:I, s:I, s:s, s:I, s:s, s:s, s:o, s:o, s:o, s:o}", "format", "daylight/opening/v1", "state",
        opening_state_word(o->state), "article", (json_int_t)p->article_id, "number", (json_int_t)p->number, "language",
        p->language, "revision", (json_int_t)p->revision, "type", entry_type_word(p->type), "code",
        entry_code_word(p->code), "index", p->index < 0 ? json_null() : json_integer((json_int_t)p->index), "entry",
        text_or_null(p->entry), "key", text_or_null(o->key), "parts", parts_json(o));
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    *ret = text ? arena_str(a, str_of(text)) : STR_NONE;
    free(text);
    return ret->n ? 0 : ask_no_memory(reterr);
}
