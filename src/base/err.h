// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What can go wrong: one list of names, HTTP statuses and sentences.
 *
 * A function that can fail returns 0, or a negative code: -ERR_NOT_FOUND. At module borders it also takes
 * `struct err *reterr` (may be NULL), in which it leaves one plain sentence for a person: what happened, what was kept,
 * what to do. On success reterr is untouched. The sentence never holds secrets or a letter's words.
 * err_set(), err_refuse(), err_errno() and err_prefix() are the only writers. Thread-safe: nothing here has state but
 * the struct you pass. */
#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

#define ERR_LIST(X)                                                                                                    \
    X(OK, 200, "Done.")                                                                                                \
    X(INVALID, 400, "The request is not understood.")                                                                  \
    X(FORBIDDEN, 403, "This is not open to you.")                                                                      \
    X(NOT_FOUND, 404, "There is nothing at this address.")                                                             \
    X(METHOD, 405, "This address does not take that kind of request.")                                                 \
    X(CONFLICT, 409, "Something else changed in the meantime; nothing was stored.")                                    \
    X(GONE, 410, "This was withdrawn.")                                                                                \
    X(TOO_LARGE, 413, "This is larger than the office takes.")                                                         \
    X(URI_TOO_LONG, 414, "The address is too long.")                                                                   \
    X(FORMAT, 415, "This kind of file is not understood.")                                                             \
    X(RANGE, 416, "That part of the file does not exist.")                                                             \
    X(TOO_MANY, 429, "Too many requests came from there; wait a moment.")                                              \
    X(HEADERS_TOO_LARGE, 431, "The request's headers are too large.")                                                  \
    X(INTERNAL, 500, "Something went wrong inside; it has been recorded.")                                             \
    X(NO_MEMORY, 503, "The server is short of memory; nothing was stored. Try again in a moment.")                     \
    X(STORE_AWAY, 503, "The store cannot be reached; nothing was stored. Try again in a moment.")                      \
    X(STORE_UNSURE, 503, "It is not known whether this was stored; look before you try again.")                        \
    X(STORE_NEWER, 503, "The store was written by a newer Daylight; use that version.")                                \
    X(LEDGER, 503, "The ledger cannot take an act now; pages are still served.")                                       \
    X(IO, 503, "A file could not be read or written; nothing was stored.")                                             \
    X(FULL, 507, "The disk is full; nothing was stored.")

enum err_code {
#define X(name, status, sentence) ERR_##name,
    ERR_LIST(X)
#undef X
        ERR_COUNT
};

struct err {
    int code; /* negative, or 0 */
    char text[496];
    const char *key; /* the sentence's name in locale/LANG.ini, section "refused"; NULL: it is for operators */
    const char *word;
    int64_t number; /* {word} and {number} in it, and {size} that of so many bytes */
};

/* Writes the sentence and returns -code, so that `return err_set(reterr, ERR_IO, "…")` reads well. */
int err_set(struct err *reterr, enum err_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* err_set() for what a reader may meet: also leaves the key, the word (may be NULL) and the number of the same sentence
 * in all languages. key and word are literals. */
int err_refuse(struct err *reterr, enum err_code code, const char *key, const char *word, int64_t number,
               const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Puts "before: " in front of the sentence that is there (the file's name, say). The code is the caller's to keep;
 * the key goes. */
void err_prefix(struct err *reterr, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* From errno: ENOSPC and EDQUOT give FULL, ENOMEM NO_MEMORY, ENOENT NOT_FOUND, others IO; the sentence is
 * "what: strerror". Returns the negative code. */
int err_errno(struct err *reterr, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Of a negative (or positive) code. */
const char *err_name(int code);
int err_http_status(int code);
const char *err_sentence(int code);

/* Our own broken promise: prints where, and aborts. Never for outside input. */
#define BUG(message) bug_at(__FILE__, __LINE__, message)
noreturn void bug_at(const char *file, int line, const char *message);
