// SPDX-License-Identifier: Apache-2.0
/* `daylight article erase`: the act, its entry, and then what no transaction can do. */
#include "app/acts.h"
#include "app/commands.h"
#include "press/erasure.h"
#include "press/proof.h"

#include <stdio.h>
#include <unistd.h>

struct job {
    int64_t id;
    struct erasing erasing;
    struct arena *arena;
    struct article article; /* afterwards */
};

static int do_erase(struct tx *tx, void *arg, struct err *reterr) {
    struct job *job = arg;
    int bad = article_erase(tx, job->id, &job->erasing, reterr);
    return bad ? bad : article_get(tx, job->arena, job->id, job->erasing.language, true, &job->article, reterr);
}

static void say(void *arg, const char *what) {
    (void)arg;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "%s …\n", what);
}

static int read_arguments(const struct arguments *arguments, struct job *job, struct err *reterr) {
    const char *id = arguments_operand(arguments, 1), *code = arguments_value(arguments, "code"),
               *language = arguments_value(arguments, "lang");
    char *tag = arena_alloc(job->arena, LANGUAGE_MOST);
    if (!tag)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    if (!str_to_int(str_of(id), &job->id) || job->id < 1) {
        (void)err_set(reterr, ERR_INVALID, "\"%s\" is no article's number", id); /* these are told as wrong use */
        return COMMAND_WRONG;
    }
    if (!code || entry_code_read(str_of(code), &job->erasing.code) < 0 ||
        (job->erasing.code != ENTRY_CODE_PRIVACY && job->erasing.code != ENTRY_CODE_LAW)) {
        (void)err_set(reterr, ERR_INVALID, "on which ground? --code takes privacy or law");
        return COMMAND_WRONG;
    }
    if (language && !language_normalise(str_of(language), tag)) {
        (void)err_set(reterr, ERR_INVALID, "--lang takes a language tag such as en or zh-CN, not \"%s\"", language);
        return COMMAND_WRONG;
    }
    job->erasing.language = language ? tag : NULL;
    job->erasing.reason = str_of(arguments_value(arguments, "reason"));
    return 0;
}

int article_erase_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct job job = {.arena = arena};
    struct err unfinished = {0};
    int bad = read_arguments(arguments, &job, reterr);
    if (!bad)
        bad = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    if (!bad)
        bad = acts_begin(&folder, reterr);
    if (!bad)
        bad = store_write(folder.store, do_erase, &job, reterr);
    if (bad)
        return bad;
    bad = acts_end(&folder, reterr); /* whatever becomes of its entry, the text goes */
    if (erasure_finish(folder.store, folder.path, say, NULL, &unfinished))
        return err_set(reterr, (enum err_code) - unfinished.code,
                       "it is gone from every page and every answer, but freed room on the disk may still hold its "
                       "bytes; the same command again finishes that. %s",
                       unfinished.text);
    if (!bad) {
        const struct article *a = &job.article;
        struct str url = folder_article_url(&folder.config.site, arena, a->text.language, a->column_slug, a->id);
        printf("erased %.*s\n", STR_FMT(url));
    }
    return bad;
}
