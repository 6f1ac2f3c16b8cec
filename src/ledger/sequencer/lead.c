// SPDX-License-Identifier: Apache-2.0
/* The way of a batch: into the store, back out of it for the root, into tiles, to the signer, to the public. Nothing is
 * taken for done that was not read back. */
#include "ledger/sequencer/lead.h"

#include "base/clock.h"
#include "ledger/keys.h"
#include "ledger/note.h"
#include "ledger/sequencer/batch.h"
#include "queries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { UNSURE_TRIES = 30, UNSURE_PAUSE_MS = 1000 };

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

/* --- beginning --- */

struct beginning {
    struct lead *lead;
    struct arena *arena;
    struct ledger_state state;
    struct str folder;
    uint64_t signed_size; /* as the signer remembers it */
    struct hash signed_root;
};

static int disagrees(struct err *reterr) {
    return err_set(
        reterr, ERR_LEDGER,
        "The ledger's entries or tiles are not those that were signed: the store or a file of DIR/ledger/tile "
        "is damaged or was changed. Nothing is entered or signed. \"daylight rebuild DIR ledger\" says which; "
        "bring back a backup of what it names.");
}

/* The store's own word of its root is compared with its entries and tiles. */
static int fold_edge(struct lead *l, const struct ledger_state *state, struct tiles_at *at, struct err *reterr) {
    l->edge = (struct merkle_edge){.size = state->size};
    for (unsigned level = 0; level < 64; level++) {
        uint64_t up = state->size >> level;
        if (!(up & 1))
            continue;
        int rc = tiles_source(at, level, up - 1, &l->edge.node[level], reterr);
        if (rc < 0)
            return rc;
    }
    l->root = merkle_edge_root(&l->edge);
    return hash_same(&l->root, &state->root) ? 0 : disagrees(reterr);
}

static int compare_root(uint64_t size, const struct hash *expected, struct tiles_at *at, struct err *reterr) {
    struct hash root;
    int rc = merkle_root(size, tiles_source, at, &root, reterr);
    if (rc < 0)
        return rc;
    return hash_same(&root, expected) ? 0 : disagrees(reterr);
}

/* What the signer remembers is the tree that stands here, or an earlier one of it. */
static int compare_signed(const struct beginning *b, struct tiles_at *at, struct err *reterr) {
    if (b->signed_size > b->state.size)
        return err_set(reterr, ERR_LEDGER,
                       "The store lies behind its ledger: it holds %" PRIu64 " entries, and %" PRIu64
                       " were signed; an old copy was probably restored. Nothing is entered or signed, pages are still "
                       "served. Bring back a newer copy of the store.",
                       b->state.size, b->signed_size);
    return compare_root(b->signed_size, &b->signed_root, at, reterr);
}

/* The published checkpoint is of this tree, and signed by keys that lie here. */
static int compare_published(const struct beginning *b, struct tiles_at *at, struct err *reterr) {
    struct note note;
    struct checkpoint c;
    struct keys keys;
    if (!b->state.checkpoint.n)
        return 0;
    int rc = note_read(b->state.checkpoint, &note, reterr);
    if (rc == 0)
        rc = checkpoint_read(note.text, &c, reterr);
    if (rc == 0)
        rc = keys_read(b->folder, &keys, reterr);
    if (rc < 0)
        return rc;
    if (c.size != b->state.signed_size || c.size > b->state.size)
        return disagrees(reterr);
    bool ours = false;
    for (size_t i = 0; i < keys.n; i++)
        ours = ours || note_check(&note, &keys.item[i].key, NULL, NULL) == 1;
    if (!ours)
        return err_set(
            reterr, ERR_LEDGER,
            "The ledger's last checkpoint was not signed by the keys in DIR/keys. Nothing is entered or signed. "
            "Bring back the keys that belong to this ledger.");
    return compare_root(c.size, &c.root, at, reterr);
}

static int begin(struct tx *tx, void *arg, struct err *reterr) {
    struct beginning *b = arg;
    struct lead *l = b->lead;
    int rc = ledger_state(tx, b->arena, &b->state, reterr);
    if (rc < 0)
        return rc;
    struct tiles_at at = {.tiles = l->tiles, .tx = tx, .size = b->state.size, .arena = b->arena};
    rc = tiles_seal_missing(l->tiles, tx, b->state.size, reterr);
    if (rc == 0)
        rc = fold_edge(l, &b->state, &at, reterr);
    if (rc == 0)
        rc = compare_signed(b, &at, reterr);
    return rc == 0 ? compare_published(b, &at, reterr) : rc;
}

