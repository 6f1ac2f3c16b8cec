// SPDX-License-Identifier: Apache-2.0
/* Saved text. Lines → blocks → sift() → HTML. */
#include "press/import/plain.h"

#include "base/size.h"
#include "press/import/body.h"
#include "press/import/furniture.h"
#include "press/import/sift.h"
#include "text/escape.h"
#include "text/utf8.h"

enum { COLUMNS_LEAST = 40, COLUMNS_MOST = 110, HEADING_MOST = 40, NUMBER_MOST = 99 };

enum mark { MARK_NONE, MARK_BULLET, MARK_NUMBER };

struct line {
    struct str text; /* without indent and marker */
    size_t width;    /* columns of the line as it stood, indent apart; wide characters count two */
    size_t indent;
    enum mark mark;
    int64_t number;
    struct str marker;
    bool gap_before; /* an empty line stood in front */
    bool furniture;
};

struct text {
    struct draft *dr;
    struct line *lines;
    size_t n;
    size_t columns; /* the width at which it is wrapped, or 0 */
    struct block *blocks;
    struct line **heads; /* the line that opens each block */
    size_t blocks_n;
};

static size_t columns_of(uint32_t c) {
    return utf8_is_unspaced(c) || (c >= 0x3000 && c <= 0x303f) || (c >= 0xff01 && c <= 0xff60) ? 2 : 1;
}

static size_t width_of(struct str s) {
    size_t n = 0;
    while (s.n)
        n += columns_of(utf8_next(&s));
    return n;
}

static struct str skip_indent(struct str s, size_t *ret_columns) {
    *ret_columns = 0;
    while (s.n) {
        struct str rest = s;
        uint32_t c = utf8_next(&rest);
        if (c != ' ' && c != '\t' && c != 0xa0 && c != 0x3000 && c != 0xfeff)
            break;
        *ret_columns += c == '\t' ? 4 : columns_of(c);
        s = rest;
    }
    return s;
}

/* --- markers --- */

static size_t bullet_at(struct str s) {
    static const char *const bullets[] = {"- ", "* ", "• ", "· ", "– ", "‣ ", "● ", "○ ", "■ ", "◆ ",
                                          "▪ ", "□ ", "•",  "●",  "■",  "◆",  "▪",  "★",  "►"};
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
        if (str_starts(s, bullets[i]) && s.n > str_of(bullets[i]).n)
            return str_of(bullets[i]).n;
    return 0;
}

/* "1. ", "1) ", "(1) ", "1、", "（1）": bytes of the marker, or 0. */
static size_t number_at(struct str s, int64_t *ret) {
    size_t i = 0, digits = 0;
    bool bracket = str_starts(s, "(") || str_starts(s, "（");
    if (bracket)
        i = s.p[0] == '(' ? 1 : 3;
    int64_t value = 0;
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && digits < 3; i++, digits++)
        value = value * 10 + (s.p[i] - '0');
    static const char *const open_ends[] = {". ", ") ", "、", "．", "）"};
    static const char *const bracket_ends[] = {")", "）"};
    const char *const *ends = bracket ? bracket_ends : open_ends;
    size_t ends_n = bracket ? 2 : 5;
    struct str rest = str_from(s, i);
    if (!digits || value > NUMBER_MOST)
        return 0;
    for (size_t k = 0; k < ends_n; k++)
        if (str_starts(rest, ends[k]) && rest.n > str_of(ends[k]).n) {
            *ret = value;
            return i + str_of(ends[k]).n;
        }
    return 0;
}

static void read_mark(struct line *l) {
    size_t n = bullet_at(l->text);
    l->mark = n ? MARK_BULLET : MARK_NONE;
    if (!n && (n = number_at(l->text, &l->number)) > 0)
        l->mark = MARK_NUMBER;
    l->marker = str_first(l->text, n);
}

/* --- lines --- */

