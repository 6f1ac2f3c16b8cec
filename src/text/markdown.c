// SPDX-License-Identifier: Apache-2.0
/* md4c makes HTML, html_clean() makes it ours: there is one door for everything that is shown. */
#include "text/markdown.h"

#include "base/size.h"
#include "text/html.h"

#include <md4c-html.h>

enum { MARKDOWN_MOST = 4 * 1024 * 1024, HTML_MOST = 16 * 1024 * 1024 };

static void on_output(const MD_CHAR *p, MD_SIZE n, void *ret) {
    buf_add(ret, str_part(p, n));
}

int markdown_to_html(struct str markdown, struct buf *ret, struct err *reterr) {
    if (markdown.n > MARKDOWN_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The Markdown text is larger than %s.", size_text(MARKDOWN_MOST).z);
    BUF_LOCAL(whole); /* md4c 0.4.8 looks one byte past a text that does not end with its line */
    buf_add(&whole, markdown);
    buf_add(&whole, STR("\n"));
    if (buf_failed(&whole))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the Markdown text.");
    BUF_LOCAL(html);
    html.limit = HTML_MOST;
    int r = md_html(whole.p, (MD_SIZE)whole.n, on_output, &html, MD_FLAG_TABLES | MD_FLAG_NOHTML,
                    MD_HTML_FLAG_SKIP_UTF8_BOM);
    if (buf_failed(&html))
        return err_set(reterr, ERR_TOO_LARGE, "The Markdown text makes too large a page.");
    if (r)
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the Markdown text.");
    return html_clean(buf_str(&html), ret, reterr);
}

/* ---- front matter ---- */

/* The next line without its end; false at the end of the text. */
static bool next_line(struct str *rest, struct str *ret_line) {
    if (!str_cut(rest, '\n', ret_line))
        return false;
    if (str_ends(*ret_line, "\r"))
        ret_line->n--;
    return true;
}

static bool is_fence(struct str line) {
    struct str bare = str_trim(line);
    return str_is(bare, "---") && line.n > 0 && line.p[0] == '-';
}

static struct str unquoted(struct str s) {
    bool quoted = s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0];
    return quoted ? str_part(s.p + 1, s.n - 2) : s;
}

static bool key_ok(struct str key) {
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
              c == '.'))
            return false;
    }
    return key.n > 0;
}

static int add_field(struct front_matter *f, struct str line, int number, struct err *reterr) {
    size_t colon = str_find_char(line, ':', 0);
    struct str key = str_trim(str_first(line, colon == SIZE_MAX ? 0 : colon));
    if (!key_ok(key) || (colon + 1 < line.n && line.p[colon + 1] != ' ' && line.p[colon + 1] != '\t'))
        return err_set(reterr, ERR_INVALID, "Line %d of the front matter is not \"key: value\".", number);
    if (f->n == sizeof f->field / sizeof f->field[0])
        return err_set(reterr, ERR_INVALID, "Line %d: the front matter has more than %zu keys.", number, f->n);
    f->field[f->n].key = key;
    f->field[f->n++].value = unquoted(str_trim(str_from(line, colon + 1)));
    return 0;
}

int front_matter_split(struct str text, struct front_matter *ret, struct err *reterr) {
    struct front_matter f = {.body = text};
    struct str rest = text, line = STR_NONE;
    if (str_starts(rest, "\uFEFF"))
        rest = str_from(rest, 3);
    if (!next_line(&rest, &line) || !is_fence(line)) {
        *ret = f;
        return 0;
    }
    for (int number = 2; next_line(&rest, &line); number++) {
        if (is_fence(line)) {
            f.body = rest;
            *ret = f;
            return 0;
        }
        struct str bare = str_trim(line);
        if (bare.n == 0 || bare.p[0] == '#')
            continue;
        int r = add_field(&f, line, number, reterr);
        if (r)
            return r;
    }
    return err_set(reterr, ERR_INVALID,
                   "The front matter begins at line 1 and has no end: a line of \"---\" is missing.");
}

struct str front_matter_get(const struct front_matter *f, const char *key) {
    for (size_t i = 0; i < f->n; i++)
        if (str_is(f->field[i].key, key))
            return f->field[i].value;
    return STR_NONE;
}
