// SPDX-License-Identifier: Apache-2.0
/* Any bytes as Markdown with or without front matter: what comes out is clean HTML. */
#include "text/markdown.h"

#include "clean_html.h"

#include "fuzz.h"

static void check_inside(struct str part, struct str whole) {
    FUZZ_CHECK(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n), "points outside\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct str in = str_part((const char *)data, n);
    struct front_matter f;
    struct err e = {0};
    BUF_LOCAL(out);
    if (front_matter_split(in, &f, &e)) {
        FUZZ_CHECK(e.text[0], "no sentence\n");
        f = (struct front_matter){.body = in};
    }
    check_inside(f.body, in);
    for (size_t i = 0; i < f.n; i++) {
        check_inside(f.field[i].key, in);
        check_inside(f.field[i].value, in);
    }
    if (markdown_to_html(f.body, &out, &e)) {
        FUZZ_CHECK(e.text[0], "no sentence\n");
        return 0;
    }
    const char *fault = clean_html_fault(buf_str(&out));
    FUZZ_CHECK(!fault, "%s\n%s\n", fault, out.p);
    return 0;
}
