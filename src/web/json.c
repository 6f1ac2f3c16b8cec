// SPDX-License-Identifier: Apache-2.0
/* Jansson in, buf out. */
#include "web/json.h"

#include <stdlib.h>

void json_set_text(json_t *object, const char *key, struct str s) {
    if (s.n)
        (void)json_object_set_new(object, key, json_stringn(s.p, s.n)); /* a NULL value fails, and is left out */
}

bool json_add_take(struct buf *ret, json_t *root) {
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    if (!text)
        return false;
    buf_add_z(ret, text);
    free(text);
    return !buf_failed(ret);
}
