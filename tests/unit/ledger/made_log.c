// SPDX-License-Identifier: Apache-2.0
#include "made_log.h"

#include "base/file.h"
#include "ledger/entry.h"
#include "ledger/tile.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DO(what)                                                                                                       \
    do {                                                                                                               \
        if (what)                                                                                                      \
            BUG("a made-up log could not be made: " #what);                                                            \
    } while (0)

static const int64_t first_day = 20600; /* 2026-05-27 */

void made_log_init(struct made_log *m, const char *origin, unsigned key_seed) {
    uint8_t seed[32], public[32];
    memset(seed, (int)key_seed + 1, sizeof seed);
    *m = (struct made_log){.folder = "/tmp/daylight-log-XXXXXX"};
    DO(sodium_init() < 0);
    DO(!mkdtemp(m->folder));
    DO(crypto_sign_seed_keypair(public, m->secret, seed));
    DO(vkey_make(str_of(origin), NOTE_ED25519, public, &m->key, NULL));
}

void made_log_clear(struct made_log *m) {
    (void)file_remove_all(m->folder, NULL); /* a test's leftovers */
    free(m->leaf);
}

void made_log_entry(const struct made_log *m, uint64_t i, struct buf *to) {
    unsigned seed = i < m->seed_from ? 0 : m->seed;
    if (m->foreign) {
        buf_printf(to, "leaf %llu of %u", (unsigned long long)i, seed);
        return;
    }
    struct entry e = {.type = i ? ENTRY_PUBLISH : ENTRY_KEY,
                      .day = first_day + (int64_t)(i / 100),
                      .unit = "harbour",
                      .ref = -1,
                      .committed = true,
                      .code = i ? ENTRY_CODE_NONE : ENTRY_CODE_FOUNDING};
    if (i % 5 == 4) {
        e.type = ENTRY_CORRECT;
        e.ref = (int64_t)i - 3;
    }
    memcpy(e.commit.b, &i, sizeof i);
    memcpy(e.commit.b + sizeof i, &seed, sizeof seed);
    DO(entry_write(&e, to, NULL));
}

static int leaves(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)reterr;
    const struct made_log *m = arg;
    if (level == 0) {
        *ret = m->leaf[index];
        return 0;
    }
    struct hash left, right;
    DO(leaves(arg, level - 1, 2 * index, &left, NULL) || leaves(arg, level - 1, 2 * index + 1, &right, NULL));
    *ret = merkle_node(&left, &right);
    return 0;
}

struct hash made_log_root(const struct made_log *m, uint64_t size) {
    struct hash root;
    DO(merkle_root(size, leaves, (void *)m, &root, NULL));
    return root;
}

void made_log_checkpoint(const struct made_log *m, uint64_t size, struct buf *to) {
    BUF_LOCAL(text);
    struct checkpoint c = {str_of(m->key.name), size, made_log_root(m, size)};
    checkpoint_write(&c, &text);
    buf_add(to, buf_str(&text));
    buf_add_char(to, '\n');
    note_sign(buf_str(&text), &m->key, m->secret, 0, to);
}

static void path_of(const struct made_log *m, const char *name, struct buf *to) {
    file_join(to, m->folder, name);
}

/* Quickly: nobody asks a made-up log to outlive the machine. */
void made_log_write(const struct made_log *m, const char *name, struct str bytes) {
    BUF_LOCAL(path);
    path_of(m, name, &path);
    FILE *f = fopen(path.p, "wb");
    if (!f) {
        BUF_LOCAL(dir);
        buf_add(&dir, str_part(path.p, (size_t)(strrchr(path.p, '/') - path.p)));
        DO(file_make_folder(dir.p, NULL));
        f = fopen(path.p, "wb");
    }
    DO(!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f));
}

void made_log_read(const struct made_log *m, const char *name, struct buf *to) {
    BUF_LOCAL(path);
    path_of(m, name, &path);
    DO(file_read(path.p, 1 << 26, to, NULL));
}

void made_log_flip(const struct made_log *m, const char *name, long at) {
    BUF_LOCAL(bytes);
    made_log_read(m, name, &bytes);
    bytes.p[at < 0 ? (size_t)((long)bytes.n + at) : (size_t)at] ^= 1;
    made_log_write(m, name, buf_str(&bytes));
}

static void write_tile(const struct made_log *m, int level, uint64_t index, struct str bytes) {
    struct tile t = {level, index, tile_width(level, index, m->size)};
    char path[TILE_PATH_MOST], name[TILE_PATH_MOST + 8];
    tile_write(&t, path);
    (void)snprintf(name, sizeof name, "tile/%s", path); /* fits */
    made_log_write(m, name, bytes);
}

static void write_bundle(const struct made_log *m, uint64_t index) {
    BUF_LOCAL(bundle);
    unsigned width = tile_width(TILE_ENTRIES, index, m->size);
    for (uint64_t i = index * TILE_WIDTH; i < index * TILE_WIDTH + width; i++) {
        BUF_LOCAL(entry);
        made_log_entry(m, i, &entry);
        m->leaf[i] = merkle_leaf(entry.p, entry.n);
        bundle_add(&bundle, buf_str(&entry));
    }
    write_tile(m, TILE_ENTRIES, index, buf_str(&bundle));
}

void made_log_grow(struct made_log *m, uint64_t size) {
    uint64_t first = m->size / TILE_WIDTH;
    m->leaf = realloc(m->leaf, (size + 1) * sizeof(struct hash));
    DO(!m->leaf);
    m->size = size;
    for (uint64_t i = first; i * TILE_WIDTH < size; i++)
        write_bundle(m, i);
    struct hash *row = m->leaf;
    for (int level = 0; size >> (8 * level); level++) {
        uint64_t n = size >> (8 * level);
        for (uint64_t i = first; i * TILE_WIDTH < n; i++)
            write_tile(m, level, i, str_part((const char *)(row + i * TILE_WIDTH), tile_width(level, i, size) * 32));
        struct hash *above = calloc(n / TILE_WIDTH + 1, sizeof(struct hash));
        DO(!above);
        for (uint64_t i = 0; i < n / TILE_WIDTH; i++)
            above[i] = tile_fold(row + i * TILE_WIDTH, 0, 8);
        if (level)
            free(row);
        row = above;
        first /= TILE_WIDTH;
    }
    if (size)
        free(row);
    BUF_LOCAL(checkpoint);
    made_log_checkpoint(m, size, &checkpoint);
    made_log_write(m, "checkpoint", buf_str(&checkpoint));
    BUF_LOCAL(vkey);
    vkey_write(&m->key, &vkey);
    buf_add_char(&vkey, '\n');
    made_log_write(m, "vkey", buf_str(&vkey));
}
