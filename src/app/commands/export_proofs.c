// SPDX-License-Identifier: Apache-2.0
/* Which proofs in the folder hold: its checkpoint's root is derived once more from the ledger as it is now. */
#include "app/commands/export_proofs.h"

#include "ledger/note.h"

#include <string.h>

static const char prefix[] = "ledger/proof/";

static size_t count_signatures(struct str note) {
    size_t n = 0;
    for (size_t at = 0; (at = str_find(note, STR("\n— "), at)) != SIZE_MAX; at++)
        n++;
    return n;
}

struct look {
    struct proofs *p;
    struct ledger *ledger;
    struct checkpoint earlier;
};

/* 0 also where it does not go on from there. */
static int goes_on(struct tx *tx, void *arg, struct err *reterr) {
    struct look *look = arg;
    ARENA_LOCAL(a, 0);
    struct ledger_state now;
    struct hash root;
    look->p->hold = false;
    int bad = ledger_state(tx, a, &now, reterr);
    if (bad)
        return bad == -ERR_NOT_FOUND ? 0 : bad;
    look->p->signatures = count_signatures(now.checkpoint);
    if (look->earlier.size > now.signed_size || !str_eq(look->earlier.origin, now.origin))
        return 0;
    struct tiles_at at = {ledger_tiles(look->ledger), tx, now.signed_size, a, now.signed_size, NULL};
    bad = merkle_root(look->earlier.size, tiles_source, &at, &root, reterr);
    look->p->hold = !bad && hash_same(&root, &look->earlier.root);
    return bad;
}

int proofs_begin(struct proofs *p, struct outdir *outdir, struct store *store, struct ledger *ledger,
                 struct err *reterr) {
    struct note note;
    struct look look = {.p = p, .ledger = ledger};
    BUF_LOCAL(text);
    *p = (struct proofs){0};
    if (!ledger || outdir_read(outdir, STR("ledger/checkpoint"), NOTE_MOST, &text, NULL) ||
        note_read(buf_str(&text), &note, NULL) || checkpoint_read(note.text, &look.earlier, NULL))
        return 0;
    return store_read(store, goes_on, &look, reterr);
}

bool proofs_hold(const struct proofs *p, struct outdir *outdir, struct str file) {
    BUF_LOCAL(text);
    return p->hold && str_starts(file, prefix) && outdir_read(outdir, file, NOTE_MOST, &text, NULL) == 0 &&
           count_signatures(buf_str(&text)) >= p->signatures;
}
