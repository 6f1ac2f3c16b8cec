// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What commands print on standard output. */
#include "base/err.h"
#include "base/str.h"

#include <jansson.h>

/* Prints the value, indented, and gives it back to Jansson. -ERR_NO_MEMORY where json is NULL, -ERR_IO where it could
 * not be printed. */
int output_json(json_t *json, struct err *reterr);
/* A JSON string; null where s is empty. UTF-8 only, which is all that the store and import give. */
json_t *output_text(struct str s);
/* A moment as RFC 3339 in the zone; null for 0. */
json_t *output_time(int64_t us, const char *zone);
