// SPDX-License-Identifier: Apache-2.0
#include "ledger/follow.h"

#include "../unit.h"
#include "base/file.h"
#include "ledger/tile.h"
#include "little_server.h"
#include "made_log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 70000 }; /* three levels of tiles */

static struct made_log made;

static int make(void **state) {
    (void)state;
    made_log_init(&made, "quay.example/ledger", 1);
    made_log_grow(&made, SIZE);
    return 0;
}

static int clear(void **state) {
    (void)state;
    made_log_clear(&made);
    return 0;
}

static struct checkpoint checkpoint_of(const struct made_log *m, uint64_t size) {
    return (struct checkpoint){str_of(m->key.name), size, made_log_root(m, size)};
}

static int go(const struct made_log *m, const struct checkpoint *before, struct follow_found *ret, struct err *err) {
    struct follow want = {.checkpoint = checkpoint_of(m, m->size), .before = before};
    *err = (struct err){0};
    assert_int_equal(fetch_open(m->folder, NULL, &want.from, NULL), 0);
    int bad = follow(&want, ret, err);
    fetch_close(want.from);
    assert_int_equal(bad, err->code);
    return bad;
}

/* The log is wrong at a place, and made good again afterwards. */
static void refuted(const char *sentence) {
    struct follow_found found;
    struct err err;
    if (go(&made, NULL, &found, &err) != -ERR_FORBIDDEN || !strstr(err.text, sentence))
        fail_msg("it says: %d %s", err.code, err.text);
    made.size = 0; /* all of it anew */
    made_log_grow(&made, SIZE);
}

static void flipped(const char *name, long at, const char *sentence) {
    made_log_flip(&made, name, at);
    refuted(sentence);
}

static void good_logs_of_every_shape_are_proven(void **state) {
    (void)state;
    static const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 511, 512, 1000, 65535, 65536, 65537, SIZE};
    struct made_log m;
    made_log_init(&m, "quay.example/ledger", 1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct follow_found found;
        struct err err;
        made_log_grow(&m, sizes[i]);
        assert_int_equal(go(&m, NULL, &found, &err), 0);
        assert_int_equal(found.entries, sizes[i]);
        assert_int_equal(found.of_type[ENTRY_KEY], sizes[i] > 0);
        assert_int_equal(found.of_type[ENTRY_CORRECT], sizes[i] / 5);
        assert_false(found.foreign);
    }
    made_log_clear(&m);
}

static void it_is_consistent_with_every_earlier_checkpoint(void **state) {
    (void)state;
    static const uint64_t sizes[] = {0, 1, 255, 256, 257, 65536, 65537, 69887, 69888, 69900, SIZE - 1, SIZE};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct follow_found found;
        struct err err;
        struct checkpoint before = checkpoint_of(&made, sizes[i]);
        assert_int_equal(go(&made, &before, &found, &err), 0);
        before.root.b[31] ^= 1;
        assert_int_equal(go(&made, &before, &found, &err), -ERR_FORBIDDEN);
        assert_true(found.forked);
        assert_non_null(strstr(err.text, "forked"));
    }
}

static void a_log_that_was_rolled_back_is_refuted(void **state) {
    (void)state;
    struct follow_found found;
    struct err err;
    struct checkpoint before = checkpoint_of(&made, SIZE);
    before.size++;
    assert_int_equal(go(&made, &before, &found, &err), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "rolled back: it shows 70000 entries, and had signed 70001"));
}

static void a_changed_entry_is_named(void **state) {
    (void)state;
    flipped("tile/entries/000", 40, "entry 0 was changed (tile/entries/000, from byte 2)");
    flipped("tile/entries/004", -1, "entry 1279 was changed (tile/entries/004");
    flipped("tile/entries/273.p/112", -1, "entry 69999 was changed (tile/entries/273.p/112");
}

