// SPDX-License-Identifier: Apache-2.0
/* What handlers call: typed getters, and the ways to answer. */
#include "web/request.h"

#include "base/size.h"
#include "text/escape.h"
#include "web/office.h"
#include "web/page.h"

#include <string.h>

static bool declared(const struct route *route, const char *name) {
    for (const struct param *p = route->params; p && p->name; p++)
        if (strcmp(p->name, name) == 0)
            return true;
    return false;
}

static const struct param_value *value_of(const struct request *req, const char *name) {
    if (req->route && !declared(req->route, name))
        BUG("a handler reads a parameter that its row does not declare");
    for (size_t i = 0; i < req->params_n; i++)
        if (str_is(str_of(req->params[i].name), name))
            return &req->params[i];
    return NULL;
}

struct str request_text(const struct request *req, const char *name) {
    const struct param_value *v = value_of(req, name);
    return v ? v->text : STR_NONE;
}

int64_t request_int(const struct request *req, const char *name, int64_t otherwise) {
    const struct param_value *v = value_of(req, name);
    return v ? v->number : otherwise;
}

/* Without templates: for the page about an error that cannot be rendered, too. */
static int plain_page(struct request *req, int status, const char *sentence) {
    buf_reset(&req->body);
    buf_printf(&req->body,
               "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%d</title></head>\n"
               "<body><h1>%d</h1><p>",
               status, status);
    escape_html(&req->body, str_of(sentence));
    buf_add_z(&req->body, "</p></body></html>\n");
    req->content_type = "text/html; charset=utf-8";
    req->count_n = 0;
    return status;
}

static int render(struct request *req, const char *name, struct err *reterr) {
    page_fill(req);
    buf_reset(&req->body);
    int failed = arena_failed(req->arena)
                     ? -ERR_NO_MEMORY
                     : templates_render(req->office->templates_in[req->language], name, req->view, &req->body, reterr);
    if (!failed && (arena_failed(req->arena) || buf_failed(&req->body)))
        failed = -ERR_NO_MEMORY;
    if (failed == -ERR_NO_MEMORY)
        (void)err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)); /* gives the code that we have */
    return failed;
}

int request_page(struct request *req, int status, const char *name) {
    struct err err = {0};
    if (render(req, name, &err) == 0) {
        req->content_type = "text/html; charset=utf-8";
        return status;
    }
    req->err = err;
    return plain_page(req, err_http_status(err.code), err_sentence(err.code));
}

/* What exactly was wrong with the request helps its sender; what is wrong with us is for the log, and so is a sentence
 * that has no key, and is in English only. */
static struct str detail_of(const struct request *req, int status) {
    const char *key = req->err.key ? arena_printf(req->arena, "refused.%s", req->err.key).p : NULL;
    if (status >= 500 || !key)
        return STR_NONE;
    struct size_text size = size_text((uint64_t)req->err.number);
    const struct message_arg args[] = {{.name = "word", .text = str_of(req->err.word ? req->err.word : "")},
                                       {.name = "number", .number = req->err.number},
                                       {.name = "size", .text = str_of(size.z)}};
    return messages_format(req->messages, req->arena, key, args, 3);
}

/* For programs: what exactly was wrong, in English; nothing around it. */
static int plain_words(struct request *req, int status) {
    buf_reset(&req->body);
    buf_add_z(&req->body, status < 500 && req->err.text[0] ? req->err.text : err_sentence(req->err.code));
    buf_add_char(&req->body, '\n');
    req->content_type = "text/plain; charset=utf-8";
    return status;
}

int request_failed(struct request *req, const struct err *err) {
    req->err = err && err->code ? *err : (struct err){.code = -ERR_INTERNAL};
    int status = err_http_status(req->err.code);
    req->viewed_id = 0;
    req->count_n = 0;
    if (req->route && req->route->open)
        return plain_words(req, status);
    req->view = value_object(req->arena); /* a half-made view may lack what the error page needs */
    page_fill_error(req, status, detail_of(req, status));
    struct err second = {0};
    if (render(req, "error", &second) != 0)
        return plain_page(req, status, err_sentence(req->err.code));
    req->content_type = "text/html; charset=utf-8";
    return status;
}

int request_refused(struct request *req, enum err_code code, const char *key, const char *sentence) {
    struct err err;
    (void)err_refuse(&err, code, key, NULL, 0, "%s", sentence); /* gives the code that we have */
    return request_failed(req, &err);
}

/* A header holds visible ASCII only; what is encoded already stays. */
static struct str location_of(struct arena *a, struct str s) {
    BUF_LOCAL(b);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c >= 127 || c == '"' || c == '<' || c == '>' || c == '\\')
            buf_printf(&b, "%%%02X", c);
        else
            buf_add_char(&b, (char)c);
    }
    return arena_buf(a, &b);
}

int request_redirect(struct request *req, int status, struct str location) {
    if (location.n == 0 || location.p[0] != '/' || str_starts(location, "//"))
        BUG("a redirect that leaves the site");
    req->location = location_of(req->arena, location);
    buf_reset(&req->body);
    return status;
}

int request_bytes(struct request *req, const char *content_type, struct str bytes) {
    req->content_type = content_type;
    buf_reset(&req->body);
    buf_add(&req->body, bytes);
    return 200;
}

struct str request_path_in(const struct request *req, size_t language, struct str path) {
    if (language == 0)
        return arena_str(req->arena, path);
    return ARENA_JOIN(req->arena, STR("/"), str_of(req->site->words[language].language), path);
}

void request_header(struct request *req, const char *name, struct str value) {
    if (req->header_n == REQUEST_HEADERS_MOST)
        BUG("too many headers");
    req->header[req->header_n++] = (struct header){name, value};
}

int request_file(struct request *req, const char *content_type, int fd, uint64_t n) {
    req->content_type = content_type;
    req->file = fd;
    req->file_n = n;
    return 200;
}
