// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Small helps around Jansson for what our pages say to machines. */
#include "base/buf.h"

#include <jansson.h>

/* object[key] = s; nothing where s is empty, so that no empty value and no null ever appears. */
void json_set_text(json_t *object, const char *key, struct str s);
/* Appends the text of `root` and lets go of it (NULL is a failure). */
bool json_add_take(struct buf *ret, json_t *root);
