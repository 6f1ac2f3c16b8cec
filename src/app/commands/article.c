// SPDX-License-Identifier: Apache-2.0
/* `daylight article …`: looking at articles, and the acts of publishing. */
#include "press/article.h"
#include "app/acts.h"
#include "app/commands.h"
#include "app/folder.h"
#include "app/output.h"
#include "base/clock.h"
#include "text/datetime.h"
#include "text/html.h"

#include <stdio.h>

struct job {
    const struct arguments *arguments;
    const struct site *site;
    struct arena *arena;
    int64_t id, at_us;
    int64_t emergency_us; /* it waits for its countersignature since */
    enum entry_code code;
    const char *language;
    size_t most;
    struct article article;
    struct article_list list;
};

static struct str url_of(const struct job *job, const struct article *a) {
    return folder_article_url(job->site, job->arena, a->text.language, a->column_slug, a->id);
}

static json_t *languages_json(const struct article *a) {
    json_t *list = json_array();
    for (size_t i = 0; i < a->languages; i++)
        (void)json_array_append_new(list, json_string(a->language[i])); /* a lack of memory leaves a shorter list */
    return list;
}

static json_t *article_json(const struct job *job, const struct article *a, bool whole) {
    const char *zone = job->site->zone;
    json_t *one = json_pack("{s:I, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)a->id,
                            "state", article_state_word(a->state), "url", output_text(url_of(job, a)), "column",
                            output_text(a->column_slug), "published", output_time(a->published_us, zone), "language",
                            a->text.language, "languages", languages_json(a), "title", output_text(a->text.title),
                            "source", output_text(a->text.source), "summary", output_text(a->text.summary), "key",
                            output_text(a->key), "withdrawn_reason", output_text(a->withdrawn_reason));
    if (one && whole &&
        (json_object_set_new(one, "author", output_text(a->text.author)) ||
         json_object_set_new(one, "keywords", output_text(a->text.keywords)) ||
         json_object_set_new(one, "picture", output_text(a->picture)) ||
         json_object_set_new(one, "revision", json_integer((json_int_t)a->text.revision)) ||
         json_object_set_new(one, "note", output_text(a->text.note)) ||
         json_object_set_new(one, "changed", output_time(a->text.changed_us, zone)) ||
         json_object_set_new(one, "awaits_countersignature", json_boolean(job->emergency_us != 0)) ||
         json_object_set_new(one, "body_html", output_text(a->text.body_html)))) {
        json_decref(one);
        return NULL;
    }
    return one;
}

/* --- list --- */

static int column_id_of(struct job *job, struct tx *tx, const char *slug, int64_t *ret, struct err *reterr) {
    struct column c;
    int bad = column_find(tx, job->arena, str_of(slug), job->language, &c, reterr);
    if (bad == -ERR_NOT_FOUND)
        return err_set(reterr, ERR_NOT_FOUND, "there is no column %s", slug);
    if (!bad)
        *ret = c.id;
    return bad;
}

static int read_list(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    struct article_where where = {.language = job->language, .all = arguments_flag(job->arguments, "all")};
    const char *slug = arguments_value(job->arguments, "column");
    int bad = slug ? column_id_of(job, tx, slug, &where.column_id, reterr) : 0;
    struct article *all = arena_array(job->arena, job->most, sizeof *all);
    job->list = (struct article_list){.item = all};
    while (!bad && all && job->list.n < job->most) {
        struct article_list some;
        where.most = job->most - job->list.n < 200 ? job->most - job->list.n : 200;
        bad = article_list(tx, job->arena, &where, &some, reterr);
        for (size_t i = 0; !bad && i < some.n; i++)
            all[job->list.n++] = some.item[i];
        if (bad || !some.more || !some.n)
            break;
        const struct article *last = &some.item[some.n - 1];
        where.before_us = article_place_us(last);
        where.before_id = last->id;
    }
    return !bad && !all ? err_set(reterr, ERR_NO_MEMORY, "not enough memory for the list") : bad;
}

static int print_list_json(const struct job *job, struct err *reterr) {
    json_t *list = json_array();
    for (size_t i = 0; i < job->list.n; i++) {
        if (json_array_append_new(list, article_json(job, &job->list.item[i], false))) {
            json_decref(list);
            list = NULL;
            break;
        }
    }
    return output_json(list, reterr);
}

