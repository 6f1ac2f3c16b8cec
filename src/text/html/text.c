// SPDX-License-Identifier: Apache-2.0
/* The text of clean HTML without a parser: html_write() leaves a form so regular (a tag is a tag, three references,
 * line feeds only between blocks and within pre) that one pass over the bytes reads it. What stands between two texts
 * is decided by the innermost element around both: a row gives a tab, all others a line feed. */
#include "text/html.h"

enum { ROWS_MOST = 100 /* of tables in cells: the tree is not deeper */ };

struct reader {
    struct buf *ret;
    char between;                /* what comes in front of the next text; 0: it goes on in the same line */
    bool begun;                  /* there is text */
    bool kept;                   /* within pre */
    size_t rows, row[ROWS_MOST]; /* where the text of each open row begins */
};

static void add(struct reader *r, struct str s) {
    if (r->between && r->begun)
        buf_add_char(r->ret, r->between);
    r->between = 0;
    r->begun = true;
    buf_add(r->ret, s);
}

/* Text between two tags. */
static void add_run(struct reader *r, struct str run) {
    while (run.n) {
        bool reference = run.p[0] == '&', border = run.p[0] == '\n' && !r->kept;
        size_t n = 0;
        while (n < run.n && run.p[n] != '&' && (run.p[n] != '\n' || r->kept))
            n++;
        if (border && !r->between)
            r->between = '\n';
        if (reference)
            add(r, str_starts(run, "&lt;") ? STR("<") : str_starts(run, "&gt;") ? STR(">") : STR("&"));
        if (n)
            add(r, str_first(run, n));
        size_t end = reference ? str_find_char(run, ';', 0) : n;
        run = str_from(run, reference ? (end == SIZE_MAX ? run.n : end + 1) : border ? 1 : n);
    }
}

static bool is_inline(struct str name) {
    static const char *const names[] = {"a", "strong", "em", "sub", "sup", "del", "abbr", "bdo", "code", "img"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

/* What stands between < and >. */
static void tag(struct reader *r, struct str t) {
    bool closes = str_starts(t, "/");
    struct str name = str_from(t, closes ? 1 : 0);
    size_t space = str_find_char(name, ' ', 0);
    name = str_first(name, space == SIZE_MAX ? name.n : space);
    if (str_is(name, "br")) {
        add(r, STR("\n"));
    } else if (!is_inline(name)) {
        if (str_is(name, "pre"))
            r->kept = !closes;
        bool cell = str_is(name, "td") || str_is(name, "th"), row = str_is(name, "tr");
        if (row && !closes && r->rows < ROWS_MOST)
            r->row[r->rows++] = r->ret->n;
        if (row && closes && r->rows)
            r->rows--;
        if (closes && cell && r->rows && r->ret->n > r->row[r->rows - 1])
            r->between = '\t';
        else if (closes && !cell)
            r->between = '\n';
        else if (!r->between)
            r->between = '\n';
    }
}

void html_text(struct str clean, struct buf *ret) {
    struct reader r = {.ret = ret};
    while (clean.n) {
        size_t open = str_find_char(clean, '<', 0);
        add_run(&r, str_first(clean, open == SIZE_MAX ? clean.n : open));
        if (open == SIZE_MAX)
            return;
        clean = str_from(clean, open + 1);
        size_t close = str_find_char(clean, '>', 0); /* in attributes it is written &gt; */
        tag(&r, str_first(clean, close == SIZE_MAX ? clean.n : close));
        clean = str_from(clean, close == SIZE_MAX ? clean.n : close + 1);
    }
}
