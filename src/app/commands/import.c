// SPDX-License-Identifier: Apache-2.0
/* `daylight import`: files in, articles out. Read on all processors, stored in order, in batches; where a batch fails,
 * each of it is stored for itself, so that one bad file never keeps the others out. */
#include "press/import.h"
#include "app/acts.h"
#include "app/commands.h"
#include "app/commands/import_files.h"
#include "app/commands/index_later.h"
#include "app/commands/merge.h"
#include "app/folder.h"
#include "app/interrupt.h"
#include "app/ordered.h"
#include "app/output.h"
#include "app/progress.h"
#include "base/clock.h"
#include "base/file.h"
#include "press/search.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* A batch holds the store's one writer for some half a second, with the search index or without. */
    BATCH_FILES = 1024,
    BATCH_FILES_LATER = 2048,
    BATCH_BYTES = 32 * 1024 * 1024,
    AHEAD_FILES = 2 * BATCH_FILES_LATER,
    THREADS_MOST = 8,
    FILE_ARENA_MOST = 192 * 1024 * 1024,
    LARGE_FILE = 256 * 1024,
    MANY = 5000, /* files: from here on the search index is worth a pass of its own */
};

struct item {
    const char *file;
    struct arena *arena;
    struct document document;
    int64_t column_id;
    struct str column;
    struct import_result result;
    bool failed;
    struct err err;
};

struct import_job {
    struct folder *folder;
    const char **file;
    size_t files;
    pthread_mutex_t large; /* one such file is read at a time: it may take all the memory that is given to a file */
    struct arena *arena;
    struct import_options options;
    struct column *columns;
    size_t columns_n;
    const struct column *asked, *standard; /* --column, and where what says nothing goes */
    bool publish, dry_run, json;
    bool later; /* the search index comes when all is stored */
    struct progress progress;
    size_t done, failed, printed;
    size_t n; /* of the batch */
    size_t bytes;
    struct item *item[BATCH_FILES_LATER];
};

/* --- before the first file --- */

static int read_columns(struct tx *tx, void *arg, struct err *reterr) {
    struct import_job *job = arg;
    return column_list(tx, job->arena, job->folder->config.site.words[0].language, &job->columns, &job->columns_n,
                       reterr);
}

static const struct column *find_column(const struct import_job *job, struct str slug) {
    for (size_t i = 0; i < job->columns_n; i++)
        if (str_eq(job->columns[i].slug, slug))
            return &job->columns[i];
    return NULL;
}

static int choose_columns(struct import_job *job, const char *slug, struct err *reterr) {
    int bad = store_read(job->folder->store, read_columns, job, reterr);
    if (bad)
        return bad;
    if (slug && !(job->asked = find_column(job, str_of(slug))))
        return err_set(reterr, ERR_NOT_FOUND, "there is no column %s (daylight column list shows them)", slug);
    for (size_t i = job->columns_n; i-- > 0;)
        if (!job->standard || job->columns[i].kind == COLUMN_NEWS)
            job->standard = &job->columns[i];
    if (!job->standard)
        return err_set(reterr, ERR_NOT_FOUND, "there is no column to put articles in (daylight column add makes one)");
    return 0;
}

static int choose_languages(struct import_job *job, const char *tag, struct err *reterr) {
    const struct site *site = &job->folder->config.site;
    const char **list = arena_array(job->arena, site->languages, sizeof *list);
    char *language = arena_alloc(job->arena, LANGUAGE_MOST);
    if (!list || !language)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    for (size_t i = 0; i < site->languages; i++)
        list[i] = site->words[i].language;
    if (tag && !language_normalise(str_of(tag), language)) {
        (void)err_set(reterr, ERR_INVALID, "--lang takes a language tag such as en or zh-CN, not \"%s\"", tag);
        return COMMAND_WRONG;
    }
    job->options = (struct import_options){site->zone, tag ? language : NULL, list, site->languages};
    return 0;
}

/* --- one file --- */