static void print_line(const struct job *job, const struct article *a) {
    BUF_LOCAL(when);
    if (a->published_us)
        datetime_add_minute(&when, a->published_us, job->site->zone);
    printf("%6lld  %-16s  %-9s  %-10.*s  %.*s\n", (long long)a->id, when.p, article_state_word(a->state),
           STR_FMT(a->column_slug), STR_FMT(a->text.title));
}

static int open_job(const struct arguments *arguments, struct arena *arena, struct folder *folder, struct job *job,
                    struct err *reterr) {
    *job = (struct job){.arguments = arguments, .arena = arena};
    const char *id = arguments_operand(arguments, 1);
    if (id && (!str_to_int(str_of(id), &job->id) || job->id < 1)) {
        (void)err_set(reterr, ERR_INVALID, "\"%s\" is no article's number", id); /* told as wrong use */
        return COMMAND_WRONG;
    }
    int bad = folder_open(arguments_operand(arguments, 0), NULL, arena, folder, reterr);
    if (bad)
        return bad;
    job->site = &folder->config.site;
    job->language = job->site->words[0].language;
    return 0;
}

/* --lang, of the site's languages. */
static int choose_language(struct job *job, struct err *reterr) {
    const char *language = arguments_value(job->arguments, "lang");
    int at = language ? site_language(job->site, str_of(language)) : 0;
    if (at < 0)
        return err_set(reterr, ERR_INVALID, "%s is not among the site's languages", language);
    job->language = job->site->words[at].language;
    return 0;
}

int article_list_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct job job;
    int64_t most = 0;
    int bad = arguments_number(arguments, "most", 1, 100000, 50, &most, reterr);
    if (!bad)
        bad = open_job(arguments, arena, &folder, &job, reterr);
    if (!bad)
        bad = choose_language(&job, reterr);
    if (bad)
        return bad;
    job.most = (size_t)most;
    bad = store_read(folder.store, read_list, &job, reterr);
    if (bad)
        return bad;
    if (arguments_flag(arguments, "json"))
        return print_list_json(&job, reterr);
    for (size_t i = 0; i < job.list.n; i++)
        print_line(&job, &job.list.item[i]);
    return 0;
}

/* --- show --- */

static int read_article(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    int bad = article_get(tx, job->arena, job->id, job->language, true, &job->article, reterr);
    return bad ? bad : article_emergency(tx, job->id, &job->emergency_us, reterr);
}

static void print_field(const char *label, struct str value) {
    if (value.n)
        printf("%-10s %.*s\n", label, STR_FMT(value));
}

static void print_article(const struct job *job) {
    const struct article *a = &job->article;
    BUF_LOCAL(when);
    BUF_LOCAL(text);
    if (a->published_us)
        datetime_add_minute(&when, a->published_us, job->site->zone);
    html_text(a->text.body_html, &text);
    print_field("title", a->text.title);
    print_field("address", url_of(job, a));
    print_field("state", str_of(article_state_word(a->state)));
    print_field("withdrawn", a->withdrawn_reason);
    if (job->emergency_us)
        print_field("emergency", STR("published in an emergency, and not countersigned yet"));
    print_field("published", buf_str(&when));
    print_field("source", a->text.source);
    print_field("author", a->text.author);
    print_field("keywords", a->text.keywords);
    print_field("summary", a->text.summary);
    print_field("picture", a->picture);
    printf("%-10s %s, revision %lld\n\n%.*s\n", "language", a->text.language, (long long)a->text.revision,
           STR_FMT(buf_str(&text)));
}

int article_show_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct job job;
    int bad = open_job(arguments, arena, &folder, &job, reterr);
    if (!bad)
        bad = choose_language(&job, reterr);
    if (!bad)
        bad = store_read(folder.store, read_article, &job, reterr);
    if (bad)
        return bad;
    if (arguments_flag(arguments, "json"))
        return output_json(article_json(&job, &job.article, true), reterr);
    print_article(&job);
    return 0;
}

/* --- acts --- */

