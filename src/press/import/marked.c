// SPDX-License-Identifier: Apache-2.0
/* Front matter gives fields; the rest is the body. Keys that are not known are kept in left_out with a warning. */
#include "press/import/marked.h"

#include "press/import/body.h"
#include "text/html.h"
#include "text/markdown.h"
#include "text/utf8.h"

static struct str any(const struct front_matter *f, const char *a, const char *b) {
    struct str value = front_matter_get(f, a);
    return value.n || !b ? value : front_matter_get(f, b);
}

/* "[a, b]" or "a; b" → "a, b" */
static struct str keywords_of(struct draft *dr, struct str raw) {
    raw = str_trim(raw);
    if (raw.n >= 2 && raw.p[0] == '[' && raw.p[raw.n - 1] == ']')
        raw = str_part(raw.p + 1, raw.n - 2);
    BUF_LOCAL(b);
    struct str rest = raw, one;
    while (str_cut(&rest, ',', &one)) {
        one = str_trim(one);
        if (one.n >= 2 && (one.p[0] == '"' || one.p[0] == '\'') && one.p[one.n - 1] == one.p[0])
            one = str_part(one.p + 1, one.n - 2);
        if (b.n && one.n)
            buf_add_z(&b, ", ");
        buf_add(&b, one);
    }
    return arena_buf(dr->a, &b);
}

static void take_time(struct draft *dr, struct str value) {
    struct when w;
    if (!value.n)
        return;
    if (!when_read(value, dr->o->zone, &w)) {
        draft_warn(dr, "The date \"%.*s\" is not understood.", STR_FMT(value));
        draft_left_out(dr, value);
    } else if (!draft_offer_time(dr, &w, value)) {
        draft_left_out(dr, value);
    }
}

static void unknown_keys(struct draft *dr, const struct front_matter *f) {
    static const char *const known[] = {"title",    "published", "date",    "source",      "author",
                                        "keywords", "tags",      "summary", "description", "lang",
                                        "language", "key",       "column",  "picture",     "picture_alt"};
    for (size_t i = 0; i < f->n; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            found = found || str_is(f->field[i].key, known[k]);
        if (found)
            continue;
        draft_warn(dr, "\"%.*s\" at the top of the file means nothing here.", STR_FMT(f->field[i].key));
        draft_left_out(dr, arena_printf(dr->a, "%.*s: %.*s", STR_FMT(f->field[i].key), STR_FMT(f->field[i].value)));
    }
}

static void take_fields(struct draft *dr, const struct front_matter *f) {
    struct document *d = &dr->d;
    /* Each is the first offer for its field, so it is taken unless it is empty. */
    (void)draft_offer(dr, &d->title, any(f, "title", NULL));
    (void)draft_offer(dr, &d->source, any(f, "source", NULL));
    (void)draft_offer(dr, &d->author, any(f, "author", NULL));
    (void)draft_offer(dr, &d->keywords, keywords_of(dr, any(f, "keywords", "tags")));
    (void)draft_offer(dr, &d->summary, any(f, "summary", "description"));
    (void)draft_offer(dr, &d->key, any(f, "key", NULL));
    (void)draft_offer(dr, &d->column, any(f, "column", NULL));
    (void)draft_offer(dr, &d->picture, any(f, "picture", NULL));
    (void)draft_offer(dr, &d->picture_alt, any(f, "picture_alt", NULL));
    take_time(dr, any(f, "published", "date"));
    unknown_keys(dr, f);
}

/* The clean HTML of "# Title" begins with <h2> (html.h). */
static struct str leading_title(struct draft *dr, struct str markdown, struct str *html) {
    struct str first = markdown;
    while (first.n && (first.p[0] == '\n' || first.p[0] == ' '))
        first = str_from(first, 1);
    size_t at = str_find(*html, STR("</h2>"), 0);
    bool heading = str_starts(first, "# ");
    size_t line = str_find_char(first, '\n', 0);
    struct str second = line == SIZE_MAX ? STR_NONE : str_from(first, line + 1);
    heading = heading || str_starts(second, "==="); /* underlined */
    if (!heading || !str_starts(*html, "<h2") || at == SIZE_MAX)
        return STR_NONE;
    BUF_LOCAL(text);
    html_text(str_first(*html, at + 5), &text);
    struct str title = draft_fold(dr, buf_str(&text));
    if (!dr->d.title.n || str_eq(dr->d.title, title))
        *html = str_from(*html, at + 5);
    return title;
}

int marked_read(struct draft *dr, struct str text, struct err *reterr) {
    struct front_matter f;
    BUF_LOCAL(html);
    int r = front_matter_split(text, &f, reterr);
    if (!r)
        r = markdown_to_html(f.body, &html, reterr);
    if (r)
        return r;
    if (buf_failed(&html))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    take_fields(dr, &f);
    struct str body = buf_str(&html);
    (void)draft_offer(dr, &dr->d.title, leading_title(dr, f.body, &body));
    return body_finish_clean(dr, str_trim(body), any(&f, "lang", "language"), reterr);
}
