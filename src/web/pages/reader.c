// SPDX-License-Identifier: Apache-2.0
/* The reader's settings: a form, and the one cookie that this site ever sets, only when somebody chooses something. */
#include "web/reader.h"

#include "web/page.h"
#include "web/pages/pages.h"

#include <stddef.h>

int reader_page(struct request *req) {
    struct str back = request_text(req, "back");
    page_set_title(req, messages_get(req->messages, "reader.title"));
    value_set_bool(req->view, "noindex", true);
    value_set_text(req->view, "settings_back", back.n ? back : page_path(req, STR("/reader")));
    return request_page(req, 200, "reader");
}

static int index_of(struct str word, const char *const *words, int n, int otherwise) {
    for (int i = 0; i < n; i++)
        if (str_is(word, words[i]))
            return i;
    return otherwise;
}

/* What is not said stays as it is. */
static struct reader chosen(const struct request *req) {
    struct reader r = req->reader;
    struct str easy = request_text(req, "easy");
    if (request_text(req, "reset").n)
        return reader_parse(STR(""));
    r.typeface = (enum typeface)index_of(request_text(req, "typeface"), typeface_words, TYPEFACES, (int)r.typeface);
    r.colour = (enum colour)index_of(request_text(req, "colour"), colour_words, COLOURS, (int)r.colour);
    r.easy = easy.n ? str_is(easy, "on") : r.easy;
    return r;
}

int reader_choose(struct request *req) {
    struct reader r = chosen(req);
    struct str back = request_text(req, "back");
    BUF_LOCAL(cookie);
    reader_add_cookie(&cookie, &r, str_starts(req->site->origin, "https://"));
    req->set_cookie = arena_buf(req->arena, &cookie);
    return request_redirect(req, 303, back.n ? back : page_path(req, STR("/reader")));
}
