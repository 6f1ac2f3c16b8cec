// SPDX-License-Identifier: Apache-2.0
/* One pass over the bytes with a small model of the stack of open elements. The model errs on the deep side only: an
 * end tag that the parser may ignore closes nothing here. */
#include "text/html/tame.h"

#include "text/html/scan.h"
#include "text/html/tags.h"

#include <stdlib.h>
#include <string.h>

enum { OPEN_MOST = 1024 };

struct open {
    GumboTag tag;
    uint8_t way;
    uint32_t repeats; /* the same inline element within itself: <b><b> */
};

struct tamer {
    struct str in;
    size_t at;
    struct buf *out;
    size_t nodes;
    size_t open_n, blocks, tables;
    struct open open[OPEN_MOST];
    uint32_t left_out[GUMBO_TAG_LAST + 1]; /* start tags that were too deep: their end tags go, too */
    bool no_end[GUMBO_TAG_LAST + 1];       /* no such end tag from here on */
};

static void copy(struct tamer *t, size_t from, size_t to) {
    if (to <= from)
        return;
    t->nodes++;
    buf_add(t->out, str_part(t->in.p + from, to - from));
}

/* The index of the innermost open `tag` that an end tag can reach, or SIZE_MAX: tables stop the search. */
static size_t reach(const struct tamer *t, GumboTag tag, bool heading) {
    for (size_t i = t->open_n; i-- > 0;) {
        const struct open *o = &t->open[i];
        if (heading ? o->way == WAY_HEADING : o->tag == tag)
            return i;
        if (o->way == WAY_TABLE)
            break;
    }
    return SIZE_MAX;
}

static void forget(struct tamer *t, size_t i) {
    t->blocks -= t->open[i].way != WAY_INLINE;
    t->tables -= t->open[i].way == WAY_TABLE;
}

static void close_from(struct tamer *t, size_t i) {
    for (size_t k = i; k < t->open_n; k++)
        forget(t, k);
    t->open_n = i;
}

static void close_one(struct tamer *t, size_t i) {
    forget(t, i);
    memmove(&t->open[i], &t->open[i + 1], (t->open_n - i - 1) * sizeof t->open[0]);
    t->open_n--;
}

/* Whether the start tag may stay. */
static bool start(struct tamer *t, GumboTag tag, enum html_way way) {
    if (way == WAY_VOID || way == WAY_PART)
        return true;
    if (way == WAY_INLINE) {
        size_t i = reach(t, tag, false);
        if (i != SIZE_MAX && tag != GUMBO_TAG_A) {
            t->open[i].repeats++;
            return false;
        }
        if (i != SIZE_MAX)
            close_one(t, i); /* a second <a> closes the first */
    } else if (t->blocks >= HTML_TAME_DEPTH || (way == WAY_TABLE && t->tables >= HTML_TAME_TABLES)) {
        t->left_out[tag]++;
        return false;
    }
    if (t->open_n == OPEN_MOST) {
        t->left_out[tag]++;
        return false;
    }
    t->blocks += way != WAY_INLINE;
    t->tables += way == WAY_TABLE;
    t->open[t->open_n++] = (struct open){tag, (uint8_t)way, 0};
    return true;
}

static bool end(struct tamer *t, GumboTag tag, enum html_way way) {
    if (way == WAY_VOID || way == WAY_PART)
        return true;
    if (t->left_out[tag]) {
        t->left_out[tag]--;
        return false;
    }
    size_t i = reach(t, tag, way == WAY_HEADING);
    if (i == SIZE_MAX)
        return false;
    if (way != WAY_INLINE) {
        close_from(t, i);
    } else if (t->open[i].repeats) {
        t->open[i].repeats--;
        return false;
    } else {
        close_one(t, i);
    }
    return true;
}

/* A script that never ends takes the rest of the file with it, as in browsers; of other elements only the tag goes. */
static size_t drop(struct tamer *t, GumboTag tag, struct str name, size_t behind, enum html_way way) {
    size_t at = t->no_end[tag] ? SIZE_MAX : html_find_end(t->in, behind, name, way == WAY_DROP);
    if (at != SIZE_MAX) {
        size_t end = html_tag_end(t->in, at + 2 + name.n);
        return end == SIZE_MAX ? t->in.n : end;
    }
    t->no_end[tag] = true;
    return tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE ? t->in.n : behind;
}

/* At '<' of a start or end tag; moves behind it. */
static void tag(struct tamer *t, const struct html_markup *m) {
    size_t from = t->at;
    bool is_end = m->mark == HTML_MARK_END;
    t->at = html_tag_end(t->in, m->end);
    if (t->at == SIZE_MAX) { /* the file ends within the tag: there is no tag */
        t->at = t->in.n;
        return;
    }
    GumboTag tag = gumbo_tagn_enum(m->name.p, (unsigned)m->name.n);
    enum html_way way = html_tag_of(tag).way;
    if (way == WAY_PASS)
        return;
    if (way == WAY_DROP || way == WAY_RAW) {
        if (!is_end)
            t->at = drop(t, tag, m->name, t->at, way);
    } else if (is_end ? end(t, tag, way) : start(t, tag, way)) {
        copy(t, from, t->at);
    }
}

/* At '<': takes the markup that begins there; false where it is a mere less-than sign. */
static bool markup(struct tamer *t) {
    struct html_markup m = html_markup_at(t->in, t->at);
    if (m.mark == HTML_MARK_START || m.mark == HTML_MARK_END)
        tag(t, &m);
    else if (m.mark == HTML_MARK_OTHER)
        t->at = m.end;
    return m.mark != HTML_MARK_NONE;
}

int html_tame(struct str html, struct buf *ret, struct err *reterr) {
    struct tamer *t = calloc(1, sizeof *t); /* too large for the stack of a worker */
    if (!t)
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the page.");
    t->in = html;
    t->out = ret;
    while (t->at < html.n && t->nodes <= HTML_NODES_MOST) {
        size_t at = str_find_char(html, '<', t->at);
        copy(t, t->at, at == SIZE_MAX ? html.n : at);
        t->at = at == SIZE_MAX ? html.n : at;
        if (at != SIZE_MAX && !markup(t)) {
            buf_add(ret, STR("&lt;")); /* or it could make a tag with what is next to it now */
            t->at++;
        }
    }
    size_t nodes = t->nodes;
    free(t);
    if (nodes > HTML_NODES_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The page has more than %d tags and texts.", HTML_NODES_MOST);
    return buf_failed(ret) ? err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read the page.") : 0;
}
