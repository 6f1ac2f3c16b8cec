// SPDX-License-Identifier: Apache-2.0
/* Loading an office: what is compiled in, replaced by the files of DIR/theme. */
#include "web/office.h"

#include "web/assets.h"
#include "web/compiled.h"
#include "web/frame.h"
#include "web/theme.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char template_ending[] = ".mustache", locale_ending[] = ".ini";

static const char *folder_within(struct arena *a, const char *folder, const char *kind) {
    return folder ? arena_printf(a, "%s/theme/%s", folder, kind).p : NULL;
}

/* The name without its ending. */
static void add_stem(struct buf *b, const char *name, size_t ending) {
    buf_add(b, str_first(str_of(name), strlen(name) - ending));
}

static int add_template(void *arg, const char *name, struct str bytes, struct err *reterr) {
    BUF_LOCAL(stem);
    add_stem(&stem, name, sizeof template_ending - 1);
    return templates_add(arg, stem.p, bytes, reterr);
}

/* --- messages --- */

struct catalogue { /* one language's file */
    const char *tag;
    struct buf text;
    bool there;
};

static int take_catalogue(void *arg, const char *name, struct str bytes, struct err *reterr) {
    struct catalogue *c = arg;
    BUF_LOCAL(stem);
    add_stem(&stem, name, sizeof locale_ending - 1);
    if (!str_is_nocase(buf_str(&stem), c->tag))
        return 0;
    buf_reset(&c->text);
    buf_add(&c->text, bytes);
    c->there = true;
    return buf_failed(&c->text) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

/* A language without a file has an empty catalogue: everything falls back. */
static int load_messages(const char *tag, const char *theme, const struct messages *fallback, struct messages **ret,
                         struct err *reterr) {
    struct catalogue c = {.tag = tag, .text = BUF_INIT};
    int failed = theme_each(locale_files, theme, locale_ending, take_catalogue, &c, reterr);
    if (!failed)
        failed = messages_load(tag, buf_str(&c.text), fallback, ret, reterr);
    if (failed)
        (void)err_prefix(reterr, "%s.ini", tag); /* gives the code that we have */
    buf_clear(&c.text);
    return failed;
}

/* English first, then the site's first language, then the others: each falls back to the one before it. */
static int load_all_messages(struct office *o, const char *theme, struct err *reterr) {
    int failed = load_messages("en", theme, NULL, &o->fallback, reterr);
    for (size_t i = 0; i < o->site.languages && !failed; i++)
        failed =
            load_messages(o->site.words[i].language, theme, i ? o->messages[0] : o->fallback, &o->messages[i], reterr);
    return failed;
}

/* --- the office --- */

static void office_free(struct office *o) {
    for (size_t i = o->site.languages; i-- > 0;)
        templates_free(o->templates_in[i]);
    for (size_t i = o->site.languages; i-- > 0;)
        messages_free(o->messages[i]);
    arena_free(o->frames);
    messages_free(o->fallback);
    assets_free(o->assets);
    templates_free(o->templates);
    arena_free(o->arena);
    free(o);
}

/* What the office says in each page is put into the templates for good. */
static int make_frames(struct office *o, struct err *reterr) {
    o->frames = arena_new(0);
    bool good = o->frames != NULL;
    for (size_t i = 0; good && i < o->site.languages; i++) {
        o->frame[i] = frame_of(o->frames, o, i);
        o->templates_in[i] = arena_failed(o->frames) ? NULL : templates_fold(o->templates, o->frame[i]);
        good = o->templates_in[i] != NULL;
    }
    return good ? 0 : err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

static int load_parts(struct office *o, const char *folder, struct arena *scratch, struct err *reterr) {
    o->templates = templates_new();
    if (!o->templates)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int failed = theme_each(template_files, folder_within(scratch, folder, "templates"), template_ending, add_template,
                            o->templates, reterr);
    if (!failed)
        failed = assets_new(asset_files, folder_within(scratch, folder, "assets"), &o->assets, reterr);
    if (!failed)
        failed = load_all_messages(o, folder_within(scratch, folder, "locale"), reterr);
    return failed ? failed : make_frames(o, reterr);
}

int office_load(const char *folder, const struct site *site, struct arena *arena, struct store *store,
                struct views *views, struct office **ret, struct err *reterr) {
    ARENA_LOCAL(scratch, 0);
    struct office *o = calloc(1, sizeof *o);
    if (!o)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    if (site->languages == 0) {
        free(o);
        return err_set(reterr, ERR_INVALID, "an office needs at least one language");
    }
    *o = (struct office){.site = *site, .store = store, .views = views, .keepers = 1};
    struct arena *own = arena ? NULL : arena_new(0); /* for the folder's name */
    o->folder = arena_z(arena ? arena : own, str_of(folder));
    o->arena = own;
    int failed = load_parts(o, folder, scratch, reterr);
    if (failed) {
        office_free(o);
        return failed;
    }
    if (arena)
        o->arena = arena;
    *ret = o;
    return 0;
}

struct office *office_keep(struct office *o) {
    atomic_fetch_add(&o->keepers, 1);
    return o;
}

void office_release(struct office *o) {
    if (o && atomic_fetch_sub(&o->keepers, 1) == 1)
        office_free(o);
}
