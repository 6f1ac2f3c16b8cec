// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a page and as a stylesheet: what no link replaces stays byte for byte; where all are replaced by what
 * they are, the same links stand there again, and a third time nothing changes. */
#include "web/rewrite.h"

#include "fuzz.h"

struct look {
    struct buf links;
    bool replace;
};

static bool look_at(void *arg, struct rewrite_link *link, struct buf *ret) {
    struct look *look = arg;
    for (size_t i = 0; i < link->value.n; i++) { /* what escaping leaves out or mends is not the same again */
        unsigned char c = (unsigned char)link->value.p[i];
        if (c < 0x21 || c > 0x7e || c == '\\' || c == '"' || c == '\'' || c == ',' || c == '(' || c == ')')
            return false;
    }
    buf_add_char(&look->links, '\n');
    buf_add(&look->links, link->value);
    if (look->replace)
        buf_add(ret, link->value);
    return look->replace;
}

static void go(bool css, struct str in, bool replace, struct buf *ret_links, struct buf *ret) {
    struct look look = {BUF_INIT, replace};
    (css ? rewrite_css : rewrite_html)(in, look_at, &look, ret);
    buf_add(ret_links, buf_str(&look.links));
    buf_clear(&look.links);
}

/* What escaping would mend or leave out. */
static bool is_plain(struct str in) {
    for (size_t i = 0; i < in.n; i++) {
        unsigned char c = (unsigned char)in.p[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c > 0x7e)
            return false;
    }
    return true;
}

static void check(bool css, struct str in) {
    BUF_LOCAL(links);
    BUF_LOCAL(same);
    BUF_LOCAL(once);
    BUF_LOCAL(links_again);
    BUF_LOCAL(twice);
    BUF_LOCAL(links_once);
    go(css, in, false, &links, &same);
    FUZZ_CHECK(str_eq(buf_str(&same), in), "changed without being asked\n");
    go(css, in, true, &links_once, &once);
    if (!is_plain(in))
        return;
    FUZZ_CHECK(str_eq(buf_str(&links), buf_str(&links_once)), "%s\n%s\n", links.p, links_once.p);
    go(css, buf_str(&once), true, &links_again, &twice);
    FUZZ_CHECK(str_eq(buf_str(&links), buf_str(&links_again)), "%s\n%s\n", links.p, links_again.p);
    FUZZ_CHECK(str_eq(buf_str(&once), buf_str(&twice)), "%s\n%s\n", once.p, twice.p);
}

/* A page made by a memory that knows its lines is what it is without. */
static void check_alike(struct str in) {
    struct rewrite_memory *m = rewrite_memory_new();
    struct look look = {BUF_INIT, true};
    BUF_LOCAL(alone);
    rewrite_html(in, look_at, &look, &alone);
    for (int i = 0; m && i < 3; i++) {
        BUF_LOCAL(made);
        rewrite_html_alike(m, STR("x"), in, look_at, &look, &made);
        FUZZ_CHECK(str_eq(buf_str(&made), buf_str(&alone)), "%s\n%s\n", made.p, alone.p);
        BUF_LOCAL(cut); /* what it ends with may stand in the middle of another page */
        buf_add(&cut, str_first(in, in.n / 2));
        buf_reset(&made);
        rewrite_html_alike(m, STR("x"), buf_str(&cut), look_at, &look, &made);
        BUF_LOCAL(wanted);
        rewrite_html(buf_str(&cut), look_at, &look, &wanted);
        FUZZ_CHECK(str_eq(buf_str(&made), buf_str(&wanted)), "%s\n%s\n", made.p, wanted.p);
    }
    rewrite_memory_free(m);
    buf_clear(&look.links);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    check(false, str_part((const char *)data, n));
    check(true, str_part((const char *)data, n));
    check_alike(str_part((const char *)data, n));
    return 0;
}
