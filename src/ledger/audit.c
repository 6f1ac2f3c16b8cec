// SPDX-License-Identifier: Apache-2.0
/* One look at the store, within one transaction. */
#include "ledger/audit.h"

#include "ledger/commit.h"
#include "ledger/keys.h"
#include "ledger/log.h"
#include "queries.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>

enum { WAITING_MOST = 1024 };

struct audit {
    void (*say)(void *arg, const char *line);
    void *arg;
    struct tx *tx;
    struct arena *arena;
    struct ledger_state state;
    struct keys keys; /* of the newest list that is sound; n 0: none is */
};

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

__attribute__((format(printf, 2, 3))) static void say(const struct audit *a, const char *format, ...) {
    BUF_LOCAL(line);
    va_list args;
    va_start(args, format);
    buf_vprintf(&line, format, args);
    va_end(args);
    a->say(a->arg, buf_failed(&line) ? err_sentence(ERR_NO_MEMORY) : line.p);
}

/* --- public documents --- */

static int check_document(struct audit *a, int64_t index, struct str entry_text, struct err *reterr) {
    struct entry e;
    struct str text;
    struct err err = {0};
    if (entry_read(entry_text, &e, NULL) || !e.committed)
        return 0; /* not an entry any more: told by who compares entries */
    int rc = ledger_document(a->tx, a->arena, &e.commit, &text, &err);
    if (rc < 0 && rc != -ERR_NOT_FOUND)
        return err_set(reterr, (enum err_code) - rc, "%s", err.text);
    struct hash hash = rc == 0 ? commit_public(text) : merkle_empty();
    if (rc < 0)
        say(a,
            "entry %" PRId64 " (%s): the public document that it stands for is not in the store; bring back a backup",
            index, entry_type_word(e.type));
    else if (!hash_same(&hash, &e.commit))
        say(a,
            "entry %" PRId64
            " (%s): the public document that it stands for was changed in the store; bring back a backup",
            index, entry_type_word(e.type));
    else if (e.type == ENTRY_KEY && keys_read_document(text, &a->keys, NULL))
        say(a, "entry %" PRId64 ": what it stands for is not a signed list of keys", index);
    return 0;
}

static int check_documents(struct audit *a, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(a->tx, &Q_ledger_public, CELLS_NONE, &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0)
        rc = check_document(a, rows_int(r, 0), rows_text(r, 1), reterr);
    return rc;
}

/* --- the checkpoint --- */

static void check_checkpoint(struct audit *a) {
    struct note note;
    struct checkpoint c;
    struct err err = {0};
    int by = 0;
    if (!a->state.checkpoint.n)
        return;
    if (note_read(a->state.checkpoint, &note, &err) || checkpoint_read(note.text, &c, &err)) {
        say(a, "its checkpoint is none: %s", err.text);
        return;
    }
    if (!str_eq(c.origin, a->state.origin))
        say(a, "its checkpoint is of another log, %.*s", STR_FMT(str_first(c.origin, 200)));
    for (size_t i = 0; i < a->keys.n && by == 0; i++)
        by = note_check(&note, &a->keys.item[i].key, NULL, NULL);
    if (a->keys.n && by <= 0)
        say(a, "its checkpoint is not signed by its keys, or was changed; bring back a backup of the store");
}

/* --- what waits --- */

static int check_waiting(struct audit *a, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(a->tx, &Q_ledger_pending_list, CELLS(cell_int(WAITING_MOST)), &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        struct str text = rows_text(r, 1);
        struct hash now, accepted;
        (void)crypto_hash_sha256(now.b, (const unsigned char *)text.p, text.n); /* always 0 */
        if (ledger_hash_read(rows_text(r, 2), &accepted, NULL) || !hash_same(&now, &accepted))
            say(a, "the entry that waits under %.*s is not what was accepted; bring back a backup",
                STR_FMT(rows_text(r, 0)));
        rc = 0;
    }
    return rc;
}

static int audit(struct tx *tx, void *arg, struct err *reterr) {
    struct audit *a = arg;
    a->tx = tx;
    a->keys.n = 0;
    int rc = ledger_state(tx, a->arena, &a->state, reterr);
    if (rc == 0)
        rc = check_documents(a, reterr);
    if (rc == 0)
        check_checkpoint(a);
    return rc == 0 ? check_waiting(a, reterr) : rc;
}

int ledger_audit(struct store *s, void (*say_line)(void *arg, const char *line), void *arg, struct err *reterr) {
    ARENA_LOCAL(arena, 0);
    struct audit a = {.say = say_line, .arg = arg, .arena = arena};
    return arena ? store_read(s, audit, &a, reterr) : no_memory(reterr);
}
