// SPDX-License-Identifier: Apache-2.0
/* Jansson in, buf out. */
#include "web/json.h"

#include <stdlib.h>

void json_set_text(json_t *object, const char *key, struct str s) {
    if (s.n)
        (void)json_object_set_new(object, key, json_stringn(s.p, s.n)); /* a NULL value fails, and is left out */
}

bool json_add_take(struct buf *ret, json_t *root, bool for_html) {
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    if (!text)
        return false;
    for (const char *p = text; *p; p++) {
        if (for_html && *p == '<')
            buf_add_z(ret, "\\u003c"); /* "<" stands only within strings */
        else
            buf_add_char(ret, *p);
    }
    free(text);
    return !buf_failed(ret);
}
