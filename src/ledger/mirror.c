// SPDX-License-Identifier: Apache-2.0
/* The order is what makes it safe: fetched apart, followed, flushed, moved, flushed, and the checkpoint last. */
#include "ledger/mirror.h"

#include "base/file.h"
#include "ledger/tile.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VKEY_FILE_MOST = 16384 };

struct copying {
    const struct mirror *want;
    int lock;
    struct buf new_folder;  /* FOLDER/.new */
    struct trust trust;     /* keys, and the copy's checkpoint */
    struct buf note;        /* the log's checkpoint */
    struct succession keys; /* its entries about keys */
};

static void in_folder(const struct copying *c, const char *name, struct buf *to) {
    file_join(to, c->want->folder, name);
}

/* --- what comes is put apart --- */

static int make_folder_of(char *path, struct err *reterr) {
    char *slash = strrchr(path, '/');
    *slash = 0;
    int bad = file_make_folder(path, reterr);
    *slash = '/';
    return bad;
}

static int write_apart(char *path, struct str bytes, struct err *reterr) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 && errno == ENOENT) {
        int bad = make_folder_of(path, reterr);
        if (bad)
            return bad;
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    }
    int bad = fd < 0 ? err_errno(reterr, "%s", path) : 0;
    while (!bad && bytes.n) {
        ssize_t put = write(fd, bytes.p, bytes.n);
        if (put >= 0)
            bytes = str_from(bytes, (size_t)put);
        else if (errno != EINTR)
            bad = err_errno(reterr, "%s", path);
    }
    if (fd >= 0 && close(fd) && !bad)
        bad = err_errno(reterr, "%s", path);
    return bad;
}

static int keep(void *arg, const char *name, struct str bytes, struct err *reterr) {
    const struct copying *c = arg;
    BUF_LOCAL(path);
    file_join(&path, c->new_folder.p, name);
    return buf_failed(&path) ? err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to keep %s", name)
                             : write_apart(path.p, bytes, reterr);
}

static void tell(void *arg, uint64_t done, uint64_t all) {
    const struct copying *c = arg;
    if (c->want->progress)
        c->want->progress(c->want->arg, done, all);
}

/* --- and moved when it is proven --- */

/* Everything written to this file system so far is on the disk: thousands of small files at once. */
static int flush(const char *folder, struct err *reterr) {
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(reterr, "%s", folder);
    int bad = syncfs(fd) ? err_errno(reterr, "%s: cannot be flushed to the disk", folder) : 0;
    (void)close(fd); /* was only read */
    return bad;
}

/* nftw() has no argument for its function. */
static _Thread_local struct {
    const struct copying *copying;
    struct err *err;
    int bad;
} moving;

/* "…/000" of a full tile is there: its partial ones are no longer asked for. */
static void drop_partial(const struct buf *path) {
    BUF_LOCAL(partial);
    buf_printf(&partial, "%s.p", path->p);
    if (!buf_failed(&partial) && file_exists(partial.p))
        (void)file_remove_all(partial.p, NULL); /* left over, it does no harm */
}

static int move_one(const char *path, const struct stat *st, int what, struct FTW *at) {
    (void)st, (void)at;
    if (what != FTW_F)
        return 0;
    BUF_LOCAL(to);
    in_folder(moving.copying, path + moving.copying->new_folder.n + 1, &to);
    moving.bad = buf_failed(&to) ? err_set(moving.err, ERR_NO_MEMORY, "there is not enough memory to keep %s", path)
                                 : make_folder_of(to.p, moving.err);
    if (!moving.bad && rename(path, to.p))
        moving.bad = err_errno(moving.err, "%s", to.p);
    if (!moving.bad && !strstr(to.p + strlen(moving.copying->want->folder), ".p/"))
        drop_partial(&to);
    return moving.bad ? -1 : 0;
}

static int move_all(const struct copying *c, struct err *reterr) {
    moving.copying = c;
    moving.err = reterr;
    moving.bad = 0;
    int bad = flush(c->want->folder, reterr);
    if (bad || !file_exists(c->new_folder.p))
        return bad;
    if (nftw(c->new_folder.p, move_one, 16, FTW_PHYS) && !moving.bad)
        return err_errno(reterr, "%s", c->new_folder.p);
    return moving.bad ? moving.bad : flush(c->want->folder, reterr);
}

/* --- one run --- */

static int lock_folder(struct copying *c, struct err *reterr) {
    BUF_LOCAL(path);
    int bad = file_make_folder(c->want->folder, reterr);
    in_folder(c, ".lock", &path);
    if (bad)
        return bad;
    c->lock = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (c->lock < 0)
        return err_errno(reterr, "%s", path.p);
    if (flock(c->lock, LOCK_EX | LOCK_NB))
        return err_set(reterr, ERR_CONFLICT, "%s: another run is copying into it", c->want->folder);
    return 0;
}

/* Of the keys that are trusted, or of those that took over from them. A log that shows no lists is told what it is told
 * without. */