static int read_lines(struct text *t, struct str text, struct err *reterr) {
    size_t room = 1;
    for (size_t at = 0; (at = str_find_char(text, '\n', at)) != SIZE_MAX; at++)
        room++;
    if (room > PLAIN_LINES_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The text has more than %d lines; it is no article.", PLAIN_LINES_MOST);
    t->lines = arena_array(t->dr->a, room, sizeof *t->lines);
    if (!t->lines)
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    struct str rest = text, one;
    bool gap = false;
    while (str_cut(&rest, '\n', &one)) {
        if (draft_is_blank(one)) {
            gap = true;
            continue;
        }
        struct furniture_part parts[FURNITURE_PARTS_MOST];
        struct line *l = &t->lines[t->n++];
        struct str shown = skip_indent(one, &l->indent);
        l->text = draft_fold(t->dr, shown);
        l->width = width_of(l->text) + l->indent;
        l->gap_before = gap;
        l->furniture = furniture_split(l->text, parts) || furniture_of(l->text);
        read_mark(l);
        gap = false;
    }
    return 0;
}

/* --- wrapping --- */

static bool ends_open(struct str s) { /* no full stop at its end */
    static const char *const ends[] = {".", "!", "?", ":", ";", "。", "！", "？", "：", "；", "”", "…"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(s, ends[i]))
            return false;
    return true;
}

static size_t first_word_width(struct str s) {
    size_t n = 0;
    while (s.n) {
        uint32_t c = utf8_next(&s);
        if (c == ' ')
            break;
        n += columns_of(c);
        if (utf8_is_unspaced(c))
            break;
    }
    return n;
}

/* The next line's first word would not have fitted behind this one: so a machine broke the line here. */
static bool breaks_at(const struct line *l, const struct line *next, size_t columns) {
    if (next->gap_before || next->mark != MARK_NONE || l->furniture || next->furniture)
        return false;
    if (next->indent > l->indent && l->mark == MARK_NONE)
        return false;
    return l->width <= columns && l->width + 1 + first_word_width(next->text) + 3 > columns;
}

/* Wrapped at a width: hardly a line is wider, and lines in the middle of sentences reach nearly to it. */
static size_t find_columns(const struct text *t) {
    size_t widest = 0, wider = 0, open = 0, inner = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->lines[i].width > COLUMNS_MOST)
            wider++;
        else if (t->lines[i].width > widest)
            widest = t->lines[i].width;
    }
    if (widest < COLUMNS_LEAST || wider * 10 > t->n)
        return 0;
    for (size_t i = 0; i + 1 < t->n; i++) {
        if (t->lines[i + 1].gap_before || t->lines[i].furniture || t->lines[i + 1].furniture)
            continue;
        inner++;
        if (ends_open(t->lines[i].text) && breaks_at(&t->lines[i], &t->lines[i + 1], widest))
            open++;
    }
    return open >= 2 && open * 2 >= inner ? widest : 0;
}

static bool joins_without_space(struct str before, struct str after) {
    struct str rest = after;
    size_t n = before.n;
    while (n && ((unsigned char)before.p[n - 1] & 0xc0) == 0x80)
        n--;
    struct str last = str_from(before, n ? n - 1 : 0);
    uint32_t a = utf8_next(&last), b = utf8_next(&rest);
    return columns_of(a) == 2 || columns_of(b) == 2 || a == '-';
}

/* --- blocks --- */

static void add_line(struct text *t, struct buf *b, size_t *i) {
    buf_add(b, t->lines[*i].text);
    while (*i + 1 < t->n && t->columns && breaks_at(&t->lines[*i], &t->lines[*i + 1], t->columns)) {
        struct str next = t->lines[++*i].text;
        if (!joins_without_space(buf_str(b), next))
            buf_add_char(b, ' ');
        buf_add(b, next);
    }
}

