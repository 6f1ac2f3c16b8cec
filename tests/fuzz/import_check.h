// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What every import must hold, whatever the bytes: a document that is whole, or one sentence. */
#include "press/import.h"
#include "text/html.h"
#include "text/utf8.h"

#include "fuzz.h"

static inline void import_check_text(struct str s, const char *field) {
    FUZZ_CHECK(utf8_valid(s), "%s is not UTF-8\n", field);
}

static inline void import_check_document(const struct document *d) {
    BUF_LOCAL(again);
    struct err e = {0};
    import_check_text(d->title, "title");
    import_check_text(d->source, "source");
    import_check_text(d->author, "author");
    import_check_text(d->keywords, "keywords");
    import_check_text(d->summary, "summary");
    import_check_text(d->picture, "picture");
    import_check_text(d->body_html, "body");
    for (size_t i = 0; i < d->left_out_n; i++)
        import_check_text(d->left_out[i], "left_out");
    FUZZ_CHECK(d->title.n && d->summary.n && d->language[0] && d->body_html.n, "something is missing\n");
    FUZZ_CHECK(d->has_time == (d->published[0] != 0), "time and its text differ\n");
    FUZZ_CHECK(html_clean(d->body_html, &again, &e) == 0, "%s\n", e.text);
    FUZZ_CHECK(str_eq(d->body_html, buf_str(&again)), "the body is not clean:\n%.*s\n", STR_FMT(d->body_html));
}

static inline void import_check(struct str bytes, const char *name) {
    static const char *const languages[] = {"en", "zh-CN"};
    static const struct import_options options = {
        .zone = "Asia/Shanghai", .site_languages = languages, .site_languages_n = 2};
    ARENA_LOCAL(a, 0);
    struct document d;
    struct err e = {0};
    if (import_read(bytes, name, &options, a, &d, &e) == 0)
        import_check_document(&d);
    else
        FUZZ_CHECK(e.text[0], "refused without a sentence\n");
}
