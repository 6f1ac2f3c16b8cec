// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The parameters of a request: declared in the route row, decoded, checked; others never arrive. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "web/incoming.h"
#include "web/request.h"

enum { PARAMS_MOST = 24, PARAM_TEXT_MOST = 1024 };

/* Does the text fit? *ret_number is set for PARAM_INT. The empty text fits nothing (it counts as not given). */
bool param_check(const struct param *p, struct str text, int64_t *ret_number);
const struct param *param_find(const struct param *params, struct str name); /* NULL when not declared */

/* The declared ones among `caught` (from the path) and args (query and form, percent-encoded), in the table's order, in
 * the arena. Empty ones are left out. -ERR_INVALID when one is given twice or does not fit. */
int params_collect(const struct param *declared, const struct param_value *caught, size_t caught_n,
                   const struct arg *args, size_t args_n, struct arena *a, struct param_value **ret, size_t *ret_n,
                   struct err *reterr);
