// SPDX-License-Identifier: Apache-2.0
/* What a line means depends on where it stands: "Time: 14:00, 20 March 2024" above "Place: town hall" is the notice's
 * own text, the same words beside a hit count are the page's. So: find the prose, then judge above, below and between.
 */
#include "press/import/sift.h"

#include "press/import/furniture.h"
#include "text/utf8.h"

enum { PROSE_LEAST = 80, TITLE_MOST = 300, NEAR = 16 };

enum zone { ZONE_ABOVE, ZONE_WITHIN, ZONE_BELOW, ZONE_BEFORE_MAIN, ZONE_AFTER_MAIN, ZONE_AWAY };

struct sift {
    struct draft *dr;
    struct block *blocks;
    size_t n;
    size_t first, last;    /* prose */
    size_t main, main_end; /* blocks that are not outside: [main, main_end) */
    size_t title;          /* the block that is the title, or SIZE_MAX */
    size_t line;           /* the first line, where it may be one */
};

size_t text_weight(struct str text) {
    size_t weight = 0;
    for (struct str rest = text; rest.n;)
        weight += utf8_is_unspaced(utf8_next(&rest)) ? 3 : 1;
    return weight;
}

static bool has_punctuation(struct str text) {
    while (text.n) {
        uint32_t c = utf8_next(&text);
        if (c == '.' || c == ',' || c == ';' || c == '!' || c == '?' || c == 0x3002 || c == 0xff0c || c == 0xff1b ||
            c == 0xff01 || c == 0xff1f || c == 0x060c || c == 0x061f || c == 0x06d4)
            return true;
    }
    return false;
}

static bool is_linky(const struct block *b) {
    return b->linked * 2 > utf8_count(b->text);
}

bool block_is_prose(const struct block *b) {
    struct furniture_part parts[FURNITURE_PARTS_MOST];
    if (b->kind == BLOCK_HEADING || b->text.n < PROSE_LEAST / 3 || is_linky(b) || text_weight(b->text) < PROSE_LEAST ||
        !has_punctuation(b->text))
        return false;
    return !furniture_split(b->text, parts) && !furniture_of(b->text);
}

static bool is_full_stop(struct str text) {
    static const char *const ends[] = {".", "。", "；", ";", "！", "？", "!", "?", "”。", "：", ":"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(text, ends[i]))
            return true;
    return false;
}

static bool is_date_only(struct str text, struct when *w, const char *zone) {
    if (!when_starts(text, zone, w))
        return false;
    return utf8_count(text) < utf8_count(str_part(text.p + w->at, w->n)) + 4;
}

/* Below this, a block may be part of the text although it is short. */
static bool may_be_text(const struct block *b) {
    struct furniture_part parts[FURNITURE_PARTS_MOST];
    struct when w;
    return !is_linky(b) && !furniture_split(b->text, parts) && !furniture_of(b->text) &&
           !is_date_only(b->text, &w, "UTC");
}

/* --- the title --- */

static void title_take(struct sift *s, size_t i) {
    if (draft_offer(s->dr, &s->dr->d.title, s->blocks[i].text)) {
        s->blocks[i].gone = true;
        s->title = i;
    }
}

/* Saved text: its first line, unless that is a paragraph or all there is. */
static size_t first_line(const struct sift *s) {
    for (size_t i = s->main; i < s->main_end; i++) {
        const struct block *b = &s->blocks[i];
        if (!b->text.n || !may_be_text(b))
            continue;
        bool paragraph = is_full_stop(b->text) && text_weight(b->text) > PROSE_LEAST;
        bool good = s->main_end - i > 1 && !paragraph && text_weight(b->text) <= TITLE_MOST;
        return good && b->kind == BLOCK_PARAGRAPH ? i : SIZE_MAX;
    }
    return SIZE_MAX;
}

static bool holds(struct str whole, struct str part) {
    return part.n * 2 > whole.n && str_find(whole, part, 0) != SIZE_MAX;
}

/* Where the known title stands on the page, it is not text; nor is a heading that says most of it. */
static void title_mark(struct sift *s) {
    struct str title = s->dr->d.title;
    for (size_t i = 0; i < s->n && i <= s->first; i++) {
        struct block *b = &s->blocks[i];
        bool same = str_eq(b->text, title);
        if (!same && (b->kind != BLOCK_HEADING || b->outside || !(holds(b->text, title) || holds(title, b->text))))
            continue;
        b->gone = true;
        s->title = i;
        if (!same)
            draft_left_out(s->dr, b->text);
    }
}

/* A line right above the main text that is neither furniture nor links nor a sentence. */
static size_t line_above(const struct sift *s) {
    for (size_t i = s->main; i-- > 0 && s->main - i <= NEAR / 2;) {
        const struct block *b = &s->blocks[i];
        if (may_be_text(b) && !is_full_stop(b->text) && text_weight(b->text) >= 12 &&
            text_weight(b->text) <= TITLE_MOST)
            return i;
    }
    return SIZE_MAX;
}