static int read_file(const struct import_job *job, struct item *item, struct err *reterr) {
    BUF_LOCAL(bytes);
    int bad = file_read(item->file, IMPORT_FILE_MOST, &bytes, reterr);
    if (bad)
        return bad; /* its sentence names the file */
    bad = import_read(buf_str(&bytes), item->file, &job->options, item->arena, &item->document, reterr);
    if (!bad && arena_failed(item->arena))
        bad = err_set(reterr, ERR_TOO_LARGE, "it takes more memory than is given to one file");
    if (!bad && site_language(&job->folder->config.site, str_of(item->document.language)) < 0)
        bad = err_set(reterr, ERR_INVALID,
                      "it is in the language %s, which is not among the site's; add it to site.ini, or say another "
                      "with --lang; nothing was stored",
                      item->document.language);
    const struct column *column = job->asked                ? job->asked
                                  : bad                     ? NULL
                                  : item->document.column.n ? find_column(job, item->document.column)
                                                            : job->standard;
    if (!bad && !column)
        bad = err_set(reterr, ERR_NOT_FOUND, "it names the column \"%.*s\", which is not there",
                      STR_FMT(item->document.column));
    if (bad) {
        err_prefix(reterr, "%s", item->file);
        return bad;
    }
    if (!job->dry_run)
        bad = import_prepare(&item->document, job->publish && !job->later, item->arena, reterr);
    if (bad) {
        err_prefix(reterr, "%s", item->file);
        return bad;
    }
    if (job->asked)
        item->document.column = STR_NONE; /* the option's word over the file's */
    item->column_id = column->id;
    item->column = column->slug;
    return 0;
}

/* DOCX unpacks to more than it shows. */
static bool is_large(const char *file) {
    struct stat s;
    struct str name = str_of(file);
    return str_is(name, "-") || str_ends(name, ".docx") || stat(file, &s) != 0 || s.st_size > LARGE_FILE;
}

/* On one of several threads. */
static size_t read_piece(void *arg, size_t number, void *slot) {
    struct import_job *job = arg;
    struct item *item = slot;
    item->file = job->file[number];
    item->arena = arena_new(FILE_ARENA_MOST);
    bool large = is_large(item->file);
    if (large)
        (void)pthread_mutex_lock(&job->large);
    item->failed = !item->arena ? err_set(&item->err, ERR_NO_MEMORY, "%s: not enough memory", item->file) != 0
                                : read_file(job, item, &item->err) != 0;
    if (large)
        (void)pthread_mutex_unlock(&job->large);
    return item->arena ? arena_used(item->arena) : 0;
}

/* --- storing --- */

struct some { /* of the batch */
    struct import_job *job;
    size_t from, until;
};

/* What was there already stays in its column. */
static int find_place(struct tx *tx, struct item *item, struct err *reterr) {
    struct article there;
    int bad = article_get(tx, item->arena, item->result.id, item->document.language, true, &there, reterr);
    if (!bad)
        item->column = there.column_slug;
    return bad;
}

static int store_each(struct tx *tx, const struct some *some, struct search_waiting *waiting, struct err *reterr) {
    for (size_t i = some->from; i < some->until; i++) {
        struct item *item = some->job->item[i];
        if (item->failed)
            continue;
        item->result = (struct import_result){0};
        int bad =
            import_store(tx, &item->document, item->column_id, some->job->publish, waiting, &item->result, reterr);
        const struct import_result *r = &item->result;
        if (!bad && (r->already || r->new_revision || r->new_language))
            bad = find_place(tx, item, reterr);
        if (bad) {
            err_prefix(reterr, "%s", item->file);
            return bad;
        }
    }
    return 0;
}

/* Into the search at the end, all of them in the order that costs least. */
static int store_some(struct tx *tx, void *arg, struct err *reterr) {
    const struct some *some = arg;
    struct search_waiting waiting = {.later = some->job->later};
    int bad = store_each(tx, arg, &waiting, reterr);
    if (!bad)
        bad = search_put_waiting(tx, &waiting, reterr);
    search_waiting_clear(&waiting);
    return bad;
}

static void store_batch(struct import_job *job) {
    struct store *store = job->folder->store;
    struct err err = {0};
    if (store_write(store, store_some, &(struct some){job, 0, job->n}, &err) == 0)
        return;
    for (size_t i = 0; i < job->n; i++) {
        struct item *item = job->item[i];
        if (!item->failed)
            item->failed = store_write(store, store_some, &(struct some){job, i, i + 1}, &item->err) != 0;
    }
}

/* --- telling --- */

static struct str url_of(const struct import_job *job, const struct item *item) {
    return folder_article_url(&job->folder->config.site, item->arena, item->document.language, item->column,
                              item->result.id);
}

static json_t *texts_json(const struct str *list, size_t n) {
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(array, json_stringn(list[i].p, list[i].n)))
            return json_decref(array), NULL;
    return array;
}

