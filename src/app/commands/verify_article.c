// SPDX-License-Identifier: Apache-2.0
/* `daylight verify --article URL`: the page shows the text that an entry of the ledger commits to. */
#include "app/commands/verify_head.h"
#include "app/commands/verify_opening.h"
#include "app/output.h"
#include "base/clock.h"
#include "ledger/follow.h"
#include "ledger/tile.h"
#include "text/datetime.h"
#include "text/html.h"
#include "text/page_parts.h"

#include <string.h>

enum { PAGE_MOST = 16 << 20, URL_MOST = 2000 };

struct judging {
    struct head head;
    struct finding *f;
    const char *origin, *path; /* "https://www.example.org", "/news/12" */
    struct opening *opening;
    struct page_part *part;
    size_t parts;
    struct str entry;
};

/* --- what is fetched --- */

/* The address without what follows ? or #, and without a last "/proof". */
static int take_url(struct judging *j, const char *url) {
    struct str s = str_first(str_of(url), strcspn(url, "?#"));
    size_t host = str_find(s, STR("://"), 0), path = host == SIZE_MAX ? SIZE_MAX : str_find_char(s, '/', host + 3);
    if (path == SIZE_MAX || s.n > URL_MOST)
        return err_set(&j->f->why, ERR_INVALID, "%.200s: is not the address of an article's page", url);
    if (str_ends(s, "/proof"))
        s.n -= strlen("/proof");
    while (s.n > path + 1 && str_ends(s, "/"))
        s.n--;
    j->origin = arena_z(j->f->arena, str_first(s, path));
    j->path = arena_z(j->f->arena, str_from(s, path));
    buf_add(&j->f->subject, s);
    return 0;
}

static int fetch_both(struct judging *j) {
    struct fetch *site;
    struct err *why = &j->f->why;
    BUF_LOCAL(page);
    BUF_LOCAL(json);
    int bad = fetch_open(j->origin, NULL, &site, why);
    if (bad)
        return bad;
    bad = fetch_get(site, j->path, FETCH_PAGE, PAGE_MOST, &page, why);
    if (!bad)
        bad = fetch_get(site, arena_printf(j->f->arena, "%s/proof.json", j->path).p, FETCH_FRESH, OPENING_MOST, &json,
                        why);
    fetch_close(site);
    j->opening = arena_alloc(j->f->arena, sizeof *j->opening);
    if (!bad && !j->opening)
        bad = err_set(why, ERR_NO_MEMORY, "there is not enough memory to read the opening");
    if (!bad && (bad = opening_read(buf_str(&json), j->f->arena, j->opening, why)))
        err_prefix(why, "%s%s/proof.json", j->origin, j->path);
    if (!bad)
        bad = page_parts(buf_str(&page), j->f->arena, &j->part, &j->parts, why);
    return bad;
}

/* --- the entry in the log --- */

static int read_entry(struct judging *j, uint64_t index) {
    BUF_LOCAL(text);
    int bad = follow_entry(j->head.from, index, j->head.checkpoint.size, &text, &j->f->why);
    j->entry = arena_buf(j->f->arena, &text);
    return !bad && arena_failed(j->f->arena)
               ? err_set(&j->f->why, ERR_NO_MEMORY, "there is not enough memory to read the entry")
               : bad;
}

