// SPDX-License-Identifier: Apache-2.0
/* Myers' greedy search over a list of pieces, used twice: over paragraphs, then over the words of changed ones. */
#include "web/diff.h"

#include "text/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

struct pieces {
    struct str *item;
    size_t n;
};

/* --- cutting --- */

static struct pieces cut_paragraphs(struct arena *a, struct str text) {
    struct pieces p = {NULL, 0};
    size_t most = 1;
    for (size_t i = 0; i < text.n; i++)
        most += text.p[i] == '\n';
    p.item = arena_array(a, most, sizeof *p.item);
    struct str line;
    while (p.item && str_cut(&text, '\n', &line))
        if (line.n)
            p.item[p.n++] = line;
    return p;
}

enum letter { LETTER_WORD, LETTER_ALONE, LETTER_SPACE, LETTER_OTHER };

static enum letter letter_kind(uint32_t c) {
    if (utf8_is_unspaced(c))
        return LETTER_ALONE;
    if (u_isUAlphabetic((UChar32)c) || u_isdigit((UChar32)c) || u_charType((UChar32)c) == U_NON_SPACING_MARK)
        return LETTER_WORD;
    return u_isUWhiteSpace((UChar32)c) ? LETTER_SPACE : LETTER_OTHER;
}

/* The first word of *rest, taken off it. */
static struct str take_word(struct str *rest) {
    struct str from = *rest;
    enum letter kind = letter_kind(utf8_next(rest));
    if (kind == LETTER_WORD || kind == LETTER_SPACE)
        for (struct str next = *rest; next.n; *rest = next)
            if (letter_kind(utf8_next(&next)) != kind)
                break;
    return str_first(from, from.n - rest->n);
}

static struct pieces cut_words(struct arena *a, struct str text) {
    size_t words = 0;
    for (struct str rest = text; rest.n; words++)
        (void)take_word(&rest); /* only counted here */
    struct pieces p = {arena_array(a, words + 1, sizeof *p.item), 0};
    while (p.item && text.n)
        p.item[p.n++] = take_word(&text);
    return p;
}

static bool counts(struct str word) {
    enum letter kind = letter_kind(utf8_next(&word));
    return kind == LETTER_WORD || kind == LETTER_ALONE;
}

/* --- Myers --- */

struct edit {
    enum diff_kind kind;
    size_t from, to; /* index in before (removed), in after (added), in both (same) */
};
struct edits {
    struct edit *item;
    size_t n;
};

struct search {
    struct pieces before, after;
    long *reach;  /* furthest x on each diagonal, from -most to most */
    long **trace; /* for each number of edits d, `reach` before it, on the diagonals from -d-1 to d+1 */
    long most;
};

static long furthest(const struct search *s, const long *reach, long d, long k) {
    const long *v = reach + s->most + 1;
    if (k == -d || (k != d && v[k - 1] < v[k + 1]))
        return v[k + 1];
    return v[k - 1] + 1;
}

static bool same_at(const struct search *s, long x, long y) {
    return x < (long)s->before.n && y < (long)s->after.n && str_eq(s->before.item[x], s->after.item[y]);
}

/* The number of edits, or -1 where it is more than s->most (or memory ran out). */
static long search_run_myers(struct search *s) {
    for (long d = 0; d <= s->most; d++) {
        size_t width = (size_t)(2 * d + 3) * sizeof **s->trace;
        s->trace[d] = malloc(width);
        if (!s->trace[d])
            return -1;
        memcpy(s->trace[d], s->reach + s->most - d, width);
        for (long k = -d; k <= d; k += 2) {
            long x = furthest(s, s->reach, d, k);
            while (same_at(s, x, x - k))
                x++;
            s->reach[s->most + 1 + k] = x;
            if (x >= (long)s->before.n && x - k >= (long)s->after.n)
                return d;
        }
    }
    return -1;
}

/* From the end back to the start, written from the back of `item`. */
static void walk_back(const struct search *s, long d, struct edit *item, size_t *ret_first, size_t room) {
    long x = (long)s->before.n, y = (long)s->after.n;
    size_t at = room;
    for (; d >= 0; d--) {
        const long *v = s->trace[d] + d + 1;
        long k = x - y;
        bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
        long before_k = down ? k + 1 : k - 1;
        long from_x = d ? v[before_k] : 0, from_y = d ? from_x - before_k : 0;
        for (; x > from_x && y > from_y; x--, y--)
            item[--at] = (struct edit){DIFF_SAME, (size_t)x - 1, (size_t)y - 1};
        if (d && down)
            item[--at] = (struct edit){DIFF_ADDED, (size_t)x, (size_t)--y};
        else if (d)
            item[--at] = (struct edit){DIFF_REMOVED, (size_t)--x, (size_t)y};
    }
    *ret_first = at;
}