static void a_changed_tile_is_named(void **state) {
    (void)state;
    flipped("tile/0/004", 0,
            "tile/0/004, bytes 0 to 31 (hash 0), is not what entry 1024 gives; the signed checkpoint "
            "agrees with the entries");
    flipped("tile/0/273.p/112", -1,
            "tile/0/273.p/112, bytes 3552 to 3583 (hash 111), is not what entry 69999 gives; the");
    flipped("tile/1/000", 33,
            "tile/1/000, bytes 32 to 63 (hash 1), is not what entry 256 and those behind it gives; the");
    flipped("tile/1/001.p/17", 33, "tile/1/001.p/17, bytes 32 to 63 (hash 1), is not what entry 65792 and");
    flipped("tile/2/000.p/1", 3, "tile/2/000.p/1, bytes 0 to 31 (hash 0), is not what entry 0 and");
}

static void an_entry_changed_with_its_tile_is_found_by_the_tile_above(void **state) {
    (void)state;
    BUF_LOCAL(bundle);
    BUF_LOCAL(tile);
    BUF_LOCAL(entry);
    struct made_log other = made;
    other.seed = 9;
    made_log_entry(&other, 1279, &entry);
    made_log_read(&made, "tile/entries/004", &bundle);
    buf_cut(&bundle, bundle.n - entry.n - 2); /* as long as the one that stands there */
    bundle_add(&bundle, buf_str(&entry));
    made_log_write(&made, "tile/entries/004", buf_str(&bundle));
    struct hash leaf = merkle_leaf(entry.p, entry.n);
    made_log_read(&made, "tile/0/004", &tile);
    memcpy(tile.p + 255 * 32, leaf.b, 32);
    made_log_write(&made, "tile/0/004", buf_str(&tile));
    refuted("entries 1024 to 1279 were changed together with their tiles up to tile/0/004");
}

static void tiles_of_a_wrong_length_are_named(void **state) {
    (void)state;
    BUF_LOCAL(b);
    made_log_read(&made, "tile/0/007", &b);
    made_log_write(&made, "tile/0/007", str_first(buf_str(&b), 8191));
    refuted("tile/0/007: has 8191 bytes where 8192 belong");
    made_log_write(&made, "tile/0/007", STR(""));
    refuted("tile/0/007: has 0 bytes where 8192 belong");
    buf_add_z(&b, "x");
    made_log_write(&made, "tile/0/007", buf_str(&b));
    refuted("tile/0/007: has 8193 bytes where 8192 belong");
    buf_reset(&b);
    made_log_read(&made, "tile/entries/007", &b);
    made_log_write(&made, "tile/entries/007", str_first(buf_str(&b), b.n - 1));
    refuted("tile/entries/007: is cut short at byte");
    buf_add_z(&b, "x");
    made_log_write(&made, "tile/entries/007", buf_str(&b));
    refuted("tile/entries/007: has");
    buf_reserve(&b, 20 << 20);
    memset(b.p, 'x', 20 << 20);
    made_log_write(&made, "tile/entries/007", str_part(b.p, 20 << 20));
    refuted("tile/entries/007: is larger than");
}

static void a_signed_root_that_the_entries_do_not_give_is_refuted(void **state) {
    (void)state;
    struct follow want = {.checkpoint = checkpoint_of(&made, SIZE)};
    struct follow_found found;
    struct err err = {0};
    want.checkpoint.root.b[0] ^= 1;
    assert_int_equal(fetch_open(made.folder, NULL, &want.from, NULL), 0);
    assert_int_equal(follow(&want, &found, &err), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "checkpoint, line 3: the signed root is not that of the 70000 entries"));
    fetch_close(want.from);
}

static void what_is_missing_leaves_it_open(void **state) {
    (void)state;
    struct follow_found found;
    struct err err;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/tile/1/000", made.folder); /* fits */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(go(&made, NULL, &found, &err), -ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "tile/1/000"));
    made_log_flip(&made, "tile/entries/200", -1); /* but what is refuted is refuted */
    refuted(
        "tile/0/200, bytes 8160 to 8191 (hash 255), is not what entry 51455 gives; which of the two was changed cannot "
        "be told");
}

