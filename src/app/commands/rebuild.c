// SPDX-License-Identifier: Apache-2.0
/* `daylight rebuild`: what can be derived, made anew in steps so that the office goes on meanwhile: the search index
 * from the articles, the ledger's tiles from its entries. */
#include "app/commands.h"
#include "app/commands/merge.h"
#include "app/folder.h"
#include "app/progress.h"
#include "ledger/sequencer.h"
#include "press/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- the search index --- */

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

static int rebuild_search(const struct folder *folder, struct err *reterr) {
    int64_t articles = 0;
    int bad = store_read(folder->store, count_articles, &articles, reterr);
    struct search_rebuild at = {0};
    struct progress progress = progress_start((size_t)(articles > 0 ? articles : 0), "articles");
    store_set_bulk(folder->store, true);
    while (!bad && !at.done) {
        struct step step = {&at, {0}};
        bad = store_write(folder->store, one_step, &step, reterr);
        if (!bad)
            at = step.now;
        progress_at(&progress, (size_t)at.texts);
    }
    progress_clear(&progress);
    if (!bad)
        bad = merge_index(folder->store, 0, reterr);
    store_set_bulk(folder->store, false);
    if (!bad)
        printf("search index: %lld texts\n", (long long)at.texts);
    return bad;
}

/* --- the ledger's tiles --- */

struct ledger_work {
    struct progress progress;
    size_t mended;
};

static void say(void *arg, const char *line) {
    struct ledger_work *w = arg;
    progress_clear(&w->progress);
    printf("%s\n", line);
    w->mended++;
}

static void advance(void *arg, uint64_t done, uint64_t all) {
    struct ledger_work *w = arg;
    w->progress.total = (size_t)all;
    progress_at(&w->progress, (size_t)done);
}

static int rebuild_ledger(const struct folder *folder, struct err *reterr) {
    struct ledger_work w = {progress_start(0, "entries"), 0};
    uint64_t size = 0;
    int bad = ledger_rebuild(folder->store, str_of(folder->path), true, say, advance, &w, &size, reterr);
    progress_clear(&w.progress);
    if (bad == -ERR_NOT_FOUND) { /* an office that was never served since there are ledgers */
        printf("ledger: none yet\n");
        return 0;
    }
    if (!bad)
        printf("ledger: %" PRIu64 " entries, %s\n", size,
               w.mended ? "what was named above was written again" : "every tile as it should be");
    return bad;
}

int rebuild_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    const char *what = arguments_operand(arguments, 1);
    bool search = !what || strcmp(what, "search") == 0, ledger = !what || strcmp(what, "ledger") == 0;
    if (!search && !ledger) {
        (void)err_set(reterr, ERR_INVALID, "\"%s\" is neither search nor ledger", what); /* told as wrong use */
        return COMMAND_WRONG;
    }
    int bad = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    if (!bad && search)
        bad = rebuild_search(&folder, reterr);
    if (!bad && ledger)
        bad = rebuild_ledger(&folder, reterr);
    return bad;
}
