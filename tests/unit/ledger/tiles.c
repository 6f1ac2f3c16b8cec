// SPDX-License-Identifier: Apache-2.0
#include "ledger/tiles.h"

#include "base/file.h"
#include "flip.h"
#include "ledger/log.h"
#include "queries.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOG_MOST = 70000, ROWS = 16 };

static const struct query spoil = {"spoil", "UPDATE ledger_entry SET text = 'spoilt' WHERE idx = $1", NULL};

static void must(int rc, const struct err *e) {
    if (rc != 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

/* --- a log of made-up entries --- */

static size_t text_of(int64_t index, char ret[48]) {
    return (size_t)snprintf(ret, 48, "entry %d of a log%s\n", (int)index, index % 3 ? "" : ", a longer one");
}

static struct hash leaf_of(uint64_t index) {
    char text[48];
    size_t n = text_of((int64_t)index, text);
    return merkle_leaf(text, n);
}

struct part {
    int64_t from, n;
};

static int grow(struct tx *tx, void *arg, struct err *reterr) {
    const struct part *x = arg;
    int64_t rc = 0;
    for (int64_t i = x->from; rc >= 0 && i < x->from + x->n;) {
        char ticket[ROWS][16], text[ROWS][48];
        struct cell cells[ROWS * 3];
        size_t n = x->from + x->n - i >= ROWS ? ROWS : 1;
        for (size_t k = 0; k < n; k++, i++) {
            (void)snprintf(ticket[k], sizeof ticket[k], "%d", (int)i);
            (void)text_of(i, text[k]);
            cells[k * 3] = cell_int(i);
            cells[k * 3 + 1] = cell_z(ticket[k]);
            cells[k * 3 + 2] = cell_z(text[k]);
        }
        rc = tx_run(tx, n == ROWS ? &Q_ledger_entry_add_sixteen : &Q_ledger_entry_add, cells, n * 3, reterr);
    }
    return rc < 0 ? (int)rc : 0;
}

static void must_grow(struct fixture *f, int64_t from, int64_t upto) {
    struct err e = {0};
    struct part x = {from, upto - from};
    must(store_write(f->store, grow, &x, &e), &e);
}

static int spoil_one(struct tx *tx, void *arg, struct err *reterr) {
    int64_t n = tx_run(tx, &spoil, CELLS(cell_int(*(int64_t *)arg)), reterr);
    return n < 0 ? (int)n : 0;
}

/* --- the same by plain arithmetic --- */

static struct hash fold(uint64_t from, unsigned level) {
    if (level == 0)
        return leaf_of(from);
    struct hash left = fold(from, level - 1), right = fold(from + (UINT64_C(1) << (level - 1)), level - 1);
    return merkle_node(&left, &right);
}

struct opened {
    struct fixture *f;
    struct tiles *tiles;
    struct tx *tx;
    struct arena *a;
};

static struct opened begin(struct fixture *f, struct tiles *tiles) {
    struct opened o = {.f = f, .tiles = tiles, .a = arena_new(0)};
    struct err e = {0};
    if (!tiles)
        must(tiles_open(f->store, str_of(f->folder), &o.tiles, &e), &e);
    must(store_begin_read(f->store, &o.tx, &e), &e);
    return o;
}

/* The tiles stay open where they are wanted again. */
static void end(struct opened *o, bool close_tiles) {
    store_end_read(o->tx);
    arena_free(o->a);
    if (close_tiles)
        tiles_close(o->tiles);
}

static void assert_tile(struct opened *o, int level, uint64_t index, unsigned width, uint64_t size) {
    BUF_LOCAL(bytes);
    struct err e = {0};
    must(tiles_get(o->tiles, o->tx, &(struct tile){level, index, width}, size, &bytes, &e), &e);
    assert_int_equal(bytes.n, width * sizeof(struct hash));
    for (unsigned i = 0; i < width; i += level ? 17 : 1) { /* a tile of level 1 has 65,536 leaves */
        struct hash h = fold((index * TILE_WIDTH + i) << (8 * level), 8 * (unsigned)level);
        assert_memory_equal(bytes.p + i * sizeof h, &h, sizeof h);
    }
}

static void assert_bundle(struct opened *o, uint64_t index, unsigned width, uint64_t size) {
    BUF_LOCAL(bytes);
    struct err e = {0};
    must(tiles_get(o->tiles, o->tx, &(struct tile){TILE_ENTRIES, index, width}, size, &bytes, &e), &e);
    size_t at = 0;
    struct str entry;
    for (unsigned i = 0; i < width; i++) {
        char text[48];
        (void)text_of((int64_t)(index * TILE_WIDTH + i), text);
        assert_int_equal(bundle_next(buf_str(&bytes), &at, &entry, &e), 1);
        assert_true(str_is(entry, text));
    }
    assert_int_equal(bundle_next(buf_str(&bytes), &at, &entry, &e), 0);
}

static void path_of(struct fixture *f, const char *name, char ret[128]) {
    (void)snprintf(ret, 128, "%s/ledger/tile/%s", f->folder, name);
}

/* --- tests --- */

static void tiles_are_the_same_from_entries_and_from_files(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must_grow(f, 0, 600);
    struct opened o = begin(f, NULL);
    for (int sealed = 0; sealed < 2; sealed++) {
        assert_tile(&o, 0, 0, 256, 600);
        assert_tile(&o, 0, 1, 256, 600);
        assert_tile(&o, 0, 2, 88, 600);
        assert_tile(&o, 1, 0, 2, 600);
        assert_bundle(&o, 0, 256, 600);
        assert_bundle(&o, 2, 88, 600);
        must(tiles_seal(o.tiles, o.tx, 0, 600, &e), &e);
        tiles_forget(o.tiles);
    }
    char path[128];
    path_of(f, "0/001", path);
    assert_true(file_exists(path));
    path_of(f, "entries/001", path);
    assert_true(file_exists(path));
    path_of(f, "0/002", path);
    assert_false(file_exists(path));
    end(&o, true);
}

static void partial_tiles_of_earlier_sizes_are_prefixes(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must_grow(f, 0, 600);
    struct opened o = begin(f, NULL);
    assert_tile(&o, 0, 2, 3, 600);
    assert_bundle(&o, 2, 3, 600);
    must(tiles_seal(o.tiles, o.tx, 0, 600, &e), &e);
    assert_tile(&o, 0, 1, 200, 600);
    assert_bundle(&o, 1, 200, 600);
    assert_tile(&o, 1, 0, 1, 600);
    end(&o, true);
}

static void what_the_tree_does_not_have_is_not_found(void **state) {
    struct fixture *f = *state;
    must_grow(f, 0, 300);
    struct opened o = begin(f, NULL);
    static const struct tile none[] = {{0, 1, 45}, {0, 1, 256},           {0, 2, 1},          {1, 0, 2}, {2, 0, 1},
                                       {63, 0, 1}, {TILE_ENTRIES, 1, 45}, {0, UINT64_MAX, 1}, {0, 0, 0}};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        BUF_LOCAL(bytes);
        struct err e = {0};
        assert_int_equal(tiles_get(o.tiles, o.tx, &none[i], 300, &bytes, &e), -ERR_NOT_FOUND);
    }
    end(&o, true);
}

static void the_edge_in_memory_grows_with_the_log(void **state) {
    struct fixture *f = *state;
    struct tiles *tiles = NULL;
    static const int64_t sizes[] = {1, 2, 255, 256, 257, 511, 513};
    int64_t size = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct err e = {0};
        must_grow(f, size, sizes[i]);
        struct opened o = begin(f, tiles);
        tiles = o.tiles;
        must(tiles_seal(tiles, o.tx, (uint64_t)size, (uint64_t)sizes[i], &e), &e);
        size = sizes[i];
        if (size % 256)
            assert_tile(&o, 0, (uint64_t)size / 256, (unsigned)(size % 256), (uint64_t)size);
        struct hash root, expected;
        struct tiles_at at = {.tiles = tiles, .tx = o.tx, .size = (uint64_t)size, .arena = o.a};
        struct merkle_edge edge = {0};
        for (uint64_t k = 0; k < (uint64_t)size; k++) {
            struct hash leaf = leaf_of(k);
            merkle_edge_add(&edge, &leaf);
        }
        expected = merkle_edge_root(&edge);
        must(merkle_root((uint64_t)size, tiles_source, &at, &root, &e), &e);
        assert_memory_equal(&root, &expected, sizeof root);
        end(&o, false);
    }
    tiles_close(tiles);
}

