// SPDX-License-Identifier: Apache-2.0
/* Cleaning: tame (html/tame.c), parse and build (html/build.c, html/line.c), shape (html/shape.c, html/table.c), write
 * (html/write.c). What is allowed is in html/tags.c. */
#include "text/html.h"

#include "text/html/tree.h"

enum { INPUT_MOST = 16 * 1024 * 1024, TREE_MEMORY_MOST = 64 * 1024 * 1024 };

static int run(struct str html, void (*write)(const struct html_node *, struct buf *), struct buf *ret,
               struct err *reterr) {
    if (html.n > INPUT_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The page is larger than %d MiB.", INPUT_MOST / 1024 / 1024);
    ARENA_LOCAL(a, TREE_MEMORY_MOST);
    struct html_node *root;
    int r = html_build(html, a, &root, reterr);
    if (r)
        return r;
    html_shape(a, root);
    if (arena_failed(a))
        return err_set(reterr, ERR_TOO_LARGE, "The page is too intricate: reading it would take too much memory.");
    write(root, ret);
    return buf_failed(ret) ? err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to write the page.") : 0;
}

int html_clean(struct str html, struct buf *ret, struct err *reterr) {
    return run(html, html_write, ret, reterr);
}

int html_text(struct str html, struct buf *ret, struct err *reterr) {
    return run(html, html_write_text, ret, reterr);
}
