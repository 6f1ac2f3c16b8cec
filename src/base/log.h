// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The log: one line an event on standard error, as logfmt or JSON. Thread-safe: one write(2) a line.
 *
 * Log once, where the trouble is handled. Never a secret, never a person's words, never an address's query part.
 * A field's key is a literal [a-z_]+; a value is escaped as the form needs, and cut at 1 KB. */
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_NOTHING /* only for log_set() */ };
enum log_form { LOG_LOGFMT, LOG_JSON };

struct log_field {
    const char *key;
    struct str text; /* used when text.p is not NULL … */
    int64_t number;  /* … and this otherwise */
};
#define LOG_TEXT(key, s) ((struct log_field){key, s, 0})
#define LOG_NUMBER(key, i) ((struct log_field){key, STR_NONE, i})

/* Before threads start. The default is LOG_INFO and LOG_LOGFMT. */
void log_set(enum log_level least, enum log_form form);
/* time, level and event come first; the fields follow in order. */
void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n);
#define LOG(level, event, ...)                                                                                         \
    log_event(level, event, (const struct log_field[]){__VA_ARGS__},                                                   \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
