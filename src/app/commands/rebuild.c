// SPDX-License-Identifier: Apache-2.0
/* `daylight rebuild`: the search index, made anew in steps so that the office goes on meanwhile. */
#include "app/commands.h"
#include "app/folder.h"
#include "app/progress.h"
#include "press/search.h"

#include <stdio.h>

struct step {
    const struct search_rebuild *from;
    struct search_rebuild now;
};

static int one_step(struct tx *tx, void *arg, struct err *reterr) {
    struct step *step = arg;
    step->now = *step->from; /* afresh each time: it may run again */
    return search_rebuild_step(tx, &step->now, reterr);
}

static int count_articles(struct tx *tx, void *arg, struct err *reterr) {
    return article_count(tx, NULL, 0, arg, reterr);
}

int rebuild_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    int bad = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    int64_t articles = 0;
    if (!bad)
        bad = store_read(folder.store, count_articles, &articles, reterr);
    struct search_rebuild at = {0};
    struct progress progress = progress_start((size_t)(articles > 0 ? articles : 0), "articles");
    while (!bad && !at.done) {
        struct step step = {&at, {0}};
        bad = store_write(folder.store, one_step, &step, reterr);
        if (!bad)
            at = step.now;
        progress_at(&progress, (size_t)at.texts);
    }
    progress_clear(&progress);
    if (!bad)
        printf("search index: %lld texts\n", (long long)at.texts);
    return bad;
}
