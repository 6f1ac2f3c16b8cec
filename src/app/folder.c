// SPDX-License-Identifier: Apache-2.0
/* The data folder: opening it, taking it for a server, and its media. */
#include "app/folder.h"

#include "app/columns.h"
#include "base/bell.h"
#include "base/file.h"
#include "ledger/sequencer.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct ringer {
    const char *path;
    struct err err; /* the first ring that failed */
    atomic_flag failed;
};

/* The server sees the change before anyone is told that it is done. Where it cannot be told, it sees it when it next
 * asks the store. */
static void ring(void *arg) {
    struct ringer *r = arg;
    struct err err = {0};
    BUF_LOCAL(file);
    file_join(&file, r->path, FOLDER_BELL);
    int failed =
        buf_failed(&file) ? err_set(&err, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : bell_ring(file.p, &err);
    if (failed && !atomic_flag_test_and_set(&r->failed))
        r->err = err;
}

int folder_open(const char *path, const char *store_url, struct arena *arena, struct folder *ret, struct err *reterr) {
    struct folder f = {.path = path, .ringer = arena_alloc(arena, sizeof *f.ringer)};
    if (!f.ringer)
        return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to open it", path);
    *f.ringer = (struct ringer){.path = path, .failed = ATOMIC_FLAG_INIT};
    int bad = config_load(path, arena, &ret->config, reterr);
    if (!bad)
        bad = store_open(store_url ? store_url : ret->config.store, &f.store, reterr);
    if (!bad) {
        store_set_herald(f.store, ring, f.ringer);
        bad = store_migrate(f.store, reterr);
    }
    if (!bad)
        bad = columns_add_first(f.store, reterr);
    if (bad) {
        store_close(f.store);
        return bad;
    }
    ret->path = path;
    ret->store = f.store;
    ret->ringer = f.ringer;
    return 0;
}

void folder_close(struct folder *f) {
    ledger_close(f->ledger);
    store_close(f->store);
    f->ledger = NULL;
    f->store = NULL;
    if (f->ringer && f->ringer->err.code)
        fprintf(stderr,
                "daylight: a running server could not be told of it, and shows it when it next asks the store: %s\n",
                f->ringer->err.text);
    f->ringer = NULL;
}

int folder_lock(const char *path, int *ret_fd, struct err *reterr) {
    BUF_LOCAL(file);
    file_join(&file, path, "serving.lock");
    if (buf_failed(&file))
        return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to open it", path);
    int fd = open(file.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(reterr, "%s", file.p);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *ret_fd = fd;
        return 0;
    }
    int number = errno;
    (void)close(fd); /* nothing was written */
    errno = number;
    if (number != EWOULDBLOCK)
        return err_errno(reterr, "%s", file.p);
    return err_set(reterr, ERR_CONFLICT, "%s is being served already; stop that server first, or serve another folder",
                   path);
}

static void add_hash(struct buf *ret, struct str bytes) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, (const unsigned char *)bytes.p, bytes.n); /* always 0 */
    for (size_t i = 0; i < sizeof hash; i++)
        buf_printf(ret, "%02x", hash[i]);
}

int folder_put_media(const char *path, struct str bytes, const char *ext, struct arena *arena, struct str *ret_address,
                     struct err *reterr) {
    BUF_LOCAL(folder);
    BUF_LOCAL(name);
    BUF_LOCAL(file);
    file_join(&folder, path, "media");
    add_hash(&name, bytes);
    buf_add_z(&name, ext);
    file_join(&file, folder.p, name.p);
    if (buf_failed(&folder) || buf_failed(&name) || buf_failed(&file))
        return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to store a picture", path);
    int bad = file_exists(file.p) ? 0 : file_make_folder(folder.p, reterr);
    if (!bad && !file_exists(file.p))
        bad = file_write(file.p, bytes, 0600, reterr);
    if (!bad)
        *ret_address = arena_printf(arena, "/media/%s", name.p);
    return bad;
}

bool folder_has_media(const char *path, struct str address) {
    BUF_LOCAL(file);
    BUF_LOCAL(name);
    if (!str_starts(address, "/media/") || str_find(address, STR(".."), 0) != SIZE_MAX)
        return false;
    buf_add(&name, str_from(address, 1));
    file_join(&file, path, name.p);
    return !buf_failed(&file) && file_exists(file.p);
}

struct str folder_article_url(const struct site *site, struct arena *arena, const char *language, struct str column,
                              int64_t id) {
    int i = site_language(site, str_of(language));
    return arena_printf(arena, "%.*s%s%s/%.*s/%lld", STR_FMT(site->origin), i > 0 ? "/" : "", i > 0 ? language : "",
                        STR_FMT(column), (long long)id);
}
