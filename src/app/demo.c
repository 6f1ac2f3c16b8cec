// SPDX-License-Identifier: Apache-2.0
/* Loads demo/: its articles are Markdown files as any office may have them, so they go the way of every import.
 *
 * They link to each other by key (article:KEY), and an address has a number that only storing gives. So they are stored
 * twice: a rehearsal that is undone tells the numbers; then the links are filled in, and the same numbers come again.
 */
#include "app/demo.h"

#include "app/columns.h"
#include "base/clock.h"
#include "base/embedded.h"
#include "base/ini.h"
#include "press/import.h"

#include <string.h>

extern const struct embedded_file demo_files[];

enum { TEXTS_MOST = 512, ANSWERS_MOST = 256 };

struct text {
    const struct embedded_file *file;
    struct document document;
    int64_t id;
};

struct demo {
    struct folder *folder;
    struct arena *arena;
    struct import_options options;
    size_t n;
    struct text *text;
    bool rehearsal, links_known;
};

static const struct embedded_file *find_file(const char *folder, struct str name) {
    size_t n = strlen(folder);
    for (const struct embedded_file *f = demo_files; f->name; f++)
        if (strncmp(f->name, folder, n) == 0 && str_is(name, f->name + n))
            return f;
    return NULL;
}

/* --- office.ini --- */

struct answers {
    struct arena *arena;
    struct config_answer *list;
    size_t n;
};

static int take_answer(void *arg, struct str section, struct str key, struct str value, struct err *reterr) {
    struct answers *a = arg;
    if (a->n == ANSWERS_MOST)
        return err_set(reterr, ERR_INTERNAL, "demo/office.ini says more than %d things", ANSWERS_MOST);
    a->list[a->n++] =
        (struct config_answer){arena_str(a->arena, section), arena_str(a->arena, key), arena_str(a->arena, value)};
    return 0;
}

int demo_answers(struct arena *arena, struct config_answer **ret, size_t *ret_n, struct err *reterr) {
    const struct embedded_file *f = find_file("", STR("office.ini"));
    struct answers a = {arena, arena_array(arena, ANSWERS_MOST, sizeof *a.list), 0};
    if (!f)
        BUG("demo/office.ini is not compiled in");
    if (!a.list)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory to read the demonstration");
    int bad = ini_read(f->bytes, take_answer, &a, reterr);
    if (bad) {
        err_prefix(reterr, "demo/office.ini");
        return bad;
    }
    *ret = a.list;
    *ret_n = a.n;
    return 0;
}

/* --- links and pictures --- */

static const struct text *find_text(const struct demo *d, struct str key, const char *language) {
    const struct text *any = NULL;
    for (size_t i = 0; i < d->n; i++) {
        const struct document *t = &d->text[i].document;
        if (!str_eq(t->key, key))
            continue;
        any = &d->text[i];
        if (strcmp(t->language, language) == 0)
            break;
    }
    return any;
}

static int add_link(struct demo *d, struct buf *ret, struct str key, const char *language, struct err *reterr) {
    const struct text *t = find_text(d, key, language);
    if (!t && d->links_known)
        return err_set(reterr, ERR_INVALID, "it links to article:%.*s, which is not there", STR_FMT(key));
    int at = t ? site_language(&d->folder->config.site, str_of(language)) : 0;
    if (t)
        buf_printf(ret, "%s%s/%.*s/%lld", at > 0 ? "/" : "", at > 0 ? language : "", STR_FMT(t->document.column),
                   (long long)t->id);
    return 0;
}

static int put_picture(struct demo *d, struct str name, struct str *ret, struct err *reterr) {
    const struct embedded_file *f = find_file("pictures/", name);
    const char *dot = f ? strrchr(f->name, '.') : NULL;
    if (!dot)
        return err_set(reterr, ERR_NOT_FOUND, "its picture %.*s is not there", STR_FMT(name));
    return folder_put_media(d->folder->path, f->bytes, dot, d->arena, ret, reterr);
}

static bool in_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
}

/* Takes "scheme:NAME" off the start of *rest. */
static bool take_scheme(struct str *rest, const char *scheme, struct str *ret_name) {
    if (!str_starts(*rest, scheme))
        return false;
    size_t from = strlen(scheme), n = from;
    while (n < rest->n && in_name(rest->p[n]))
        n++;
    *ret_name = str_part(rest->p + from, n - from);
    *rest = str_from(*rest, n);
    return n > from;
}