static int prove_entry(struct judging *j) {
    struct err *why = &j->f->why;
    const struct checkpoint *c = &j->head.checkpoint;
    struct follow_at at = {j->head.from, c->size};
    struct merkle_proof path;
    struct entry e;
    int64_t index = j->opening->index;
    if (index < 0 || (uint64_t)index >= c->size)
        return err_set(why, ERR_NOT_FOUND, "no signed checkpoint covers the text's entry yet; try again in a moment");
    int bad = read_entry(j, (uint64_t)index);
    if (!bad)
        bad = merkle_prove_inclusion((uint64_t)index, c->size, follow_source, &at, &path, why);
    if (bad)
        return bad;
    struct hash leaf = merkle_leaf(j->entry.p, j->entry.n);
    if (!merkle_check_inclusion((uint64_t)index, c->size, &leaf, path.hash, path.n, &c->root))
        return err_set(
            why, ERR_FORBIDDEN,
            "entry %lld or a tile over it was changed: no path leads from it to the signed root (daylight verify "
            "%s says which)",
            (long long)index, fetch_place(j->head.from));
    if (j->opening->entry.n && !str_eq(j->opening->entry, j->entry))
        return err_set(why, ERR_FORBIDDEN, "the opening is of another entry than the one that stands at %lld",
                       (long long)index);
    bad = entry_read(j->entry, &e, why);
    if (!bad)
        bad = opening_check(j->opening, &e, why);
    if (bad)
        return bad == -ERR_INVALID ? -ERR_FORBIDDEN : bad;
    finding_set(j->f, "index", json_integer((json_int_t)index));
    finding_set(j->f, "type", output_text(str_of(entry_type_word(e.type))));
    finding_set(j->f, "entry", output_text(j->entry));
    return 0;
}

/* --- the page --- */

static const struct page_part *shown(const struct judging *j, const char *name) {
    for (size_t i = 0; i < j->parts; i++)
        if (str_is(j->part[i].name, name))
            return &j->part[i];
    return NULL;
}

/* Keywords as the page lists them: trimmed, without empty ones. */
static struct str listed(const struct judging *j, struct str value) {
    BUF_LOCAL(list);
    struct str word;
    while (str_cut(&value, ',', &word)) {
        word = str_trim(word);
        if (word.n)
            buf_printf(&list, "%s%.*s", list.n ? ", " : "", STR_FMT(word));
    }
    return arena_buf(j->f->arena, &list);
}

static struct str folded(const struct judging *j, struct str value) {
    BUF_LOCAL(text);
    bool space = false;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
        if (!is_space && space && text.n)
            buf_add_char(&text, ' ');
        if (!is_space)
            buf_add_char(&text, c);
        space = is_space;
    }
    return arena_buf(j->f->arena, &text);
}

static struct str cleaned(const struct judging *j, struct str html) {
    BUF_LOCAL(clean);
    struct err err;
    return html_clean(html, &clean, &err) ? STR_NONE : str_trim(arena_buf(j->f->arena, &clean));
}

static struct str second_of(const struct judging *j, struct str time) {
    BUF_LOCAL(text);
    int64_t us;
    if (datetime_parse(time, "UTC", &us))
        datetime_add_rfc3339(&text, us, "UTC");
    return arena_buf(j->f->arena, &text);
}

/* A part as the page shows it, and its value as the page would; false: the page does not show this part at all. */
static bool pair_of(const struct judging *j, const struct opening_part *p, struct str *ret_shown,
                    struct str *ret_value) {
    const struct page_part *on_page = shown(j, str_is(p->name, "picture_alt") ? "picture"
                                               : str_is(p->name, "language")  ? "body"
                                                                              : p->name.p);
    *ret_shown = STR_NONE;
    *ret_value = folded(j, p->value);
    if (str_is(p->name, "id")) {
        *ret_shown = str_of(strrchr(j->path, '/') + 1);
        return true;
    }
    if (!on_page)
        return false;
    if (str_is(p->name, "body")) {
        *ret_shown = cleaned(j, on_page->html);
        *ret_value = cleaned(j, p->value);
    } else if (str_is(p->name, "published")) {
        *ret_shown = second_of(j, on_page->datetime);
        *ret_value = second_of(j, p->value);
    } else if (str_is(p->name, "keywords")) {
        *ret_shown = on_page->items;
        *ret_value = listed(j, p->value);
    } else {
        *ret_shown = str_is(p->name, "picture")       ? on_page->src
                     : str_is(p->name, "picture_alt") ? folded(j, on_page->alt)
                     : str_is(p->name, "language")    ? on_page->lang
                                                      : on_page->text;
    }
    return true;
}

