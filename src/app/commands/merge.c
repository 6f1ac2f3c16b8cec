// SPDX-License-Identifier: Apache-2.0
/* The pieces of the search index, put together step by step. */
#include "app/commands/merge.h"

#include "app/interrupt.h"
#include "app/progress.h"
#include "press/search.h"

#include <string.h>

int merge_index(struct store *store, int64_t came, struct err *reterr) {
    bool pages = strcmp(store_engine(store), "sqlite") == 0;
    struct progress progress =
        progress_start(0, pages ? "pages of the search index put together" : "texts of the search index put together");
    struct search_merge at = {.came = came};
    int bad = 0;
    while (!bad && !at.done && !interrupt_came()) {
        bad = search_merge_step(store, &at, reterr);
        progress.total = (size_t)at.total;
        progress_at(&progress, (size_t)at.merged);
    }
    progress_clear(&progress);
    return bad;
}