/* Copies Markdown with "(article:KEY" and "(picture:FILE" filled in. */
static int fill_in(struct demo *d, struct str text, const char *language, struct buf *ret, struct err *reterr) {
    int bad = 0;
    while (!bad && text.n) {
        size_t at = str_find_char(text, '(', 0);
        struct str before = str_first(text, at == SIZE_MAX ? text.n : at + 1), name, address;
        buf_add(ret, before);
        text = str_from(text, before.n);
        if (take_scheme(&text, "article:", &name)) {
            bad = add_link(d, ret, name, language, reterr);
        } else if (take_scheme(&text, "picture:", &name)) {
            bad = put_picture(d, name, &address, reterr);
            if (!bad)
                buf_add(ret, address);
        }
    }
    return bad;
}

/* --- reading and storing --- */

static int read_text(struct demo *d, struct text *t, struct err *reterr) {
    BUF_LOCAL(filled);
    int bad = fill_in(d, t->file->bytes, t->document.language, &filled, reterr);
    if (!bad && buf_failed(&filled))
        bad = err_set(reterr, ERR_NO_MEMORY, "not enough memory to read it");
    if (!bad)
        bad = import_read(buf_str(&filled), t->file->name, &d->options, d->arena, &t->document, reterr);
    if (!bad && t->document.picture.n && !str_starts(t->document.picture, "/"))
        bad = put_picture(d, t->document.picture, &t->document.picture, reterr);
    if (bad)
        err_prefix(reterr, "demo/%s", t->file->name);
    return bad;
}

static int read_texts(struct demo *d, struct err *reterr) {
    int bad = 0;
    for (size_t i = 0; !bad && i < d->n; i++)
        bad = read_text(d, &d->text[i], reterr);
    if (!bad && arena_failed(d->arena))
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory to read the demonstration");
    return bad;
}

/* On a machine whose clock is behind the demonstration's dates, all move back by the same whole weeks: what is to come
 * would not be shown. */
static void move_out_of_the_future(struct demo *d) {
    int64_t latest_us = 0, week_us = 7 * CLOCK_DAY_US, now_us = clock_now_us();
    for (size_t i = 0; i < d->n; i++)
        if (d->text[i].document.published_us > latest_us)
            latest_us = d->text[i].document.published_us;
    if (latest_us <= now_us)
        return;
    int64_t back_us = (latest_us - now_us + week_us - 1) / week_us * week_us;
    for (size_t i = 0; i < d->n; i++)
        d->text[i].document.published_us -= back_us;
}

static int store_text(struct demo *d, struct tx *tx, struct text *t, struct err *reterr) {
    struct column c;
    struct import_result result = {0};
    int bad = column_find(tx, d->arena, t->document.column, t->document.language, &c, reterr);
    if (!bad)
        bad = import_store(tx, &t->document, c.id, true, NULL, &result, reterr);
    if (!bad && !d->rehearsal && result.id != t->id)
        bad = err_set(reterr, ERR_CONFLICT, "the store is in use by others; load the demonstration into a fresh one");
    t->id = result.id;
    if (bad)
        err_prefix(reterr, "demo/%s", t->file->name);
    return bad;
}

static int store_all(struct tx *tx, void *arg, struct err *reterr) {
    struct demo *d = arg;
    int bad = columns_add(tx, find_file("", STR("columns.ini"))->bytes, reterr);
    for (size_t i = 0; !bad && i < d->n; i++)
        bad = store_text(d, tx, &d->text[i], reterr);
    if (!bad && d->rehearsal)
        return err_set(reterr, ERR_GONE, "a rehearsal: undone"); /* what demo_load() waits for */
    return bad;
}

static void find_texts(struct demo *d) {
    for (const struct embedded_file *f = demo_files; f->name && d->n < TEXTS_MOST; f++)
        if (strncmp(f->name, "articles/", 9) == 0)
            d->text[d->n++].file = f;
}

static int rehearse(struct demo *d, struct err *reterr) {
    struct err err = {0};
    d->rehearsal = true;
    int result = store_write(d->folder->store, store_all, d, &err);
    d->rehearsal = false;
    d->links_known = true;
    return result == -ERR_GONE ? 0 : err_set(reterr, (enum err_code) - result, "%s", err.text);
}

int demo_load(struct folder *folder, struct err *reterr) {
    ARENA_LOCAL(arena, 0);
    const struct site *site = &folder->config.site;
    const char *languages[SITE_LANGUAGES_MOST];
    for (size_t i = 0; i < site->languages; i++)
        languages[i] = site->words[i].language;
    struct demo d = {.folder = folder,
                     .arena = arena,
                     .options = {site->zone, NULL, languages, site->languages},
                     .text = arena_array(arena, TEXTS_MOST, sizeof *d.text)};
    if (!d.text)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory to read the demonstration");
    find_texts(&d);
    int bad = read_texts(&d, reterr);
    if (!bad)
        bad = rehearse(&d, reterr);
    if (!bad)
        bad = read_texts(&d, reterr);
    if (bad)
        return bad;
    move_out_of_the_future(&d);
    return store_write(folder->store, store_all, &d, reterr);
}