/* Where two texts begin to differ, for a person. */
static int differ(struct judging *j, struct str name, struct str on_page, struct str value) {
    size_t at = 0;
    while (at < on_page.n && at < value.n && on_page.p[at] == value.p[at])
        at++;
    size_t from = at > 20 ? at - 20 : 0;
    while (from && ((unsigned char)value.p[from] & 0xC0) == 0x80)
        from--;
    return err_set(
        &j->f->why, ERR_FORBIDDEN,
        "the page's %.*s is not what entry %lld commits to: from byte %zu on it shows \"%.*s\", and the ledger holds "
        "\"%.*s\"",
        STR_FMT(str_first(name, 40)), (long long)j->opening->index, at, STR_FMT(str_first(str_from(on_page, from), 60)),
        STR_FMT(str_first(str_from(value, from), 60)));
}

/* A summary or a note is not on every page; what is there has to be right. */
static bool may_be_missing(struct str name) {
    return str_is(name, "note") || str_is(name, "summary") || str_is(name, "language");
}

/* Of a part that stands there twice one could be right, and the other be read. */
static int check_once(struct judging *j) {
    for (size_t i = 0; i < j->parts; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq(j->part[i].name, j->part[k].name))
                return err_set(&j->f->why, ERR_FORBIDDEN, "the page shows its %.*s twice",
                               STR_FMT(str_first(j->part[i].name, 40)));
    return 0;
}

static int compare_page(struct judging *j) {
    size_t compared = 0;
    int bad = check_once(j);
    if (bad)
        return bad;
    for (size_t i = 0; i < j->opening->n; i++) {
        const struct opening_part *p = &j->opening->part[i];
        struct str on_page, value;
        if (!p->open)
            continue;
        bool there = pair_of(j, p, &on_page, &value);
        if (!there && (may_be_missing(p->name) || !value.n))
            continue;
        if (!str_eq(on_page, value))
            return differ(j, p->name, on_page, value);
        compared++;
    }
    for (size_t i = 0; i < j->parts; i++)
        if (!opening_find(j->opening, arena_z(j->f->arena, j->part[i].name)))
            return err_set(&j->f->why, ERR_FORBIDDEN, "the page shows a part that the ledger does not know: %.*s",
                           STR_FMT(str_first(j->part[i].name, 40)));
    if (arena_failed(j->f->arena))
        return err_set(&j->f->why, ERR_NO_MEMORY, "there is not enough memory to compare the page");
    if (!compared)
        return err_set(&j->f->why, ERR_NOT_FOUND,
                       "the text's opening was destroyed or is not public: what the page shows "
                       "cannot be compared with the ledger");
    finding_say(
        j->f,
        "all %zu parts that the page marks as the text are those that entry %lld commits to; what stands beside "
        "them is not compared",
        compared, (long long)j->opening->index);
    return 0;
}

/* --- the whole --- */

static int judge(struct judging *j, const char *url) {
    int bad = take_url(j, url);
    if (!bad)
        bad = fetch_both(j);
    if (!bad)
        bad = head_open(&j->head, j->f, j->origin);
    if (!bad)
        bad = head_check_lists(&j->head);
    if (!bad)
        bad = prove_entry(j);
    if (!bad)
        bad = compare_page(j);
    if (!bad)
        bad = head_compare(&j->head);
    if (!bad && j->head.policy.n)
        bad = verify_witnesses(j->f, j->head.policy, true, buf_str(&j->head.note));
    if (bad)
        return bad;
    finding_say(j->f, "the entry stands in the ledger's tree of %llu entries",
                (unsigned long long)j->head.checkpoint.size);
    head_say(&j->head);
    return head_remember(&j->head, false);
}

int verify_article(struct finding *f, const char *url) {
    struct judging j = {.f = f};
    int bad = judge(&j, url);
    head_close(&j.head);
    return bad;
}
