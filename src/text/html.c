// SPDX-License-Identifier: Apache-2.0
/* Cleaning, of what is more than plain paragraphs (html/plain.c): tame (html/tame.c), parse and build (html/build.c,
 * html/line.c), shape (html/shape.c, html/table.c), write (html/write.c). What is allowed is in html/tags.c. */
#include "text/html.h"

#include "base/size.h"
#include "text/html/tree.h"

enum {
    HTML_MOST = 16 * 1024 * 1024, /* bytes, in and out */
    TREE_MEMORY_MOST = 48 * 1024 * 1024,
    TAGS_OUT_MOST = 200 * 1000, /* so that what came out can go in again */
};

static bool fits(struct str html) {
    size_t tags = 0;
    for (size_t at = str_find_char(html, '<', 0); at != SIZE_MAX; at = str_find_char(html, '<', at + 1))
        tags++;
    return html.n <= HTML_MOST && tags <= TAGS_OUT_MOST;
}

static int written(const struct buf *ret, struct err *reterr) {
    return buf_failed(ret) ? err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to write the page.") : 0;
}

int html_clean(struct str html, struct buf *ret, struct err *reterr) {
    if (html.n > HTML_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The page is larger than %s.", size_text(HTML_MOST).z);
    if (html_write_plain(html, ret))
        return written(ret, reterr);
    ARENA_LOCAL(a, TREE_MEMORY_MOST);
    struct html_node *root;
    int r = html_build(html, a, &root, reterr);
    if (r)
        return r;
    html_shape(a, root);
    if (arena_failed(a))
        return err_set(reterr, ERR_TOO_LARGE, "The page is too intricate: reading it would take too much memory.");
    size_t from = ret->n;
    html_write(root, ret);
    if (!fits(str_from(buf_str(ret), from))) {
        buf_cut(ret, from);
        return err_set(reterr, ERR_TOO_LARGE, "The page is too intricate: it would come out with more than %d tags.",
                       TAGS_OUT_MOST);
    }
    return written(ret, reterr);
}
