// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One request as a handler sees it, whoever carried it (a socket, or a test without one).
 *
 * A handler reads: parameters (typed getters), load (req->tx, press/…), decide, act, view (req->view), and returns the
 * HTTP status. It frees nothing: all hangs on req->arena. Database failures end a handler with `return
 * request_failed(req, &err)`. One thread at a time. */
#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"
#include "text/messages.h"
#include "text/site.h"
#include "text/value.h"
#include "web/route.h"

enum typeface { TYPEFACE_SMALL, TYPEFACE_MEDIUM, TYPEFACE_LARGE, TYPEFACES };
enum colour { COLOUR_WHITE, COLOUR_PAPER, COLOUR_GREEN, COLOUR_BLUE, COLOUR_GREY, COLOUR_DARK, COLOURS };
extern const char *const typeface_words[TYPEFACES]; /* "small", … as in the cookie, the form and data-typeface */
extern const char *const colour_words[COLOURS];

struct reader { /* the reader's settings: the one cookie "reader=large.green.easy" */
    enum typeface typeface;
    enum colour colour;
    bool easy;
};

struct metrics;
struct office; /* what the server holds: site, store, views, templates, messages, assets (web/office.h) */

struct param_value { /* one that was given and is valid */
    const char *name;
    struct str text;
    int64_t number; /* PARAM_INT */
};
struct header { /* of the answer */
    const char *name;
    struct str value;
};
enum { REQUEST_HEADERS_MOST = 8 };

struct request {
    struct arena *arena;
    struct office *office;
    const struct site *site;
    const struct route *route;
    const struct messages *messages; /* of the page's language */
    struct tx *tx;                   /* GET: a read-only snapshot; POST: NULL (use store_write) */
    const struct column *columns;    /* page_columns(); NULL: not read yet */
    size_t columns_n;
    struct shelf *shelf; /* what was read of that snapshot before (web/shelf.h); most often NULL */
    struct reader reader;
    size_t language;    /* index in site->words */
    const bool *in;     /* in a copy: in which of the site's languages the page's text is; NULL: in all */
    struct str instead; /* and the path to which it leads in the others */
    struct str path;    /* decoded, without the language prefix: "/news/12" */
    struct str address; /* as asked for, with prefix and query: for "back" links */
    bool head;
    bool bare;                        /* no answer is made of it, and no ETag */
    struct str raw;                   /* the body of a POST that is no form (OPEN_WITH_BODY) */
    const struct param_value *params; /* read them with the getters below */
    size_t params_n;
    struct metrics *metrics; /* may be NULL */
    struct value *view;      /* an object; web/page.h fills in what every page has */

    /* the answer */
    const char *content_type; /* default "text/html; charset=utf-8" */
    struct buf body;
    struct str location; /* for 3xx */
    struct str set_cookie;
    int64_t viewed_id;        /* an article's page: its id; 0: not counted */
    size_t count_at, count_n; /* where body shows the live count; n 0: nowhere */
    struct err err;           /* of a failed handler, for the error page */
    void *carrier;            /* the server's own */
    const struct str
        *forms; /* the body in every encoding (encode.h), living with the office, instead of `body`; or NULL */
    int file;   /* the body is this open file's file_n bytes, instead of `body`; -1: none. Closed for you. */
    uint64_t file_n;
    struct header header[REQUEST_HEADERS_MOST]; /* further ones: request_header() */
    size_t header_n;
};

/* Declared parameters only (path, query and form alike). Absent: STR_NONE, or `otherwise`. */
struct str request_text(const struct request *req, const char *name);
int64_t request_int(const struct request *req, const char *name, int64_t otherwise);

/* Renders template `name` with req->view into req->body; gives `status`. */
int request_page(struct request *req, int status, const char *name);
/* A page in plain words for the code in req->err or `err` (on an open route one line of text); gives its HTTP status.
 */
int request_failed(struct request *req, const struct err *err);
/* request_failed() for a request that is not taken: the sentence in English, and its key (base/err.h); both literals.
 */
int request_refused(struct request *req, enum err_code code, const char *key, const char *sentence);
/* 303 (after a POST) or 301/302. location: a path of this site. */
int request_redirect(struct request *req, int status, struct str location);
/* Anything that is not a page. bytes are copied into the body. */
int request_bytes(struct request *req, const char *content_type, struct str bytes);
/* "/zh-CN/news/12" for a path in language i (no prefix for the first). In the arena. */
struct str request_path_in(const struct request *req, size_t language, struct str path);
/* A further header of the answer ("Allow", "Link", …); both must live as long as the arena. */
void request_header(struct request *req, const char *name, struct str value);
/* A file as the answer: takes over fd, sends n bytes of it, byte ranges as asked for. */
int request_file(struct request *req, const char *content_type, int fd, uint64_t n);