int lead_begin(struct lead *l, struct store *s, struct tiles *t, struct waiters *w, const char *program,
               struct str folder, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    *l = (struct lead){.store = s, .tiles = t, .waiters = w, .note = BUF_INIT};
    struct beginning b = {.lead = l, .arena = a, .folder = folder};
    if (!a)
        return no_memory(reterr);
    int rc = signer_start(program, folder, &l->signer, reterr);
    if (rc < 0)
        return rc;
    rc = signer_last(l->signer, &b.signed_size, &b.signed_root, reterr);
    if (rc == 0) {
        tiles_forget(t);
        rc = store_read(s, begin, &b, reterr);
    }
    if (rc < 0) {
        lead_end(l);
        return rc;
    }
    l->checked = b.state.size;
    /* Signed and not published, when the process ended in between: it is signed again, which gives the same bytes. */
    l->signed_size = b.signed_size;
    l->published = b.state.signed_size;
    l->signed_us = b.state.signed_us;
    return 0;
}

void lead_end(struct lead *l) {
    signer_stop(l->signer);
    l->signer = NULL;
    buf_clear(&l->note);
    free(l->covered);
    arena_free(l->ride.arena);
    l->ride.arena = NULL;
    l->covered = NULL;
    l->covered_n = l->covered_room = 0;
}

/* --- sequencing --- */

/* For the waiters; where there is no memory for it they find out from the store. */
static void note_covered(struct lead *l, const struct batch *b) {
    size_t need = l->covered_n + b->n;
    if (need > l->covered_room) {
        struct lead_covered *more = realloc(l->covered, need * sizeof *more);
        if (!more)
            return;
        l->covered = more;
        l->covered_room = need;
    }
    for (size_t i = 0; i < b->n; i++) {
        struct lead_covered *c = &l->covered[l->covered_n++];
        memcpy(c->ticket, b->entry[i].ticket, LEDGER_TICKET);
        c->index = (int64_t)(b->edge->size + i);
    }
}

static void take_batch(struct lead *l, const struct batch *b) {
    note_covered(l, b);
    l->edge = b->grown;
    l->root = b->root;
}

struct look {
    struct arena *arena;
    struct ledger_state state;
};

static int look(struct tx *tx, void *arg, struct err *reterr) {
    struct look *x = arg;
    return ledger_state(tx, x->arena, &x->state, reterr);
}

/* After a commit of which nobody knows: the state says it. 1: it was stored; 0: it was not. */
static int find_out(struct lead *l, const struct batch *b, struct err *reterr) {
    struct look x = {.arena = b->arena};
    int rc = -ERR_STORE_UNSURE;
    for (int i = 0; i < UNSURE_TRIES && rc < 0; i++) {
        struct timespec t = {UNSURE_PAUSE_MS / 1000, UNSURE_PAUSE_MS % 1000 * 1000000L};
        if (i)
            (void)nanosleep(&t, NULL); /* woken early is as good */
        rc = store_read(l->store, look, &x, reterr);
    }
    if (rc == 0 && x.state.size == b->grown.size && hash_same(&x.state.root, &b->root))
        return 1;
    if (rc == 0 && x.state.size == l->edge.size)
        return 0;
    return err_set(
        reterr, ERR_LEDGER,
        "The store's connection broke while entries got their places, and it cannot be told whether they have "
        "them. The ledger has stopped; start the server again when the store is there.");
}

static int sequence(struct lead *l, size_t *ret_n, bool *ret_more, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct batch b = {.arena = a, .edge = &l->edge};
    if (!a)
        return no_memory(reterr);
    int rc = batch_gather(l->store, &b, reterr);
    if (rc < 0 || b.n == 0)
        return rc;
    rc = batch_store(l->store, &b, reterr);
    if (rc == -ERR_STORE_UNSURE) {
        rc = find_out(l, &b, reterr);
        if (rc <= 0) /* they wait as before, and are tried again */
            return rc;
        rc = 0;
    }
    if (rc < 0)
        return rc;
    take_batch(l, &b);
    *ret_n = b.n;
    *ret_more = b.more;
    return 0;
}

int lead_ride(struct lead *l, struct tx *tx, struct err *reterr) {
    if (lead_lags(l)) /* that comes first */
        return 0;
    l->ride = (struct batch){.arena = arena_new(0), .edge = &l->edge};
    if (!l->ride.arena)
        return no_memory(reterr);
    int rc = batch_gather_in(tx, &l->ride, reterr);
    return rc < 0 || l->ride.n == 0 ? rc : batch_store_in(tx, &l->ride, reterr);
}

