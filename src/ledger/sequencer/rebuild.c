// SPDX-License-Identifier: Apache-2.0
/* Every tile, the counts and the root, derived from the entries anew. First all is read and compared, then, if the
 * entries are those that were signed, what is damaged or missing is written again. */
#include "ledger/sequencer.h"

#include "base/file.h"
#include "ledger/note.h"
#include "ledger/sequencer/counts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 8, SAID_MOST = 20 };

struct rebuild {
    struct store *store;
    struct tiles *tiles;
    bool mend;
    void (*say)(void *arg, const char *line);
    void (*progress)(void *arg, uint64_t done, uint64_t all);
    void *arg;
    struct arena *arena; /* of the state */
    struct ledger_state state;
    struct merkle_edge edge;
    struct hash signed_root;
    struct hash (*level)[TILE_WIDTH]; /* the tile that grows at each level … */
    unsigned n[LEVELS];               /* … and how far it is */
    struct buf damaged;               /* struct tile each */
    uint64_t odd;                     /* entries that a tile contradicts */
    struct counts counted, stored;    /* of each kind and day: anew, and as the store has them */
};

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

__attribute__((format(printf, 2, 3))) static void say(const struct rebuild *r, const char *format, ...) {
    BUF_LOCAL(line);
    va_list args;
    va_start(args, format);
    buf_vprintf(&line, format, args);
    va_end(args);
    if (r->say && !buf_failed(&line))
        r->say(r->arg, line.p);
}

/* --- comparing --- */

/* Which entries a tile's file contradicts: where the store was damaged, that is how it is found. */
static void name_odd(struct rebuild *r, uint64_t index, struct str there) {
    for (unsigned i = 0; there.n == sizeof r->level[0] && i < TILE_WIDTH; i++)
        if (memcmp(there.p + i * sizeof(struct hash), &r->level[0][i], sizeof(struct hash)) != 0 &&
            r->odd++ < SAID_MOST)
            say(r, "entry %" PRIu64 ": the store and its tile say different things", index * TILE_WIDTH + i);
}

static int compare(struct rebuild *r, int level, uint64_t index, struct str expected, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(there);
    struct tile which = {level, index, TILE_WIDTH};
    struct err why = {0};
    tiles_path(r->tiles, &which, &path);
    int rc = buf_failed(&path) ? no_memory(reterr) : file_read(path.p, 2 * expected.n + 1, &there, &why);
    if (rc == 0 && str_eq(buf_str(&there), expected))
        return 0;
    if (rc == -ERR_NO_MEMORY || buf_failed(&there))
        return no_memory(reterr);
    if (rc != 0 && rc != -ERR_NOT_FOUND && rc != -ERR_TOO_LARGE)
        return err_set(reterr, (enum err_code) - rc, "%s", why.text);
    say(r, "%s: %s", path.p, rc == -ERR_NOT_FOUND ? "missing" : "not what the entries say");
    if (rc == 0 && level == 0)
        name_odd(r, index, buf_str(&there));
    buf_add(&r->damaged, str_part((const char *)&which, sizeof which));
    return buf_failed(&r->damaged) ? no_memory(reterr) : 0;
}

/* A hash at a level; a tile that becomes full is compared, and its root goes one level up. */
static int add_hash(struct rebuild *r, struct hash h, struct err *reterr) {
    int rc = 0;
    for (int level = 0; rc == 0 && level < LEVELS; level++) {
        r->level[level][r->n[level]++] = h;
        if (r->n[level] < TILE_WIDTH)
            break;
        r->n[level] = 0;
        uint64_t index = (r->edge.size >> (8 * (level + 1))) - 1;
        rc = compare(r, level, index, str_part((const char *)r->level[level], sizeof r->level[level]), reterr);
        h = tile_fold(r->level[level], 0, 8);
    }
    return rc;
}

static int add_entry(struct rebuild *r, struct str text, struct err *reterr) {
    struct entry e;
    int rc = entry_read(text, &e, NULL) ? 0 : counts_add(&r->counted, e.day, e.type, 1, reterr);
    if (rc < 0)
        return rc;
    struct hash leaf = merkle_leaf(text.p, text.n);
    merkle_edge_add(&r->edge, &leaf);
    if (r->edge.size == r->state.signed_size)
        r->signed_root = merkle_edge_root(&r->edge);
    return add_hash(r, leaf, reterr);
}

/* One bundle's entries. */
static int read_bundle(struct tx *tx, void *arg, struct err *reterr) {
    struct rebuild *r = arg;
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(bundle);
    struct str *text;
    size_t n;
    uint64_t left = r->state.size - r->edge.size, index = r->edge.size / TILE_WIDTH;
    if (!a)
        return no_memory(reterr);
    int rc = ledger_entries(tx, a, (int64_t)r->edge.size, left < TILE_WIDTH ? left : TILE_WIDTH, &text, &n, reterr);
    if (rc == 0 && n == 0)
        rc = err_set(reterr, ERR_LEDGER, "The ledger's store lacks entry %" PRIu64 ". Bring back a backup.",
                     r->edge.size);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        bundle_add(&bundle, text[i]);
        rc = add_entry(r, text[i], reterr);
    }
    if (rc == 0 && buf_failed(&bundle))
        rc = no_memory(reterr);
    return rc == 0 && n == TILE_WIDTH ? compare(r, TILE_ENTRIES, index, buf_str(&bundle), reterr) : rc;
}

