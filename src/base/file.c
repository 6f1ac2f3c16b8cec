// SPDX-License-Identifier: Apache-2.0
/* Whole files in and out: read with a limit, replace atomically and durably. */
#include "base/file.h"

#include "base/size.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_at(int *fd) {
    if (*fd > 0)
        (void)close(*fd); /* read, or already synced: nothing left to lose */
}
#define FD_LOCAL(name) __attribute__((cleanup(close_at))) int name

static int read_all(int fd, const char *path, size_t limit, struct buf *ret, struct err *reterr) {
    size_t taken = 0;
    for (;;) {
        buf_reserve(ret, 65536);
        if (buf_failed(ret))
            return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to read it", path);
        ssize_t got = read(fd, ret->p + ret->n, 65536);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_errno(reterr, "%s", path);
        if (got == 0)
            return 0;
        ret->n += (size_t)got;
        ret->p[ret->n] = 0;
        taken += (size_t)got;
        if (taken > limit)
            return err_set(reterr, ERR_TOO_LARGE, "%s: larger than %s, the most that is taken", path,
                           size_text(limit).z);
    }
}

int file_read(const char *path, size_t limit, struct buf *ret, struct err *reterr) {
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, "standard input", limit, ret, reterr);
    FD_LOCAL(fd) = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(reterr, "%s", path);
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(reterr, ERR_INVALID, "%s: is a folder, not a file", path);
    return read_all(fd, path, limit, ret, reterr);
}

static int write_all(int fd, struct str bytes) {
    while (bytes.n) {
        ssize_t put = write(fd, bytes.p, bytes.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        bytes = str_from(bytes, (size_t)put);
    }
    return 0;
}

static int sync_folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    if (!dir)
        return -1;
    FD_LOCAL(fd) = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(dir);
    return fd < 0 ? -1 : fsync(fd);
}

/* Leaves errno of the step that failed. */
static int write_beside(const char *temporary, const char *path, struct str bytes, unsigned mode) {
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return -1;
    int bad = write_all(fd, bytes) || fsync(fd);
    int number = errno;
    if (close(fd) && !bad)
        bad = -1, number = errno;
    if (!bad && rename(temporary, path) == 0)
        return sync_folder_of(path);
    if (!bad)
        number = errno;
    (void)unlink(temporary); /* the failure that matters is the one before */
    errno = number;
    return -1;
}

int file_write(const char *path, struct str bytes, unsigned mode, struct err *reterr) {
    static _Atomic unsigned serial;
    BUF_LOCAL(temporary);
    buf_printf(&temporary, "%s.new-%ld-%u", path, (long)getpid(), serial++);
    if (buf_failed(&temporary))
        return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to write it", path);
    if (write_beside(temporary.p, path, bytes, mode))
        return err_errno(reterr, "%s", path);
    return 0;
}

int file_make_folder(const char *path, struct err *reterr) {
    BUF_LOCAL(part);
    for (size_t i = 1;; i++) {
        if (path[i - 1] && path[i] && path[i] != '/')
            continue;
        buf_reset(&part);
        buf_add(&part, str_part(path, path[0] ? i : 0));
        if (buf_failed(&part))
            return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to make the folder", path);
        if (mkdir(part.p, 0700) && errno != EEXIST)
            return err_errno(reterr, "%s", part.p);
        if (!path[0] || !path[i])
            break;
    }
    struct stat st;
    if (stat(path, &st))
        return err_errno(reterr, "%s", path);
    return S_ISDIR(st.st_mode) ? 0 : err_set(reterr, ERR_CONFLICT, "%s: is a file, not a folder", path);
}

bool file_exists(const char *path) {
    return access(path, F_OK) == 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where) {
    (void)st, (void)type, (void)where;
    return remove(path);
}

int file_remove_all(const char *path, struct err *reterr) {
    struct stat st;
    if (lstat(path, &st))
        return errno == ENOENT ? 0 : err_errno(reterr, "%s", path);
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) ? err_errno(reterr, "%s", path) : 0;
}

void file_join(struct buf *ret, const char *dir, const char *name) {
    buf_add_z(ret, dir);
    if (ret->n && ret->p[ret->n - 1] != '/')
        buf_add_char(ret, '/');
    buf_add_z(ret, name);
}
