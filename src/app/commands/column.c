// SPDX-License-Identifier: Apache-2.0
/* `daylight column …`: the named sections of the site. */
#include "press/column.h"
#include "app/commands.h"
#include "app/folder.h"
#include "app/output.h"

#include <stdio.h>
#include <string.h>

struct job {
    const struct arguments *arguments;
    const struct site *site;
    struct arena *arena;
    const char *slug;
    int64_t position;
    struct column *list;
    size_t n;
};

static int read_columns(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    return column_list(tx, job->arena, job->site->words[0].language, &job->list, &job->n, reterr);
}

static const char *slug_of(const struct job *job, int64_t id) {
    for (size_t i = 0; i < job->n; i++)
        if (job->list[i].id == id)
            return job->list[i].slug.p;
    return "";
}

static int list_json(const struct job *job, struct err *reterr) {
    json_t *list = json_array();
    for (size_t i = 0; i < job->n; i++) {
        const struct column *c = &job->list[i];
        json_t *one = json_pack("{s:I, s:o, s:s, s:I, s:o, s:o, s:o}", "id", (json_int_t)c->id, "slug",
                                output_text(c->slug), "kind", column_kind_word(c->kind), "position",
                                (json_int_t)c->position, "parent", output_text(str_of(slug_of(job, c->parent_id))),
                                "name", output_text(c->name), "description", output_text(c->description));
        if (!one || json_array_append_new(list, one)) {
            json_decref(list);
            list = NULL;
            break;
        }
    }
    return output_json(list, reterr);
}

int column_list_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    int bad = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    if (bad)
        return bad;
    struct job job = {.site = &folder.config.site, .arena = arena};
    bad = store_read(folder.store, read_columns, &job, reterr);
    if (bad)
        return bad;
    if (arguments_flag(arguments, "json"))
        return list_json(&job, reterr);
    for (size_t i = 0; i < job.n; i++) {
        const struct column *c = &job.list[i];
        printf("%-20.*s %-8s %s%.*s\n", STR_FMT(c->slug), column_kind_word(c->kind), c->parent_id ? "  " : "",
               STR_FMT(c->name));
    }
    return 0;
}

/* "zh-CN=新闻" or "News" (the first language's). */
static int split_words(const struct site *site, const char *given, char ret_language[LANGUAGE_MOST],
                       struct str *ret_text) {
    struct str text = str_of(given);
    size_t equals = str_find_char(text, '=', 0);
    if (equals != SIZE_MAX && language_normalise(str_first(text, equals), ret_language) &&
        site_language(site, str_of(ret_language)) >= 0) {
        *ret_text = str_trim(str_from(text, equals + 1));
        return 0;
    }
    *ret_text = str_trim(text);
    return language_normalise(str_of(site->words[0].language), ret_language) ? 0 : -ERR_INVALID;
}

/* "fr=Ville" where the site has no French would become a column of that very name. */
static int check_words(const struct job *job, const char *option, bool may_be_empty, struct err *reterr) {
    for (size_t i = 0; arguments_value_at(job->arguments, option, i); i++) {
        const char *given = arguments_value_at(job->arguments, option, i);
        char tag[LANGUAGE_MOST];
        struct str text, before = str_first(str_of(given), strcspn(given, "="));
        int bad = split_words(job->site, given, tag, &text);
        if (bad)
            return err_set(reterr, ERR_INVALID, "--%s %s: it cannot be read; nothing was stored", option, given);
        if (!text.n && !may_be_empty)
            return err_set(reterr, ERR_INVALID, "--%s: a column needs a name; nothing was stored", option);
        if (before.n < strlen(given) && language_normalise(before, tag) && str_is(before, tag) &&
            site_language(job->site, before) < 0)
            return err_set(reterr, ERR_INVALID, "--%s %s: %s is not among the site's languages; nothing was stored",
                           option, given, tag);
    }
    return 0;
}

