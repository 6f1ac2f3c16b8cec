// SPDX-License-Identifier: Apache-2.0
/* Any bytes: what comes out is clean by an independent judge, and cleaning it again changes nothing. */
#include "text/html.h"

#include "clean_html.h"
#include "text/utf8.h"
#include "tree_text.h"

#include "fuzz.h"

#include <string.h>

/* A comment is nothing, and keeps the short way for plain paragraphs from being taken. */
static void check_long_way(struct str in, struct str clean) {
    BUF_LOCAL(html);
    BUF_LOCAL(again);
    struct err e = {0};
    buf_add_z(&html, "<!---->");
    buf_add(&html, clean);
    FUZZ_CHECK(html_clean(buf_str(&html), &again, &e) == 0, "%s\n", e.text);
    FUZZ_CHECK(str_eq(clean, buf_str(&again)), "short:\n%s\nlong:\n%s\n", clean.p, again.p);
    buf_cut(&html, strlen("<!---->"));
    buf_add(&html, in);
    buf_cut(&again, 0);
    if (html_clean(buf_str(&html), &again, &e) == 0)
        FUZZ_CHECK(str_eq(clean, buf_str(&again)), "of the source, short:\n%s\nlong:\n%s\n", clean.p, again.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct str in = str_part((const char *)data, n);
    BUF_LOCAL(once);
    BUF_LOCAL(twice);
    BUF_LOCAL(text);
    BUF_LOCAL(read);
    struct err e = {0};
    if (html_clean(in, &once, &e)) {
        FUZZ_CHECK(e.text[0] && once.n == 0, "%s\n", e.text);
        return 0;
    }
    const char *fault = clean_html_fault(buf_str(&once));
    FUZZ_CHECK(!fault, "%s\n%s\n", fault, once.p);
    FUZZ_CHECK(utf8_valid(buf_str(&once)), "%s\n", once.p);
    FUZZ_CHECK(html_clean(buf_str(&once), &twice, &e) == 0, "%s\n", e.text);
    FUZZ_CHECK(str_eq(buf_str(&once), buf_str(&twice)), "once:\n%s\ntwice:\n%s\n", once.p, twice.p);
    check_long_way(in, buf_str(&once));
    html_text(in, &text); /* of what is not clean: harmless */
    buf_cut(&text, 0);
    FUZZ_CHECK(tree_text(buf_str(&once), &text, &e) == 0, "%s\n", e.text);
    FUZZ_CHECK(utf8_valid(buf_str(&text)), "%s\n", text.p);
    html_text(buf_str(&once), &read);
    FUZZ_CHECK(str_eq(buf_str(&text), buf_str(&read)), "parsed:\n%s\nread:\n%s\n", text.p, read.p);
    return 0;
}
