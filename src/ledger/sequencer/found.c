// SPDX-License-Identifier: Apache-2.0
/* The beginning of an office's ledger: keys in its folder, and in its store a state and entry 0, which names them. */
#include "ledger/sequencer.h"

#include "base/clock.h"
#include "ledger/keys.h"
#include "queries.h"

struct founding {
    struct arena *arena;
    struct str origin, list; /* list: the keys' public document */
    bool there;
};

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

static int is_there(struct tx *tx, void *arg, struct err *reterr) {
    struct founding *x = arg;
    struct ledger_state state;
    int rc = ledger_state(tx, x->arena, &state, reterr);
    x->there = rc == 0;
    return rc == -ERR_NOT_FOUND ? 0 : rc;
}

static int found(struct tx *tx, void *arg, struct err *reterr) {
    struct founding *x = arg;
    struct hash empty = merkle_empty();
    struct entry e = {.type = ENTRY_KEY,
                      .code = ENTRY_CODE_FOUNDING,
                      .day = clock_now_us() / CLOCK_DAY_US,
                      .ref = -1,
                      .committed = true};
    char ticket[LEDGER_TICKET];
    struct cell root = ledger_hash_cell(x->arena, &empty);
    if (arena_failed(x->arena))
        return no_memory(reterr);
    int64_t n = tx_run(tx, &Q_ledger_state_add, CELLS(cell_text(x->origin), root), reterr);
    if (n <= 0) /* another process was first */
        return (int)n;
    int rc = ledger_document_add(tx, x->list, &e.commit, reterr);
    return rc == 0 ? ledger_append(tx, &e, NULL, ticket, reterr) : rc;
}

int ledger_found(struct store *s, struct str folder, struct str origin, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(list);
    struct err missing = {0};
    struct founding x = {.arena = a, .origin = origin};
    if (!a)
        return no_memory(reterr);
    int rc = store_read(s, is_there, &x, reterr);
    if (rc < 0 || x.there)
        return rc;
    rc = keys_make(folder, origin, reterr);
    if (rc < 0 && rc != -ERR_CONFLICT)
        return rc;
    int read = keys_document(folder, &list, &missing);
    if (read == -ERR_NOT_FOUND && rc < 0)
        return rc; /* says what lies there */
    if (read < 0)
        return err_set(reterr, (enum err_code) - read, "%s", missing.text);
    /* Keys that were there: it ended between them and the store. */
    x.list = buf_str(&list);
    return store_write(s, found, &x, reterr);
}