static int check_signed(struct trust *t, struct fetch *from, struct str note, struct succession *ret_by,
                        struct checkpoint *ret, const struct vkey **ret_key, struct err *reterr) {
    struct err err = {0};
    int bad = succession_follow(t, from, note, ret_by, &err);
    if (bad && bad != -ERR_NOT_FOUND && bad != -ERR_INVALID) {
        if (reterr)
            *reterr = err;
        return bad;
    }
    if (bad)
        ret_by->n = 0;
    return trust_check(t, note, ret, ret_key, reterr);
}

/* The copy's checkpoint, which is newer than its keys where a run ended between them. */
static int read_note(struct copying *c, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(note);
    struct checkpoint checkpoint;
    struct succession by;
    struct fetch *copy;
    in_folder(c, "checkpoint", &path);
    int bad = file_read(path.p, CHECKPOINT_MOST, &note, reterr);
    if (!bad)
        bad = fetch_open(c->want->folder, NULL, &copy, reterr);
    if (bad)
        return bad;
    bad = check_signed(&c->trust, copy, buf_str(&note), &by, &checkpoint, NULL, reterr);
    fetch_close(copy);
    if (!bad)
        bad = trust_see(&c->trust, buf_str(&note), reterr);
    if (bad)
        err_prefix(reterr, "%s", path.p);
    return bad;
}

/* The copy that is there: its keys, and its checkpoint by one of them. */
static int read_copy(struct copying *c, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(keys);
    in_folder(c, "vkey", &path);
    int bad = file_read(path.p, VKEY_FILE_MOST, &keys, reterr);
    if (bad)
        return bad;
    bad = trust_add_lines(&c->trust, buf_str(&keys), reterr);
    if (bad) {
        err_prefix(reterr, "%s", path.p);
        return bad;
    }
    return read_note(c, reterr);
}

static int take_keys(struct copying *c, struct mirror_found *found, struct err *reterr) {
    BUF_LOCAL(keys);
    for (size_t i = 0; c->want->trust && i < c->want->trust->keys; i++) {
        int bad = trust_add(&c->trust, &c->want->trust->key[i], reterr);
        if (bad)
            return bad;
    }
    if (c->trust.keys)
        return 0;
    found->first = true;
    int bad = fetch_get(c->want->from, "vkey", FETCH_FRESH, VKEY_FILE_MOST, &keys, reterr);
    return bad ? bad : trust_add_lines(&c->trust, buf_str(&keys), reterr);
}

static int write_head(const struct copying *c, const char *name, const struct buf *bytes, struct err *reterr) {
    BUF_LOCAL(path);
    in_folder(c, name, &path);
    if (buf_failed(&path) || buf_failed(bytes))
        return err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to keep the checkpoint");
    return file_write(path.p, buf_str(bytes), 0644, reterr);
}

/* In this order a run that ends between two of them leaves a copy that still reads: the lists lead from older keys to
 * those of the checkpoint. */
static int write_heads(const struct copying *c, struct err *reterr) {
    BUF_LOCAL(vkeys);
    BUF_LOCAL(keys);
    for (size_t i = 0; i < c->trust.keys; i++) {
        vkey_write(&c->trust.key[i], &vkeys);
        buf_add_char(&vkeys, '\n');
    }
    succession_write(&c->keys, &keys);
    bool first = !c->trust.note.n;
    int bad = c->keys.n ? write_head(c, "keys", &keys, reterr) : 0;
    if (!bad && first)
        bad = write_head(c, "vkey", &vkeys, reterr);
    if (!bad)
        bad = write_head(c, "checkpoint", &c->note, reterr);
    return bad || first ? bad : write_head(c, "vkey", &vkeys, reterr);
}

static int follow_new(struct copying *c, const struct checkpoint *now, struct mirror_found *found, struct err *reterr) {
    struct follow want = {.from = c->want->from,
                          .checkpoint = *now,
                          .before = c->trust.note.n ? &c->trust.checkpoint : NULL,
                          .threads = c->want->threads,
                          .known_size = c->trust.note.n ? c->trust.checkpoint.size : 0,
                          .keep = keep,
                          .keys = &c->keys,
                          .progress = tell,
                          .arg = c};
    int bad = fetch_open(c->want->folder, NULL, &want.known, reterr);
    if (bad)
        return bad;
    /* What an interrupted run left and what the copy holds need not be asked for; but should the log be refuted with
     * them, they may be what is wrong, and it is asked for all of it. */
    bool mixed = file_exists(c->new_folder.p) || want.known_size;
    fetch_prefer(want.from, c->new_folder.p);
    bad = follow(&want, &found->follow, reterr);
    fetch_prefer(want.from, NULL);
    if (bad == -ERR_FORBIDDEN && mixed) {
        want.known_size = 0;
        c->keys.n = 0;
        found->mended = true;
        bad = file_remove_all(c->new_folder.p, reterr);
        if (!bad)
            bad = follow(&want, &found->follow, reterr);
    }
    if (bad == -ERR_FORBIDDEN)
        (void)file_remove_all(c->new_folder.p, NULL); /* the next run removes it otherwise */
    fetch_close(want.known);
    return bad;
}

/* --- the lists of keys --- */

