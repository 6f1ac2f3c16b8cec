// SPDX-License-Identifier: Apache-2.0
/* Where the hashes of the tree come from: a full tile's file, the edge in memory, or the entries. Nothing but
 * tiles_seal() writes. */
#include "ledger/tiles.h"

#include "base/file.h"
#include "ledger/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LEVELS = 8, /* 256^8 leaves are beyond any size */
    TILE_BYTES = TILE_WIDTH * sizeof(struct hash),
    BUNDLE_MOST = TILE_WIDTH * (2 + ENTRY_MOST),
};

/* The beginning of the tile on the right edge: what is known of it never changes. */
struct edge_tile {
    uint64_t index;
    unsigned n;
    struct hash hash[TILE_WIDTH];
};

struct tiles {
    struct store *store;
    char *folder; /* DIR/ledger/tile */
    pthread_mutex_t mutex;
    struct edge_tile edge[LEVELS];
};

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

int tiles_open(struct store *s, struct str folder, struct tiles **ret, struct err *reterr) {
    BUF_LOCAL(path);
    buf_add(&path, folder);
    buf_add_z(&path, "/ledger/tile");
    struct tiles *t = calloc(1, sizeof *t);
    if (!t || buf_failed(&path) || pthread_mutex_init(&t->mutex, NULL)) {
        free(t);
        return no_memory(reterr);
    }
    t->store = s;
    t->folder = buf_take(&path);
    *ret = t;
    return 0;
}

void tiles_close(struct tiles *t) {
    if (!t)
        return;
    (void)pthread_mutex_destroy(&t->mutex);
    free(t->folder);
    free(t);
}

void tiles_forget(struct tiles *t) {
    pthread_mutex_lock(&t->mutex);
    for (size_t i = 0; i < LEVELS; i++)
        t->edge[i].n = 0;
    pthread_mutex_unlock(&t->mutex);
}

/* --- files --- */

void tiles_path(const struct tiles *t, const struct tile *which, struct buf *to) {
    char name[TILE_PATH_MOST];
    struct tile full = {which->level, which->index, TILE_WIDTH};
    tile_write(&full, name);
    file_join(to, t->folder, name);
}

