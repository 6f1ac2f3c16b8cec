// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Checking what people hand in before it is stored: one rule for all texts of the press. Thread-safe. */
#include "base/err.h"
#include "base/str.h"
#include "text/language.h"

enum field_rule { FIELD_NEEDED = 1 /* more than white space */, FIELD_ONE_LINE = 2 /* no line breaks */ };

struct field {
    const char *name; /* as a person calls it: "title" */
    struct str text;
    size_t most; /* characters */
    unsigned rules;
};

/* The first that is not UTF-8, too long, or breaks a rule: -ERR_INVALID with one sentence. Control characters other
 * than tab, line feed and carriage return are in no text. */
int fields_check(const struct field *f, size_t n, struct err *reterr);
/* The canonical tag; -ERR_INVALID when it is none. NULL is none. */
int field_language(const char *tag, char ret[LANGUAGE_MOST], struct err *reterr);