/* A known title has only to be marked; else it is the first heading, the first line, or the line above. */
static void title_find(struct sift *s) {
    if (s->dr->d.title.n) {
        title_mark(s);
        return;
    }
    for (size_t i = s->main; i < s->first && i < s->main_end; i++)
        if (s->blocks[i].kind == BLOCK_HEADING && !s->blocks[i].outside) {
            title_take(s, i);
            return;
        }
    size_t i = s->line == SIZE_MAX ? line_above(s) : s->line;
    if (i != SIZE_MAX)
        title_take(s, i);
}

/* --- parts of lines --- */

static bool offer_time(struct sift *s, const struct furniture_part *p) {
    struct when w;
    if ((!when_find(p->value, s->dr->o->zone, &w) && !when_read(p->value, s->dr->o->zone, &w)) ||
        !draft_offer_time(s->dr, &w, p->value))
        return false;
    /* "2024-03-16 17:48 (Saturday edition)": what stands around the date is nobody's yet. */
    draft_left_out(s->dr, str_first(p->value, w.at));
    draft_left_out(s->dr, str_from(p->value, w.at + w.n));
    return true;
}

static void part_place(struct sift *s, const struct furniture_part *p) {
    struct document *d = &s->dr->d;
    bool taken = false;
    if (p->kind == FURNITURE_TIME)
        taken = offer_time(s, p);
    else if (p->kind == FURNITURE_SOURCE)
        taken = draft_offer(s->dr, &d->source, p->value);
    else if (p->kind == FURNITURE_AUTHOR)
        taken = draft_offer(s->dr, &d->author, p->value);
    else if (p->kind == FURNITURE_KEYWORDS)
        taken = draft_offer(s->dr, &d->keywords, p->value);
    else if (p->kind == FURNITURE_TITLE)
        taken = draft_offer(s->dr, &d->title, p->value);
    if (!taken)
        draft_left_out(s->dr, p->whole);
}

static void parts_place(struct sift *s, const struct furniture_part *parts, size_t n) {
    for (size_t i = 0; i < n; i++)
        part_place(s, &parts[i]);
}

static bool all_weak(const struct furniture_part *parts, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!parts[i].weak)
            return false;
    return true;
}

/* A line like "Place: …" close by makes "Time: …" a notice's own words. */
static bool event_near(const struct sift *s, size_t i) {
    for (size_t k = i > 2 ? i - 2 : 0; k < s->n && k <= i + 3; k++)
        if (k != i && furniture_is_event(s->blocks[k].text))
            return true;
    return false;
}

static bool has_kind(const struct furniture_part *parts, size_t n, enum furniture kind) {
    for (size_t i = 0; i < n; i++)
        if (parts[i].kind == kind)
            return true;
    return false;
}

static bool only_kinds_below(const struct furniture_part *parts, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (parts[i].kind == FURNITURE_TITLE || parts[i].kind == FURNITURE_RECORD)
            return false;
    return true;
}

static bool parts_count(const struct sift *s, size_t i, enum zone zone, const struct furniture_part *parts, size_t n) {
    bool weak = all_weak(parts, n);
    if (zone == ZONE_WITHIN)
        return has_kind(parts, n, FURNITURE_TYPEFACE) || (n > 1 && has_kind(parts, n, FURNITURE_HITS));
    if (zone == ZONE_BELOW || zone == ZONE_AFTER_MAIN)
        return !weak && only_kinds_below(parts, n);
    if (zone == ZONE_AWAY)
        return false;
    return !weak || (!event_near(s, i) && !furniture_is_event(s->blocks[i].text));
}

/* --- blocks --- */

static bool whole_counts(enum furniture kind, enum zone zone, const struct block *b) {
    bool below = zone == ZONE_BELOW;
    switch (kind) {
    case FURNITURE_PLACE:
        return zone == ZONE_ABOVE || below;
    case FURNITURE_TOOL:
        return (zone == ZONE_ABOVE || below) && b->kind != BLOCK_HEADING;
    case FURNITURE_NEIGHBOUR:
    case FURNITURE_FOOTER:
        return below;
    case FURNITURE_PROMOTION:
        return below && b->kind != BLOCK_HEADING;
    default:
        return false;
    }
}

/* A label in one cell, its value in the next: judged as one line. Returns how many blocks the parts came from. */
static size_t split_at(struct sift *s, size_t i, struct furniture_part *parts, size_t *ret_n) {
    struct block *b = &s->blocks[i];
    if (b->row && i + 1 < s->n && b[1].row == b->row && !b[1].gone) {
        bool colon = str_ends(b->text, ":") || str_ends(b->text, "：");
        struct str line = arena_printf(s->dr->a, "%.*s%s%.*s", STR_FMT(str_first(b->text, 400)), colon ? " " : ": ",
                                       STR_FMT(str_first(b[1].text, 400)));
        *ret_n = b->text.n <= 60 && b[1].text.n <= 400 ? furniture_split(line, parts) : 0;
        if (*ret_n == 1)
            return 2;
    }
    *ret_n = furniture_split(b->text, parts);
    return 1;
}