/* A published article stays as it is: whoever asks for another time, or says now that it was an emergency, is told. */
static int check_published(const struct job *job, struct err *reterr) {
    const struct article *a = &job->article;
    bool emergency = arguments_flag(job->arguments, "emergency");
    if (a->state != ARTICLE_PUBLISHED ||
        ((!job->at_us || job->at_us == a->published_us) && (!emergency || job->emergency_us)))
        return 0;
    BUF_LOCAL(time);
    datetime_add_minute(&time, a->published_us, job->site->zone);
    return err_set(reterr, ERR_CONFLICT, "Article %lld is published already, for %s; nothing was changed.",
                   (long long)job->id, time.p);
}

static int do_publish(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    int bad = read_article(tx, arg, reterr);
    if (!bad)
        bad = check_published(job, reterr);
    if (!bad)
        bad = arguments_flag(job->arguments, "emergency") ? article_publish_emergency(tx, job->id, job->at_us, reterr)
                                                          : article_publish(tx, job->id, job->at_us, reterr);
    return bad ? bad : read_article(tx, arg, reterr);
}

static int do_countersign(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    int bad = article_countersign(tx, job->id, reterr);
    return bad ? bad : read_article(tx, arg, reterr);
}

static int do_withdraw(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    int bad = article_withdraw(tx, job->id, job->code, str_of(arguments_value(job->arguments, "reason")), reterr);
    return bad ? bad : read_article(tx, arg, reterr);
}

static int do_move(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    int64_t column_id = 0;
    int bad = column_id_of(job, tx, arguments_operand(job->arguments, 2), &column_id, reterr);
    if (!bad)
        bad = article_move(tx, job->id, column_id, reterr);
    return bad ? bad : read_article(tx, arg, reterr);
}

/* done NULL: whether it is there or will be is told by the time that it has now. */
static int act(struct job *job, struct folder *folder, tx_fn *fn, const char *done, struct err *reterr) {
    int bad = acts_begin(folder, reterr);
    if (!bad)
        bad = store_write(folder->store, fn, job, reterr);
    if (!bad)
        bad = acts_end(folder, reterr);
    if (!bad && !done)
        done = job->article.published_us > clock_now_us() ? "will appear" : "published";
    if (!bad)
        printf("%s %.*s\n", done, STR_FMT(url_of(job, &job->article)));
    return bad;
}

int article_publish_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct job job;
    int bad = open_job(arguments, arena, &folder, &job, reterr);
    if (bad)
        return bad;
    const char *at = arguments_value(arguments, "at");
    if (at && !datetime_parse(str_of(at), job.site->zone, &job.at_us)) {
        (void)err_set(reterr, ERR_INVALID, "--at takes a time such as '2026-11-19 16:40', not \"%s\"", at);
        return COMMAND_WRONG;
    }
    bad = act(&job, &folder, do_publish, NULL, reterr);
    if (!bad && job.emergency_us)
        printf(
            "It says on its page that it was published in an emergency, until: daylight article countersign %s %lld\n",
            folder.path, (long long)job.id);
    return bad;
}

int article_countersign_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct job job;
    int bad = open_job(arguments, arena, &folder, &job, reterr);
    return bad ? bad : act(&job, &folder, do_countersign, "countersigned", reterr);
}

/* --code, "other" where it is not given. */
static int read_code(struct job *job, enum entry_type act, struct err *reterr) {
    const char *word = arguments_value(job->arguments, "code");
    job->code = ENTRY_CODE_OTHER;
    if (!word || (entry_code_read(str_of(word), &job->code) == 0 && entry_allows(act, job->code)))
        return 0;
    (void)err_set(reterr, ERR_INVALID, "--code takes error, outdated, privacy, law or other, not \"%s\"", word);
    return COMMAND_WRONG;
}

int article_withdraw_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct job job;
    if (!arguments_value(arguments, "reason")) {
        (void)err_set(reterr, ERR_INVALID, "say --reason: the public reads it in the article's place"); /* wrong use */
        return COMMAND_WRONG;
    }
    int bad = open_job(arguments, arena, &folder, &job, reterr);
    if (!bad)
        bad = read_code(&job, ENTRY_WITHDRAW, reterr);
    return bad ? bad : act(&job, &folder, do_withdraw, "withdrawn", reterr);
}

int article_move_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct job job;
    int bad = open_job(arguments, arena, &folder, &job, reterr);
    return bad ? bad : act(&job, &folder, do_move, "moved to", reterr);
}