static int read_state(struct tx *tx, void *arg, struct err *reterr) {
    struct rebuild *r = arg;
    counts_clear(&r->stored);
    int rc = ledger_state(tx, r->arena, &r->state, reterr);
    return rc == 0 ? counts_read(tx, &r->stored, reterr) : rc;
}

/* The entries are those that the store's state and its checkpoint speak of. */
static int check_roots(const struct rebuild *r, struct err *reterr) {
    struct hash root = merkle_edge_root(&r->edge);
    struct note note;
    struct checkpoint c;
    if (!hash_same(&root, &r->state.root))
        return err_set(
            reterr, ERR_LEDGER,
            "The ledger's entries do not give the root that they had: the store is damaged or was changed. No "
            "file was written. Bring back a backup of the store.");
    if (!r->state.checkpoint.n)
        return 0;
    int rc = note_read(r->state.checkpoint, &note, reterr);
    if (rc == 0)
        rc = checkpoint_read(note.text, &c, reterr);
    if (rc < 0)
        return rc;
    if (c.size != r->state.signed_size || !hash_same(&c.root, &r->signed_root))
        return err_set(
            reterr, ERR_LEDGER,
            "The ledger's entries are not those of its signed checkpoint: the store is damaged or was changed. "
            "No file was written. Bring back a backup of the store.");
    return 0;
}

/* --- mending --- */

static int mend_all(struct tx *tx, void *arg, struct err *reterr) {
    struct rebuild *r = arg;
    const struct tile *damaged = (const struct tile *)(const void *)r->damaged.p;
    size_t n = r->damaged.n / sizeof *damaged;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        BUF_LOCAL(path);
        tiles_path(r->tiles, &damaged[i], &path);
        rc = buf_failed(&path) ? no_memory(reterr) : file_remove_all(path.p, reterr);
    }
    return rc == 0 && n ? tiles_seal_missing(r->tiles, tx, r->state.size, reterr) : rc;
}

/* Unless a batch came in between, which has counted on from what is wrong. */
static int mend_counts(struct tx *tx, void *arg, struct err *reterr) {
    const struct rebuild *r = arg;
    struct ledger_state now;
    int rc = ledger_state(tx, r->arena, &now, reterr);
    if (rc == 0 && now.size != r->state.size)
        rc = err_set(reterr, ERR_CONFLICT,
                     "Entries came in while they were counted, so that their counts by day were not written anew. Run "
                     "it again in a quiet moment.");
    return rc == 0 ? counts_write(tx, &r->counted, reterr) : rc;
}

static int compare_counts(struct rebuild *r, struct err *reterr) {
    if (counts_same(&r->counted, &r->stored))
        return 0;
    say(r, "the counts of entries by day and kind are not what the entries say");
    return r->mend ? store_write(r->store, mend_counts, r, reterr) : 0;
}

static int run(struct rebuild *r, struct err *reterr) {
    int rc = store_read(r->store, read_state, r, reterr);
    while (rc == 0 && r->edge.size < r->state.size) {
        rc = store_read(r->store, read_bundle, r, reterr);
        if (rc == 0 && r->progress)
            r->progress(r->arg, r->edge.size, r->state.size);
    }
    if (rc == 0)
        rc = check_roots(r, reterr);
    if (rc == 0 && r->mend)
        rc = store_read(r->store, mend_all, r, reterr);
    return rc == 0 ? compare_counts(r, reterr) : rc;
}

int ledger_rebuild(struct store *s, struct str folder, bool mend, void (*say_line)(void *arg, const char *line),
                   void (*progress)(void *arg, uint64_t done, uint64_t all), void *arg, uint64_t *ret_size,
                   struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct rebuild r = {.store = s,
                        .mend = mend,
                        .say = say_line,
                        .progress = progress,
                        .arg = arg,
                        .arena = a,
                        .damaged = BUF_INIT,
                        .counted = COUNTS_INIT,
                        .stored = COUNTS_INIT};
    r.signed_root = merkle_empty();
    r.level = calloc(LEVELS, sizeof *r.level);
    int rc = a && r.level ? tiles_open(s, folder, &r.tiles, reterr) : no_memory(reterr);
    if (rc == 0)
        rc = run(&r, reterr);
    if (rc == 0 && ret_size)
        *ret_size = r.edge.size;
    tiles_close(r.tiles);
    counts_clear(&r.counted);
    counts_clear(&r.stored);
    buf_clear(&r.damaged);
    free(r.level);
    return rc;
}