/* What --name and --description say in one language; STR_NONE where they don't. */
static struct str words_in(const struct job *job, const char *option, const char *language) {
    struct str found = STR_NONE;
    for (size_t i = 0; arguments_value_at(job->arguments, option, i); i++) {
        char tag[LANGUAGE_MOST];
        struct str text;
        if (split_words(job->site, arguments_value_at(job->arguments, option, i), tag, &text) == 0 &&
            str_is(str_of(tag), language))
            found = text;
    }
    return found;
}

/* Sets what was given; what was not stays as it is in that language. */
static int set_words(const struct job *job, struct tx *tx, int64_t id, struct err *reterr) {
    for (size_t i = 0; i < job->site->languages; i++) {
        const char *language = job->site->words[i].language;
        struct str name = words_in(job, "name", language), description = words_in(job, "description", language);
        if (!name.p && !description.p)
            continue;
        struct column now;
        int bad = column_get(tx, job->arena, id, language, &now, reterr);
        if (!bad)
            bad = column_set_words(tx, id, language, name.p ? name : now.name,
                                   description.p ? description : now.description, reterr);
        if (bad)
            return bad;
    }
    return 0;
}

static int find_parent(const struct job *job, struct tx *tx, int64_t *ret, struct err *reterr) {
    const char *slug = arguments_value(job->arguments, "parent");
    struct column parent;
    *ret = 0;
    if (!slug)
        return 0;
    int bad = column_find(tx, job->arena, str_of(slug), job->site->words[0].language, &parent, reterr);
    if (!bad)
        *ret = parent.id;
    return bad;
}

static int add_column(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    struct column c = {.slug = str_of(job->slug), .position = job->position};
    const char *kind = arguments_value(job->arguments, "kind");
    if (kind)
        (void)column_kind_parse(str_of(kind), &c.kind); /* column_add_run() asked whether it is one */
    int64_t id = 0;
    int bad = find_parent(job, tx, &c.parent_id, reterr);
    if (!bad)
        bad = column_add(tx, &c, &id, reterr);
    return bad ? bad : set_words(job, tx, id, reterr);
}

static int rename_column(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    struct column c;
    int bad = column_find(tx, job->arena, str_of(job->slug), job->site->words[0].language, &c, reterr);
    return bad ? bad : set_words(job, tx, c.id, reterr);
}

static int remove_column(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    struct column c;
    int bad = column_find(tx, job->arena, str_of(job->slug), job->site->words[0].language, &c, reterr);
    return bad ? bad : column_remove(tx, c.id, reterr);
}

static int change(const struct arguments *arguments, struct arena *arena, tx_fn *fn, const char *done,
                  struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct job job = {.arguments = arguments, .arena = arena, .slug = arguments_operand(arguments, 1)};
    int bad = arguments_number(arguments, "position", -1000000, 1000000, 0, &job.position, reterr);
    if (!bad)
        bad = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    if (bad)
        return bad;
    job.site = &folder.config.site;
    bad = check_words(&job, "name", false, reterr);
    if (!bad)
        bad = check_words(&job, "description", true, reterr);
    if (bad)
        return bad;
    bad = store_write(folder.store, fn, &job, reterr);
    if (!bad)
        printf("column %s %s\n", job.slug, done);
    return bad;
}

int column_add_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    if (!arguments_value(arguments, "name")) {
        (void)err_set(reterr, ERR_INVALID, "say --name: what is the column called?"); /* told as wrong use */
        return COMMAND_WRONG;
    }
    const char *kind = arguments_value(arguments, "kind");
    enum column_kind parsed;
    if (kind && !column_kind_parse(str_of(kind), &parsed)) {
        (void)err_set(reterr, ERR_INVALID, "--kind takes news, notice, guide, figures or static, not \"%s\"", kind);
        return COMMAND_WRONG;
    }
    return change(arguments, arena, add_column, "added", reterr);
}

int column_rename_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    if (!arguments_value(arguments, "name") && !arguments_value(arguments, "description")) {
        (void)err_set(reterr, ERR_INVALID, "say --name, --description or both"); /* told as wrong use */
        return COMMAND_WRONG;
    }
    return change(arguments, arena, rename_column, "changed", reterr);
}

int column_remove_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    return change(arguments, arena, remove_column, "removed", reterr);
}