/* All taken out, then all put in. */
static struct edits replace_all(struct arena *a, struct pieces before, struct pieces after) {
    struct edits e = {arena_array(a, before.n + after.n + 1, sizeof *e.item), 0};
    for (size_t i = 0; e.item && i < before.n; i++)
        e.item[e.n++] = (struct edit){DIFF_REMOVED, i, 0};
    for (size_t i = 0; e.item && i < after.n; i++)
        e.item[e.n++] = (struct edit){DIFF_ADDED, before.n, i};
    return e;
}

static struct edits compare(struct arena *a, struct pieces before, struct pieces after) {
    size_t all = before.n + after.n;
    struct search s = {.before = before, .after = after};
    s.most = (long)(all < DIFF_EDITS_MOST ? all : DIFF_EDITS_MOST);
    s.reach = calloc((size_t)(2 * s.most + 3), sizeof *s.reach);
    s.trace = calloc((size_t)s.most + 1, sizeof *s.trace);
    struct edit *item = arena_array(a, all + 1, sizeof *item);
    long d = s.reach && s.trace && item ? search_run_myers(&s) : -1;
    struct edits e = {NULL, 0};
    if (d >= 0) {
        size_t first;
        walk_back(&s, d, item, &first, all);
        e = (struct edits){item + first, all - first};
    }
    for (long i = 0; s.trace && i <= s.most; i++)
        free(s.trace[i]);
    free(s.trace);
    free(s.reach);
    return d >= 0 ? e : replace_all(a, before, after);
}

/* --- from edits to what a page shows --- */

/* Neighbouring words of one kind become one part; within a run of changes, what was taken out comes first. */
static void add_part(struct diff_paragraph *p, enum diff_kind kind, struct str text) {
    struct diff_part *last = p->n ? &p->part[p->n - 1] : NULL;
    if (last && last->kind == kind && last->text.p + last->text.n == text.p)
        last->text.n += text.n;
    else
        p->part[p->n++] = (struct diff_part){kind, text};
}

static void add_words(struct arena *a, struct diff *ret, struct str before, struct str after) {
    struct pieces old = cut_words(a, before), new = cut_words(a, after);
    struct edits e = compare(a, old, new);
    struct diff_paragraph *p = &ret->paragraph[ret->n++];
    p->changed = true;
    p->part = arena_array(a, e.n + 1, sizeof *p->part);
    if (arena_failed(a))
        return;
    for (size_t i = 0; i < e.n;) {
        size_t end = i;
        while (end < e.n && e.item[end].kind != DIFF_SAME)
            end++;
        for (size_t j = i; j < end; j++)
            if (e.item[j].kind == DIFF_REMOVED) {
                add_part(p, DIFF_REMOVED, old.item[e.item[j].from]);
                ret->removed += counts(old.item[e.item[j].from]);
            }
        for (size_t j = i; j < end; j++)
            if (e.item[j].kind == DIFF_ADDED) {
                add_part(p, DIFF_ADDED, new.item[e.item[j].to]);
                ret->added += counts(new.item[e.item[j].to]);
            }
        for (; end < e.n && e.item[end].kind == DIFF_SAME; end++)
            add_part(p, DIFF_SAME, new.item[e.item[end].to]);
        i = end;
    }
}

static void add_same(struct arena *a, struct diff *ret, struct str text) {
    struct diff_paragraph *p = &ret->paragraph[ret->n++];
    p->part = arena_array(a, 1, sizeof *p->part);
    if (p->part)
        p->part[p->n++] = (struct diff_part){DIFF_SAME, text};
}

/* A run of changed paragraphs: the first taken out is set against the first put in, and so on. */
static void add_run(struct arena *a, struct diff *ret, const struct pieces *old, const struct pieces *new,
                    const struct edit *run, size_t n) {
    size_t removed = 0, added = 0, first_removed = SIZE_MAX, first_added = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        bool out = run[i].kind == DIFF_REMOVED;
        if (out && removed++ == 0)
            first_removed = run[i].from;
        if (!out && added++ == 0)
            first_added = run[i].to;
    }
    for (size_t i = 0; i < removed || i < added; i++)
        add_words(a, ret, i < removed ? old->item[first_removed + i] : STR_NONE,
                  i < added ? new->item[first_added + i] : STR_NONE);
}

void diff_texts(struct arena *a, struct str before, struct str after, struct diff *ret) {
    *ret = (struct diff){0};
    struct pieces old = cut_paragraphs(a, before), new = cut_paragraphs(a, after);
    struct edits e = compare(a, old, new);
    ret->paragraph = arena_array(a, e.n + 1, sizeof *ret->paragraph);
    for (size_t i = 0; !arena_failed(a) && i < e.n;) {
        size_t end = i;
        while (end < e.n && e.item[end].kind != DIFF_SAME)
            end++;
        add_run(a, ret, &old, &new, e.item + i, end - i);
        for (; end < e.n && e.item[end].kind == DIFF_SAME && !arena_failed(a); end++)
            add_same(a, ret, new.item[e.item[end].to]);
        i = end;
    }
    if (arena_failed(a))
        *ret = (struct diff){0};
}
