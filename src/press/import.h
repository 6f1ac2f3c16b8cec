// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Import: a saved page of any kind becomes an article.
 *
 *   import_read()   bytes → struct document: sniff the format, decode, parse, recognise title, time, source, language,
 *                   summary and body, and leave the page's furniture out (into left_out). Touches no store. Memory is
 *                   bounded.
 *   import_store()  document → article (draft, or published), within a write. The same page again is recognised and
 *                   not doubled.
 *
 * The parts live in import/: format.h (what kind of bytes), docx.h, page.h (HTML: what it declares, main text by
 * density), plain.h (saved text), furniture.h (labels of page furniture in both languages), when.h (dates as people
 * write them). */
#include "base/arena.h"
#include "press/article.h"
#include "store/store.h"

struct search_waiting; /* press/search.h */

enum { IMPORT_FILE_MOST = 32 * 1024 * 1024 };

struct import_options {
    const char *zone;     /* for times without one */
    const char *language; /* NULL: what the page declares, else a guess among the site's, else a guess */
    const char *const *site_languages;
    size_t site_languages_n;
};

enum { IMPORT_SEEN_HEX = 65 };
struct import_prepared {
    char language[LANGUAGE_MOST];
    char seen[IMPORT_SEEN_HEX];       /* a hash of what it says, under which it is known again */
    const struct search_words *words; /* NULL: not cut yet */
};

struct document {
    struct str title, source, author, keywords, summary, body_html;
    struct str picture, picture_alt; /* address as the page gave it, or empty */
    struct str key, column;          /* front matter only */
    char language[LANGUAGE_MOST];
    bool has_time;
    int64_t published_us;
    char published[40]; /* RFC 3339 with offset; "" when !has_time */
    size_t left_out_n, warnings_n;
    struct str *left_out, *warnings;        /* every text that is neither in the body nor one of the fields above */
    const char *format;                     /* "text", "html", "markdown", "docx" */
    const struct import_prepared *prepared; /* NULL: import_store() does it */
};

/* bytes: the file. name: for sniffing by ending and for sentences. Strings are in the arena.
 * -ERR_FORMAT, -ERR_INVALID, -ERR_TOO_LARGE with one sentence (without the file's name). */
int import_read(struct str bytes, const char *name, const struct import_options *o, struct arena *a,
                struct document *ret, struct err *reterr);

/* Does beforehand, on any thread, what of import_store() needs no store. publish: with the words for the search. */
int import_prepare(struct document *d, bool publish, struct arena *a, struct err *reterr);

struct import_result {
    int64_t id;
    bool already;          /* the same page was there before; nothing stored, but see published */
    bool new_revision;     /* same key and language, other text: a new revision (a draft's is rewritten) */
    bool new_language;     /* same key, other language: a translation of what was there */
    bool published;        /* by this call; so is a draft that was there already */
    bool picture_left_out; /* its address is not one of this office's ("/…"), where readers could not follow it */
};
/* column_id: where new articles go, unless d->column is the slug of a column that exists. What is there already stays
 * in its column, and in its state where it is withdrawn. The same page is one of the same title, publish time, source
 * and body text in the same language, or of the same key, language and texts. d's body is clean HTML, as import_read()
 * leaves it. -ERR_INVALID: what article_add() refuses.
 * waiting: where words go that import_prepare() cut, for who then calls search_put_waiting() in the same write, before
 * d's arena goes; NULL: into the index at once. import_store.c. */
int import_store(struct tx *tx, const struct document *d, int64_t column_id, bool publish,
                 struct search_waiting *waiting, struct import_result *ret, struct err *reterr);