static json_t *item_json(const struct import_job *job, const struct item *item) {
    const struct document *d = &item->document;
    if (item->failed)
        return json_pack("{s:s, s:s}", "file", item->file, "error", item->err.text);
    json_t *one = json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file", item->file, "title",
                            output_text(d->title), "language", d->language, "published",
                            output_text(str_of(d->published)), "source", output_text(d->source), "author",
                            output_text(d->author), "keywords", output_text(d->keywords), "summary",
                            output_text(d->summary), "body_html", output_text(d->body_html), "left_out",
                            texts_json(d->left_out, d->left_out_n), "warnings", texts_json(d->warnings, d->warnings_n));
    if (one && !job->dry_run &&
        (json_object_set_new(one, "id", json_integer((json_int_t)item->result.id)) ||
         json_object_set_new(one, "url", output_text(url_of(job, item))) ||
         json_object_set_new(one, "already", json_boolean(item->result.already))))
        return json_decref(one), NULL;
    return one;
}

static void print_json(struct import_job *job, const struct item *item) {
    json_t *one = item_json(job, item);
    char *text = one ? json_dumps(one, JSON_INDENT(2)) : NULL;
    printf("%s%s", job->printed++ ? ",\n" : "", text ? text : "null");
    free(text);
    json_decref(one);
}

static const char *outcome_of(const struct import_result *r) {
    return r->published      ? "published"
           : r->already      ? "is there already:"
           : r->new_revision ? "new revision of"
           : r->new_language ? "new translation:"
                             : "stored as a draft:";
}

static void print_line(const struct import_job *job, const struct item *item) {
    const struct document *d = &item->document;
    if (job->dry_run)
        printf("%s: would store \"%.*s\" (%s, %s, %s) in %.*s\n", item->file, STR_FMT(d->title), d->format, d->language,
               d->has_time ? d->published : "no time", STR_FMT(item->column));
    else
        printf("%s: %s %.*s\n", item->file, outcome_of(&item->result), STR_FMT(url_of(job, item)));
    if (item->result.picture_left_out)
        fprintf(stderr, "daylight import: %s: its picture is on another host and was left out: %.*s\n", item->file,
                STR_FMT(d->picture));
    for (size_t i = 0; i < d->warnings_n; i++)
        fprintf(stderr, "daylight import: %s: %.*s\n", item->file, STR_FMT(d->warnings[i]));
}

static void tell(struct import_job *job, struct item *item) {
    progress_clear(&job->progress);
    if (item->failed) {
        fprintf(stderr, "daylight import: %s\n", item->err.text);
        job->failed++;
    }
    if (job->json)
        print_json(job, item);
    else if (!item->failed)
        print_line(job, item);
}

/* What was stored is told when the ledger has it. */
static void wait_for_ledger(struct import_job *job) {
    struct err err = {0};
    if (acts_end(job->folder, &err) == 0)
        return;
    for (size_t i = 0; i < job->n; i++) {
        struct item *item = job->item[i];
        if (!item->failed) {
            item->failed = true;
            (void)err_set(&item->err, ERR_LEDGER, "%s: %s", item->file, err.text); /* told from there */
        }
    }
}

static void finish_batch(struct import_job *job, struct ordered *o) {
    if (!job->dry_run && job->n) {
        store_batch(job);
        wait_for_ledger(job);
    }
    for (size_t i = 0; i < job->n; i++) {
        tell(job, job->item[i]);
        arena_free(job->item[i]->arena);
    }
    job->done += job->n;
    job->n = job->bytes = 0;
    ordered_release(o, job->done);
    progress_at(&job->progress, job->done);
}

static void take_pieces(struct import_job *job, struct ordered *o) {
    size_t most = job->later ? BATCH_FILES_LATER : BATCH_FILES;
    for (size_t at = 0; at < job->files && !interrupt_came();) {
        struct item *item = ordered_get(o, at);
        if (item) {
            job->item[job->n++] = item;
            job->bytes += item->arena ? arena_used(item->arena) : 0;
            progress_at(&job->progress, ++at);
        }
        if (!item || job->n == most || job->bytes > BATCH_BYTES)
            finish_batch(job, o);
    }
    finish_batch(job, o);
    ordered_halt(o);
    for (size_t at = job->done; at < job->files; at++) { /* read, but not taken any more */
        struct item *item = ordered_get(o, at);
        if (!item)
            break;
        arena_free(item->arena);
    }
}

/* --- after many --- */