static enum zone zone_of(const struct sift *s, size_t i) {
    if (s->blocks[i].outside) {
        if (i < s->main)
            return s->main - i <= NEAR ? ZONE_BEFORE_MAIN : ZONE_AWAY;
        return i >= s->main_end && i - s->main_end < NEAR / 2 ? ZONE_AFTER_MAIN : ZONE_AWAY;
    }
    return i < s->first ? ZONE_ABOVE : i > s->last ? ZONE_BELOW : ZONE_WITHIN;
}

static void leave(struct sift *s, size_t i) {
    s->blocks[i].gone = true;
    draft_left_out(s->dr, s->blocks[i].text);
}

/* A date alone between title and text is the publish time, unless another one is known that is not of that day. */
static bool date_line(struct sift *s, size_t i, enum zone zone) {
    struct when w;
    struct block *b = &s->blocks[i];
    struct document *d = &s->dr->d;
    if ((zone != ZONE_ABOVE && zone != ZONE_BEFORE_MAIN) || b->kind == BLOCK_HEADING ||
        !is_date_only(b->text, &w, s->dr->o->zone))
        return false;
    if (zone == ZONE_BEFORE_MAIN && s->title != SIZE_MAX && i < s->title)
        return false; /* of a list beside the article */
    int64_t apart = d->published_us > w.us ? d->published_us - w.us : w.us - d->published_us;
    if (d->has_time && zone == ZONE_ABOVE && apart > INT64_C(26) * 3600 * 1000000)
        return false; /* the text's own */
    if (!draft_offer_time(s->dr, &w, b->text))
        draft_left_out(s->dr, b->text);
    b->gone = true;
    return true;
}

/* Returns how many blocks it has judged. */
static size_t judge(struct sift *s, size_t i) {
    struct block *b = &s->blocks[i];
    enum zone zone = zone_of(s, i);
    struct furniture_part parts[FURNITURE_PARTS_MOST];
    size_t n = 0, used = 1;
    if (b->gone || !b->text.n)
        return 1;
    if (zone != ZONE_AWAY)
        used = split_at(s, i, parts, &n);
    if (n && parts_count(s, i, zone, parts, n)) {
        parts_place(s, parts, n);
        for (size_t k = 0; k < used; k++)
            b[k].gone = true;
        return used;
    }
    if (date_line(s, i, zone))
        return 1;
    /* Links above the text lead elsewhere; links below it may be its annexes. */
    bool linky = zone == ZONE_ABOVE && b->kind != BLOCK_HEADING && !b->row && b->linked * 10 > utf8_count(b->text) * 8;
    if (b->outside || linky || whole_counts(furniture_of(b->text), zone, b))
        leave(s, i);
    return 1;
}

/* A notice's signature: the date below the text stays there, and is the best there is when nothing else is. */
static void signature(struct sift *s) {
    struct when w;
    for (size_t i = s->main_end; i-- > s->last + 1 && !s->dr->d.has_time;)
        if (!s->blocks[i].gone && is_date_only(s->blocks[i].text, &w, s->dr->o->zone) &&
            draft_offer_time(s->dr, &w, s->blocks[i].text))
            draft_warn(s->dr, "The publish time was taken from the date below the text.");
}

static void main_bounds(struct sift *s) {
    s->main = s->n;
    for (size_t i = 0; i < s->n; i++) {
        if (s->blocks[i].outside)
            continue;
        if (s->main == s->n)
            s->main = i;
        s->main_end = i + 1;
    }
}

static bool is_title(const struct sift *s, size_t i) {
    return i == s->line || (s->dr->d.title.n && str_eq(s->blocks[i].text, s->dr->d.title));
}

static void prose_bounds(struct sift *s) {
    s->first = SIZE_MAX;
    for (size_t i = s->main; i < s->main_end; i++) {
        if (s->blocks[i].outside || is_title(s, i) || !block_is_prose(&s->blocks[i]))
            continue;
        if (s->first == SIZE_MAX)
            s->first = i;
        s->last = i;
    }
}

/* No prose: the first block that may be text at all, and the last. */
static void short_bounds(struct sift *s) {
    s->first = s->last = s->main_end;
    for (size_t i = s->main; i < s->main_end; i++) {
        const struct block *b = &s->blocks[i];
        if (b->outside || !b->text.n || b->kind == BLOCK_HEADING || is_title(s, i) || !may_be_text(b))
            continue;
        if (s->first == s->main_end)
            s->first = i;
        s->last = i;
    }
}

void sift(struct draft *dr, struct block *blocks, size_t n, bool first_is_title) {
    struct sift s = {.dr = dr, .blocks = blocks, .n = n, .title = SIZE_MAX, .line = SIZE_MAX};
    main_bounds(&s);
    if (first_is_title && !dr->d.title.n)
        s.line = first_line(&s);
    prose_bounds(&s);
    if (s.first == SIZE_MAX)
        short_bounds(&s);
    title_find(&s);
    for (size_t i = 0; i < n;)
        i += judge(&s, i);
    if (!dr->d.has_time)
        signature(&s);
}