static void a_full_tile_is_written_once_and_another_in_its_place_stops(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    char path[128];
    must_grow(f, 0, 256);
    struct opened o = begin(f, NULL);
    must(tiles_seal(o.tiles, o.tx, 0, 256, &e), &e);
    must(tiles_seal(o.tiles, o.tx, 0, 256, &e), &e); /* the same again */
    path_of(f, "0/000", path);
    flip_bit(path, 77);
    assert_int_equal(tiles_seal(o.tiles, o.tx, 0, 256, &e), -ERR_LEDGER);
    assert_non_null(strstr(e.text, "0/000"));
    assert_non_null(strstr(e.text, "rebuild"));
    flip_bit(path, 77);
    must(tiles_seal(o.tiles, o.tx, 0, 256, &e), &e); /* nothing had been changed */
    path_of(f, "entries/000", path);
    flip_bit(path, 9);
    assert_int_equal(tiles_seal(o.tiles, o.tx, 0, 256, &e), -ERR_LEDGER);
    end(&o, true);
}

static void an_entry_that_changed_in_the_store_gets_into_no_tile(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    char path[128];
    int64_t spoilt = 200;
    must_grow(f, 0, 255);
    struct opened o = begin(f, NULL);
    assert_tile(&o, 0, 0, 255, 255); /* is in memory now */
    struct tiles *tiles = o.tiles;
    end(&o, false);
    must_grow(f, 255, 256);
    must(store_write(f->store, spoil_one, &spoilt, &e), &e);
    o = begin(f, tiles);
    assert_int_equal(tiles_seal(o.tiles, o.tx, 255, 256, &e), -ERR_LEDGER);
    assert_non_null(strstr(e.text, "Entry 200"));
    path_of(f, "entries/000", path);
    assert_false(file_exists(path));
    end(&o, true);
}