/* What was stored is stored, whatever becomes of this. */
static void merge_after_many(const struct import_job *job) {
    struct err err = {0};
    if (job->dry_run || !job->publish || job->done < MANY)
        return;
    if (merge_index(job->folder->store, (int64_t)job->done, &err) != 0)
        fprintf(stderr,
                "daylight import: all is stored; only the search index stays in pieces, which makes searches "
                "slower: %s\n",
                err.text);
}

/* found: all that was stored is in the search index. */
static void tell_rates(const struct import_job *job, int64_t began_us, int64_t stored_us, bool found) {
    double stored = (double)(stored_us - began_us) / CLOCK_SECOND_US,
           all = (double)(clock_ticks_us() - began_us) / CLOCK_SECOND_US;
    fprintf(stderr, "daylight import: %zu files done in %.1f s, %.0f a second", job->done, stored,
            (double)job->done / stored);
    if (found)
        fprintf(stderr, "; with the search index %.1f s, %.0f a second", all, (double)job->done / all);
    fputc('\n', stderr);
}

/* What was stored before it could be found. *ret_left: texts that still cannot. False: it is not known that all can. */
static bool index_after_many(struct import_job *job, int64_t *ret_left) {
    struct err err = {0};
    if (job->later && index_later(job->folder->store, ret_left, &err) != 0) {
        fprintf(stderr, "daylight import: what was stored is shown, and not all of it found by a search yet: %s\n",
                err.text);
        job->failed++;
        return false;
    }
    if (*ret_left)
        return false;
    merge_after_many(job);
    return true;
}

static int judge(const struct import_job *job, int64_t left, struct err *reterr) {
    if (job->done < job->files && left)
        return err_set(reterr, ERR_CONFLICT,
                       "stopped after %zu of %zu files, which are shown; %" PRId64
                       " texts are not found by a search yet; the same command goes on where this one ended",
                       job->done, job->files, left);
    if (job->done < job->files)
        return err_set(reterr, ERR_CONFLICT,
                       "stopped after %zu of %zu files, which are done; the same command goes on where this one ended",
                       job->done, job->files);
    if (left)
        return err_set(reterr, ERR_CONFLICT,
                       "all %zu files are done; %" PRId64
                       " texts are shown and not found by a search yet: the same command goes on with them, or the "
                       "server by itself",
                       job->files, left);
    return job->failed ? COMMAND_REFUSED : 0;
}

static int run_job(struct import_job *job, struct err *reterr) {
    struct ordered *o;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct ordered_plan plan = {.pieces = job->files,
                                .window = AHEAD_FILES,
                                .weight = 2 * (size_t)BATCH_BYTES,
                                .slot = sizeof(struct item),
                                .work = read_piece,
                                .arg = job};
    plan.threads = processors < 1 ? 1 : processors > THREADS_MOST ? THREADS_MOST : (size_t)processors;
    (void)pthread_mutex_init(&job->large, NULL); /* cannot fail on Linux */
    int bad = ordered_start(&plan, &o, reterr);
    if (bad)
        return bad;
    interrupt_listen();
    store_set_bulk(job->folder->store, job->later);
    int64_t left = 0, began_us = clock_ticks_us();
    fputs(job->json ? "[\n" : "", stdout);
    take_pieces(job, o);
    progress_clear(&job->progress);
    fputs(job->json ? "\n]\n" : "", stdout);
    ordered_free(o);
    int64_t stored_us = clock_ticks_us();
    bool found = index_after_many(job, &left);
    if (job->later && job->done)
        tell_rates(job, began_us, stored_us, found);
    return judge(job, left, reterr);
}

int import_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct import_job *job = arena_alloc(arena, sizeof *job);
    if (!job)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    int bad = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    if (bad)
        return bad;
    const char **file = NULL;
    size_t files = 0;
    bad = import_files(arguments, arena, &file, &files, reterr);
    if (bad)
        return bad;
    *job = (struct import_job){.folder = &folder,
                               .file = file,
                               .files = files,
                               .arena = arena,
                               .publish = arguments_flag(arguments, "publish"),
                               .dry_run = arguments_flag(arguments, "dry-run"),
                               .json = arguments_flag(arguments, "json"),
                               .progress = progress_start(files, "files")};
    job->later = job->publish && !job->dry_run && files >= MANY;
    bad = choose_languages(job, arguments_value(arguments, "lang"), reterr);
    if (!bad)
        bad = choose_columns(job, arguments_value(arguments, "column"), reterr);
    if (!bad && !job->dry_run)
        bad = acts_begin(&folder, reterr);
    return bad ? bad : run_job(job, reterr);
}