static bool make_blocks(struct text *t) {
    t->blocks = arena_array(t->dr->a, t->n, sizeof *t->blocks);
    t->heads = arena_array(t->dr->a, t->n, sizeof *t->heads);
    if (!t->blocks || !t->heads)
        return false;
    t->columns = find_columns(t);
    for (size_t i = 0; i < t->n; i++) {
        BUF_LOCAL(b);
        t->heads[t->blocks_n] = &t->lines[i];
        add_line(t, &b, &i);
        t->blocks[t->blocks_n++] = (struct block){.text = arena_buf(t->dr->a, &b)};
    }
    return true;
}

/* --- lists and headings --- */

/* The next block that stays after i, or SIZE_MAX. */
static size_t next_kept(const struct text *t, size_t i) {
    for (i++; i < t->blocks_n; i++)
        if (!t->blocks[i].gone)
            return i;
    return SIZE_MAX;
}

static bool goes_on(const struct text *t, size_t i, size_t next) {
    if (next == SIZE_MAX)
        return false;
    const struct line *a = t->heads[i], *b = t->heads[next];
    return a->mark == b->mark && (a->mark == MARK_BULLET || (a->mark == MARK_NUMBER && b->number == a->number + 1));
}

static bool is_han_number(uint32_t c) {
    static const uint32_t digits[] = {0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d, 0x5341};
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++)
        if (digits[i] == c)
            return true;
    return false;
}

/* "一、总体要求": numbered like a chapter, short, without a full stop. */
static bool is_chapter(struct str s) {
    struct str rest = s;
    size_t n = 0;
    uint32_t c = utf8_next(&rest);
    for (; is_han_number(c) && n < 3; n++)
        c = utf8_next(&rest);
    return n && c == 0x3001 && ends_open(s) && utf8_count(s) <= HEADING_MOST;
}

static bool has_chapters(const struct text *t) {
    size_t n = 0;
    for (size_t i = 0; i < t->blocks_n; i++)
        n += !t->blocks[i].gone && is_chapter(t->blocks[i].text);
    return n >= 2;
}

static void add_element(struct buf *b, const char *name, struct str text) {
    buf_printf(b, "<%s>", name);
    escape_html(b, text);
    buf_printf(b, "</%s>\n", name);
}

static struct str without_marker(const struct text *t, size_t i) {
    return str_from(t->blocks[i].text, t->heads[i]->marker.n);
}

static size_t add_list(const struct text *t, struct buf *b, size_t i) {
    bool ordered = t->heads[i]->mark == MARK_NUMBER;
    if (ordered)
        buf_printf(b, "<ol start=\"%lld\">\n", (long long)t->heads[i]->number);
    else
        buf_add_z(b, "<ul>\n");
    for (size_t next;; i = next) {
        add_element(b, "li", without_marker(t, i));
        next = next_kept(t, i);
        if (!goes_on(t, i, next))
            break;
    }
    buf_add_z(b, ordered ? "</ol>\n" : "</ul>\n");
    return i;
}

static void write_html(const struct text *t, struct buf *b) {
    bool chapters = has_chapters(t);
    for (size_t i = next_kept(t, SIZE_MAX); i < t->blocks_n; i = next_kept(t, i)) {
        if (t->heads[i]->mark != MARK_NONE && goes_on(t, i, next_kept(t, i)))
            i = add_list(t, b, i);
        else
            add_element(b, chapters && is_chapter(t->blocks[i].text) ? "h2" : "p", t->blocks[i].text);
    }
}

int plain_read(struct draft *dr, struct str text, struct err *reterr) {
    struct text t = {.dr = dr};
    if (text.n > PLAIN_BYTES_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The text is larger than %s; it is no article.",
                       size_text(PLAIN_BYTES_MOST).z);
    int r = read_lines(&t, text, reterr);
    if (r)
        return r;
    if (!make_blocks(&t))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    sift(dr, t.blocks, t.blocks_n, true);
    BUF_LOCAL(html);
    write_html(&t, &html);
    if (buf_failed(&html))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    return body_finish(dr, buf_str(&html), STR_NONE, reterr);
}