int tiles_fd(struct tiles *t, const struct tile *which, struct err *reterr) {
    BUF_LOCAL(path);
    tiles_path(t, which, &path);
    if (buf_failed(&path))
        return no_memory(reterr);
    int fd = which->width == TILE_WIDTH ? open(path.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : (errno = ENOENT, -1);
    return fd < 0 ? err_errno(reterr, "%s", path.p) : fd;
}

static int lacks_entry(uint64_t index, struct err *reterr) {
    return err_set(reterr, ERR_LEDGER, "The ledger's store lacks entry %" PRIu64 ". Bring back a backup.", index);
}

static int other_bytes(const char *path, struct err *reterr) {
    return err_set(reterr, ERR_LEDGER,
                   "%s is not what the ledger's entries say; nothing was changed. \"daylight rebuild DIR ledger\" "
                   "writes it again.",
                   path);
}

/* Appends the whole file of a full tile; -ERR_NOT_FOUND where there is none. */
static int read_full(struct tiles *t, const struct tile *which, struct buf *to, struct err *reterr) {
    BUF_LOCAL(path);
    tiles_path(t, which, &path);
    if (buf_failed(&path))
        return no_memory(reterr);
    size_t before = to->n;
    int rc = file_read(path.p, BUNDLE_MOST, to, reterr);
    if (rc == -ERR_TOO_LARGE || (rc == 0 && which->level != TILE_ENTRIES && to->n - before != TILE_BYTES))
        return other_bytes(path.p, reterr);
    return rc;
}

/* --- hashes --- */

/* Where hashes are taken from: files of tiles that are full in a tree of `believed`, else entries. */
struct from {
    struct tiles *t;
    struct tx *tx;
    uint64_t believed;
};

static int tile_hashes(const struct from *f, int level, uint64_t index, unsigned width, struct hash *ret,
                       struct err *reterr);

/* Of entries: hashes from `have` to `width` of tile (0, index). */
static int hash_entries(const struct from *f, uint64_t index, unsigned have, unsigned width, struct hash *ret,
                        struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct str *text;
    size_t n;
    if (!a)
        return no_memory(reterr);
    int rc = ledger_entries(f->tx, a, (int64_t)(index * TILE_WIDTH + have), width - have, &text, &n, reterr);
    if (rc < 0)
        return rc;
    if (n != width - have)
        return lacks_entry(index * TILE_WIDTH + have + n, reterr);
    for (size_t i = 0; i < n; i++)
        ret[have + i] = merkle_leaf(text[i].p, text[i].n);
    return 0;
}

/* Of full tiles one level below. */
static int hash_tiles(const struct from *f, int level, uint64_t index, unsigned have, unsigned width, struct hash *ret,
                      struct err *reterr) {
    struct hash *below = malloc(TILE_BYTES);
    int rc = below ? 0 : no_memory(reterr);
    for (unsigned i = have; rc == 0 && i < width; i++) {
        rc = tile_hashes(f, level - 1, index * TILE_WIDTH + i, TILE_WIDTH, below, reterr);
        if (rc == 0)
            ret[i] = tile_fold(below, 0, 8);
    }
    free(below);
    return rc;
}

/* What the edge in memory has of it. */
static unsigned recall(struct tiles *t, int level, uint64_t index, unsigned width, struct hash *ret) {
    struct edge_tile *e = &t->edge[level];
    pthread_mutex_lock(&t->mutex);
    unsigned n = e->index == index ? e->n : 0;
    n = n < width ? n : width;
    memcpy(ret, e->hash, n * sizeof *ret);
    pthread_mutex_unlock(&t->mutex);
    return n;
}

static void remember(struct tiles *t, int level, uint64_t index, unsigned width, const struct hash *hash) {
    struct edge_tile *e = &t->edge[level];
    pthread_mutex_lock(&t->mutex);
    if (e->n == 0 || index > e->index || (index == e->index && width > e->n)) {
        e->index = index;
        e->n = width;
        memcpy(e->hash, hash, width * sizeof *hash);
    }
    pthread_mutex_unlock(&t->mutex);
}

static int derive(const struct from *f, int level, uint64_t index, unsigned width, struct hash *ret,
                  struct err *reterr) {
    unsigned have = recall(f->t, level, index, width, ret);
    if (have == width)
        return 0;
    int rc = level == 0 ? hash_entries(f, index, have, width, ret, reterr)
                        : hash_tiles(f, level, index, have, width, ret, reterr);
    if (rc == 0 && width < TILE_WIDTH)
        remember(f->t, level, index, width, ret);
    return rc;
}

/* -ERR_NOT_FOUND: there is no such file. */
static int hashes_of_file(struct tiles *t, int level, uint64_t index, struct hash *ret, struct err *reterr) {
    BUF_LOCAL(file);
    struct tile which = {level, index, TILE_WIDTH};
    int rc = read_full(t, &which, &file, reterr);
    if (rc == 0)
        memcpy(ret, file.p, TILE_BYTES);
    return rc;
}

/* The first `width` hashes of a tile that has as many. */
static int tile_hashes(const struct from *f, int level, uint64_t index, unsigned width, struct hash *ret,
                       struct err *reterr) {
    if (width == TILE_WIDTH && index < f->believed >> (8 * (level + 1))) {
        struct err e;
        int rc = hashes_of_file(f->t, level, index, ret, &e);
        if (rc < 0 && rc != -ERR_NOT_FOUND && reterr)
            *reterr = e;
        if (rc != -ERR_NOT_FOUND)
            return rc;
    }
    return derive(f, level, index, width, ret, reterr);
}

/* --- proofs --- */

struct tiles_loaded {
    struct tiles_loaded *next;
    int level;
    uint64_t index;
    struct hash hash[TILE_WIDTH];
    struct hash above[TILE_WIDTH]; /* folds of it: [1] of all, [2] and [3] of its halves, … [128] of the first two */
    bool folded[TILE_WIDTH];
};

/* tile_fold(), which each proof in the tile asks for: what was folded once stays folded. */
static struct hash fold(struct tiles_loaded *l, unsigned first, unsigned height) {
    if (height == 0)
        return l->hash[first];
    unsigned i = (TILE_WIDTH + first) >> height;
    if (!l->folded[i]) {
        struct hash left = fold(l, first, height - 1), right = fold(l, first + (1u << (height - 1)), height - 1);
        l->above[i] = merkle_node(&left, &right);
        l->folded[i] = true;
    }
    return l->above[i];
}

static int load(struct tiles_at *at, int level, uint64_t index, struct tiles_loaded **ret, struct err *reterr) {
    for (struct tiles_loaded *l = at->first; l; l = l->next)
        if (l->level == level && l->index == index) {
            *ret = l;
            return 0;
        }
    struct tiles_loaded *l = arena_alloc(at->arena, sizeof *l);
    if (!l)
        return no_memory(reterr);
    struct from f = {at->tiles, at->tx, at->believed ? at->believed : at->size};
    unsigned width = tile_width(level, index, at->size);
    int rc = width ? tile_hashes(&f, level, index, width, l->hash, reterr)
                   : err_set(reterr, ERR_NOT_FOUND, "A tree of this size has no such tile.");
    if (rc < 0)
        return rc;
    l->level = level;
    l->index = index;
    l->next = at->first;
    at->first = *ret = l;
    return 0;
}

int tiles_source(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    struct tiles_at *at = arg;
    unsigned height = level % 8;
    uint64_t first = index << height;
    if (level / 8 >= LEVELS || index >= at->size >> level)
        return err_set(reterr, ERR_NOT_FOUND, "A tree of this size has no such part.");
    struct tiles_loaded *l = NULL;
    int rc = load(at, (int)(level / 8), first / TILE_WIDTH, &l, reterr);
    if (rc == 0)
        *ret = fold(l, (unsigned)(first % TILE_WIDTH), height);
    return rc;
}

/* --- bytes --- */

/* The first `width` entries of a bundle. */
static int cut_bundle(struct str whole, unsigned width, struct buf *to, struct err *reterr) {
    struct str entry;
    size_t at = 0;
    unsigned n = 0;
    int rc = 1;
    while (n < width && (rc = bundle_next(whole, &at, &entry, reterr)) > 0)
        n++;
    if (rc < 0 || n < width)
        return err_set(reterr, ERR_LEDGER,
                       "A file of the ledger's tiles is damaged. \"daylight rebuild DIR ledger\" finds and mends it.");
    buf_add(to, str_first(whole, at));
    return 0;
}

static int bundle_of_store(struct tx *tx, const struct tile *which, struct buf *to, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct str *text;
    size_t n;
    if (!a)
        return no_memory(reterr);
    int rc = ledger_entries(tx, a, (int64_t)(which->index * TILE_WIDTH), which->width, &text, &n, reterr);
    if (rc < 0)
        return rc;
    if (n != which->width)
        return lacks_entry(which->index * TILE_WIDTH + n, reterr);
    for (size_t i = 0; i < n; i++)
        bundle_add(to, text[i]);
    return 0;
}

static int get_bundle(struct tiles *t, struct tx *tx, const struct tile *which, uint64_t size, struct buf *to,
                      struct err *reterr) {
    BUF_LOCAL(file);
    struct err gone;
    if (tile_width(TILE_ENTRIES, which->index, size) < TILE_WIDTH)
        return bundle_of_store(tx, which, to, reterr);
    int rc = read_full(t, which, &file, &gone);
    if (rc == -ERR_NOT_FOUND)
        return bundle_of_store(tx, which, to, reterr);
    if (rc < 0) {
        if (reterr)
            *reterr = gone;
        return rc;
    }
    return cut_bundle(buf_str(&file), which->width, to, reterr);
}

int tiles_get(struct tiles *t, struct tx *tx, const struct tile *which, uint64_t size, struct buf *to,
              struct err *reterr) {
    unsigned width = tile_width(which->level, which->index, size);
    if (which->width > width || which->width == 0)
        return err_set(reterr, ERR_NOT_FOUND, "The ledger has no such tile yet.");
    int rc;
    if (which->level == TILE_ENTRIES) {
        rc = get_bundle(t, tx, which, size, to, reterr);
    } else {
        struct hash hash[TILE_WIDTH];
        struct from f = {t, tx, size};
        rc = tile_hashes(&f, which->level, which->index, width, hash, reterr);
        if (rc == 0)
            buf_add(to, str_part((const char *)hash, which->width * sizeof *hash));
    }
    return rc == 0 && buf_failed(to) ? no_memory(reterr) : rc;
}

/* --- writing --- */

/* Once, or not at all where the same bytes are there. */
static int write_full(struct tiles *t, const struct tile *which, struct str bytes, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(there);
    struct err gone;
    tiles_path(t, which, &path);
    int rc = read_full(t, which, &there, &gone);
    if (rc == 0)
        return str_eq(buf_str(&there), bytes) ? 0 : other_bytes(path.p, reterr);
    if (rc != -ERR_NOT_FOUND) {
        if (reterr)
            *reterr = gone;
        return rc;
    }
    BUF_LOCAL(folder);
    buf_add(&folder, str_part(path.p, (size_t)(strrchr(path.p, '/') - path.p)));
    if (buf_failed(&folder))
        return no_memory(reterr);
    rc = file_exists(folder.p) ? 0 : file_make_folder(folder.p, &gone);
    if (rc == 0)
        rc = file_write(path.p, bytes, 0644, &gone);
    return rc < 0 ? err_set(reterr, (enum err_code) - rc, "A tile of the ledger could not be written (%s)", gone.text)
                  : 0;
}

/* The entries as they stand in the store are those that the edge had hashed. */
static int check_bundle(struct str bundle, uint64_t index, const struct hash *hash, struct err *reterr) {
    struct str entry;
    size_t at = 0;
    for (unsigned i = 0; bundle_next(bundle, &at, &entry, NULL) > 0; i++) {
        struct hash leaf = merkle_leaf(entry.p, entry.n);
        if (!hash_same(&leaf, &hash[i]))
            return err_set(reterr, ERR_LEDGER,
                           "Entry %" PRIu64
                           " of the ledger is not in the store as it was accepted. Bring back a backup.",
                           index * TILE_WIDTH + i);
    }
    return 0;
}

static int seal_one(struct tiles *t, struct tx *tx, int level, uint64_t index, struct err *reterr) {
    struct tile which = {level, index, TILE_WIDTH}, entries = {TILE_ENTRIES, index, TILE_WIDTH};
    struct hash hash[TILE_WIDTH];
    BUF_LOCAL(bundle);
    struct from f = {t, tx, UINT64_MAX}; /* those below were compared just now */
    int rc = derive(&f, level, index, TILE_WIDTH, hash, reterr);
    if (rc == 0 && level == 0) {
        rc = bundle_of_store(tx, &entries, &bundle, reterr);
        if (rc == 0 && buf_failed(&bundle))
            rc = no_memory(reterr);
        if (rc == 0)
            rc = check_bundle(buf_str(&bundle), index, hash, reterr);
        if (rc == 0)
            rc = write_full(t, &entries, buf_str(&bundle), reterr);
    }
    return rc < 0 ? rc : write_full(t, &which, str_part((const char *)hash, sizeof hash), reterr);
}

int tiles_seal(struct tiles *t, struct tx *tx, uint64_t from, uint64_t to, struct err *reterr) {
    int rc = 0;
    for (int level = 0; rc == 0 && level < LEVELS - 1; level++) {
        int shift = 8 * (level + 1);
        for (uint64_t i = from >> shift; rc == 0 && i < to >> shift; i++)
            rc = seal_one(t, tx, level, i, reterr);
    }
    return rc;
}

static bool is_sealed(const struct tiles *t, int level, uint64_t index) {
    BUF_LOCAL(path);
    struct tile which = {level, index, TILE_WIDTH};
    tiles_path(t, &which, &path);
    return !buf_failed(&path) && file_exists(path.p);
}

int tiles_seal_missing(struct tiles *t, struct tx *tx, uint64_t size, struct err *reterr) {
    int rc = 0;
    for (int level = 0; rc == 0 && level < LEVELS - 1; level++)
        for (uint64_t i = 0; rc == 0 && i < size >> (8 * (level + 1)); i++)
            if (!is_sealed(t, level, i) || (level == 0 && !is_sealed(t, TILE_ENTRIES, i)))
                rc = seal_one(t, tx, level, i, reterr);
    return rc;
}
