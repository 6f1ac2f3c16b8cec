// SPDX-License-Identifier: Apache-2.0
/* Any bytes: what comes out is clean by an independent judge, and cleaning it again changes nothing. */
#include "text/html.h"

#include "clean_html.h"
#include "text/utf8.h"
#include "tree_text.h"

#include "fuzz.h"

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
    html_text(in, &text); /* of what is not clean: harmless */
    buf_cut(&text, 0);
    FUZZ_CHECK(tree_text(buf_str(&once), &text, &e) == 0, "%s\n", e.text);
    FUZZ_CHECK(utf8_valid(buf_str(&text)), "%s\n", text.p);
    html_text(buf_str(&once), &read);
    FUZZ_CHECK(str_eq(buf_str(&text), buf_str(&read)), "parsed:\n%s\nread:\n%s\n", text.p, read.p);
    return 0;
}