/* A log that does not show its list of keys teaches none. */
static int learn_keys(struct copying *c, const struct hash *commit, struct err *reterr) {
    struct err err = {0};
    size_t fresh;
    int bad = trust_learn(&c->trust, c->want->from, commit, &fresh, &err);
    if (bad == -ERR_FORBIDDEN && reterr)
        *reterr = err;
    return bad == -ERR_FORBIDDEN ? bad : 0;
}

/* The copy holds this entry, and it commits to that list. */
static bool holds(const struct copying *c, struct fetch *copy, const struct key_entry *k) {
    BUF_LOCAL(text);
    struct entry e;
    return !follow_entry(copy, k->index, c->trust.checkpoint.size, &text, NULL) &&
           !entry_read(buf_str(&text), &e, NULL) && e.type == ENTRY_KEY && hash_same(&e.commit, &k->commit);
}

/* Those below `first`, which were not read again: as the copy has them, or, where it is from before there were such
 * lists, as the log says and the copy's entries confirm. */
static int add_older(struct copying *c, struct fetch *copy, uint64_t first, struct err *reterr) {
    struct succession older = {.n = 0};
    struct err err = {0};
    int bad = 0;
    if (first && succession_fetch(copy, first, &older, &err))
        (void)succession_fetch(c->want->from, first, &older, &err); /* none: then only the new ones are kept */
    for (size_t i = 0; !bad && i < older.n; i++)
        if (holds(c, copy, &older.entry[i]))
            bad = succession_add(&c->keys, older.entry[i].index, &older.entry[i].commit, reterr);
    return bad;
}

/* A list that the log does not show is nobody's loss but that of who knows older keys. */
static int keep_list(struct copying *c, struct fetch *copy, const struct hash *commit, struct err *reterr) {
    char name[TRUST_LIST_NAME];
    struct keys list;
    struct err err = {0};
    BUF_LOCAL(there);
    BUF_LOCAL(text);
    if (!trust_fetch_list(copy, commit, &there, &list, NULL))
        return 0;
    int bad = trust_fetch_list(c->want->from, commit, &text, &list, &err);
    if (bad && bad != -ERR_NOT_FOUND && reterr)
        *reterr = err;
    if (bad)
        return bad == -ERR_NOT_FOUND ? 0 : bad;
    trust_list_name(commit, name);
    return keep(c, name, buf_str(&text), reterr);
}

static int take_lists(struct copying *c, const struct succession *by, const struct mirror_found *found,
                      struct err *reterr) {
    uint64_t first = found->follow.first;
    struct fetch *copy;
    int bad = by->n ? succession_check(by, &c->keys, first, reterr) : 0;
    if (!bad && found->follow.key_index >= 0)
        bad = learn_keys(c, &found->follow.key_commit, reterr);
    if (!bad)
        bad = fetch_open(c->want->folder, NULL, &copy, reterr);
    if (bad)
        return bad;
    bad = add_older(c, copy, first, reterr);
    for (size_t i = 0; !bad && i < c->keys.n; i++)
        bad = keep_list(c, copy, &c->keys.entry[i].commit, reterr);
    fetch_close(copy);
    return bad;
}

/* --- the whole --- */

static int run(struct copying *c, struct mirror_found *found, struct err *reterr) {
    BUF_LOCAL(path);
    struct checkpoint now = {0};
    struct succession by = {.n = 0};
    const struct vkey *key = NULL;
    int bad = lock_folder(c, reterr);
    in_folder(c, "checkpoint", &path);
    if (!bad && file_exists(path.p))
        bad = read_copy(c, reterr);
    if (!bad)
        bad = take_keys(c, found, reterr);
    if (!bad)
        bad = fetch_get(c->want->from, "checkpoint", FETCH_FRESH, CHECKPOINT_MOST, &c->note, reterr);
    if (!bad)
        bad = check_signed(&c->trust, c->want->from, buf_str(&c->note), &by, &now, &key, reterr);
    if (bad)
        return bad;
    found->key = *key;
    found->before = c->trust.note.n ? c->trust.checkpoint.size : 0;
    found->size = now.size;
    bad = follow_new(c, &now, found, reterr);
    if (!bad)
        bad = take_lists(c, &by, found, reterr);
    if (!bad)
        bad = move_all(c, reterr);
    if (!bad)
        bad = write_heads(c, reterr);
    return bad ? bad : file_remove_all(c->new_folder.p, reterr);
}

int mirror(const struct mirror *want, struct mirror_found *ret, struct err *reterr) {
    struct copying c = {.want = want, .lock = -1, .new_folder = BUF_INIT, .trust = TRUST_INIT, .note = BUF_INIT};
    memset(ret, 0, sizeof *ret);
    in_folder(&c, ".new", &c.new_folder);
    int bad = buf_failed(&c.new_folder) ? err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to copy the log")
                                        : run(&c, ret, reterr);
    if (c.lock >= 0)
        (void)close(c.lock); /* gives the folder free */
    trust_clear(&c.trust);
    buf_clear(&c.note);
    buf_clear(&c.new_folder);
    return bad;
}
