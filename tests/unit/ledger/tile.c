// SPDX-License-Identifier: Apache-2.0
#include "ledger/tile.h"

#include "unit.h"

#include <string.h>

static void check_path(const char *path, int level, uint64_t index, unsigned width) {
    struct tile t = {0};
    struct err e = {0};
    char back[TILE_PATH_MOST];
    if (tile_read(str_of(path), &t, &e))
        fail_msg("%s: %s", path, e.text);
    assert_int_equal(t.level, level);
    assert_true(t.index == index);
    assert_int_equal(t.width, width);
    tile_write(&t, back);
    assert_string_equal(back, path);
}

static void addresses_are_read_and_written_as_the_format_says(void **state) {
    (void)state;
    check_path("0/000", 0, 0, 256);
    check_path("0/067", 0, 67, 256);
    check_path("0/x001/067", 0, 1067, 256);
    check_path("2/x001/x234/067", 2, 1234067, 256);
    check_path("63/999.p/255", 63, 999, 255);
    check_path("entries/x123/456.p/1", TILE_ENTRIES, 123456, 1);
    check_path("0/x018/x446/x744/x073/x709/x551/615.p/17", 0, UINT64_MAX, 17);
}

static void any_other_spelling_is_refused(void **state) {
    (void)state;
    const char *none[] = {"",
                          "0",
                          "0/",
                          "/000",
                          "0/0",
                          "0/00",
                          "0/0000",
                          "0/1000",
                          "00/000",
                          "64/000",
                          "-1/000",
                          "0/x000/001",
                          "0/x001",
                          "0/x001/",
                          "0/x001/x002",
                          "0/001/002",
                          "0/x1/002",
                          "0/000.p/0",
                          "0/000.p/",
                          "0/000.p",
                          "0/000.p/256",
                          "0/000.p/01",
                          "0/000.p/1/2",
                          "0/000.P/1",
                          "0/000/",
                          "data/000",
                          "Entries/000",
                          "entries/../1",
                          "0/%30",
                          "0/0a0",
                          "0/000.p/1 ",
                          "0/ 00",
                          "0/x018/x446/x744/x073/x709/x551/616"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct tile t;
        struct err e = {0};
        if (tile_read(str_of(none[i]), &t, &e) != -ERR_INVALID)
            fail_msg("\"%s\" is taken", none[i]);
        assert_true(e.text[0]);
    }
}

static void a_tree_has_the_tiles_that_the_format_s_examples_name(void **state) {
    (void)state;
    assert_int_equal(tile_width(0, 0, 0), 0);
    assert_int_equal(tile_width(0, 0, 1), 1);
    assert_int_equal(tile_width(0, 0, 256), 256);
    assert_int_equal(tile_width(0, 1, 256), 0);
    assert_int_equal(tile_width(1, 0, 256), 1);
    assert_int_equal(tile_width(0, 272, 70000), 256);
    assert_int_equal(tile_width(0, 273, 70000), 112);
    assert_int_equal(tile_width(0, 274, 70000), 0);
    assert_int_equal(tile_width(TILE_ENTRIES, 273, 70000), 112);
    assert_int_equal(tile_width(1, 0, 70000), 256);
    assert_int_equal(tile_width(1, 1, 70000), 17);
    assert_int_equal(tile_width(2, 0, 70000), 1);
    assert_int_equal(tile_width(3, 0, 70000), 0);
    assert_int_equal(tile_width(7, 0, UINT64_MAX), 255);
    assert_int_equal(tile_width(8, 0, UINT64_MAX), 0);
    assert_int_equal(tile_width(63, 0, UINT64_MAX), 0);
    assert_int_equal(tile_width(0, UINT64_MAX, 5), 0);
}

static void a_tile_folds_to_the_root_of_its_leaves(void **state) {
    (void)state;
    struct hash leaf[256];
    struct merkle_edge edge = {0};
    for (unsigned i = 0; i < 256; i++) {
        leaf[i] = merkle_leaf(&i, sizeof i);
        merkle_edge_add(&edge, &leaf[i]);
        if ((i & (i + 1)) == 0) { /* 1, 2, 4 … leaves */
            struct hash root = merkle_edge_root(&edge), folded = tile_fold(leaf, 0, (unsigned)__builtin_ctz(i + 1));
            assert_true(hash_same(&root, &folded));
        }
    }
    struct hash left = tile_fold(leaf, 64, 5), right = tile_fold(leaf, 96, 5), both = tile_fold(leaf, 64, 6);
    struct hash joined = merkle_node(&left, &right);
    assert_true(hash_same(&joined, &both));
}

static void a_bundle_gives_back_its_entries(void **state) {
    (void)state;
    BUF_LOCAL(bundle);
    BUF_LOCAL(longest);
    for (size_t i = 0; i < UINT16_MAX; i++)
        buf_add_char(&longest, 'x');
    const struct str entries[] = {STR("one"), STR(""), buf_str(&longest), STR("a\0b")};
    for (size_t i = 0; i < 4; i++)
        bundle_add(&bundle, entries[i]);
    size_t at = 0;
    struct str entry;
    struct err e = {0};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(bundle_next(buf_str(&bundle), &at, &entry, &e), 1);
        assert_true(str_eq(entry, entries[i]));
    }
    assert_int_equal(bundle_next(buf_str(&bundle), &at, &entry, &e), 0);
}

static void a_bundle_that_is_cut_short_is_refused_where_it_ends(void **state) {
    (void)state;
    BUF_LOCAL(bundle);
    bundle_add(&bundle, STR("first"));
    bundle_add(&bundle, STR("second"));
    for (size_t n = 8; n < bundle.n; n++) {
        struct str entry, cut = str_first(buf_str(&bundle), n);
        struct err e = {0};
        size_t at = 0;
        assert_int_equal(bundle_next(cut, &at, &entry, &e), 1);
        assert_int_equal(bundle_next(cut, &at, &entry, &e), -ERR_INVALID);
        assert_non_null(strstr(e.text, "byte 7"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written_as_the_format_says),
        cmocka_unit_test(any_other_spelling_is_refused),
        cmocka_unit_test(a_tree_has_the_tiles_that_the_format_s_examples_name),
        cmocka_unit_test(a_tile_folds_to_the_root_of_its_leaves),
        cmocka_unit_test(a_bundle_gives_back_its_entries),
        cmocka_unit_test(a_bundle_that_is_cut_short_is_refused_where_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
