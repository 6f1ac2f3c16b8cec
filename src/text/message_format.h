// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One ICU message pattern with its arguments to text. For messages.c only; see messages.h for the syntax. */
#include "base/buf.h"
#include "base/err.h"
#include "text/messages.h"

#include <unicode/unumberformatter.h>
#include <unicode/upluralrules.h>

struct message_language { /* ICU's immutable objects of one language */
    UNumberFormatter *numbers;
    UPluralRules *plurals;
};

/* Appends. A pattern that was checked never fails but for memory (ret->failed). An argument that is not given is shown
 * as {name}. */
void message_format(struct buf *ret, struct str pattern, const struct message_language *l,
                    const struct message_arg *args, size_t n);
/* -ERR_INVALID with the reason. *ret_plain: no arguments at all. */
int message_check(struct str pattern, bool *ret_plain, struct err *reterr);
void message_add_number(struct buf *ret, const struct message_language *l, int64_t number);
