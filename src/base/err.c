// SPDX-License-Identifier: Apache-2.0
/* Errors: the list's three columns, and the sentences. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int status;
    const char *sentence;
} list[ERR_COUNT] = {
#define X(name, status, sentence) {#name, status, sentence},
    ERR_LIST(X)
#undef X
};

static size_t index_of(int code) {
    int positive = code < 0 ? -code : code;
    return positive < ERR_COUNT ? (size_t)positive : (size_t)ERR_INTERNAL;
}

const char *err_name(int code) {
    return list[index_of(code)].name;
}

int err_http_status(int code) {
    return list[index_of(code)].status;
}

const char *err_sentence(int code) {
    return list[index_of(code)].sentence;
}

static void write_sentence(struct err *e, enum err_code code, const char *format, va_list args) {
    (void)vsnprintf(e->text, sizeof e->text, format, args); /* cut at the end is as meant */
    e->code = -(int)code;
    e->key = NULL;
}

int err_set(struct err *reterr, enum err_code code, const char *format, ...) {
    if (!reterr)
        return -(int)code;
    va_list args;
    va_start(args, format);
    write_sentence(reterr, code, format, args);
    va_end(args);
    return -(int)code;
}

int err_refuse(struct err *reterr, enum err_code code, const char *key, const char *word, int64_t number,
               const char *format, ...) {
    if (!reterr)
        return -(int)code;
    va_list args;
    va_start(args, format);
    write_sentence(reterr, code, format, args);
    va_end(args);
    reterr->key = key;
    reterr->word = word;
    reterr->number = number;
    return -(int)code;
}

void err_prefix(struct err *reterr, const char *format, ...) {
    if (!reterr)
        return;
    char before[sizeof reterr->text], whole[sizeof reterr->text * 2 + 2];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(before, sizeof before, format, args); /* cut at the end is as meant */
    va_end(args);
    int n = snprintf(whole, sizeof whole, "%s: %s", before, reterr->text);
    size_t keep = (size_t)n < sizeof reterr->text ? (size_t)n : sizeof reterr->text - 1;
    memcpy(reterr->text, whole, keep);
    reterr->text[keep] = 0;
    reterr->key = NULL;
}

static enum err_code code_of_errno(int number) {
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return ERR_FULL;
    case ENOMEM:
        return ERR_NO_MEMORY;
    case ENOENT:
        return ERR_NOT_FOUND;
    default:
        return ERR_IO;
    }
}

int err_errno(struct err *reterr, const char *format, ...) {
    int number = errno;
    enum err_code code = code_of_errno(number);
    if (!reterr)
        return -(int)code;
    char what[sizeof reterr->text / 2];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args); /* cut at the end is as meant */
    va_end(args);
    return err_set(reterr, code, "%s: %s", what, strerrordesc_np(number));
}

void bug_at(const char *file, int line, const char *message) {
    fprintf(stderr, "daylight: a mistake of its own at %s:%d: %s\n", file, line, message);
    abort();
}