static void a_partial_tile_that_is_gone_is_cut_from_the_full_one(void **state) {
    (void)state;
    struct made_log m;
    struct follow_found found;
    struct err err;
    made_log_init(&m, "quay.example/ledger", 1);
    made_log_grow(&m, 300);
    made_log_grow(&m, 600);
    m.size = 300; /* as if the checkpoint were an older one */
    char path[128];
    static const char *const gone[] = {"0/001.p", "entries/001.p"};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/tile/%s", m.folder, gone[i]); /* fits */
        assert_int_equal(file_remove_all(path, NULL), 0);
    }
    assert_int_equal(go(&m, NULL, &found, &err), 0);
    made_log_clear(&m);
}

static void an_entry_that_is_none_is_refuted_though_the_tree_holds_it(void **state) {
    (void)state;
    struct made_log m;
    struct follow_found found;
    struct err err;
    BUF_LOCAL(bundle);
    BUF_LOCAL(tile);
    made_log_init(&m, "quay.example/ledger", 1);
    made_log_grow(&m, 2);
    made_log_entry(&m, 0, &tile);
    bundle_add(&bundle, buf_str(&tile));
    bundle_add(&bundle, STR("daylight/v1\nSomebody's name\n"));
    m.leaf[1] = merkle_leaf("daylight/v1\nSomebody's name\n", 28);
    made_log_write(&m, "tile/entries/000.p/2", buf_str(&bundle));
    made_log_write(&m, "tile/0/000.p/2", str_part((const char *)m.leaf, 64));
    assert_int_equal(go(&m, NULL, &found, &err), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "entry 1 (tile/entries/000.p/2, from byte"));
    made_log_clear(&m);
}

static void logs_of_others_are_followed_without_reading_their_entries(void **state) {
    (void)state;
    struct made_log m;
    struct follow_found found;
    struct err err;
    made_log_init(&m, "elsewhere.example/log", 1);
    m.foreign = true;
    made_log_grow(&m, 1000);
    assert_int_equal(go(&m, NULL, &found, &err), 0);
    assert_true(found.foreign);
    assert_int_equal(found.entries, 1000);
    made_log_flip(&m, "tile/entries/002", -1);
    assert_int_equal(go(&m, NULL, &found, &err), -ERR_FORBIDDEN);
    assert_non_null(strstr(err.text, "entry 767 was changed"));
    made_log_clear(&m);
}

/* --- incrementally --- */

struct kept {
    pthread_mutex_t lock;
    const char *folder;
    unsigned n;
};

static int keep(void *arg, const char *name, struct str bytes, struct err *reterr) {
    struct kept *k = arg;
    BUF_LOCAL(path);
    file_join(&path, k->folder, name);
    char *slash = strrchr(path.p, '/');
    *slash = 0;
    int bad = file_make_folder(path.p, reterr);
    *slash = '/';
    pthread_mutex_lock(&k->lock);
    k->n++;
    pthread_mutex_unlock(&k->lock);
    return bad ? bad : file_write(path.p, bytes, 0644, reterr);
}

