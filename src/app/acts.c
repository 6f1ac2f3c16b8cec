// SPDX-License-Identifier: Apache-2.0
/* Between commands and the ledger: who opens it, under which name it begins, and what is waited for. */
#include "app/acts.h"

#include "app/progress.h"
#include "base/log.h"
#include "ledger/announce.h"
#include "press/article.h"

enum { PATIENCE_MS = 30000 };

/* "https://www.example.org" makes www.example.org/ledger. */
static void add_ledger_origin(struct buf *to, struct str site_origin) {
    size_t scheme = str_find(site_origin, STR("://"), 0);
    buf_add(to, scheme == SIZE_MAX ? site_origin : str_from(site_origin, scheme + 3));
    buf_add_z(to, "/ledger");
}

/* --- texts from before the ledger --- */

static int is_adopted(struct tx *tx, void *arg, struct err *reterr) {
    return article_adopted(tx, arg, reterr);
}

static int count_articles(struct tx *tx, void *arg, struct err *reterr) {
    return article_count(tx, NULL, 0, arg, reterr);
}

struct step {
    const struct article_adopting *from;
    struct article_adopting now;
};

static int adopt_some(struct tx *tx, void *arg, struct err *reterr) {
    struct step *step = arg;
    step->now = *step->from; /* afresh each time: it may run again */
    return article_adopt_step(tx, &step->now, reterr);
}

/* Each gets its entry; in steps, so that one that is cut off goes on the next time. */
static int adopt(struct folder *f, struct err *reterr) {
    struct article_adopting at = {0};
    int64_t texts = 0;
    int rc = store_read(f->store, is_adopted, &at.done, reterr);
    if (rc == 0 && !at.done)
        rc = store_read(f->store, count_articles, &texts, reterr);
    struct progress progress = progress_start((size_t)(texts > 0 ? texts : 0), "texts entered in the ledger");
    while (rc == 0 && !at.done) {
        struct step step = {&at, {0}};
        rc = store_write(f->store, adopt_some, &step, reterr);
        if (rc == 0)
            at = step.now;
        progress_at(&progress, (size_t)at.texts);
    }
    progress_clear(&progress);
    if (at.texts)
        LOG(LOG_INFO, "adopted", LOG_NUMBER("texts", at.texts));
    return rc;
}

/* A list of keys that a crash parted from its entry. What is wrong with the files of keys the ledger itself says when
 * it is opened; a folder that has none copies. */
static int announce(struct folder *f, struct err *reterr) {
    struct err e = {0};
    int rc = ledger_announce(f->store, str_of(f->path), &e);
    if (rc == -ERR_LEDGER)
        LOG(LOG_ERROR, "keys_not_announced", LOG_TEXT("why", str_of(e.text)));
    bool files = rc == -ERR_LEDGER || rc == -ERR_NOT_FOUND || rc == -ERR_INVALID || rc == -ERR_IO;
    return rc < 0 && !files ? err_set(reterr, (enum err_code) - rc, "%s", e.text) : 0;
}

int acts_open(struct folder *f, struct err *reterr) {
    BUF_LOCAL(origin);
    if (f->ledger)
        return 0;
    add_ledger_origin(&origin, f->config.site.origin);
    if (buf_failed(&origin))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int rc = ledger_found(f->store, str_of(f->path), buf_str(&origin), reterr);
    if (rc == 0)
        rc = announce(f, reterr);
    if (rc == 0)
        rc = adopt(f, reterr);
    return rc < 0 ? rc : ledger_open(f->store, str_of(f->path), "/proc/self/exe", &f->ledger, reterr);
}

int acts_begin(struct folder *f, struct err *reterr) {
    int rc = acts_open(f, reterr);
    return rc < 0 ? rc : ledger_why(f->ledger, reterr);
}

int acts_end(struct folder *f, struct err *reterr) {
    return ledger_settle_all(f->ledger, PATIENCE_MS, reterr);
}