static void a_file_cut_short_is_damage_and_a_missing_one_is_made(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    char path[128];
    must_grow(f, 0, 512);
    struct opened o = begin(f, NULL);
    must(tiles_seal(o.tiles, o.tx, 0, 512, &e), &e);
    path_of(f, "0/000", path);
    assert_int_equal(truncate(path, 8191), 0);
    BUF_LOCAL(bytes);
    assert_int_equal(tiles_get(o.tiles, o.tx, &(struct tile){0, 0, 256}, 512, &bytes, &e), -ERR_LEDGER);
    assert_int_equal(unlink(path), 0);
    assert_tile(&o, 0, 0, 256, 512);
    path_of(f, "entries/001", path);
    assert_int_equal(truncate(path, 100), 0);
    assert_int_equal(tiles_get(o.tiles, o.tx, &(struct tile){TILE_ENTRIES, 1, 256}, 512, &bytes, &e), -ERR_LEDGER);
    assert_int_equal(unlink(path), 0);
    assert_bundle(&o, 1, 256, 512);
    must(tiles_seal_missing(o.tiles, o.tx, 512, &e), &e);
    assert_true(file_exists(path));
    end(&o, true);
}

static void a_full_tile_is_handed_out_as_its_file(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must_grow(f, 0, 257);
    struct opened o = begin(f, NULL);
    assert_int_equal(tiles_fd(o.tiles, &(struct tile){0, 0, 256}, &e), -ERR_NOT_FOUND);
    must(tiles_seal(o.tiles, o.tx, 0, 257, &e), &e);
    int fd = tiles_fd(o.tiles, &(struct tile){0, 0, 256}, &e);
    assert_true(fd >= 0);
    assert_int_equal(lseek(fd, 0, SEEK_END), 8192);
    (void)close(fd);
    assert_int_equal(tiles_fd(o.tiles, &(struct tile){0, 1, 1}, &e), -ERR_NOT_FOUND);
    end(&o, true);
}

/* All from the same tiles: what one proof folded is there for the next. */
static void assert_proofs(struct opened *o, uint64_t size, const struct hash *root) {
    struct err e = {0};
    struct tiles_at at = {.tiles = o->tiles, .tx = o->tx, .size = size, .arena = o->a};
    for (uint64_t k = 0; k < 40; k++) {
        uint64_t index = k * 7919 % size;
        struct merkle_proof p;
        struct hash leaf = leaf_of(index), old_root;
        must(merkle_prove_inclusion(index, size, tiles_source, &at, &p, &e), &e);
        assert_true(merkle_check_inclusion(index, size, &leaf, p.hash, p.n, root));
        must(merkle_root(index + 1, tiles_source, &at, &old_root, &e), &e);
        must(merkle_prove_consistency(index + 1, size, tiles_source, &at, &p, &e), &e);
        assert_true(merkle_check_consistency(index + 1, size, &old_root, root, p.hash, p.n));
    }
}

static void proofs_in_a_log_of_three_levels_hold(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    char path[128];
    must_grow(f, 0, LOG_MOST);
    struct opened o = begin(f, NULL);
    must(tiles_seal(o.tiles, o.tx, 0, LOG_MOST, &e), &e);
    path_of(f, "1/000", path);
    assert_true(file_exists(path));
    struct merkle_edge edge = {0};
    for (uint64_t k = 0; k < LOG_MOST; k++) {
        struct hash leaf = leaf_of(k);
        merkle_edge_add(&edge, &leaf);
    }
    struct hash root = merkle_edge_root(&edge);
    assert_proofs(&o, LOG_MOST, &root);
    assert_tile(&o, 1, 0, 256, LOG_MOST);
    assert_tile(&o, 1, 1, 17, LOG_MOST);
    assert_tile(&o, 2, 0, 1, LOG_MOST);
    struct hash any;
    struct tiles_at at = {.tiles = o.tiles, .tx = o.tx, .size = LOG_MOST, .arena = o.a};
    assert_int_equal(tiles_source(&at, 0, LOG_MOST, &any, &e), -ERR_NOT_FOUND);
    assert_int_equal(tiles_source(&at, 17, 0, &any, &e), -ERR_NOT_FOUND);
    end(&o, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(tiles_are_the_same_from_entries_and_from_files),
        ON_BOTH_ENGINES(partial_tiles_of_earlier_sizes_are_prefixes),
        ON_BOTH_ENGINES(what_the_tree_does_not_have_is_not_found),
        ON_BOTH_ENGINES(the_edge_in_memory_grows_with_the_log),
        ON_BOTH_ENGINES(a_full_tile_is_written_once_and_another_in_its_place_stops),
        ON_BOTH_ENGINES(an_entry_that_changed_in_the_store_gets_into_no_tile),
        ON_BOTH_ENGINES(a_file_cut_short_is_damage_and_a_missing_one_is_made),
        ON_BOTH_ENGINES(a_full_tile_is_handed_out_as_its_file),
        ON_ENGINE("sqlite", proofs_in_a_log_of_three_levels_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