static void what_is_known_is_not_asked_for_again(void **state) {
    (void)state;
    static const uint64_t sizes[] = {1, 100, 256, 300, 1000, 66000};
    struct made_log m;
    char copy[] = "/tmp/daylight-copy-XXXXXX";
    assert_non_null(mkdtemp(copy));
    made_log_init(&m, "quay.example/ledger", 1);
    struct checkpoint before = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct kept kept = {PTHREAD_MUTEX_INITIALIZER, copy, 0};
        struct follow_found found;
        struct err err = {0};
        made_log_grow(&m, sizes[i]);
        struct follow want = {.checkpoint = checkpoint_of(&m, m.size),
                              .before = i ? &before : NULL,
                              .known_size = before.size,
                              .keep = keep,
                              .arg = &kept};
        assert_int_equal(fetch_open(m.folder, NULL, &want.from, NULL), 0);
        assert_int_equal(fetch_open(copy, NULL, &want.known, NULL), 0);
        assert_int_equal(follow(&want, &found, &err), 0);
        assert_int_equal(found.entries, sizes[i] - (before.size & ~UINT64_C(255)));
        assert_false(found.foreign);
        fetch_close(want.from);
        fetch_close(want.known);
        before = want.checkpoint;
    }
    struct made_log whole = m; /* the copy is the whole log */
    struct follow_found found;
    struct err err;
    (void)snprintf(whole.folder, sizeof whole.folder, "%s", copy); /* fits */
    assert_int_equal(go(&whole, NULL, &found, &err), 0);
    assert_int_equal(found.entries, 66000);
    assert_int_equal(file_remove_all(copy, NULL), 0);
    made_log_clear(&m);
}

/* --- over HTTP --- */

static void serve(void *arg, const struct little_question *q, struct buf *to) {
    (void)arg;
    BUF_LOCAL(body);
    BUF_LOCAL(path);
    buf_printf(&path, "%s%.*s", made.folder, STR_FMT(q->path));
    if (file_read(path.p, 1 << 26, &body, NULL))
        little_reply(to, 404, NULL, STR("not there"));
    else
        little_reply(to, 200, NULL, buf_str(&body));
}

static void a_log_is_followed_over_a_few_connections(void **state) {
    (void)state;
    struct little *server = little_start(serve, NULL);
    struct follow want = {.checkpoint = checkpoint_of(&made, SIZE)};
    struct follow_found found;
    struct err err = {0};
    assert_int_equal(fetch_open(little_url(server), NULL, &want.from, NULL), 0);
    assert_int_equal(follow(&want, &found, &err), 0);
    assert_int_equal(found.entries, SIZE);
    assert_true(little_connections(server) <= 16);
    fetch_close(want.from);
    little_stop(server);
}

static void hashes_for_proofs_come_from_tiles(void **state) {
    (void)state;
    struct follow_at at = {.size = SIZE};
    struct merkle_proof proof;
    struct hash root = made_log_root(&made, SIZE);
    assert_int_equal(fetch_open(made.folder, NULL, &at.from, NULL), 0);
    for (uint64_t i = 0; i < SIZE; i += 2333) {
        assert_int_equal(merkle_prove_inclusion(i, SIZE, follow_source, &at, &proof, NULL), 0);
        assert_true(merkle_check_inclusion(i, SIZE, &made.leaf[i], proof.hash, proof.n, &root));
    }
    fetch_close(at.from);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_logs_of_every_shape_are_proven),
        cmocka_unit_test(it_is_consistent_with_every_earlier_checkpoint),
        cmocka_unit_test(a_log_that_was_rolled_back_is_refuted),
        cmocka_unit_test(a_changed_entry_is_named),
        cmocka_unit_test(a_changed_tile_is_named),
        cmocka_unit_test(an_entry_changed_with_its_tile_is_found_by_the_tile_above),
        cmocka_unit_test(tiles_of_a_wrong_length_are_named),
        cmocka_unit_test(a_signed_root_that_the_entries_do_not_give_is_refuted),
        cmocka_unit_test(what_is_missing_leaves_it_open),
        cmocka_unit_test(a_partial_tile_that_is_gone_is_cut_from_the_full_one),
        cmocka_unit_test(an_entry_that_is_none_is_refuted_though_the_tree_holds_it),
        cmocka_unit_test(logs_of_others_are_followed_without_reading_their_entries),
        cmocka_unit_test(what_is_known_is_not_asked_for_again),
        cmocka_unit_test(a_log_is_followed_over_a_few_connections),
        cmocka_unit_test(hashes_for_proofs_come_from_tiles),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