size_t lead_ridden(struct lead *l, bool stored) {
    size_t n = l->ride.arena ? l->ride.n : 0;
    if (n && stored) {
        take_batch(l, &l->ride);
        l->ridden += n;
        l->ridden_more = l->ride.more;
    }
    arena_free(l->ride.arena);
    l->ride.arena = NULL;
    return n;
}

void lead_unpublished(struct lead *l, uint64_t published) {
    if (published < l->published)
        l->published = published;
}

/* --- checking, sealing, signing --- */

struct check {
    struct lead *lead;
    struct merkle_proof proof;
};

/* The root of what the store gives back is the root of what it was given. */
static int check_and_seal(struct tx *tx, void *arg, struct err *reterr) {
    struct check *x = arg;
    struct lead *l = x->lead;
    ARENA_LOCAL(a, 0);
    struct hash root;
    if (!a)
        return no_memory(reterr);
    struct tiles_at at = {.tiles = l->tiles, .tx = tx, .size = l->edge.size, .arena = a};
    at.believed = l->checked ? l->checked : 1; /* no file that this batch is to write */
    int rc = merkle_root(l->edge.size, tiles_source, &at, &root, reterr);
    if (rc == 0 && !hash_same(&root, &l->root))
        rc = err_set(reterr, ERR_LEDGER,
                     "The store does not give back the entries that it was given (%" PRIu64 " to %" PRIu64
                     "). Nothing was signed, and the ledger has stopped. Look at the disk, bring back a backup of the "
                     "store, and start the server again.",
                     l->checked, l->edge.size - 1);
    if (rc == 0)
        rc = tiles_seal(l->tiles, tx, l->checked, l->edge.size, reterr);
    if (rc == 0)
        rc = merkle_prove_consistency(l->signed_size, l->edge.size, tiles_source, &at, &x->proof, reterr);
    return rc;
}

static int sign(struct lead *l, struct err *reterr) {
    struct check x = {.lead = l};
    BUF_LOCAL(note);
    int rc = store_read(l->store, check_and_seal, &x, reterr);
    if (rc < 0)
        return rc;
    l->checked = l->edge.size;
    rc = signer_sign(l->signer, l->edge.size, &l->root, &x.proof, &note, reterr);
    if (rc == 0 && buf_failed(&note))
        rc = no_memory(reterr);
    if (rc < 0)
        return rc;
    buf_clear(&l->note);
    l->note = note;
    note = BUF_INIT;
    l->signed_size = l->edge.size;
    l->signed_us = clock_now_us();
    return 0;
}

/* --- publishing --- */

static int publish_note(struct tx *tx, void *arg, struct err *reterr) {
    const struct lead *l = arg;
    int64_t n =
        tx_run(tx, &Q_ledger_state_publish,
               CELLS(cell_int((int64_t)l->signed_size), cell_int(l->signed_us), cell_text(buf_str(&l->note))), reterr);
    if (n == 0)
        return err_set(reterr, ERR_LEDGER,
                       "The store lies behind the checkpoint that was just signed: somebody changed it meanwhile. The "
                       "ledger has stopped; nothing was published.");
    return n < 0 ? (int)n : 0;
}

static int publish(struct lead *l, struct err *reterr) {
    int rc = store_write_soon(l->store, publish_note, l, reterr);
    if (rc < 0)
        return rc;
    l->published = l->signed_size;
    return 0;
}

bool lead_lags(const struct lead *l) {
    return l->published < l->edge.size;
}

void lead_wake(struct lead *l) {
    if (lead_lags(l))
        return;
    for (size_t i = 0; i < l->covered_n; i++)
        waiters_settle(l->waiters, l->covered[i].ticket, l->covered[i].index);
    l->covered_n = 0;
}

int lead_step(struct lead *l, size_t *ret_n, bool *ret_more, struct err *reterr) {
    int rc = 0;
    *ret_n = l->ridden;
    *ret_more = l->ridden_more;
    l->ridden = 0;
    l->ridden_more = false;
    if (!lead_lags(l))
        rc = sequence(l, ret_n, ret_more, reterr);
    if (rc == 0 && (l->signed_size < l->edge.size || (l->published < l->edge.size && !l->note.n)))
        rc = sign(l, reterr);
    if (rc == 0 && l->published < l->signed_size)
        rc = publish(l, reterr);
    return rc;
}
