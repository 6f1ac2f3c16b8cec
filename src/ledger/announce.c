// SPDX-License-Identifier: Apache-2.0
/* One transaction: the list as a public document, and the entry that commits to it. */
#include "ledger/announce.h"

#include "base/clock.h"
#include "ledger/commit.h"
#include "ledger/keys.h"
#include "ledger/log.h"
#include "queries.h"

struct announcement {
    struct str list;
    struct keys keys;
};

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

/* --- is it this log's? --- */

static int not_ours(struct err *reterr) {
    return err_set(reterr, ERR_LEDGER,
                   "The keys in DIR/keys are not those of this ledger, or an old copy of them: a key that it has "
                   "announced is not in ledger.vkeys. Nothing was entered. Bring back the keys that belong to it.");
}

/* The list that the newest entry about keys stands for; *ret_n 0: there is none yet. */
static int read_last(struct tx *tx, struct arena *a, struct keys *ret, struct err *reterr) {
    ROWS_LOCAL(r);
    struct entry entry;
    struct str list;
    ret->n = 0;
    int rc = tx_rows(tx, &Q_ledger_last_key, CELLS_NONE, &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc <= 0)
        return rc;
    rc = entry_read(rows_text(r, 0), &entry, reterr);
    if (rc == 0)
        rc = ledger_document(tx, a, &entry.commit, &list, reterr);
    return rc < 0 ? rc : keys_read_document(list, ret, reterr);
}

/* No key is ever left out of a list. */
static int check_ours(struct tx *tx, struct arena *a, const struct announcement *x, struct err *reterr) {
    struct ledger_state state;
    struct keys last;
    int rc = ledger_state(tx, a, &state, reterr);
    if (rc == 0 && !str_is(state.origin, x->keys.item[0].key.name))
        rc = not_ours(reterr);
    if (rc == 0)
        rc = read_last(tx, a, &last, reterr);
    for (size_t i = 0; rc == 0 && i < last.n; i++)
        if (!keys_has(&x->keys, &last.item[i].key))
            rc = not_ours(reterr);
    return rc;
}

/* --- the entry --- */

static int leave(struct tx *tx, struct arena *a, const struct announcement *x, struct err *reterr) {
    struct entry e = {.type = ENTRY_KEY,
                      .code = ENTRY_CODE_RETIREMENT,
                      .day = clock_now_us() / CLOCK_DAY_US,
                      .ref = -1,
                      .commit = commit_public(x->list),
                      .committed = true};
    char ticket[LEDGER_TICKET];
    size_t active = 0;
    for (size_t i = 0; i < x->keys.n; i++)
        active += x->keys.item[i].state == KEY_ACTIVE;
    if (active > 1)
        e.code = ENTRY_CODE_ROTATION;
    struct cell hash = ledger_hash_cell(a, &e.commit);
    if (arena_failed(a))
        return no_memory(reterr);
    int64_t n = tx_run(tx, &Q_ledger_document_add, CELLS(hash, cell_text(x->list)), reterr);
    if (n <= 0) /* another process was quicker */
        return (int)n;
    return ledger_append(tx, &e, NULL, ticket, reterr);
}

static int announce(struct tx *tx, void *arg, struct err *reterr) {
    const struct announcement *x = arg;
    struct hash hash = commit_public(x->list);
    struct str there;
    struct err e = {0};
    ARENA_LOCAL(a, 0);
    if (!a)
        return no_memory(reterr);
    int rc = ledger_document(tx, a, &hash, &there, &e);
    if (rc == 0)
        return 0;
    if (rc != -ERR_NOT_FOUND)
        return err_set(reterr, (enum err_code) - rc, "%s", e.text);
    rc = check_ours(tx, a, x, reterr);
    return rc < 0 ? rc : leave(tx, a, x, reterr);
}

struct asking {
    struct hash hash;
    bool there, founded;
};

/* Most often there is nothing to do, and nothing is written then. */
static int ask(struct tx *tx, void *arg, struct err *reterr) {
    struct asking *x = arg;
    struct str text;
    struct ledger_state state;
    struct err e = {0};
    ARENA_LOCAL(a, 0);
    if (!a)
        return no_memory(reterr);
    int rc = ledger_document(tx, a, &x->hash, &text, &e);
    x->there = rc == 0;
    if (rc == -ERR_NOT_FOUND)
        rc = ledger_state(tx, a, &state, &e);
    x->founded = rc == 0;
    return rc < 0 && rc != -ERR_NOT_FOUND ? err_set(reterr, (enum err_code) - rc, "%s", e.text) : 0;
}

int ledger_announce(struct store *s, struct str folder, struct err *reterr) {
    BUF_LOCAL(list);
    struct announcement x;
    int rc = keys_document(folder, &list, reterr);
    if (rc < 0)
        return rc;
    x.list = buf_str(&list);
    rc = keys_read_document(x.list, &x.keys, reterr);
    struct asking asking = {.hash = commit_public(x.list)};
    if (rc == 0)
        rc = store_read(s, ask, &asking, reterr);
    return rc < 0 || asking.there || !asking.founded ? rc : store_write(s, announce, &x, reterr);
}
